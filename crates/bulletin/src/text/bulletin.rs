//! The texts of an alert about a whole bulletin.

use crate::alert::{BulletinAlert, CorrectedCell};
use crate::change::{Change, ChangeKind};
use crate::chart::Chart;
use crate::movement::Movement;
use crate::text::verdict::old_words;
use crate::text::{CORRECTED_LATER, USCIS_CHARTS, case_name, closing, column_name, in_force, quoted, shown};

pub(crate) fn bulletin_headline(alert: &BulletinAlert) -> String {
    let title = alert.month.title();
    match alert.kind {
        ChangeKind::NewMonth => {
            let moved = alert.changes.iter().filter(|change| change.moved()).count();
            let cases = alert.changes.len();
            format!("Visa Bulletin for {title} is out: {moved} of {cases} cases moved")
        }
        ChangeKind::Correction => {
            let cells = alert.corrected.len();
            let unit = if cells == 1 { "cell" } else { "cells" };
            format!("Visa Bulletin for {title} was corrected: {cells} {unit}")
        }
    }
}

pub(crate) fn bulletin_body(alert: &BulletinAlert) -> String {
    let month = alert.month;
    let mut lines = vec![bulletin_headline(alert), in_force(month)];
    if alert.kind == ChangeKind::Correction {
        lines.push(CORRECTED_LATER.into());
        lines.push(String::new());
        lines.push(format!("Corrected ({}):", alert.corrected.len()));
        lines.extend(alert.corrected.iter().map(corrected_line));
        lines.push(String::new());
        lines.push("Changes from the previous bulletin, as corrected:".into());
    }
    for chart in Chart::ALL {
        let listed = || {
            alert
                .changes
                .iter()
                .filter(|change| change.charts.of(chart).to.is_some())
        };
        if listed().next().is_none() {
            continue;
        }
        lines.push(String::new());
        lines.push(format!("{}:", chart.name()));
        let unchanged = listed().filter(|change| !change.charts.of(chart).moved()).count();
        for (title, belongs) in GROUPS {
            let group: Vec<String> = alert
                .changes
                .iter()
                .filter(|change| belongs(change.charts.of(chart).movement))
                .map(|change| group_line(change, chart))
                .collect();
            if !group.is_empty() {
                lines.push(format!("  {title} ({}):", group.len()));
                lines.extend(group.into_iter().map(|line| format!("    {line}")));
            }
        }
        lines.push(format!("  Unchanged: {unchanged}"));
    }
    if !alert.findings.is_empty() {
        lines.push(String::new());
        lines.push(format!("Problems on the page ({}):", alert.findings.len()));
        lines.extend(
            alert
                .findings
                .iter()
                .map(|finding| format!("  {}", on_one_line(&finding.to_string()))),
        );
    }
    lines.push(String::new());
    lines.push(format!(
        "Which chart USCIS accepts for adjustment of status: {USCIS_CHARTS}"
    ));
    lines.extend(closing(&alert.page));
    lines.join("\n")
}

fn corrected_line(cell: &CorrectedCell) -> String {
    let printed = |text: &Option<String>| {
        text.as_ref()
            .map_or_else(|| "not listed".into(), |text| quoted(text))
    };
    format!(
        "  {}, {}: {}, previously {}",
        case_name(cell.key.case()),
        cell.key.chart.name(),
        printed(&cell.after),
        printed(&cell.before)
    )
}

/// A sentence about a page, without characters that could control a terminal or break a line of an e-mail.
fn on_one_line(sentence: &str) -> String {
    sentence
        .chars()
        .map(|c| if (' '..='~').contains(&c) { c } else { '?' })
        .collect()
}

type Belongs = fn(Option<Movement>) -> bool;

const GROUPS: [(&str, Belongs); 7] = [
    ("Advanced", |movement| {
        matches!(movement, Some(Movement::Advanced { .. }))
    }),
    ("All dates current (C)", |movement| {
        movement == Some(Movement::BecameCurrent)
    }),
    ("Available again", |movement| {
        movement == Some(Movement::BecameAvailable)
    }),
    ("Retrogressed", |movement| {
        matches!(
            movement,
            Some(Movement::Retrogressed { .. } | Movement::LeftCurrent)
        )
    }),
    ("Unavailable", |movement| {
        movement == Some(Movement::BecameUnavailable)
    }),
    ("Newly listed or no longer listed", |movement| {
        matches!(movement, Some(Movement::FirstSeen | Movement::Withdrawn))
    }),
    ("Misprinted or missing", |movement| movement.is_none()),
];

fn group_line(change: &Change, chart: Chart) -> String {
    let chart_change = change.charts.of(chart);
    let old = chart_change
        .from
        .map_or_else(|| "not listed".into(), |from| old_words(change, from));
    let days = match chart_change.movement.and_then(Movement::signed_days) {
        Some(days) => format!("  {days:+} days"),
        None => String::new(),
    };
    let column = match &chart_change.to {
        Some(cell) if cell.column != change.case.area => format!(" for {}", column_name(cell.column)),
        _ => String::new(),
    };
    format!(
        "{}: {old} -> {}{column}{days}",
        case_name(change.case),
        shown(chart_change.to.as_ref())
    )
}
