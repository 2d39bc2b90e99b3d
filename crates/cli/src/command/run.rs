//! `bulletin run`: polls once or at an interval, and pings a dead man's switch. `run/poll.rs` has one poll, `run/close.rs`
//! its report of what is missing or wrong, `run/report.rs` the lines about pages and watches.

mod close;
mod pause;
mod poll;
mod problem;
mod repair;
mod report;
mod switch;
mod tally;

use std::process::ExitCode;

use anyhow::Context as _;
use pipeline::port::Clock as _;
use sqlite::SqliteStore;
use web_source::Source;

use crate::args::{Every, RunArgs};
use crate::clock::RunClock;
use crate::command::seed::seed;
use crate::command::source::source;
use crate::command::{open_sound, run_to_end};
use crate::output::{complain, counted};
use crate::settings::Settings;

use poll::Poller;
pub(crate) use repair::repair_times;
pub(crate) use report::{ALTERNATES, report_parsed};
use switch::Switch;

pub(crate) fn run(settings: &Settings, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let switch = Switch::new(settings)?;
    run_to_end(async {
        switch.start().await;
        let (source, store) = match open(settings, args, clock).await {
            Ok(opened) => opened,
            Err(error) => {
                switch.end(&Err(&error)).await;
                switch.complain();
                return Err(error);
            }
        };
        let poller = Poller {
            settings,
            args,
            source: &source,
            store: &store,
            clock,
        };
        loop {
            let polled = poller.poll().await;
            switch.end(&polled.as_ref().map(Vec::as_slice)).await;
            switch.report(&store, clock.now(), args.quiet);
            let Some(every) = args.every else {
                return Ok(match polled?.is_empty() {
                    true => ExitCode::SUCCESS,
                    false => ExitCode::FAILURE,
                });
            };
            // A poll that fails is reported, and does not stop the next one.
            if let Err(error) = polled {
                complain("error", &format!("{error:#}"));
            }
            let pause = match every {
                Every::Time(pause) => pause,
                Every::Auto => pause::pause(&store, clock.now()).await,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                stopped = stop_signal() => {
                    stopped?;
                    return Ok(ExitCode::SUCCESS);
                }
            }
            switch.start().await;
        }
    })
}

/// Opens the source and the database, and prepares the database for the first poll.
async fn open(
    settings: &Settings,
    args: &RunArgs,
    clock: RunClock,
) -> anyhow::Result<(Source<RunClock>, SqliteStore)> {
    let source = source(&args.pages, settings, clock)?;
    let store = open_sound(settings)?;
    if args.retry {
        let waiting = store.replay_dead_letters(None, clock.now())?;
        if !args.quiet {
            complain("note", &format!("retrying {}", counted(waiting, "dead letter")));
        }
    }
    if args.pages.source.is_none() {
        seed(&store, settings, clock, args.quiet).await?;
    }
    Ok((source, store))
}

/// Waits for Ctrl-C or SIGTERM.
async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("cannot listen for SIGTERM")?;
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped.context("cannot listen for Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}
