//! Queues the pages of past months to be parsed again. Excludes pages among the dead letters, see
//! [`page`](super::page). Start with [`plan`].

use bulletin::{Month, MonthRange};
use bulletin_html::predicted_path;
use chrono::{Duration, Utc};
use pipeline::port::{BulletinQueue, BulletinStore, LinkTable, PageLink, PageMessage, StoreError};

use crate::Store;
use crate::replay::Pace;

/// The time after which a queued link without an outcome is due again, as for the fetcher.
const QUEUED_FOR: Duration = Duration::minutes(60);

/// A page to parse again, or for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The link of the page.
    pub link: PageLink,
    /// True if its bulletin is stored.
    pub is_stored: bool,
    /// True if the path is known, false if it is predicted.
    pub path_is_known: bool,
}

/// The pages of these months in the order in which they must be parsed: first the months later than everything
/// stored, ascending, so that each one sends its alerts; then the others, newest first, so that they fill in the
/// history without alerts.
///
/// # Errors
/// [`StoreError`].
pub async fn plan(store: &Store, range: MonthRange) -> Result<Vec<Again>, StoreError> {
    let stored = store.months().await?;
    let (mut later, earlier): (Vec<Month>, Vec<Month>) = range
        .months()
        .partition(|month| stored.last().is_some_and(|newest| month > newest));
    later.extend(earlier.into_iter().rev());
    let mut plan = Vec::new();
    for month in later {
        let known = match store.link(month).await? {
            Some(link) => Some(link.link),
            None => store.record(month).await?.map(|record| PageLink {
                month,
                path: record.path,
            }),
        };
        plan.push(Again {
            is_stored: stored.contains(&month),
            path_is_known: known.is_some(),
            link: known.unwrap_or_else(|| PageLink {
                month,
                path: predicted_path(month),
            }),
        });
    }
    Ok(plan)
}

/// Queues these pages in order, at a limited rate. `goes_on` is called with the number of pages queued so far, before
/// each page and at the end; if it returns false, no further page is queued. Returns the number of queued pages.
///
/// # Errors
/// [`StoreError`]. Pages queued until then stay queued; queueing them again is harmless.
pub async fn queue(
    store: &Store,
    waiting: &impl BulletinQueue,
    pages: &[Again],
    most_a_second: Option<u32>,
    mut goes_on: impl FnMut(usize) -> bool,
) -> Result<usize, StoreError> {
    let mut pace = Pace::of(most_a_second);
    for (queued, page) in pages.iter().enumerate() {
        if !goes_on(queued) {
            return Ok(queued);
        }
        pace.wait().await;
        let now = Utc::now();
        // A link that is not due is read all the same; one that is, the fetcher then leaves alone.
        LinkTable::claim_link(store, &page.link, now, now + QUEUED_FOR).await?;
        let message = PageMessage {
            link: page.link.clone(),
            trace: format!("{}-{}-replay", page.link.month, now.format("%Y%m%dT%H%M%S")),
            listed: false,
        };
        waiting.send(&message).await?;
    }
    goes_on(pages.len());
    Ok(pages.len())
}
