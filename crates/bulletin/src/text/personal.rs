//! The meaning of a bulletin for one priority date.

use chrono::NaiveDate;

use crate::area::Case;
use crate::change::{Change, ChangeKind};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::movement::Movement;
use crate::standing::Cell;
use crate::text::name::{short_month, short_name, shortest_chart};
use crate::text::{case_name, column_name, correction_mark, day, listed_now, short_chart, shown, trouble};

/// The meaning of a bulletin for one priority date, in one line.
pub(crate) fn personal_headline(change: &Change, case: Case, priority_date: NaiveDate) -> String {
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| personal_verdict(change, chart, priority_date, CUT_OFF))
        .collect();
    let corrected = correction_mark(change.kind);
    let verdicts = if verdicts.is_empty() {
        "no longer listed on either chart, so not current".to_owned()
    } else {
        verdicts.join("; ")
    };
    format!(
        "{corrected}{}, {}, your priority date {}: {verdicts}{}",
        case_name(case),
        change.month.title(),
        day(priority_date),
        listed_now(change)
    )
}

/// The news for one priority date, in one line of at most `most` characters; `None` if there is none: then the
/// movements of the cut-offs matter more.
///
/// Parts are dropped in this order: the chart without news, long names, the word cut-off, cut-offs.
pub(crate) fn personal_subject(
    change: &Change,
    case: Case,
    priority_date: NaiveDate,
    most: usize,
) -> Option<String> {
    let corrected = correction_mark(change.kind);
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
    let whole = |charts: &[Chart], cut_off: &str| -> Vec<String> {
        let verdicts = charts.iter();
        verdicts
            .filter_map(|chart| personal_verdict(change, *chart, priority_date, cut_off))
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
        (&long, whole(&Chart::ALL, CUT_OFF)),
        (&long, with(whole(&news, CUT_OFF), false)),
        (&short, with(whole(&news, CUT_OFF), false)),
        (&short, with(whole(&news, CUT_OFF), true)),
        (&short, with(whole(&news, ""), true)),
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

/// The bad news on a chart that has no news for the priority date.
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
        Chart::DatesForFiling if now => format!("{words}, if USCIS accepts this chart"),
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
        (true, true) => "BECOMES CURRENT",
        (false, true) => "NO LONGER CURRENT",
        (true, false) => "CURRENT",
        (false, false) => "NOT CURRENT",
    };
    format!("{} {verdict}{after_all}", shortest_chart(chart))
}

fn fewest_words(_: &Change, chart: Chart, now: bool) -> String {
    let verdict = if now { "CURRENT" } else { "NOT CURRENT" };
    format!("{} {verdict}", shortest_chart(chart))
}

/// If the priority date was current before on this chart, as far as that is known, and if it is current now. `None`
/// without a readable cut-off now.
pub(super) fn crossing(
    change: &Change,
    chart: Chart,
    priority_date: NaiveDate,
) -> Option<(Option<bool>, bool)> {
    let chart_change = change.charts.of(chart);
    let now = chart_change.to.as_ref()?.cut_off()?.is_current(priority_date);
    Some((
        chart_change
            .from
            .map(|from| from.cut_off.is_current(priority_date)),
        now,
    ))
}

/// The verdict, in capitals if it is news, with the day from which it applies. A cut-off that a correction replaces was
/// never in force, so its verdict is `AFTER ALL`.
fn words(change: &Change, chart: Chart, before: Option<bool>, now: bool) -> String {
    let chart_change = change.charts.of(chart);
    let is_last_month = chart_change
        .from
        .is_some_and(|from| from.month == change.month.previous());
    let from = day(change.month.first_day());
    match (before, now, chart_change.replaces_a_cut_off()) {
        (Some(false), true, false) => format!("BECOMES CURRENT on {from}"),
        (Some(true), false, false) => format!("NO LONGER CURRENT from {from}"),
        (Some(false), true, true) => format!("CURRENT AFTER ALL from {from}"),
        (Some(true), false, true) => format!("NOT CURRENT AFTER ALL from {from}"),
        (Some(true), true, _) if is_last_month => "still current".into(),
        (None, true, _) if chart_change.movement == Some(Movement::FirstSeen) => {
            format!("NOW LISTED and current from {from}")
        }
        (_, true, _) => "current".into(),
        (_, false, _) => "not current yet".into(),
    }
}

/// The verdict that a correction leaves as it was first published. The month before tells if it is news.
fn words_as_published(change: &Change, chart: Chart, priority_date: NaiveDate, now: bool) -> String {
    let month_before = change.month_before.as_ref().and_then(|cells| {
        let cut_off = cells.of(chart).as_ref()?.cut_off()?;
        Some(cut_off.is_current(priority_date))
    });
    let from = day(change.month.first_day());
    match (month_before, now) {
        (Some(true), true) => "still current".into(),
        (Some(false), true) => format!("current from {from}, as first published,"),
        (None, true) => "current, as first published,".into(),
        (Some(true), false) => format!("no longer current from {from}, as first published,"),
        (_, false) => "not current yet".into(),
    }
}

/// The words before the date of a cut-off, where there is room for them.
const CUT_OFF: &str = "cut-off ";

/// The verdict on one chart; `cut_off` is before the date of the cut-off.
fn personal_verdict(
    change: &Change,
    chart: Chart,
    priority_date: NaiveDate,
    cut_off: &str,
) -> Option<String> {
    let name = short_chart(chart);
    let chart_change = change.charts.of(chart);
    let Some(cell) = &chart_change.to else {
        return (chart_change.movement == Some(Movement::Withdrawn))
            .then(|| gone(change, chart, priority_date))
            .flatten();
    };
    let is_correction = change.kind == ChangeKind::Correction;
    if cell.cut_off().is_none() {
        return Some(unreadable_verdict(change, chart, cell));
    }
    let (before, now) = crossing(change, chart, priority_date)?;
    let mut printed = match cell.cut_off() {
        Some(CutOff::Date(date)) => format!("{cut_off}{}", day(date)),
        _ => in_parentheses(cell),
    };
    if chart_change.is_set_back() && before == Some(now) {
        printed.push_str(if chart_change.replaces_a_cut_off() {
            ", corrected back"
        } else {
            ", set back"
        });
    }
    if cell.column != change.case.area {
        printed = format!("{printed} for {}", column_name(cell.column));
    }
    if chart == Chart::DatesForFiling && now {
        printed.push_str(", if USCIS accepts this chart");
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

/// The verdict on a chart whose cell cannot be read.
fn unreadable_verdict(change: &Change, chart: Chart, cell: &Cell) -> String {
    let chart_change = change.charts.of(chart);
    let trouble = format!("{} {}", short_chart(chart), trouble(change.case, &cell.state));
    match &chart_change.replaced {
        Some(replaced) if chart_change.replaces_a_cut_off() => format!(
            "{trouble} on the corrected page (first published as {}), see the page",
            in_parentheses(replaced)
        ),
        _ if change.kind == ChangeKind::Correction => {
            format!("{trouble} on the corrected page, see the page")
        }
        _ => format!("{trouble}, see the page"),
    }
}

/// A cell as it reads in parentheses, without any in it: `all dates current`.
pub(super) fn in_parentheses(cell: &Cell) -> String {
    match cell.cut_off() {
        Some(CutOff::Current) => "all dates current".into(),
        _ => shown(Some(cell)),
    }
}

/// The verdict on a chart that no longer lists the case.
fn gone(change: &Change, chart: Chart, priority_date: NaiveDate) -> Option<String> {
    let was = change.charts.of(chart).from?.cut_off.is_current(priority_date);
    let gone = match (change.kind, was) {
        (ChangeKind::NewMonth, true) => "NO LONGER LISTED",
        (ChangeKind::NewMonth, false) => "no longer listed",
        (ChangeKind::Correction, true) => "NOT LISTED AFTER ALL",
        (ChangeKind::Correction, false) => "not listed after all",
    };
    let from = day(change.month.first_day());
    Some(format!(
        "{gone} from {from} under {}, so not current there",
        short_chart(chart)
    ))
}
