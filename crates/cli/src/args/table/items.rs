//! The options of the `table` commands for whole tables of a deployment.

use clap::{Args as ClapArgs, ValueEnum};
use operations::filter::Filter;

use crate::args::{CapacityArgs, ConnectionArgs, DeploymentArgs};
use crate::output::Format;

/// One of a deployment's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableWord {
    /// Rows, standings and bulletins
    Data,
    /// Links to pages, and the last polls of the source
    Links,
    /// Marks of alerts that were sent
    Marks,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table create --stage dev
  bulletin table create --stage dev --removable
  bulletin table create --stage dev --table marks

Use this for emulators, or to replace tables that `table drop` deleted. `make \
deploy` creates the tables of a deployment itself, and fails if they exist. \
Waits until the tables are active. Idempotent: a second run only adds settings \
that are missing.")]
pub(crate) struct TableCreateArgs {
    /// Create only this table
    #[arg(long, value_enum)]
    pub(crate) table: Option<TableWord>,
    /// Create the tables without deletion protection
    #[arg(long)]
    pub(crate) removable: bool,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table describe --stage prod
  bulletin table describe --stage prod --table marks --format json")]
pub(crate) struct TableDescribeArgs {
    /// The table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table list
  bulletin table list --region us-west-2 --format csv")]
pub(crate) struct TableListArgs {
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) capacity: CapacityArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table scan --stage prod --limit 5
  bulletin table scan --stage prod --where category=EB3 --where 'status!=date'
  bulletin table scan --stage prod --attributes pk,version --where 'version>=2'
  bulletin table scan --stage prod --table links --format json

A filter is an attribute, an operator and a value. Operators are =, !=, <, <=, \
>, >= and ^= (starts with); quote filters that contain < or >. With several \
filters, items must match all of them.

DynamoDB reads and charges the whole table, even with a filter. `history`, \
`show`, `standings` and `latest` read only what they need. JSON output has one \
object per line.")]
pub(crate) struct TableScanArgs {
    /// The table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// Print at most this many items
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Print only these attributes
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) attributes: Vec<String>,
    /// Print only items that match; repeat to combine filters
    #[arg(long = "where", value_name = "FILTER")]
    pub(crate) filters: Vec<Filter>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table count --stage prod
  bulletin table count --stage prod --table marks --format json

The count is exact: it reads the whole table, and you pay for that. `table \
describe` prints an estimate that DynamoDB updates about every six hours, free \
of charge.")]
pub(crate) struct TableCountArgs {
    /// The table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table truncate --stage dev                     show the cost
  bulletin table truncate --stage dev --yes               delete the items
  bulletin table truncate --stage dev --drop-and-create --yes

DynamoDB has no call that empties a table. Deleting items one by one costs write \
units. Dropping the table and creating it again is free, but the new table has a \
new stream: run `make deploy` to connect the notifier to it.

A table with deletion protection is refused. Nobody is notified of deleted \
items. To complete an interrupted run, run it again.")]
pub(crate) struct TableTruncateArgs {
    /// The table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// Drop the table and create it again
    #[arg(long)]
    pub(crate) drop_and_create: bool,
    /// Delete the items; without this option, print what would be done
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table drop --stage dev                         show the plan
  bulletin table drop --stage dev --yes
  bulletin table drop --stage dev --table marks --yes

All data in the tables is lost. Use `table export` first to keep the bulletins. \
If one of the tables has deletion protection, none is dropped.")]
pub(crate) struct TableDropArgs {
    /// Drop only this table
    #[arg(long, value_enum)]
    pub(crate) table: Option<TableWord>,
    /// Drop the tables; without this option, print what would be done
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}
