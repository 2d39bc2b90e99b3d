//! Random bulletins, and what they change, by the way that real ones take.

use std::collections::BTreeMap;

use bulletin::{
    Area, Bulletin, Case, Category, Change, Chart, CutOff, Month, Neighbours, RawCell, Reading, Row, RowKey,
    Standing, changes,
};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;

/// The only category of the bulletins.
pub(crate) const CATEGORY: Category = Category::Eb3;

/// Columns of every era, and of countries that never had one.
pub(crate) fn columns() -> Vec<Area> {
    let others = ["BRAZIL", "HONDURAS"].map(|code| code.parse().unwrap());
    Area::listed().chain(others).collect()
}

/// The first day that cut-offs are printed for.
pub(crate) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2012, 12, 27).unwrap()
}

/// Most cut-offs are printed for one of so few days from then on, over the turn of a year, so that they often meet.
pub(crate) const DAYS: u32 = 10;

/// The value of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Print {
    CutOff(CutOff),
    Misprint(u8),
}

fn any_print() -> impl Strategy<Value = Print> {
    let day = |day: u32| Print::CutOff(CutOff::Date(first_day() + Days::new(u64::from(day))));
    prop_oneof![
        2 => (0..3u8).prop_map(Print::Misprint),
        1 => Just(Print::CutOff(CutOff::Current)),
        1 => Just(Print::CutOff(CutOff::Unavailable)),
        6 => (0..DAYS).prop_map(day),
        1 => (0..3000u32).prop_map(day),
    ]
}

/// The cells of a bulletin: for each column and chart whether and what.
pub(crate) type Cells = Vec<[Option<Print>; 2]>;

pub(crate) fn any_cells() -> impl Strategy<Value = Cells> {
    let cell = || prop_oneof![1 => Just(None), 4 => any_print().prop_map(Some)];
    let column =
        prop_oneof![1 => Just([None, None]), 3 => (cell(), cell()).prop_map(|(one, other)| [one, other])];
    proptest::collection::vec(column, columns().len())
}

/// Some bulletins, month by month, and a corrected form of one of them: its place, and its cells.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) months: Vec<Cells>,
    pub(crate) correction: (usize, Cells),
}

pub(crate) fn any_history() -> impl Strategy<Value = History> {
    (
        proptest::collection::vec(any_cells(), 2..5),
        any_cells(),
        any::<bool>(),
        any::<u16>(),
    )
        .prop_map(|(months, new, newest, changed)| {
            let index = months.len() - if newest { 1 } else { 2 };
            // A correction changes some columns and leaves the others.
            let mut cells = months[index].clone();
            for column in (0..cells.len()).filter(|column| changed >> column & 1 == 1) {
                cells[column] = new[column];
            }
            History {
                months,
                correction: (index, cells),
            }
        })
}

fn month(index: usize) -> Month {
    let first = Month::new(2024, 1).unwrap();
    first.through(Month::new(2024, 12).unwrap()).nth(index).unwrap()
}

fn bulletin(month: Month, cells: &Cells) -> Bulletin {
    let rows = columns().into_iter().zip(cells).flat_map(|(area, prints)| {
        Chart::ALL
            .into_iter()
            .zip(prints)
            .filter_map(move |(chart, print)| {
                let (reading, value) = match (*print)? {
                    Print::CutOff(cut_off) => (Reading::CutOff(cut_off), cut_off.to_string()),
                    Print::Misprint(which) => (Reading::Unreadable, format!("{which}JUL12")),
                };
                Some(Row {
                    key: RowKey {
                        chart,
                        category: CATEGORY,
                        area,
                    },
                    reading,
                    raw: RawCell {
                        category: "3rd".into(),
                        area: area.name().into(),
                        value: value.into(),
                    },
                })
            })
    });
    Bulletin::new(month, rows).unwrap()
}

impl History {
    /// The cells that it changes, in order.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let mut stored: BTreeMap<Month, Bulletin> = BTreeMap::new();
        let mut standings: BTreeMap<Case, Standing> = BTreeMap::new();
        let mut told = Vec::new();
        let (corrected, cells) = &self.correction;
        let arrivals = self.months.iter().enumerate().chain([(*corrected, cells)]);
        for (index, cells) in arrivals {
            let page = bulletin(month(index), cells);
            let neighbours = Neighbours {
                previous: stored.keys().rev().find(|other| **other < page.month()).copied(),
                next: stored.keys().find(|other| **other > page.month()).copied(),
                loaded: &stored,
                next_news: None,
                over: Neighbours::NONE_OVER,
                history: false,
            };
            let mut next = standings.clone();
            for area in columns() {
                let case = Case {
                    category: CATEGORY,
                    area,
                };
                let before = standings.get(&case);
                if let Some(after) = Standing::after(before, case, &page, neighbours).unwrap() {
                    told.extend(changes(before, &after));
                    next.insert(case, after);
                }
            }
            standings = next;
            stored.insert(page.month(), page);
        }
        told
    }
}
