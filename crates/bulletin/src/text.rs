//! All sentences that recipients of alerts read, in English.

use chrono::NaiveDate;

use crate::area::{Area, Case};
use crate::bulletin::MissingPart;
use crate::change::{Change, ChangeKind};
use crate::chart::Chart;
use crate::month::Month;
use crate::standing::{Cell, CellState};

mod alert;
mod bulletin;
mod case;
mod column;
mod name;
mod personal;
mod position;
mod sms;
mod table;
mod verdict;

pub(crate) use bulletin::{bulletin_body, bulletin_headline};
pub(crate) use case::{case_body, case_headline};
pub(crate) use personal::{personal_headline, personal_subject};
pub(crate) use position::changed_position;
pub use position::priority_sentence;
pub(crate) use sms::{Line, case_line};
pub use sms::{SMS_SEPTETS, SUBJECT_CHARACTERS, septets};

/// The page on which USCIS announces the chart that it accepts for adjustment of status in a month.
pub const USCIS_CHARTS: &str = "https://www.uscis.gov/visabulletininfo";

/// The note at the end of every alert.
pub const UNOFFICIAL: &str = "This message is unofficial; only the bulletin itself is authoritative.";

/// The second line of an alert about a correction.
const CORRECTED_LATER: &str = "The State Department corrected this bulletin after publication.";

/// The categories that replaced one that is no longer listed, to follow the verdicts: `; listed now: EB-3`.
fn listed_now(change: &Change) -> String {
    let names: Vec<&str> = change
        .successors
        .iter()
        .map(|successor| successor.category.short())
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("; listed now: {}", names.join(", "))
    }
}

/// The note about Dates for Filing.
pub(crate) fn filing_note(month: Month) -> String {
    format!(
        "For adjustment of status, Dates for Filing counts only if USCIS accepts it for {}: {USCIS_CHARTS}",
        month.title()
    )
}

/// A day as alerts write it: `01 Nov 2013`.
pub fn day(date: NaiveDate) -> String {
    date.format("%d %b %Y").to_string()
}

/// The word before a line about a correction.
fn correction_mark(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Correction => "CORRECTED ",
        ChangeKind::NewMonth => "",
    }
}

/// The case of an alert, in ASCII: `EB-3 India`.
pub fn case_name(case: Case) -> String {
    let area = if case.area == Area::ALL {
        "All Other Areas".into()
    } else {
        area_name(case.area)
    };
    format!("{} {area}", case.category.short())
}

/// The name of a column in ASCII, shortened for one line.
fn column_name(column: Area) -> String {
    if column == Area::ALL {
        "All Chargeability Areas".into()
    } else {
        area_name(column)
    }
}

/// The name of an area in ASCII.
fn area_name(area: Area) -> String {
    area.name().replace('\u{f4}', "o")
}

/// The column for an area without a separate one: `Brazil is counted under All Chargeability Areas Except Those
/// Listed`.
pub fn counted_under(area: Area, column: Area) -> String {
    counted_under_any(area, &[column])
}

/// The columns for an area, if they differ between months.
pub fn counted_under_any(area: Area, columns: &[Area]) -> String {
    // The only name of several countries.
    let verb = if area == Area::EL_SALVADOR_GUATEMALA_HONDURAS {
        "are"
    } else {
        "is"
    };
    let columns: Vec<String> = columns.iter().map(|column| area_name(*column)).collect();
    format!(
        "{} {verb} counted under {}",
        area_name(area),
        columns.join(" or ")
    )
}

/// Text from a page in quotes, without characters that could control a terminal, break a line of an e-mail, or close
/// the quotes.
fn quoted(raw: &str) -> String {
    let plain: String = raw
        .chars()
        .take(40)
        .map(|c| match c {
            '"' => '\'',
            ' '..='~' => c,
            _ => '?',
        })
        .collect();
    format!("\"{plain}\"")
}

pub(crate) fn shown(cell: Option<&Cell>) -> String {
    match cell.map(|cell| &cell.state) {
        None => "not listed".into(),
        Some(CellState::CutOff(cut_off)) => cut_off.words(),
        Some(CellState::Unreadable(raw)) if raw.is_empty() => "blank".into(),
        Some(CellState::Unreadable(raw)) => quoted(raw),
        Some(CellState::Missing(_)) => "missing".into(),
    }
}

/// The reason why a case's cell cannot be read, to follow the name of its chart: `misprinted`, `has no India column`.
fn trouble(case: Case, state: &CellState) -> String {
    match state {
        CellState::Missing(MissingPart::Column) => format!("has no {} column", area_name(case.area)),
        CellState::Missing(MissingPart::Row) => format!("has no {} row", case.category.short()),
        CellState::Unreadable(_) | CellState::CutOff(_) => "misprinted".into(),
    }
}

/// The reason as a clause: `the page has no INDIA column on this chart`; `None` for a misprint.
fn missing_clause(case: Case, state: &CellState) -> Option<String> {
    let CellState::Missing(part) = state else {
        return None;
    };
    let what = match part {
        MissingPart::Column => format!("{} column", area_name(case.area).to_uppercase()),
        MissingPart::Row => format!("{} row", case.category.short()),
    };
    Some(format!("the page has no {what} on this chart"))
}

fn short_chart(chart: Chart) -> &'static str {
    match chart {
        Chart::FinalAction => "Final Action",
        Chart::DatesForFiling => "Filing",
    }
}

/// A message whose details do not fit.
pub(crate) fn short_body(headline: &str, month: Month, page: &str) -> String {
    let mut lines = vec![headline.to_owned(), in_force(month)];
    lines.push("The details are too long for this message; see the bulletin.".into());
    lines.push(String::new());
    lines.extend(closing(page));
    lines.join("\n")
}

/// The period in which a bulletin is in force.
fn in_force(month: Month) -> String {
    format!(
        "In force from {} to {}.",
        day(month.first_day()),
        day(month.last_day())
    )
}

fn closing(page: &str) -> [String; 2] {
    [format!("Official bulletin: {page}"), UNOFFICIAL.into()]
}

/// Text in lines of at most 80 characters, broken between words.
fn wrapped(text: &str) -> Vec<String> {
    wrapped_to(text, 80)
}

fn wrapped_to(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn counted(days: i64) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}
