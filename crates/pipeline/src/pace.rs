//! The pace of polling: the pause until the next poll. Pure; the caller sleeps. Start with [`pause`].

use std::time::Duration;

use bulletin::Month;
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};

use crate::calendar::present_month;

/// The day of the month from which next month's bulletin may be published.
const FIRST_DAY: u32 = 5;
/// The pause while a bulletin is due, or work is to be retried.
const SHORT: Duration = Duration::from_secs(30 * 60);
/// The pause at all other times.
const LONG: Duration = Duration::from_secs(6 * 60 * 60);

/// The pause until the next poll: 30 minutes while a bulletin is due or `is_retrying`, and six hours otherwise. `stored` is
/// sorted.
///
/// `random`, from 0 to 1, spreads the polls of many installations: it shortens or lengthens the pause by up to a tenth. A
/// long pause ends within half an hour after the next bulletin becomes due.
pub fn pause(now: DateTime<Utc>, stored: &[Month], is_retrying: bool, random: f64) -> Duration {
    let random = random.clamp(0.0, 1.0);
    let spread = |pause: Duration| pause.mul_f64(0.9 + 0.2 * random);
    let due = due_from(now, stored);
    let until_due = (due - now).to_std().unwrap_or_default();
    if is_retrying || until_due.is_zero() {
        return spread(SHORT);
    }
    spread(LONG).min(until_due + SHORT.mul_f64(random))
}

/// The time from which the next bulletin that is not stored may be published. In the past if it is due.
fn due_from(now: DateTime<Utc>, stored: &[Month]) -> DateTime<Utc> {
    let present = present_month(now);
    match stored.last() {
        Some(newest) if *newest > present => first_day(present.next()),
        Some(newest) if *newest == present => first_day(present),
        _ => now,
    }
}

/// The fifth of a month in Washington, at UTC-5 like [`present_month`].
fn first_day(month: Month) -> DateTime<Utc> {
    let first = month.first_day();
    let day = first.with_day(FIRST_DAY).unwrap_or(first);
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_pace_follows_the_bulletins() {
        let of = |now: &str, stored: &[&str], is_retrying| {
            let stored: Vec<Month> = stored.iter().map(|text| month(text)).collect();
            pause(at(now), &stored, is_retrying, 0.5)
        };
        // From the fifth until December is stored.
        assert_eq!(of("2026-11-05T05:00:00Z", &["2026-11"], false), SHORT);
        assert_eq!(of("2026-11-29T12:00:00Z", &["2026-11"], false), SHORT);
        assert_eq!(of("2026-11-29T12:00:00Z", &["2026-11", "2026-12"], false), LONG);
        // It is still missing in December itself.
        assert_eq!(of("2026-12-02T12:00:00Z", &["2026-11"], false), SHORT);
        assert_eq!(of("2026-12-02T12:00:00Z", &["2026-12"], false), LONG);
        assert_eq!(of("2026-12-02T12:00:00Z", &[], false), SHORT);
        // A correction or an alert waits.
        assert_eq!(of("2026-12-02T12:00:00Z", &["2026-12"], true), SHORT);
        // The long pause ends when the next bulletin becomes due.
        assert_eq!(of("2026-12-05T04:00:00Z", &["2026-12"], false), 75 * MINUTE);
        assert_eq!(of("2027-01-05T04:00:00Z", &["2027-01"], false), 75 * MINUTE);
    }

    proptest! {
        #[test]
        fn a_pause_is_bounded_and_spread(
            seconds in 1_500_000_000_i64..2_500_000_000,
            ahead in -2_i32..=2,
            is_retrying: bool,
            random in 0.0..=1.0_f64,
        ) {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            let mut newest = present_month(now);
            for _ in 0..ahead.unsigned_abs() {
                newest = if ahead < 0 { newest.previous() } else { newest.next() };
            }
            let found = pause(now, &[newest], is_retrying, random);
            let is_due = newest < present_month(now)
                || newest == present_month(now) && (now - TimeDelta::hours(5)).day() >= FIRST_DAY;
            if is_due || is_retrying {
                prop_assert!((27 * MINUTE..=33 * MINUTE).contains(&found), "{found:?}");
            } else {
                prop_assert!(found > Duration::ZERO && found <= LONG.mul_f64(1.1), "{found:?}");
            }
            prop_assert!(pause(now, &[newest], is_retrying, 0.0) < pause(now, &[newest], is_retrying, 1.0));
        }

        #[test]
        fn a_bulletin_is_never_due_for_long_without_a_poll(
            minutes in 0_i64..6_000,
            draws in proptest::collection::vec(0.0..=1.0_f64, 64),
        ) {
            let stored = [month("2026-12")];
            let due = at("2026-12-05T05:00:00Z");
            let mut now = at("2026-12-01T05:00:00Z") + TimeDelta::minutes(minutes);
            for random in draws {
                let next = now + pause(now, &stored, false, random);
                let idle = next - now.max(due);
                prop_assert!(idle <= TimeDelta::minutes(33), "{now} to {next}");
                now = next;
            }
            prop_assert!(now > due);
        }
    }
}
