use bulletin::{Area, Category, Month};
use clap::Args as ClapArgs;

use super::{CaseArgs, PlaceArgs};
use crate::output::Format;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin standings --country India
  bulletin standings --category EB3 --format csv
  bulletin standings --country Brazil --category F2A --stage prod

For each case the two newest bulletins that are stored. Without --category and \
--country every case is printed. A country without a column of its own is \
counted where the bulletins count it. On DynamoDB each case is one item that is \
read by its key.")]
pub(crate) struct StandingsArgs {
    /// Only this category, such as F2A or EB-3
    #[arg(long, value_name = "CATEGORY")]
    pub(crate) category: Option<Category>,
    /// Only this country of chargeability, such as India or Brazil
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) country: Option<Area>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin latest
  bulletin latest --stage prod --format json")]
pub(crate) struct LatestArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin corrections EB3 India
  bulletin corrections EB3 India 2024-04 --stage prod

What stood in the case's cells before the department corrected them, the last \
replaced first: what was printed, until when, and which host had given it.")]
pub(crate) struct CorrectionsArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// Only this bulletin
    pub(crate) month: Option<Month>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
