//! Bulletins of one case, how they come, and every movement as a tale of two of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use bulletin::{
    Area, Bulletin, Case, Category, Change, ChangeKind, Chart, CutOff, Month, Neighbours, RawCell, Reading,
    Row, RowKey, Standing, changes,
};

pub(crate) const CASE: Case = Case {
    category: Category::Eb3,
    area: Area::INDIA,
};
/// A cell of the test: nothing at all, an unreadable text, or a cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Print {
    Nothing,
    Misprint(String),
    CutOff(CutOff),
}

pub(crate) fn print(text: &str) -> Print {
    match text {
        "" => Print::Nothing,
        text => text
            .parse()
            .map_or_else(|_| Print::Misprint(text.into()), Print::CutOff),
    }
}

/// The cells of a bulletin: on each chart, Final Action first.
#[derive(Debug, Clone)]
pub(crate) struct Cells {
    /// In the case's own column.
    pub(crate) own: [Print; 2],
    /// The cells in the column of all areas without a separate one.
    pub(crate) everybody: [Print; 2],
}

impl Cells {
    pub(crate) fn new(own: [&str; 2], everybody: [&str; 2]) -> Self {
        Self {
            own: own.map(print),
            everybody: everybody.map(print),
        }
    }
}

/// The default cells of all areas without a separate column.
pub(crate) const EVERYBODY: [&str; 2] = ["2022-12-01", ""];

pub(crate) fn bulletin(month: &str, cells: &Cells) -> Bulletin {
    let mut rows = Vec::new();
    for (area, prints) in [(Area::ALL, &cells.everybody), (CASE.area, &cells.own)] {
        for (chart, print) in Chart::ALL.into_iter().zip(prints) {
            let (reading, value) = match print {
                Print::Nothing => continue,
                Print::Misprint(text) => (Reading::Unreadable, text.clone()),
                Print::CutOff(cut_off) => (Reading::CutOff(*cut_off), cut_off.to_string()),
            };
            rows.push(Row {
                key: RowKey {
                    chart,
                    category: CASE.category,
                    area,
                },
                reading,
                raw: RawCell {
                    category: "3rd".into(),
                    area: area.name().into(),
                    value: value.as_str().into(),
                },
            });
        }
    }
    Bulletin::new(month.parse().unwrap(), rows).unwrap()
}

pub(crate) fn after(
    standing: Option<&Standing>,
    bulletin: &Bulletin,
    stored: &BTreeMap<Month, Bulletin>,
) -> Standing {
    let month = bulletin.month();
    let neighbours = Neighbours {
        previous: stored.keys().rev().find(|other| **other < month).copied(),
        next: stored.keys().find(|other| **other > month).copied(),
        loaded: stored,
        next_news: None,
        over: Neighbours::NONE_OVER,
        history: false,
    };
    Standing::after(standing, CASE, bulletin, neighbours)
        .unwrap()
        .unwrap()
}

/// The arrival of a bulletin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coming {
    /// Next month's, for the first time.
    New,
    /// The same where the month before is not stored.
    NewAfterAGap,
    /// Next month's, corrected.
    Corrected,
    /// The one in force, corrected when the next one is out already.
    InForce,
}

impl Coming {
    pub(crate) const ALL: [Self; 4] = [Self::New, Self::NewAfterAGap, Self::Corrected, Self::InForce];

    pub(crate) fn kind(self) -> ChangeKind {
        match self {
            Self::New | Self::NewAfterAGap => ChangeKind::NewMonth,
            Self::Corrected | Self::InForce => ChangeKind::Correction,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::NewAfterAGap => "new after a gap",
            Self::Corrected => "corrected",
            Self::InForce => "corrected in force",
        }
    }
}

/// The change from one bulletin to April's, or from the first form of April's to its corrected form.
pub(crate) fn change(coming: Coming, before: &Cells, now: &Cells) -> Option<Change> {
    // The case must be listed once for it to have a standing.
    let known = |date| Cells::new([date, date], EVERYBODY);
    let mut pages = vec![bulletin("2024-01", &known("2012-01-01"))];
    match coming {
        Coming::New => pages.extend([
            bulletin("2024-02", &known("2012-02-01")),
            bulletin("2024-03", before),
        ]),
        Coming::NewAfterAGap => pages.push(bulletin("2024-02", before)),
        Coming::Corrected => pages.extend([
            bulletin("2024-03", &known("2012-03-01")),
            bulletin("2024-04", before),
        ]),
        Coming::InForce => pages.extend([
            bulletin("2024-03", &known("2012-03-01")),
            bulletin("2024-04", before),
            bulletin("2024-05", &known("2012-05-01")),
        ]),
    }
    pages.push(bulletin("2024-04", now));
    let mut stored = BTreeMap::new();
    let mut standing = None;
    let mut told = Vec::new();
    for page in pages {
        let next = after(standing.as_ref(), &page, &stored);
        told = changes(standing.as_ref(), &next);
        standing = Some(next);
        stored.insert(page.month(), page);
    }
    told.into_iter()
        .find(|change| change.kind == coming.kind() && change.month.to_string() == "2024-04")
}

/// A name, what stood before on both charts, what stands now, and what all areas have.
pub(crate) type Tale = (
    &'static str,
    [&'static str; 2],
    [&'static str; 2],
    [&'static str; 2],
);

pub(crate) const FILING: &str = "2012-08-01";

/// Every movement on Final Action, and what the two charts do together.
pub(crate) const TALES: [Tale; 21] = [
    (
        "advanced",
        ["2012-07-01", FILING],
        ["2012-07-15", FILING],
        EVERYBODY,
    ),
    (
        "advanced by one day",
        ["2012-07-10", FILING],
        ["2012-07-11", FILING],
        EVERYBODY,
    ),
    (
        "retrogressed",
        ["2012-07-15", FILING],
        ["2009-01-01", FILING],
        EVERYBODY,
    ),
    (
        "unchanged",
        ["2012-07-15", FILING],
        ["2012-07-15", FILING],
        EVERYBODY,
    ),
    ("became current", ["2012-07-15", FILING], ["C", FILING], EVERYBODY),
    (
        "became current from unavailable",
        ["U", FILING],
        ["C", FILING],
        EVERYBODY,
    ),
    (
        "became unavailable",
        ["2012-07-15", FILING],
        ["U", FILING],
        EVERYBODY,
    ),
    (
        "became unavailable from current",
        ["C", FILING],
        ["U", FILING],
        EVERYBODY,
    ),
    (
        "became available",
        ["U", FILING],
        ["2012-07-15", FILING],
        EVERYBODY,
    ),
    ("left current", ["C", FILING], ["2012-07-15", FILING], EVERYBODY),
    (
        "misprinted",
        ["2012-07-01", FILING],
        ["1JUL12", FILING],
        EVERYBODY,
    ),
    (
        "read again after a misprint",
        ["1JUL12", FILING],
        ["2012-07-15", FILING],
        EVERYBODY,
    ),
    (
        "withdrawn: under all areas, and from Dates for Filing",
        ["2012-07-15", FILING],
        ["", ""],
        EVERYBODY,
    ),
    (
        "withdrawn: from Final Action, and under all areas",
        ["2012-07-15", FILING],
        ["", ""],
        ["", "2023-02-01"],
    ),
    (
        "withdrawn: under all areas on Final Action only",
        ["2012-07-15", FILING],
        ["", FILING],
        EVERYBODY,
    ),
    (
        "withdrawn: under all areas on Dates for Filing only",
        ["2012-07-15", FILING],
        ["2012-07-15", ""],
        ["2022-12-01", "2023-02-01"],
    ),
    (
        "withdrawn from both charts",
        ["2012-07-15", FILING],
        ["", ""],
        ["", ""],
    ),
    ("first seen", ["", ""], ["2012-07-15", FILING], EVERYBODY),
    (
        "advanced, and set back on Dates for Filing",
        ["2012-07-01", "2013-01-01"],
        ["2012-07-15", FILING],
        EVERYBODY,
    ),
    (
        "advanced, and misprinted on Dates for Filing",
        ["2012-07-01", FILING],
        ["2012-07-15", "1AUG12"],
        EVERYBODY,
    ),
    (
        "advanced on Dates for Filing",
        ["2012-01-01", "2012-07-01"],
        ["2012-01-01", FILING],
        EVERYBODY,
    ),
];

/// The tales that the golden file also contains without the previous month stored.
pub(crate) const AFTER_A_GAP: [&str; 6] = [
    "advanced",
    "retrogressed",
    "misprinted",
    "read again after a misprint",
    "withdrawn: under all areas on Final Action only",
    "first seen",
];
