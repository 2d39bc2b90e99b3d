//! The contract of every store, run by [`all`]: each check takes an empty store and panics if the store breaks it. The
//! layout of a store's data and its errors are tested in its crate.

mod mend;
mod plan;
mod shipped;
mod skew;
mod stale;
mod write;

use std::collections::BTreeMap;
use std::ops::AsyncFn;

use bulletin::{Area, Bulletin, Case, Category, Chart, CutOff, Month, RowKey};
use chrono::{Duration, NaiveDate};

use crate::archive::{ArchivedBulletin, Imported};
use crate::link::LinkState;
use crate::parse::{Accept, Parsed, Parser};
use crate::port::{
    AlertMarks, BulletinStore, Check, Claim, Clock, Fetched, LinkTable, StoreError, StoredStanding,
    as_bulletin,
};
use crate::record::{BulletinRecord, CellDigest, Pending};
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
    // Boxed, so that the future of all checks fits the stack of a thread.
    Box::pin(what_is_written_is_read_back(&fresh().await)).await;
    Box::pin(the_same_page_again_writes_nothing(&fresh().await)).await;
    Box::pin(a_correction_keeps_what_it_replaces(&fresh().await)).await;
    Box::pin(mend::what_somebody_else_wrote_is_mended(&fresh().await)).await;
    Box::pin(shipped::a_page_replaces_what_was_shipped(&fresh().await)).await;
    Box::pin(write::a_stale_write_loses(&fresh().await)).await;
    Box::pin(stale::each_stale_part_alone_loses(&fresh().await)).await;
    Box::pin(write::a_write_planned_beside_another_loses(&fresh().await)).await;
    Box::pin(write::half_a_write_is_completed(&fresh().await)).await;
    Box::pin(a_record_is_held_only_as_it_is_known(&fresh().await)).await;
    Box::pin(a_history_is_newest_first(&fresh().await)).await;
    Box::pin(what_is_imported_is_what_was_archived(
        &fresh().await,
        &fresh().await,
    ))
    .await;
    Box::pin(a_due_link_is_claimed_once(&fresh().await)).await;
    Box::pin(an_alert_is_claimed_once(&fresh().await)).await;
    Box::pin(a_link_from_a_clock_ahead_is_due(&fresh().await)).await;
    Box::pin(a_mark_from_a_clock_ahead_is_free(&fresh().await)).await;
    Box::pin(a_page_beats_one_from_the_future(&fresh().await)).await;
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
    correct_a_cell_and_remove_a_column(store, &clock).await;
    let april = archived(store, "2024-04").await;
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

/// Stores April 2024, and then a correction of one cell that also removes a column: a single missing cell would be an
/// empty one, which is unreadable and not gone.
async fn correct_a_cell_and_remove_a_column<Store: BulletinStore + LinkTable>(
    store: &Store,
    clock: &FixedClock,
) {
    let half = |key: RowKey| (key.chart, key.category.preference());
    let is_gone = |key: RowKey| half(key) == half(EB3_INDIA) && key.area == Area::PHILIPPINES;
    let whole = bulletin("2024-04", day("2012-07-01"));
    let corrected = bulletin("2024-04", day("2012-07-15"));
    let rows = corrected.rows().filter(|row| !is_gone(row.key)).cloned();
    let corrected = Bulletin::new(corrected.month(), rows).unwrap_or_else(|error| panic!("{error}"));
    feed(store, clock, &whole).await;
    clock.pass(Duration::hours(1));
    feed(store, clock, &corrected).await;
    let april = archived(store, "2024-04").await;
    assert_eq!(april.rows.len(), whole.rows().len());
    for row in &april.rows {
        let (gone, changed) = (is_gone(row.key), row.key == EB3_INDIA);
        assert_eq!(row.current.is_none(), gone, "{:?}", row.key);
        assert_eq!(row.earlier.len(), usize::from(gone || changed), "{:?}", row.key);
    }
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
