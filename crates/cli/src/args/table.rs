use std::path::PathBuf;

use bulletin::MonthRange;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::{PlaceArgs, TableMigrateArgs};

mod items;

pub(crate) use items::{
    TableCountArgs, TableCreateArgs, TableDescribeArgs, TableDropArgs, TableListArgs, TableScanArgs,
    TableTruncateArgs, TableWord,
};

/// What is done to whole tables.
#[derive(Debug, Subcommand)]
pub(crate) enum TableCommand {
    /// Make the tables of a deployment, in the shape that its template gives them
    Create(TableCreateArgs),
    /// Say what a table is like: keys, index, stream, size, protections
    Describe(TableDescribeArgs),
    /// Print the tables of this account and region, and whose they are
    List(TableListArgs),
    /// Print the items of a table
    Scan(TableScanArgs),
    /// Count the items of a table by their kind
    Count(TableCountArgs),
    /// Write stored bulletins into a file, as CSV or JSON lines
    Export(TableExportArgs),
    /// Store the bulletins of a file that `export` wrote
    Import(TableImportArgs),
    /// Move what an older program stored to today's layout
    Migrate(TableMigrateArgs),
    /// Delete every item of a table
    Truncate(TableTruncateArgs),
    /// Take the tables of a deployment away
    Drop(TableDropArgs),
}

/// The form of a file of bulletins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileForm {
    /// Comma-separated values
    Csv,
    /// One JSON object a line
    Jsonl,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table export history.csv                    what this machine has
  bulletin table export history.jsonl --stage prod     what a deployment has
  bulletin table export 2024.csv --months 2024-01..2024-12

The file has every bulletin with its rows as printed, where they came from, and what corrections replaced; not links, \
marks, watches or addresses. It is written beside, under a name that ends in .partial, and gets its name when it is whole \
and reads back. An export that was interrupted goes on where it stopped when the same is run again. docs/DATA-MODEL.md \
describes the format.")]
pub(crate) struct TableExportArgs {
    /// The file: .csv, or .jsonl and .ndjson for JSON lines
    pub(crate) file: PathBuf,
    /// Its form, where its ending does not say it
    #[arg(long, value_enum)]
    pub(crate) format: Option<FileForm>,
    /// Only these months
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) months: Option<MonthRange>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table import history.csv                    into this machine's database
  bulletin table import history.jsonl --stage prod     into a deployment

The whole file is read and checked before anything is stored. A month that is stored with other cells is named and left \
as it is; then the exit is 1. History alerts nobody: the newest bulletin comes first, and the others behind it. An import \
that was interrupted is completed by running it again.")]
pub(crate) struct TableImportArgs {
    /// The file: .csv, or .jsonl and .ndjson for JSON lines
    pub(crate) file: PathBuf,
    /// Its form, where its ending does not say it
    #[arg(long, value_enum)]
    pub(crate) format: Option<FileForm>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
