//! The options of `standings`, `latest` and `corrections`.

use bulletin::{Area, Category, Month, parse_area, parse_month};
use clap::Args as ClapArgs;

use super::{CaseArgs, PlaceArgs};
use crate::output::Format;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin standings --country India
  bulletin standings --category EB3 --format csv
  bulletin standings --country Brazil --category F2A --stage prod

Without --category and --country, prints every case. A country without a \
separate column is counted where the bulletins count it, usually under all \
other areas. On DynamoDB, each case is one item that is read by its key.")]
pub(crate) struct StandingsArgs {
    /// Print only this category, such as F2A or EB-3
    #[arg(long, value_name = "CATEGORY")]
    pub(crate) category: Option<Category>,
    /// Print only this country of chargeability, such as India or Brazil
    #[arg(long, value_name = "COUNTRY", value_parser = parse_area)]
    pub(crate) country: Option<Area>,
    /// The output format
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
    /// The output format
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

For each corrected cell, prints the old value, when it was replaced, and the \
host that served it, newest first.")]
pub(crate) struct CorrectionsArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// Print only corrections of this bulletin
    #[arg(value_parser = parse_month)]
    pub(crate) month: Option<Month>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
