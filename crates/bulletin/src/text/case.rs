//! The texts of an alert about one case.

use crate::alert::CaseAlert;
use crate::area::Case;
use crate::attribute::cut_off_number;
use crate::change::{Band, Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell};
use crate::subscription::Subscription;
use crate::text::{
    case_name, closing, column_name, counted_under, day, filing_note, in_force, priority_sentence,
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
    let name = short_chart(chart);
    let chart = change.charts.of(chart);
    let to = match &chart.to {
        Some(cell) if cell.column != change.case.area => {
            format!("under {} {}", column_name(cell.column), shown(Some(cell)))
        }
        to => shown(to.as_ref()),
    };
    if change.kind == ChangeKind::Correction {
        match &chart.replaced {
            // What a correction moves is a misprint, not a cut-off: old and new value, and no number of days.
            Some(replaced) if chart.movement.is_some() => {
                return Some(format!("{name} {to}, not {}", shown(Some(replaced))));
            }
            Some(replaced) => {
                let before = shown(Some(replaced));
                return Some(format!("{name} misprinted, no longer {before}, see the page"));
            }
            None if chart.movement.is_some() && !chart.moved() => return None,
            None => {}
        }
    }
    let from = chart.from.filter(|_| old);
    let was = from.map_or_else(String::new, |from| format!(", was {}", from.cut_off.words()));
    Some(match chart.movement {
        None => format!("{name} misprinted, see the page"),
        Some(Movement::Unchanged) => {
            chart.to.as_ref()?;
            format!("{name} {to} (unchanged)")
        }
        Some(Movement::BecameCurrent | Movement::BecameUnavailable | Movement::LeftCurrent) => {
            format!("{name} now {to}{was}")
        }
        Some(Movement::Withdrawn) if chart.to.is_some() => format!("{name} now {to}{was}"),
        Some(Movement::Withdrawn) => format!("{name} no longer listed{was}"),
        Some(Movement::FirstSeen) => match from {
            Some(from) => {
                let column = column_name(from.column);
                format!(
                    "{name} {to} (newly listed; under {column} it was {})",
                    from.cut_off.words()
                )
            }
            None if chart.is_set_back() => format!("{name} {to} (set back, newly listed)"),
            None => format!("{name} {to} (newly listed)"),
        },
        Some(movement @ (Movement::Advanced { .. } | Movement::Retrogressed { .. })) => {
            let from = from.map_or_else(String::new, |from| {
                let of = if from.month == change.compared_with() {
                    String::new()
                } else {
                    format!("{}'s ", from.month.name())
                };
                format!(" from {of}{}", from.cut_off.words())
            });
            format!("{name} {to} ({}{from})", movement.words())
        }
        Some(movement) => format!("{name} {to} ({})", movement.words()),
    })
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
            in_force(month),
        ],
        ChangeKind::NewMonth => {
            let previous = month.previous();
            let until = day(previous.last_day());
            vec![
                title,
                in_force(month),
                format!("Until {until} the bulletin of {} holds.", previous.title()),
            ]
        }
    };
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
    for chart in Chart::ALL {
        let chart_change = change.charts.of(chart);
        if chart_change.to.is_some() || chart_change.from.is_some() {
            lines.extend(chart_lines(change, chart, chart_change));
        }
    }
    for successor in &change.successors {
        let case = Case {
            category: successor.category,
            area: change.case.area,
        };
        let cells = charts_in_words(&successor.cells);
        lines.extend(wrapped(&format!(
            "{} is listed instead: {cells}.",
            case_name(case)
        )));
    }
    if change.case_vanished() && change.successors.is_empty() && change.charts.final_action.to.is_none() {
        lines.push("No other category has taken its place in the bulletin.".into());
    }
    if change.charts.dates_for_filing.to.is_some() {
        lines.extend(wrapped(&filing_note(month)));
    }
    lines.push(String::new());
    lines.extend(closing(&alert.page));
    lines.join("\n")
}

fn charts_in_words(cells: &ByChart<Option<Cell>>) -> String {
    let parts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| {
            let cell = cells.of(chart).as_ref()?;
            Some(format!("{} {}", short_chart(chart), shown(Some(cell))))
        })
        .collect();
    parts.join(", ")
}

fn chart_lines(change: &Change, chart: Chart, chart_change: &ChartChange) -> Vec<String> {
    let old = match (&chart_change.replaced, chart_change.from) {
        (Some(replaced), _) => shown(Some(replaced)),
        (None, Some(from)) => from.cut_off.words(),
        (None, None) => "not listed".into(),
    };
    let verdict = match (change.kind, chart_change.movement) {
        (_, None) => "cannot be read".into(),
        (ChangeKind::Correction, Some(_)) if chart_change.replaced.is_some() => "corrected".into(),
        (_, Some(Movement::Withdrawn)) if chart_change.to.is_some() => "no column of its own now".into(),
        (_, Some(Movement::FirstSeen)) if chart_change.is_set_back() => "set back, in its own column".into(),
        (_, Some(Movement::FirstSeen)) if chart_change.from.is_some() => "a column of its own now".into(),
        (ChangeKind::Correction, Some(Movement::FirstSeen)) => "listed by the correction".into(),
        (_, Some(movement)) => in_days(movement),
    };
    let new = shown(chart_change.to.as_ref());
    let mut lines = vec![format!("{:<19} {old:>12} -> {new:<12}  {verdict}", chart.name())];
    let indent = "                    ";
    if let Some(replaced) = &chart_change.replaced {
        lines.push(format!("{indent}Published before: {}.", shown(Some(replaced))));
    }
    if let Some(from) = chart_change
        .from
        .filter(|from| from.month != change.compared_with())
    {
        lines.push(format!(
            "{indent}Compared with {} of {}, the last known.",
            from.cut_off.words(),
            from.month.title()
        ));
    }
    if let Some(from) = chart_change.from.filter(|from| from.column != change.case.area)
        && chart_change.movement == Some(Movement::FirstSeen)
    {
        lines.push(format!(
            "{indent}{} was that of {}.",
            from.cut_off.words(),
            column_name(from.column)
        ));
    }
    if chart_change.movement.is_none() {
        lines.push(format!(
            "{indent}Misprinted. Look at the page before you rely on anything."
        ));
    }
    if let Some(cell) = chart_change
        .to
        .as_ref()
        .filter(|cell| cell.column != change.case.area)
    {
        lines.push(format!("{indent}Counted under {}.", cell.column.name()));
    }
    if let Some(band) = chart_change.newly_served() {
        let by = match change.kind {
            ChangeKind::Correction => "Newly current by the correction",
            ChangeKind::NewMonth => "Newly current",
        };
        lines.push(format!("{indent}{by}: {}", band_in_words(band)));
    }
    lines
}

/// A movement in words, with the signed days between two dates before them: `+14 days, advanced`.
fn in_days(movement: Movement) -> String {
    let Some(days) = movement.signed_days() else {
        return movement.words();
    };
    let unit = if days.abs() == 1 { "day" } else { "days" };
    format!("{days:+} {unit}, {}", movement.code())
}

fn band_in_words(band: Band) -> String {
    match (band.first, band.last) {
        (Some(first), Some(last)) if first == last => day(first),
        (Some(first), Some(last)) => format!("{} to {}", day(first), day(last)),
        (Some(first), None) => format!("{} and later", day(first)),
        (None, Some(last)) => format!("{} and earlier", day(last)),
        (None, None) => "every priority date".into(),
    }
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
    fn compared_with(&self) -> Month {
        match self.kind {
            ChangeKind::NewMonth => self.month.previous(),
            ChangeKind::Correction => self.month,
        }
    }
}

impl ChartChange {
    /// Whether the cut-off is set back, also by another column that counts now: fewer people are served.
    pub(crate) fn is_set_back(&self) -> bool {
        let before = cut_off_number(self.from.map(|from| from.cut_off));
        let after = self.to.as_ref().map(Cell::cut_off);
        self.from.is_some() && after.is_none_or(|after| after.is_some() && cut_off_number(after) < before)
    }
}
