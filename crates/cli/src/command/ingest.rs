//! `bulletin ingest`: stores pages saved from a browser.

use std::path::Path;
use std::process::ExitCode;

use bulletin::{Finding, Month};
use pipeline::port::{BulletinStore, Clock, Fetched, LinkTable, PageLink, PageSource, SourceError};
use pipeline::{Accept, ParseError, Parsed, Parser};
use sqlite::SqliteStore;

use crate::args::IngestArgs;
use crate::clock::RunClock;
use crate::command::channels::channels;
use crate::command::run::{repair_times, report_parsed};
use crate::command::seed::seed;
use crate::command::undelivered::{self, Failures};
use crate::command::{aws, block_on, open_sound, parse};
use crate::output::{AlertsFormat, complain};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &IngestArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let well = block_on(async {
        let Some(deployment) = &args.place.stage else {
            return on_machine(&open_sound(settings)?, settings, clock, args).await;
        };
        // The notifier sends the alerts, and `bulletin replay` handles the dead letters.
        aws::on_store(deployment, &args.place, async |store| {
            feed(store, clock, args, |_| Ok(())).await
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
    args: &IngestArgs,
) -> anyhow::Result<bool> {
    seed(store, settings, clock, false).await?;
    if let Some(behind) = repair_times(store, clock).await? {
        complain("warning", &behind);
    }
    let fed = feed(store, clock, args, |month| Ok(store.settle_dead_letters(month)?)).await?;
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

/// Stores the pages, and calls `stored` with the month of each. Returns true if all are stored.
async fn feed(
    store: &(impl BulletinStore + LinkTable),
    clock: RunClock,
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
    let mut well = true;
    for file in &args.files {
        let named = file.display();
        let body = match parse::read_bytes(file) {
            Ok(body) => body,
            Err(error) => {
                well = false;
                complain("error", &format!("{named}: {error:#}"));
                continue;
            }
        };
        let page = Fetched {
            body,
            host: "by hand".into(),
            at: clock.now(),
            by_hand: true,
        };
        let expected = parse::month_of_name(file);
        match parser.parse_page(&page, expected, accept).await {
            Ok((month, findings, parsed)) => {
                stored(month)?;
                if !matches!(parsed, Parsed::Stored { .. }) {
                    for finding in &findings {
                        complain("warning", &format!("{named}: {finding}"));
                    }
                }
                report_parsed(month, &parsed, false);
                suggest_confirmation(file, &findings);
            }
            Err(error) => {
                well = false;
                let why = match &error {
                    ParseError::Refused { refusal, .. } => parse::why_refused(refusal),
                    other => other.to_string(),
                };
                complain("error", &format!("{named}: {why}"));
            }
        }
    }
    Ok(well)
}

/// Prints the command that confirms missing cells or identical charts.
fn suggest_confirmation(file: &Path, findings: &[Finding]) {
    let named = file.display();
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
                "if the department really dropped the missing rows or columns: bulletin ingest --confirm-missing {named}"
            ),
        );
    }
    if findings.iter().any(is_copy) {
        complain(
            "note",
            &format!("if both charts really are the same: bulletin ingest --confirm-identical {named}"),
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
