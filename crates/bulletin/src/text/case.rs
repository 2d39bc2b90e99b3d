//! The texts of an alert about one case.

use crate::alert::CaseAlert;
use crate::area::{Area, Case};
use crate::attribute::cut_off_number;
use crate::change::{Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::month::Month;
use crate::standing::{Cell, CellState};
use crate::subscription::Subscription;
use crate::text::table::{chart_table, heading_month, skips_a_month};
use crate::text::verdict::{Form, chart_verdict};
use crate::text::{
    CORRECTED_LATER, case_name, changed_position, closing, column_name, correction_mark, counted_under, day,
    filing_note, in_force, listed_now, short_chart, shown, wrapped,
};

pub(crate) fn case_headline(change: &Change) -> String {
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| chart_verdict(change, chart, Form::WHOLE))
        .collect();
    let corrected = correction_mark(change.kind);
    let verdicts = if verdicts.is_empty() {
        "not listed".to_owned()
    } else {
        verdicts.join("; ")
    };
    format!(
        "{corrected}{}, {}: {verdicts}{}",
        case_name(change.case),
        change.month.title(),
        listed_now(change)
    )
}

pub(crate) fn case_body(alert: &CaseAlert, subscription: Option<&Subscription>) -> String {
    let change = &alert.change;
    let own_area = subscription.map_or(change.case.area, |subscription| subscription.case.area);
    let priority_date = subscription.and_then(|subscription| subscription.priority_date);
    let month = change.month;
    let title = format!("{}: Visa Bulletin for {}", case_name(change.case), month.title());
    let mut lines = match change.kind {
        ChangeKind::Correction => vec![format!("{title}, CORRECTED"), CORRECTED_LATER.into()],
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
        lines.push(String::new());
        lines.extend(wrapped(&changed_position(change, priority_date)));
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
        lines.push("No other category replaces it in the bulletin.".into());
    }
    if change.charts.dates_for_filing.to.is_some() {
        lines.extend(wrapped(&filing_note(month)));
    }
    lines.push(String::new());
    lines.extend(closing(&alert.page));
    lines.join("\n")
}

/// The bulletin that applies before this one does. For a correction it includes the cut-offs, which the table does not
/// show.
fn until_then(change: &Change) -> String {
    let previous = change.month.previous();
    let holds = format!(
        "Until {}, the bulletin for {} applies",
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
        _ if skips_a_month(change) => match heading_month(change) {
            Some(month) => format!(
                "{holds}. This message compares with {}, because no bulletin in between was reported.",
                month.title()
            ),
            None => format!("{holds}. This message compares with older bulletins."),
        },
        _ => format!("{holds}."),
    }
}

/// The cells of the charts that `of` selects.
fn charts_in_words<'a>(own: Area, of: impl Fn(Chart) -> Option<Option<&'a Cell>>) -> String {
    let parts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| {
            let cell = of(chart)?;
            let mut says = format!("{} {}", short_chart(chart), shown(cell));
            if let Some(cell) = cell.filter(|cell| cell.column != own) {
                says = format!("{says} for {}", column_name(cell.column));
            }
            if cell.is_some_and(|cell| matches!(cell.state, CellState::Unreadable(_))) {
                says.push_str(" (misprinted)");
            }
            Some(says)
        })
        .collect();
    parts.join(", ")
}

impl Change {
    /// True if the bulletin no longer lists the case.
    pub(crate) fn case_vanished(&self) -> bool {
        Chart::ALL.into_iter().all(|chart| {
            self.charts
                .of(chart)
                .to
                .as_ref()
                .is_none_or(|cell| cell.column != self.case.area)
        })
    }

    /// The month that a change is compared with, unless one of its cut-offs could not be read.
    pub(crate) fn compared_with(&self) -> Month {
        match self.kind {
            ChangeKind::NewMonth => self.month.previous(),
            ChangeKind::Correction => self.month,
        }
    }
}

impl ChartChange {
    /// True if a correction replaces a cut-off that could be read.
    pub(crate) fn replaces_a_cut_off(&self) -> bool {
        self.replaced
            .as_ref()
            .is_some_and(|replaced| replaced.cut_off().is_some())
    }

    /// True if the cut-off moved back, or if another column with an earlier one applies: fewer priority dates are
    /// current.
    pub(crate) fn is_set_back(&self) -> bool {
        let before = cut_off_number(self.from.map(|from| from.cut_off));
        let after = self.to.as_ref().map(Cell::cut_off);
        self.from.is_some() && after.is_none_or(|after| after.is_some() && cut_off_number(after) < before)
    }
}
