//! What the Lambdas' event source of pages does on AWS: hand over messages, and take the answer.

use bulletin::{Finding, Month};
use chrono::Duration;
use pipeline::port::{Clock, LinkTable, PageSource, StoreError};
use pipeline::{LinkState, ParseError, Parsed, Parser, skew};

use crate::queue::MAX_RECEIVES;
use crate::store::SqliteStore;

/// What became of one page of the queue.
#[derive(Debug)]
pub struct PageOutcome {
    /// The bulletin.
    pub month: Month,
    /// What became of it.
    pub result: Result<Parsed, ParseError>,
}

impl PageOutcome {
    /// What could not be read on the page, where it was stored.
    pub fn findings(&self) -> &[Finding] {
        match &self.result {
            Ok(Parsed::Stored { record, .. }) => &record.findings,
            _ => &[],
        }
    }
}

/// How long a page that killed whoever read it is left alone.
const KILLER_AGAIN_AFTER: Duration = skew::LONGEST_DELAY;

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
    let ingester = Parser { source, store, clock };
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
        let result = ingester.parse_message(&page.message).await;
        match &result {
            // What was refused before stays among the dead letters while nothing is stored in its place.
            Ok(ingested) => {
                let is_stored = !matches!(ingested, Parsed::NotThere { is_stored: false });
                store.delete_page(&page, is_stored)?;
            }
            Err(ParseError::Store(error)) => return Err(error.clone()),
            Err(error) if error.is_refusal() => store.dead_letter_page(&page, &error.to_string())?,
            // The link is due again; its next message will be another.
            Err(_) => store.delete_page(&page, false)?,
        }
        told(PageOutcome { month, result });
    }
    Ok(())
}
