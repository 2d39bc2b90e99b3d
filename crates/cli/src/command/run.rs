use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use bulletin::Month;
use indicatif::{ProgressBar, ProgressStyle};
use pipeline::port::{BulletinStore, Clock, LinkTable, SourceError, present_month};
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

/// From how many pages on a progress bar is shown.
const WORTH_A_BAR: usize = 3;

/// How long another run on the same database is waited for, so that months are stored in their order. A run that takes
/// longer shares its work.
const WAIT_FOR_ANOTHER_RUN: Duration = Duration::from_secs(10);
/// How many gaps in the history are named.
const MOST_RANGES: usize = 6;

pub(crate) fn run(store: &StoreArgs, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let source = source(&args.pages, clock)?;
    let store = open_sound(store)?;
    if args.retry {
        let waiting = store.replay_dead_letters(None, clock.now())?;
        if !args.quiet {
            complain(
                "note",
                &format!("trying {} again", counted(waiting, "dead letter")),
            );
        }
    }
    block_on(async {
        let Some(pause) = args.every else {
            return Ok(if look(&store, &source, clock, args).await? {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        };
        loop {
            // A look that fails is told of, and the next one comes.
            if let Err(error) = look(&store, &source, clock, args).await {
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

/// Waits for Ctrl-C or a request to end.
async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("the signal to end cannot be heard")?;
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped.context("Ctrl-C cannot be heard"),
        _ = terminate.recv() => Ok(()),
    }
}

/// One look at the source: everything that is due is read and stored, and every alert that waits is sent. Answers
/// whether all went well.
async fn look(
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
    let (mut looks, mut read, mut stored_in_all, mut failed) = (0, 0, 0, 0);
    let mut failures = Failures::default();
    loop {
        let report = fetcher.fetch(args.backfill).await?;
        if let (Some(reason), 0) = (&report.blocked, looks) {
            complain("error", &format!("the list of bulletins cannot be had: {reason}"));
        }
        looks += 1;
        let mut stored = 0;
        let bar = progress_bar(report.queued.len());
        parse_pages(store, source, &clock, |outcome: PageOutcome| {
            stored += usize::from(matches!(outcome.result, Ok(Parsed::Stored { .. })));
            read += usize::from(!matches!(outcome.result, Ok(Parsed::NotThere { .. })));
            failed += usize::from(outcome.result.is_err());
            bar.inc(1);
            bar.suspend(|| match &outcome.result {
                // What each host answered has just been said.
                Err(ParseError::Source(SourceError::Blocked { .. })) if report.blocked.is_some() => complain(
                    "error",
                    &format!("the page of {} cannot be had either", outcome.month.title()),
                ),
                _ => tell(&outcome, args, args.quiet || report.queued.len() > WORTH_A_BAR),
            });
        })
        .await?;
        bar.finish_and_clear();
        let drained = channels.deliver(store, &clock).await?;
        failures.print(&drained, args.quiet);
        stored_in_all += stored;
        // What was stored can make more due: the history behind the first bulletin.
        if stored == 0 {
            if read > WORTH_A_BAR && !args.quiet {
                tell_totals(read, stored_in_all, failed);
            }
            well &= failed == 0;
            well &= close(&report, store, clock, args).await?;
            well &= undelivered::check(store, clock.now(), args.quiet).await?;
            return Ok(well);
        }
    }
}

/// Corrects the times that a clock which ran ahead has left, and says so.
pub(crate) async fn repair_times(store: &SqliteStore, clock: RunClock) -> anyhow::Result<()> {
    let now = clock.now();
    match store.repair_times(now).await? {
        ClockState::Plausible => {}
        ClockState::Behind(newest) => complain(
            "warning",
            &format!(
                "the clock shows {}, but the bulletin of {} is stored already. Set the clock",
                now.format("%Y-%m-%d"),
                newest.title()
            ),
        ),
        ClockState::RanAhead { latest, unsilenced } => {
            let mut what = format!(
                "the clock ran ahead, to {} or later. The times stored then are corrected",
                latest.format("%Y-%m-%d %H:%M UTC")
            );
            if !unsilenced.is_empty() {
                let months: Vec<String> = unsilenced.iter().map(|month| month.title()).collect();
                what.push_str(&format!(
                    ", and the alerts of {} that were left out are sent now",
                    months.join(" and ")
                ));
            }
            complain("warning", &what);
        }
    }
    Ok(())
}

/// Prints how many pages were read, stored and refused.
fn tell_totals(read: usize, stored: usize, failed: usize) {
    let refused = match failed {
        0 => String::new(),
        _ => format!(", {failed} refused"),
    };
    complain(
        "note",
        &format!("{} read, {stored} stored{refused}", counted(read, "page")),
    );
}

/// Says at the end of a look what it leaves open.
async fn close(
    report: &FetchReport,
    store: &SqliteStore,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    let all_had = tell_what_is_left_alone(store, clock, report, args).await?;
    if let Some(month) = report.overdue
        && is_to_be_said(store, &format!("OVERDUE#{month}"), clock, args).await?
    {
        complain(
            "warning",
            &format!(
                "the bulletin of {} should be out and was not found",
                month.title()
            ),
        );
    }
    let steady = tell_alternating(store, clock, args).await?;
    if !args.quiet {
        if let Some(newest) = report.newest {
            complain(
                "note",
                &format!("the newest bulletin stored is that of {}", newest.title()),
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
    Ok(report.blocked.is_none() && steady && all_had)
}

/// What is wrong with a page that alternates between two versions, and what to do.
pub(crate) const ALTERNATES: &str = "the page alternates between two versions, so neither is believed. Open it in a \
     browser, save it, and feed it with `bulletin ingest FILE`";

/// Reports the pages in force and upcoming that alternate between two versions. Answers whether there is none.
async fn tell_alternating(store: &SqliteStore, clock: RunClock, args: &RunArgs) -> anyhow::Result<bool> {
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
            if is_to_be_said(store, &format!("ALTERNATING#{month}"), clock, args).await? {
                complain("warning", &format!("{}: {ALTERNATES}", month.title()));
            }
        }
    }
    Ok(steady)
}

/// True if a warning is due. With --quiet once a day is enough, however often this runs.
async fn is_to_be_said(
    store: &SqliteStore,
    about: &str,
    clock: RunClock,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    Ok(!args.quiet || is_first_today(store, about, clock.now()).await?)
}

/// Says which pages could not be had before and are not asked for yet again. Answers false if one of them may be that of
/// a bulletin which is out.
async fn tell_what_is_left_alone(
    store: &SqliteStore,
    clock: RunClock,
    report: &FetchReport,
    args: &RunArgs,
) -> anyhow::Result<bool> {
    let mut all_had = true;
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
            // It was said a moment ago, with what each host answered.
            is_to_be_said(store, &about, clock, args).await?;
            continue;
        }
        let is_missing = report.missing.contains(&month);
        all_had &= !is_missing;
        let is_said = if is_missing {
            is_to_be_said(store, &about, clock, args).await?
        } else {
            !args.quiet
        };
        if is_said {
            complain(
                if is_missing { "error" } else { "note" },
                &format!(
                    "the page of {} could not be had before, and is asked for again from {} on",
                    month.title(),
                    at.format("%H:%M UTC")
                ),
            );
        }
    }
    Ok(all_had)
}

/// Months as people list them: `2002-03 to 2002-05, 2003-01`.
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

fn tell(outcome: &PageOutcome, args: &RunArgs, quiet: bool) {
    match (&outcome.result, &args.pages.source) {
        (Ok(ingested), _) => tell_ingested(outcome.month, ingested, quiet),
        // A folder is no host.
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

/// Says what became of a page.
pub(crate) fn tell_ingested(month: Month, ingested: &Parsed, quiet: bool) {
    let title = month.title();
    match ingested {
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
                &format!("{title}: {differs} cells differ from what is stored; waiting for a second look"),
            );
        }
        Parsed::Outdated => complain(
            "note",
            &format!("{title}: an older page than the one stored; left alone"),
        ),
        Parsed::Unchanged | Parsed::NotThere { .. } if quiet => {}
        Parsed::Unchanged => complain("note", &format!("{title}: nothing new")),
        Parsed::NotThere { is_stored: true } => complain(
            "note",
            &format!("{title}: no host has the page any more; what is stored stays"),
        ),
        Parsed::NotThere { is_stored: false } => complain("note", &format!("{title}: not out yet")),
    }
}
