//! Bands of days as words, so that a service that compares only words can find out if a day is within a band.
//!
//! A band is written as the fewest whole decades, years, months and days that cover it: 28 February to 14 April 2013 is
//! `2013-02-28`, `2013-03`, `2013-04-01` and so on to `2013-04-14`. A day is within it exactly if one of the day's own
//! four words ([`words_of`]) is among them.

use chrono::{Datelike, Days, Months, NaiveDate};

/// The direction in which a cut-off crossed the priority dates of a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// They became current.
    Forward,
    /// They stopped being current.
    Back,
}

impl Direction {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Back => "back",
        }
    }
}

/// The first year with words for its days. All days before it are one word, and all days after [`LAST_YEAR`] another:
/// no priority date is that far away, and a band that reaches there contains all of those days.
const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2099;
const EARLIER: &str = "before-1900";
const LATER: &str = "after-2099";

/// The words of all bands that can contain the day.
pub(crate) fn words_of(day: NaiveDate) -> Vec<String> {
    match day.year() {
        ..FIRST_YEAR => vec![EARLIER.into()],
        FIRST_YEAR..=LAST_YEAR => Span::ALL.map(|span| span.word(day)).into(),
        _ => vec![LATER.into()],
    }
}

/// The words for the days from `first` to the day before `end`; none if there is no such day.
pub(crate) fn covering(first: NaiveDate, end: NaiveDate) -> impl Iterator<Item = String> {
    let mut words = Vec::new();
    let mut day = first;
    if day < end && day.year() < FIRST_YEAR {
        words.push(EARLIER.to_owned());
        day = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or(day);
    }
    while day < end && day.year() <= LAST_YEAR {
        let fitting = Span::ALL
            .into_iter()
            .find_map(|span| Some((span, span.end(day).filter(|next| *next <= end)?)));
        let Some((span, next)) = fitting else { break };
        words.push(span.word(day));
        day = next;
    }
    if day < end {
        words.push(LATER.to_owned());
    }
    words.into_iter()
}

/// The span of days of one word.
#[derive(Debug, Clone, Copy)]
enum Span {
    Decade,
    Year,
    Month,
    Day,
}

impl Span {
    /// All spans, the longest first.
    const ALL: [Self; 4] = [Self::Decade, Self::Year, Self::Month, Self::Day];

    fn word(self, day: NaiveDate) -> String {
        match self {
            Self::Decade => format!("{}s", day.year() / 10 * 10),
            Self::Year => day.format("%Y").to_string(),
            Self::Month => day.format("%Y-%m").to_string(),
            Self::Day => day.format("%Y-%m-%d").to_string(),
        }
    }

    /// The day after the span that begins on this day; `None` if none does.
    fn end(self, day: NaiveDate) -> Option<NaiveDate> {
        let (month, day_of_month) = (day.month(), day.day());
        match self {
            Self::Decade if day.year() % 10 == 0 && month == 1 && day_of_month == 1 => {
                day.checked_add_months(Months::new(120))
            }
            Self::Year if month == 1 && day_of_month == 1 => day.checked_add_months(Months::new(12)),
            Self::Month if day_of_month == 1 => day.checked_add_months(Months::new(1)),
            Self::Day => day.checked_add_days(Days::new(1)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn words(first: &str, end: &str) -> Vec<String> {
        covering(day(first), day(end)).collect()
    }

    #[test]
    fn a_band_is_the_fewest_words() {
        assert_eq!(
            words("2013-02-27", "2013-04-03"),
            ["2013-02-27", "2013-02-28", "2013-03", "2013-04-01", "2013-04-02"]
        );
        assert_eq!(words("2009-12-31", "2021-01-01"), ["2009-12-31", "2010s", "2020"]);
        assert!(words("2013-02-27", "2013-02-27").is_empty());
        assert!(words("2013-02-27", "2013-02-26").is_empty());
        let everything: Vec<String> = covering(NaiveDate::MIN, NaiveDate::MAX).collect();
        assert_eq!((everything.len(), everything[0].as_str()), (22, EARLIER));
    }

    fn any_edge() -> impl Strategy<Value = NaiveDate> {
        // 1900 to 2099, as days of the common era.
        prop_oneof![
            8 => (693_596..766_645i32).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day).unwrap()),
            1 => Just(NaiveDate::MIN),
            1 => Just(NaiveDate::MAX),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn a_day_is_in_a_band_exactly_where_it_shares_a_word(
            first in any_edge(),
            end in any_edge(),
            other in any_edge(),
            near in -40..40i64,
        ) {
            let words: Vec<String> = covering(first, end).collect();
            prop_assert!(words.len() <= 110, "{} words", words.len());
            let beside = |edge: NaiveDate| edge.checked_add_signed(chrono::Duration::days(near)).unwrap_or(edge);
            for day in [first, end, other, beside(first), beside(end)] {
                if (1900..2100).contains(&day.year()) || day == NaiveDate::MIN {
                    let shared = words_of(day).iter().any(|word| words.contains(word));
                    prop_assert_eq!(shared, first <= day && day < end, "{} in {}..{}", day, first, end);
                }
            }
        }
    }
}
