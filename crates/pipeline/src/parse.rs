//! The stage that reads a page and stores what it says.

use bulletin::{Bulletin, Context, Finding, Month, RowKey, complete};
use bulletin_html::{ReadPage, Refusal, read_page};
use chrono::{DateTime, Duration, Utc};

use crate::correction::is_confirmed;
use crate::link::{LinkState, backoff};
use crate::plan::{Surroundings, plan_standings, recomplete_next};
use crate::port::{
    BulletinStore, Clock, Fetched, LinkTable, PageLink, PageMessage, PageSource, SourceError, StoreError,
    StoredRow, as_bulletin, present_month,
};
use crate::record::{BulletinRecord, CellDigest, RowWrite};
use crate::row::{corrected_cells, row_writes};
use crate::skew;

/// How often the bulletins in force and to come are read again.
const READ_AGAIN: Duration = skew::LONGEST_DELAY;
/// How often a page that is not out yet is looked for, at most.
const LOOK_FOR_AGAIN: Duration = Duration::minutes(10);
/// How often a write is planned anew when somebody else wrote meanwhile. Each time that somebody got theirs in, so the
/// whole moves on; but one that is slower than another may lose many times in a row while a history is read.
pub(crate) const WRITE_ATTEMPTS: u32 = 100;
/// The number of replaced versions whose digests a record keeps.
const MOST_VERSIONS: usize = 8;

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

/// A page that is to be stored.
#[derive(Debug, Clone, Copy)]
struct Candidate<'a> {
    link: &'a PageLink,
    page: &'a Fetched,
    read: &'a ReadPage,
    accept: Accept,
}

impl<'a> Candidate<'a> {
    fn fetched(link: &'a PageLink, page: &'a Fetched, read: &'a ReadPage) -> Self {
        Self {
            link,
            page,
            read,
            accept: Accept::default(),
        }
    }

    fn month(&self) -> Month {
        self.read.bulletin.month()
    }
}

/// The bulletin that a page comes to, and what it was worked out from.
#[derive(Debug)]
struct Draft {
    bulletin: Bulletin,
    findings: Vec<Finding>,
    confirmed_missing: Vec<RowKey>,
    stored: Vec<StoredRow>,
    around: Surroundings,
}

fn always_conflicting(conflict: Option<String>) -> StoreError {
    StoreError::Unavailable {
        what: conflict.unwrap_or_default(),
        reason: "other processes write it all the time".into(),
    }
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

    /// Confirms that the missing cells of a stored bulletin are gone and not lost, and stores that as a correction.
    /// Answers with how many there were; `None` where the bulletin is not stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn confirm_missing(&self, month: Month) -> Result<Option<usize>, StoreError> {
        let mut conflict = None;
        for _ in 0..WRITE_ATTEMPTS {
            match self.try_to_confirm_missing(month).await {
                Err(StoreError::Conflict { what }) => conflict = Some(what),
                done => return done,
            }
        }
        Err(always_conflicting(conflict))
    }

    async fn try_to_confirm_missing(&self, month: Month) -> Result<Option<usize>, StoreError> {
        let Some(known) = self.store.record(month).await? else {
            return Ok(None);
        };
        let stored = self.store.rows(month).await?;
        let missing: Vec<RowKey> = stored
            .iter()
            .filter(|stored| stored.row.missing_part().is_some())
            .map(|stored| stored.row.key)
            .collect();
        if missing.is_empty() {
            return Ok(Some(0));
        }
        let around = Surroundings::read(self.store, month).await?;
        let confirmed = [known.confirmed_missing.as_slice(), &missing].concat();
        let context = Context {
            previous: around.previous.as_ref(),
            stored: None,
            confirmed: &confirmed,
        };
        let completed = complete(&as_bulletin(month, stored.clone())?, &known.findings, context);
        let rows = row_writes(&completed.bulletin, &stored);
        let record = BulletinRecord {
            revision: known.revision + 1,
            cells: completed.bulletin.rows().len(),
            findings: completed.findings,
            corrected: corrected_cells(&rows, &stored),
            confirmed_missing: confirmed,
            ..known.clone()
        };
        let planned = plan_standings(self.store, &completed.bulletin, &around, known.was_over()).await?;
        let plan = planned.write(rows, record, Some(known), self.clock.now());
        self.store.write(&plan).await?;
        Ok(Some(missing.len()))
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

    /// Stores a page, from the record that was known before it was fetched and, where others write meanwhile, from what
    /// is stored then.
    async fn store_page(
        &self,
        candidate: Candidate<'_>,
        mut known: Option<BulletinRecord>,
    ) -> Result<Parsed, ParseError> {
        let mut conflict = None;
        for _ in 0..WRITE_ATTEMPTS {
            match self.try_to_store(candidate, known).await {
                Err(StoreError::Conflict { what }) => conflict = Some(what),
                done => return Ok(done?),
            }
            known = self.store.record(candidate.month()).await?;
        }
        Err(always_conflicting(conflict).into())
    }

    /// One attempt, from this record.
    async fn try_to_store(
        &self,
        candidate: Candidate<'_>,
        known: Option<BulletinRecord>,
    ) -> Result<Parsed, StoreError> {
        let Candidate {
            page, read, accept, ..
        } = candidate;
        if let Some(known) = &known {
            let confirms = accept.missing && known.findings.iter().any(Finding::is_gap);
            if known.digest == CellDigest::of(&read.bulletin) && !confirms {
                let seen = self.seen_as_stored(known, page).await?;
                return if page.by_hand {
                    self.mend(&read.bulletin).await
                } else {
                    Ok(seen)
                };
            }
            if self.is_outdated(page, known) {
                return Ok(Parsed::Outdated);
            }
        }
        let draft = self.draft(candidate, known.as_ref()).await?;
        let Some(known) = known else {
            return self.write(candidate, draft, None).await;
        };
        let rows = row_writes(&draft.bulletin, &draft.stored);
        if !rows.is_empty() {
            let digest = CellDigest::of(&draft.bulletin);
            return if is_confirmed(&known, page, &digest) {
                self.write(candidate, draft, Some(known)).await
            } else {
                self.hold(&known, page, digest, &rows).await
            };
        }
        // The page lost cells and says nothing new otherwise: the stored cells stay, and the page is reported.
        if known.findings != draft.findings {
            self.note_findings(known, draft).await?;
        }
        Ok(Parsed::Unchanged)
    }

    /// True if the stored page was fetched after this one. A stored time in the future says nothing: a clock ran ahead.
    fn is_outdated(&self, page: &Fetched, known: &BulletinRecord) -> bool {
        page.at < known.fetched_at && !skew::is_ahead(known.fetched_at, self.clock.now())
    }

    /// The bulletin that a page comes to, with the cells that it should have.
    async fn draft(
        &self,
        candidate: Candidate<'_>,
        known: Option<&BulletinRecord>,
    ) -> Result<Draft, StoreError> {
        let Candidate { read, accept, .. } = candidate;
        let month = candidate.month();
        let stored = self.store.rows(month).await?;
        let around = Surroundings::read(self.store, month).await?;
        let stored_bulletin = match known {
            Some(_) => Some(as_bulletin(month, stored.clone())?),
            None => None,
        };
        let mut confirmed_missing = known.map_or_else(Vec::new, |known| known.confirmed_missing.clone());
        let completed = |confirmed: &[RowKey]| {
            let context = Context {
                previous: around.previous.as_ref(),
                stored: stored_bulletin.as_ref(),
                confirmed,
            };
            complete(&read.bulletin, &read.findings, context)
        };
        let mut draft = completed(&confirmed_missing);
        if accept.missing && !draft.missing.is_empty() {
            confirmed_missing.append(&mut draft.missing);
            draft = completed(&confirmed_missing);
        }
        Ok(Draft {
            bulletin: draft.bulletin,
            findings: draft.findings,
            confirmed_missing,
            stored,
            around,
        })
    }

    /// Stores a new bulletin, or a confirmed correction.
    async fn write(
        &self,
        candidate: Candidate<'_>,
        draft: Draft,
        known: Option<BulletinRecord>,
    ) -> Result<Parsed, StoreError> {
        let now = self.clock.now();
        if let Some(plan) = recomplete_next(self.store, &draft.bulletin, &draft.around, now).await? {
            self.store.write(&plan).await?;
        }
        let rows = row_writes(&draft.bulletin, &draft.stored);
        let record = self.record_of(candidate, &draft, &rows, known.as_ref());
        let planned = plan_standings(self.store, &draft.bulletin, &draft.around, record.was_over()).await?;
        let plan = planned.write(rows, record, known, now);
        self.store.write(&plan).await?;
        Ok(Parsed::Stored {
            changed: plan.rows.len(),
            record: Box::new(plan.record),
        })
    }

    fn record_of(
        &self,
        candidate: Candidate<'_>,
        draft: &Draft,
        rows: &[RowWrite],
        known: Option<&BulletinRecord>,
    ) -> BulletinRecord {
        let Candidate { link, page, .. } = candidate;
        let mut earlier_versions = known.map_or_else(Vec::new, |known| known.earlier_versions.clone());
        earlier_versions.extend(known.map(|known| known.digest.clone()));
        let forgotten = earlier_versions.len().saturating_sub(MOST_VERSIONS);
        earlier_versions.drain(..forgotten);
        BulletinRecord {
            month: candidate.month(),
            path: link.path.clone(),
            host: page.host.clone(),
            fetched_at: page.at,
            first_seen: known.map_or_else(|| self.clock.now(), |known| known.first_seen),
            revision: known.map_or(0, |known| known.revision + 1),
            came_in_order: known.map_or(draft.around.is_news, |known| known.came_in_order),
            digest: CellDigest::of(&draft.bulletin),
            cells: draft.bulletin.rows().len(),
            findings: draft.findings.clone(),
            corrected: known.map_or_else(Vec::new, |_| corrected_cells(rows, &draft.stored)),
            pending: None,
            confirmed_missing: draft.confirmed_missing.clone(),
            earlier_versions,
        }
    }

    /// Stores what is reported about a page whose cells are the stored ones.
    async fn note_findings(&self, known: BulletinRecord, draft: Draft) -> Result<(), StoreError> {
        let planned = plan_standings(self.store, &draft.bulletin, &draft.around, known.was_over()).await?;
        let record = BulletinRecord {
            findings: draft.findings,
            ..known.clone()
        };
        let plan = planned
            .mending()
            .write(Vec::new(), record, Some(known), self.clock.now());
        self.store.write(&plan).await
    }

    /// Compares every row and standing with a page that a person fed and that says what was stored: where somebody else
    /// wrote there since, they are put back. That is no correction, so nobody is notified of it.
    async fn mend(&self, printed: &Bulletin) -> Result<Parsed, StoreError> {
        let month = printed.month();
        let Some(known) = self.store.record(month).await? else {
            return Ok(Parsed::Unchanged);
        };
        // A correction that came in between is not undone: the page is judged again against it.
        if known.digest != CellDigest::of(printed) {
            return Err(StoreError::Conflict {
                what: format!("the bulletin of {month}"),
            });
        }
        let around = Surroundings::read(self.store, month).await?;
        let context = Context {
            previous: around.previous.as_ref(),
            stored: None,
            confirmed: &known.confirmed_missing,
        };
        let completed = complete(printed, &known.findings, context);
        let rows = row_writes(&completed.bulletin, &self.store.rows(month).await?);
        let planned = plan_standings(self.store, &completed.bulletin, &around, known.was_over()).await?;
        let plan = planned
            .mending()
            .write(rows, known.clone(), Some(known), self.clock.now());
        if plan.rows.is_empty() && plan.standings.is_empty() {
            return Ok(Parsed::Unchanged);
        }
        self.store.write(&plan).await?;
        Ok(Parsed::Stored {
            changed: plan.rows.len(),
            record: Box::new(plan.record),
        })
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
