//! Alerts derived again from the store, compared with the alerts that were sent.

#![expect(
    clippy::unwrap_used,
    reason = "the setup is outside of the test functions, and its failures should stop the test"
)]

use std::collections::BTreeSet;

use bulletin::{Alert, Area, Category, Chart, CutOff, Month, RowKey};
use pipeline::port::{BulletinStore, Clock, Fetched};
use pipeline::testing::{FixedClock, RecordingChannel, ScriptedSource, bulletin_of, page_of};
use pipeline::{Parsed, Parser, Retold, Silence, retell};
use sqlite::{SqliteStore, deliver_changes};
use tempfile::TempDir;

const EB3_INDIA: RowKey = RowKey {
    chart: Chart::FinalAction,
    category: Category::Eb3,
    area: Area::INDIA,
};

/// A database in a file, and a clock.
struct Machine {
    _folder: TempDir,
    store: SqliteStore,
    clock: FixedClock,
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(work)
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn ids(alerts: &[Alert]) -> BTreeSet<String> {
    alerts.iter().map(|alert| alert.id().to_string()).collect()
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: SqliteStore::open(&folder.path().join("bulletins.db")).unwrap(),
            clock: FixedClock::noon("2023-01-01"),
            _folder: folder,
        }
    }

    /// Stores a month's page, or its correction, on this day, with this date for EB-3 India.
    async fn store(&self, text: &str, day: &str, eb3_india: &str) {
        self.clock.set(FixedClock::noon(day).now());
        let bulletin = bulletin_of(month(text), |key| {
            let date = if key == EB3_INDIA { eb3_india } else { "2010-05-01" };
            CutOff::Date(date.parse().unwrap())
        });
        let page = Fetched {
            body: page_of(&bulletin),
            host: "by hand".into(),
            at: self.clock.now(),
            by_hand: true,
        };
        let parser = Parser {
            source: &ScriptedSource::new(&self.clock, &[]),
            store: &self.store,
            clock: &self.clock,
        };
        let (_, _, parsed) = parser
            .parse_page(&page, None, pipeline::Accept::default())
            .await
            .unwrap();
        assert!(matches!(parsed, Parsed::Stored { .. }), "{text}: {parsed:?}");
    }

    async fn retold(&self, text: &str) -> Retold {
        let months = BTreeSet::from([month(text)]);
        let retold = retell(&self.store, &months, async |month| self.store.rows(month).await).await;
        retold.unwrap().remove(&month(text)).unwrap()
    }

    /// Sends the alerts of everything stored, on the day of the last bulletin, and returns them.
    async fn sent(&self) -> Vec<Alert> {
        let channel = RecordingChannel::default();
        deliver_changes(&self.store, &[&channel], &self.clock)
            .await
            .unwrap();
        channel.take()
    }
}

#[test]
fn a_correction_of_the_month_with_which_tracking_begins_is_due() {
    run(async {
        let machine = Machine::new();
        machine.store("2023-12", "2023-11-14", "2012-01-01").await;
        assert_eq!(machine.retold("2023-12").await.due(), []);
        machine.store("2023-12", "2023-11-20", "2012-02-01").await;
        let retold = machine.retold("2023-12").await;
        assert_eq!(retold.silence, Some(Silence::NothingBefore));
        assert_eq!(retold.forms.len(), 2);
        let sent = machine.sent().await;
        assert!(!sent.is_empty());
        assert_eq!(ids(&retold.due()), ids(&sent));
        assert_eq!(retold.due(), retold.forms[1], "and nothing of the first revision");
    });
}

#[test]
fn a_correction_of_a_month_before_which_history_was_filled_in_is_due() {
    run(async {
        let machine = Machine::new();
        machine.store("2024-04", "2024-03-14", "2012-01-01").await;
        machine.store("2024-03", "2024-03-14", "2011-12-01").await;
        let retold = machine.retold("2024-04").await;
        assert_eq!(retold.silence, Some(Silence::FilledIn));
        assert!(retold.forms[0].len() > 50, "as preview shows it");
        assert_eq!(retold.due(), []);
        machine.store("2024-04", "2024-03-20", "2012-02-01").await;
        let retold = machine.retold("2024-04").await;
        let sent = machine.sent().await;
        assert!(sent.len() >= 2, "a case and the whole bulletin: {}", sent.len());
        assert_eq!(ids(&retold.due()), ids(&sent));
        assert!(retold.newest().len() > 50, "an announcement has the others too");
    });
}

#[test]
fn a_correction_after_its_month_or_from_before_it_was_stored_is_not_due() {
    run(async {
        let machine = Machine::new();
        machine.store("2023-12", "2023-11-14", "2012-01-01").await;
        machine.store("2023-12", "2024-01-02", "2012-02-01").await;
        let retold = machine.retold("2023-12").await;
        assert!(!retold.newest().is_empty());
        assert_eq!(retold.due(), []);
        assert_eq!(machine.sent().await, []);

        let late = Retold {
            first_seen: retold.first_seen - chrono::Duration::days(5),
            corrected_at: vec![retold.first_seen],
            ..retold.clone()
        };
        assert_eq!(ids(&late.due()), ids(&retold.forms[1]));
        let carried = Retold {
            corrected_at: vec![late.first_seen - chrono::Duration::days(1)],
            ..late
        };
        assert_eq!(carried.due(), []);
    });
}

#[test]
fn a_month_that_was_over_stays_silent() {
    run(async {
        let machine = Machine::new();
        machine.store("2023-11", "2023-10-14", "2012-01-01").await;
        machine.store("2023-12", "2024-01-02", "2012-01-01").await;
        machine.store("2023-12", "2024-01-03", "2012-02-01").await;
        let retold = machine.retold("2023-12").await;
        assert_eq!(retold.silence, Some(Silence::Over));
        assert_eq!(retold.due(), []);
        assert_eq!(machine.sent().await, []);
    });
}
