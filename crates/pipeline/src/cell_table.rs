//! The printed cells of stored bulletins as rows of one table, as in `data/cutoffs.csv`.
//!
//! Excludes what the table leaves out: labels, replaced values, and cells that are missing from their page. The
//! lossless form of a bulletin is [`ArchivedBulletin`]. Start with [`CellRow::of_bulletin`].

use bulletin::{Area, Category, Chart, CutOff, Month, Preference, Row};
use chrono::NaiveDate;
use serde::Serialize;

use crate::archive::ArchivedBulletin;
use crate::record::ArchivedRow;
use crate::{OFFICIAL_SITE, SHIPPED};

/// The columns of the table, which are the fields of a [`CellRow`].
pub const CELL_COLUMNS: [&str; 9] = [
    "bulletin_month",
    "chart",
    "preference",
    "category",
    "area",
    "status",
    "cutoff_date",
    "raw_value",
    "source",
];

/// The kind of value that a cell has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellStatus {
    /// A date.
    Date,
    /// `C`.
    Current,
    /// `U`.
    Unavailable,
    /// Not a cut-off.
    Unreadable,
}

impl CellStatus {
    /// The code in data.
    pub fn code(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Current => "current",
            Self::Unavailable => "unavailable",
            Self::Unreadable => "unreadable",
        }
    }
}

impl From<Option<CutOff>> for CellStatus {
    /// The status of a cut-off; `None` is a cell that could not be read.
    fn from(cut_off: Option<CutOff>) -> Self {
        match cut_off {
            Some(CutOff::Date(_)) => Self::Date,
            Some(CutOff::Current) => Self::Current,
            Some(CutOff::Unavailable) => Self::Unavailable,
            None => Self::Unreadable,
        }
    }
}

/// One printed cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellRow {
    /// The bulletin's month.
    pub bulletin_month: Month,
    /// The chart.
    pub chart: Chart,
    /// The half of the chart.
    pub preference: Preference,
    /// The row of the chart.
    pub category: Category,
    /// The column of the chart.
    pub area: Area,
    /// The kind of value.
    pub status: CellStatus,
    /// The date, if it is one.
    pub cutoff_date: Option<NaiveDate>,
    /// The cell as printed.
    pub raw_value: String,
    /// The address of the page on the official site, or `shipped`.
    pub source: String,
}

impl CellRow {
    /// The printed cells of a bulletin, in the order of their keys. A cell that is missing from the page is not among
    /// them.
    pub fn of_bulletin(bulletin: &ArchivedBulletin) -> Vec<Self> {
        let printed = |(row, _): &&(Row, String)| row.missing_part().is_none();
        let current = bulletin.rows.iter().filter_map(|row| row.current.as_ref());
        current
            .filter(printed)
            .map(|(row, host)| Self::new(bulletin, row, host))
            .collect()
    }

    fn new(bulletin: &ArchivedBulletin, row: &Row, host: &str) -> Self {
        let cut_off = row.reading.cut_off();
        Self {
            bulletin_month: bulletin.month,
            chart: row.key.chart,
            preference: row.key.category.preference(),
            category: row.key.category,
            area: row.key.area,
            status: cut_off.into(),
            cutoff_date: cut_off.and_then(CutOff::date),
            raw_value: row.raw.value.to_string(),
            source: if host == SHIPPED {
                SHIPPED.to_owned()
            } else {
                format!("{OFFICIAL_SITE}{}", bulletin.path)
            },
        }
    }

    /// The fields as text, in the order of [`CELL_COLUMNS`]. A field without a value is empty.
    pub fn fields(&self) -> [String; 9] {
        [
            self.bulletin_month.to_string(),
            self.chart.code().to_owned(),
            self.preference.code().to_owned(),
            self.category.code().to_owned(),
            self.area.code().to_owned(),
            self.status.code().to_owned(),
            self.cutoff_date.map(|date| date.to_string()).unwrap_or_default(),
            self.raw_value.clone(),
            self.source.clone(),
        ]
    }
}

/// Leaves only the cells of one category, and those that apply to one country: in its column, or in a chart without one,
/// in the column that includes it.
pub fn keep_cells(bulletin: &mut ArchivedBulletin, category: Option<Category>, country: Option<Area>) {
    let Some(country) = country else {
        bulletin
            .rows
            .retain(|row| category.is_none_or(|category| row.key.category == category));
        return;
    };
    let half = |row: &ArchivedRow| (row.key.chart, row.key.category.preference());
    let columns: Vec<_> = bulletin
        .rows
        .iter()
        .filter(|row| row.current.is_some())
        .map(|row| (half(row), row.key.area))
        .collect();
    bulletin.rows.retain(|row| {
        let applies = country.ruled_by(|area| columns.contains(&(half(row), area)));
        row.key.area == applies && category.is_none_or(|category| row.key.category == category)
    });
}

/// The number of cells that the pages of these bulletins should have and do not have.
pub fn missing_cells(bulletins: &[ArchivedBulletin]) -> usize {
    let rows = bulletins.iter().flat_map(|bulletin| &bulletin.rows);
    let current = rows.filter_map(|row| row.current.as_ref());
    current.filter(|(row, _)| row.missing_part().is_some()).count()
}
