//! Plans the write of a bulletin: its effect on the standings, and on the missing cells of the bulletin after it.
//!
//! The rules of a standing are in the `bulletin` crate, the writes of rows in `row.rs`. Start reading at
//! [`plan_standings`].

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{
    Bulletin, Case, CellState, Chart, Completed, Context, Finding, MissingPart, Month, NeighbourNeeded,
    Neighbours, Reading, Row, RowKey, Standing, complete,
};
use chrono::{DateTime, Utc};
use smol_str::SmolStr;

use crate::port::{BulletinStore, StoreError, StoredRow, StoredStanding, as_bulletin};
use crate::record::{BulletinRecord, RowWrite, StandingWrite, WritePlan};
use crate::row::row_writes;

/// The standings that a bulletin changes, and the state from which they were computed.
#[derive(Debug)]
pub(crate) struct PlannedStandings {
    writes: Vec<StandingWrite>,
    /// The stored revisions of the bulletin's entries, by case.
    revisions: BTreeMap<Case, u32>,
    month: Month,
    months: Vec<Month>,
    cases: usize,
    mends: bool,
}

impl PlannedStandings {
    /// Makes this a repair: the stored entries are damaged and not an earlier version of the bulletin, so their
    /// revisions are kept.
    pub(crate) fn mending(mut self) -> Self {
        self.mends = true;
        for write in &mut self.writes {
            let standing = &mut write.standing;
            let entries = standing.older.iter_mut().chain([&mut standing.newest]);
            for entry in entries.filter(|entry| entry.month == self.month) {
                if let Some(revision) = self.revisions.get(&standing.case) {
                    entry.revision = *revision;
                }
            }
        }
        self
    }

    /// Makes this the first page of a bulletin that was shipped with the program: like a repair it alerts nobody, and a
    /// case that was not shipped is not news.
    pub(crate) fn replacing_shipped(self) -> Self {
        let mut planned = self.mending();
        for write in planned.writes.iter_mut().filter(|write| write.version.is_none()) {
            let standing = &mut write.standing;
            let entries = standing.older.iter_mut().chain([&mut standing.newest]);
            for entry in entries.filter(|entry| entry.month == planned.month) {
                entry.history = true;
            }
        }
        planned
    }

    /// Completes the plan with rows and record.
    pub(crate) fn write(
        self,
        rows: Vec<RowWrite>,
        record: BulletinRecord,
        known: Option<BulletinRecord>,
        at: DateTime<Utc>,
    ) -> WritePlan {
        WritePlan {
            rows,
            standings: self.writes,
            record,
            known,
            months: self.months,
            cases: self.cases,
            at,
            mends: self.mends,
        }
    }
}

/// The number of attempts at a write. A conflict means that another writer succeeded, but a slow writer may lose many
/// times in a row during a backfill.
const WRITE_ATTEMPTS: u32 = 100;

/// Repeats an attempt after a conflict with another writer. Each attempt must read the store again.
///
/// # Errors
/// The error of the attempt; [`StoreError::Unavailable`] if every attempt conflicts.
pub(crate) async fn retry_conflicts<T>(
    mut attempt: impl AsyncFnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut conflict = None;
    for _ in 0..WRITE_ATTEMPTS {
        match attempt().await {
            Err(StoreError::Conflict { what }) => conflict = Some(what),
            done => return done,
        }
    }
    Err(StoreError::Unavailable {
        what: conflict.unwrap_or_default(),
        reason: "every attempt conflicted with another writer".into(),
    })
}

/// The stored state around a bulletin.
#[derive(Debug)]
pub(crate) struct Surroundings {
    months: Vec<Month>,
    standings: BTreeMap<Case, StoredStanding>,
    /// The newest stored bulletin of an earlier month, with its printed and missing cells. Its labels may be codes
    /// instead of the printed text.
    pub(crate) previous: Option<Bulletin>,
    /// The month of the oldest stored bulletin of a later month.
    next: Option<Month>,
    /// The same, leaving out bulletins that were over when they were first seen.
    next_news: Option<Month>,
    /// The later months that were over when they were first seen, up to that one.
    over: BTreeSet<Month>,
    /// True if a new bulletin is news: an earlier one is stored, and no later one with which tracking began.
    pub(crate) is_news: bool,
}

impl Surroundings {
    /// Reads the stored state around a month.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    pub(crate) async fn read<Store: BulletinStore>(store: &Store, month: Month) -> Result<Self, StoreError> {
        let months = store.months().await?;
        let standings: BTreeMap<Case, StoredStanding> = store
            .standings()
            .await?
            .into_iter()
            .map(|stored| (stored.standing.case, stored))
            .collect();
        let later = months.iter().copied().filter(|other| *other > month);
        let next = later.clone().next();
        let previous = match months.iter().rev().copied().find(|other| *other < month) {
            // Without a later month, every case of the previous bulletin still has an entry for it.
            Some(previous) if next.is_none() => Some(layout(&standings, previous)?),
            Some(previous) => Some(as_bulletin(previous, store.rows(previous).await?)?),
            None => None,
        };
        let (mut over, mut next_news) = (BTreeSet::new(), None);
        // Standings hold two months: behind two later ones a bulletin changes none.
        let mut is_news = previous.is_some() && later.clone().count() <= 1;
        for candidate in later {
            let record = store.record(candidate).await?;
            if Some(candidate) == next {
                is_news &= record.as_ref().is_some_and(|record| record.came_in_order);
            }
            if !record.is_some_and(|record| record.was_over()) {
                next_news = Some(candidate);
                break;
            }
            over.insert(candidate);
        }
        Ok(Self {
            months,
            standings,
            previous,
            next,
            next_news,
            over,
            is_news,
        })
    }

    /// Adds the cells that the bulletin should have according to the one before it.
    pub(crate) fn complete(
        &self,
        printed: &Bulletin,
        findings: &[Finding],
        confirmed: &[RowKey],
    ) -> Completed {
        let context = Context {
            previous: self.previous.as_ref(),
            stored: None,
            confirmed,
        };
        complete(printed, findings, context)
    }

    fn previous_month(&self) -> Option<Month> {
        self.previous.as_ref().map(Bulletin::month)
    }
}

async fn was_over<Store: BulletinStore>(store: &Store, month: Month) -> Result<bool, StoreError> {
    let record = store.record(month).await?;
    Ok(record.is_some_and(|record| record.was_over()))
}

/// The bulletin as the standings know it, with codes instead of printed labels.
fn layout(standings: &BTreeMap<Case, StoredStanding>, month: Month) -> Result<Bulletin, StoreError> {
    let mut rows = Vec::new();
    for (case, stored) in standings {
        let Some(entry) = stored.standing.entry(month) else {
            continue;
        };
        for chart in Chart::ALL {
            let Some(cell) = entry
                .cells
                .of(chart)
                .as_ref()
                .filter(|cell| cell.column == case.area)
            else {
                continue;
            };
            let key = RowKey {
                chart,
                category: case.category,
                area: case.area,
            };
            rows.push(StoredRow {
                row: row_of(key, &cell.state),
                version: stored.version,
            });
        }
    }
    as_bulletin(month, rows)
}

fn row_of(key: RowKey, state: &CellState) -> Row {
    let (reading, value) = match state {
        CellState::Missing(part) => return Row::missing(key, *part, label_beside(key, *part)),
        CellState::CutOff(cut_off) => (Reading::CutOff(*cut_off), cut_off.to_string()),
        CellState::Unreadable(raw) => (Reading::Unreadable, raw.clone()),
    };
    Row::with_codes(key, reading, value.into())
}

/// The label that a missing cell still has: that of its column if the row is missing, and vice versa.
fn label_beside(key: RowKey, part: MissingPart) -> SmolStr {
    match part {
        MissingPart::Row => key.area.code().into(),
        MissingPart::Column => key.category.code().into(),
    }
}

/// Computes the standings after this bulletin is stored. `is_over` is true if it was over when it was first seen.
///
/// # Errors
/// [`StoreError`] if the store cannot be read.
pub(crate) async fn plan_standings<Store: BulletinStore>(
    store: &Store,
    bulletin: &Bulletin,
    around: &Surroundings,
    is_over: bool,
) -> Result<PlannedStandings, StoreError> {
    let month = bulletin.month();
    let mut over = around.over.clone();
    if is_over {
        over.insert(month);
    }
    let mut loaded = BTreeMap::new();
    let writes = loop {
        let neighbours = Neighbours {
            previous: around.previous_month(),
            next: around.next,
            next_news: around.next_news,
            loaded: &loaded,
            over: &over,
            history: around.next.is_some() && !around.is_news,
        };
        match standing_writes(bulletin, &around.standings, neighbours) {
            Ok(writes) => break writes,
            Err(NeighbourNeeded(month)) => {
                loaded.insert(month, as_bulletin(month, store.rows(month).await?)?);
                if was_over(store, month).await? {
                    over.insert(month);
                }
            }
        }
    };
    let revision =
        |(case, stored): (&Case, &StoredStanding)| Some((*case, stored.standing.entry(month)?.revision));
    Ok(PlannedStandings {
        writes,
        revisions: around.standings.iter().filter_map(revision).collect(),
        month,
        months: around.months.clone(),
        cases: around.standings.len(),
        mends: false,
    })
}

/// Plans the update of the next stored bulletin's missing cells after `bulletin` was stored before it; `None` if
/// nothing changes. It causes no alert, because the page of that bulletin is the same.
///
/// # Errors
/// [`StoreError`] if the store cannot be read.
pub(crate) async fn recomplete_next<Store: BulletinStore>(
    store: &Store,
    bulletin: &Bulletin,
    around: &Surroundings,
    at: DateTime<Utc>,
) -> Result<Option<WritePlan>, StoreError> {
    let Some(next) = around.next else { return Ok(None) };
    let Some(record) = store.record(next).await? else {
        return Ok(None);
    };
    let stored: Vec<StoredRow> = store.rows(next).await?;
    let context = Context {
        previous: Some(bulletin),
        stored: None,
        confirmed: &record.confirmed_missing,
    };
    let completed = complete(&as_bulletin(next, stored.clone())?, &record.findings, context);
    let rows = row_writes(&completed.bulletin, &stored);
    if rows.is_empty() && completed.findings == record.findings {
        return Ok(None);
    }
    let around_next = Surroundings::read(store, next).await?;
    let planned = plan_standings(store, &completed.bulletin, &around_next, record.was_over()).await?;
    let after = BulletinRecord {
        findings: completed.findings,
        cells: completed.bulletin.rows().len(),
        ..record.clone()
    };
    Ok(Some(planned.mending().write(rows, after, Some(record), at)))
}

fn standing_writes(
    bulletin: &Bulletin,
    standings: &BTreeMap<Case, StoredStanding>,
    neighbours: Neighbours<'_>,
) -> Result<Vec<StandingWrite>, NeighbourNeeded> {
    let mut writes = Vec::new();
    for case in cases(bulletin, standings) {
        let stored = standings.get(&case);
        let before = stored.map(|stored| &stored.standing);
        if let Some(standing) = Standing::after(before, case, bulletin, neighbours)?
            && before != Some(&standing)
        {
            writes.push(StandingWrite {
                standing,
                version: stored.map(|stored| stored.version),
            });
        }
    }
    Ok(writes)
}

/// The cases that the bulletin may change: those it lists, and those that have a standing.
fn cases(bulletin: &Bulletin, standings: &BTreeMap<Case, StoredStanding>) -> Vec<Case> {
    let mut cases = bulletin.cases();
    cases.extend(standings.keys());
    cases.sort_unstable();
    cases.dedup();
    cases
}
