//! Writes of another process while a page is compared with the stored bulletin.

use std::cell::Cell;

use bulletin::{Bulletin, Month, MonthRange, RowKey};
use chrono::{DateTime, Duration, Utc};
use pipeline::port::{
    BulletinStore, Check, LinkTable, PageLink, StoreError, StoredRow, StoredStanding, as_bulletin,
};
use pipeline::testing::FixedClock;
use pipeline::{
    ArchivedRow, BulletinRecord, CellDigest, HistoryRow, Link, LinkState, Parsed, Pending, WritePlan,
};
use sqlite::SqliteStore;

use super::{EB3_INDIA, File, bulletin, feed, month};

/// A store in which another process stores a correction before the second read of a bulletin's record.
struct Interrupted<'a> {
    store: &'a SqliteStore,
    clock: &'a FixedClock,
    correction: Bulletin,
    read: Cell<u32>,
}

impl BulletinStore for Interrupted<'_> {
    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
        self.read.set(self.read.get() + 1);
        if self.read.get() == 2 {
            self.clock.pass(Duration::minutes(1));
            let stored = feed(self.store, self.clock, &self.correction).await.unwrap();
            assert!(matches!(stored, Parsed::Stored { .. }), "{stored:?}");
        }
        self.store.record(month).await
    }

    async fn months(&self) -> Result<Vec<Month>, StoreError> {
        self.store.months().await
    }

    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        self.store.rows(month).await
    }

    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError> {
        self.store.standings().await
    }

    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError> {
        self.store.write(plan).await
    }

    async fn hold(&self, known: &BulletinRecord, pending: Option<&Pending>) -> Result<(), StoreError> {
        self.store.hold(known, pending).await
    }

    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        self.store.history(key, range, limit).await
    }

    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError> {
        self.store.archived_rows(month).await
    }
}

impl LinkTable for Interrupted<'_> {
    async fn links(&self) -> Result<Vec<Link>, StoreError> {
        self.store.links().await
    }

    async fn link(&self, month: Month) -> Result<Option<Link>, StoreError> {
        self.store.link(month).await
    }

    async fn claim_link(
        &self,
        link: &PageLink,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        LinkTable::claim_link(self.store, link, now, until).await
    }

    async fn settle(
        &self,
        link: &PageLink,
        state: &LinkState,
        failures: u32,
        note: &str,
    ) -> Result<(), StoreError> {
        self.store.settle(link, state, failures, note).await
    }

    async fn note_check(&self, check: &Check) -> Result<(), StoreError> {
        self.store.note_check(check).await
    }
}

/// A page from a file repairs the cells of an equal bulletin, but does not undo a correction that was stored meanwhile:
/// the page is older.
#[tokio::test(flavor = "current_thread")]
async fn a_repair_undoes_no_concurrent_correction() {
    let file = File::new();
    let store = file.open();
    let clock = FixedClock::noon("2024-05-13");
    let (first, correction) = (
        bulletin("2024-05", "2012-07-01"),
        bulletin("2024-05", "2012-07-15"),
    );
    feed(&store, &clock, &first).await.unwrap();

    let interrupted = Interrupted {
        store: &store,
        clock: &clock,
        correction: correction.clone(),
        read: Cell::new(0),
    };
    let parsed = feed(&interrupted, &clock, &first).await.unwrap();
    assert_eq!(parsed, Parsed::Outdated);
    let may = month("2024-05");
    let stored = as_bulletin(may, store.rows(may).await.unwrap()).unwrap();
    assert_eq!(stored.row(EB3_INDIA), correction.row(EB3_INDIA));
    let record = store.record(may).await.unwrap().unwrap();
    assert_eq!((record.digest, record.revision), (CellDigest::of(&correction), 1));
}
