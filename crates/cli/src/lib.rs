//! The `bulletin` command: the whole pipeline on one machine, queries of stored bulletins, and the operation of a
//! deployment. Excludes the stages themselves, see the crates `pipeline` and `operations`. `args` has the commands
//! and options, `command` has what they do.

#[cfg_attr(
    not(feature = "aws"),
    expect(
        dead_code,
        reason = "every build has the same options, but only AWS uses some of them"
    )
)]
mod args;
mod clock;
mod command;
mod complete;
mod database;
mod field;
mod new_file;
mod output;
mod paint;
mod plot;
mod progress;
mod quote;
mod saved_page;
mod screen;
mod service;
mod settings;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use pipeline::port::StoreError;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::args::{Args, Command};
use crate::settings::Settings;

/// The definition of all commands and options, for the reference and the man pages.
#[must_use]
pub fn definition() -> clap::Command {
    Args::command()
}

/// The files of `docs/schemas` with their contents: a schema for the output of each command, and the table of all fields.
#[must_use]
pub fn schemas() -> Vec<(String, String)> {
    field::schema::files()
}

/// Runs the command that the arguments of this process choose.
#[must_use]
pub fn run() -> ExitCode {
    complete::answer_shell();
    let args = Args::parse();
    screen::set_up(args.screen.color, !args.screen.no_pager);
    tracing_subscriber::registry()
        .with(log_filter(&args.command))
        .with(
            tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .without_time(),
        )
        .init();
    match &args.command {
        Command::Completions { shell } => finish(complete::print_script(*shell), None),
        // An invalid file must not keep `config` from naming it.
        Command::Config(config) => finish(command::config::run(&args, config), None),
        command => match Settings::load(&args) {
            Ok(settings) => {
                warn(command, &settings);
                finish(dispatch(command, &settings), Some(&settings))
            }
            Err(error) => finish(Err(error), None),
        },
    }
}

/// Warns if other users can read a secret. A run does that itself, with `--quiet` once a day.
fn warn(command: &Command, settings: &Settings) {
    if let (Some(exposed), false) = (&settings.exposed, matches!(command, Command::Run(_))) {
        output::complain("warning", exposed);
    }
}

fn dispatch(command: &Command, settings: &Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(run) => command::run::run(settings, run),
        Command::Ingest(ingest) => command::ingest::run(settings, ingest),
        Command::ConfirmMissing(confirm) => command::confirm_missing::run(settings, confirm),
        Command::Parse(parse) => command::parse::run(parse),
        Command::Show(show) => command::show::run(settings, show),
        Command::Diff(diff) => command::diff::run(settings, diff),
        Command::History(history) => command::history::run(settings, history),
        Command::Standings(standings) => command::standings::run(settings, standings),
        Command::Latest(latest) => command::latest::run(settings, latest),
        Command::Corrections(corrections) => command::corrections::run(settings, corrections),
        Command::Check(check) => command::check::run(settings, check),
        Command::Export(export) => command::export::run(settings, export),
        Command::Watch(watch) => command::watch::run(settings, watch),
        Command::Preview(preview) => command::preview::run(settings, preview),
        Command::Subscribe(subscribe) => command::aws::subscribe(settings, subscribe),
        Command::Unsubscribe(unsubscribe) => command::aws::unsubscribe(settings, unsubscribe),
        Command::Subscriptions(subscriptions) => command::aws::subscriptions(settings, subscriptions),
        Command::Replay(replay) => command::replay::run(settings, replay),
        Command::Table(table) => command::table::run(settings, table),
        Command::Status(status) => command::status::run(settings, status),
        Command::Service(service) => command::service::run(settings, service),
        Command::Doctor(doctor) => command::doctor::run(settings, doctor),
        // These need no settings, see `run`.
        Command::Config(_) | Command::Completions { .. } => Ok(ExitCode::SUCCESS),
    }
}

/// Prints an error, and turns the outcome into an exit code.
fn finish(done: anyhow::Result<ExitCode>, settings: Option<&Settings>) -> ExitCode {
    let error = match done {
        Ok(code) => return code,
        Err(error) if is_broken_pipe(&error) => return ExitCode::SUCCESS,
        Err(error) => error,
    };
    let database = match (settings, error.downcast_ref::<StoreError>()) {
        (Some(settings), Some(_)) => database_name(settings),
        _ => String::new(),
    };
    output::complain("error", &format!("{database}{error:#}"));
    let is_usage_error = error.is::<bulletin::UnknownSpelling>()
        || error.is::<bulletin::PolicyError>()
        || command::aws::is_usage_error(&error);
    if is_usage_error {
        ExitCode::from(2)
    } else {
        ExitCode::FAILURE
    }
}

/// The database in front of an error about it.
fn database_name(settings: &Settings) -> String {
    database::locate_quietly(settings)
        .map(|location| format!("{}: ", location.path.display()))
        .unwrap_or_default()
}

/// The filter of the log: `RUST_LOG`, or warnings and errors. Not the usual `EnvFilter`, whose regular expressions are a
/// twentieth of the binary and of its build time.
fn log_filter(command: &Command) -> Targets {
    match command {
        // The AWS SDK would log its requests, which contain people's addresses.
        Command::Subscribe(_) | Command::Unsubscribe(_) | Command::Subscriptions(_) | Command::Doctor(_) => {
            Targets::new().with_default(LevelFilter::OFF)
        }
        _ => std::env::var("RUST_LOG")
            .ok()
            .filter(|filter| !filter.trim().is_empty())
            .and_then(|filter| filter.parse().ok())
            .unwrap_or_else(|| Targets::new().with_default(LevelFilter::WARN)),
    }
}

/// True if the reader of the output has closed it, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
