//! One machine for a test: a database in a temporary folder, scripted hosts, a fixed clock, and a channel that records
//! every alert. Start with [`World`].

use std::path::PathBuf;

use bulletin::{Alert, Month};
use chrono::{DateTime, NaiveDate, Utc};
use pipeline::port::{BulletinQueue, PageMessage};
use pipeline::testing::{Answer, FixedClock, RecordingChannel, ScriptedSource, link_of};
use pipeline::{ChangeRecord, FetchReport, Fetcher};
use sqlite::{PageOutcome, SqliteStore, deliver_changes, parse_pages};
use tempfile::TempDir;

use crate::oracle;
use crate::pages::Pages;
use crate::tables;

/// Noon of a likely release day of a month's bulletin: the 12th of the month before.
pub fn release_day(month: Month) -> DateTime<Utc> {
    let before = month.previous();
    NaiveDate::from_ymd_opt(before.year(), before.number(), 12)
        .unwrap()
        .and_hms_opt(12, 0, 0)
        .unwrap()
        .and_utc()
}

/// The parts of one machine.
#[derive(Debug)]
pub struct World<'a> {
    /// The clock.
    pub clock: &'a FixedClock,
    /// The hosts.
    pub source: ScriptedSource<'a>,
    /// The database.
    pub store: SqliteStore,
    /// The destination of alerts.
    pub channel: RecordingChannel,
    folder: TempDir,
}

/// The outcome of one poll.
#[derive(Debug)]
pub struct Look {
    /// The queued pages.
    pub fetched: FetchReport,
    /// The outcome of each page.
    pub outcomes: Vec<PageOutcome>,
    /// The alerts sent.
    pub alerts: Vec<Alert>,
}

impl<'a> World<'a> {
    /// A new database, and hosts that have no page yet.
    ///
    /// # Panics
    /// If no folder can be created.
    pub fn new(clock: &'a FixedClock, hosts: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            clock,
            source: ScriptedSource::new(clock, hosts),
            store: SqliteStore::open(&folder.path().join("test.db")).unwrap(),
            channel: RecordingChannel::default(),
            folder,
        }
    }

    /// The path of the database.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    /// Publishes a page on these hosts.
    pub fn publish(&self, hosts: &[&str], month: Month, page: &[u8]) {
        for host in hosts {
            self.source.answer(host, month, Answer::Page(page.to_vec()));
        }
    }

    /// Publishes these pages on a host.
    pub fn publish_all(&self, host: &str, pages: &Pages) {
        for (month, page) in pages {
            self.publish(&[host], *month, page);
        }
    }

    /// Queues these months' pages, repeated months repeatedly, and parses everything in the queue.
    ///
    /// # Panics
    /// If the database fails.
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
        parse_pages(&self.store, &self.source, self.clock, |outcome| {
            outcomes.push(outcome)
        })
        .await
        .unwrap();
        outcomes
    }

    /// Sends the alerts of the change log.
    ///
    /// # Panics
    /// If an alert cannot be sent.
    pub async fn announce(&self) -> Vec<Alert> {
        let drained = deliver_changes(&self.store, &[&self.channel], self.clock)
            .await
            .unwrap();
        assert_eq!(drained.failed, [""; 0]);
        let alerts = self.channel.take();
        assert_eq!(drained.sent, alerts.len());
        alerts
    }

    /// Runs one round of `bulletin run`: polls the source, parses the due pages, and sends the alerts.
    ///
    /// # Panics
    /// If the database fails.
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

    /// The records of the change log after this number, and the number of the last one.
    ///
    /// # Panics
    /// If one cannot be read.
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

/// Alerts in the format of the oracle's predictions.
pub fn lines(alerts: &[Alert]) -> Vec<String> {
    alerts.iter().flat_map(oracle::lines).collect()
}

/// The ids of alerts, sorted.
pub fn ids(alerts: &[Alert]) -> Vec<String> {
    let mut ids: Vec<String> = alerts.iter().map(|alert| alert.id().to_string()).collect();
    ids.sort();
    ids
}

/// Asserts that no alert occurs twice.
///
/// # Panics
/// If one does.
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
