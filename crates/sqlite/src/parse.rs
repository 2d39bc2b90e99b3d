//! The parsing stage of one machine: takes the pages out of the queue and stores them, as the Lambda `parser` does on
//! AWS. Excludes parsing itself, see [`Parser`], and the queue, see `queue.rs`. Start with [`parse_pages`].

use bulletin::{Finding, Month};
use chrono::Duration;
use pipeline::port::{Clock, LinkTable, PageSource, StoreError};
use pipeline::{LinkState, ParseError, Parsed, Parser, skew};

use crate::queue::MAX_RECEIVES;
use crate::store::SqliteStore;

/// The outcome of one page of the queue.
#[derive(Debug)]
pub struct PageOutcome {
    /// The month of the bulletin.
    pub month: Month,
    /// The result of parsing and storing it.
    pub result: Result<Parsed, ParseError>,
}

impl PageOutcome {
    /// The parts of the page that could not be read, if it was stored.
    pub fn findings(&self) -> &[Finding] {
        match &self.result {
            Ok(Parsed::Stored { record, .. }) => &record.findings,
            _ => &[],
        }
    }
}

/// The pause before a page that killed its parsers is fetched again.
const PAUSE_AFTER_DEATHS: Duration = skew::LONGEST_DELAY;

/// Parses every page in the queue, and passes the outcome of each to `report`. A page that fails does not hold back the
/// others.
///
/// # Errors
/// [`StoreError`] of the database itself. The pages before it are stored.
pub async fn parse_pages<Source: PageSource, C: Clock>(
    store: &SqliteStore,
    source: &Source,
    clock: &C,
    mut report: impl FnMut(PageOutcome),
) -> Result<(), StoreError> {
    let parser = Parser { source, store, clock };
    while let Some(page) = store.receive_page(clock.now())? {
        let month = page.message.link.month;
        if page.receives > MAX_RECEIVES {
            let reason = "every process that parsed it died";
            store.dead_letter_page(&page, reason)?;
            let again = LinkState::Dead {
                again: Some(clock.now() + PAUSE_AFTER_DEATHS),
            };
            store
                .settle(&page.message.link, &again, page.receives, reason)
                .await?;
            tracing::error!(bulletin.month = %month, "a page is dead-lettered: {reason}");
            continue;
        }
        let result = parser.parse_message(&page.message).await;
        match &result {
            // A page that was refused before stays a dead letter until its bulletin is stored.
            Ok(parsed) => {
                let is_stored = !matches!(parsed, Parsed::NotThere { is_stored: false });
                store.delete_page(&page, is_stored)?;
            }
            Err(ParseError::Store(error)) => return Err(error.clone()),
            Err(error) if error.is_refusal() => store.dead_letter_page(&page, &error.to_string())?,
            // The link is due again, and queues another message.
            Err(_) => store.delete_page(&page, false)?,
        }
        report(PageOutcome { month, result });
    }
    Ok(())
}
