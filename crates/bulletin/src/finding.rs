//! Findings: the problems of a page that was read all the same. Their sentences are in `sentence`.

mod sentence;

use serde::{Deserialize, Serialize};

use crate::area::Area;
use crate::category::{Category, Preference};
use crate::chart::Chart;
use crate::month::Month;

/// A problem of a page that an operator should know. The page was read all the same; cells that could not be read
/// were left out, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// A cell that is not exactly a date, `C` or `U`. Kept as unreadable with its raw text.
    UnreadableCell {
        /// The chart.
        chart: Chart,
        /// The row.
        category: Category,
        /// The column.
        area: Area,
        /// The cell's text.
        raw: String,
        /// The reason.
        reason: UnreadableReason,
    },
    /// A row whose label resembles no known category, or two. Its cells are in no chart.
    UnrecognisedRow {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The label as printed.
        label: String,
        /// The row's cells: the column's label and the cell's text.
        cells: Vec<(String, String)>,
    },
    /// A column whose label resembles no known area, or two. Its cells are in no chart.
    UnrecognisedColumn {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The label as printed.
        label: String,
        /// The column's cells: the row's label and the cell's text.
        cells: Vec<(String, String)>,
    },
    /// A country that never had a column before. Its cells are in the chart, under the country's own code.
    NewColumn {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The country.
        area: Area,
    },
    /// A label that is not a known spelling but close to exactly one.
    ApproximateLabel {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The label as printed.
        label: String,
        /// The code that it was read as.
        read_as: String,
    },
    /// A row with more or fewer cells than the chart has columns. Its cells are kept as unreadable.
    RaggedRow {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The row's label.
        label: String,
        /// The columns of the chart.
        expected: usize,
        /// The cells of the row.
        found: usize,
    },
    /// The same cut-off printed twice with different values. Kept as unreadable with the first raw text.
    ConflictingCells {
        /// The chart.
        chart: Chart,
        /// The row.
        category: Category,
        /// The column.
        area: Area,
        /// The texts of the cells.
        raw: Vec<String>,
    },
    /// A row whose label names a category that bulletins of this month do not list, such as a code that ended years
    /// ago. Its cells are in no chart.
    RowOfAnotherEra {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The category that its label names.
        category: Category,
        /// The label as printed.
        label: String,
        /// The row's cells: the column's label and the cell's text.
        cells: Vec<(String, String)>,
    },
    /// A row that a table prints twice. Cells with different values count as unreadable.
    RepeatedRow {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The row.
        category: Category,
    },
    /// A column that a table prints twice. Cells with different values count as unreadable.
    RepeatedColumn {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The column.
        area: Area,
    },
    /// A column that the chart should have but does not. Its cells count as unreadable.
    MissingColumn {
        /// The chart without it.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The column.
        area: Area,
    },
    /// A row that the chart should have but does not. Its cells count as unreadable.
    MissingRow {
        /// The chart without it.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The row.
        category: Category,
    },
    /// A column of the previous bulletin that no chart of this one has: a change by the department.
    DroppedColumn {
        /// The chart without it.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The column.
        area: Area,
    },
    /// A row of the previous bulletin that no chart of this one has: a change by the department.
    DroppedRow {
        /// The chart without it.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The row.
        category: Category,
    },
    /// Dates for Filing repeats Final Action cell by cell, which no bulletin does. The cells of both charts count as
    /// unreadable.
    IdenticalCharts {
        /// The half of the bulletin.
        preference: Preference,
    },
    /// An area's cut-off is later than that of all areas without a column: nearly always a misprint.
    LaterThanAll {
        /// The chart.
        chart: Chart,
        /// The row.
        category: Category,
        /// The column.
        area: Area,
    },
    /// A cell of the first page that was read of a bulletin differs from the history that is shipped with the program.
    DiffersFromShipped {
        /// The chart.
        chart: Chart,
        /// The row.
        category: Category,
        /// The column.
        area: Area,
        /// The shipped text; `None` if no such cell was shipped.
        shipped: Option<String>,
        /// The text on the page; `None` if the page has no such cell.
        page: Option<String>,
    },
    /// The text around the charts names another month than the title.
    MonthMismatch {
        /// The month the page was read as.
        month: Month,
        /// The other month and its place.
        elsewhere: String,
    },
    /// Another problem of the page's layout, as a sentence.
    Layout {
        /// The sentence.
        what: String,
    },
}

/// The reason why a cell is unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnreadableReason {
    /// It is empty.
    Blank,
    /// It is not a date, `C` or `U`.
    NotACutOff,
    /// It is written as a date, but there is no such day.
    NoSuchDay,
    /// The date is after the bulletin's own month, where no cut-off can be.
    AfterTheBulletin,
    /// It is struck through, or its row's or column's label is.
    StruckThrough,
    /// It is hidden, while the cells around it are not.
    Hidden,
}

impl UnreadableReason {
    /// The reason as a clause: `it is blank`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Blank => "it is blank",
            Self::NotACutOff => "it is not exactly a date, C or U",
            Self::NoSuchDay => "there is no such day",
            Self::AfterTheBulletin => "the date is after the bulletin",
            Self::StruckThrough => "it is struck through",
            Self::Hidden => "it is hidden on the page",
        }
    }
}

impl Finding {
    /// The code of the kind, such as `unreadable_cell`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnreadableCell { .. } => "unreadable_cell",
            Self::UnrecognisedRow { .. } => "unrecognised_row",
            Self::UnrecognisedColumn { .. } => "unrecognised_column",
            Self::NewColumn { .. } => "new_column",
            Self::ApproximateLabel { .. } => "approximate_label",
            Self::RaggedRow { .. } => "ragged_row",
            Self::ConflictingCells { .. } => "conflicting_cells",
            Self::RowOfAnotherEra { .. } => "row_of_another_era",
            Self::RepeatedRow { .. } => "repeated_row",
            Self::RepeatedColumn { .. } => "repeated_column",
            Self::MissingColumn { .. } => "missing_column",
            Self::MissingRow { .. } => "missing_row",
            Self::DroppedColumn { .. } => "dropped_column",
            Self::DroppedRow { .. } => "dropped_row",
            Self::IdenticalCharts { .. } => "identical_charts",
            Self::LaterThanAll { .. } => "later_than_all",
            Self::DiffersFromShipped { .. } => "differs_from_shipped",
            Self::MonthMismatch { .. } => "month_mismatch",
            Self::Layout { .. } => "layout",
        }
    }

    /// True if a cut-off is missing from the charts because of it, so that somebody must check the page.
    pub fn loses_a_cut_off(&self) -> bool {
        matches!(
            self,
            Self::UnreadableCell { .. }
                | Self::UnrecognisedRow { .. }
                | Self::UnrecognisedColumn { .. }
                | Self::RaggedRow { .. }
                | Self::ConflictingCells { .. }
                | Self::RowOfAnotherEra { .. }
                | Self::MissingColumn { .. }
                | Self::MissingRow { .. }
                | Self::IdenticalCharts { .. }
        )
    }

    /// True if a row or column is missing or gone.
    pub fn is_gap(&self) -> bool {
        matches!(
            self,
            Self::MissingColumn { .. }
                | Self::MissingRow { .. }
                | Self::DroppedColumn { .. }
                | Self::DroppedRow { .. }
        )
    }

    /// The half chart on which columns cannot be distinguished, so that a column missing from it may still be there.
    pub fn hides_a_column(&self) -> Option<(Chart, Preference)> {
        match self {
            Self::UnrecognisedColumn {
                chart, preference, ..
            }
            | Self::RepeatedColumn {
                chart, preference, ..
            } => Some((*chart, *preference)),
            _ => None,
        }
    }

    /// The half chart on which rows cannot be distinguished, so that a row missing from it may still be there.
    pub fn hides_a_row(&self) -> Option<(Chart, Preference)> {
        match self {
            Self::UnrecognisedRow {
                chart, preference, ..
            }
            | Self::RowOfAnotherEra {
                chart, preference, ..
            }
            | Self::RepeatedRow {
                chart, preference, ..
            } => Some((*chart, *preference)),
            _ => None,
        }
    }
}
