//! The parsers of options that take a day, a month or a duration.

use std::str::FromStr;
use std::time::Duration;

use bulletin::{InvalidDay, Month, UnknownSpelling};
use chrono::{NaiveDate, Utc};

/// A stored bulletin.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StoredMonth {
    /// The newest one.
    Latest,
    /// The one of this month.
    Of(Month),
}

pub(crate) fn parse_stored_month(text: &str) -> Result<StoredMonth, UnknownSpelling> {
    if text.trim().eq_ignore_ascii_case("latest") {
        return Ok(StoredMonth::Latest);
    }
    bulletin::parse_month(text).map(StoredMonth::Of)
}

pub(crate) fn parse_priority_date(text: &str) -> Result<NaiveDate, InvalidDay> {
    bulletin::parse_priority_date(text, Utc::now().date_naive())
}

pub(crate) fn parse_day(text: &str) -> Result<NaiveDate, InvalidDay> {
    bulletin::parse_day(text, Utc::now().date_naive())
}

/// The interval of polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Every {
    /// Short while a bulletin is due, and long otherwise.
    Auto,
    /// Always the same.
    Time(Duration),
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            _ => parse_duration(text).map(Self::Time),
        }
    }
}

/// Parses `30s`, `30m`, `4h`. At least 30 seconds, to spare the department's hosts.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let unknown = || format!("invalid duration \"{text}\": expected 30s, 30m, 4h or auto");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(unknown)?;
    let number: u64 = text[..split].parse().map_err(|_| unknown())?;
    let seconds = match &text[split..] {
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => None,
    };
    match seconds {
        Some(seconds @ 30..=604_800) => Ok(Duration::from_secs(seconds)),
        Some(_) => Err(format!(
            "invalid duration \"{text}\": expected 30s to 168h, for example 30m"
        )),
        None => Err(unknown()),
    }
}
