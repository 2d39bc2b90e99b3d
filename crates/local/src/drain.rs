//! What the Lambdas' event sources do on AWS: hand over messages and change records, and take the answer.

use bulletin::{Finding, Month};
use pipeline::port::{AlertSink, Clock, PageSource, StoreError};
use pipeline::{IngestError, Ingested, Ingester, Notifier};

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
}

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
            store.dead_letter_page(&page, "whoever read it died, several times")?;
            tracing::error!(bulletin.month = %month, "a page was taken out of the queue too often");
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
        let dead = store.fail_change(&change, &failure, clock.now())?;
        tracing::error!(
            change.seq = change.seq,
            dead,
            failure,
            "the alerts of a change could not be sent"
        );
        drained.failed.push(failure);
    }
    Ok(drained)
}
