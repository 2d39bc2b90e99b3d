//! Write plans for the checks, and what they find stored.

use bulletin::{Row, RowKey, Standing};

use super::{month, ok};
use crate::port::{BulletinStore, Clock, StoreError, StoredRow, StoredStanding};
use crate::record::{BulletinRecord, RowWrite, StandingWrite, WritePlan};
use crate::testing::FixedClock;

/// A plan from what is stored now, without rows and standings, for a record that is not stored.
pub(super) async fn plan<Store: BulletinStore>(
    store: &Store,
    clock: &FixedClock,
    record: BulletinRecord,
) -> WritePlan {
    WritePlan {
        rows: Vec::new(),
        standings: Vec::new(),
        record,
        known: None,
        months: ok(store.months()).await,
        cases: ok(store.standings()).await.len(),
        at: clock.now(),
        mends: false,
    }
}

/// The write of a row over the stored version; `None` if none is stored.
pub(super) fn row_write(row: Row, version: Option<u32>) -> RowWrite {
    RowWrite {
        key: row.key,
        row: Some(row),
        version,
        carried: None,
    }
}

/// The write of a standing over the stored version; `None` if none is stored.
pub(super) fn standing_write(standing: Standing, version: Option<u32>) -> StandingWrite {
    StandingWrite { standing, version }
}

/// The stored row and standing of this cell, and the record of its bulletin.
///
/// # Panics
/// If one of them is not stored.
pub(super) async fn stored<Store: BulletinStore>(
    store: &Store,
    text: &str,
    key: RowKey,
) -> (StoredRow, StoredStanding, BulletinRecord) {
    let rows = ok(store.rows(month(text))).await;
    let row = rows.into_iter().find(|stored| stored.row.key == key);
    let standings = ok(store.standings()).await;
    let standing = standings
        .into_iter()
        .find(|stored| stored.standing.case == key.case());
    match (row, standing, ok(store.record(month(text))).await) {
        (Some(row), Some(standing), Some(record)) => (row, standing, record),
        _ => panic!("the bulletin of {text} is not stored"),
    }
}

/// The rows of these months, and all standings.
pub(super) async fn content<Store: BulletinStore>(
    store: &Store,
    months: &[&str],
) -> (Vec<Vec<StoredRow>>, Vec<StoredStanding>) {
    let mut rows = Vec::new();
    for text in months {
        rows.push(ok(store.rows(month(text))).await);
    }
    (rows, ok(store.standings()).await)
}

/// Asserts that a write conflicts.
pub(super) async fn assert_conflict<Store: BulletinStore>(store: &Store, plan: &WritePlan, what: &str) {
    let result = store.write(plan).await;
    assert!(
        matches!(result, Err(StoreError::Conflict { .. })),
        "{what}: {result:?}"
    );
}
