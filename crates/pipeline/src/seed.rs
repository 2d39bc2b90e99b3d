//! Plans the writes that fill an empty store with a history of bulletins, without a change that alerts anyone.
//!
//! The result is the same as that of [`ArchivedBulletin::import`] with the newest bulletin first, which reads the store
//! for each bulletin. This reads nothing, so that a long history takes one pass. Start with [`seed_plans`].

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{Bulletin, Case, Month, NeighbourNeeded, Neighbours, Standing};
use chrono::{DateTime, Utc};

use crate::archive::ArchivedBulletin;
use crate::calendar::is_finished;
use crate::port::StoreError;
use crate::record::{StandingWrite, WritePlan};
use crate::row::row_writes;

/// The writes that store these bulletins, which have distinct months in ascending order, in an empty store. They must be
/// executed in their order and in one transaction: the standings come with the first and the last.
///
/// The first write stores the newest bulletin alone, as the one with which tracking began. The others add the history
/// before it. Neither alerts anyone.
///
/// # Errors
/// [`StoreError::Broken`] if a bulletin has two cells with the same key.
pub fn seed_plans(bulletins: &[ArchivedBulletin], at: DateTime<Utc>) -> Result<Vec<WritePlan>, StoreError> {
    let read: Vec<Bulletin> = bulletins
        .iter()
        .map(ArchivedBulletin::bulletin)
        .collect::<Result<_, _>>()?;
    let (Some((newest, history)), Some((newest_read, _))) = (bulletins.split_last(), read.split_last())
    else {
        return Ok(Vec::new());
    };
    let over: BTreeSet<Month> = bulletins
        .iter()
        .filter(|bulletin| is_finished(bulletin.month, bulletin.first_seen))
        .map(|bulletin| bulletin.month)
        .collect();
    let first = standings(std::slice::from_ref(newest_read), &over)?;
    let all = standings(&read, &over)?;

    let mut months = Vec::new();
    let mut plans = Vec::new();
    let mut plan = |bulletin: &ArchivedBulletin, read: &Bulletin, standings, cases| {
        let mut rows = row_writes(read, &[]);
        bulletin.carry(&mut rows);
        let record = bulletin.record(read, false);
        plans.push(WritePlan {
            rows,
            standings,
            record,
            known: None,
            months: months.clone(),
            cases,
            at,
            mends: false,
        });
        months.push(bulletin.month);
        months.sort_unstable();
    };
    let new = |standing: &Standing| StandingWrite {
        standing: standing.clone(),
        version: None,
    };
    plan(newest, newest_read, first.values().map(new).collect(), 0);
    for (index, (bulletin, read)) in history.iter().zip(&read).enumerate() {
        let is_last = index + 1 == history.len();
        let changed = all
            .values()
            .filter(|standing| is_last && first.get(&standing.case) != Some(standing));
        let writes = changed.map(|standing| StandingWrite {
            standing: standing.clone(),
            version: first.contains_key(&standing.case).then_some(1),
        });
        plan(bulletin, read, writes.collect(), first.len());
    }
    Ok(plans)
}

/// The standings after these bulletins, which are in ascending order. All but the newest are history.
fn standings(bulletins: &[Bulletin], over: &BTreeSet<Month>) -> Result<BTreeMap<Case, Standing>, StoreError> {
    let mut standings: BTreeMap<Case, Standing> = BTreeMap::new();
    let mut loaded: BTreeMap<Month, Bulletin> = BTreeMap::new();
    for (index, bulletin) in bulletins.iter().enumerate() {
        let neighbours = Neighbours {
            previous: loaded.keys().next_back().copied(),
            next: None,
            next_news: None,
            loaded: &loaded,
            over,
            history: index + 1 < bulletins.len(),
        };
        let mut cases = bulletin.cases();
        cases.extend(standings.keys());
        cases.sort_unstable();
        cases.dedup();
        for case in cases {
            let after = Standing::after(standings.get(&case), case, bulletin, neighbours);
            let after = after.map_err(|NeighbourNeeded(month)| StoreError::Broken {
                what: "the history".to_owned(),
                reason: format!(
                    "the bulletin of {month} is needed to store that of {}",
                    bulletin.month()
                ),
            })?;
            standings.extend(after.map(|standing| (case, standing)));
        }
        loaded = BTreeMap::from([(bulletin.month(), bulletin.clone())]);
    }
    Ok(standings)
}
