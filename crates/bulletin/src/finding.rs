use std::fmt;

use serde::{Deserialize, Serialize};

use crate::area::Area;
use crate::category::{Category, Preference};
use crate::chart::Chart;
use crate::month::Month;

/// Something about a page that an operator should know. The page was read all the same; what could not be read
/// has been left out, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// A cell that is not exactly a date, `C` or `U`. Kept as unreadable with its raw text.
    UnreadableCell {
        /// The chart in which it stands.
        chart: Chart,
        /// Its row.
        category: Category,
        /// Its column.
        area: Area,
        /// The cell's text.
        raw: String,
        /// Why it cannot be taken.
        reason: UnreadableReason,
    },
    /// A row whose label is like no known category, or like two. Its cells are in no chart.
    UnrecognisedRow {
        /// The chart in which it stands.
        chart: Chart,
        /// Its half of the chart.
        preference: Preference,
        /// The label as printed.
        label: String,
        /// The row's cells: the column's label and the cell's text.
        cells: Vec<(String, String)>,
    },
    /// A column whose label is like no known area, or like two. Its cells are in no chart.
    UnrecognisedColumn {
        /// The chart in which it stands.
        chart: Chart,
        /// Its half of the chart.
        preference: Preference,
        /// The label as printed.
        label: String,
        /// The column's cells: the row's label and the cell's text.
        cells: Vec<(String, String)>,
    },
    /// A country that has not had a column before. Its cells are in the chart, under the country's own code.
    NewColumn {
        /// The chart in which it stands.
        chart: Chart,
        /// Its half of the chart.
        preference: Preference,
        /// The country.
        area: Area,
    },
    /// A label that is no known spelling but close to exactly one.
    ApproximateLabel {
        /// The chart in which it stands.
        chart: Chart,
        /// Its half of the chart.
        preference: Preference,
        /// The label as printed.
        label: String,
        /// The code it was taken for.
        read_as: String,
    },
    /// A row with more or fewer cells than the chart has columns. Its cells are kept as unreadable.
    RaggedRow {
        /// The chart in which it stands.
        chart: Chart,
        /// Its half of the chart.
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
        /// The chart in which they stand.
        chart: Chart,
        /// Their row.
        category: Category,
        /// Their column.
        area: Area,
        /// The texts of the cells.
        raw: Vec<String>,
    },
    /// A column that the chart should have and does not. Its cells count as unreadable.
    MissingColumn {
        /// The chart without it.
        chart: Chart,
        /// Its half of the chart.
        preference: Preference,
        /// The column.
        area: Area,
    },
    /// A row that the chart should have and does not. Its cells count as unreadable.
    MissingRow {
        /// The chart without it.
        chart: Chart,
        /// Its half of the chart.
        preference: Preference,
        /// The row.
        category: Category,
    },
    /// A column of the bulletin before that this one has on no chart: a change by the department.
    DroppedColumn {
        /// The chart without it.
        chart: Chart,
        /// Its half of the chart.
        preference: Preference,
        /// The column.
        area: Area,
    },
    /// A row of the bulletin before that this one has on no chart: a change by the department.
    DroppedRow {
        /// The chart without it.
        chart: Chart,
        /// Its half of the chart.
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
    /// An area's cut-off lies later than that of all areas without a column: nearly always a misprint.
    LaterThanAll {
        /// The chart in which it stands.
        chart: Chart,
        /// The row.
        category: Category,
        /// The column.
        area: Area,
    },
    /// The text around the charts names another month than the title.
    MonthMismatch {
        /// The month the page was read as.
        month: Month,
        /// The other month, and where it stands.
        elsewhere: String,
    },
    /// Something else about the page's shape, as a sentence.
    Layout {
        /// The sentence.
        what: String,
    },
}

/// Why a cell is unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnreadableReason {
    /// Nothing stands in it.
    Blank,
    /// It is written in no known form.
    NotACutOff,
    /// It is written as a date, but there is no such day.
    NoSuchDay,
    /// The date can only lie after the bulletin's own month, where no cut-off can be.
    AfterTheBulletin,
}

impl UnreadableReason {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Blank => "it is blank",
            Self::NotACutOff => "it is not exactly a date, C or U",
            Self::NoSuchDay => "there is no such day",
            Self::AfterTheBulletin => "the date lies after the bulletin",
        }
    }
}

impl Finding {
    /// The kind as data, such as `unreadable_cell`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnreadableCell { .. } => "unreadable_cell",
            Self::UnrecognisedRow { .. } => "unrecognised_row",
            Self::UnrecognisedColumn { .. } => "unrecognised_column",
            Self::NewColumn { .. } => "new_column",
            Self::ApproximateLabel { .. } => "approximate_label",
            Self::RaggedRow { .. } => "ragged_row",
            Self::ConflictingCells { .. } => "conflicting_cells",
            Self::MissingColumn { .. } => "missing_column",
            Self::MissingRow { .. } => "missing_row",
            Self::DroppedColumn { .. } => "dropped_column",
            Self::DroppedRow { .. } => "dropped_row",
            Self::IdenticalCharts { .. } => "identical_charts",
            Self::LaterThanAll { .. } => "later_than_all",
            Self::MonthMismatch { .. } => "month_mismatch",
            Self::Layout { .. } => "layout",
        }
    }

    /// Whether a cut-off is missing from the charts because of it, so that somebody must look at the page.
    pub fn loses_a_cut_off(&self) -> bool {
        matches!(
            self,
            Self::UnreadableCell { .. }
                | Self::UnrecognisedRow { .. }
                | Self::UnrecognisedColumn { .. }
                | Self::RaggedRow { .. }
                | Self::ConflictingCells { .. }
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

    /// The half chart on which a column cannot be told from another, so that no column missing from it is known to be
    /// gone.
    pub fn hides_a_column(&self) -> Option<(Chart, Preference)> {
        match self {
            Self::UnrecognisedColumn {
                chart, preference, ..
            } => Some((*chart, *preference)),
            _ => None,
        }
    }

    /// The half chart on which a row cannot be told from another, so that no row missing from it is known to be gone.
    pub fn hides_a_row(&self) -> Option<(Chart, Preference)> {
        match self {
            Self::UnrecognisedRow {
                chart, preference, ..
            } => Some((*chart, *preference)),
            _ => None,
        }
    }
}

/// Text from a page, in quotes, without anything that could steer a terminal, and not too long.
fn quoted(raw: &str) -> String {
    let shown: String = raw.chars().take(60).flat_map(char::escape_debug).collect();
    let dots = if raw.chars().count() > 60 { "..." } else { "" };
    format!("\"{shown}{dots}\"")
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place =
            |chart: &Chart, preference: &Preference| format!("{}, {}", chart.name(), preference.name());
        match self {
            Self::UnreadableCell {
                chart,
                category,
                area,
                raw,
                reason,
            } => write!(
                f,
                "{}, row {category}, column {area}: the cell {} cannot be read: {}. It is left out; look at the page.",
                chart.name(),
                quoted(raw),
                reason.words()
            ),
            Self::UnrecognisedRow {
                chart,
                preference,
                label,
                cells,
            } => write!(
                f,
                "{}: the row {} is no known category. Its {} cells are left out; look at the page.",
                place(chart, preference),
                quoted(label),
                cells.len()
            ),
            Self::UnrecognisedColumn {
                chart,
                preference,
                label,
                cells,
            } => write!(
                f,
                "{}: the column {} is no known area. Its {} cells are left out; look at the page.",
                place(chart, preference),
                quoted(label),
                cells.len()
            ),
            Self::NewColumn {
                chart,
                preference,
                area,
            } => write!(
                f,
                "{}: {} has a column of its own, which it had in no bulletin before.",
                place(chart, preference),
                area.name()
            ),
            Self::ApproximateLabel {
                chart,
                preference,
                label,
                read_as,
            } => {
                write!(
                    f,
                    "{}: the label {} was read as {read_as}.",
                    place(chart, preference),
                    quoted(label)
                )
            }
            Self::RaggedRow {
                chart,
                preference,
                label,
                expected,
                found,
            } => write!(
                f,
                "{}: the row {} has {found} cells where the chart has {expected} columns. \
                 They are left out; look at the page.",
                place(chart, preference),
                quoted(label)
            ),
            Self::ConflictingCells {
                chart,
                category,
                area,
                raw,
            } => {
                let raw: Vec<String> = raw.iter().map(|text| quoted(text)).collect();
                write!(
                    f,
                    "{}, row {category}, column {area}: printed more than once, as {}. It is left out; look at the page.",
                    chart.name(),
                    raw.join(" and ")
                )
            }
            Self::MissingColumn {
                chart,
                preference,
                area,
            } => write!(
                f,
                "{}: the page has no {area} column here. Its cells count as unreadable; check the page.",
                place(chart, preference)
            ),
            Self::MissingRow {
                chart,
                preference,
                category,
            } => write!(
                f,
                "{}: the page has no {category} row here. Its cells count as unreadable; check the page.",
                place(chart, preference)
            ),
            Self::DroppedColumn {
                chart,
                preference,
                area,
            } => write!(
                f,
                "{}: the {area} column of the previous bulletin is gone.",
                place(chart, preference)
            ),
            Self::DroppedRow {
                chart,
                preference,
                category,
            } => write!(
                f,
                "{}: the {category} row of the previous bulletin is gone.",
                place(chart, preference)
            ),
            Self::IdenticalCharts { preference } => write!(
                f,
                "Dates for Filing and Final Action, {}: the page prints the same cut-offs on both charts, which no \
                 bulletin does. They count as unreadable; check the page.",
                preference.name()
            ),
            Self::LaterThanAll {
                chart,
                category,
                area,
            } => write!(
                f,
                "{}, row {category}: {area} is later than ALL, which is nearly always a misprint. It is kept as printed.",
                chart.name()
            ),
            Self::MonthMismatch { month, elsewhere } => {
                write!(
                    f,
                    "The page is the bulletin of {}, but {elsewhere}.",
                    month.title()
                )
            }
            Self::Layout { what } => f.write_str(what),
        }
    }
}
