//! The sentence of each finding: its place on the page, the problem, and the consequence for the charts.

use std::fmt;

use super::Finding;
use crate::area::Area;
use crate::category::Category;
use crate::chart::Chart;

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Layout { what } = self {
            return f.write_str(what);
        }
        if let Some(place) = self.place() {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}.", self.problem())?;
        match self.consequence() {
            Some(consequence) => write!(f, " {consequence}."),
            None => Ok(()),
        }
    }
}

impl Finding {
    /// The place on the page: `Final Action Dates, row EB3, column INDIA`.
    fn place(&self) -> Option<String> {
        if let Some((chart, category, area)) = self.cell() {
            return Some(format!("{}, row {category}, column {area}", chart.name()));
        }
        match self {
            Self::LaterThanAll { chart, category, .. } => Some(format!("{}, row {category}", chart.name())),
            Self::UnrecognisedRow {
                chart, preference, ..
            }
            | Self::UnrecognisedColumn {
                chart, preference, ..
            }
            | Self::NewColumn {
                chart, preference, ..
            }
            | Self::ApproximateLabel {
                chart, preference, ..
            }
            | Self::RaggedRow {
                chart, preference, ..
            }
            | Self::RowOfAnotherEra {
                chart, preference, ..
            }
            | Self::RepeatedRow {
                chart, preference, ..
            }
            | Self::RepeatedColumn {
                chart, preference, ..
            }
            | Self::MissingColumn {
                chart, preference, ..
            }
            | Self::MissingRow {
                chart, preference, ..
            }
            | Self::DroppedColumn {
                chart, preference, ..
            }
            | Self::DroppedRow {
                chart, preference, ..
            } => Some(format!("{}, {}", chart.name(), preference.name())),
            Self::IdenticalCharts { preference } => Some(format!(
                "Dates for Filing and Final Action, {}",
                preference.name()
            )),
            _ => None,
        }
    }

    /// The cell that it is about, if it is one.
    fn cell(&self) -> Option<(Chart, Category, Area)> {
        match self {
            Self::UnreadableCell {
                chart,
                category,
                area,
                ..
            }
            | Self::ConflictingCells {
                chart,
                category,
                area,
                ..
            }
            | Self::DiffersFromShipped {
                chart,
                category,
                area,
                ..
            } => Some((*chart, *category, *area)),
            _ => None,
        }
    }

    fn problem(&self) -> String {
        match self {
            Self::UnreadableCell { raw, reason, .. } => {
                format!("the cell {} cannot be read: {}", quoted(raw), reason.words())
            }
            Self::UnrecognisedRow { label, .. } => {
                format!("the row {} is not a known category", quoted(label))
            }
            Self::UnrecognisedColumn { label, .. } => {
                format!("the column {} is not a known area", quoted(label))
            }
            Self::NewColumn { area, .. } => format!("{} has its own column for the first time", area.name()),
            Self::ApproximateLabel { label, read_as, .. } => {
                format!("the label {} was read as {read_as}", quoted(label))
            }
            Self::RaggedRow {
                label,
                expected,
                found,
                ..
            } => format!(
                "the row {} has {found} cells, but the chart has {expected} columns",
                quoted(label)
            ),
            Self::ConflictingCells { raw, .. } => {
                let raw: Vec<String> = raw.iter().map(|text| quoted(text)).collect();
                format!(
                    "the page prints this cell more than once, as {}",
                    raw.join(" and ")
                )
            }
            Self::RowOfAnotherEra { category, label, .. } => format!(
                "the row {} names {category}, which bulletins of this month do not list",
                quoted(label)
            ),
            Self::RepeatedRow { category, .. } => format!("the page prints the {category} row twice"),
            Self::RepeatedColumn { area, .. } => format!("the page prints the {area} column twice"),
            Self::MissingColumn { area, .. } => format!("the page has no {area} column here"),
            Self::MissingRow { category, .. } => format!("the page has no {category} row here"),
            Self::DroppedColumn { area, .. } => format!("the {area} column of the previous bulletin is gone"),
            Self::DroppedRow { category, .. } => {
                format!("the {category} row of the previous bulletin is gone")
            }
            Self::IdenticalCharts { .. } => {
                "the page prints the same cut-offs on both charts, which no bulletin does".into()
            }
            Self::LaterThanAll { area, .. } => {
                format!("{area} is later than ALL, which is nearly always a misprint")
            }
            Self::DiffersFromShipped { shipped, page, .. } => format!(
                "the page has {}, and the history that was shipped had {}",
                quoted_cell(page.as_deref()),
                quoted_cell(shipped.as_deref())
            ),
            Self::MonthMismatch { month, elsewhere } => {
                format!("The page is the bulletin of {}, but {elsewhere}", month.title())
            }
            Self::Layout { what } => what.clone(),
        }
    }

    fn consequence(&self) -> Option<String> {
        let consequence = match self {
            Self::UnreadableCell { .. } | Self::ConflictingCells { .. } => "It is left out; check the page",
            Self::UnrecognisedRow { cells, .. }
            | Self::UnrecognisedColumn { cells, .. }
            | Self::RowOfAnotherEra { cells, .. } => {
                return Some(format!("Its {} cells are left out; check the page", cells.len()));
            }
            Self::RaggedRow { .. } => "They are left out; check the page",
            Self::RepeatedRow { .. } | Self::RepeatedColumn { .. } => {
                "Cells that differ count as unreadable; check the page"
            }
            Self::MissingColumn { .. } | Self::MissingRow { .. } => {
                "Its cells count as unreadable; check the page"
            }
            Self::IdenticalCharts { .. } => "They count as unreadable; check the page",
            Self::LaterThanAll { .. } => "It is kept as printed",
            Self::DiffersFromShipped { .. } => "The page counts",
            Self::NewColumn { .. }
            | Self::ApproximateLabel { .. }
            | Self::DroppedColumn { .. }
            | Self::DroppedRow { .. }
            | Self::MonthMismatch { .. }
            | Self::Layout { .. } => return None,
        };
        Some(consequence.to_owned())
    }
}

fn quoted_cell(text: Option<&str>) -> String {
    text.map_or_else(|| "no such cell".into(), quoted)
}

/// Text from a page, in quotes, without control characters, shortened.
fn quoted(raw: &str) -> String {
    let shown: String = raw.chars().take(60).flat_map(char::escape_debug).collect();
    let dots = if raw.chars().count() > 60 { "..." } else { "" };
    format!("\"{shown}{dots}\"")
}
