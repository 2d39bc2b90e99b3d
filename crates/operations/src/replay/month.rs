//! Bulletins whose pages are read again.

use aws::SqsQueue;
use aws_types::SdkConfig;
use bulletin::{Month, MonthRange};
use bulletin_html::predicted_path;
use chrono::{Duration, Utc};
use pipeline::port::{BulletinQueue, BulletinStore, LinkTable, PageLink, PageMessage, StoreError};

use crate::Store;
use crate::deployment::Queue;
use crate::replay::{Pace, Queues, ReplayError};

/// How long a link that is queued here may go without a word before it is due again, as for the fetcher.
const QUEUED_FOR: Duration = Duration::minutes(60);

/// A page that is to be read again, or for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The page.
    pub link: PageLink,
    /// Whether its bulletin is stored.
    pub is_stored: bool,
    /// Whether the path is known, and not only where the page should be.
    pub path_is_known: bool,
}

/// The pages of these months, in the order in which they are to be read: what is later than everything that is stored in
/// the order of the months, so that each is told as it comes; then the others, newest first, so that they fill in behind
/// and are told to nobody.
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

impl Queues {
    /// The queue of pages.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn pages(&self, config: &SdkConfig) -> Result<SqsQueue, ReplayError> {
        Ok(SqsQueue::new(config, self.url(Queue::Pages).await?))
    }
}

/// Queues these pages in their order, so many a second at most, and answers how many it queued before `stop` said so.
///
/// # Errors
/// [`StoreError`]. What was queued stays queued; queueing it again does no harm.
pub async fn queue(
    store: &Store,
    waiting: &impl BulletinQueue,
    pages: &[Again],
    most_a_second: Option<u32>,
    mut progress: impl FnMut(usize),
    stop: impl Fn() -> bool,
) -> Result<usize, StoreError> {
    let mut pace = Pace::of(most_a_second);
    for (queued, page) in pages.iter().enumerate() {
        if stop() {
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
        progress(queued + 1);
    }
    Ok(pages.len())
}
