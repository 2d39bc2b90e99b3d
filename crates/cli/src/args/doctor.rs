use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, ValueEnum};

use super::{PlaceArgs, parse_day};

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
    /// A folder of saved pages that stands for the department's hosts
    #[arg(long, value_name = "DIR")]
    pub(crate) source: Option<PathBuf>,
    /// A host to ask, in place of the department's usual ones; may be repeated
    #[arg(long = "host", value_name = "URL", conflicts_with = "source")]
    pub(crate) hosts: Vec<String>,
    /// Take hosts outside state.gov
    #[arg(long, requires = "hosts")]
    pub(crate) allow_other_hosts: bool,
    /// Who runs this, for the hosts to know: an e-mail or web address, sent as part of the User-Agent
    #[arg(long, value_name = "CONTACT", env = "VISA_BULLETIN_CONTACT")]
    pub(crate) contact: Option<String>,
    /// Act as if today were this day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = DoctorFormat::Table)]
    pub(crate) format: DoctorFormat,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
