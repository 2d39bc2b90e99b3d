//! The cells of one bulletin that apply to a case.

use serde::{Deserialize, Serialize};

use crate::area::{Area, Case};
use crate::bulletin::{Bulletin, MissingPart, Reading};
use crate::category::Category;
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;

/// One value for each of the two charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct ByChart<T> {
    /// The value for the Final Action chart.
    pub final_action: T,
    /// The value for the Dates for Filing chart.
    pub dates_for_filing: T,
}

impl<T> ByChart<T> {
    /// Builds one value for each chart.
    pub fn each(mut make: impl FnMut(Chart) -> T) -> Self {
        Self {
            final_action: make(Chart::FinalAction),
            dates_for_filing: make(Chart::DatesForFiling),
        }
    }

    /// The value for this chart.
    pub fn of(&self, chart: Chart) -> &T {
        match chart {
            Chart::FinalAction => &self.final_action,
            Chart::DatesForFiling => &self.dates_for_filing,
        }
    }

    /// The value for this chart, mutable.
    pub fn of_mut(&mut self, chart: Chart) -> &mut T {
        match chart {
            Chart::FinalAction => &mut self.final_action,
            Chart::DatesForFiling => &mut self.dates_for_filing,
        }
    }
}

/// The cell that applies to a case on one chart of one bulletin, and its column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The column of the cell. If the chart has no column for the case's own area, the column that includes it.
    pub column: Area,
    /// The value as printed.
    pub state: CellState,
}

/// The value of a cell, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellState {
    /// A cut-off.
    CutOff(CutOff),
    /// Not a cut-off; the text as printed.
    Unreadable(String),
    /// Missing: the page should have the cell but lacks its row or its column.
    Missing(MissingPart),
}

impl Cell {
    /// The cut-off, if it could be read.
    pub fn cut_off(&self) -> Option<CutOff> {
        match self.state {
            CellState::CutOff(cut_off) => Some(cut_off),
            CellState::Unreadable(_) | CellState::Missing(_) => None,
        }
    }
}

/// The cells of one bulletin that apply to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The bulletin.
    pub month: Month,
    /// The number of corrections of this case's cells since the bulletin was first stored; 0 for the first version.
    pub revision: u32,
    /// The cell on each chart; `None` if the chart has no row for the category.
    pub cells: ByChart<Option<Cell>>,
    /// The areas that have their own column in this half of the bulletin, on either chart.
    pub columns: Vec<Area>,
    /// If the category no longer has a row: the categories that replaced it, and their cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Successor>,
    /// True if the bulletin was over when it was first seen, so that nobody was notified of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub over: bool,
    /// True if the bulletin was added as history, earlier than the one with which tracking began: not news, even while
    /// it is in force.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub history: bool,
}

/// A category that replaced another, with the cells of the same area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// The category.
    pub category: Category,
    /// The cell on each chart.
    pub cells: ByChart<Option<Cell>>,
}

impl Entry {
    /// The entry of this case in a bulletin.
    pub fn of(bulletin: &Bulletin, case: Case) -> Self {
        let cells = |category| ByChart::each(|chart| ruling_cell(bulletin, chart, category, case.area));
        let own = cells(case.category);
        let mut columns: Vec<Area> = Chart::ALL
            .into_iter()
            .flat_map(|chart| bulletin.areas(chart, case.category.preference()))
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let mut successors = Vec::new();
        if own == ByChart::default() {
            let mut heirs = case.category.heirs().to_vec();
            while let Some(category) = heirs.pop() {
                let cells = cells(category);
                if cells == ByChart::default() {
                    heirs.extend_from_slice(category.heirs());
                } else if !successors
                    .iter()
                    .any(|known: &Successor| known.category == category)
                {
                    successors.push(Successor { category, cells });
                }
            }
            successors.sort_by_key(|successor| successor.category);
        }
        Self {
            month: bulletin.month(),
            revision: 0,
            cells: own,
            columns,
            successors,
            over: false,
            history: false,
        }
    }

    /// True if the bulletin lists the case itself: its category has a row and its area its own column, on at least one
    /// chart.
    pub fn lists(&self, case: Case) -> bool {
        Chart::ALL.into_iter().any(|chart| {
            self.cells
                .of(chart)
                .as_ref()
                .is_some_and(|cell| cell.column == case.area)
        })
    }
}

fn ruling_cell(bulletin: &Bulletin, chart: Chart, category: Category, area: Area) -> Option<Cell> {
    let row = bulletin.ruling(chart, category, area)?;
    let state = match (row.reading, row.missing_part()) {
        (Reading::CutOff(cut_off), _) => CellState::CutOff(cut_off),
        (Reading::Unreadable, Some(part)) => CellState::Missing(part),
        (Reading::Unreadable, None) => CellState::Unreadable(row.raw.value.to_string()),
    };
    Some(Cell {
        column: row.key.area,
        state,
    })
}
