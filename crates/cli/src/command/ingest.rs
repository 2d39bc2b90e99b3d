//! `bulletin ingest`: stores pages saved from a browser.

use std::process::ExitCode;

use bulletin::{Finding, Month};
use pipeline::port::{BulletinStore, Clock, Fetched, LinkTable, PageLink, PageSource, SourceError};
use pipeline::{Accept, Parsed, Parser};
use sqlite::SqliteStore;

use crate::args::IngestArgs;
use crate::clock::RunClock;
use crate::command::channels::channels;
use crate::command::run::{repair_times, report_parsed};
use crate::command::seed::seed;
use crate::command::undelivered::{self, Failures};
use crate::command::{aws, block_on, open_sound};
use crate::output::{AlertsFormat, complain};
use crate::progress::Progress;
use crate::saved_page::{SavedPage, SavedPages};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &IngestArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let saved = SavedPages::read(&args.files);
    let well = block_on(async {
        let Some(deployment) = &args.place.stage else {
            return on_machine(&open_sound(settings)?, settings, clock, saved, args).await;
        };
        // The notifier sends the alerts, and `bulletin replay` handles the dead letters.
        aws::on_store(deployment, &args.place, async |store| {
            feed(store, clock, saved, args, |_| Ok(())).await
        })
        .await
    })?;
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Stores the pages in the database of this machine, and notifies its watches. Returns true if nothing failed.
async fn on_machine(
    store: &SqliteStore,
    settings: &Settings,
    clock: RunClock,
    saved: SavedPages,
    args: &IngestArgs,
) -> anyhow::Result<bool> {
    seed(store, settings, clock, false).await?;
    if let Some(behind) = repair_times(store, clock).await? {
        complain("warning", &behind);
    }
    let fed = feed(store, clock, saved, args, |month| {
        Ok(store.settle_dead_letters(month)?)
    })
    .await?;
    Ok(send_alerts(store, settings, clock, args.format).await? && fed)
}

/// Sends the undelivered alerts of this machine's watches. Returns true if nothing failed.
pub(crate) async fn send_alerts(
    store: &SqliteStore,
    settings: &Settings,
    clock: RunClock,
    format: AlertsFormat,
) -> anyhow::Result<bool> {
    let (channels, no_mail) = channels(store, settings, format)?;
    if let Some(error) = &no_mail {
        complain("error", error);
    }
    let drained = channels.deliver(store, &clock).await?;
    Failures::default().print(&drained, false);
    let sent = drained.failed.is_empty();
    if !sent && let Some(remedy) = undelivered::remedy(store)? {
        complain("warning", &remedy);
    }
    Ok(sent && no_mail.is_none())
}

/// Stores the pages, oldest month first, and calls `stored` with the month of each. Returns true if every page was read
/// and stored.
async fn feed(
    store: &(impl BulletinStore + LinkTable),
    clock: RunClock,
    mut saved: SavedPages,
    args: &IngestArgs,
    stored: impl Fn(Month) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let parser = Parser {
        source: &NoSource,
        store,
        clock: &clock,
    };
    let accept = Accept {
        missing: args.confirm_missing,
        identical_charts: args.confirm_identical,
    };
    let page = Fetched {
        body: Vec::new(),
        host: "by hand".into(),
        at: clock.now(),
        by_hand: true,
    };
    let mut well = saved.is_complete;
    saved.pages.sort_by_key(|saved| saved.read.bulletin.month());
    let count = saved.pages.len();
    let bar = Progress::counting("bulletins");
    for (done, SavedPage { argument, name, read }) in saved.pages.into_iter().enumerate() {
        bar.show(done, count);
        match parser.store_read_page(&page, read, accept).await {
            Ok((month, findings, parsed)) => {
                stored(month)?;
                if !matches!(parsed, Parsed::Stored { .. }) {
                    for finding in &findings {
                        complain("warning", &format!("{name}: {finding}"));
                    }
                }
                report_parsed(month, &parsed, false);
                suggest_confirmation(&argument, &findings);
            }
            Err(error) => {
                well = false;
                complain("error", &format!("{name}: {error}"));
            }
        }
    }
    Ok(well)
}

/// Prints the command that confirms missing cells or identical charts.
fn suggest_confirmation(argument: &str, findings: &[Finding]) {
    let is_missing = |finding: &Finding| {
        matches!(
            finding,
            Finding::MissingColumn { .. } | Finding::MissingRow { .. }
        )
    };
    let is_copy = |finding: &Finding| matches!(finding, Finding::IdenticalCharts { .. });
    if findings.iter().any(is_missing) {
        complain(
            "note",
            &format!(
                "if the department really dropped the missing rows or columns: bulletin ingest --confirm-missing {argument}"
            ),
        );
    }
    if findings.iter().any(is_copy) {
        complain(
            "note",
            &format!("if both charts really are the same: bulletin ingest --confirm-identical {argument}"),
        );
    }
}

/// A source without pages: `ingest` fetches nothing.
#[derive(Debug)]
pub(crate) struct NoSource;

impl PageSource for NoSource {
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        Ok(Vec::new())
    }

    async fn page(&self, path: &str, _: Option<&str>) -> Result<Fetched, SourceError> {
        Err(SourceError::NotFound {
            path: path.to_owned(),
            tried: "nothing is fetched here".into(),
        })
    }
}
