use std::process::ExitCode;

use local::{SqliteStore, drain_to_watches};
use pipeline::port::{Clock, Fetched, PageLink, PageSource, SourceError};
use pipeline::{IngestError, Ingested, Ingester};

use crate::args::{IngestArgs, StoreArgs};
use crate::clock::RunClock;
use crate::command::run::{tell_ingested, tell_unsent};
use crate::command::ways::ways;
use crate::command::{block_on, open_sound, parse};
use crate::output::complain;

pub(crate) fn run(store: &StoreArgs, args: &IngestArgs) -> anyhow::Result<ExitCode> {
    let store = open_sound(store)?;
    block_on(ingest(&store, args))
}

async fn ingest(store: &SqliteStore, args: &IngestArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let ingester = Ingester {
        source: &NoSource,
        store,
        clock: &clock,
    };
    let mut failed = false;
    for file in &args.files {
        let named = file.display();
        let body = match parse::read_bytes(file) {
            Ok(body) => body,
            Err(error) => {
                failed = true;
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
        match ingester.ingest_page(&page, expected).await {
            Ok((month, findings, ingested)) => {
                store.settle_dead_letters(month)?;
                if !matches!(ingested, Ingested::Stored { .. }) {
                    for finding in findings {
                        complain("warning", &format!("{named}: {finding}"));
                    }
                }
                tell_ingested(month, &ingested, false);
            }
            Err(error) => {
                failed = true;
                let why = match &error {
                    IngestError::Refused { refusal, .. } => parse::why_refused(refusal),
                    other => other.to_string(),
                };
                complain("error", &format!("{named}: {why}"));
            }
        }
    }
    let (ways, well) = ways(store, args.format)?;
    let drained = drain_to_watches(store, &ways, &clock).await?;
    failed |= !tell_unsent(&drained) | !well;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Pages fed by hand are not fetched.
#[derive(Debug)]
struct NoSource;

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
