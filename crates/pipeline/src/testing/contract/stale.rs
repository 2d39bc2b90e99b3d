//! Writes of which one part alone was planned from an older state.

use super::plan::{assert_conflict, content, plan, row_write, standing_write, stored};
use super::{EB3_INDIA, bulletin, day, feed, ok};
use crate::port::{BulletinStore, LinkTable};
use crate::record::{RowWrite, WritePlan};
use crate::testing::FixedClock;

/// A write conflicts if one row, or one standing, is not the version that it was planned from, even if all other parts
/// are.
pub(super) async fn each_stale_part_alone_loses<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    for date in ["2012-07-01", "2012-07-15"] {
        feed(store, &clock, &bulletin("2024-04", day(date))).await;
    }
    let (row, standing, record) = stored(store, "2024-04", EB3_INDIA).await;
    assert_eq!((row.version, standing.version), (2, 2));
    let now = plan(store, &clock, record.clone()).await;
    let planned = |row_version: Option<u32>, is_removed: bool, standing_version: Option<u32>| WritePlan {
        rows: vec![RowWrite {
            row: (!is_removed).then(|| row.row.clone()),
            ..row_write(row.row.clone(), row_version)
        }],
        standings: vec![standing_write(standing.standing.clone(), standing_version)],
        known: Some(record.clone()),
        ..now.clone()
    };
    let before = content(store, &["2024-04"]).await;
    for (what, stale) in [
        ("an older row", planned(Some(1), false, Some(2))),
        ("a row that is there", planned(None, false, Some(2))),
        ("a row that is gone", planned(Some(3), false, Some(2))),
        ("an older row that is removed", planned(Some(1), true, Some(2))),
        ("an older standing", planned(Some(2), false, Some(1))),
        ("a standing that is there", planned(Some(2), false, None)),
    ] {
        assert_conflict(store, &stale, what).await;
        assert_eq!(content(store, &["2024-04"]).await, before, "{what}");
    }
    // The same with every part as it is.
    ok(store.write(&planned(Some(2), false, Some(2)))).await;
}
