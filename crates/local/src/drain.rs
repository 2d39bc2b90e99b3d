//! What the Lambdas' event sources do on AWS: hand over messages and change records, and take the answer.

use bulletin::{Finding, Month};
use chrono::Duration;
use pipeline::port::{AlertSink, Clock, LinkTable, PageSource, StoreError};
use pipeline::{IngestError, Ingested, Ingester, LinkState, Notifier};

use crate::queue::MAX_RECEIVES;
use crate::store::SqliteStore;

/// What became of one page of the queue.
#[derive(Debug)]
pub struct PageOutcome {
    /// The bulletin.
    pub month: Month,
    /// What became of it.
    pub result: Result<Ingested, IngestError>,
}

impl PageOutcome {
    /// What could not be read on the page, where it was stored.
    pub fn findings(&self) -> &[Finding] {
        match &self.result {
            Ok(Ingested::Stored { record, .. }) => &record.findings,
            _ => &[],
        }
    }
}

/// What came of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drained {
    /// How often an alert was sent.
    pub sent: usize,
    /// The changes whose alerts could not be sent, with the reason. They come again.
    pub failed: Vec<String>,
    /// How many of those come no more by themselves, and wait among the dead letters.
    pub dead: usize,
}

/// How long a page that killed whoever read it is left alone.
const KILLER_AGAIN_AFTER: Duration = Duration::hours(24);

/// Reads every page that waits in the queue, and tells `told` what became of each. One that fails does not hold back
/// the others.
///
/// # Errors
/// [`StoreError`] of the database itself. What was read until then is stored.
pub async fn drain_pages<Source: PageSource, C: Clock>(
    store: &SqliteStore,
    source: &Source,
    clock: &C,
    mut told: impl FnMut(PageOutcome),
) -> Result<(), StoreError> {
    let ingester = Ingester { source, store, clock };
    while let Some(page) = store.receive_page(clock.now())? {
        let month = page.message.link.month;
        if page.receives > MAX_RECEIVES {
            let why = "whoever read it died, several times";
            store.dead_letter_page(&page, why)?;
            let again = LinkState::Dead {
                again: Some(clock.now() + KILLER_AGAIN_AFTER),
            };
            store
                .settle(&page.message.link, &again, page.receives, why)
                .await?;
            tracing::error!(bulletin.month = %month, "A page is put among the dead letters: {why}.");
            continue;
        }
        let result = ingester.ingest_link(&page.message.link).await;
        match &result {
            Ok(_) => store.delete_page(&page, true)?,
            Err(IngestError::Store(error)) => return Err(error.clone()),
            Err(error) if error.is_refusal() => store.dead_letter_page(&page, &error.to_string())?,
            // The link is due again; its next message will be another.
            Err(_) => store.delete_page(&page, false)?,
        }
        told(PageOutcome { month, result });
    }
    Ok(())
}

/// Sends the alerts of every change in the log. One that fails does not hold back the others, and comes again.
///
/// # Errors
/// [`StoreError`] of the database itself.
pub async fn drain_changes<Sink: AlertSink, C: Clock>(
    store: &SqliteStore,
    sink: &Sink,
    clock: &C,
) -> Result<Drained, StoreError> {
    // Where nothing waits, nobody is waited for.
    if store.receive_change(0, clock.now())?.is_none() {
        return Ok(Drained::default());
    }
    let _lock = store.lock_sending()?;
    let notifier = Notifier { store, sink, clock };
    let mut drained = Drained::default();
    let mut after = 0;
    while let Some(change) = store.receive_change(after, clock.now())? {
        after = change.seq;
        let failure = match &change.record {
            Ok(record) => match notifier.notify(record).await {
                Ok(notified) => {
                    drained.sent += notified.sent;
                    store.finish_change(change.seq)?;
                    continue;
                }
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        if store.fail_change(&change, &failure, clock.now())? {
            drained.dead += 1;
        }
        drained.failed.push(failure);
    }
    Ok(drained)
}
