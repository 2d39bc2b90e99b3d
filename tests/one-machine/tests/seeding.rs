//! Filling a new database with the shipped history.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::time::Instant;

use bulletin::Standing;
use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, Clock};
use pipeline::{ArchivedBulletin, ArchivedRow, BulletinRecord, seed_plans};
use shipped_history::ShippedHistory;
use sqlite::SqliteStore;

struct At(DateTime<Utc>);

impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn new_store() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("test.db")).unwrap();
    (folder, store)
}

/// Everything that a store knows, except the versions of its standings.
#[derive(Debug, PartialEq)]
struct Content {
    records: Vec<BulletinRecord>,
    rows: Vec<Vec<ArchivedRow>>,
    standings: Vec<Standing>,
}

async fn content(store: &SqliteStore) -> Content {
    let mut content = Content {
        records: Vec::new(),
        rows: Vec::new(),
        standings: Vec::new(),
    };
    for month in store.months().await.unwrap() {
        content.records.push(store.record(month).await.unwrap().unwrap());
        content.rows.push(store.archived_rows(month).await.unwrap());
    }
    let standings = store.standings().await.unwrap();
    for mut standing in standings.into_iter().map(|stored| stored.standing) {
        // A bulletin that was over alerts nobody, as history or not. An import that loads it as a neighbour does not
        // know which.
        for entry in standing.older.iter_mut().chain([&mut standing.newest]) {
            entry.history &= !entry.over;
        }
        content.standings.push(standing);
    }
    content.standings.sort_by_key(|standing| standing.case);
    content
}

fn seed(store: &SqliteStore, bulletins: &[ArchivedBulletin], at: DateTime<Utc>) {
    store.write_all(&seed_plans(bulletins, at).unwrap()).unwrap();
}

#[tokio::test]
async fn a_seeded_database_is_the_same_as_an_imported_one() {
    let history = ShippedHistory::load();
    let ranges = [
        ("2001-12", "2003-03"),
        ("2008-10", "2011-06"),
        ("2021-12", "2022-07"),
        ("2025-06", "2026-08"),
    ];
    for now in [
        "2026-08-10T12:00:00Z",
        "2026-07-20T12:00:00Z",
        "2026-11-28T12:00:00Z",
    ]
    .map(at)
    {
        for (first, last) in ranges {
            let mut bulletins = history.archived(now);
            bulletins.retain(|bulletin| (first..=last).contains(&bulletin.month.to_string().as_str()));
            let (_folder, imported) = new_store();
            for bulletin in bulletins.iter().rev() {
                bulletin.import(&imported, &At(now)).await.unwrap();
            }
            let (_folder, seeded) = new_store();
            seed(&seeded, &bulletins, now);
            assert_eq!(
                content(&seeded).await,
                content(&imported).await,
                "{first} to {last} at {now}"
            );
        }
    }
}

#[tokio::test]
async fn the_whole_history_is_seeded_at_once_or_not_at_all() {
    let now = at("2026-11-28T12:00:00Z");
    let history = ShippedHistory::load();
    let (_folder, store) = new_store();
    let began = Instant::now();
    let bulletins = history.archived(now);
    let mut plans = seed_plans(&bulletins, now).unwrap();
    let planned = began.elapsed();
    let last = plans.pop().unwrap();
    let mut broken = last.clone();
    broken.cases += 1;
    plans.push(broken);
    store.write_all(&plans).unwrap_err();
    assert_eq!(store.months().await.unwrap(), []);
    assert_eq!(store.standings().await.unwrap(), []);

    plans.pop();
    plans.push(last);
    let began = Instant::now();
    store.write_all(&plans).unwrap();
    println!("planned in {planned:?}, written in {:?}", began.elapsed());
    assert_eq!(
        store.months().await.unwrap(),
        history.shipped_months().collect::<Vec<_>>()
    );
    // It cannot be repeated: the months are known.
    store.write_all(&plans).unwrap_err();
}
