//! Storing a page that was read: new bulletins, confirmed corrections, and what an operator confirms or mends.
//!
//! [`Parser::store_page`] is the entry. [`correction`](crate::correction) decides if a different version may replace
//! the stored one; [`bulletin::complete`] adds the cells that a page should have.

use bulletin::{Bulletin, Context, Finding, Month, RowKey, complete};
use bulletin_html::ReadPage;

use super::correction::is_confirmed;
use super::shipped::{differences, with_differences};
use crate::parse::{Accept, ParseError, Parsed, Parser};
use crate::plan::{Surroundings, plan_standings, recomplete_next, retry_conflicts};
use crate::port::{BulletinStore, Clock, Fetched, PageLink, StoreError, StoredRow, as_bulletin};
use crate::record::{BulletinRecord, CellDigest, RowWrite};
use crate::row::{corrected_cells, row_writes};
use crate::skew;

/// The number of replaced versions whose digests a record keeps.
const MOST_VERSIONS: usize = 8;

/// A page that is to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) link: &'a PageLink,
    pub(crate) page: &'a Fetched,
    pub(crate) read: &'a ReadPage,
    pub(crate) accept: Accept,
}

impl<'a> Candidate<'a> {
    pub(crate) fn fetched(link: &'a PageLink, page: &'a Fetched, read: &'a ReadPage) -> Self {
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

    /// The path of the page on the site. A page that an operator feeds does not tell it.
    fn path(&self, known: Option<&BulletinRecord>) -> String {
        match known {
            Some(known) if self.page.by_hand => known.path.clone(),
            _ => self.link.path.clone(),
        }
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

impl<Source, Store, C> Parser<'_, Source, Store, C>
where
    Store: BulletinStore,
    C: Clock,
{
    /// Confirms that the missing cells of a stored bulletin are gone and not lost, and stores that as a correction.
    /// Answers with how many there were; `None` where the bulletin is not stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn confirm_missing(&self, month: Month) -> Result<Option<usize>, StoreError> {
        retry_conflicts(async || self.try_to_confirm_missing(month).await).await
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
        let printed = as_bulletin(month, stored.clone())?;
        let completed = around.complete(&printed, &known.findings, &confirmed);
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

    /// Stores a page, from the record that was known before it was fetched and, where others write meanwhile, from what
    /// is stored then.
    pub(crate) async fn store_page(
        &self,
        candidate: Candidate<'_>,
        known: Option<BulletinRecord>,
    ) -> Result<Parsed, ParseError> {
        let mut first = Some(known);
        let stored = retry_conflicts(async || {
            let known = match first.take() {
                Some(known) => known,
                None => self.store.record(candidate.month()).await?,
            };
            self.try_to_store(candidate, known).await
        });
        Ok(stored.await?)
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
        let known = match known {
            Some(known) if known.is_shipped() && known.digest == CellDigest::of(&read.bulletin) => {
                // Boxed, because every page would need the stack that this rare step needs.
                Some(Box::pin(self.confirm_shipped(candidate, known)).await?)
            }
            known => known,
        };
        if let Some(known) = &known {
            let has_gaps = known.findings.iter().any(Finding::is_gap);
            if known.digest == CellDigest::of(&read.bulletin) && !(accept.missing && has_gaps) {
                if has_gaps {
                    self.update_findings(candidate, known).await?;
                }
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
        self.note_findings(known, draft).await?;
        Ok(Parsed::Unchanged)
    }

    /// Records that a page was read and has the shipped cells.
    async fn confirm_shipped(
        &self,
        candidate: Candidate<'_>,
        known: BulletinRecord,
    ) -> Result<BulletinRecord, StoreError> {
        let draft = self.draft(candidate, Some(&known)).await?;
        let planned = plan_standings(self.store, &draft.bulletin, &draft.around, known.was_over()).await?;
        let record = BulletinRecord {
            path: candidate.path(Some(&known)),
            host: candidate.page.host.clone(),
            fetched_at: candidate.page.at,
            findings: draft.findings,
            ..known.clone()
        };
        let plan = planned
            .mending()
            .write(Vec::new(), record, Some(known), self.clock.now());
        self.store.write(&plan).await?;
        Ok(plan.record)
    }

    /// Removes findings about cells that an earlier version of the page had lost and that this one shows.
    async fn update_findings(
        &self,
        candidate: Candidate<'_>,
        known: &BulletinRecord,
    ) -> Result<(), StoreError> {
        let draft = self.draft(candidate, Some(known)).await?;
        if row_writes(&draft.bulletin, &draft.stored).is_empty() {
            self.note_findings(known.clone(), draft).await?;
        }
        Ok(())
    }

    /// True if the stored page was fetched after this one. A stored time in the future says nothing: a clock ran ahead.
    /// A shipped bulletin was not fetched.
    fn is_outdated(&self, page: &Fetched, known: &BulletinRecord) -> bool {
        page.at < known.fetched_at
            && !known.is_shipped()
            && !skew::is_ahead(known.fetched_at, self.clock.now())
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
        let mut planned =
            plan_standings(self.store, &draft.bulletin, &draft.around, record.was_over()).await?;
        if known.as_ref().is_some_and(BulletinRecord::is_shipped) {
            planned = planned.replacing_shipped();
        }
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
        let page = candidate.page;
        let corrects = known.filter(|known| !known.is_shipped());
        let mut findings = draft.findings.clone();
        if known.is_some() && corrects.is_none() {
            findings.extend(differences(rows, &draft.stored));
        }
        let mut earlier_versions = known.map_or_else(Vec::new, |known| known.earlier_versions.clone());
        earlier_versions.extend(known.map(|known| known.digest.clone()));
        let forgotten = earlier_versions.len().saturating_sub(MOST_VERSIONS);
        earlier_versions.drain(..forgotten);
        BulletinRecord {
            month: candidate.month(),
            path: candidate.path(known),
            host: page.host.clone(),
            fetched_at: page.at,
            first_seen: known.map_or_else(|| self.clock.now(), |known| known.first_seen),
            revision: known.map_or(0, |known| known.revision) + u32::from(corrects.is_some()),
            came_in_order: known.map_or(draft.around.is_news, |known| known.came_in_order),
            digest: CellDigest::of(&draft.bulletin),
            cells: draft.bulletin.rows().len(),
            findings,
            corrected: corrects.map_or_else(Vec::new, |_| corrected_cells(rows, &draft.stored)),
            pending: None,
            confirmed_missing: draft.confirmed_missing.clone(),
            earlier_versions,
        }
    }

    /// Stores what is reported about a page whose cells are the stored ones.
    async fn note_findings(&self, known: BulletinRecord, draft: Draft) -> Result<(), StoreError> {
        let findings = with_differences(&known, draft.findings);
        if known.findings == findings {
            return Ok(());
        }
        let planned = plan_standings(self.store, &draft.bulletin, &draft.around, known.was_over()).await?;
        let record = BulletinRecord {
            findings,
            ..known.clone()
        };
        let plan = planned
            .mending()
            .write(Vec::new(), record, Some(known), self.clock.now());
        self.store.write(&plan).await
    }

    /// Compares every row and standing with a page that a person fed and that says what was stored: where somebody else
    /// wrote there since, they are put back. This is not a correction, so nobody is notified.
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
        let completed = around.complete(printed, &known.findings, &known.confirmed_missing);
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
}
