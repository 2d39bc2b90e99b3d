//! Days and bulletin months as people write them in options. Data, pages and configuration are read by strict parsers
//! elsewhere: ISO dates, [`Month`]'s `FromStr`, and the cells of `bulletin-html`. Start with [`parse_day`].

use chrono::{Datelike as _, NaiveDate};

use crate::month::Month;
use crate::spelling::{UnknownSpelling, escaped, excerpt};

/// A text that is not a day, or more than one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDay {
    /// The text has none of the accepted forms.
    #[error("invalid date \"{}\": expected YYYY-MM-DD, for example 2013-03-15", escaped(.given))]
    Unknown {
        /// The text.
        given: String,
    },
    /// Day and month can be exchanged.
    #[error("{} is {month_first} (month first) or {day_first} (day first): write {month_first} or {day_first}",
        escaped(.given))]
    Ambiguous {
        /// The text.
        given: String,
        /// The day if the month comes first.
        month_first: NaiveDate,
        /// The day if the day comes first.
        day_first: NaiveDate,
    },
    /// The month does not have this day.
    #[error("invalid date \"{}\": {} has {} days", escaped(.given), .month.title(), .month.last_day().day())]
    NoSuchDay {
        /// The text.
        given: String,
        /// The month that the text names.
        month: Month,
    },
    /// The century of the year is missing.
    #[error("invalid date \"{}\": write the year with four digits, for example 2013-03-15", escaped(.given))]
    ShortYear {
        /// The text.
        given: String,
    },
    /// A day on which nobody can have a priority date.
    #[error("invalid date \"{}\": a priority date of {day} is {reason}", escaped(.given))]
    NoPriorityDate {
        /// The text.
        given: String,
        /// The day that the text names.
        day: NaiveDate,
        /// The reason, after "is".
        reason: &'static str,
    },
}

/// Parses a day as people write it: `2013-03-15`, `2013/03/15`, `15 Mar 2013`, `15-Mar-2013`, `15MAR2013`,
/// `March 15, 2013`, `03/15/2013`, or `15MAR13` as bulletins print it. Names of months may be abbreviated.
///
/// `today` decides the century of `15MAR13`, as the month of a bulletin does for its cells.
///
/// ```
/// let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
/// let march = chrono::NaiveDate::from_ymd_opt(2013, 3, 15).unwrap();
/// assert_eq!(bulletin::parse_day("15MAR13", today), Ok(march));
/// assert!(bulletin::parse_day("03/04/2013", today).is_err());
/// ```
///
/// # Errors
/// [`InvalidDay`] if the text is not exactly one day.
pub fn parse_day(text: &str, today: NaiveDate) -> Result<NaiveDate, InvalidDay> {
    let given = || excerpt(text);
    let unknown = || InvalidDay::Unknown { given: given() };
    let short_year = || InvalidDay::ShortYear { given: given() };
    let parts = parts(text.trim());
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let of_month = |month: Option<Month>, day: &str| {
        let month = month.ok_or_else(unknown)?;
        let day = number(day).ok_or_else(unknown)?;
        NaiveDate::from_ymd_opt(month.year(), month.number(), day).ok_or(InvalidDay::NoSuchDay {
            given: given(),
            month,
        })
    };
    match parts[..] {
        [year, "-", month, "-", day] | [year, "/", month, "/", day] if is_year(year) && is_number(month) => {
            of_month(numbered(year, month), day)
        }
        [one, "/", other, "/", year] if is_number(one) && is_number(other) && is_number(year) => {
            if !is_year(year) {
                return Err(short_year());
            }
            match (numbered(year, one), numbered(year, other)) {
                (Some(month), Some(swapped)) if one != other && month != swapped => {
                    Err(InvalidDay::Ambiguous {
                        given: given(),
                        month_first: of_month(Some(month), other)?,
                        day_first: of_month(Some(swapped), one)?,
                    })
                }
                (Some(month), _) => of_month(Some(month), other),
                (None, month) => of_month(month, one),
            }
        }
        // The form of a bulletin's cells, and the only one without a century.
        [day, name, year] if is_short(day) && is_short(year) => {
            let month = Month::from_name(name, today.year()).ok_or_else(unknown)?;
            let year = number(year).ok_or_else(unknown)?;
            let month = Month::from_short_year(year, month.number(), Month::of(today));
            of_month(Some(month.ok_or_else(short_year)?), day)
        }
        [day, name, year]
        | [day, "-", name, "-", year]
        | [day, " ", name, " " | "," | ".", year]
        | [name, " " | ".", day, " " | ",", year]
            if is_word(name) && is_number(day) && is_number(year) =>
        {
            if is_year(year) {
                of_month(named(name, year), day)
            } else {
                Err(short_year())
            }
        }
        _ => Err(unknown()),
    }
}

/// Parses a priority date as people write it, see [`parse_day`].
///
/// # Errors
/// [`InvalidDay`], also for a day after `today` or before 1950.
pub fn parse_priority_date(text: &str, today: NaiveDate) -> Result<NaiveDate, InvalidDay> {
    let day = parse_day(text, today)?;
    let refused = |reason| {
        Err(InvalidDay::NoPriorityDate {
            given: excerpt(text),
            day,
            reason,
        })
    };
    if day > today {
        refused("in the future")
    } else if day.year() < 1950 {
        refused("before 1950")
    } else {
        Ok(day)
    }
}

/// Parses a bulletin's month as people write it: as [`Month`]'s `FromStr` does, and `MAY2009`.
///
/// # Errors
/// [`UnknownSpelling`] if the text is not a month.
pub fn parse_month(text: &str) -> Result<Month, UnknownSpelling> {
    match parts(text.trim())[..] {
        [ref name, ref year] if is_word(name) && is_year(year) => format!("{name} {year}").parse(),
        _ => text.parse(),
    }
}

/// The runs of digits, of letters, and of anything between them. Spaces around punctuation are removed.
fn parts(text: &str) -> Vec<String> {
    let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
    let mut runs: Vec<String> = Vec::new();
    let mut before = None;
    for letter in text.chars() {
        match runs.last_mut() {
            Some(run) if before == Some(class(letter)) => run.push(letter),
            _ => runs.push(letter.into()),
        }
        before = Some(class(letter));
    }
    for run in &mut runs {
        let bare = run.trim();
        *run = if bare.is_empty() { " ".into() } else { bare.into() };
    }
    runs
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(part: &str) -> bool {
    part.chars().all(char::is_alphabetic)
}

fn is_year(part: &str) -> bool {
    part.len() == 4 && is_number(part)
}

fn is_short(part: &str) -> bool {
    part.len() == 2 && is_number(part)
}

/// The number of a day or a month: one or two digits.
fn number(part: &str) -> Option<u32> {
    (part.len() <= 2 && is_number(part))
        .then(|| part.parse().ok())
        .flatten()
}

/// The month with this number.
fn numbered(year: &str, month: &str) -> Option<Month> {
    Month::new(year.parse().ok()?, number(month)?)
}

/// The month with this name.
fn named(name: &str, year: &str) -> Option<Month> {
    Month::from_name(name, year.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn today() -> NaiveDate {
        day(2026, 11, 21)
    }

    fn refusal(text: &str) -> String {
        parse_priority_date(text, today()).unwrap_err().to_string()
    }

    /// The accepted forms, except the slash forms with the year last.
    const FORMS: [&str; 13] = [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y-%-m-%-d",
        "%d%b%Y",
        "%-d-%b-%Y",
        "%d %b %Y",
        "%-d %B %Y",
        "%d %b. %Y",
        "%B %d, %Y",
        "%B %-d, %Y",
        "%b %d %Y",
        "%b. %-d, %Y",
        "  %d  %b  %Y ",
    ];

    #[test]
    fn every_day_in_every_form_is_that_day() {
        for date in day(1980, 1, 1).iter_days().take_while(|date| date.year() <= 2040) {
            for form in FORMS {
                let text = date.format(form).to_string();
                for text in [text.to_lowercase(), text.to_uppercase(), text] {
                    assert_eq!(parse_day(&text, today()), Ok(date), "{text}");
                }
            }
            // The century of a cell is that of the day on which it is printed.
            let cell = date.format("%d%b%y").to_string();
            assert_eq!(parse_day(&cell, date), Ok(date), "{cell}");
        }
    }

    #[test]
    fn a_slash_date_has_one_reading_or_is_refused_with_both() {
        for date in day(1980, 1, 1).iter_days().take_while(|date| date.year() <= 2040) {
            for form in ["%m/%d/%Y", "%d/%m/%Y", "%-m/%-d/%Y"] {
                let text = date.format(form).to_string();
                let swapped = NaiveDate::from_ymd_opt(date.year(), date.day(), date.month());
                let read = parse_day(&text, today());
                match swapped {
                    Some(swapped) if swapped != date => {
                        let both = read.unwrap_err().to_string();
                        assert!(both.contains(&date.to_string()), "{both}");
                        assert!(both.contains(&swapped.to_string()), "{both}");
                    }
                    _ => assert_eq!(read, Ok(date), "{text}"),
                }
            }
        }
        assert_eq!(
            refusal("03/04/2013"),
            "03/04/2013 is 2013-03-04 (month first) or 2013-04-03 (day first): write 2013-03-04 or 2013-04-03"
        );
        for text in ["04/04/2013", "4/04/2013"] {
            assert_eq!(parse_priority_date(text, today()), Ok(day(2013, 4, 4)), "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_read_only_in_the_bulletin_s_form() {
        for (text, date) in [
            ("15MAR13", day(2013, 3, 15)),
            ("15mar99", day(1999, 3, 15)),
            ("01NOV26", day(2026, 11, 1)),
            ("01DEC81", day(1981, 12, 1)),
        ] {
            assert_eq!(parse_priority_date(text, today()), Ok(date), "{text}");
        }
        for text in [
            "03/15/13",
            "15/03/13",
            "15-Mar-13",
            "15 Mar 13",
            "March 15, 13",
            "01JAN27",
            "15MAR71",
        ] {
            assert!(
                refusal(text).ends_with("write the year with four digits, for example 2013-03-15"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_invalid_date_is_refused_with_the_reason() {
        for text in [
            "",
            "2013-15-03",
            "13/13/2013",
            "15.3.2013",
            "03-15-2013",
            "2013-03/15",
            "2013",
            "2013-03",
            "13-03-15",
            "0013-03-15",
            "20130315",
            "15 Mra 2013",
            "15 Mar 2013 12:00",
            "٢٠١٣-٠٣-١٥",
            "2013-003-15",
            "99999999999999999999-03-15",
        ] {
            let expected = format!("invalid date \"{text}\": expected YYYY-MM-DD, for example 2013-03-15");
            assert_eq!(refusal(text), expected);
        }
        assert_eq!(
            refusal("31 Feb 2013"),
            "invalid date \"31 Feb 2013\": February 2013 has 28 days"
        );
        for text in ["2013-02-29", "02/29/2013", "29/02/2013", "31FEB13", "0 Feb 2013"] {
            assert!(refusal(text).ends_with("February 2013 has 28 days"), "{text}");
        }
        assert_eq!(
            refusal("2027-01-01"),
            "invalid date \"2027-01-01\": a priority date of 2027-01-01 is in the future"
        );
        assert!(refusal("22NOV26").ends_with("2026-11-22 is in the future"));
        assert!(refusal("1 Jan 1949").ends_with("1949-01-01 is before 1950"));
        assert!(refusal("2013\u{1b}[2J").contains("\\u{1b}"));
        assert_eq!(parse_day("2027-01-01", today()), Ok(day(2027, 1, 1)));
    }

    #[test]
    fn a_month_is_read_in_every_usual_form() {
        for text in [
            "2009-05",
            "May 2009",
            "2009-5",
            "05/2009",
            "5/2009",
            "MAY2009",
            "may-2009",
            " May2009 ",
        ] {
            assert_eq!(parse_month(text), Ok(Month::new(2009, 5).unwrap()), "{text}");
        }
        for text in ["MAY09", "05/09", "2009MAY05", "MAYY2009", "052009"] {
            assert!(parse_month(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), like in "[0-9A-Za-z/ .,é-]{0,14}") {
            for text in [text, like] {
                if let Ok(date) = parse_day(&text, today()) {
                    prop_assert!((1900..=9998).contains(&date.year()));
                }
                let _ = (parse_priority_date(&text, today()), parse_month(&text));
            }
        }
    }
}
