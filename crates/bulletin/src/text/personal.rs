//! What a bulletin means for one priority date.

use chrono::NaiveDate;

use crate::area::Case;
use crate::change::{Change, ChangeKind};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell, CellState};
use crate::text::short::{short_month, short_name};
use crate::text::{case_name, column_name, counted, day, short_chart, shown};

/// What a bulletin means for one priority date, in one line.
pub(crate) fn personal_headline(change: &Change, case: Case, priority_date: NaiveDate) -> String {
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| personal_verdict(change, chart, priority_date))
        .collect();
    let corrected = if change.kind == ChangeKind::Correction {
        "CORRECTED "
    } else {
        ""
    };
    let verdicts = if verdicts.is_empty() {
        "no longer listed".to_owned()
    } else {
        verdicts.join("; ")
    };
    format!(
        "{corrected}{}, {}: your date {}: {verdicts}",
        case_name(case),
        change.month.title(),
        day(priority_date)
    )
}

/// What has changed for one priority date, in one line of at most so many characters; `None` where nothing has: then it
/// matters more how far the cut-offs moved.
///
/// First the chart on which nothing has changed for it is left out, then names are shortened, then cut-offs go.
pub(crate) fn personal_subject(
    change: &Change,
    case: Case,
    priority_date: NaiveDate,
    most: usize,
) -> Option<String> {
    let corrected = if change.kind == ChangeKind::Correction {
        "CORRECTED "
    } else {
        ""
    };
    let crossed = |chart: &Chart| {
        crossing(change, *chart, priority_date).is_some_and(|(before, now)| before == Some(!now))
    };
    let news: Vec<Chart> = Chart::ALL.into_iter().filter(crossed).collect();
    if news.is_empty() {
        return None;
    }
    let whole = |charts: &[Chart]| -> Vec<String> {
        let verdicts = charts.iter();
        verdicts
            .filter_map(|chart| personal_verdict(change, *chart, priority_date))
            .collect()
    };
    let bare = |charts: &[Chart]| -> Vec<String> {
        let verdicts = charts.iter().filter_map(|chart| {
            let (before, now) = crossing(change, *chart, priority_date)?;
            Some(format!("{} under {}", words(before, now), short_chart(*chart)))
        });
        verdicts.collect()
    };
    let long = format!("{corrected}{}, {}", case_name(case), change.month.title());
    let short = format!("{corrected}{}, {}", short_name(case), short_month(change.month));
    let levels = [
        (&long, whole(&Chart::ALL)),
        (&long, whole(&news)),
        (&short, whole(&news)),
        (&short, bare(&news)),
    ];
    levels
        .into_iter()
        .map(|(name, verdicts)| format!("{name}: {}", verdicts.join("; ")))
        .find(|line| line.is_ascii() && line.len() <= most)
}

/// Whether the priority date was served before on this chart, where that is known, and is now; `None` where there is no
/// cut-off now.
fn crossing(change: &Change, chart: Chart, priority_date: NaiveDate) -> Option<(Option<bool>, bool)> {
    let chart_change = change.charts.of(chart);
    let now = chart_change.to.as_ref()?.cut_off()?.serves(priority_date);
    Some((
        chart_change.from.map(|from| from.cut_off.serves(priority_date)),
        now,
    ))
}

/// What has changed stands in capitals.
fn words(before: Option<bool>, now: bool) -> &'static str {
    match (before, now) {
        (Some(false), true) => "NOW SERVED",
        (Some(true), false) => "NO LONGER SERVED",
        (_, true) => "served",
        (_, false) => "not yet served",
    }
}

fn personal_verdict(change: &Change, chart: Chart, priority_date: NaiveDate) -> Option<String> {
    let name = short_chart(chart);
    let chart_change = change.charts.of(chart);
    let Some(cell) = &chart_change.to else {
        let was = chart_change.from?.cut_off.serves(priority_date);
        let gone = if was {
            "NO LONGER LISTED"
        } else {
            "no longer listed"
        };
        return (chart_change.movement == Some(Movement::Withdrawn)).then(|| format!("{gone} under {name}"));
    };
    let Some(cut_off) = cell.cut_off() else {
        return Some(format!("{name} misprinted, see the page"));
    };
    let printed = if cell.column == change.case.area {
        cut_off.words()
    } else {
        format!("{}: {}", column_name(cell.column), cut_off.words())
    };
    let (before, now) = crossing(change, chart, priority_date)?;
    let condition = match chart {
        Chart::DatesForFiling if now => ", if USCIS accepts it",
        _ => "",
    };
    Some(format!(
        "{} under {name} ({printed}{condition})",
        words(before, now)
    ))
}

/// Where a priority date stands in one bulletin, in one sentence: `For EB-3 India in June 2026, the priority date
/// 15 Mar 2013 is served ...`. Both charts that have a cut-off are named, with how far it is.
pub fn priority_sentence(
    case: Case,
    month: Month,
    cells: &ByChart<Option<Cell>>,
    priority_date: NaiveDate,
) -> String {
    let clauses: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| Some(priority_clause(chart, cells.of(chart).as_ref()?, priority_date)))
        .collect();
    let clauses = if clauses.is_empty() {
        "is on no chart".to_owned()
    } else {
        clauses.join(", and ")
    };
    format!(
        "For {} in {}, the priority date {} {clauses}.",
        case_name(case),
        month.title(),
        day(priority_date)
    )
}

fn priority_clause(chart: Chart, cell: &Cell, priority_date: NaiveDate) -> String {
    let name = chart.name();
    match &cell.state {
        CellState::Unreadable(_) => {
            format!(
                "cannot be told for {name}, where the page is misprinted ({})",
                shown(Some(cell))
            )
        }
        CellState::CutOff(CutOff::Current) => format!("is served under {name}, which is current"),
        CellState::CutOff(CutOff::Unavailable) => format!("is not served under {name}, which is unavailable"),
        CellState::CutOff(CutOff::Date(cut_off)) => {
            let days = (*cut_off - priority_date).num_days();
            let cut_off = day(*cut_off);
            match days {
                1.. => format!(
                    "is served under {name} ({} before its cut-off {cut_off})",
                    counted(days)
                ),
                0 => format!(
                    "is not served under {name} (it must be earlier than the cut-off {cut_off}, and is that very day)"
                ),
                _ => format!(
                    "is not served under {name} (its cut-off {cut_off} must advance {} more)",
                    counted(1 - days)
                ),
            }
        }
    }
}
