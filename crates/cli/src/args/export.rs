//! The options of `export`.

use std::path::PathBuf;

use bulletin::{Area, Category, MonthRange, parse_area};
use clap::{Args as ClapArgs, ValueEnum};

use super::PlaceArgs;

/// Formats of exported cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CellForm {
    /// Comma-separated values
    Csv,
    /// One JSON array
    Json,
    /// A SQLite file with views
    Sqlite,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin export csv > cutoffs.csv
  bulletin export json --category EB3 --country India --months 2020-01..2024-12
  bulletin export sqlite cutoffs.db          for Datasette and other SQL tools
  bulletin export csv --stage prod           from an AWS deployment

Prints one row per printed cell, with the columns bulletin_month, chart,
preference, category, area, status, cutoff_date, raw_value and source. `status`
is date, current, unavailable or unreadable. `source` is the address of the page,
or `shipped`. Cells that are missing from their page are left out, with a note.

A SQLite file has the table `cutoffs` and the views `latest`, `movement` and
`corrections`, see docs/DATA-MODEL.md. For a backup, use `bulletin table export`.")]
pub(crate) struct ExportArgs {
    /// The format
    #[arg(value_enum)]
    pub(crate) format: CellForm,
    /// The file to write; required for sqlite [default: standard output]
    #[arg(required_if_eq("format", "sqlite"))]
    pub(crate) file: Option<PathBuf>,
    /// Export only these months
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) months: Option<MonthRange>,
    /// Export only this category, such as F2A or EB-3
    #[arg(long, value_name = "CATEGORY")]
    pub(crate) category: Option<Category>,
    /// Export only the cells that apply to this country, such as India or Brazil
    #[arg(long, value_name = "COUNTRY", value_parser = parse_area)]
    pub(crate) country: Option<Area>,
    /// Replace FILE if it exists
    #[arg(long, requires = "file")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
