//! A database in a folder of its own, hosts that answer as told, a clock that stands still and somebody who keeps
//! every alert.

use std::path::PathBuf;

use bulletin::{Alert, Month};
use chrono::{DateTime, NaiveDate, Utc};
use pipeline::port::{BulletinQueue, PageMessage};
use pipeline::testing::{Answer, FixedClock, RecordingSink, ScriptedSource, link_of};
use pipeline::{ChangeRecord, FetchReport, Fetcher};
use sqlite::{PageOutcome, SqliteStore, deliver_changes, drain_pages};
use tempfile::TempDir;

use crate::oracle;
use crate::pages::Pages;
use crate::tables;

/// Noon of the day on which a month's bulletin is likely to come out: the 12th of the month before.
pub fn release_day(month: Month) -> DateTime<Utc> {
    let before = month.previous();
    NaiveDate::from_ymd_opt(before.year(), before.number(), 12)
        .unwrap()
        .and_hms_opt(12, 0, 0)
        .unwrap()
        .and_utc()
}

/// Everything one machine has.
#[derive(Debug)]
pub struct World<'a> {
    /// What time it is.
    pub clock: &'a FixedClock,
    /// The hosts.
    pub source: ScriptedSource<'a>,
    /// The database.
    pub store: SqliteStore,
    /// Where alerts go.
    pub sink: RecordingSink,
    folder: TempDir,
}

/// What one look brought.
#[derive(Debug)]
pub struct Look {
    /// What was queued.
    pub fetched: FetchReport,
    /// What became of each page.
    pub outcomes: Vec<PageOutcome>,
    /// What was sent.
    pub alerts: Vec<Alert>,
}

impl<'a> World<'a> {
    /// A new database, and hosts that have no page yet.
    ///
    /// # Panics
    /// When no folder can be made.
    pub fn new(clock: &'a FixedClock, hosts: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            clock,
            source: ScriptedSource::new(clock, hosts),
            store: SqliteStore::open(&folder.path().join("test.db")).unwrap(),
            sink: RecordingSink::default(),
            folder,
        }
    }

    /// Where the database is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    /// Tells the hosts named to give a page.
    pub fn publish(&self, hosts: &[&str], month: Month, page: &[u8]) {
        for host in hosts {
            self.source.answer(host, month, Answer::Page(page.to_vec()));
        }
    }

    /// Tells a host to give these pages.
    pub fn publish_all(&self, host: &str, pages: &Pages) {
        for (month, page) in pages {
            self.publish(&[host], *month, page);
        }
    }

    /// Queues these months' pages, as often as they stand here, and reads all that waits.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn deliver(&self, months: impl IntoIterator<Item = Month>) -> Vec<PageOutcome> {
        for month in months {
            let (link, trace) = (link_of(month), format!("test {month}"));
            self.store
                .send(&PageMessage {
                    link,
                    trace,
                    listed: false,
                })
                .await
                .unwrap();
        }
        let mut outcomes = Vec::new();
        drain_pages(&self.store, &self.source, self.clock, |outcome| {
            outcomes.push(outcome)
        })
        .await
        .unwrap();
        outcomes
    }

    /// Sends what waits in the change log.
    ///
    /// # Panics
    /// When an alert could not be sent.
    pub async fn announce(&self) -> Vec<Alert> {
        let drained = deliver_changes(&self.store, &[&self.sink], self.clock)
            .await
            .unwrap();
        assert_eq!(drained.failed, [""; 0]);
        let alerts = self.sink.take();
        assert_eq!(drained.sent, alerts.len());
        alerts
    }

    /// What `bulletin run` does once: asks the source, reads what is due, sends what is new.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn look(&self) -> Look {
        let fetcher = Fetcher {
            source: &self.source,
            store: &self.store,
            queue: &self.store,
            clock: self.clock,
        };
        let fetched = fetcher.fetch(None).await.unwrap();
        let outcomes = self.deliver([]).await;
        let alerts = self.announce().await;
        Look {
            fetched,
            outcomes,
            alerts,
        }
    }

    /// The records of the change log that were written after the one with this number, and the number of the last.
    ///
    /// # Panics
    /// When one cannot be read.
    pub fn records_after(&self, seq: i64) -> (Vec<ChangeRecord>, i64) {
        let sql = format!("SELECT seq, record FROM change_log WHERE seq > {seq} ORDER BY seq");
        let lines = tables::query(&self.path(), &sql);
        let pairs: Vec<(i64, ChangeRecord)> = lines
            .iter()
            .map(|line| {
                let (seq, record) = line.split_once(" | ").unwrap();
                (seq.parse().unwrap(), serde_json::from_str(record).unwrap())
            })
            .collect();
        let last = pairs.last().map_or(seq, |(seq, _)| *seq);
        (pairs.into_iter().map(|(_, record)| record).collect(), last)
    }
}

/// Alerts in the form in which the oracle predicts them.
pub fn lines(alerts: &[Alert]) -> Vec<String> {
    alerts.iter().flat_map(oracle::lines).collect()
}

/// The ids of alerts, sorted.
pub fn ids(alerts: &[Alert]) -> Vec<String> {
    let mut ids: Vec<String> = alerts.iter().map(|alert| alert.id().to_string()).collect();
    ids.sort();
    ids
}

/// Panics where an alert stands there twice.
///
/// # Panics
/// Then.
pub fn assert_none_twice(alerts: &[Alert]) {
    let ids = ids(alerts);
    let twice: Vec<&String> = ids
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| &pair[0])
        .take(20)
        .collect();
    assert!(twice.is_empty(), "sent more than once: {twice:#?}");
}
