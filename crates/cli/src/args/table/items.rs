use clap::{Args as ClapArgs, ValueEnum};
use operations::table::{Filter, TableKind};

use crate::args::{CapacityArgs, ConnectionArgs, DeploymentArgs};
use crate::output::Format;

/// One of a deployment's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableWord {
    /// Rows, standings and bulletins
    Data,
    /// Links to pages, and the last looks at the source
    Links,
    /// Marks of alerts that were sent
    Marks,
}

impl TableWord {
    pub(crate) fn kind(self) -> TableKind {
        match self {
            Self::Data => TableKind::Data,
            Self::Links => TableKind::Links,
            Self::Marks => TableKind::Marks,
        }
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table create --stage dev
  bulletin table create --stage dev --removable
  bulletin table create --stage dev --table marks

For emulators, and for what `table drop` took away: `make deploy` makes the tables of a deployment itself, and refuses to \
where others made them. The command waits until the tables can be used. Run again, it sets what is not set yet, and \
changes nothing else.")]
pub(crate) struct TableCreateArgs {
    /// Only this table
    #[arg(long, value_enum)]
    pub(crate) table: Option<TableWord>,
    /// Without deletion protection, as the template makes tables whose data may go
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
    /// Which table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// How to print it
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
    /// How to print them
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

A filter is an attribute, a sign and a value; all of several must hold. Signs are =, !=, <, <=, >, >= and ^= for \"begins \
with\"; quote what the shell would take for its own. A filter saves no cost: DynamoDB reads the whole table all the same. \
`history`, `show`, `standings` and `latest` read only what they need. JSON is one object a line.")]
pub(crate) struct TableScanArgs {
    /// Which table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// At most so many items
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Only these attributes
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) attributes: Vec<String>,
    /// Only items that say this; may be repeated
    #[arg(long = "where", value_name = "FILTER")]
    pub(crate) filters: Vec<Filter>,
    /// How to print them
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

The count is exact: the whole table is read for it, and paid for. `table describe` says what DynamoDB itself counts some \
times a day, for nothing.")]
pub(crate) struct TableCountArgs {
    /// Which table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table truncate --stage dev                     what it would cost
  bulletin table truncate --stage dev --yes               delete item by item
  bulletin table truncate --stage dev --drop-and-create --yes

DynamoDB has no call that empties a table. Deleting item by item costs write units; dropping the table and making it \
anew costs nothing, and gives it another stream, to which a deployed notifier must be tied again with `make deploy`. \
A table with deletion protection is refused. Nobody is alerted: the stream tells of each item that it is gone, and the \
notifier leaves that alone. An interrupted one goes on when it is run again.")]
pub(crate) struct TableTruncateArgs {
    /// Which table
    #[arg(long, value_enum, default_value_t = TableWord::Data)]
    pub(crate) table: TableWord,
    /// Drop the table and make it anew
    #[arg(long)]
    pub(crate) drop_and_create: bool,
    /// Do it; without this it is only said what would be done
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table drop --stage dev                         what would go
  bulletin table drop --stage dev --yes
  bulletin table drop --stage dev --table marks --yes

Everything in the tables is lost; `table export` keeps the bulletins. Where any of the tables has deletion protection, \
none is dropped.")]
pub(crate) struct TableDropArgs {
    /// Only this table
    #[arg(long, value_enum)]
    pub(crate) table: Option<TableWord>,
    /// Do it; without this it is only said what would be done
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}
