//! Parses the words in keys and attributes of old items: charts, categories, areas, months and values. Start with
//! [`Dictionary`].

use std::collections::HashMap;

use bulletin::{Area, Category, Chart, CutOff, Month};
use bulletin_html::{area_of_label, categories_of_label, read_cell};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// The value of an old item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldValue {
    /// The bulletin's own date, which the old layouts write for both current and unavailable.
    Lost,
    /// A cut-off.
    CutOff(CutOff),
}

/// A parsed word, or the reason why it cannot be parsed.
type Read<T> = Result<T, String>;

/// The words of a table, each parsed once: few distinct words occur in very many items.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    charts: HashMap<String, Read<Chart>>,
    categories: HashMap<String, Read<Vec<Category>>>,
    areas: HashMap<String, Read<Area>>,
}

impl Dictionary {
    pub(super) fn chart(&mut self, text: &str) -> Read<Chart> {
        looked_up(&mut self.charts, text, chart)
    }

    pub(super) fn categories(&mut self, text: &str) -> Read<Vec<Category>> {
        looked_up(&mut self.categories, text, categories)
    }

    pub(super) fn area(&mut self, text: &str) -> Read<Area> {
        looked_up(&mut self.areas, text, area)
    }
}

fn looked_up<T: Clone>(
    known: &mut HashMap<String, Read<T>>,
    text: &str,
    read: impl Fn(&str) -> Read<T>,
) -> Read<T> {
    if let Some(known) = known.get(text) {
        return known.clone();
    }
    known.entry(text.to_owned()).or_insert(read(text)).clone()
}

/// Parses a chart: its code, its name, or its name in older programs.
fn chart(text: &str) -> Read<Chart> {
    let squashed: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    match squashed.to_lowercase().as_str() {
        "finaldate" | "finaldates" | "finalactiondate" => Ok(Chart::FinalAction),
        "filingdate" | "dateforfiling" => Ok(Chart::DatesForFiling),
        _ => text.parse().map_err(|error| format!("{error}")),
    }
}

/// Parses a category: a code, a name, or a row's label as printed. A bare rank such as `3rd` may be one of two.
fn categories(text: &str) -> Read<Vec<Category>> {
    let labelled = || Some(categories_of_label(text)).filter(|categories| !categories.is_empty());
    match text.parse::<Category>() {
        Ok(category) => Ok(vec![category]),
        Err(error) => labelled().ok_or_else(|| error.to_string()),
    }
}

/// Parses an area: a code, a name, or a column's label as printed.
fn area(text: &str) -> Read<Area> {
    match text.parse::<Area>() {
        Ok(area) => Ok(area),
        Err(error) => area_of_label(text).ok_or_else(|| error.to_string()),
    }
}

/// Parses the bulletin's month: the month, or its first day.
pub(super) fn month(text: &str) -> Read<Month> {
    match day(text) {
        Some(day) if Month::of(day).first_day() == day => Ok(Month::of(day)),
        Some(day) => Err(format!(
            "{day} is no bulletin's date: a bulletin has the first day of its month"
        )),
        None => text.parse().map_err(|error| format!("{error}")),
    }
}

/// Parses the cut-off in the `date` of an item of this month's bulletin.
pub(super) fn value(text: &str, bulletin: Month) -> Read<OldValue> {
    if text == bulletin.to_string() || day(text) == Some(bulletin.first_day()) {
        return Ok(OldValue::Lost);
    }
    // A date that no page of that month could have printed is not a cut-off of it.
    let printed = match day(text) {
        Some(day) => day.format("%d%b%y").to_string(),
        None => text.to_owned(),
    };
    match (read_cell(&printed, bulletin), day(text)) {
        (Ok(CutOff::Date(date)), Some(day)) if date != day => Err(format!(
            "\"{}\" cannot be a cut-off of the bulletin of {}",
            shown(text),
            bulletin.title()
        )),
        (Ok(cut_off), _) => Ok(OldValue::CutOff(cut_off)),
        (Err(reason), _) => Err(format!(
            "\"{}\" is no cut-off of the bulletin of {}: {}",
            shown(text),
            bulletin.title(),
            reason.words()
        )),
    }
}

/// Parses an ISO date, optionally followed by midnight.
fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().or_else(|| {
        let instant: NaiveDateTime = text.replacen(' ', "T", 1).parse().ok()?;
        (instant.time() == NaiveTime::MIN).then(|| instant.date())
    })
}

/// The maximum number of characters of a text to show. A label of the fifth preference has 60, a key with one about
/// 150.
const MOST_SHOWN: usize = 200;

/// A text of a table, truncated and escaped for display on a terminal.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .take(MOST_SHOWN)
        .flat_map(char::escape_debug)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_read_as_older_programs_name_it() {
        for text in ["Final Date", "FINAL_DATE", "Final Action Dates", "final_action"] {
            assert_eq!(chart(text), Ok(Chart::FinalAction), "{text}");
        }
        for text in ["Filing Date", "Dates for Filing", "DATES_FOR_FILING"] {
            assert_eq!(chart(text), Ok(Chart::DatesForFiling), "{text}");
        }
        assert!(chart("Visa Date").is_err());
    }

    #[test]
    fn the_bulletins_own_date_is_a_lost_value() {
        let april = "2024-04".parse().unwrap();
        for text in [
            "2024-04-01",
            "2024-04",
            "2024-04-01T00:00:00",
            "2024-04-01 00:00:00",
        ] {
            assert_eq!(value(text, april), Ok(OldValue::Lost), "{text}");
        }
        for (text, expected) in [
            ("2013-11-01", "2013-11-01"),
            ("2013-11-01T00:00:00", "2013-11-01"),
            ("01NOV13", "2013-11-01"),
            ("C", "C"),
            ("U", "U"),
        ] {
            let expected = OldValue::CutOff(expected.parse().unwrap());
            assert_eq!(value(text, april), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_date_that_no_page_of_the_month_can_print_is_none() {
        let april = "2024-04".parse().unwrap();
        for text in [
            "2024-05-01",
            "2024-03",
            "1924-03-01",
            "2071-01-01",
            "2013-11-31",
            "2013-11-01T10:00:00",
            "",
            "Current",
            "13-11-01",
        ] {
            assert!(value(text, april).is_err(), "{text}");
        }
    }

    #[test]
    fn a_bulletin_has_the_first_day_of_its_month() {
        for text in ["2024-04", "2024-04-01", "April 2024", "2024-04-01T00:00:00"] {
            assert_eq!(month(text), Ok("2024-04".parse().unwrap()), "{text}");
        }
        for text in ["2024-04-10", "2024", "", "2024-13"] {
            assert!(month(text).is_err(), "{text}");
        }
    }
}
