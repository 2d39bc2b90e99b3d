//! The alerts that the program computes for a sequence of bulletins.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{
    Alert, Bulletin, BulletinAlert, Case, CaseAlert, Change, ChangeKind, MissingPart, Month, Neighbours,
    RawCell, Reading, Row, RowKey, Standing, changes,
};

use end_to_end::oracle::{Cells, Value};

/// The bulletin of a month with these cells.
pub(crate) fn bulletin(month: &str, cells: &Cells) -> Bulletin {
    let rows = cells.iter().map(|((chart, category, area), value)| {
        let key = RowKey {
            chart: chart.parse().unwrap(),
            category: category.parse().unwrap(),
            area: area.parse().unwrap(),
        };
        let (reading, printed) = match value {
            Value::Readable(text) => (Reading::CutOff(text.parse().unwrap()), text),
            Value::Unreadable(text) => (Reading::Unreadable, text),
            Value::Missing => return Row::missing(key, MissingPart::Column, category.as_str().into()),
        };
        Row {
            key,
            reading,
            raw: RawCell {
                category: category.as_str().into(),
                area: area.as_str().into(),
                value: printed.as_str().into(),
            },
        }
    });
    Bulletin::new(month.parse().unwrap(), rows).unwrap()
}

/// The program's standings after the bulletins so far.
#[derive(Default)]
pub(crate) struct Standings {
    stored: BTreeMap<Month, Bulletin>,
    of: BTreeMap<Case, Standing>,
}

impl Standings {
    /// The alerts of a new or corrected bulletin.
    pub(crate) fn alerts(&mut self, page: Bulletin, kind: ChangeKind) -> Vec<Alert> {
        let month = page.month();
        let is_first = self.stored.is_empty();
        let neighbours = Neighbours {
            previous: self.stored.keys().rev().find(|other| **other < month).copied(),
            next: None,
            loaded: &self.stored,
            next_news: None,
            over: Neighbours::NONE_OVER,
            history: false,
        };
        let cases: BTreeSet<Case> = self.of.keys().copied().chain(page.cases()).collect();
        let mut told: Vec<Change> = Vec::new();
        let mut next = BTreeMap::new();
        for case in cases {
            let before = self.of.get(&case);
            if let Some(after) = Standing::after(before, case, &page, neighbours).unwrap() {
                told.extend(changes(before, &after));
                next.insert(case, after);
            }
        }
        (self.of, _) = (next, self.stored.insert(month, page));
        if is_first {
            return Vec::new();
        }
        let summary = BulletinAlert {
            month,
            revision: u32::from(kind == ChangeKind::Correction),
            kind,
            changes: self
                .of
                .values()
                .filter_map(|standing| Change::in_bulletin(standing, month))
                .collect(),
            corrected: Vec::new(),
            findings: Vec::new(),
            page: "https://travel.state.gov/a-page.html".into(),
        };
        let cases = told.into_iter().map(|change| {
            Alert::Case(CaseAlert {
                change,
                page: "https://travel.state.gov/a-page.html".into(),
            })
        });
        cases.chain([Alert::Bulletin(summary)]).collect()
    }
}
