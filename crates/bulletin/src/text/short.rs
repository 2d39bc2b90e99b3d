//! Alerts in one line that must fit: an SMS, the subject of an e-mail.
//!
//! Parts are dropped in a fixed order until the line fits: what did not move; what held before; then names give way to
//! shorter ones, and the number of days goes; last that it is unofficial and where to look. Whom it is about, which
//! bulletin, and the verdict on each chart that moved are never dropped.

use crate::area::{Area, Case};
use crate::category::Category;
use crate::change::{Change, ChangeKind};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::text::{self, case, shown};

/// The septets of one SMS in the GSM 7-bit alphabet (3GPP TS 23.038).
pub const SMS_SEPTETS: usize = 160;
/// The longest subject that SNS takes: it must be shorter than 100 characters.
pub const SUBJECT_CHARACTERS: usize = 99;

/// How many septets a text takes in the GSM 7-bit alphabet; `None` where a character is not in it.
pub fn septets(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| match c {
            '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' => Some(2),
            '`' => None,
            ' '..='~' | '\n' => Some(1),
            _ => None,
        })
        .sum()
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// All that its receiver reads.
    Sms,
    /// Above a text that says the rest.
    Subject,
}

/// The change in one line of at most so many septets.
pub(crate) fn case_line(change: &Change, line: Line, most: usize) -> String {
    let looking = LEVELS.map(|level| Level {
        where_to_look: true,
        ..level
    });
    let levels = looking.into_iter().filter(|_| line == Line::Sms).chain(LEVELS);
    let mut last = String::new();
    for level in levels {
        last = line_of(change, level);
        if septets(&last).is_some_and(|septets| septets <= most) {
            break;
        }
    }
    last
}

/// How much is said.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// What did not move, beside what did.
    unmoved: bool,
    /// What held before.
    old: bool,
    long_names: bool,
    long_dates: bool,
    days: bool,
    where_to_look: bool,
}

/// What is said, without where to look; the first says most.
const LEVELS: [Level; 6] = {
    let all = Level {
        unmoved: true,
        old: true,
        long_names: true,
        long_dates: true,
        days: true,
        where_to_look: false,
    };
    let moved = Level {
        unmoved: false,
        ..all
    };
    let now = Level { old: false, ..moved };
    let named_short = Level {
        long_names: false,
        ..now
    };
    let dated_short = Level {
        long_dates: false,
        ..named_short
    };
    let verdict = Level {
        days: false,
        ..dated_short
    };
    [all, moved, now, named_short, dated_short, verdict]
};

impl Level {
    /// How dates are written.
    fn date(self) -> &'static str {
        if self.long_dates { "%d %b %Y" } else { "%d%b%y" }
    }
}

fn line_of(change: &Change, level: Level) -> String {
    let moved = change.moved();
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter(|chart| level.unmoved || !moved || change.charts.of(*chart).moved())
        .filter_map(|chart| verdict(change, chart, level))
        .collect();
    let verdicts = if verdicts.is_empty() {
        "not listed".to_owned()
    } else {
        verdicts.join("; ")
    };
    let corrected = if change.kind == ChangeKind::Correction {
        "CORRECTED "
    } else {
        ""
    };
    let look = if level.where_to_look {
        ". Unofficial; see travel.state.gov"
    } else {
        ""
    };
    let (name, month) = if level.long_names {
        (text::case_name(change.case), change.month.title())
    } else {
        (short_name(change.case), short_month(change.month))
    };
    // What took its place, while there is room for names.
    let now = if level.long_names {
        case::listed_now(change)
    } else {
        String::new()
    };
    format!("{corrected}{name}, {month}: {verdicts}{now}{look}")
}

fn verdict(change: &Change, chart: Chart, level: Level) -> Option<String> {
    let chart_change = change.charts.of(chart);
    if level.long_names {
        return case::chart_verdict(change, chart, level.old);
    }
    let name = shortest_chart(chart);
    let Some(cell) = &chart_change.to else {
        return (chart_change.movement == Some(Movement::Withdrawn)).then(|| format!("{name} not listed"));
    };
    let to = match cell.cut_off().and_then(|cut_off| cut_off.date()) {
        Some(date) => date.format(level.date()).to_string(),
        None => shown(Some(cell)),
    };
    let is_correction = change.kind == ChangeKind::Correction && chart_change.replaced.is_some();
    let under = match cell.column {
        own if own == change.case.area => String::new(),
        Area::ALL if level.days => "All Areas ".to_owned(),
        column if level.days => format!("{} ", short_area(column)),
        Area::ALL => "ALL ".to_owned(),
        // The only other column that takes areas in.
        _ => "shared ".to_owned(),
    };
    let is_date = cell.cut_off().and_then(CutOff::date).is_some();
    let back = match chart_change.is_set_back() && is_date {
        // It is behind what was published, and need not be behind what holds.
        true if is_correction && level.days => " (earlier)",
        true => " BACK",
        false => "",
    };
    Some(match chart_change.movement {
        None => format!("{name} misprinted"),
        Some(Movement::Withdrawn) if level.days => format!("{name} {under}{to}{back}, own column gone"),
        Some(Movement::Withdrawn) => format!("{name} {under}{to}{back}"),
        // The line begins with it.
        Some(_) if is_correction => format!("{name} {under}{to}{back}"),
        Some(Movement::FirstSeen) if !back.is_empty() => format!("{name} {to}{back}"),
        Some(Movement::FirstSeen) if change.kind == ChangeKind::Correction && level.days => {
            format!("{name} {to} added")
        }
        Some(movement) if level.days => format!("{name} {under}{to} {}", word(movement, level)),
        Some(movement) => format!("{name} {to} {}", word(movement, level)),
    })
}

/// The movement in a word or two. What is bad news is in capitals.
fn word(movement: Movement, level: Level) -> String {
    match movement {
        Movement::Advanced { days } if level.days => format!("+{days}d"),
        Movement::Retrogressed { days } if level.days => format!("BACK {days}d"),
        Movement::Advanced { .. } => "advanced".into(),
        Movement::Retrogressed { .. } => "BACK".into(),
        Movement::Unchanged => "same".into(),
        Movement::BecameCurrent => "now".into(),
        Movement::BecameUnavailable => "NOW".into(),
        Movement::BecameAvailable => "again".into(),
        Movement::LeftCurrent if level.days => "BACK from C".into(),
        Movement::LeftCurrent => "BACK".into(),
        Movement::FirstSeen => "new".into(),
        Movement::Withdrawn => "withdrawn".into(),
    }
}

pub(super) fn shortest_chart(chart: Chart) -> &'static str {
    match chart {
        Chart::FinalAction => "Final",
        Chart::DatesForFiling => "Filing",
    }
}

pub(super) fn short_month(month: Month) -> String {
    format!("{} {}", &month.name()[..3], month.year())
}

/// No shortened name of an area is longer; of longer names of countries the beginning is enough.
const LONGEST_AREA: usize = 14;

pub(super) fn short_name(case: Case) -> String {
    let category = match case.category {
        Category::OtherWorkers => "EB-3 Other",
        Category::ReligiousWorkers => "EB-4 Relig.",
        Category::Translators => "EB-4 Transl.",
        Category::Eb5NonRegional => "EB-5 NonReg",
        Category::Eb5Regional => "EB-5 Reg",
        Category::Eb5UnreservedC5T5 => "EB-5 C5/T5",
        Category::Eb5UnreservedI5R5 => "EB-5 I5/R5",
        Category::Eb5Unreserved => "EB-5 Unres",
        Category::Eb5HighUnemployment => "EB-5 HighUnemp",
        Category::Eb5Infrastructure => "EB-5 Infra",
        other => other.short(),
    };
    format!("{category} {}", short_area(case.area))
}

fn short_area(area: Area) -> String {
    let name = match area {
        Area::ALL => "All Other".to_owned(),
        Area::CHINA => "China".to_owned(),
        Area::DOMINICAN_REPUBLIC => "Dominican Rep.".to_owned(),
        Area::EL_SALVADOR_GUATEMALA_HONDURAS => "ElSal/Gua/Hond".to_owned(),
        other => text::area_name(other),
    };
    name.chars().take(LONGEST_AREA).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ChartChange;
    use crate::standing::{ByChart, Cell, CellState, LastRead};

    /// Every pair of states that a chart can go through.
    fn every_chart_change(case: Case) -> Vec<ChartChange> {
        let date = |text: &str| text.parse::<CutOff>().ok();
        let states = [
            None,
            Some(CutOff::Current),
            Some(CutOff::Unavailable),
            date("2012-12-25"),
        ];
        let month = Month::new(2024, 8).unwrap();
        let mut all = Vec::new();
        for from in states {
            for (to, column) in states
                .into_iter()
                .flat_map(|to| case.area.columns().map(move |column| (to, column)))
            {
                let last = from.map(|cut_off| LastRead {
                    month,
                    column: case.area,
                    cut_off,
                });
                let cell = to.map(|cut_off| Cell {
                    column,
                    state: CellState::CutOff(cut_off),
                });
                let movement = match (from, to) {
                    (Some(_), Some(_)) if column != case.area => Some(Movement::Withdrawn),
                    _ => Some(Movement::between(from, to)),
                };
                let replaced = from.map(|cut_off| Cell {
                    column: case.area,
                    state: CellState::CutOff(cut_off),
                });
                all.push(ChartChange {
                    from: last,
                    to: cell.clone(),
                    replaced: None,
                    movement,
                });
                all.push(ChartChange {
                    from: last,
                    to: cell,
                    replaced,
                    movement,
                });
            }
            let earlier = date("1990-11-22");
            all.push(ChartChange {
                from: date("2012-12-25").map(|cut_off| LastRead {
                    month,
                    column: case.area,
                    cut_off,
                }),
                to: earlier.map(|cut_off| Cell {
                    column: case.area,
                    state: CellState::CutOff(cut_off),
                }),
                replaced: None,
                movement: Some(Movement::between(date("2012-12-25"), earlier)),
            });
            let misprint = Cell {
                column: case.area,
                state: CellState::Unreadable("1DEC12".into()),
            };
            all.push(ChartChange {
                from: None,
                to: Some(misprint),
                replaced: None,
                movement: None,
            });
        }
        all
    }

    #[test]
    fn every_change_of_the_cases_with_the_longest_names_fits_with_its_verdict() {
        let named = |area: Area| {
            let cases = Category::ALL.iter().map(move |category| Case {
                category: *category,
                area,
            });
            let mut cases: Vec<Case> = cases.collect();
            cases.sort_by_key(|case| std::cmp::Reverse(short_name(*case).len()));
            cases
        };
        let honduras: Area = "HONDURAS".parse().unwrap();
        let longest = Area::every().max_by_key(|area| short_area(*area).len()).unwrap();
        for area in [longest, Area::EL_SALVADOR_GUATEMALA_HONDURAS, honduras, Area::ALL] {
            let case = named(area)[0];
            let charts = every_chart_change(case);
            for kind in [ChangeKind::NewMonth, ChangeKind::Correction] {
                for final_action in &charts {
                    for dates_for_filing in &charts {
                        check(case, kind, final_action, dates_for_filing);
                    }
                }
            }
        }
    }

    fn check(case: Case, kind: ChangeKind, final_action: &ChartChange, dates_for_filing: &ChartChange) {
        let charts = ByChart {
            final_action: final_action.clone(),
            dates_for_filing: dates_for_filing.clone(),
        };
        let month = Month::new(2024, 9).unwrap();
        let change = Change {
            case,
            month,
            revision: 0,
            kind,
            charts,
            columns: vec![case.area],
            columns_before: vec![case.area],
            successors: Vec::new(),
            month_before: None,
        };
        let sms = SMS_SEPTETS - "VisaBulletin> ".len();
        for (line, most) in [(Line::Sms, sms), (Line::Subject, SUBJECT_CHARACTERS)] {
            let line = case_line(&change, line, most);
            assert!(
                septets(&line).is_some_and(|septets| septets <= most),
                "{most}: {line}"
            );
            assert!(line.contains("Sep") && line.contains("2024"), "{line}");
            assert_eq!(
                line.starts_with("CORRECTED "),
                kind == ChangeKind::Correction,
                "{line}"
            );
            for chart in Chart::ALL {
                let chart_change = change.charts.of(chart);
                if !chart_change.moved() {
                    continue;
                }
                let name = if chart == Chart::FinalAction {
                    "Final"
                } else {
                    "Filing"
                };
                assert!(line.contains(name), "{line}");
                let to = chart_change.to.as_ref().and_then(Cell::cut_off);
                if chart_change.is_set_back() && to.and_then(CutOff::date).is_some() {
                    let says = ["BACK", "set back", "earlier"];
                    assert!(says.iter().any(|says| line.contains(says)), "{line}");
                }
            }
        }
    }

    #[test]
    fn extension_characters_count_twice_and_others_not_at_all() {
        assert_eq!(septets("abc [C]"), Some(9));
        assert_eq!(septets("caf\u{e9}"), None);
        assert_eq!(septets("`"), None);
    }
}
