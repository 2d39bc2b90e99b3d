//! `bulletin run`: polls the source, stores what is new, and sends alerts, once or at an interval.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use bulletin::Month;
use indicatif::{ProgressBar, ProgressStyle};
use pipeline::port::{BulletinStore, Clock, LinkTable, SourceError};
use pipeline::present_month;
use pipeline::{FetchReport, Fetcher, LinkState, ParseError, Parsed};
use sqlite::{ClockState, PageOutcome, SqliteStore, parse_pages};
use web_source::Source;

use crate::args::{RunArgs, StoreArgs};
use crate::clock::RunClock;
use crate::command::channels::channels;
use crate::command::source::source;
use crate::command::undelivered::{self, Failures, is_first_today};
use crate::command::{block_on, open_sound};
use crate::output::{complain, counted};

/// The largest number of pages for which no progress bar is shown.
const WORTH_A_BAR: usize = 3;

/// The time to wait for another run on the same database, so that months are stored in order. After that, both runs share
/// the work.
const WAIT_FOR_ANOTHER_RUN: Duration = Duration::from_secs(10);
/// The largest number of gaps in the history that are listed.
const MOST_RANGES: usize = 6;

pub(crate) fn run(store: &StoreArgs, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let source = source(&args.pages, clock)?;
    let store = open_sound(store)?;
    if args.retry {
        let waiting = store.replay_dead_letters(None, clock.now())?;
        if !args.quiet {
            complain("note", &format!("retrying {}", counted(waiting, "dead letter")));
        }
    }
    block_on(async {
        let Some(pause) = args.every else {
            return Ok(if poll(&store, &source, clock, args).await? {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        };
        loop {
            // A poll that fails is reported, and does not stop the next one.
            if let Err(error) = poll(&store, &source, clock, args).await {
                complain("error", &format!("{error:#}"));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                stopped = stop_signal() => {
                    stopped?;
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
    })
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

/// One poll of the source: parses and stores everything that is due, and sends every undelivered alert. Returns true if
/// nothing failed.
async fn poll(
    store: &SqliteStore,
    source: &Source<RunClock>,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    let fetcher = Fetcher {
        source,
        store,
        queue: store,
        clock: &clock,
    };
    let (channels, mut well) = channels(store, args.format)?;
    let _reading = store.lock_reading(WAIT_FOR_ANOTHER_RUN, clock.now())?;
    repair_times(store, clock).await?;
    let (mut rounds, mut read, mut stored_in_all, mut failed) = (0, 0, 0, 0);
    let mut failures = Failures::default();
    loop {
        let report = fetcher.fetch(args.backfill).await?;
        if let (Some(reason), 0) = (&report.blocked, rounds) {
            complain("error", &format!("cannot fetch the list of bulletins: {reason}"));
        }
        rounds += 1;
        let mut stored = 0;
        let bar = progress_bar(report.queued.len());
        parse_pages(store, source, &clock, |outcome: PageOutcome| {
            stored += usize::from(matches!(outcome.result, Ok(Parsed::Stored { .. })));
            read += usize::from(!matches!(outcome.result, Ok(Parsed::NotThere { .. })));
            failed += usize::from(outcome.result.is_err());
            bar.inc(1);
            bar.suspend(|| match &outcome.result {
                // The answers of the hosts were just reported.
                Err(ParseError::Source(SourceError::Blocked { .. })) if report.blocked.is_some() => complain(
                    "error",
                    &format!("cannot fetch the page of {} either", outcome.month.title()),
                ),
                _ => report_page(&outcome, args, args.quiet || report.queued.len() > WORTH_A_BAR),
            });
        })
        .await?;
        bar.finish_and_clear();
        let drained = channels.deliver(store, &clock).await?;
        failures.print(&drained, args.quiet);
        stored_in_all += stored;
        // A stored bulletin can make more pages due: the history before the first bulletin.
        if stored == 0 {
            if read > WORTH_A_BAR && !args.quiet {
                report_totals(read, stored_in_all, failed);
            }
            well &= failed == 0;
            well &= close(&report, store, clock, args).await?;
            well &= undelivered::check(store, clock.now(), args.quiet).await?;
            return Ok(well);
        }
    }
}

/// Corrects times in the future, which a wrong clock has left, and reports it.
pub(crate) async fn repair_times(store: &SqliteStore, clock: RunClock) -> anyhow::Result<()> {
    let now = clock.now();
    match store.repair_times(now).await? {
        ClockState::Plausible => {}
        ClockState::Behind(newest) => complain(
            "warning",
            &format!(
                "the clock shows {}, but the bulletin of {} is already stored. Set the clock",
                now.format("%Y-%m-%d"),
                newest.title()
            ),
        ),
        ClockState::RanAhead { latest, unsilenced } => {
            let mut what = format!(
                "the clock was ahead, at {} or later. The times stored then are corrected",
                latest.format("%Y-%m-%d %H:%M UTC")
            );
            if !unsilenced.is_empty() {
                let months: Vec<String> = unsilenced.iter().map(|month| month.title()).collect();
                what.push_str(&format!(
                    ", and the alerts of {} that were skipped are sent now",
                    months.join(" and ")
                ));
            }
            complain("warning", &what);
        }
    }
    Ok(())
}

/// Prints how many pages were read, stored and refused.
fn report_totals(read: usize, stored: usize, failed: usize) {
    let refused = match failed {
        0 => String::new(),
        _ => format!(", {failed} refused"),
    };
    complain(
        "note",
        &format!("{} read, {stored} stored{refused}", counted(read, "page")),
    );
}

/// Reports at the end of a poll what is still missing or wrong. Returns true if nothing is.
async fn close(
    report: &FetchReport,
    store: &SqliteStore,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    let all_fetched = report_deferred(store, clock, report, args).await?;
    if let Some(month) = report.overdue
        && is_reported_now(store, &format!("OVERDUE#{month}"), clock, args).await?
    {
        complain(
            "warning",
            &format!(
                "the bulletin of {} should be out and was not found",
                month.title()
            ),
        );
    }
    let steady = report_alternating(store, clock, args).await?;
    if !args.quiet {
        if let Some(newest) = report.newest {
            complain(
                "note",
                &format!("the newest stored bulletin is {}", newest.title()),
            );
        }
        if !report.unavailable.is_empty() {
            complain(
                "note",
                &format!(
                    "the source lacks {} of these: {}",
                    counted(report.unavailable.len(), "month"),
                    ranges(&report.unavailable)
                ),
            );
        }
    }
    Ok(report.blocked.is_none() && steady && all_fetched)
}

/// The problem with a page that alternates between two versions, and its remedy.
pub(crate) const ALTERNATES: &str = "the page alternates between two versions, so neither is stored. Open it in a \
     browser, save it, and store it with `bulletin ingest FILE`";

/// Reports the pages in force and upcoming that alternate between two versions. Returns true if there are none.
async fn report_alternating(store: &SqliteStore, clock: RunClock, args: &RunArgs) -> anyhow::Result<bool> {
    let present = present_month(clock.now());
    let mut steady = true;
    for month in store
        .months()
        .await?
        .into_iter()
        .rev()
        .take_while(|month| *month >= present)
    {
        let record = store.record(month).await?;
        let pending = record.and_then(|record| record.pending);
        if pending.is_some_and(|pending| pending.alternates()) {
            steady = false;
            if is_reported_now(store, &format!("ALTERNATING#{month}"), clock, args).await? {
                complain("warning", &format!("{}: {ALTERNATES}", month.title()));
            }
        }
    }
    Ok(steady)
}

/// True if a warning is due: with --quiet once a day, however often this runs.
async fn is_reported_now(
    store: &SqliteStore,
    about: &str,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    Ok(!args.quiet || is_first_today(store, about, clock.now()).await?)
}

/// Reports the pages whose fetch failed before and is retried later. Returns false if one of them may be a bulletin that
/// is already out.
async fn report_deferred(
    store: &SqliteStore,
    clock: RunClock,
    report: &FetchReport,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    let mut all_fetched = true;
    for link in store.links().await? {
        let LinkState::Due { at } = link.state else {
            continue;
        };
        let month = link.link.month;
        let about = format!("MISSING#{month}");
        if link.failures == 0 || at <= clock.now() {
            continue;
        }
        if report.queued.contains(&month) {
            // Already reported in this run, with the answers of the hosts.
            is_reported_now(store, &about, clock, args).await?;
            continue;
        }
        let is_missing = report.missing.contains(&month);
        all_fetched &= !is_missing;
        let is_said = if is_missing {
            is_reported_now(store, &about, clock, args).await?
        } else {
            !args.quiet
        };
        if is_said {
            complain(
                if is_missing { "error" } else { "note" },
                &format!(
                    "the page of {} could not be fetched before, and is retried after {}",
                    month.title(),
                    at.format("%H:%M UTC")
                ),
            );
        }
    }
    Ok(all_fetched)
}

/// Months as ranges: `2002-03 to 2002-05, 2003-01`.
fn ranges(months: &[Month]) -> String {
    let mut runs: Vec<(Month, Month)> = Vec::new();
    for month in months {
        match runs.last_mut() {
            Some((_, last)) if last.next() == *month => *last = *month,
            _ => runs.push((*month, *month)),
        }
    }
    let texts: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            }
        })
        .collect();
    match texts.len().checked_sub(MOST_RANGES) {
        None | Some(0) => texts.join(", "),
        Some(more) => format!("{}, and {more} more gaps", texts[..MOST_RANGES].join(", ")),
    }
}

fn progress_bar(pages: usize) -> ProgressBar {
    if pages <= WORTH_A_BAR || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} pages, {eta} left");
    ProgressBar::new(pages as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn report_page(outcome: &PageOutcome, args: &RunArgs, quiet: bool) {
    match (&outcome.result, &args.pages.source) {
        (Ok(parsed), _) => report_parsed(outcome.month, parsed, quiet),
        // A folder has no host name, so the message names the folder.
        (Err(ParseError::Refused { refusal, .. }), Some(folder)) => complain(
            "error",
            &format!(
                "{}, bulletin of {}: {refusal}",
                folder.display(),
                outcome.month.title()
            ),
        ),
        (Err(error), _) => complain("error", &error.to_string()),
    }
}

/// Reports the outcome of a page.
pub(crate) fn report_parsed(month: Month, parsed: &Parsed, quiet: bool) {
    let title = month.title();
    match parsed {
        Parsed::Stored { record, changed } => {
            for finding in &record.findings {
                complain("warning", &format!("{title}: {finding}"));
            }
            if !quiet {
                let what = if record.revision == 0 {
                    "stored"
                } else {
                    "corrected"
                };
                complain(
                    "note",
                    &format!("{title}: {what}, {changed} of {} cells written", record.cells),
                );
            }
        }
        Parsed::Held { alternates: true, .. } => {
            complain("warning", &format!("{title}: {ALTERNATES}"));
        }
        Parsed::Held { differs: 0, .. } if quiet => {}
        Parsed::Held { differs, .. } => {
            complain(
                "note",
                &format!("{title}: {differs} cells differ from the stored ones; waiting for confirmation"),
            );
        }
        Parsed::Outdated => complain(
            "note",
            &format!("{title}: the page is older than the stored one; ignored"),
        ),
        Parsed::Unchanged | Parsed::NotThere { .. } if quiet => {}
        Parsed::Unchanged => complain("note", &format!("{title}: nothing new")),
        Parsed::NotThere { is_stored: true } => complain(
            "note",
            &format!("{title}: no host has the page any longer; the stored bulletin is kept"),
        ),
        Parsed::NotThere { is_stored: false } => complain("note", &format!("{title}: not published yet")),
    }
}
