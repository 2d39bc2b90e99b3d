//! Times in the future, written by a clock that ran ahead.
//!
//! One poll with a wrong clock must not block a month. So a time that a stage scheduled is believed only as far ahead
//! as stages schedule anything, and the time of something that happened only if it has passed.

use chrono::{DateTime, Duration, Utc};

/// The longest delay that any stage schedules. No link, message, change record or mark waits longer than this.
pub const LONGEST_DELAY: Duration = Duration::hours(4);

/// The difference between the clocks of two machines that does not make one of them wrong. A wrong time zone is off
/// by at least as much.
pub const CLOCK_TOLERANCE: Duration = Duration::minutes(30);

/// The latest instant until which something can have been scheduled to wait. A later one counts as now.
pub fn latest_schedule(now: DateTime<Utc>) -> DateTime<Utc> {
    now + LONGEST_DELAY + CLOCK_TOLERANCE
}

/// True if what was scheduled for `at` may be done now: its time has come, or no clock that is right can have set it.
pub fn is_due(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at <= now || at > latest_schedule(now)
}

/// True if something that already happened claims to have happened after now.
pub fn is_ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at > now + CLOCK_TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beyond_the_longest_delay_counts_as_now() {
        let now: DateTime<Utc> = "2026-11-10T12:00:00Z".parse().unwrap();
        for (ahead, due) in [
            (Duration::days(-400), true),
            (Duration::zero(), true),
            (Duration::seconds(1), false),
            (LONGEST_DELAY + CLOCK_TOLERANCE, false),
            (LONGEST_DELAY + CLOCK_TOLERANCE + Duration::seconds(1), true),
            (Duration::days(400), true),
        ] {
            assert_eq!(is_due(now + ahead, now), due, "{ahead}");
        }
    }

    #[test]
    fn clocks_may_differ_by_minutes() {
        let now: DateTime<Utc> = "2026-11-10T12:00:00Z".parse().unwrap();
        assert!(!is_ahead(now + Duration::minutes(30), now));
        assert!(is_ahead(now + Duration::minutes(31), now));
    }
}
