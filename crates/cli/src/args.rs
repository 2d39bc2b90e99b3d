//! The commands and options of `bulletin`, as clap reads them. Excludes what they do, see
//! [`command`](crate::command). Start with [`Args`].

use std::path::PathBuf;

use bulletin::{Chart, Month, MonthRange, parse_month};
use chrono::NaiveDate;
use clap::{Args as ClapArgs, ColorChoice, Parser, Subcommand};
use clap_complete::Shell;

use crate::args::value::{parse_day, parse_stored_month};
use crate::output::{AlertsFormat, Format};

mod access;
mod case;
mod config;
mod doctor;
mod export;
mod migrate;
mod place;
mod replay;
mod seed;
mod service;
mod source;
pub(crate) mod subscribe;
pub(crate) mod table;
mod value;
mod watch;

pub(crate) use access::{CorrectionsArgs, LatestArgs, StandingsArgs};
pub(crate) use case::{CaseArgs, CheckArgs, HistoryArgs};
pub(crate) use config::{ConfigArgs, ConfigCommand};
pub(crate) use doctor::DoctorArgs;
pub(crate) use export::{CellForm, ExportArgs};
pub(crate) use migrate::TableMigrateArgs;
pub(crate) use place::{CapacityArgs, ConnectionArgs, DeploymentArgs, PlaceArgs};
pub(crate) use replay::{QueueWord, ReplayArgs};
pub(crate) use seed::SeedArgs;
pub(crate) use service::{ServiceCommand, ServiceInstallArgs};
pub(crate) use source::SourceArgs;
pub(crate) use subscribe::{SubscribeArgs, SubscriptionsArgs, UnsubscribeArgs};
pub(crate) use table::{DeploymentTableCommand, FileForm, TableCommand, TableExportArgs, TableImportArgs};
pub(crate) use value::{Every, StoredMonth};
pub(crate) use watch::{PreviewArgs, PreviewForm, WantedArgs, WatchAddArgs, WatchCommand};

/// Track the US Visa Bulletin: find new bulletins, store their cut-off dates, and alert people to changes
#[derive(Debug, Parser)]
#[command(name = "bulletin", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  bulletin watch add EB3 India --priority-date 2013-03-15
                                      get an alert whenever EB-3 India moves
  bulletin run                        poll once, store what is new, print alerts
  bulletin run --every 30m            poll every 30 minutes
  bulletin check EB3 India --priority-date 2013-03-15
                                      see if a priority date is current
  bulletin history EB3 India --plot   draw the stored cut-offs in the terminal
  bulletin ingest saved-page.html     store a page saved from a browser";

#[derive(Debug, ClapArgs)]
pub(crate) struct StoreArgs {
    /// The SQLite database [default: visa-bulletin.db in this folder if it exists, otherwise in your data folder] [env:
    /// VISA_BULLETIN_DB]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub(crate) db: Option<PathBuf>,
}

/// The display of output on the terminal.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Global options")]
pub(crate) struct ScreenArgs {
    /// Colour the output; `auto` respects NO_COLOR, CLICOLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
    /// Print long tables without a pager (PAGER, or `less -FRX`)
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Poll for new bulletins, store them, and send alerts to this machine's watches
    Run(RunArgs),
    /// Store pages saved from a browser, for example when every host is blocked
    Ingest(IngestArgs),
    /// Confirm that the rows and columns missing from a stored bulletin are gone
    ConfirmMissing(ConfirmMissingArgs),
    /// Print the cut-offs of saved pages without storing them
    Parse(ParseArgs),
    /// Print one stored bulletin
    Show(ShowArgs),
    /// Print the differences between two stored bulletins
    Diff(DiffArgs),
    /// Print the cut-offs of one category and country, month by month
    History(HistoryArgs),
    /// Print the cut-offs of the two newest bulletins, for a category or a country
    Standings(StandingsArgs),
    /// Print a summary of the newest stored bulletin
    Latest(LatestArgs),
    /// Print the corrections of a case's cut-offs
    Corrections(CorrectionsArgs),
    /// Check if a priority date is current
    Check(CheckArgs),
    /// Export stored cut-offs as one table, for spreadsheets and other programs
    Export(ExportArgs),
    /// Add, list and remove watches
    #[command(subcommand)]
    Watch(WatchCommand),
    /// Print the alerts for a stored bulletin as e-mail, SMS and JSON
    Preview(PreviewArgs),
    /// Subscribe an address to alerts of an AWS deployment
    Subscribe(SubscribeArgs),
    /// Remove a subscription
    Unsubscribe(UnsubscribeArgs),
    /// List the subscriptions of an AWS deployment
    Subscriptions(SubscriptionsArgs),
    /// Retry dead letters, parse pages again, and resend alerts
    Replay(ReplayArgs),
    /// Create, inspect, export, import, migrate and drop tables
    #[command(subcommand)]
    Table(TableCommand),
    /// Print the tracking status of this machine; exit with 1 if there is a problem
    Status(StatusArgs),
    /// Check a database or a deployment for problems, and suggest remedies
    Doctor(DoctorArgs),
    /// Poll regularly on this machine, with systemd or cron
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Print the settings, or write a configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a completion script for a shell
    #[command(after_help = "\
Examples:
  source <(bulletin completions bash)      in ~/.bashrc
  source <(bulletin completions zsh)       in ~/.zshrc, after compinit
  bulletin completions fish | source       in ~/.config/fish/config.fish

The script asks `bulletin` itself for the commands, options, categories,
countries and stored months. The .deb installs it.")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin run                               poll the department's hosts once
  bulletin run --every 30m                   poll every 30 minutes
  bulletin run --every auto                  poll more often while one is due
  bulletin run --backfill 2016-01..2026-06   also store older bulletins
  bulletin run --source saved-pages          read a folder of saved pages
  bulletin run --format json                 print one JSON object per alert

As a cron job:
  */30 * * * *  bulletin run --quiet --db $HOME/visa-bulletin.db

Exits with 1 while something is wrong: a page was refused or could not be
fetched, no host answered, a bulletin is overdue, or an alert is undelivered.
With --quiet, each problem is printed when it occurs, once a day while it lasts,
and when it is solved.")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) pages: SourceArgs,
    /// Poll repeatedly at this interval (30s, 30m, 4h), until stopped. `auto` is 30 minutes while a bulletin is due, and 6
    /// hours otherwise
    #[arg(long, value_name = "TIME")]
    pub(crate) every: Option<Every>,
    /// Also fetch and store the bulletins of these months, once the newest is stored
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) backfill: Option<MonthRange>,
    /// Ping this dead man's switch, such as a check of healthchecks.io, at the start and the end of each poll [env:
    /// VISA_BULLETIN_PING]
    #[arg(long, value_name = "URL")]
    pub(crate) ping: Option<String>,
    /// Act as if today were this day, to replay old pages
    #[arg(long, value_name = "DAY", requires = "source", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// Retry dead-lettered pages and alerts, and retry undelivered alerts now instead of waiting
    #[arg(long)]
    pub(crate) retry: bool,
    #[command(flatten)]
    pub(crate) seed: SeedArgs,
    /// Print only alerts and problems, and each problem once a day
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Print the response of each host
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// The output format of alerts
    #[arg(long, value_enum, default_value_t = AlertsFormat::Table)]
    pub(crate) format: AlertsFormat,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin ingest saved-page.html
  bulletin ingest \"Visa Bulletin For March 2026.mhtml\"
  bulletin ingest saved-pages                       every page of a folder
  curl -s URL | bulletin ingest -                   from standard input
  bulletin ingest saved-page.html --stage prod      into an AWS deployment

A page is an HTML or MHTML (\"Webpage, Single File\") file saved from a browser.
In a folder, files that are not bulletins are listed and skipped; subfolders are
not searched. Every page is read before the first is stored, and the oldest
month is stored first. If a page cannot be read, the reason is printed, the
other pages are stored, and the exit code is 1.

If the name of a file contains a month, the page must be that month's bulletin.
If the month is already stored, every cell is compared with the page, and cells
that differ are corrected.")]
pub(crate) struct IngestArgs {
    /// Saved pages: files, folders, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) seed: SeedArgs,
    /// Confirm that missing rows and columns are gone, and report it as a change
    #[arg(long)]
    pub(crate) confirm_missing: bool,
    /// Confirm that Dates for Filing really repeats Final Action
    #[arg(long)]
    pub(crate) confirm_identical: bool,
    /// Act as if today were this day, to replay old pages
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// The output format of alerts
    #[arg(long, value_enum, default_value_t = AlertsFormat::Table)]
    pub(crate) format: AlertsFormat,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin confirm-missing 2026-03
  bulletin confirm-missing 2026-03 --stage prod     in an AWS deployment

If a page lacks a row or column that it should have, its cells count as
unreadable, and nobody is notified that it is gone. Check the page. If the
department really dropped it, use this command to report the change. If the page
is misprinted, wait for a corrected version, or store one with
`bulletin ingest`.")]
pub(crate) struct ConfirmMissingArgs {
    /// The bulletin, such as 2026-03
    #[arg(value_name = "MONTH", value_parser = parse_month)]
    pub(crate) month: Month,
    /// Act as if today were this day, to replay old pages
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) as_of: Option<NaiveDate>,
    /// The output format of alerts
    #[arg(long, value_enum, default_value_t = AlertsFormat::Table)]
    pub(crate) format: AlertsFormat,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin parse saved-page.html
  bulletin parse --format csv saved-pages > cut-offs.csv
  curl -s URL | bulletin parse -

A page is an HTML or MHTML (\"Webpage, Single File\") file saved from a browser.
In a folder, files that are not bulletins are listed and skipped.

The columns of CSV are bulletin_month, chart, preference, category, area, value,
raw_category, raw_area and raw_value. `value` is an ISO date, C (current), U
(unavailable), or empty if the cell is unreadable.

Unreadable cells and refused pages are reported on standard error. Exits with 1
if a page was refused; the other pages are still printed.")]
pub(crate) struct ParseArgs {
    /// Saved pages: files, folders, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin show 2026-03
  bulletin show \"March 2026\" --chart final --format csv
  bulletin show latest

On DynamoDB, this is one query on the index by month. While that index lags
behind the table, the rows are read by their keys instead, which costs about
twenty times as much.")]
pub(crate) struct ShowArgs {
    /// The bulletin, such as 2026-03 or "March 2026", or `latest`
    #[arg(value_parser = parse_stored_month)]
    pub(crate) month: StoredMonth,
    /// Print only this chart: final or filing
    #[arg(long)]
    pub(crate) chart: Option<Chart>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin diff 2026-02 2026-03
  bulletin diff 2025-10 latest --all --format csv")]
pub(crate) struct DiffArgs {
    /// The earlier bulletin
    #[arg(value_parser = parse_month)]
    pub(crate) from: Month,
    /// The later bulletin, or `latest`
    #[arg(value_parser = parse_stored_month)]
    pub(crate) to: StoredMonth,
    /// Also print unchanged cut-offs
    #[arg(long)]
    pub(crate) all: bool,
    /// The output format
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
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}
