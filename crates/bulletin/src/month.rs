//! Months of bulletins, and ranges of them.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::spelling::{UnknownSpelling, squash};

/// English month names, as the department writes them in titles and addresses.
const NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A bulletin's month: the calendar month in which its cut-offs are in force.
///
/// Written `2026-03` in data and `March 2026` for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: u16,
    number: u8,
}

impl Month {
    /// The month with this number (1 to 12) of this year; `None` if there is no such month. Years run from 1900 to
    /// 9998, so that every month has a neighbour and a last day.
    pub fn new(year: i32, number: u32) -> Option<Self> {
        let year = u16::try_from(year)
            .ok()
            .filter(|year| (1900..=9998).contains(year))?;
        let number = u8::try_from(number)
            .ok()
            .filter(|number| (1..=12).contains(number))?;
        Some(Self { year, number })
    }

    /// The month that contains this day.
    pub fn of(day: NaiveDate) -> Self {
        let year = day.year().clamp(1900, 9998);
        Self {
            year: year as u16,
            number: day.month() as u8,
        }
    }

    /// The year, such as 2026.
    pub fn year(self) -> i32 {
        i32::from(self.year)
    }

    /// The number of the month in its year, 1 to 12.
    pub fn number(self) -> u32 {
        u32::from(self.number)
    }

    /// The English name of the month without its year, such as `March`.
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.number) - 1]
    }

    /// The month as people and the department's titles write it: `March 2026`.
    pub fn title(self) -> String {
        format!("{} {}", self.name(), self.year)
    }

    /// The US fiscal year, which begins in October: October 2026 belongs to 2027. The site files its pages
    /// under this year.
    pub fn fiscal_year(self) -> i32 {
        self.year() + i32::from(self.number >= 10)
    }

    /// The first day on which this month's bulletin is in force.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number(), 1).unwrap_or_default()
    }

    /// The last day on which this month's bulletin is in force.
    pub fn last_day(self) -> NaiveDate {
        self.next().first_day() - Days::new(1)
    }

    /// The month after this one.
    #[must_use]
    pub fn next(self) -> Self {
        if self.number == 12 {
            Self {
                year: self.year + 1,
                number: 1,
            }
        } else {
            Self {
                number: self.number + 1,
                ..self
            }
        }
    }

    /// The month before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        if self.number == 1 {
            Self {
                year: self.year - 1,
                number: 12,
            }
        } else {
            Self {
                number: self.number - 1,
                ..self
            }
        }
    }

    /// All months from this one to `last`, both included; none if `last` is earlier.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        let ordinal = |month: Self| u32::from(month.year) * 12 + u32::from(month.number) - 1;
        (ordinal(self)..=ordinal(last)).map(|ordinal| Self {
            year: (ordinal / 12) as u16,
            number: (ordinal % 12 + 1) as u8,
        })
    }

    /// The month with this number (1 to 12) and these last two digits of its year, as the cells of a bulletin print it:
    /// the latest one that is not after `latest`. `None` if it is more than 45 years before it: no cut-off since 2001
    /// was more than 26 years old.
    pub fn from_short_year(year: u32, number: u32, latest: Self) -> Option<Self> {
        let century = latest.year().div_euclid(100) * 100;
        let year = century + i32::try_from(year).ok()?;
        let month = Self::new(year, number)
            .filter(|month| *month <= latest)
            .or_else(|| Self::new(year - 100, number))?;
        (latest.year() - month.year() <= 45).then_some(month)
    }

    /// The month with this English name or its first three letters, in any case, and this year.
    pub fn from_name(name: &str, year: i32) -> Option<Self> {
        let position = NAMES.iter().position(|known| {
            let beginning = if matches!(name.len(), 3 | 4) {
                known.get(..name.len()).unwrap_or(known)
            } else {
                known
            };
            beginning.eq_ignore_ascii_case(name)
        })?;
        Self::new(year, position as u32 + 1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.number)
    }
}

impl FromStr for Month {
    type Err = UnknownSpelling;

    /// Parses `2026-03`, `2026-3`, `March 2026`, `mar-2026` or `2026 March`.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let unknown = || UnknownSpelling::new("month", text, ["2026-03".into(), "March 2026".into()]);
        let parts: Vec<&str> = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
            .collect();
        let [first, second] = parts[..] else {
            return Err(unknown());
        };
        let year_of = |part: &str| (part.len() == 4).then(|| part.parse::<i32>().ok()).flatten();
        let month = match (year_of(first), year_of(second)) {
            (Some(year), None) => second
                .parse()
                .ok()
                .and_then(|number| Self::new(year, number))
                .or_else(|| Self::from_name(second, year)),
            (None, Some(year)) => first
                .parse()
                .ok()
                .and_then(|number| Self::new(year, number))
                .or_else(|| Self::from_name(first, year)),
            _ => None,
        };
        if let (None, Some(year), Ok(number)) = (month, year_of(first), second.parse::<u32>()) {
            let near = if number == 0 { 1 } else { 12 };
            return Err(UnknownSpelling::new("month", text, [format!("{year}-{near:02}")]));
        }
        month.ok_or_else(|| match parts.iter().find(|part| part.parse::<u32>().is_err()) {
            Some(name) if !squash(name).is_empty() => {
                let year = year_of(first).or_else(|| year_of(second)).unwrap_or(2026);
                let near = crate::spelling::nearest(name, NAMES.iter().copied(), 2);
                if near.is_empty() {
                    unknown()
                } else {
                    UnknownSpelling::new(
                        "month",
                        text,
                        near.into_iter().map(|name| format!("{name} {year}")),
                    )
                }
            }
            _ => unknown(),
        })
    }
}

impl TryFrom<String> for Month {
    type Error = UnknownSpelling;

    fn try_from(text: String) -> Result<Self, UnknownSpelling> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// A first and a last month, both included, as people write it: `2001-12..2026-06`, or one month alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthRange {
    /// The earliest month of the range.
    pub first: Month,
    /// The latest month of the range, never before the first.
    pub last: Month,
}

impl MonthRange {
    /// Every month of the range, earliest first.
    pub fn months(self) -> impl DoubleEndedIterator<Item = Month> + Clone {
        self.first.through(self.last)
    }

    /// True if the month is within the range.
    pub fn contains(self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }
}

impl FromStr for MonthRange {
    type Err = UnknownSpelling;

    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let range = Self {
            first: first.trim().parse()?,
            last: last.trim().parse()?,
        };
        if range.last < range.first {
            let turned = format!("{}..{}", range.last, range.first);
            return Err(UnknownSpelling::new("range of months", text, [turned]));
        }
        Ok(range)
    }
}

impl fmt::Display for MonthRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fiscal_year_begins_in_october() {
        assert_eq!(Month::new(2026, 9).unwrap().fiscal_year(), 2026);
        assert_eq!(Month::new(2026, 10).unwrap().fiscal_year(), 2027);
    }

    #[test]
    fn every_usual_spelling_is_one_month() {
        let march = Month::new(2026, 3).unwrap();
        for text in [
            "2026-03",
            "2026-3",
            "March 2026",
            "march-2026",
            "Mar 2026",
            "2026 march",
            "2026/03",
        ] {
            assert_eq!(text.parse(), Ok(march), "{text}");
        }
    }

    #[test]
    fn a_wrong_month_is_refused_with_the_nearest_right_one() {
        for text in [
            "2026-13",
            "2026-00",
            "26-03",
            "",
            "March",
            "ma 2026",
            "2026-03-04",
        ] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
        let refusal = "Febuary 2024".parse::<Month>().unwrap_err();
        assert_eq!(refusal.nearest, ["February 2024"]);
        assert_eq!("2023-13".parse::<Month>().unwrap_err().nearest, ["2023-12"]);
    }

    #[test]
    fn a_range_runs_over_the_turn_of_the_year() {
        let range: MonthRange = "2025-11..2026-02".parse().unwrap();
        let months: Vec<String> = range.months().map(|month| month.to_string()).collect();
        assert_eq!(months, ["2025-11", "2025-12", "2026-01", "2026-02"]);
        assert!("2026-02..2025-11".parse::<MonthRange>().is_err());
    }

    #[test]
    fn a_bulletin_rules_from_the_first_day_to_the_last() {
        let month = Month::new(2024, 2).unwrap();
        assert_eq!(month.first_day().to_string(), "2024-02-01");
        assert_eq!(month.last_day().to_string(), "2024-02-29");
        assert_eq!(Month::new(2024, 1).unwrap().previous().to_string(), "2023-12");
    }
}
