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
mod output;
mod paint;
mod plot;
mod progress;
mod saved_page;
mod screen;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use pipeline::port::StoreError;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::args::{Args, Command};

/// The definition of all commands and options, for the reference and the man pages.
#[must_use]
pub fn definition() -> clap::Command {
    Args::command()
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
    let done = match &args.command {
        Command::Run(run) => command::run::run(&args.store, run),
        Command::Ingest(ingest) => command::ingest::run(&args.store, ingest),
        Command::ConfirmMissing(confirm) => command::confirm_missing::run(&args.store, confirm),
        Command::Parse(parse) => command::parse::run(parse),
        Command::Show(show) => command::show::run(&args.store, show),
        Command::Diff(diff) => command::diff::run(&args.store, diff),
        Command::History(history) => command::history::run(&args.store, history),
        Command::Standings(standings) => command::standings::run(&args.store, standings),
        Command::Latest(latest) => command::latest::run(&args.store, latest),
        Command::Corrections(corrections) => command::corrections::run(&args.store, corrections),
        Command::Check(check) => command::check::run(&args.store, check),
        Command::Watch(watch) => command::watch::run(&args.store, watch),
        Command::Preview(preview) => command::preview::run(&args.store, preview),
        Command::Subscribe(subscribe) => command::aws::subscribe(subscribe),
        Command::Unsubscribe(unsubscribe) => command::aws::unsubscribe(unsubscribe),
        Command::Subscriptions(subscriptions) => command::aws::subscriptions(subscriptions),
        Command::Replay(replay) => command::replay::run(&args.store, replay),
        Command::Table(table) => command::table::run(&args.store, table),
        Command::Status(status) => command::status::run(&args.store, status),
        Command::Doctor(doctor) => command::doctor::run(&args.store, doctor),
        Command::Completions { shell } => complete::print_script(*shell),
    };
    match done {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let database = match error.downcast_ref::<StoreError>() {
                Some(_) => database_name(&args.store),
                None => String::new(),
            };
            output::complain("error", &format!("{database}{error:#}"));
            if error.is::<bulletin::UnknownSpelling>()
                || error.is::<bulletin::PolicyError>()
                || command::aws::is_usage_error(&error)
            {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// The database in front of an error about it.
fn database_name(store: &args::StoreArgs) -> String {
    database::locate_quietly(store)
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
