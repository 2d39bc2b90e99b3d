//! A cut-off: a date, `C` or `U`.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::spelling::UnknownSpelling;

/// The value of one cell of a chart.
///
/// In data it is an ISO date, `C` or `U`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CutOff {
    /// `U`: no priority date is current.
    Unavailable,
    /// Priority dates earlier than this day are current.
    Date(NaiveDate),
    /// `C`: every priority date is current.
    Current,
}

impl CutOff {
    /// True if a priority date is current. The rule is strict: it must be *earlier than* the cut-off date
    /// (the bulletins say so in the paragraph above their charts).
    pub fn is_current(self, priority_date: NaiveDate) -> bool {
        match self {
            Self::Unavailable => false,
            Self::Date(cut_off) => priority_date < cut_off,
            Self::Current => true,
        }
    }

    /// The date, if the cell contains one.
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(date),
            Self::Unavailable | Self::Current => None,
        }
    }

    /// The words for people: `01 Nov 2013`, `all dates current (C)` or `unavailable`.
    pub fn words(self) -> String {
        match self {
            Self::Unavailable => "unavailable".into(),
            Self::Date(date) => date.format("%d %b %Y").to_string(),
            Self::Current => "all dates current (C)".into(),
        }
    }
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable => f.pad("U"),
            Self::Date(date) => f.pad(&date.to_string()),
            Self::Current => f.pad("C"),
        }
    }
}

impl FromStr for CutOff {
    type Err = UnknownSpelling;

    /// Reads what [`Display`](fmt::Display) writes. The department's own `01NOV13` is read by `bulletin-html`,
    /// which knows the century.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        match text {
            "C" => Ok(Self::Current),
            "U" => Ok(Self::Unavailable),
            _ => NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(Self::Date)
                .map_err(|_| {
                    UnknownSpelling::new("cut-off", text, ["2013-11-01".into(), "C".into(), "U".into()])
                }),
        }
    }
}

impl TryFrom<String> for CutOff {
    type Error = UnknownSpelling;

    fn try_from(text: String) -> Result<Self, UnknownSpelling> {
        text.parse()
    }
}

impl From<CutOff> for String {
    fn from(cut_off: CutOff) -> Self {
        cut_off.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_date_on_the_cut_off_is_not_current() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let cut_off = CutOff::Date(day("2013-11-15"));
        assert!(cut_off.is_current(day("2013-11-14")));
        assert!(!cut_off.is_current(day("2013-11-15")));
        assert!(!cut_off.is_current(day("2013-11-16")));
        assert!(CutOff::Current.is_current(day("2026-01-01")));
        assert!(!CutOff::Unavailable.is_current(day("1980-01-01")));
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["C", "U", "2013-11-01"] {
            assert_eq!(text.parse::<CutOff>().unwrap().to_string(), text);
        }
        for text in ["", "c", "2013-02-30", "01NOV13"] {
            assert!(text.parse::<CutOff>().is_err(), "{text}");
        }
    }
}
