//! The parse stage: fetches a page, reads it, has it stored and records the outcome in its link.
//!
//! The HTML is read by `bulletin-html`; storing is in `storing.rs`. Start reading at [`Parser::parse_message`].

mod correction;
mod shipped;
mod storing;

use bulletin::{Finding, Month};
use bulletin_html::{ReadPage, Refusal, read_page};
use chrono::{DateTime, Duration, Utc};

use crate::calendar::present_month;
use crate::link::{LinkState, backoff};
use crate::port::{
    BulletinStore, Clock, Fetched, LinkTable, PageLink, PageMessage, PageSource, SourceError, StoreError,
};
use crate::record::{BulletinRecord, CellDigest};
use crate::skew;
use storing::Candidate;

/// The time between two polls of a bulletin that is in force or upcoming.
const READ_AGAIN: Duration = skew::LONGEST_DELAY;
/// The shortest time between two polls of a page that is not published yet.
const LOOK_FOR_AGAIN: Duration = Duration::minutes(10);

/// Reads pages and stores their bulletins.
#[derive(Debug)]
pub struct Parser<'a, Source, Store, Clock> {
    /// The source of pages.
    pub source: &'a Source,
    /// The rows, standings and links.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a Clock,
}

/// The facts that an operator confirms about a page when ingesting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accept {
    /// Missing rows and columns are gone.
    pub missing: bool,
    /// Dates for Filing really repeats Final Action.
    pub identical_charts: bool,
}

/// The outcome of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// Stored: a new bulletin, or a confirmed correction.
    Stored {
        /// The bulletin's record.
        record: Box<BulletinRecord>,
        /// The number of cells written.
        changed: usize,
    },
    /// Identical to the stored version.
    Unchanged,
    /// Different from the stored version. It is held until a second fetch confirms it.
    Held {
        /// The time of the next fetch.
        until: DateTime<Utc>,
        /// The number of cells that differ; 0 if the page shows the stored version while another one is held.
        differs: usize,
        /// True if the page alternates between two versions.
        alternates: bool,
    },
    /// Fetched before the stored page, and so ignored.
    Outdated,
    /// The page does not exist, or not yet.
    NotThere {
        /// True if its bulletin is stored nevertheless. The bulletin is kept.
        is_stored: bool,
    },
}

/// The reason why a page could not be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// No host served it. The link is due again later.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The page was fetched and refused.
    #[error("{}: {refusal}", asked_for(host, *.month))]
    Refused {
        /// The requested bulletin, if known.
        month: Option<Month>,
        /// The host that served the page.
        host: String,
        /// The reason.
        refusal: Refusal,
    },
    /// The store failed. The page is retried.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn asked_for(host: &str, month: Option<Month>) -> String {
    match month {
        Some(month) => format!("{host}, bulletin of {}", month.title()),
        None => host.to_owned(),
    }
}

impl ParseError {
    /// True if the page itself is at fault, so that an early retry cannot succeed. A page that was truncated, or is a
    /// copy of another month's page, is a transient fault of the host.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if !refusal.is_worth_another_fetch())
            || matches!(self, Self::Source(SourceError::Forbidden { .. }))
    }
}

impl<Source, Store, C> Parser<'_, Source, Store, C>
where
    Source: PageSource,
    Store: BulletinStore + LinkTable,
    C: Clock,
{
    /// Fetches a page, stores its bulletin, and records the outcome in its link.
    ///
    /// Idempotent: a page that is already stored is not written again.
    ///
    /// # Errors
    /// [`ParseError`]. It is recorded in the link too, unless the store itself failed: then the link stays queued
    /// until it is due again.
    pub async fn parse_link(&self, link: &PageLink) -> Result<Parsed, ParseError> {
        self.parse_asked_for(link, false).await
    }

    /// Does the same for a queued page. If the index lists the page and no host has it, the source failed; otherwise
    /// the bulletin is not published yet.
    ///
    /// # Errors
    /// [`ParseError`], as for [`parse_link`](Self::parse_link).
    pub async fn parse_message(&self, message: &PageMessage) -> Result<Parsed, ParseError> {
        self.parse_asked_for(&message.link, message.listed).await
    }

    async fn parse_asked_for(&self, link: &PageLink, is_listed: bool) -> Result<Parsed, ParseError> {
        let result = self.fetch_and_store(link, is_listed).await;
        if let Err(ParseError::Store(error)) = result {
            return Err(error.into());
        }
        let failures = match &result {
            Ok(_) => 0,
            Err(_) => self.failures(link.month).await?,
        };
        let (state, failures, note) = self.settlement(link.month, &result, failures);
        self.store.settle(link, &state, failures, &note).await?;
        result
    }

    /// Reads and stores a page that an operator ingests. It counts as confirmed. A page of another month than
    /// `expected` is refused.
    ///
    /// # Errors
    /// [`ParseError`] if the page is refused or the store fails.
    pub async fn parse_page(
        &self,
        page: &Fetched,
        expected: Option<Month>,
        accept: Accept,
    ) -> Result<(Month, Vec<Finding>, Parsed), ParseError> {
        let read = read_page(&page.body, expected).map_err(|refusal| ParseError::Refused {
            month: expected,
            host: page.host.clone(),
            refusal,
        })?;
        self.store_read_page(page, read, accept).await
    }

    /// Stores a page that an operator ingests and that has been read already; the body in `page` is not used.
    ///
    /// # Errors
    /// [`ParseError`] if the store fails.
    pub async fn store_read_page(
        &self,
        page: &Fetched,
        mut read: ReadPage,
        accept: Accept,
    ) -> Result<(Month, Vec<Finding>, Parsed), ParseError> {
        if accept.identical_charts {
            read = read.confirm_identical_charts();
        }
        let month = read.bulletin.month();
        let link = PageLink {
            month,
            path: bulletin_html::predicted_path(month),
        };
        let candidate = Candidate {
            link: &link,
            page,
            read: &read,
            accept,
        };
        let known = self.store.record(month).await?;
        let is_stored = known
            .as_ref()
            .is_some_and(|known| known.digest == CellDigest::of(&read.bulletin));
        let ingested = self.store_page(candidate, known).await?;
        let (state, failures, note) = self.settlement(month, &Ok(ingested.clone()), 0);
        self.store.settle(&link, &state, failures, &note).await?;
        let findings = match &ingested {
            Parsed::Stored { record, .. } => record.findings.clone(),
            _ if is_stored => read.findings,
            // The page lost cells, and only the stored findings report them.
            _ => self
                .store
                .record(month)
                .await?
                .map_or(read.findings, |record| record.findings),
        };
        Ok((month, findings, ingested))
    }

    async fn fetch_and_store(&self, link: &PageLink, is_listed: bool) -> Result<Parsed, ParseError> {
        let record = self.store.record(link.month).await?;
        let pending = record.as_ref().and_then(|record| record.pending.as_ref());
        // The second fetch of a correction comes from another host. If that one contradicts it, the two are asked in
        // turn until they agree: the first was ahead of the others, or behind.
        let avoid = pending
            .filter(|pending| !pending.first_host_next)
            .map(|pending| pending.host.clone());
        let page = match self.source.page(&link.path, avoid.as_deref()).await {
            Ok(page) => page,
            Err(SourceError::NotFound { path, tried }) if is_listed && record.is_none() => {
                let tried = format!("the index lists it, but {tried}");
                return Err(SourceError::Blocked { path, tried }.into());
            }
            Err(SourceError::NotFound { .. }) => {
                return Ok(Parsed::NotThere {
                    is_stored: record.is_some(),
                });
            }
            Err(error) => return Err(error.into()),
        };
        match read_page(&page.body, Some(link.month)) {
            Ok(read) => {
                self.store_page(Candidate::fetched(link, &page, &read), record)
                    .await
            }
            Err(refusal) => self.second_opinion(link, &page, refusal, record).await,
        }
    }

    /// Fetches a refused page from another host, which may have an intact one.
    async fn second_opinion(
        &self,
        link: &PageLink,
        first: &Fetched,
        refusal: Refusal,
        known: Option<BulletinRecord>,
    ) -> Result<Parsed, ParseError> {
        let refused = ParseError::Refused {
            month: Some(link.month),
            host: first.host.clone(),
            refusal,
        };
        match self.source.page(&link.path, Some(&first.host)).await {
            Ok(second) if second.host != first.host => match read_page(&second.body, Some(link.month)) {
                Ok(read) => {
                    self.store_page(Candidate::fetched(link, &second, &read), known)
                        .await
                }
                Err(_) => Err(refused),
            },
            _ => Err(refused),
        }
    }

    async fn failures(&self, month: Month) -> Result<u32, StoreError> {
        Ok(self.store.link(month).await?.map_or(0, |link| link.failures))
    }

    /// The new state of the link, its failures and its note.
    fn settlement(
        &self,
        month: Month,
        result: &Result<Parsed, ParseError>,
        failures: u32,
    ) -> (LinkState, u32, String) {
        let now = self.clock.now();
        let again = (month >= present_month(now)).then(|| now + READ_AGAIN);
        match result {
            Ok(Parsed::NotThere { is_stored: true }) => (LinkState::Done { again }, 0, "not there".into()),
            Ok(Parsed::NotThere { is_stored: false }) => {
                let at = now + LOOK_FOR_AGAIN;
                (LinkState::Due { at }, 0, "not there".into())
            }
            Ok(Parsed::Held { until, differs, .. }) => {
                let note = format!("{differs} cells differ; waiting for a second fetch");
                (LinkState::Done { again: Some(*until) }, 0, note)
            }
            Ok(Parsed::Stored { changed, .. }) => (
                LinkState::Done { again },
                0,
                format!("stored, {changed} cells written"),
            ),
            Ok(Parsed::Unchanged | Parsed::Outdated) => {
                (LinkState::Done { again }, 0, "read again, nothing new".into())
            }
            Err(error) if error.is_refusal() => (LinkState::Dead { again }, failures + 1, error.to_string()),
            Err(error) => {
                let failures = failures + 1;
                (
                    LinkState::Due {
                        at: now + backoff(failures),
                    },
                    failures,
                    error.to_string(),
                )
            }
        }
    }
}
