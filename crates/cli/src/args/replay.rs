use bulletin::{Month, MonthRange};
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
  bulletin replay --dead-letters --dry-run --stage prod   what lies there, and why
  bulletin replay --dead-letters --stage prod             and try it again
  bulletin replay --months 2024-01..2024-06 --stage prod  read these pages again
  bulletin replay --alerts --dry-run --stage prod         what was not sent
  bulletin replay --alerts --months 2024-06 --stage prod  and send it
  bulletin replay --announce 2024-06 --stage prod         send all of it once more
Without --stage the database of this machine is meant, and its watches.

A page that is read again changes nothing unless it, or the reader, changed. An alert that was sent is not sent again, \
but by --announce; a watch of this machine that was added since is told too. Whatever is interrupted goes on where it stopped when the same is run again; --announce needs the \
--run that it printed for that."
)]
pub(crate) struct ReplayArgs {
    /// List the dead letters with their reasons, and try them again
    #[arg(long, conflicts_with_all = ["months", "alerts", "announce"])]
    pub(crate) dead_letters: bool,
    /// Have the pages of these months read again; with --alerts: only these months
    #[arg(long, value_name = "FROM..TO", conflicts_with = "announce")]
    pub(crate) months: Option<MonthRange>,
    /// Work out alerts again from what is stored, and send those that were not sent: of the bulletins in force and to
    /// come, or of --months
    #[arg(long, conflicts_with = "announce")]
    pub(crate) alerts: bool,
    /// Send the alerts of this month again, to everybody, after asking
    #[arg(long, value_name = "MONTH")]
    pub(crate) announce: Option<Month>,
    /// Only the dead letters of this part of the pipeline
    #[arg(long, value_enum, value_name = "WHOSE", conflicts_with_all = ["months", "alerts", "announce"])]
    pub(crate) queue: Option<QueueWord>,
    /// Send at most so many messages a second to the parser
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "stage",
        conflicts_with_all = ["alerts", "announce"],
        value_parser = clap::value_parser!(u32).range(1..=500)
    )]
    pub(crate) max_rate: Option<u32>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Go on with an announcement that was interrupted: the word that it printed
    #[arg(
        long,
        value_name = "WORD",
        conflicts_with_all = ["dead_letters", "months", "alerts"],
        value_parser = parse_run
    )]
    pub(crate) run: Option<String>,
    /// Ask nothing
    #[arg(long)]
    pub(crate) yes: bool,
    /// How to print lists
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Whose dead letters are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum QueueWord {
    /// Pages that were refused
    Parser,
    /// Changes whose alerts were not sent
    Notifier,
    /// Looks at the source that failed
    Fetcher,
    /// Looks that the schedule could not begin
    Scheduler,
}

impl QueueWord {
    /// The queues of a deployment that are meant.
    pub(crate) fn queues(self) -> &'static [Queue] {
        match self {
            Self::Parser => &[Queue::RefusedPages],
            Self::Notifier => &[Queue::UnreadRecords, Queue::GivenUpRecords],
            Self::Fetcher => &[Queue::FailedLooks],
            Self::Scheduler => &[Queue::MissedLooks],
        }
    }
}

/// How long the word for a run may be.
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
            "\"{text}\" is no run. Write the word that the interrupted announcement printed, such as 20240614T120000Z"
        ))
    }
}
