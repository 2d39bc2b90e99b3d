//! What a bulletin means for one priority date.

use chrono::NaiveDate;

use crate::area::Case;
use crate::change::{Change, ChangeKind};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell, CellState};
use crate::text::case::listed_now;
use crate::text::short::{short_month, short_name, shortest_chart};
use crate::text::{case_name, column_name, counted, day, missing_clause, short_chart, shown, trouble};

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
        "no longer listed, so not served".to_owned()
    } else {
        verdicts.join("; ")
    };
    format!(
        "{corrected}{}, {}: your date {}: {verdicts}{}",
        case_name(case),
        change.month.title(),
        day(priority_date),
        listed_now(change)
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
    let (news, others): (Vec<Chart>, Vec<Chart>) = Chart::ALL.into_iter().partition(crossed);
    if news.is_empty() {
        return None;
    }
    // Good news on one chart never hides bad news on the other.
    let beside = |short: bool| {
        others
            .iter()
            .filter_map(move |chart| setback(change, *chart, short))
    };
    let whole = |charts: &[Chart]| -> Vec<String> {
        let verdicts = charts.iter();
        verdicts
            .filter_map(|chart| personal_verdict(change, *chart, priority_date))
            .collect()
    };
    let bare = |words: fn(&Change, Chart, bool) -> String| -> Vec<String> {
        let verdicts = news.iter().filter_map(|chart| {
            let (_, now) = crossing(change, *chart, priority_date)?;
            Some(words(change, *chart, now))
        });
        verdicts.chain(beside(true)).collect()
    };
    let with = |mut verdicts: Vec<String>, short: bool| -> Vec<String> {
        verdicts.extend(beside(short));
        verdicts
    };
    let long = format!("{corrected}{}, {}", case_name(case), change.month.title());
    let short = format!("{corrected}{}, {}", short_name(case), short_month(change.month));
    let levels = [
        (&long, whole(&Chart::ALL)),
        (&long, with(whole(&news), false)),
        (&short, with(whole(&news), false)),
        (&short, with(whole(&news), true)),
        (&short, bare(conditional_words)),
        (&short, bare(dated_words)),
        (&short, bare(undated_words)),
        (&short, bare(fewest_words)),
    ];
    levels
        .into_iter()
        .map(|(name, verdicts)| format!("{name}: {}", verdicts.join("; ")))
        .find(|line| line.is_ascii() && line.len() <= most)
}

/// What is bad news on a chart on which nothing has changed for the priority date.
fn setback(change: &Change, chart: Chart, short: bool) -> Option<String> {
    let chart_change = change.charts.of(chart);
    let name = short_chart(chart);
    let Some(cell) = &chart_change.to else {
        let gone = if short { "not listed" } else { "no longer listed" };
        return (chart_change.movement == Some(Movement::Withdrawn)).then(|| format!("{name} {gone}"));
    };
    if chart_change.movement.is_none() {
        return Some(format!("{name} {}", trouble(change.case, &cell.state)));
    }
    chart_change.is_set_back().then(|| match cell.cut_off() {
        Some(CutOff::Date(date)) if !short => format!("{name} set back to {}", day(date)),
        Some(CutOff::Unavailable) => format!("{name} unavailable"),
        _ => format!("{name} set back"),
    })
}

fn conditional_words(change: &Change, chart: Chart, now: bool) -> String {
    let words = dated_words(change, chart, now);
    match chart {
        Chart::DatesForFiling if now => format!("{words}, if USCIS accepts it"),
        _ => words,
    }
}

fn dated_words(change: &Change, chart: Chart, now: bool) -> String {
    format!(
        "{} under {}",
        words(change, chart, Some(!now), now),
        short_chart(chart)
    )
}

fn undated_words(change: &Change, chart: Chart, now: bool) -> String {
    let after_all = if change.charts.of(chart).replaces_a_cut_off() {
        " AFTER ALL"
    } else {
        ""
    };
    let verdict = match (now, after_all.is_empty()) {
        (true, true) => "NEWLY SERVED",
        (false, true) => "NO LONGER SERVED",
        (true, false) => "SERVED",
        (false, false) => "NOT SERVED",
    };
    format!("{} {verdict}{after_all}", shortest_chart(chart))
}

fn fewest_words(_: &Change, chart: Chart, now: bool) -> String {
    let verdict = if now { "SERVED" } else { "NOT SERVED" };
    format!("{} {verdict}", shortest_chart(chart))
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

/// What changes stands in capitals, with the day from which it holds. Against what a correction replaces nothing was ever
/// served or not: it never held.
fn words(change: &Change, chart: Chart, before: Option<bool>, now: bool) -> String {
    let chart_change = change.charts.of(chart);
    let is_last_month = chart_change
        .from
        .is_some_and(|from| from.month == change.month.previous());
    let from = change.month.first_day().format("%d %b");
    match (before, now, chart_change.replaces_a_cut_off()) {
        (Some(false), true, false) => format!("NEWLY SERVED from {from}"),
        (Some(true), false, false) => format!("NO LONGER SERVED from {from}"),
        (Some(false), true, true) => format!("SERVED AFTER ALL from {from}"),
        (Some(true), false, true) => format!("NOT SERVED AFTER ALL from {from}"),
        (Some(true), true, _) if is_last_month => "still served".into(),
        (None, true, _) if chart_change.movement == Some(Movement::FirstSeen) => {
            format!("NOW LISTED and served from {from}")
        }
        (_, true, _) => "served".into(),
        (_, false, _) => "not yet served".into(),
    }
}

/// The same where a correction leaves it as the first version had it: whether that is news the month before says.
fn words_as_published(change: &Change, chart: Chart, priority_date: NaiveDate, now: bool) -> String {
    let month_before = change.month_before.as_ref().and_then(|cells| {
        let cut_off = cells.of(chart).as_ref()?.cut_off()?;
        Some(cut_off.serves(priority_date))
    });
    let from = change.month.first_day().format("%d %b");
    match (month_before, now) {
        (Some(true), true) => "still served".into(),
        (Some(false), true) => format!("served from {from}, as first published,"),
        (None, true) => "served, as first published,".into(),
        (Some(true), false) => format!("no longer served from {from}, as first published,"),
        (_, false) => "not yet served".into(),
    }
}

fn personal_verdict(change: &Change, chart: Chart, priority_date: NaiveDate) -> Option<String> {
    let name = short_chart(chart);
    let chart_change = change.charts.of(chart);
    let Some(cell) = &chart_change.to else {
        return (chart_change.movement == Some(Movement::Withdrawn))
            .then(|| gone(change, chart, priority_date))
            .flatten();
    };
    let is_correction = change.kind == ChangeKind::Correction;
    let Some(cut_off) = cell.cut_off() else {
        return Some(match &chart_change.replaced {
            Some(replaced) if chart_change.replaces_a_cut_off() => format!(
                "{name} {} on the corrected page (first published as {}), see the page",
                trouble(change.case, &cell.state),
                shown(Some(replaced))
            ),
            _ if is_correction => {
                format!(
                    "{name} {} on the corrected page, see the page",
                    trouble(change.case, &cell.state)
                )
            }
            _ => format!("{name} {}, see the page", trouble(change.case, &cell.state)),
        });
    };
    let (before, now) = crossing(change, chart, priority_date)?;
    let mut printed = cut_off.words();
    if chart_change.is_set_back() && before == Some(now) {
        printed.push_str(if chart_change.replaces_a_cut_off() {
            ", corrected back"
        } else {
            ", set back"
        });
    }
    if cell.column != change.case.area {
        printed = format!("{printed} of {}", column_name(cell.column));
    }
    if chart == Chart::DatesForFiling && now {
        printed.push_str(", if USCIS accepts it");
    }
    let is_as_published = is_correction
        && before == Some(now)
        && chart_change.from.is_some_and(|from| from.month == change.month);
    let words = if is_as_published {
        words_as_published(change, chart, priority_date, now)
    } else {
        words(change, chart, before, now)
    };
    Some(format!("{words} under {name} ({printed})"))
}

/// That a chart does not list the case any more, and what follows from that.
fn gone(change: &Change, chart: Chart, priority_date: NaiveDate) -> Option<String> {
    let was = change.charts.of(chart).from?.cut_off.serves(priority_date);
    let gone = match (change.kind, was) {
        (ChangeKind::NewMonth, true) => "NO LONGER LISTED",
        (ChangeKind::NewMonth, false) => "no longer listed",
        (ChangeKind::Correction, true) => "NOT LISTED AFTER ALL",
        (ChangeKind::Correction, false) => "not listed after all",
    };
    let from = change.month.first_day().format("%d %b");
    Some(format!(
        "{gone} from {from} under {}, so not served by it",
        short_chart(chart)
    ))
}

/// Where a priority date stands in one bulletin, in a sentence or two: `For EB-3 India in June 2026, the priority date
/// 15 Mar 2013 is served ...`. Both charts are named, with how far the cut-off is, and that Dates for Filing counts on
/// a condition.
pub fn priority_sentence(
    case: Case,
    month: Month,
    cells: &ByChart<Option<Cell>>,
    priority_date: NaiveDate,
) -> String {
    let of = format!("For {} in {}", case_name(case), month.title());
    let whose = format!("the priority date {}", day(priority_date));
    let [first, second] = Chart::ALL.map(|chart| cells.of(chart).as_ref());
    if first.is_none() && second.is_none() {
        return format!(
            "{of}, {whose} is served by neither chart: {} is not listed.",
            case_name(case)
        );
    }
    let says = Chart::ALL.map(|chart| match cells.of(chart) {
        Some(cell) => says(case, chart, cell, priority_date),
        None => Says::Served(format!(
            "is not served under {}, which does not list {}",
            chart.name(),
            case_name(case)
        )),
    });
    match says {
        [Says::Served(first), Says::Served(second)] => format!("{of}, {whose} {first}, and {second}."),
        [first, second] => {
            let first = match first {
                Says::Served(how) => format!("{whose} {how}"),
                Says::Unknown(how) => format!("it cannot be told whether {whose} {how}"),
            };
            let second = match second {
                Says::Served(how) => format!("It {how}"),
                Says::Unknown(how) => format!("It cannot be told whether it {how}"),
            };
            format!("{of}, {first}. {second}.")
        }
    }
}

/// What a chart says of a priority date, to stand behind it.
enum Says {
    /// Whether it is served.
    Served(String),
    /// What nobody can tell, and why.
    Unknown(String),
}

fn says(case: Case, chart: Chart, cell: &Cell, priority_date: NaiveDate) -> Says {
    let name = chart.name();
    let condition = match chart {
        Chart::FinalAction => "",
        Chart::DatesForFiling => ", for adjustment of status only if USCIS accepts that chart",
    };
    let its = |cut_off: NaiveDate| {
        if cell.column == case.area {
            format!("its cut-off {}", day(cut_off))
        } else {
            format!("the cut-off {} of {}", day(cut_off), column_name(cell.column))
        }
    };
    Says::Served(match &cell.state {
        CellState::Unreadable(_) | CellState::Missing(_) => {
            let why = missing_clause(case, &cell.state)
                .unwrap_or_else(|| format!("the page is misprinted ({})", shown(Some(cell))));
            return Says::Unknown(format!("is served under {name}: {why}"));
        }
        CellState::CutOff(CutOff::Current) => format!("is served under {name}, which is current{condition}"),
        CellState::CutOff(CutOff::Unavailable) => format!("is not served under {name}, which is unavailable"),
        CellState::CutOff(CutOff::Date(cut_off)) => {
            let days = (*cut_off - priority_date).num_days();
            let its = its(*cut_off);
            match days {
                1.. => format!(
                    "is served under {name} ({} before {its}){condition}",
                    counted(days)
                ),
                0 => format!(
                    "is not served under {name} (it must be earlier than {its}, and is that very day)"
                ),
                _ => format!(
                    "is not served under {name} ({its} must advance {} more)",
                    counted(1 - days)
                ),
            }
        }
    })
}
