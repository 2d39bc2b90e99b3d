//! Every line fits and contains its verdict.

use super::*;
use crate::area::{Area, Case};
use crate::category::Category;
use crate::change::{ChangeKind, ChartChange};
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell, CellState, LastRead};
use crate::text::name::short_area;

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
                over: false,
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
                over: false,
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
                let says = ["set back", "back to"];
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
