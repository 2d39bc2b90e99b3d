//! The `table` commands, and the options of `export` and `import`. The options of the others are in [`items`].

use std::path::PathBuf;

use bulletin::MonthRange;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::{PlaceArgs, TableMigrateArgs};

pub(crate) mod items;

pub(crate) use items::{
    TableCountArgs, TableCreateArgs, TableDescribeArgs, TableDropArgs, TableListArgs, TableScanArgs,
    TableTruncateArgs,
};

/// The commands for whole tables.
#[derive(Debug, Subcommand)]
pub(crate) enum TableCommand {
    #[command(flatten)]
    Deployment(DeploymentTableCommand),
    /// Export stored bulletins to a CSV or JSON Lines file
    Export(TableExportArgs),
    /// Import the bulletins of a file that `table export` wrote
    Import(TableImportArgs),
}

/// The commands for the tables of a deployment.
#[derive(Debug, Subcommand)]
pub(crate) enum DeploymentTableCommand {
    /// Create the tables of a deployment, with the keys and settings of its template
    Create(TableCreateArgs),
    /// Print the keys, index, stream, size and protections of a table
    Describe(TableDescribeArgs),
    /// List the tables of this account and region, and which deployment owns them
    List(TableListArgs),
    /// Print the items of a table
    Scan(TableScanArgs),
    /// Count the items of a table by kind
    Count(TableCountArgs),
    /// Migrate the items of an older program to the current layout
    Migrate(TableMigrateArgs),
    /// Delete every item of a table
    Truncate(TableTruncateArgs),
    /// Drop the tables of a deployment
    Drop(TableDropArgs),
}

/// Formats of exported files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileForm {
    /// Comma-separated values
    Csv,
    /// One JSON object per line
    Jsonl,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table export history.csv                    from this machine
  bulletin table export history.jsonl --stage prod     from an AWS deployment
  bulletin table export 2024.csv --months 2024-01..2024-12

The file contains every bulletin with its rows as printed, their origin, and the \
values that corrections replaced. It contains no links, marks, watches or \
addresses.

The export is written to FILE.partial, read back, and then renamed. To resume an \
interrupted export, run the same command again. docs/DATA-MODEL.md describes the \
format.")]
pub(crate) struct TableExportArgs {
    /// The file: .csv for CSV; .jsonl or .ndjson for JSON Lines
    pub(crate) file: PathBuf,
    /// The format [default: from the file extension]
    #[arg(long, value_enum)]
    pub(crate) format: Option<FileForm>,
    /// Export only these months
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) months: Option<MonthRange>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table import history.csv                  into this machine
  bulletin table import history.jsonl --stage prod   into an AWS deployment
  bulletin table import --shipped --stage prod       the shipped history

The whole file is checked before anything is stored. If a month is already \
stored with different cells, it is reported and left unchanged, and the exit \
code is 1. Importing history sends no alerts. To complete an interrupted import, \
run it again.")]
pub(crate) struct TableImportArgs {
    /// The file: .csv for CSV; .jsonl or .ndjson for JSON Lines
    #[arg(required_unless_present = "shipped")]
    pub(crate) file: Option<PathBuf>,
    /// Import the history that is shipped with this version, instead of a file
    #[arg(long, conflicts_with = "file")]
    pub(crate) shipped: bool,
    /// The format [default: from the file extension]
    #[arg(long, value_enum, conflicts_with = "shipped")]
    pub(crate) format: Option<FileForm>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
