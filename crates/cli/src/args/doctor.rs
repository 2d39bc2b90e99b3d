//! The options of `bulletin doctor`.

use chrono::NaiveDate;
use clap::Args as ClapArgs;

use super::value::parse_day;
use super::{PlaceArgs, SourceArgs};
use crate::output::Format;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin doctor                       check the database of this machine
  bulletin doctor --stage prod          check an AWS deployment
  bulletin doctor --offline             skip the department's hosts
  bulletin doctor --format json         print JSON

Prints a verdict for each part: good, warning, problem, or unknown if it cannot
be checked from here. Below a problem are the commands that fix it. Changes
nothing, and sends one request to each host. Exits with 1 if there is a problem.")]
pub(crate) struct DoctorArgs {
    /// Do not contact the department's hosts
    #[arg(long, conflicts_with_all = ["source", "hosts"])]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) pages: SourceArgs,
    /// Act as if today were this day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
