//! The contract of every store, run by [`all`]: each check takes an empty store and panics if the store breaks it. The
//! layout of a store's data and its errors are tested in its crate.

mod mend;
mod shipped;
mod skew;
mod stale;

use std::collections::BTreeMap;
use std::ops::AsyncFn;

use bulletin::{Area, Bulletin, Case, Category, Chart, CutOff, Month, Neighbours, RowKey, Standing};
use chrono::{Duration, NaiveDate};

use crate::archive::{ArchivedBulletin, Imported};
use crate::link::LinkState;
use crate::parse::{Accept, Parsed, Parser};
use crate::port::{
    AlertMarks, BulletinStore, Check, Claim, Clock, Fetched, LinkTable, StoreError, StoredStanding,
    as_bulletin,
};
use crate::record::{BulletinRecord, CellDigest, Pending, RowWrite, StandingWrite, WritePlan};
use crate::testing::{FixedClock, ScriptedSource, bulletin_of, link_of, page_of};

/// The operator confirms that cells missing from a correction are gone.
const ACCEPT_GONE: Accept = Accept {
    missing: true,
    identical_charts: false,
};

pub use skew::{
    a_link_from_a_clock_ahead_is_due, a_mark_from_a_clock_ahead_is_free, a_page_beats_one_from_the_future,
};

const EB3_INDIA: RowKey = RowKey {
    chart: Chart::FinalAction,
    category: Category::Eb3,
    area: Area::INDIA,
};

/// Runs every check, each on a new store.
pub async fn all<Store, Make>(fresh: Make)
where
    Store: BulletinStore + LinkTable + AlertMarks,
    Make: AsyncFn() -> Store,
{
    what_is_written_is_read_back(&fresh().await).await;
    the_same_page_again_writes_nothing(&fresh().await).await;
    a_correction_keeps_what_it_replaces(&fresh().await).await;
    mend::what_somebody_else_wrote_is_mended(&fresh().await).await;
    Box::pin(shipped::a_page_replaces_what_was_shipped(&fresh().await)).await;
    a_stale_write_loses(&fresh().await).await;
    stale::each_stale_part_alone_loses(&fresh().await).await;
    a_write_planned_beside_another_loses(&fresh().await).await;
    half_a_write_is_completed(&fresh().await).await;
    a_record_is_held_only_as_it_is_known(&fresh().await).await;
    a_history_is_newest_first(&fresh().await).await;
    what_is_imported_is_what_was_archived(&fresh().await, &fresh().await).await;
    a_due_link_is_claimed_once(&fresh().await).await;
    an_alert_is_claimed_once(&fresh().await).await;
    a_link_from_a_clock_ahead_is_due(&fresh().await).await;
    a_mark_from_a_clock_ahead_is_free(&fresh().await).await;
    a_page_beats_one_from_the_future(&fresh().await).await;
}

fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn day(text: &str) -> CutOff {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map(CutOff::Date)
        .unwrap_or(CutOff::Unavailable)
}

/// A bulletin with the same date in every other cell.
fn bulletin(text: &str, eb3_india: CutOff) -> Bulletin {
    bulletin_of(month(text), |key| {
        if key == EB3_INDIA {
            eb3_india
        } else {
            day("2010-05-01")
        }
    })
}

fn by_hand(bulletin: &Bulletin, clock: &FixedClock) -> Fetched {
    Fetched {
        body: page_of(bulletin),
        host: "by hand".into(),
        at: clock.now(),
        by_hand: true,
    }
}

async fn feed<Store: BulletinStore + LinkTable>(
    store: &Store,
    clock: &FixedClock,
    bulletin: &Bulletin,
) -> Parsed {
    let source = ScriptedSource::new(clock, &[]);
    let parser = Parser {
        source: &source,
        store,
        clock,
    };
    match parser
        .parse_page(&by_hand(bulletin, clock), None, ACCEPT_GONE)
        .await
    {
        Ok((_, _, parsed)) => parsed,
        Err(error) => panic!("{error}"),
    }
}

async fn ok<T>(call: impl Future<Output = Result<T, StoreError>>) -> T {
    call.await.unwrap_or_else(|error| panic!("{error}"))
}

/// A stored bulletin can be read back: its rows, record, month and standings.
pub async fn what_is_written_is_read_back<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    assert!(ok(store.months()).await.is_empty());
    assert_eq!(ok(store.record(month("2024-04"))).await, None);
    let april = bulletin("2024-04", day("2012-07-01"));
    let Parsed::Stored { record, changed } = feed(store, &clock, &april).await else {
        panic!("a new bulletin is stored")
    };
    assert_eq!(changed, april.rows().len());
    assert_eq!(ok(store.months()).await, [month("2024-04")]);
    assert_eq!(
        ok(store.record(month("2024-04"))).await.as_ref(),
        Some(record.as_ref())
    );
    let stored = as_bulletin(month("2024-04"), ok(store.rows(month("2024-04"))).await);
    assert_eq!(
        stored.map(|stored| CellDigest::of(&stored)),
        Ok(CellDigest::of(&april))
    );
    let mut cases: Vec<Case> = ok(store.standings())
        .await
        .iter()
        .map(|stored| stored.standing.case)
        .collect();
    cases.sort_unstable();
    assert_eq!(cases, april.cases());
}

/// A page that equals the stored version causes no write.
pub async fn the_same_page_again_writes_nothing<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    let april = bulletin("2024-04", day("2012-07-01"));
    feed(store, &clock, &april).await;
    let (rows, standings) = (
        ok(store.rows(month("2024-04"))).await,
        ok(store.standings()).await,
    );
    clock.pass(Duration::hours(4));
    assert_eq!(feed(store, &clock, &april).await, Parsed::Unchanged);
    assert_eq!(ok(store.rows(month("2024-04"))).await, rows);
    assert_eq!(ok(store.standings()).await, standings);
}

/// A corrected cell has the new value, and keeps the old one with its host and the time of the correction.
pub async fn a_correction_keeps_what_it_replaces<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    feed(store, &clock, &bulletin("2024-04", day("2012-07-01"))).await;
    clock.pass(Duration::days(1));
    let Parsed::Stored { record, changed } =
        feed(store, &clock, &bulletin("2024-04", day("2012-07-15"))).await
    else {
        panic!("a manual correction is stored")
    };
    assert_eq!((changed, record.revision, record.corrected.len()), (1, 1, 1));
    let history = ok(store.history(EB3_INDIA, None, None)).await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].row.reading.cut_off(), Some(day("2012-07-15")));
    let earlier = &history[0].earlier;
    assert_eq!(earlier.len(), 1);
    assert_eq!(
        (earlier[0].value, earlier[0].replaced_at),
        (Some(day("2012-07-01")), clock.now())
    );
    assert_eq!(earlier[0].host, "by hand");
}

/// A write that was planned from an older version of a row or standing does not change that case.
pub async fn a_stale_write_loses<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    feed(store, &clock, &bulletin("2024-04", day("2012-07-01"))).await;
    let known = ok(store.record(month("2024-04"))).await;
    let stale_row = ok(store.rows(month("2024-04")))
        .await
        .into_iter()
        .find(|stored| stored.row.key == EB3_INDIA);
    let stale_standing = ok(store.standings())
        .await
        .into_iter()
        .find(|stored| stored.standing.case == EB3_INDIA.case());
    feed(store, &clock, &bulletin("2024-04", day("2012-07-15"))).await;
    let after = (
        ok(store.rows(month("2024-04"))).await,
        ok(store.standings()).await,
    );
    let (Some(stale_row), Some(stale_standing), Some(known)) = (stale_row, stale_standing, known) else {
        panic!("the bulletin is stored")
    };
    let mut record = known.clone();
    record.revision += 1;
    let plan = WritePlan {
        rows: vec![RowWrite {
            key: EB3_INDIA,
            row: Some(stale_row.row.clone()),
            version: Some(stale_row.version),
            carried: None,
        }],
        standings: vec![StandingWrite {
            standing: stale_standing.standing.clone(),
            version: Some(stale_standing.version),
        }],
        record,
        known: Some(known),
        months: ok(store.months()).await,
        cases: ok(store.standings()).await.len(),
        at: clock.now(),
        mends: false,
    };
    assert!(matches!(
        store.write(&plan).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(
        (
            ok(store.rows(month("2024-04"))).await,
            ok(store.standings()).await
        ),
        after
    );
    // The same from a writer that believes that nothing is stored.
    let unaware = WritePlan {
        rows: plan
            .rows
            .iter()
            .cloned()
            .map(|write| RowWrite {
                version: None,
                ..write
            })
            .collect(),
        standings: Vec::new(),
        known: None,
        ..plan
    };
    assert!(matches!(
        store.write(&unaware).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(
        (
            ok(store.rows(month("2024-04"))).await,
            ok(store.standings()).await
        ),
        after
    );
}

/// A write conflicts if another month or another case was stored since it was planned. A new case has no version that
/// could reveal this, so the plan names the months and the number of cases from which it was made.
pub async fn a_write_planned_beside_another_loses<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    let only = |text: &str, category: Category| {
        let rows = bulletin(text, day("2012-07-01"));
        let rows = rows.rows().filter(|row| row.key.category == category).cloned();
        Bulletin::new(month(text), rows).unwrap_or_else(|error| panic!("{error}"))
    };
    let (march, april) = (only("2024-03", Category::Eb3), only("2024-04", Category::Eb2));
    let Parsed::Stored { record, .. } = feed(store, &clock, &bulletin("2024-02", day("2012-07-01"))).await
    else {
        panic!("a new bulletin is stored")
    };
    let area: Area = "Brazil".parse().unwrap_or_else(|error| panic!("{error}"));
    // A new case in a new bulletin.
    let plan = |bulletin: &Bulletin, months: Vec<Month>, cases: usize| {
        let row = bulletin.rows().next().cloned().map(|mut row| {
            row.key.area = area;
            row
        });
        let Some(row) = row else { panic!("no rows") };
        let alone = Bulletin::new(bulletin.month(), [row.clone()]).unwrap_or_else(|error| panic!("{error}"));
        let neighbours = Neighbours {
            previous: None,
            next: None,
            loaded: &BTreeMap::new(),
            next_news: None,
            over: Neighbours::NONE_OVER,
            history: false,
        };
        let standing = Standing::after(None, row.key.case(), &alone, neighbours);
        let Ok(Some(standing)) = standing else {
            panic!("a new case has a standing")
        };
        WritePlan {
            rows: vec![RowWrite {
                key: row.key,
                row: Some(row),
                version: None,
                carried: None,
            }],
            standings: vec![StandingWrite {
                standing,
                version: None,
            }],
            record: BulletinRecord {
                month: bulletin.month(),
                digest: CellDigest::of(bulletin),
                ..(*record).clone()
            },
            known: None,
            months,
            cases,
            at: clock.now(),
            mends: false,
        }
    };
    let (months, cases) = (ok(store.months()).await, ok(store.standings()).await.len());
    let content = async || {
        let mut rows = Vec::new();
        for text in ["2024-02", "2024-03", "2024-04"] {
            rows.push(ok(store.rows(month(text))).await);
        }
        (rows, ok(store.standings()).await, ok(store.months()).await)
    };
    let before = content().await;
    let another_month = plan(&march, Vec::new(), cases);
    let another_case = plan(&march, months.clone(), cases - 1);
    for stale in [another_month, another_case] {
        let result = store.write(&stale).await;
        assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}");
        assert!(content().await == before);
    }
    // Two plans from the same state: the second conflicts, and succeeds after it is planned again.
    let mine = plan(&march, months.clone(), cases);
    let other = plan(&april, months, cases);
    ok(store.write(&mine)).await;
    let result = store.write(&other).await;
    assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}");
    let replanned = plan(&april, ok(store.months()).await, cases + 1);
    ok(store.write(&replanned)).await;
    assert_eq!(
        ok(store.months()).await,
        ["2024-02", "2024-03", "2024-04"].map(month)
    );
    assert_eq!(ok(store.standings()).await.len(), cases + 2);
}

/// A write that was interrupted after some of its cases is completed when the page is parsed again.
pub async fn half_a_write_is_completed<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    feed(store, &clock, &bulletin("2024-03", day("2012-07-01"))).await;
    let april = bulletin("2024-04", day("2012-08-01"));
    let march = ok(store.standings())
        .await
        .into_iter()
        .find(|stored| stored.standing.case == EB3_INDIA.case());
    let (Some(march), Some(record)) = (march, ok(store.record(month("2024-03"))).await) else {
        panic!("March is stored")
    };
    let loaded = BTreeMap::new();
    let neighbours = Neighbours {
        previous: Some(month("2024-03")),
        next: None,
        loaded: &loaded,
        next_news: None,
        over: Neighbours::NONE_OVER,
        history: false,
    };
    let standing = Standing::after(Some(&march.standing), EB3_INDIA.case(), &april, neighbours);
    let Ok(Some(standing)) = standing else {
        panic!("the case continues")
    };
    // The known record is not stored, so the write stops before the record, as if the process had died.
    let half = WritePlan {
        rows: april
            .rows()
            .filter(|row| row.key.case() == EB3_INDIA.case())
            .map(|row| RowWrite {
                key: row.key,
                row: Some(row.clone()),
                version: None,
                carried: None,
            })
            .collect(),
        standings: vec![StandingWrite {
            standing,
            version: Some(march.version),
        }],
        record: BulletinRecord {
            month: april.month(),
            digest: CellDigest::of(&april),
            ..record.clone()
        },
        known: Some(BulletinRecord {
            month: april.month(),
            ..record
        }),
        months: ok(store.months()).await,
        cases: ok(store.standings()).await.len(),
        at: clock.now(),
        mends: false,
    };
    assert!(matches!(
        store.write(&half).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(ok(store.months()).await, [month("2024-03")]);
    assert!(matches!(feed(store, &clock, &april).await, Parsed::Stored { .. }));
    let stored = as_bulletin(month("2024-04"), ok(store.rows(month("2024-04"))).await);
    assert_eq!(
        stored.map(|stored| CellDigest::of(&stored)),
        Ok(CellDigest::of(&april))
    );
    for stored in ok(store.standings()).await {
        assert_eq!(
            stored.standing.newest.month,
            month("2024-04"),
            "{}",
            stored.standing.case
        );
        assert_eq!(stored.standing.newest.revision, 0);
        assert_eq!(
            stored.standing.older.map(|older| older.month),
            Some(month("2024-03"))
        );
    }
}

/// A held correction is written only if the record is still the one on which the decision was based.
pub async fn a_record_is_held_only_as_it_is_known<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    let april = bulletin("2024-04", day("2012-07-01"));
    feed(store, &clock, &april).await;
    let Some(known) = ok(store.record(month("2024-04"))).await else {
        panic!("April is stored")
    };
    let pending = Pending {
        digest: CellDigest::of(&bulletin("2024-04", day("2012-07-15"))),
        host: "one.example.com".into(),
        at: clock.now(),
        contested: false,
        first_host_next: false,
        interrupted: false,
        returns: 0,
    };
    ok(store.hold(&known, Some(&pending))).await;
    let held = ok(store.record(month("2024-04"))).await;
    assert_eq!(
        held,
        Some(BulletinRecord {
            pending: Some(pending.clone()),
            ..known.clone()
        })
    );
    assert!(matches!(
        store.hold(&known, None).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(ok(store.record(month("2024-04"))).await, held);
}

/// A history has the newest month first, and only the requested months.
pub async fn a_history_is_newest_first<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    for (text, date) in [
        ("2024-02", "2012-06-01"),
        ("2024-04", "2012-08-01"),
        ("2024-03", "2012-07-01"),
    ] {
        feed(store, &clock, &bulletin(text, day(date))).await;
    }
    let texts = |rows: Vec<crate::HistoryRow>| -> Vec<String> {
        rows.iter()
            .map(|row| {
                format!(
                    "{} {:?}",
                    row.month,
                    row.row.reading.cut_off().map(|c| c.to_string())
                )
            })
            .collect()
    };
    let all = ok(store.history(EB3_INDIA, None, None)).await;
    assert_eq!(
        texts(all),
        [
            r#"2024-04 Some("2012-08-01")"#,
            r#"2024-03 Some("2012-07-01")"#,
            r#"2024-02 Some("2012-06-01")"#
        ]
    );
    let range = "2024-02..2024-03".parse().ok();
    let some = ok(store.history(EB3_INDIA, range, None)).await;
    assert_eq!(
        texts(some),
        [r#"2024-03 Some("2012-07-01")"#, r#"2024-02 Some("2012-06-01")"#]
    );
    let newest = ok(store.history(EB3_INDIA, None, Some(2))).await;
    assert_eq!(
        texts(newest),
        [r#"2024-04 Some("2012-08-01")"#, r#"2024-03 Some("2012-07-01")"#]
    );
    let none = ok(store.history(
        RowKey {
            area: Area::VIETNAM,
            ..EB3_INDIA
        },
        None,
        None,
    ))
    .await;
    assert!(none.is_empty());
}

/// An imported bulletin has its corrections and the cells that corrections removed. A second import writes nothing,
/// and a different version of the month is not imported.
pub async fn what_is_imported_is_what_was_archived<Store: BulletinStore + LinkTable>(
    store: &Store,
    other: &Store,
) {
    let clock = FixedClock::noon("2024-03-13");
    let whole = bulletin("2024-04", day("2012-07-01"));
    // A whole column is removed: a single missing cell would be an empty one, which is unreadable and not gone.
    let is_gone = |key: RowKey| {
        (key.chart, key.area, key.category.preference())
            == (
                EB3_INDIA.chart,
                Area::PHILIPPINES,
                EB3_INDIA.category.preference(),
            )
    };
    let corrected = bulletin("2024-04", day("2012-07-15"));
    let rows = corrected.rows().filter(|row| !is_gone(row.key)).cloned();
    let corrected = Bulletin::new(corrected.month(), rows).unwrap_or_else(|error| panic!("{error}"));
    feed(store, &clock, &whole).await;
    clock.pass(Duration::hours(1));
    feed(store, &clock, &corrected).await;
    let april = archived(store, "2024-04").await;
    assert_eq!(april.rows.len(), whole.rows().len());
    for row in &april.rows {
        let (gone, changed) = (is_gone(row.key), row.key == EB3_INDIA);
        let expected = (gone, usize::from(gone || changed));
        assert_eq!(
            (row.current.is_none(), row.earlier.len()),
            expected,
            "{:?}",
            row.key
        );
    }

    clock.pass(Duration::hours(1));
    assert_eq!(ok(april.import(other, &clock)).await, Imported::Stored);
    assert_eq!(archived(other, "2024-04").await, april);
    assert_eq!(ok(april.import(other, &clock)).await, Imported::AlreadyThere);
    let standings = |stored: Vec<StoredStanding>| {
        let standings = stored
            .into_iter()
            .map(|stored| (stored.standing.case, stored.standing.newest.cells));
        standings.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(
        standings(ok(other.standings()).await),
        standings(ok(store.standings()).await)
    );

    // An earlier month, and a version that differs from the stored one.
    let march = ArchivedBulletin {
        month: month("2024-03"),
        ..april.clone()
    };
    assert_eq!(ok(march.import(other, &clock)).await, Imported::Stored);
    assert_eq!(archived(other, "2024-03").await, march);
    let mut different = april.clone();
    different.rows.retain(|row| row.key != EB3_INDIA);
    assert_eq!(ok(different.import(other, &clock)).await, Imported::Differs);
    assert_eq!(archived(other, "2024-04").await, april);
}

async fn archived<Store: BulletinStore>(store: &Store, text: &str) -> ArchivedBulletin {
    let archived = ok(ArchivedBulletin::of(store, month(text))).await;
    archived.unwrap_or_else(|| panic!("{text} is stored"))
}

/// Only one of two callers claims a due link. It can be claimed again only when it is due again.
pub async fn a_due_link_is_claimed_once<Store: LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    let link = link_of(month("2024-04"));
    let (now, until) = (clock.now(), clock.now() + Duration::hours(1));
    assert!(ok(store.claim_link(&link, now, until)).await);
    assert!(!ok(store.claim_link(&link, now, until)).await);
    assert!(ok(store.claim_link(&link, until, until + Duration::hours(1))).await);
    let due = LinkState::Due {
        at: now + Duration::minutes(5),
    };
    ok(store.settle(&link, &due, 3, "blocked")).await;
    assert!(!ok(store.claim_link(&link, now, until)).await);
    let stored = ok(store.link(month("2024-04"))).await;
    assert_eq!(
        stored.map(|stored| (stored.link, stored.state, stored.failures, stored.note)),
        Some((link.clone(), due, 3, "blocked".into()))
    );
    assert!(ok(store.claim_link(&link, now + Duration::minutes(5), until)).await);
    ok(store.settle(&link, &LinkState::Done { again: None }, 0, "stored")).await;
    assert!(!ok(store.claim_link(&link, now + Duration::days(9999), until)).await);
    assert_eq!(ok(store.links()).await.len(), 1);
    ok(store.note_check(&Check {
        at: now,
        good: true,
        note: "listed".into(),
    }))
    .await;
}

/// Only one of two callers claims an alert. It can be claimed again after the claim was released or has expired, and
/// never after it was sent.
pub async fn an_alert_is_claimed_once<Store: AlertMarks>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    let (now, later) = (clock.now(), clock.now() + Duration::minutes(5));
    assert_eq!(ok(store.claim_alert("a", now, later)).await, Claim::Granted);
    assert_eq!(ok(store.claim_alert("a", now, later)).await, Claim::InProgress);
    ok(store.release("a")).await;
    assert_eq!(ok(store.claim_alert("a", now, later)).await, Claim::Granted);
    assert_eq!(
        ok(store.claim_alert("a", later, later + Duration::minutes(5))).await,
        Claim::Granted
    );
    ok(store.sent("a", later)).await;
    assert_eq!(
        ok(store.claim_alert("a", later + Duration::days(1), later + Duration::days(2))).await,
        Claim::Sent
    );
    assert_eq!(ok(store.claim_alert("b", now, later)).await, Claim::Granted);
}
