//! The position of a priority date in one bulletin, in sentences.

use chrono::NaiveDate;

use crate::area::Case;
use crate::change::Change;
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::standing::{ByChart, Cell, CellState};
use crate::text::personal::{crossing, in_parentheses};
use crate::text::{case_name, column_name, counted, day, missing_clause, shown};

/// The position of a priority date in one bulletin, in one or two sentences: `For EB-3 India in June 2026, the priority
/// date 15 Mar 2013 is current under ...`. Both charts are named, with the distance to the cut-off and the condition
/// for Dates for Filing.
pub fn priority_sentence(
    case: Case,
    month: Month,
    cells: &ByChart<Option<Cell>>,
    priority_date: NaiveDate,
) -> String {
    position(case, month, cells, priority_date, |_| NOT_YET)
}

/// [`priority_sentence`] for the bulletin of a change: `is no longer current` where the priority date was current before.
pub(crate) fn changed_position(change: &Change, priority_date: NaiveDate) -> String {
    let cells = ByChart::each(|chart| change.charts.of(chart).to.clone());
    position(change.case, change.month, &cells, priority_date, |chart| {
        let is_lost = crossing(change, chart, priority_date) == Some((Some(true), false));
        match change.charts.of(chart).replaces_a_cut_off() {
            _ if !is_lost => NOT_YET,
            true => NotCurrent("not current after all", "not current after all"),
            false => NotCurrent("no longer current", "no longer current"),
        }
    })
}

/// The words for a priority date that is not current: under a cut-off that is a date, and under `U`.
struct NotCurrent(&'static str, &'static str);

const NOT_YET: NotCurrent = NotCurrent("not current yet", "not current");

fn position(
    case: Case,
    month: Month,
    cells: &ByChart<Option<Cell>>,
    priority_date: NaiveDate,
    not_current: impl Fn(Chart) -> NotCurrent,
) -> String {
    let of = format!("For {} in {}", case_name(case), month.title());
    let whose = format!("the priority date {}", day(priority_date));
    let [first, second] = Chart::ALL.map(|chart| cells.of(chart).as_ref());
    if first.is_none() && second.is_none() {
        return format!(
            "{of}, {whose} is current under neither {} nor {}: {} is not listed.",
            Chart::FinalAction.name(),
            Chart::DatesForFiling.name(),
            case_name(case)
        );
    }
    let says = Chart::ALL.map(|chart| match cells.of(chart) {
        Some(cell) => says(case, chart, cell, priority_date, &not_current(chart)),
        None => Says::Known(format!(
            "is not current under {}, which does not list {}",
            chart.name(),
            case_name(case)
        )),
    });
    match says {
        [Says::Known(first), Says::Known(second)] => format!("{of}, {whose} {first}, and {second}."),
        [first, second] => {
            let first = match first {
                Says::Known(how) => format!("{whose} {how}"),
                Says::Unknown(how) => format!("it is unknown whether {whose} {how}"),
            };
            let second = match second {
                Says::Known(how) => format!("It {how}"),
                Says::Unknown(how) => format!("It is unknown whether it {how}"),
            };
            format!("{of}, {first}. {second}.")
        }
    }
}

/// The clause about a priority date on one chart, to follow its subject.
enum Says {
    /// A clause that is certain.
    Known(String),
    /// A clause that may be true or not, with the reason.
    Unknown(String),
}

fn says(case: Case, chart: Chart, cell: &Cell, priority_date: NaiveDate, not_current: &NotCurrent) -> Says {
    let name = chart.name();
    let condition = match chart {
        Chart::FinalAction => "",
        Chart::DatesForFiling => ", for adjustment of status only if USCIS accepts that chart",
    };
    let the_cut_off = |cut_off: NaiveDate| {
        if cell.column == case.area {
            format!("the cut-off {}", day(cut_off))
        } else {
            format!("the cut-off {} for {}", day(cut_off), column_name(cell.column))
        }
    };
    let NotCurrent(not_current, under_u) = not_current;
    Says::Known(match &cell.state {
        CellState::Unreadable(_) | CellState::Missing(_) => {
            let why = missing_clause(case, &cell.state)
                .unwrap_or_else(|| format!("the page is misprinted ({})", shown(Some(cell))));
            return Says::Unknown(format!("is current under {name}: {why}"));
        }
        CellState::CutOff(CutOff::Current) => {
            format!("is current under {name} ({}){condition}", in_parentheses(cell))
        }
        CellState::CutOff(CutOff::Unavailable) => format!("is {under_u} under {name} (unavailable)"),
        CellState::CutOff(CutOff::Date(cut_off)) => {
            let days = (*cut_off - priority_date).num_days();
            let the_cut_off = the_cut_off(*cut_off);
            match days {
                1.. => format!(
                    "is current under {name} ({} before {the_cut_off}){condition}",
                    counted(days)
                ),
                0 => format!("is {not_current} under {name} (it must be earlier than {the_cut_off})"),
                _ => format!(
                    "is {not_current} under {name} ({the_cut_off} must advance by {})",
                    counted(1 - days)
                ),
            }
        }
    })
}
