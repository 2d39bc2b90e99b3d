//! The options of `bulletin replay`.

use bulletin::{Month, MonthRange, parse_month};
use clap::{ArgGroup, Args as ClapArgs, ValueEnum};
use operations::deployment::Queue;

use super::PlaceArgs;
use crate::output::Format;

#[derive(Debug, ClapArgs)]
#[command(
    override_usage = "bulletin replay [OPTIONS] \\\n    \
                      <--dead-letters|--months FROM..TO|--alerts|--announce MONTH>",
    group(ArgGroup::new("what").args(["dead_letters", "months", "alerts", "announce"]).required(true).multiple(true)),
    after_help = "\
Examples:
  bulletin replay --dead-letters --dry-run --stage prod   list dead letters
  bulletin replay --dead-letters --stage prod             retry them
  bulletin replay --months 2024-01..2024-06 --stage prod  parse pages again
  bulletin replay --alerts --dry-run --stage prod         list unsent alerts
  bulletin replay --alerts --months 2024-06 --stage prod  send them
  bulletin replay --announce 2024-06 --stage prod         resend all alerts

Without --stage, uses the database and the watches of this machine.

A page that is parsed again changes nothing unless the page or the parser \
changed. Only --announce resends alerts that were already sent. Without --stage, \
watches that were added after the bulletin arrived receive its alerts too.

To resume an interrupted replay, run the same command again. For --announce, add \
--run with the identifier that the interrupted command printed."
)]
pub(crate) struct ReplayArgs {
    /// List the dead letters with their reasons, and retry them
    #[arg(long, conflicts_with_all = ["months", "alerts", "announce"])]
    pub(crate) dead_letters: bool,
    /// Fetch and parse the pages of these months again; with --alerts, send only their alerts
    #[arg(long, value_name = "FROM..TO", conflicts_with = "announce")]
    pub(crate) months: Option<MonthRange>,
    /// Compute the alerts of the bulletins in force and upcoming, or of --months, and send those that were not sent
    #[arg(long, conflicts_with = "announce")]
    pub(crate) alerts: bool,
    /// Resend the alerts of this month to everybody, after a confirmation prompt
    #[arg(long, value_name = "MONTH", value_parser = parse_month)]
    pub(crate) announce: Option<Month>,
    /// Use only the dead letters of this part of the pipeline
    #[arg(long, value_enum, value_name = "QUEUE", conflicts_with_all = ["months", "alerts", "announce"])]
    pub(crate) queue: Option<QueueWord>,
    /// Send at most this many messages per second to the parser
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "stage",
        conflicts_with_all = ["alerts", "announce"],
        value_parser = clap::value_parser!(u32).range(1..=500)
    )]
    pub(crate) max_rate: Option<u32>,
    /// Print what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Resume the interrupted announcement with this identifier, which it printed
    #[arg(
        long,
        value_name = "ID",
        conflicts_with_all = ["dead_letters", "months", "alerts"],
        value_parser = parse_run
    )]
    pub(crate) run: Option<String>,
    /// Skip the confirmation prompt
    #[arg(long)]
    pub(crate) yes: bool,
    /// The output format of lists
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// The part of the pipeline that left dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum QueueWord {
    /// Pages that were refused
    Parser,
    /// Changes whose alerts were not sent
    Notifier,
    /// Polls of the source that failed
    Fetcher,
    /// Polls that the schedule could not start
    Scheduler,
}

impl QueueWord {
    /// The dead-letter queues of this part in a deployment.
    pub(crate) fn queues(self) -> &'static [Queue] {
        match self {
            Self::Parser => &[Queue::RefusedPages],
            Self::Notifier => &[Queue::UnreadRecords, Queue::GivenUpRecords],
            Self::Fetcher => &[Queue::FailedLooks],
            Self::Scheduler => &[Queue::MissedLooks],
        }
    }
}

/// The maximal length of the identifier of a run.
const RUN_LETTERS: usize = 40;

fn parse_run(text: &str) -> Result<String, String> {
    let is_word = (1..=RUN_LETTERS).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_word {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "invalid run \"{text}\": expected the identifier that the interrupted announcement printed, such as \
             20240614T120000Z"
        ))
    }
}
