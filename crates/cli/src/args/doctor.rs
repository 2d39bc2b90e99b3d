use chrono::NaiveDate;
use clap::{Args as ClapArgs, ValueEnum};

use super::{PlaceArgs, SourceArgs, parse_day};

/// How an examination is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DoctorFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin doctor                       the database of this machine
  bulletin doctor --stage prod          a deployment on AWS
  bulletin doctor --offline             without asking the department's hosts
  bulletin doctor --format json         for programs

Each part is good, needs a look, or cannot be known from here, and why. Where
something needs a look, the commands behind it are what to do. Nothing is
changed, and each host is asked once. Exits with 1 if something needs a look.")]
pub(crate) struct DoctorArgs {
    /// Do not ask the hosts of the bulletins
    #[arg(long, conflicts_with_all = ["source", "hosts"])]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) pages: SourceArgs,
    /// Act as if today were this day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = DoctorFormat::Table)]
    pub(crate) format: DoctorFormat,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
