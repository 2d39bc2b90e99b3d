//! The parse stage: fetches a page, reads it, has it stored and records the outcome with its link.
//!
//! Storing is in `storing.rs`. Start reading at [`Parser`].

use bulletin::{Finding, Month};
use bulletin_html::{Refusal, read_page};
use chrono::{DateTime, Duration, Utc};

use crate::link::{LinkState, backoff};
use crate::port::{
    BulletinStore, Clock, Fetched, LinkTable, PageLink, PageMessage, PageSource, SourceError, StoreError,
    present_month,
};
use crate::record::{BulletinRecord, CellDigest};
use crate::skew;
use crate::storing::Candidate;

/// How often the bulletins in force and to come are read again.
const READ_AGAIN: Duration = skew::LONGEST_DELAY;
/// How often a page that is not out yet is looked for, at most.
const LOOK_FOR_AGAIN: Duration = Duration::minutes(10);

/// Reads pages and stores what they say.
#[derive(Debug)]
pub struct Parser<'a, Source, Store, Clock> {
    /// Where pages come from.
    pub source: &'a Source,
    /// Where rows, standings and links are.
    pub store: &'a Store,
    /// What time it is.
    pub clock: &'a Clock,
}

/// What an operator confirms about a page that is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accept {
    /// Rows and columns that are missing are gone.
    pub missing: bool,
    /// Dates for Filing really repeats Final Action.
    pub identical_charts: bool,
}

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// It is stored: a new bulletin, or a confirmed correction.
    Stored {
        /// The bulletin's record.
        record: Box<BulletinRecord>,
        /// How many cells it changed.
        changed: usize,
    },
    /// It says what is stored already.
    Unchanged,
    /// It differs from the stored version, and waits until a second fetch agrees.
    Held {
        /// When it is fetched again.
        until: DateTime<Utc>,
        /// The number of cells that differ; 0 where the stored version was seen while another one waits.
        differs: usize,
        /// True if the page alternates between two versions.
        alternates: bool,
    },
    /// It was fetched before the page that is stored, and loses.
    Outdated,
    /// There is no such page, or none yet.
    NotThere {
        /// Whether its bulletin is stored all the same. It stays.
        is_stored: bool,
    },
}

/// Why a page could not be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// No host gave it. The link is due again later.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It was read and refused.
    #[error("{}: {refusal}", asked_for(host, *.month))]
    Refused {
        /// The bulletin that was asked for, where it is known.
        month: Option<Month>,
        /// Who gave the page.
        host: String,
        /// Why.
        refusal: Refusal,
    },
    /// The store could not take it. It is tried again.
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
    /// Whether the page itself was read whole and refused, so that trying again soon is of no use. What broke off on the
    /// way, or is a copy of another month's page, is a fault of the way and passes.
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
    /// Fetches a page, stores what it says, and notes what became of its link.
    ///
    /// Repeating it is harmless: what is stored already is not written again.
    ///
    /// # Errors
    /// [`ParseError`]. The link's state is noted then too, unless the store itself failed: then the link stays
    /// queued and becomes due again by itself.
    pub async fn parse_link(&self, link: &PageLink) -> Result<Parsed, ParseError> {
        self.parse_asked_for(link, false).await
    }

    /// Does the same for a queued page. If the index lists a page and no host has it, that is a failure of the source
    /// and not a bulletin that is not out yet.
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

    /// Stores a page that a person feeds. It counts as confirmed. Where the month that it should be is known, a page of
    /// another month is refused.
    ///
    /// # Errors
    /// [`ParseError`].
    pub async fn parse_page(
        &self,
        page: &Fetched,
        expected: Option<Month>,
        accept: Accept,
    ) -> Result<(Month, Vec<Finding>, Parsed), ParseError> {
        let mut read = read_page(&page.body, expected).map_err(|refusal| ParseError::Refused {
            month: expected,
            host: page.host.clone(),
            refusal,
        })?;
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
            // The page lost cells: what is reported about it is stored.
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
        // The second look at a correction comes from another host. Where that one denies it, the two are asked in
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

    /// What one host gave cannot be used: another may have the page whole.
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

    /// What is to be done with the link after this.
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
                let note = format!("{differs} cells differ; waiting for a second look");
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
