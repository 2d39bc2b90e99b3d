//! `bulletin run`: polls the source, stores what is new, and sends alerts, once or at an interval. Excludes the lines about
//! pages and watches, see `run/report.rs`.

mod report;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use bulletin::Month;
use chrono::{DateTime, Utc};
use operations::doctor::failed_look;
use pipeline::port::{BulletinStore, Clock, LinkTable, SourceError};
use pipeline::present_month;
use pipeline::{FetchReport, Fetcher, LinkState, ParseError, Parsed};
use sqlite::{ClockState, PageOutcome, SqliteStore, parse_pages};
use web_source::Source;

use crate::args::{Every, RunArgs};
use crate::clock::RunClock;
use crate::command::blocked::{in_short, in_words, next_step, print_answers};
use crate::command::channels::channels;
use crate::command::seed::seed;
use crate::command::source::source;
use crate::command::undelivered::{self, Failures, is_first_today};
use crate::command::{open_sound, run_to_end};
use crate::output::{complain, counted};
use crate::progress::Progress;
use crate::settings::Settings;

pub(crate) use report::report_parsed;
use report::{WORTH_A_BAR, ranges, report_page, report_totals, report_unfetched, report_verdicts};

/// The time to wait for another run on the same database, so that months are stored in order. After that, both runs share
/// the work.
const WAIT_FOR_ANOTHER_RUN: Duration = Duration::from_secs(10);
pub(crate) fn run(settings: &Settings, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let source = source(&args.pages, settings, clock)?;
    let store = open_sound(settings)?;
    if args.retry {
        let waiting = store.replay_dead_letters(None, clock.now())?;
        if !args.quiet {
            complain("note", &format!("retrying {}", counted(waiting, "dead letter")));
        }
    }
    run_to_end(async {
        if args.pages.source.is_none() {
            seed(&store, settings, clock, args.quiet).await?;
        }
        let Some(every) = args.every else {
            return Ok(if poll(&store, &source, settings, clock, args).await? {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        };
        loop {
            // A poll that fails is reported, and does not stop the next one.
            if let Err(error) = poll(&store, &source, settings, clock, args).await {
                complain("error", &format!("{error:#}"));
            }
            let pause = match every {
                Every::Time(pause) => pause,
                Every::Auto => auto_pause(&store, clock.now()).await?,
            };
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

/// The pause of `--every auto`.
async fn auto_pause(store: &SqliteStore, now: DateTime<Utc>) -> anyhow::Result<Duration> {
    let months = store.months().await?;
    let mut is_retrying = store.undelivered()?.retried > 0 || failed_look(&store.checks()?).is_some();
    is_retrying |= store
        .links()
        .await?
        .iter()
        .any(|link| link.failures > 0 && matches!(link.state, LinkState::Due { .. }));
    for month in months.iter().filter(|month| **month >= present_month(now)) {
        let record = store.record(*month).await?;
        is_retrying |= record.is_some_and(|record| record.pending.is_some());
    }
    Ok(pipeline::pause(now, &months, is_retrying, fastrand::f64()))
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
    settings: &Settings,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    let fetcher = Fetcher {
        source,
        store,
        queue: store,
        clock: &clock,
    };
    let (channels, well) = channels(store, settings, args.format)?;
    let _reading = store.lock_reading(WAIT_FOR_ANOTHER_RUN, clock.now())?;
    repair_times(store, clock).await?;
    let (mut is_first, mut tally, mut failures) = (true, Tally::default(), Failures::default());
    let failed_before = failed_look(&store.checks()?).is_some();
    loop {
        let waiting = Progress::waiting("asking the State Department's hosts");
        let report = fetcher.fetch(args.backfill).await?;
        drop(waiting);
        if is_first {
            report_list(store, &report, failed_before, clock, args).await?;
        }
        is_first = false;
        let stored_before = tally.stored;
        let are_many = report.queued.len() > WORTH_A_BAR;
        tally.are_counted |= are_many;
        let bar = Progress::counting("pages");
        let mut parsed = 0;
        bar.show(parsed, report.queued.len());
        parse_pages(store, source, &clock, |outcome: PageOutcome| {
            tally.add(&outcome);
            parsed += 1;
            bar.show(parsed, report.queued.len());
            match &outcome.result {
                Err(ParseError::Source(SourceError::Blocked { tried, .. }))
                    if args.pages.source.is_none() =>
                {
                    tally.unfetched.push(outcome.month);
                    // If the list was refused too, the answers of the hosts were just reported.
                    if report.blocked.is_none() {
                        report_unfetched(outcome.month, tried, args.verbose);
                    }
                }
                _ => report_page(&outcome, args, args.quiet || are_many),
            }
        })
        .await?;
        drop(bar);
        let drained = channels.deliver(store, &clock).await?;
        failures.print(&drained, args.quiet);
        // A stored bulletin can make more pages due: the history before the first bulletin.
        if tally.stored == stored_before {
            return Ok(finish(store, &report, tally, clock, args).await? && well);
        }
    }
}

/// The pages of a poll.
#[derive(Debug, Default)]
struct Tally {
    read: usize,
    stored: usize,
    failed: usize,
    /// The number of pages that no host has.
    not_there: usize,
    /// True if there were too many pages to report each: their numbers are reported at the end.
    are_counted: bool,
    /// The months whose pages no host served.
    unfetched: Vec<Month>,
}

impl Tally {
    fn add(&mut self, outcome: &PageOutcome) {
        self.stored += usize::from(matches!(outcome.result, Ok(Parsed::Stored { .. })));
        self.read += usize::from(!matches!(
            outcome.result,
            Ok(Parsed::NotThere { .. }) | Err(ParseError::Source(_))
        ));
        self.failed += usize::from(outcome.result.is_err());
        self.not_there += usize::from(matches!(outcome.result, Ok(Parsed::NotThere { .. })));
    }
}

/// Reports the result of a poll. Returns true if nothing failed.
async fn finish(
    store: &SqliteStore,
    report: &FetchReport,
    tally: Tally,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    if tally.are_counted && !args.quiet {
        report_totals(&tally);
    }
    let mut well = tally.failed == 0;
    let unfetched = [tally.unfetched, report.missing.clone()].concat();
    report_next_step(store, unfetched, clock, args).await?;
    well &= close(report, store, clock, args).await?;
    well &= undelivered::check(store, clock.now(), args.quiet).await?;
    if !args.quiet {
        report_verdicts(store).await?;
    }
    Ok(well)
}

/// Reports that no host served the list of bulletins, or that one serves it again.
async fn report_list(
    store: &SqliteStore,
    report: &FetchReport,
    failed_before: bool,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<()> {
    let Some(answers) = &report.blocked else {
        if failed_before {
            complain("note", "the list of bulletins is served again");
        }
        return Ok(());
    };
    if is_reported_now(store, "BLOCKED", clock, args).await? {
        complain(
            "error",
            &format!("cannot fetch the list of bulletins: {}", in_short(answers)),
        );
        if args.verbose {
            print_answers(answers);
        }
    }
    Ok(())
}

/// Names the months that could not be fetched, and says how to store them without the hosts.
async fn report_next_step(
    store: &SqliteStore,
    mut unfetched: Vec<Month>,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<()> {
    unfetched.sort_unstable();
    unfetched.dedup();
    let mut reported = Vec::new();
    for month in unfetched {
        if is_reported_now(store, &about_missing(month), clock, args).await? {
            reported.push(month);
        }
    }
    if reported.is_empty() {
        return Ok(());
    }
    complain("error", &format!("not fetched: {}", in_words(&reported)));
    // A folder has no page that a browser could show.
    if args.pages.source.is_none() {
        for line in next_step(&reported) {
            complain("next", &line);
        }
    }
    Ok(())
}

/// The mark of a month that was reported as not fetched.
fn about_missing(month: Month) -> String {
    format!("MISSING#{month}")
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
    let mut retried: BTreeMap<String, Vec<Month>> = BTreeMap::new();
    for link in store.links().await? {
        let LinkState::Due { at } = link.state else {
            continue;
        };
        let month = link.link.month;
        if link.failures == 0 || at <= clock.now() {
            continue;
        }
        if report.queued.contains(&month) {
            // Its error was printed in this run, with the answers of the hosts.
            is_reported_now(store, &about_missing(month), clock, args).await?;
            continue;
        }
        // The months that may be out are reported together, with the next step.
        let is_missing = report.missing.contains(&month);
        all_fetched &= !is_missing;
        let time = at.format("%H:%M UTC").to_string();
        retried.entry(time).or_default().push(month);
    }
    if !args.quiet {
        for (time, months) in retried {
            complain("note", &format!("retried after {time}: {}", in_words(&months)));
        }
    }
    Ok(all_fetched)
}
