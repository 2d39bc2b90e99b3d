use std::path::PathBuf;
use std::time::Duration;

use bulletin::{Area, Case, Category, Chart, Month, MonthRange};
use chrono::NaiveDate;
use clap::{Args as ClapArgs, Parser, Subcommand};
use clap_complete::Shell;

use crate::output::{AlertsFormat, Format};

mod access;
mod doctor;
mod migrate;
mod place;
mod replay;
mod source;
mod subscribe;
mod table;
mod watch;

pub(crate) use access::{CorrectionsArgs, LatestArgs, StandingsArgs};
pub(crate) use doctor::{DoctorArgs, DoctorFormat};
pub(crate) use migrate::TableMigrateArgs;
pub(crate) use place::{CapacityArgs, ConnectionArgs, DeploymentArgs, PlaceArgs};
pub(crate) use replay::{QueueWord, ReplayArgs};
pub(crate) use source::SourceArgs;
pub(crate) use subscribe::{AwsArgs, SubscribeArgs, SubscriptionsArgs, UnsubscribeArgs};
pub(crate) use table::{
    FileForm, TableCommand, TableCountArgs, TableCreateArgs, TableDescribeArgs, TableDropArgs,
    TableExportArgs, TableImportArgs, TableListArgs, TableScanArgs, TableTruncateArgs, TableWord,
};
pub(crate) use watch::{PreviewArgs, PreviewForm, WantedArgs, WatchAddArgs, WatchCommand};

/// Track the US Visa Bulletin on one machine: find bulletins, store their cut-off dates, tell what moved.
#[derive(Debug, Parser)]
#[command(name = "bulletin", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  bulletin watch add EB3 India --priority-date 2013-03-15
                                      be told when EB-3 India moves
  bulletin run                        look once, store what is new, print alerts
  bulletin run --every 30m            the same round the clock
  bulletin check EB3 India --priority-date 2013-03-15
                                      where a priority date stands
  bulletin history EB3 India --plot   two decades in the terminal
  bulletin ingest saved-page.html     feed a page saved from a browser";

#[derive(Debug, ClapArgs)]
pub(crate) struct StoreArgs {
    /// The SQLite file that holds everything
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "VISA_BULLETIN_DB",
        default_value = "visa-bulletin.db"
    )]
    pub(crate) db: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find new bulletins, store them, and send the alerts of this machine's watches
    Run(RunArgs),
    /// Store pages saved from a browser, for the days when every host is blocked
    Ingest(IngestArgs),
    /// Confirm that rows and columns missing from a stored bulletin are gone
    ConfirmMissing(ConfirmMissingArgs),
    /// Read pages and print their cut-offs, storing nothing
    Parse(ParseArgs),
    /// Print one stored bulletin
    Show(ShowArgs),
    /// Print what moved between two stored bulletins
    Diff(DiffArgs),
    /// Print what one case's cut-offs were over the months
    History(HistoryArgs),
    /// Print what rules now and next month, for a category or a country
    Standings(StandingsArgs),
    /// Print which bulletin was stored last, and what is known of it
    Latest(LatestArgs),
    /// Print what was corrected in a case's cells
    Corrections(CorrectionsArgs),
    /// Say where a priority date stands
    Check(CheckArgs),
    /// Say what you want to be told of
    #[command(subcommand)]
    Watch(WatchCommand),
    /// Print what subscribers of a stored bulletin would be sent: e-mail, SMS, JSON
    Preview(PreviewArgs),
    /// Have alerts of a deployment on AWS sent to somebody
    Subscribe(SubscribeArgs),
    /// End what `subscribe` began
    Unsubscribe(UnsubscribeArgs),
    /// Print who is subscribed on AWS, and to what
    Subscriptions(SubscriptionsArgs),
    /// Try again what failed for good: dead letters, pages, alerts
    Replay(ReplayArgs),
    /// Make, look at, move and take away whole tables of bulletins
    #[command(subcommand)]
    Table(TableCommand),
    /// Say how tracking goes, and what needs a look; exits with 1 if something does
    Status(StatusArgs),
    /// Look a database or a deployment through from end to end, and say what to do
    Doctor(DoctorArgs),
    /// Print a completion script for a shell
    #[command(after_help = "\
Examples:
  bulletin completions bash > ~/.local/share/bash-completion/completions/bulletin
  bulletin completions zsh > ~/.zfunc/_bulletin
  bulletin completions fish > ~/.config/fish/completions/bulletin.fish")]
    Completions {
        /// Which shell
        shell: Shell,
    },
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin run                               once, from the department's hosts
  bulletin run --every 30m                   round the clock, until stopped
  bulletin run --backfill 2016-01..2026-06   the history too, once the newest
                                             bulletin is stored
  bulletin run --source saved-pages          from a folder of saved pages
  bulletin run --format json                 each alert as a JSON object, a line
                                             each
A line for cron:
  */30 * * * *  bulletin run --quiet --db $HOME/visa-bulletin.db

Exits with 1 if a page was refused, no host answered, or an alert is undelivered.")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) pages: SourceArgs,
    /// Look again after this time (30s, 30m, 4h), until stopped
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) every: Option<Duration>,
    /// Store the bulletins of these months too, once the newest is stored
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) backfill: Option<MonthRange>,
    /// Act as if today were this day: plays old pages again
    #[arg(long, value_name = "DAY", requires = "source", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// Retry dead-lettered pages and alerts, and undelivered alerts at once
    #[arg(long)]
    pub(crate) retry: bool,
    /// Print nothing but alerts and what went wrong
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// How to print alerts
    #[arg(long, value_enum, default_value_t = AlertsFormat::Table)]
    pub(crate) format: AlertsFormat,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin ingest saved-page.html
  bulletin ingest ~/Downloads/visa-bulletin-for-*.html
  bulletin ingest saved-page.html --stage prod      into a deployment on AWS
A file whose name tells a month must be that month's bulletin. A page of a month
that is stored is held against every cell: what somebody else changed is put back.")]
pub(crate) struct IngestArgs {
    /// The pages
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Confirm that missing rows and columns are gone, and report it as a change
    #[arg(long)]
    pub(crate) confirm_missing: bool,
    /// Confirm that Dates for Filing really repeats Final Action
    #[arg(long)]
    pub(crate) confirm_identical: bool,
    /// Act as if today were this day: plays old pages again
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// How to print alerts
    #[arg(long, value_enum, default_value_t = AlertsFormat::Table)]
    pub(crate) format: AlertsFormat,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin confirm-missing 2026-03
  bulletin confirm-missing 2026-03 --stage prod     in a deployment on AWS
A row or column that a page should have and does not have counts as unreadable, and
nobody is notified that it is gone. Check the page. If the department really dropped it,
this command reports the change. If the page is misprinted, wait for a corrected
version, or feed one with `bulletin ingest`.")]
pub(crate) struct ConfirmMissingArgs {
    /// The bulletin, such as 2026-03
    #[arg(value_name = "MONTH")]
    pub(crate) month: Month,
    /// Act as if today were this day: plays old pages again
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// How to print alerts
    #[arg(long, value_enum, default_value_t = AlertsFormat::Table)]
    pub(crate) format: AlertsFormat,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin parse saved-page.html
  bulletin parse --format csv pages/*.html > cut-offs.csv

The columns of CSV are bulletin_month, chart, preference, category, area, value, raw_category, raw_area and raw_value.
`value` is an ISO date, C (current), U (unavailable), or empty where the cell cannot be read. What could not be read is
said on standard error, a line each. A page that is refused is named there too; the others are read, and the exit is 1.")]
pub(crate) struct ParseArgs {
    /// The pages
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin show 2026-03
  bulletin show \"March 2026\" --chart final --format csv

On DynamoDB one query on the index by month gives it. The index may lag some moments behind; where the bulletin's digest \
says that it does, the rows are read by their keys, which costs about twenty times as much.")]
pub(crate) struct ShowArgs {
    /// The bulletin, such as 2026-03 or "March 2026"
    pub(crate) month: Month,
    /// Only one chart: final or filing
    #[arg(long)]
    pub(crate) chart: Option<Chart>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin diff 2026-02 2026-03
  bulletin diff 2025-10 2026-03 --all --format csv")]
pub(crate) struct DiffArgs {
    /// The earlier bulletin
    pub(crate) from: Month,
    /// The later bulletin
    pub(crate) to: Month,
    /// Also what did not move
    #[arg(long)]
    pub(crate) all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// A case as people write it.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub(crate) struct CaseArgs {
    /// The preference category, such as F2A, EB-3 or "other workers"
    pub(crate) category: Category,
    /// The country of chargeability, such as India, "mainland China" or Brazil
    #[arg(value_name = "COUNTRY")]
    pub(crate) area: Area,
}

impl CaseArgs {
    pub(crate) fn case(self) -> Case {
        Case {
            category: self.category,
            area: self.area,
        }
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin history EB3 India --plot
  bulletin history F2A Mexico --months 2020-01..2024-12 --format csv
  bulletin history EB2 China --plot --svg eb2-china.svg")]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// Only one chart: final or filing
    #[arg(long)]
    pub(crate) chart: Option<Chart>,
    /// Only these months
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) months: Option<MonthRange>,
    /// Only so many months, the newest
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Draw the cut-off against the bulletin month
    #[arg(long)]
    pub(crate) plot: bool,
    /// Write the drawing to an SVG file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin check EB3 India --priority-date 2013-03-15
  bulletin check F2A Brazil --priority-date \"15 Mar 2023\" --month 2026-03
A priority date is current if it is earlier than the cut-off; the cut-off date itself is not.")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// The priority date, such as 2013-03-15
    #[arg(long, value_name = "DATE", value_parser = parse_priority_date)]
    pub(crate) priority_date: NaiveDate,
    /// The bulletin to check, instead of the one in force and the next
    #[arg(long)]
    pub(crate) month: Option<Month>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct StatusArgs {
    /// Act as if today were this day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

fn parse_priority_date(text: &str) -> Result<NaiveDate, bulletin::UnknownSpelling> {
    bulletin::parse_priority_date(text, chrono::Utc::now().date_naive())
}

fn parse_day(text: &str) -> Result<NaiveDate, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("invalid date \"{text}\": expected YYYY-MM-DD, for example 2024-03-13"))
}

/// Reads `30s`, `30m`, `4h`. Less than half a minute would pester the department's hosts.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let unknown = || format!("invalid duration \"{text}\": expected 30s, 30m or 4h");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(unknown)?;
    let number: u64 = text[..split].parse().map_err(|_| unknown())?;
    let seconds = match &text[split..] {
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => None,
    };
    match seconds {
        Some(seconds @ 30..=604_800) => Ok(Duration::from_secs(seconds)),
        Some(_) => Err(format!(
            "{text} is not between 30s and 168h. 30m is a good choice"
        )),
        None => Err(unknown()),
    }
}
