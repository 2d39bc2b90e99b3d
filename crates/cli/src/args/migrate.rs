use clap::Args as ClapArgs;

use super::{DeploymentArgs, SourceArgs};
use crate::output::Format;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin table migrate --stage prod                       what would be done
  bulletin table migrate --stage prod --source saved-pages  with saved pages
  bulletin table migrate --stage prod --yes                 do it
  bulletin table migrate --stage prod --from-table Bulletins --yes --keep-old

Two older layouts are known, in the deployment's own data table or in another:
  pk=BULLETIN_DATE#2024-04
  sk=FILING_TYPE#..#COUNTRY#..#CATEGORY#..
and
  pk=FILING_TYPE#Final Date#CATEGORY#3rd#COUNTRY#..    sk=BULLETIN_DATE#2024-04-01

In both, current and unavailable were written as the bulletin's own date. Such a
month is read again from its page, and every other cell of the page must say what
the old items do; else the month is named and left as it is. Old items go away
only after what was stored is read back and agrees. Nobody is alerted. When it is
interrupted, running it again completes it. Exits with 1 if --yes left anything.")]
pub(crate) struct TableMigrateArgs {
    /// The table with the old items, where that is not the deployment's own
    #[arg(long, value_name = "NAME")]
    pub(crate) from_table: Option<String>,
    /// Do it; without this nothing is changed
    #[arg(long)]
    pub(crate) yes: bool,
    /// Leave the old items where they are
    #[arg(long)]
    pub(crate) keep_old: bool,
    /// How to print what becomes of each month
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) pages: SourceArgs,
    #[command(flatten)]
    pub(crate) place: DeploymentArgs,
}
