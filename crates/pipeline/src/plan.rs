//! What storing a bulletin does to the standings.

use std::collections::BTreeMap;

use bulletin::{Bulletin, Case, Month, NeighbourNeeded, Neighbours, Standing};
use chrono::{DateTime, Utc};

use crate::port::{BulletinStore, StoreError, StoredStanding, as_bulletin};
use crate::record::{BulletinRecord, RowWrite, StandingWrite, WritePlan};

/// The standings that a bulletin changes, and what that was worked out from.
#[derive(Debug)]
pub(crate) struct PlannedStandings {
    writes: Vec<StandingWrite>,
    /// The revisions that stand there now of the bulletin's entries, by case.
    revisions: BTreeMap<Case, u32>,
    month: Month,
    months: Vec<Month>,
    cases: usize,
    mends: bool,
    /// Whether an earlier month is stored, and no later one.
    pub(crate) comes_in_order: bool,
}

impl PlannedStandings {
    /// The same, where what stands there is no earlier form of the bulletin but a fault: what is put in its place is the
    /// form that it was to be.
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

    /// The whole plan of a write.
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

/// Works out what becomes of the standings when this bulletin is stored.
///
/// # Errors
/// [`StoreError`] where what is stored cannot be read.
pub(crate) async fn plan_standings<Store: BulletinStore>(
    store: &Store,
    bulletin: &Bulletin,
) -> Result<PlannedStandings, StoreError> {
    let month = bulletin.month();
    let months = store.months().await?;
    let standings: BTreeMap<Case, StoredStanding> = store
        .standings()
        .await?
        .into_iter()
        .map(|stored| (stored.standing.case, stored))
        .collect();
    let previous = months.iter().copied().filter(|other| *other < month).max();
    let next = months.iter().copied().filter(|other| *other > month).min();
    let mut loaded = BTreeMap::new();
    let writes = loop {
        let neighbours = Neighbours {
            previous,
            next,
            loaded: &loaded,
        };
        match standing_writes(bulletin, &standings, neighbours) {
            Ok(writes) => break writes,
            Err(NeighbourNeeded(month)) => {
                loaded.insert(month, as_bulletin(month, store.rows(month).await?)?);
            }
        }
    };
    let revision =
        |(case, stored): (&Case, &StoredStanding)| Some((*case, stored.standing.entry(month)?.revision));
    Ok(PlannedStandings {
        writes,
        revisions: standings.iter().filter_map(revision).collect(),
        month,
        months,
        cases: standings.len(),
        mends: false,
        comes_in_order: previous.is_some() && next.is_none(),
    })
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

/// Every case that the bulletin may touch: those it lists, and those that have a standing.
fn cases(bulletin: &Bulletin, standings: &BTreeMap<Case, StoredStanding>) -> Vec<Case> {
    let mut cases = bulletin.cases();
    cases.extend(standings.keys());
    cases.sort_unstable();
    cases.dedup();
    cases
}
