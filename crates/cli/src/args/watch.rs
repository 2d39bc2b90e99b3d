//! The options of `watch` and `preview`, and the arguments that name a case or every bulletin.

use bulletin::{Area, Case, Category, Chart, Month, UnknownSpelling, When, parse_area, parse_month};
use chrono::NaiveDate;
use clap::{ArgAction, ArgGroup, Args as ClapArgs, Subcommand, ValueEnum};
use mail::EmailAddress;

use super::value::parse_priority_date;
use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Watch one case, or every bulletin
    #[command(after_help = "\
Examples:
  bulletin watch add EB3 India --priority-date 2013-03-15
      every movement and correction, printed by `bulletin run`
  bulletin watch add --category EB3 --country India --priority-date 2013-03-15 \\
      --when current --email you@example.com
      an e-mail when that date becomes current, or stops being current
  bulletin watch add F2A Brazil --when every \\
      --exec 'notify-send \"$ALERT_SUBJECT\"'
      run a command every month, even if nothing moves
  bulletin watch add --bulletins
      one summary of each bulletin

`bulletin run` sends the e-mail. Configure it with these environment variables,
or in config.toml (see `bulletin config init --print`):
  SMTP_HOST      the server that accepts your mail, such as smtp.example.com
  MAIL_FROM      the address that mail is sent from, such as you@example.com
  SMTP_USER, SMTP_PASSWORD (or SMTP_PASSWORD_FILE)
                 the credentials, if the server requires them
  SMTP_TLS       starttls, tls, plain or insecure-plain. The default is plain
                 for a server on this machine, otherwise starttls; plain is
                 allowed only for a server on this machine
  SMTP_PORT      the port; the default is 587 for starttls, 465 for tls and 25
                 for plain
  SMTP_CA_FILE   a certificate to trust in addition to the public ones, as PEM
  SMTP_EHLO_NAME the name to give in EHLO; the default is the name of the host

Undelivered alerts are retried for five days. Until they are delivered, every
run exits with 1 and tells you how to retry or discard them.

`sh -c` runs the command of --exec. Its standard input is the alert as one line
of JSON, and its environment has ALERT_ID, ALERT_SUBJECT, ALERT_MONTH and
ALERT_WATCH. Exit code 0 means that the alert was sent. After any other exit
code, or after 60 seconds, the alert is retried later, and the last line of
standard error is reported as the reason.")]
    Add(WatchAddArgs),
    /// List the watches
    List {
        /// The output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Remove a watch
    Remove {
        /// The number of the watch, as `watch list` prints it
        #[arg(value_parser = parse_watch)]
        id: i64,
    },
}

#[derive(Debug, ClapArgs)]
#[command(
    override_usage = "bulletin watch add [OPTIONS] <CATEGORY COUNTRY|--bulletins>",
    group(ArgGroup::new("what").args(["category", "category_word", "bulletins"]).required(true).multiple(true))
)]
pub(crate) struct WatchAddArgs {
    #[command(flatten)]
    pub(crate) wanted: WantedArgs,
    /// Send alerts by e-mail to this address instead of printing them
    #[arg(long, value_name = "ADDRESS", conflicts_with = "exec")]
    pub(crate) email: Option<EmailAddress>,
    /// Pass alerts to this command instead of printing them
    #[arg(long, value_name = "COMMAND", value_parser = parse_command)]
    pub(crate) exec: Option<String>,
}

/// The arguments that name a case or every bulletin.
#[derive(Debug, ClapArgs)]
pub(crate) struct WantedArgs {
    /// The preference category, such as F2A, EB-3 or "other workers"
    #[arg(group = "case", requires = "area")]
    category: Option<Category>,
    /// The country of chargeability, such as India, "mainland China" or Brazil
    #[arg(value_name = "COUNTRY", value_parser = parse_area)]
    area: Option<Area>,
    /// The preference category, instead of the first argument
    #[arg(
        id = "category_word",
        long = "category",
        value_name = "CATEGORY",
        group = "case",
        requires = "area_word"
    )]
    category_word: Option<Category>,
    /// The country of chargeability, instead of the second argument
    #[arg(
        id = "area_word",
        long = "country",
        value_name = "COUNTRY",
        value_parser = parse_area,
        requires = "category_word"
    )]
    area_word: Option<Area>,
    /// The priority date, such as 2013-03-15
    #[arg(long, value_name = "DATE", value_parser = parse_priority_date, requires = "case")]
    pub(crate) priority_date: Option<NaiveDate>,
    /// The filter: every, moves, corrected, only:retrogressed; with a priority date also current, passes, goes-back,
    /// within:60d. A new filter without this option is `moves`
    #[arg(long, requires = "case")]
    pub(crate) when: Option<When>,
    /// Only this chart: final or filing
    #[arg(long, requires = "case")]
    pub(crate) chart: Option<Chart>,
    /// Summaries of whole bulletins, instead of a case
    #[arg(long, action = ArgAction::SetTrue, conflicts_with = "case")]
    pub(crate) bulletins: bool,
}

impl WantedArgs {
    /// The case, however it was written; `None` for whole bulletins.
    pub(crate) fn case(&self) -> Option<Case> {
        Some(Case {
            category: self.category.or(self.category_word)?,
            area: self.area.or(self.area_word)?,
        })
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin preview 2024-04
      the summary for subscribers of every bulletin
  bulletin preview 2024-04 --category EB2 --country India \\
      --priority-date 2012-04-10
      the alerts for subscribers of this case
  bulletin preview 2024-04 --category EB2 --country India --as sms
      the same alerts as SMS

Computes the alerts from the stored bulletin and sends nothing. For a corrected
bulletin, prints the alerts of the first version and then those of each
correction.")]
pub(crate) struct PreviewArgs {
    /// The bulletin, such as 2026-03 or "March 2026"
    #[arg(value_parser = parse_month)]
    pub(crate) month: Month,
    /// The preference category, such as F2A, EB-3 or "other workers"
    #[arg(long, requires = "country")]
    pub(crate) category: Option<Category>,
    /// The country of chargeability, such as India, "mainland China" or Brazil
    #[arg(long, value_parser = parse_area, requires = "category")]
    pub(crate) country: Option<Area>,
    /// The priority date, such as 2013-03-15
    #[arg(long, value_name = "DATE", value_parser = parse_priority_date, requires = "category")]
    pub(crate) priority_date: Option<NaiveDate>,
    /// Print only alerts for this filter: a value of `watch add --when`
    #[arg(long, requires = "category")]
    pub(crate) when: Option<When>,
    /// Print only alerts for this chart: final or filing
    #[arg(long, requires = "category")]
    pub(crate) chart: Option<Chart>,
    /// Print only this form
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(crate) form: Option<PreviewForm>,
}

/// The form of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PreviewForm {
    /// The e-mail message
    Email,
    /// At most 160 characters
    Sms,
    /// One line of JSON, as for commands
    Json,
}

fn parse_watch(text: &str) -> Result<i64, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("invalid watch \"{text}\": expected a number that `bulletin watch list` prints"))
}

fn parse_command(text: &str) -> Result<String, UnknownSpelling> {
    if text.trim().is_empty() {
        return Err(UnknownSpelling::new(
            "command",
            text,
            ["one like 'notify-send \"$ALERT_SUBJECT\"'".into()],
        )
        .because("The command is empty."));
    }
    Ok(text.to_owned())
}
