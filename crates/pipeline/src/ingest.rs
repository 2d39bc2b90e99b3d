use std::collections::BTreeMap;

use bulletin::{Bulletin, CorrectedCell, Finding, Month, MonthRange, Reading, Row, RowKey};
use bulletin_html::{ReadPage, Refusal, read_page};
use chrono::{DateTime, Duration, Utc};

use crate::link::{LinkState, backoff};
use crate::plan::plan_standings;
use crate::port::{
    BulletinStore, Clock, Fetched, LinkTable, PageLink, PageMessage, PageSource, SourceError, StoreError,
    StoredRow, present_month,
};
use crate::record::{BulletinRecord, CellDigest, Pending, RowWrite, WritePlan};
use crate::skew;

/// How long after its first sight a correction is looked at again, at the earliest.
const CONFIRM_AFTER: Duration = Duration::minutes(10);
/// How long two hosts that disagree are left alone before the next of them is asked.
const ASK_IN_TURN: Duration = Duration::minutes(30);
/// How long a correction that another host denies is waited for. Its host may have gone back without being asked again;
/// if it has not, it will show the correction anew.
const FORGET_DENIED: Duration = Duration::hours(24);
/// How often the bulletins in force and to come are read again.
const READ_AGAIN: Duration = skew::LONGEST_DELAY;
/// How often a page that is not out yet is looked for, at most.
const LOOK_FOR_AGAIN: Duration = Duration::minutes(10);
/// How often a write is planned anew when somebody else wrote meanwhile. Each time that somebody got theirs in, so the
/// whole moves on; but one that is slower than another may lose many times in a row while a history is read.
pub(crate) const WRITE_ATTEMPTS: u32 = 100;

/// Reads pages and stores what they say.
#[derive(Debug)]
pub struct Ingester<'a, Source, Store, Clock> {
    /// Where pages come from.
    pub source: &'a Source,
    /// Where rows, standings and links are.
    pub store: &'a Store,
    /// What time it is.
    pub clock: &'a Clock,
}

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingested {
    /// It is stored: a new bulletin, or a confirmed correction.
    Stored {
        /// The bulletin's record.
        record: Box<BulletinRecord>,
        /// How many cells it changed.
        changed: usize,
    },
    /// It says what is stored already.
    Unchanged,
    /// It differs from what is stored, and waits until a second look agrees.
    Held {
        /// When it is looked at again.
        until: DateTime<Utc>,
        /// How many cells differ.
        differs: usize,
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
pub enum IngestError {
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

impl IngestError {
    /// Whether the page itself was read whole and refused, so that trying again soon is of no use. What broke off on the
    /// way, or is a copy of another month's page, is a fault of the way and passes.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if !refusal.is_worth_another_fetch())
            || matches!(self, Self::Source(SourceError::Forbidden { .. }))
    }
}

impl<Source, Store, C> Ingester<'_, Source, Store, C>
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
    /// [`IngestError`]. The link's state is noted then too, unless the store itself failed: then the link stays
    /// queued and becomes due again by itself.
    pub async fn ingest_link(&self, link: &PageLink) -> Result<Ingested, IngestError> {
        self.ingest_asked_for(link, false).await
    }

    /// Does the same for a queued page. If the index lists a page and no host has it, that is a failure of the source
    /// and not a bulletin that is not out yet.
    ///
    /// # Errors
    /// [`IngestError`], as for [`ingest_link`](Self::ingest_link).
    pub async fn ingest_message(&self, message: &PageMessage) -> Result<Ingested, IngestError> {
        self.ingest_asked_for(&message.link, message.listed).await
    }

    async fn ingest_asked_for(&self, link: &PageLink, is_listed: bool) -> Result<Ingested, IngestError> {
        let result = self.fetch_and_store(link, is_listed).await;
        if let Err(IngestError::Store(error)) = result {
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

    /// Stores what a page says that somebody gave by hand. It counts as confirmed. Where it is known which month it
    /// should be, a page of another month is refused.
    ///
    /// # Errors
    /// [`IngestError`].
    pub async fn ingest_page(
        &self,
        page: &Fetched,
        expected: Option<Month>,
    ) -> Result<(Month, Vec<Finding>, Ingested), IngestError> {
        let read = read_page(&page.body, expected).map_err(|refusal| IngestError::Refused {
            month: expected,
            host: page.host.clone(),
            refusal,
        })?;
        let month = read.bulletin.month();
        let findings = read.findings.clone();
        let link = PageLink {
            month,
            path: bulletin_html::predicted_path(month),
        };
        let known = self.store.record(month).await?;
        let ingested = self.store_page(&link, page, read, known).await?;
        let (state, failures, note) = self.settlement(month, &Ok(ingested.clone()), 0);
        self.store.settle(&link, &state, failures, &note).await?;
        Ok((month, findings, ingested))
    }

    async fn fetch_and_store(&self, link: &PageLink, is_listed: bool) -> Result<Ingested, IngestError> {
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
                return Ok(Ingested::NotThere {
                    is_stored: record.is_some(),
                });
            }
            Err(error) => return Err(error.into()),
        };
        match read_page(&page.body, Some(link.month)) {
            Ok(read) => self.store_page(link, &page, read, record).await,
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
    ) -> Result<Ingested, IngestError> {
        let refused = IngestError::Refused {
            month: Some(link.month),
            host: first.host.clone(),
            refusal,
        };
        match self.source.page(&link.path, Some(&first.host)).await {
            Ok(second) if second.host != first.host => match read_page(&second.body, Some(link.month)) {
                Ok(read) => self.store_page(link, &second, read, known).await,
                Err(_) => Err(refused),
            },
            _ => Err(refused),
        }
    }

    /// Stores a page, from the record that was known before it was fetched and, where others write meanwhile, from what
    /// is stored then.
    async fn store_page(
        &self,
        link: &PageLink,
        page: &Fetched,
        read: ReadPage,
        mut known: Option<BulletinRecord>,
    ) -> Result<Ingested, IngestError> {
        let mut conflict = None;
        for _ in 0..WRITE_ATTEMPTS {
            match self.try_to_store(link, page, &read, known).await {
                Err(StoreError::Conflict { what }) => conflict = Some(what),
                done => return Ok(done?),
            }
            known = self.store.record(read.bulletin.month()).await?;
        }
        Err(StoreError::Unavailable {
            what: conflict.unwrap_or_default(),
            reason: "it is written by others all the time".into(),
        }
        .into())
    }

    /// One attempt, from this record.
    async fn try_to_store(
        &self,
        link: &PageLink,
        page: &Fetched,
        read: &ReadPage,
        known: Option<BulletinRecord>,
    ) -> Result<Ingested, StoreError> {
        let bulletin = &read.bulletin;
        let month = bulletin.month();
        let digest = CellDigest::of(bulletin);

        if let Some(known) = &known {
            if known.digest == digest {
                let seen = self.seen_as_stored(known, page).await?;
                return if page.by_hand {
                    self.mend(bulletin).await
                } else {
                    Ok(seen)
                };
            }
            if self.is_outdated(page, known) {
                return Ok(Ingested::Outdated);
            }
        }
        let stored = self.store.rows(month).await?;
        let rows = row_writes(bulletin, &stored);
        if let Some(known) = &known
            && !confirmed(known, page, &digest)
        {
            return self.hold(known, page, digest, &rows).await;
        }
        let plan = self.plan(link, page, read, digest, known, stored, rows).await?;
        let changed = plan.rows.len();
        self.store.write(&plan).await?;
        Ok(Ingested::Stored {
            record: Box::new(plan.record),
            changed,
        })
    }

    /// True if the stored page was fetched after this one. A stored time in the future says nothing: a clock ran ahead.
    fn is_outdated(&self, page: &Fetched, known: &BulletinRecord) -> bool {
        page.at < known.fetched_at && !skew::is_ahead(known.fetched_at, self.clock.now())
    }

    /// Holds every row and standing against a page that a person gave and that says what was stored: where somebody else
    /// wrote there since, they are put back. That is no correction, so nobody is told of it.
    async fn mend(&self, bulletin: &Bulletin) -> Result<Ingested, StoreError> {
        let month = bulletin.month();
        let Some(known) = self.store.record(month).await? else {
            return Ok(Ingested::Unchanged);
        };
        // A correction that came in between is not undone: the page is judged anew against it.
        if known.digest != CellDigest::of(bulletin) {
            return Err(StoreError::Conflict {
                what: format!("the bulletin of {month}"),
            });
        }
        let rows = row_writes(bulletin, &self.store.rows(month).await?);
        let planned = plan_standings(self.store, bulletin).await?.mending();
        let plan = planned.write(rows, known.clone(), Some(known), self.clock.now());
        if plan.rows.is_empty() && plan.standings.is_empty() {
            return Ok(Ingested::Unchanged);
        }
        self.store.write(&plan).await?;
        Ok(Ingested::Stored {
            changed: plan.rows.len(),
            record: Box::new(plan.record),
        })
    }

    /// The page says what is stored. A correction that waits is dropped when the host that showed it shows the
    /// stored form again, and contested when another does: from then on the first alone is not believed, and after a day
    /// it is dropped too.
    async fn seen_as_stored(&self, known: &BulletinRecord, page: &Fetched) -> Result<Ingested, StoreError> {
        let Some(pending) = &known.pending else {
            return Ok(Ingested::Unchanged);
        };
        let forgotten = pending.contested && page.at - pending.at >= FORGET_DENIED;
        if pending.host == page.host || page.by_hand || forgotten {
            self.store.hold(known, None).await?;
            return Ok(Ingested::Unchanged);
        }
        let contested = Pending {
            contested: true,
            first_host_next: true,
            at: first_sight(pending, page),
            ..pending.clone()
        };
        if *pending != contested {
            self.store.hold(known, Some(&contested)).await?;
        }
        Ok(Ingested::Held {
            until: self.clock.now() + ASK_IN_TURN,
            differs: 0,
        })
    }

    async fn hold(
        &self,
        known: &BulletinRecord,
        page: &Fetched,
        digest: CellDigest,
        rows: &[RowWrite],
    ) -> Result<Ingested, StoreError> {
        let differs = rows.len();
        let pending = match &known.pending {
            // Seen again too early, or by the first host although another denies it: now it is the other's turn.
            Some(pending) if pending.digest == digest => Pending {
                first_host_next: false,
                at: first_sight(pending, page),
                ..pending.clone()
            },
            _ => Pending {
                digest,
                host: page.host.clone(),
                at: page.at,
                contested: self.is_stale_copy(known, page, rows).await?,
                first_host_next: false,
            },
        };
        if known.pending.as_ref() != Some(&pending) {
            self.store.hold(known, Some(&pending)).await?;
        }
        let wait = if pending.contested {
            ASK_IN_TURN
        } else {
            Duration::minutes(1)
        };
        let until = (pending.at + CONFIRM_AFTER).max(self.clock.now() + wait);
        Ok(Ingested::Held { until, differs })
    }

    /// Whether the page may be a copy from before a correction: another host gave the corrected form, and every cell
    /// that differs from it says what stood there before. Who shows that alone is not believed.
    async fn is_stale_copy(
        &self,
        known: &BulletinRecord,
        page: &Fetched,
        rows: &[RowWrite],
    ) -> Result<bool, StoreError> {
        if known.revision == 0 || page.host == known.host {
            return Ok(false);
        }
        let month = Some(MonthRange {
            first: known.month,
            last: known.month,
        });
        for write in rows {
            let Some(row) = &write.row else { return Ok(false) };
            let history = self.store.history(write.key, month, None).await?;
            let stood = history.iter().flat_map(|stored| &stored.earlier);
            if !stood.into_iter().any(|earlier| earlier.raw == row.raw.value) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all of it was read once and is handed on, not read again"
    )]
    async fn plan(
        &self,
        link: &PageLink,
        page: &Fetched,
        read: &ReadPage,
        digest: CellDigest,
        known: Option<BulletinRecord>,
        stored: Vec<StoredRow>,
        rows: Vec<RowWrite>,
    ) -> Result<WritePlan, StoreError> {
        let bulletin = &read.bulletin;
        let month = bulletin.month();
        let planned = plan_standings(self.store, bulletin).await?;
        let now = self.clock.now();
        let corrected = if known.is_some() {
            corrected_cells(&rows, &stored)
        } else {
            Vec::new()
        };
        let record = BulletinRecord {
            month,
            path: link.path.clone(),
            host: page.host.clone(),
            fetched_at: page.at,
            first_seen: known.as_ref().map_or(now, |known| known.first_seen),
            revision: known.as_ref().map_or(0, |known| known.revision + 1),
            came_in_order: known
                .as_ref()
                .map_or(planned.comes_in_order, |known| known.came_in_order),
            digest,
            cells: bulletin.rows().len(),
            findings: read.findings.clone(),
            corrected,
            pending: None,
        };
        Ok(planned.write(rows, record, known, now))
    }

    async fn failures(&self, month: Month) -> Result<u32, StoreError> {
        Ok(self.store.link(month).await?.map_or(0, |link| link.failures))
    }

    /// What is to be done with the link after this.
    fn settlement(
        &self,
        month: Month,
        result: &Result<Ingested, IngestError>,
        failures: u32,
    ) -> (LinkState, u32, String) {
        let now = self.clock.now();
        let again = (month >= present_month(now)).then(|| now + READ_AGAIN);
        match result {
            Ok(Ingested::NotThere { is_stored: true }) => (LinkState::Done { again }, 0, "not there".into()),
            Ok(Ingested::NotThere { is_stored: false }) => {
                let at = now + LOOK_FOR_AGAIN;
                (LinkState::Due { at }, 0, "not there".into())
            }
            Ok(Ingested::Held { until, differs }) => {
                let note = format!("{differs} cells differ; waiting for a second look");
                (LinkState::Done { again: Some(*until) }, 0, note)
            }
            Ok(Ingested::Stored { changed, .. }) => (
                LinkState::Done { again },
                0,
                format!("stored, {changed} cells written"),
            ),
            Ok(Ingested::Unchanged | Ingested::Outdated) => {
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

/// Whether a page that differs from what is stored may replace it: a person gave it, or it is the second sight of
/// the same cells, ten minutes after the first and from another host. The source is asked to avoid the first host;
/// where it gives that one all the same, no other answers, and the first is believed.
fn confirmed(known: &BulletinRecord, page: &Fetched, digest: &CellDigest) -> bool {
    page.by_hand
        || known.pending.as_ref().is_some_and(|pending| {
            pending.digest == *digest
                && page.at - pending.at >= CONFIRM_AFTER
                && (page.host != pending.host || !pending.contested)
        })
}

/// When a pending correction was first seen. It cannot be later than a page that was fetched after it.
fn first_sight(pending: &Pending, page: &Fetched) -> DateTime<Utc> {
    pending.at.min(page.at)
}

/// What must be written so that the stored rows of the month are those of the bulletin. A row whose labels alone are
/// printed otherwise is left as it is.
pub(crate) fn row_writes(bulletin: &Bulletin, stored: &[StoredRow]) -> Vec<RowWrite> {
    let stored: BTreeMap<RowKey, &StoredRow> = stored.iter().map(|stored| (stored.row.key, stored)).collect();
    let differs = |row: &Row, stored: &StoredRow| {
        row.reading != stored.row.reading
            || (row.reading == Reading::Unreadable && row.raw.value != stored.row.raw.value)
    };
    let mut writes: Vec<RowWrite> = bulletin
        .rows()
        .filter(|row| stored.get(&row.key).is_none_or(|stored| differs(row, stored)))
        .map(|row| RowWrite {
            key: row.key,
            row: Some(row.clone()),
            version: stored.get(&row.key).map(|stored| stored.version),
            carried: None,
        })
        .collect();
    writes.extend(
        stored
            .values()
            .filter(|stored| bulletin.row(stored.row.key).is_none())
            .map(|stored| RowWrite {
                key: stored.row.key,
                row: None,
                version: Some(stored.version),
                carried: None,
            }),
    );
    writes
}

fn corrected_cells(rows: &[RowWrite], stored: &[StoredRow]) -> Vec<CorrectedCell> {
    let printed = |key: RowKey| {
        stored
            .iter()
            .find(|stored| stored.row.key == key)
            .map(|stored| stored.row.raw.value.to_string())
    };
    rows.iter()
        .map(|write| CorrectedCell {
            key: write.key,
            before: printed(write.key),
            after: write.row.as_ref().map(|row| row.raw.value.to_string()),
        })
        .collect()
}
