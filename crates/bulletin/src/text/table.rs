//! The table in the body of an alert: both charts, before and after.

use crate::area::Area;
use crate::change::{Band, Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{Cell, CellState, LastRead};
use crate::text::column::Column;
use crate::text::name::short_month;
use crate::text::{area_name, day, missing_clause, shown, wrapped_to};

/// The indent of notes below a chart's line.
const INDENT: &str = "        ";

/// The charts that list the case, or did before, below a heading with the bulletins that are compared.
pub(super) fn chart_table(change: &Change) -> Vec<String> {
    let mut rows = Vec::new();
    for chart in Chart::ALL {
        let chart_change = change.charts.of(chart);
        if chart_change.to.is_some() || chart_change.from.is_some() {
            rows.push(row(change, chart));
            let notes = notes(change, chart).into_iter().flat_map(|note| {
                let lines = wrapped_to(&note, 80 - INDENT.len());
                lines.into_iter().map(|line| format!("{INDENT}{line}"))
            });
            rows.extend(notes);
        }
    }
    if !rows.is_empty() {
        let [whose, old, new] = match change.kind {
            ChangeKind::NewMonth => [String::new(), old_heading(change), short_month(change.month)],
            ChangeKind::Correction => [short_month(change.month), "published".into(), "corrected".into()],
        };
        rows.insert(0, format!("{whose:<19} {old:>12}    {new}"));
    }
    rows
}

/// The heading of the old values: their bulletin.
fn old_heading(change: &Change) -> String {
    heading_month(change).map_or_else(|| "before".into(), short_month)
}

/// The previous month, or if that is unknown, the only month that is compared with.
pub(super) fn heading_month(change: &Change) -> Option<Month> {
    if change.month_before.is_some() {
        return Some(change.month.previous());
    }
    let mut months: Vec<Month> = Chart::ALL
        .into_iter()
        .filter_map(|chart| Some(change.charts.of(chart).from?.month))
        .collect();
    months.dedup();
    match *months {
        [month] => Some(month),
        _ => None,
    }
}

/// True if a new bulletin can only be compared with bulletins older than that of the previous month.
pub(super) fn skips_a_month(change: &Change) -> bool {
    let months = |chart: Chart| Some(change.charts.of(chart).from?.month);
    let mut months = Chart::ALL.into_iter().filter_map(months).peekable();
    change.kind == ChangeKind::NewMonth
        && change.month_before.is_none()
        && months.peek().is_some()
        && months.all(|month| month != change.month.previous())
}

/// The old cell, under the heading; `None` if that is the last read cut-off.
fn printed_before(change: &Change, chart: Chart) -> Option<Option<&Cell>> {
    let chart_change = change.charts.of(chart);
    match change.kind {
        ChangeKind::NewMonth => change
            .month_before
            .as_ref()
            .map(|before| before.of(chart).as_ref()),
        ChangeKind::Correction if chart_change.replaced.is_some() => Some(chart_change.replaced.as_ref()),
        // A cell that is not replaced stood there, unless there is nothing that it could be compared with.
        ChangeKind::Correction => Some(chart_change.to.as_ref().filter(|_| chart_change.from.is_some())),
    }
}

fn row(change: &Change, chart: Chart) -> String {
    let chart_change = change.charts.of(chart);
    let old = match (printed_before(change, chart), chart_change.from) {
        (None, Some(from)) => in_a_cell(from.cut_off),
        (printed, _) => printed_in_a_cell(printed.flatten()),
    };
    let new = printed_in_a_cell(chart_change.to.as_ref());
    let verdict = match change.kind {
        ChangeKind::NewMonth => verdict(change, chart),
        ChangeKind::Correction => corrected_verdict(change, chart),
    };
    format!("{:<19} {old:>12} -> {new:<12}  {verdict}", chart.name())
}

/// A cell, short enough for the table.
fn printed_in_a_cell(cell: Option<&Cell>) -> String {
    cell.and_then(Cell::cut_off)
        .map_or_else(|| shown(cell), in_a_cell)
}

/// A cut-off, short enough for the table: `01 Nov 2013`, `current (C)` or `unavailable`.
fn in_a_cell(cut_off: CutOff) -> String {
    match cut_off {
        CutOff::Current => "current (C)".into(),
        CutOff::Date(_) | CutOff::Unavailable => cut_off.words(),
    }
}

fn verdict(change: &Change, chart: Chart) -> String {
    let chart_change = change.charts.of(chart);
    let Some(movement) = chart_change.movement else {
        return "cannot be read".into();
    };
    match movement {
        Movement::Withdrawn if chart_change.to.is_some() && chart_change.is_set_back() => {
            "set back, in another column".into()
        }
        Movement::Withdrawn if chart_change.to.is_some() => "no longer has its own column".into(),
        Movement::FirstSeen if chart_change.is_set_back() => "set back, in its own column".into(),
        Movement::FirstSeen if chart_change.from.is_some() => "now has its own column".into(),
        _ => match across_a_gap(change, chart) {
            // How far it is from what was read longer ago stands below.
            Some((Some(_), _)) if chart_change.to.is_some() => "readable again".into(),
            Some((None, _)) if chart_change.to.is_some() => "listed again".into(),
            _ => in_days(movement),
        },
    }
}

fn corrected_verdict(change: &Change, chart: Chart) -> String {
    let chart_change = change.charts.of(chart);
    let Some(movement) = chart_change.movement else {
        return "cannot be read".into();
    };
    let Some(replaced) = &chart_change.replaced else {
        return match movement {
            Movement::FirstSeen => "added by the correction".into(),
            _ => "unchanged".into(),
        };
    };
    if replaced.cut_off().is_none() {
        return "corrected, now readable".into();
    }
    let column = match Column::of(change, chart_change) {
        Column::Same => None,
        Column::Dropped => Some("dropped"),
        Column::Added => Some("added"),
    };
    if let Some(what) = column {
        let back = if chart_change.is_set_back() { " back" } else { "" };
        return format!("corrected{back}, column {what}");
    }
    // The same whatever column they stand in.
    let now = chart_change.to.as_ref().map(Cell::cut_off);
    match Movement::between(replaced.cut_off(), now.flatten()) {
        Movement::Withdrawn => "removed by the correction",
        Movement::Advanced { .. } => "corrected to a later date",
        Movement::Retrogressed { .. } => "corrected to an earlier date",
        Movement::BecameCurrent => "corrected to current (C)",
        Movement::BecameUnavailable => "corrected to unavailable",
        Movement::LeftCurrent => "corrected from current (C)",
        Movement::BecameAvailable => "corrected to a date",
        Movement::FirstSeen | Movement::Unchanged => "corrected",
    }
    .into()
}

/// The old cell in the bulletin of the heading, and the cut-off that is compared with instead, if that cell is
/// misprinted or absent.
fn across_a_gap(change: &Change, chart: Chart) -> Option<(Option<&Cell>, LastRead)> {
    let from = change.charts.of(chart).from?;
    let printed = printed_before(change, chart)?;
    printed
        .is_none_or(|cell| cell.cut_off().is_none())
        .then_some((printed, from))
}

fn notes(change: &Change, chart: Chart) -> Vec<String> {
    let chart_change = change.charts.of(chart);
    let mut notes = Vec::new();
    notes.extend(column_note(change, chart_change));
    notes.extend(comparison_note(change, chart));
    if chart_change.movement.is_none() {
        notes.push(unreadable_note(change, chart_change));
    }
    let [current, not_current] = if chart_change.replaces_a_cut_off() {
        ["Current after all", "Not current after all"]
    } else {
        ["Now current", "No longer current"]
    };
    let moved = whatever_column(change, chart_change);
    let bands = [
        (current, moved.newly_current()),
        (not_current, moved.no_longer_current()),
    ];
    for (title, band) in bands {
        notes.extend(band.map(|band| format!("{title}: {}", band_in_words(band))));
    }
    notes
}

/// The reason why a cell cannot be read, and the advice.
fn unreadable_note(change: &Change, chart_change: &ChartChange) -> String {
    let state = chart_change.to.as_ref().map(|cell| &cell.state);
    if let Some(clause) = state.and_then(|state| missing_clause(change.case, state)) {
        let corrected = match change.kind {
            ChangeKind::NewMonth => "",
            ChangeKind::Correction => " any more",
        };
        return format!(
            "T{}{corrected}. Check the page before you rely on this alert.",
            &clause[1..]
        );
    }
    let page = match change.kind {
        ChangeKind::NewMonth => "Misprinted.",
        ChangeKind::Correction => "Misprinted on the corrected page.",
    };
    format!("{page} Check the page before you rely on this alert.")
}

/// The change for people who are counted in one column after the other.
fn whatever_column(change: &Change, chart_change: &ChartChange) -> ChartChange {
    let mut moved = chart_change.clone();
    if Column::of(change, chart_change) != Column::Same && moved.movement.is_some() {
        let to = moved.to.as_ref().and_then(Cell::cut_off);
        moved.movement = Some(Movement::between(moved.from.map(|from| from.cut_off), to));
    }
    moved
}

/// The column that applies, if it is not the area's own, or was not before.
fn column_note(change: &Change, chart_change: &ChartChange) -> Option<String> {
    let own = change.case.area;
    let (verb, their) = if own == Area::EL_SALVADOR_GUATEMALA_HONDURAS {
        ("have", "their")
    } else {
        ("has", "its")
    };
    let name = area_name(own);
    let to = chart_change.to.as_ref()?;
    let before = chart_change
        .from
        .map(|from| from.column)
        .filter(|column| *column != to.column);
    if to.column == own {
        let before = area_name(before?);
        let when = match change.kind {
            ChangeKind::NewMonth => format!("In {}", chart_change.from?.month.title()),
            ChangeKind::Correction => "Before the correction".into(),
        };
        return Some(format!(
            "{name} now {verb} {their} own column on this chart. {when}, {before} applied."
        ));
    }
    let column = area_name(to.column);
    Some(if before == Some(own) {
        format!("{name} no longer {verb} {their} own column on this chart. {column} applies instead.")
    } else {
        format!("Counted under {column}.")
    })
}

/// The bulletin that a cut-off is compared with, if it is not the one in the heading.
fn comparison_note(change: &Change, chart: Chart) -> Option<String> {
    let chart_change = change.charts.of(chart);
    let from = chart_change.from?;
    let last = format!("{} in {}", from.cut_off.words(), from.month.title());
    let Some((printed, _)) = across_a_gap(change, chart) else {
        let is_named = change.kind == ChangeKind::Correction || heading_month(change) == Some(from.month);
        return (!is_named).then(|| format!("Compared with {last}."));
    };
    let why = match (change.kind, printed) {
        (ChangeKind::Correction, Some(cell)) if matches!(cell.state, CellState::Missing(_)) => {
            "Missing before the correction.".to_owned()
        }
        (ChangeKind::Correction, _) => "Misprinted before the correction.".to_owned(),
        (ChangeKind::NewMonth, Some(cell)) => match missing_clause(change.case, &cell.state) {
            Some(clause) => format!("In {}, {clause}.", change.month.previous().title()),
            None => format!("Misprinted in {}.", change.month.previous().title()),
        },
        (ChangeKind::NewMonth, None) => format!("Not listed in {}.", change.month.previous().title()),
    };
    let did = match chart_change.movement {
        Some(Movement::FirstSeen | Movement::Withdrawn) => String::new(),
        Some(movement) => format!(": {}", in_days(movement)),
        None => return Some(format!("{why} The last readable cut-off is {last}.")),
    };
    Some(format!("{why} Compared with {last}{did}."))
}

/// A movement in words, with the signed days between two dates before them: `+14 days, advanced`.
fn in_days(movement: Movement) -> String {
    let Some(days) = movement.signed_days() else {
        return match movement {
            Movement::LeftCurrent => "set back from current (C)".into(),
            movement => movement.words(),
        };
    };
    let unit = if days.abs() == 1 { "day" } else { "days" };
    format!("{days:+} {unit}, {}", movement.code())
}

fn band_in_words(band: Band) -> String {
    match (band.first, band.last) {
        (Some(first), Some(last)) if first == last => format!("priority date {}", day(first)),
        (Some(first), Some(last)) => format!("priority dates {} to {}", day(first), day(last)),
        (Some(first), None) => format!("priority dates {} and later", day(first)),
        (None, Some(last)) => format!("priority dates {} and earlier", day(last)),
        (None, None) => "every priority date".into(),
    }
}
