//! Writes of which one part alone was planned from what is no longer there.

use super::{EB3_INDIA, bulletin, day, feed, month, ok};
use crate::port::{BulletinStore, Clock, LinkTable, StoreError};
use crate::record::{RowWrite, StandingWrite, WritePlan};
use crate::testing::FixedClock;

/// A write of which one row, or one standing, is not what it was planned from loses, whatever else of it is right.
pub(super) async fn each_stale_part_alone_loses<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    for date in ["2012-07-01", "2012-07-15"] {
        feed(store, &clock, &bulletin("2024-04", day(date))).await;
    }
    let rows = ok(store.rows(month("2024-04"))).await;
    let standings = ok(store.standings()).await;
    let row = rows.iter().find(|stored| stored.row.key == EB3_INDIA);
    let standing = standings
        .iter()
        .find(|stored| stored.standing.case == EB3_INDIA.case());
    let record = ok(store.record(month("2024-04"))).await;
    let (Some(row), Some(standing), Some(record)) = (row, standing, record) else {
        panic!("what was stored is there")
    };
    assert_eq!((row.version, standing.version), (2, 2));
    let plan = |row_version: Option<u32>, is_removed: bool, standing_version: Option<u32>| WritePlan {
        rows: vec![RowWrite {
            key: EB3_INDIA,
            row: (!is_removed).then(|| row.row.clone()),
            version: row_version,
            carried: None,
        }],
        standings: vec![StandingWrite {
            standing: standing.standing.clone(),
            version: standing_version,
        }],
        record: record.clone(),
        known: Some(record.clone()),
        months: vec![month("2024-04")],
        cases: standings.len(),
        at: clock.now(),
        mends: false,
    };
    for (what, stale) in [
        ("an older row", plan(Some(1), false, Some(2))),
        ("a row that is there", plan(None, false, Some(2))),
        ("a row that is gone", plan(Some(3), false, Some(2))),
        ("an older row that is removed", plan(Some(1), true, Some(2))),
        ("an older standing", plan(Some(2), false, Some(1))),
        ("a standing that is there", plan(Some(2), false, None)),
    ] {
        let result = store.write(&stale).await;
        assert!(
            matches!(result, Err(StoreError::Conflict { .. })),
            "{what}: {result:?}"
        );
        assert_eq!(ok(store.rows(month("2024-04"))).await, rows, "{what}");
        assert_eq!(ok(store.standings()).await, standings, "{what}");
    }
    // The same with every part as it is.
    ok(store.write(&plan(Some(2), false, Some(2)))).await;
}
