//! The part of the contract about the repair of rows and standings that another program overwrote.
//!
//! Corrections are tested in the parent module.

use bulletin::{CellState, Reading};
use chrono::Duration;

use super::plan::{plan, row_write, standing_write, stored};
use super::{EB3_INDIA, bulletin, day, feed, month, ok};
use crate::parse::Parsed;
use crate::port::{BulletinStore, LinkTable};
use crate::record::WritePlan;
use crate::testing::FixedClock;

/// Ingesting the page restores a row and a standing that another program overwrote. This is not a correction: record
/// and revisions stay the same, so no alert is sent, and the wrong values are not kept as earlier values.
pub(super) async fn what_somebody_else_wrote_is_mended<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-04-13");
    let (april, may) = (
        bulletin("2024-04", day("2012-07-01")),
        bulletin("2024-05", day("2012-08-01")),
    );
    feed(store, &clock, &april).await;
    feed(store, &clock, &may).await;
    let (rows, standings) = (
        ok(store.rows(month("2024-05"))).await,
        ok(store.standings()).await,
    );
    let (row, standing, record) = stored(store, "2024-05", EB3_INDIA).await;
    let mut wrong_row = row.row;
    wrong_row.reading = Reading::CutOff(day("2001-01-01"));
    let mut wrong_standing = standing.standing;
    if let Some(cell) = wrong_standing.newest.cells.of_mut(EB3_INDIA.chart) {
        cell.state = CellState::CutOff(day("2002-02-02"));
    }
    let tampered = WritePlan {
        rows: vec![row_write(wrong_row, Some(row.version))],
        standings: vec![standing_write(wrong_standing, Some(standing.version))],
        known: Some(record.clone()),
        // Another program keeps no earlier values.
        mends: true,
        ..plan(store, &clock, record.clone()).await
    };
    ok(store.write(&tampered)).await;
    clock.pass(Duration::hours(1));

    let Parsed::Stored { changed, .. } = feed(store, &clock, &may).await else {
        panic!("a row that differs from the page is written")
    };
    assert_eq!(changed, 1);
    assert_eq!(ok(store.record(month("2024-05"))).await, Some(record));
    let texts = |rows: &[crate::port::StoredRow]| -> Vec<_> {
        let mut rows: Vec<_> = rows.iter().map(|stored| stored.row.clone()).collect();
        rows.sort_unstable_by_key(|row| row.key);
        rows
    };
    assert_eq!(texts(&ok(store.rows(month("2024-05"))).await), texts(&rows));
    let of_case = |stored: &crate::port::StoredStanding| stored.standing.clone();
    let mended: Vec<_> = ok(store.standings()).await.iter().map(of_case).collect();
    assert!(
        standings
            .iter()
            .map(of_case)
            .all(|standing| mended.contains(&standing))
    );
    assert_eq!(mended.len(), standings.len());
    let history = ok(store.history(EB3_INDIA, None, None)).await;
    assert!(
        history.iter().all(|row| row.earlier.is_empty()),
        "no host served the wrong value: {history:?}"
    );

    assert_eq!(feed(store, &clock, &may).await, Parsed::Unchanged);
}
