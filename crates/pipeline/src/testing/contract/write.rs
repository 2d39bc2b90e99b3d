//! The part of the contract about writes that were planned from an older state, or are interrupted.

use std::collections::BTreeMap;

use bulletin::{Area, Bulletin, Category, Month, Neighbours, Standing};

use super::plan::{assert_conflict, content, plan, row_write, standing_write, stored};
use super::{EB3_INDIA, bulletin, day, feed, month, ok};
use crate::parse::Parsed;
use crate::port::{BulletinStore, LinkTable, as_bulletin};
use crate::record::{BulletinRecord, CellDigest, RowWrite, WritePlan};
use crate::testing::FixedClock;

/// A write that was planned from an older version of a row or standing does not change that case.
pub(super) async fn a_stale_write_loses<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    feed(store, &clock, &bulletin("2024-04", day("2012-07-01"))).await;
    let (row, standing, known) = stored(store, "2024-04", EB3_INDIA).await;
    feed(store, &clock, &bulletin("2024-04", day("2012-07-15"))).await;
    let after = content(store, &["2024-04"]).await;
    let mut record = known.clone();
    record.revision += 1;
    let stale = WritePlan {
        rows: vec![row_write(row.row, Some(row.version))],
        standings: vec![standing_write(standing.standing, Some(standing.version))],
        known: Some(known),
        ..plan(store, &clock, record).await
    };
    assert_conflict(store, &stale, "an older version").await;
    assert_eq!(content(store, &["2024-04"]).await, after);
    // The same from a writer that believes that nothing is stored.
    let unaware = |write: RowWrite| RowWrite {
        version: None,
        ..write
    };
    let unaware = WritePlan {
        rows: stale.rows.into_iter().map(unaware).collect(),
        standings: Vec::new(),
        known: None,
        ..stale
    };
    assert_conflict(store, &unaware, "no version").await;
    assert_eq!(content(store, &["2024-04"]).await, after);
}

/// A write conflicts if another month or another case was stored since it was planned. A new case has no version that
/// could reveal this, so the plan names the months and the number of cases from which it was made.
pub(super) async fn a_write_planned_beside_another_loses<Store: BulletinStore + LinkTable>(store: &Store) {
    const MONTHS: [&str; 3] = ["2024-02", "2024-03", "2024-04"];
    let clock = FixedClock::noon("2024-03-13");
    let february = bulletin(MONTHS[0], day("2012-07-01"));
    let Parsed::Stored { record, .. } = feed(store, &clock, &february).await else {
        panic!("a new bulletin is stored")
    };
    let now = plan(store, &clock, *record).await;
    let before = content(store, &MONTHS).await;
    let march = with_new_case(MONTHS[1], Category::Eb3, now.clone());
    let another_month = WritePlan {
        months: Vec::new(),
        ..march.clone()
    };
    let another_case = WritePlan {
        cases: march.cases - 1,
        ..march.clone()
    };
    for stale in [another_month, another_case] {
        assert_conflict(store, &stale, "another month or case").await;
        assert!(content(store, &MONTHS).await == before);
        assert_eq!(ok(store.months()).await, now.months);
    }
    // Two plans from the same state: the second conflicts, and succeeds after it is planned again.
    let april = with_new_case(MONTHS[2], Category::Eb2, now.clone());
    ok(store.write(&march)).await;
    assert_conflict(store, &april, "planned beside another").await;
    let replanned = WritePlan {
        months: ok(store.months()).await,
        cases: now.cases + 1,
        ..april
    };
    ok(store.write(&replanned)).await;
    assert_eq!(ok(store.months()).await, MONTHS.map(month));
    assert_eq!(ok(store.standings()).await.len(), now.cases + 2);
}

/// The plan, with a new bulletin that has one new case: Brazil, in this category.
fn with_new_case(text: &str, category: Category, plan: WritePlan) -> WritePlan {
    let whole = bulletin(text, day("2012-07-01"));
    let Some(mut row) = whole.rows().find(|row| row.key.category == category).cloned() else {
        panic!("{category} has a row")
    };
    row.key.area = "Brazil".parse::<Area>().unwrap_or_else(|error| panic!("{error}"));
    let alone = Bulletin::new(whole.month(), [row.clone()]).unwrap_or_else(|error| panic!("{error}"));
    let Ok(Some(standing)) = Standing::after(None, row.key.case(), &alone, neighbours(None)) else {
        panic!("a new case has a standing")
    };
    WritePlan {
        rows: vec![row_write(row, None)],
        standings: vec![standing_write(standing, None)],
        record: BulletinRecord {
            month: whole.month(),
            digest: CellDigest::of(&whole),
            ..plan.record
        },
        ..plan
    }
}

/// A previous bulletin, of which no cell is needed, and no later one.
fn neighbours(previous: Option<Month>) -> Neighbours<'static> {
    static NONE_LOADED: BTreeMap<Month, Bulletin> = BTreeMap::new();
    Neighbours {
        previous,
        next: None,
        next_news: None,
        loaded: &NONE_LOADED,
        over: Neighbours::NONE_OVER,
        history: false,
    }
}

/// A write that was interrupted after some of its cases is completed when the page is parsed again.
pub(super) async fn half_a_write_is_completed<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    feed(store, &clock, &bulletin("2024-03", day("2012-07-01"))).await;
    let april = bulletin("2024-04", day("2012-08-01"));
    let (_, march, record) = stored(store, "2024-03", EB3_INDIA).await;
    let case = EB3_INDIA.case();
    let before = neighbours(Some(month("2024-03")));
    let Ok(Some(standing)) = Standing::after(Some(&march.standing), case, &april, before) else {
        panic!("the case continues")
    };
    // The known record is not stored, so the write stops before the record, as if the process had died.
    let rows = april.rows().filter(|row| row.key.case() == case);
    let half = WritePlan {
        rows: rows.map(|row| row_write(row.clone(), None)).collect(),
        standings: vec![standing_write(standing, Some(march.version))],
        known: Some(BulletinRecord {
            month: april.month(),
            ..record.clone()
        }),
        ..plan(
            store,
            &clock,
            BulletinRecord {
                month: april.month(),
                digest: CellDigest::of(&april),
                ..record
            },
        )
        .await
    };
    assert_conflict(store, &half, "the record is not stored").await;
    assert_eq!(ok(store.months()).await, [month("2024-03")]);
    assert!(matches!(feed(store, &clock, &april).await, Parsed::Stored { .. }));
    let stored = as_bulletin(month("2024-04"), ok(store.rows(month("2024-04"))).await);
    assert_eq!(
        stored.map(|stored| CellDigest::of(&stored)),
        Ok(CellDigest::of(&april))
    );
    for stored in ok(store.standings()).await {
        let case = stored.standing.case;
        assert_eq!(stored.standing.newest.month, month("2024-04"), "{case}");
        assert_eq!(stored.standing.newest.revision, 0);
        let older = stored.standing.older.map(|older| older.month);
        assert_eq!(older, Some(month("2024-03")));
    }
}
