//! The options of `bulletin table migrate`.

use clap::Args as ClapArgs;

use super::{DeploymentArgs, SourceArgs};
use crate::output::Format;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table migrate --stage prod                       show the plan
  bulletin table migrate --stage prod --source saved-pages  read saved pages
  bulletin table migrate --stage prod --yes                 migrate
  bulletin table migrate --stage prod --from-table Bulletins --yes --keep-old

Migrates two older layouts, in the data table of the deployment or in another
table:
  pk=BULLETIN_DATE#2024-04
  sk=FILING_TYPE#..#COUNTRY#..#CATEGORY#..
and
  pk=FILING_TYPE#Final Date#CATEGORY#3rd#COUNTRY#..
  sk=BULLETIN_DATE#2024-04-01

Both layouts store C (current) and U (unavailable) as the date of the bulletin.
A month with such dates is parsed again from its page. If any other cell of the
page differs from the old items, the month is reported and not migrated.

Old items are deleted only after the new rows are read back and match. Nobody is
notified. If interrupted, run it again. Exits with 1 if --yes left anything
behind.")]
pub(crate) struct TableMigrateArgs {
    /// Read old items from this table instead of the deployment's data table
    #[arg(long, value_name = "NAME")]
    pub(crate) from_table: Option<String>,
    /// Migrate; without this option nothing is changed
    #[arg(long)]
    pub(crate) yes: bool,
    /// Keep the old items
    #[arg(long)]
    pub(crate) keep_old: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) pages: SourceArgs,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}
