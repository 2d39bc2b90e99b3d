//! The texts of an alert about one case.

use crate::alert::CaseAlert;
use crate::area::{Area, Case};
use crate::attribute::cut_off_number;
use crate::change::{Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell, LastRead};
use crate::subscription::Subscription;
use crate::text::table::{chart_table, skips_a_month};
use crate::text::{
    case_name, closing, column_name, counted, counted_under, day, filing_note, in_force, priority_sentence,
    short_chart, shown, wrapped,
};

/// What took the place of a category that is listed no more, to stand behind the verdicts: `; listed now: EB-3`.
pub(super) fn listed_now(change: &Change) -> String {
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

pub(crate) fn case_headline(change: &Change) -> String {
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| chart_verdict(change, chart, true))
        .collect();
    let what = match change.kind {
        ChangeKind::NewMonth => String::new(),
        ChangeKind::Correction => "CORRECTED ".into(),
    };
    let verdicts = if verdicts.is_empty() {
        "not listed".to_owned()
    } else {
        verdicts.join("; ")
    };
    format!(
        "{what}{}, {}: {verdicts}{}",
        case_name(change.case),
        change.month.title(),
        listed_now(change)
    )
}

/// What happened on one chart, for a headline: `Final Action 15 Nov 2013 (advanced 14 days from 01 Nov 2013)`; with
/// `old` false without what held before, but for a correction, which always says it. `None` where the chart has nothing
/// to say of the case.
pub(super) fn chart_verdict(change: &Change, chart: Chart, old: bool) -> Option<String> {
    let chart_change = change.charts.of(chart);
    let own = change.case.area;
    let lost_column = |cell: &Cell| {
        let had = match &chart_change.replaced {
            Some(replaced) => Some(replaced.column),
            None => chart_change.from.map(|from| from.column),
        };
        had == Some(own) && cell.column != own
    };
    let mut name = short_chart(chart).to_owned();
    let mut to = shown(chart_change.to.as_ref());
    if let Some(cell) = chart_change.to.as_ref().filter(|cell| cell.column != own) {
        let column = column_name(cell.column);
        if lost_column(cell) && cell.cut_off().is_some() {
            to = format!("{to} of {column} (own column gone)");
        } else {
            name = format!("{name} under {column}");
        }
    }
    if change.kind == ChangeKind::Correction {
        if let Some(replaced) = &chart_change.replaced {
            return Some(correction_verdict(change, chart_change, replaced, &name, &to));
        }
        match chart_change.movement {
            Some(Movement::FirstSeen) if chart_change.from.is_none() => {
                return Some(format!("{name} {to} (added, was not listed)"));
            }
            Some(Movement::Unchanged) => return None,
            _ => {}
        }
    }
    let says = new_month_verdict(change, chart_change, old, &name, &to);
    Some(says).filter(|_| chart_change.movement != Some(Movement::Unchanged) || chart_change.to.is_some())
}

/// What a correction moves is a misprint, not a cut-off: old and new value, and no number of days.
fn correction_verdict(
    change: &Change,
    chart_change: &ChartChange,
    replaced: &Cell,
    name: &str,
    to: &str,
) -> String {
    let mut before = shown(Some(replaced));
    if replaced.column != change.case.area {
        before = format!("{before} of {}", column_name(replaced.column));
    }
    let date = |cell: &Cell| cell.cut_off().and_then(CutOff::date);
    let now = chart_change.to.as_ref().and_then(date);
    match (chart_change.movement, date(replaced), now) {
        (None, ..) => format!("{name} misprinted, no longer {before}, see the page"),
        (Some(Movement::Withdrawn), ..) if chart_change.to.is_none() => {
            format!("{name} no longer listed, published as {before}")
        }
        (_, Some(old), Some(new)) if new < old => format!("{name} {to}, earlier than the published {before}"),
        (_, Some(old), Some(new)) if new > old => format!("{name} {to}, later than the published {before}"),
        (_, None, Some(_)) if chart_change.is_set_back() && replaced.cut_off().is_some() => {
            format!("{name} set back to {to}, published as {before}")
        }
        _ => format!("{name} {to}, published as {before}"),
    }
}

fn new_month_verdict(change: &Change, chart_change: &ChartChange, old: bool, name: &str, to: &str) -> String {
    let from = chart_change.from.filter(|_| old);
    let was = from.map_or_else(String::new, |from| format!(", was {}", old_words(change, from)));
    // That it is unavailable says itself that it is worse.
    let is_date = |cell: &Cell| cell.cut_off().and_then(CutOff::date).is_some();
    let back = chart_change.is_set_back() && chart_change.to.as_ref().is_some_and(is_date);
    let set = if back { "set back to " } else { "" };
    match chart_change.movement {
        None => format!("{name} misprinted, see the page"),
        Some(Movement::BecameCurrent | Movement::BecameUnavailable) => format!("{name} becomes {to}{was}"),
        Some(Movement::LeftCurrent) => format!("{name} {set}{to}{was}"),
        Some(Movement::Withdrawn) if chart_change.to.is_some() => format!("{name} {set}{to}{was}"),
        Some(Movement::Withdrawn) => format!("{name} no longer listed{was}"),
        Some(Movement::FirstSeen) => match (chart_change.from, from) {
            (Some(before), Some(from)) => {
                let column = column_name(before.column);
                format!(
                    "{name} {set}{to} (own column now, was {} of {column})",
                    old_words(change, from)
                )
            }
            (Some(_), None) => format!("{name} {set}{to} (own column now)"),
            (None, _) => format!("{name} {to} (newly listed)"),
        },
        Some(movement @ (Movement::Advanced { .. } | Movement::Retrogressed { .. })) => {
            let from = from.map_or_else(String::new, |from| format!(" from {}", old_words(change, from)));
            let words = match movement.signed_days() {
                Some(days @ ..0) => format!("set back {}", counted(-days)),
                _ => movement.words(),
            };
            format!("{name} {to} ({words}{from})")
        }
        Some(movement) => format!("{name} {to} ({})", movement.words()),
    }
}

/// What held before, and in which month where that is not the one before.
pub(super) fn old_words(change: &Change, from: LastRead) -> String {
    let words = from.cut_off.words();
    if from.month == change.compared_with() {
        words
    } else {
        format!("{words} in {}", from.month.name())
    }
}

pub(crate) fn case_body(alert: &CaseAlert, subscription: Option<&Subscription>) -> String {
    let change = &alert.change;
    let own_area = subscription.map_or(change.case.area, |subscription| subscription.case.area);
    let priority_date = subscription.and_then(|subscription| subscription.priority_date);
    let month = change.month;
    let title = format!("{}: Visa Bulletin for {}", case_name(change.case), month.title());
    let mut lines = match change.kind {
        ChangeKind::Correction => vec![
            format!("{title}, CORRECTED"),
            "The department corrected this bulletin after it was published.".into(),
        ],
        ChangeKind::NewMonth => vec![title],
    };
    lines.push(in_force(month));
    lines.extend(wrapped(&until_then(change)));
    if own_area != change.case.area {
        lines.extend(wrapped(&format!(
            "{}.",
            counted_under(own_area, change.case.area)
        )));
    }
    if let Some(priority_date) = priority_date {
        let cells = ByChart::each(|chart| change.charts.of(chart).to.clone());
        lines.push(String::new());
        lines.extend(wrapped(&priority_sentence(
            change.case,
            month,
            &cells,
            priority_date,
        )));
    }
    lines.push(String::new());
    lines.extend(chart_table(change));
    for successor in &change.successors {
        let case = Case {
            category: successor.category,
            area: change.case.area,
        };
        let cells = charts_in_words(case.area, |chart| Some(Some(successor.cells.of(chart).as_ref()?)));
        lines.extend(wrapped(&format!(
            "{} is listed instead: {cells}.",
            case_name(case)
        )));
    }
    let on_no_chart = Chart::ALL
        .into_iter()
        .all(|chart| change.charts.of(chart).to.is_none());
    if on_no_chart && change.successors.is_empty() {
        lines.push("No other category has taken its place in the bulletin.".into());
    }
    if change.charts.dates_for_filing.to.is_some() {
        lines.extend(wrapped(&filing_note(month)));
    }
    lines.push(String::new());
    lines.extend(closing(&alert.page));
    lines.join("\n")
}

/// Which bulletin rules before this one does. Beside a correction it says what that is: the table does not.
fn until_then(change: &Change) -> String {
    let previous = change.month.previous();
    let holds = format!(
        "Until {} the bulletin of {} holds",
        day(previous.last_day()),
        previous.title()
    );
    match &change.month_before {
        Some(cells) if change.kind == ChangeKind::Correction => {
            let says = charts_in_words(change.case.area, |chart| {
                let cell = cells.of(chart).as_ref();
                (cell.is_some() || change.charts.of(chart).to.is_some()).then_some(cell)
            });
            format!("{holds}: {says}.")
        }
        _ if skips_a_month(change) => {
            format!("{holds}. It is not known here: this compares with an older one.")
        }
        _ => format!("{holds}."),
    }
}

/// What rules on the charts that there is something to say of.
fn charts_in_words<'a>(own: Area, of: impl Fn(Chart) -> Option<Option<&'a Cell>>) -> String {
    let parts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| {
            let cell = of(chart)?;
            let mut says = format!("{} {}", short_chart(chart), shown(cell));
            if let Some(cell) = cell.filter(|cell| cell.column != own) {
                says = format!("{says} of {}", column_name(cell.column));
            }
            if cell.is_some_and(|cell| cell.cut_off().is_none()) {
                says.push_str(" (misprinted)");
            }
            Some(says)
        })
        .collect();
    parts.join(", ")
}

impl Change {
    /// Whether the bulletin lists the case no more.
    pub(crate) fn case_vanished(&self) -> bool {
        Chart::ALL.into_iter().all(|chart| {
            self.charts
                .of(chart)
                .to
                .as_ref()
                .is_none_or(|cell| cell.column != self.case.area)
        })
    }

    /// The month whose cut-offs a change is against, unless one of them could not be read.
    pub(crate) fn compared_with(&self) -> Month {
        match self.kind {
            ChangeKind::NewMonth => self.month.previous(),
            ChangeKind::Correction => self.month,
        }
    }
}

impl ChartChange {
    /// Whether a correction replaces a cut-off that could be read.
    pub(crate) fn replaces_a_cut_off(&self) -> bool {
        self.replaced
            .as_ref()
            .is_some_and(|replaced| replaced.cut_off().is_some())
    }

    /// Whether the cut-off is set back, also by another column that counts now: fewer people are served.
    pub(crate) fn is_set_back(&self) -> bool {
        let before = cut_off_number(self.from.map(|from| from.cut_off));
        let after = self.to.as_ref().map(Cell::cut_off);
        self.from.is_some() && after.is_none_or(|after| after.is_some() && cut_off_number(after) < before)
    }
}
