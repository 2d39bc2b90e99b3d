//! The cost of storing a history, counted and not timed: pages written, changes logged, and allocations.

#![expect(
    clippy::unwrap_used,
    reason = "the setup is outside of the test functions, and its failures should stop the test"
)]

use std::path::Path;

use allocation_counter::{AllocationInfo, measure};
use bulletin::{Bulletin, CutOff, Month};
use chrono::Duration;
use pipeline::Parser;
use pipeline::port::{Clock as _, Fetched};
use pipeline::testing::{FixedClock, ScriptedSource, bulletin_of, page_of};
use rusqlite::Connection;
use sqlite::SqliteStore;

/// The most pages that storing a bulletin of 150 cells may write after two years of history.
const MOST_PAGES: i64 = 150;
/// The most allocations of parsing and storing one.
const MOST_ALLOCATIONS: u64 = 13_000;
const MONTHS: usize = 24;

fn bulletin(month: Month, number: usize) -> Bulletin {
    let first: chrono::NaiveDate = "2010-01-01".parse().unwrap();
    bulletin_of(month, |_| CutOff::Date(first + Duration::days(number as i64)))
}

/// Stores this bulletin's page from a file, and returns the allocations.
fn feed(store: &SqliteStore, clock: &FixedClock, bulletin: &Bulletin) -> AllocationInfo {
    let source = ScriptedSource::new(clock, &[]);
    let parser = Parser {
        source: &source,
        store,
        clock,
    };
    let page = Fetched {
        body: page_of(bulletin),
        host: "by hand".into(),
        at: clock.now(),
        by_hand: true,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    measure(|| {
        drop(
            runtime
                .block_on(parser.parse_page(&page, None, pipeline::Accept::default()))
                .unwrap(),
        )
    })
}

fn number(file: &Path, sql: &str) -> i64 {
    let connection = Connection::open(file).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The number of pages written to the log since the last call, which moved them into the file.
fn pages_written(file: &Path) -> i64 {
    let connection = Connection::open(file).unwrap();
    let written = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1));
    written.unwrap()
}

#[test]
fn a_history_is_stored_with_few_pages_and_allocations_and_logs_no_changes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bulletins.db");
    let clock = FixedClock::noon("2024-03-13");
    let store = SqliteStore::open(&file).unwrap();
    let first: Month = "2022-01".parse().unwrap();
    let months: Vec<Month> = std::iter::successors(Some(first), |month| Some(month.next()))
        .take(MONTHS)
        .collect();
    let bulletins: Vec<Bulletin> = months
        .iter()
        .enumerate()
        .map(|(number, month)| bulletin(*month, number))
        .collect();
    let (last, before) = bulletins.split_last().unwrap();
    for bulletin in before {
        feed(&store, &clock, bulletin);
    }
    pages_written(&file);
    let cost = feed(&store, &clock, last);
    let pages = pages_written(&file);
    let cells = last.rows().len();
    let line = format!("{cells} cells: {pages} pages, {} allocations", cost.count_total);
    println!("{line}");
    assert!(cells >= 150, "{line}");
    assert!((1..=MOST_PAGES).contains(&pages), "{line}");
    assert!(cost.count_total <= MOST_ALLOCATIONS, "{line}");
    // A finished month alerts nobody, and its changes would be the largest part of the file.
    let logged = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change_log'";
    assert_eq!(number(&file, logged), 0);
    feed(&store, &clock, &bulletin("2024-03".parse().unwrap(), MONTHS));
    assert!(number(&file, logged) > 50, "the month in force is logged");
}
