//! A bulletin: the cells of both charts of one month.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::area::{Area, Case};
use crate::category::{Category, Preference};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;

/// The key of a cell in a bulletin: chart, row and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// The chart.
    pub chart: Chart,
    /// The row of the chart.
    pub category: Category,
    /// The column of the chart.
    pub area: Area,
}

impl RowKey {
    /// The case that the cell is about.
    pub fn case(self) -> Case {
        Case {
            category: self.category,
            area: self.area,
        }
    }
}

/// The value that was read in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Exactly a date, `C` or `U`.
    CutOff(CutOff),
    /// Anything else. The raw text shows it.
    Unreadable,
}

impl Reading {
    /// The cut-off, if it could be read.
    pub fn cut_off(self) -> Option<CutOff> {
        match self {
            Self::CutOff(cut_off) => Some(cut_off),
            Self::Unreadable => None,
        }
    }
}

/// A cell's texts as printed, after entities are decoded and white space is folded.
///
/// The labels repeat across a bulletin and the cells are short, so the type of the texts is cheap to clone and needs no
/// allocation for short ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RawCell {
    /// The row's label.
    pub category: SmolStr,
    /// The column's label.
    pub area: SmolStr,
    /// The cell itself.
    pub value: SmolStr,
}

/// One cell of a bulletin: its value and its printed text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The key of the cell.
    #[serde(flatten)]
    pub key: RowKey,
    /// The value.
    pub reading: Reading,
    /// The texts as printed.
    pub raw: RawCell,
}

/// The missing part of a page that should contain a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPart {
    /// The chart has no row with the category's label.
    Row,
    /// The chart has no column with the area's label.
    Column,
}

impl Row {
    /// A cell whose printed labels are unknown: its codes are in their place.
    pub fn with_codes(key: RowKey, reading: Reading, value: SmolStr) -> Self {
        Self {
            key,
            reading,
            raw: RawCell {
                category: key.category.code().into(),
                area: key.area.code().into(),
                value,
            },
        }
    }

    /// The texts of a cell that the page should have but does not. `label` is the printed label of the other side: of
    /// the row if the column is missing, of the column if the row is.
    ///
    /// The reading is unreadable, and the label of the missing side is empty, which no printed label is.
    pub fn missing(key: RowKey, part: MissingPart, label: SmolStr) -> Self {
        let (category, area) = match part {
            MissingPart::Row => (SmolStr::default(), label),
            MissingPart::Column => (label, SmolStr::default()),
        };
        Self {
            key,
            reading: Reading::Unreadable,
            raw: RawCell {
                category,
                area,
                value: SmolStr::default(),
            },
        }
    }

    /// The part of the page that is missing; `None` for a printed cell.
    pub fn missing_part(&self) -> Option<MissingPart> {
        let RawCell {
            category,
            area,
            value,
        } = &self.raw;
        if self.reading != Reading::Unreadable || !value.is_empty() {
            return None;
        }
        match (category.is_empty(), area.is_empty()) {
            (true, _) => Some(MissingPart::Row),
            (false, true) => Some(MissingPart::Column),
            (false, false) => None,
        }
    }
}

/// An error: two rows of one bulletin have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} {}, {}: the same cell stands twice in one bulletin", .0.category, .0.area, .0.chart.name())]
pub struct DuplicateRow(pub RowKey);

/// The cut-off dates of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Bulletin {
    month: Month,
    /// In the order of their keys.
    rows: Vec<Row>,
}

impl Bulletin {
    /// A bulletin of these rows.
    ///
    /// # Errors
    /// [`DuplicateRow`] if a cell is given twice.
    pub fn new(month: Month, rows: impl IntoIterator<Item = Row>) -> Result<Self, DuplicateRow> {
        let mut rows: Vec<Row> = rows.into_iter().collect();
        rows.sort_unstable_by_key(|row| row.key);
        match rows.array_windows().find(|[one, next]| one.key == next.key) {
            Some([_, twice]) => Err(DuplicateRow(twice.key)),
            None => Ok(Self { month, rows }),
        }
    }

    /// A bulletin of these rows, each under its own key.
    pub(crate) fn from_rows(month: Month, rows: BTreeMap<RowKey, Row>) -> Self {
        Self {
            month,
            rows: rows.into_values().collect(),
        }
    }

    /// The month from whose first day it is in force.
    pub fn month(&self) -> Month {
        self.month
    }

    /// All cells: the Final Action chart before Dates for Filing, categories and areas in the order of their
    /// codes' lists.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &Row> {
        self.rows.iter()
    }

    /// One cell; `None` if the bulletin has no such row or column.
    pub fn row(&self, key: RowKey) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&key, |row| row.key).ok()?;
        self.rows.get(at)
    }

    /// The columns of one half of a chart.
    pub fn areas(&self, chart: Chart, preference: Preference) -> Vec<Area> {
        let mut areas = Vec::new();
        for key in self.rows.iter().map(|row| row.key) {
            let is_of_it = key.chart == chart && key.category.preference() == preference;
            if is_of_it && !areas.contains(&key.area) {
                areas.push(key.area);
            }
        }
        areas.sort_unstable();
        areas
    }

    /// Every case that the bulletin has a cell for.
    pub fn cases(&self) -> Vec<Case> {
        let mut cases: Vec<Case> = self.rows.iter().map(|row| row.key.case()).collect();
        cases.sort_unstable();
        cases.dedup();
        cases
    }

    /// The cell that applies to this category for people charged to this area: in the area's own column if the chart
    /// has one, otherwise in the column that includes it.
    pub fn ruling(&self, chart: Chart, category: Category, area: Area) -> Option<&Row> {
        area.columns().find_map(|area| {
            self.row(RowKey {
                chart,
                category,
                area,
            })
        })
    }
}

/// The serialised form of a [`Bulletin`], before its keys are known to be unique.
#[derive(Serialize, Deserialize)]
struct Unchecked {
    month: Month,
    rows: Vec<Row>,
}

impl TryFrom<Unchecked> for Bulletin {
    type Error = DuplicateRow;

    fn try_from(unchecked: Unchecked) -> Result<Self, DuplicateRow> {
        Self::new(unchecked.month, unchecked.rows)
    }
}

impl From<Bulletin> for Unchecked {
    fn from(bulletin: Bulletin) -> Self {
        Self {
            month: bulletin.month,
            rows: bulletin.rows,
        }
    }
}
