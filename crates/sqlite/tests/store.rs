//! The guarantees of the SQLite file beyond the contract of every store.

#![expect(
    clippy::unwrap_used,
    reason = "the setup is outside of the test functions, and its failures should stop the test"
)]

#[path = "store/between.rs"]
mod between;
#[path = "store/late.rs"]
mod late;

use std::cell::RefCell;
use std::future::ready;
use std::path::{Path, PathBuf};

use bulletin::{Alert, Area};
use bulletin::{Bulletin, Case, Category, Chart, CutOff, Month, RowKey, Subscription, When};
use chrono::{Duration, NaiveDate};
use pipeline::port::{
    AlertMarks, BulletinQueue, BulletinStore, Channel, ChannelError, Claim, Clock, Fetched, LinkTable,
    PageLink, PageMessage, PageSource, Recipient, Sending, SourceError, StoreError,
};
use pipeline::testing::{FixedClock, bulletin_of, link_of, page_of};
use pipeline::{LinkState, Parsed, Parser};
use rusqlite::Connection;
use sqlite::{
    DeadLetterKind, OpenError, PageOutcome, SCHEMA_VERSION, SqliteStore, WatchChannel, WatchKind,
    deliver_changes, parse_pages,
};
use tempfile::TempDir;

const NO_WAIT: std::time::Duration = std::time::Duration::ZERO;
const EB3_INDIA: RowKey = RowKey {
    chart: Chart::FinalAction,
    category: Category::Eb3,
    area: Area::INDIA,
};

/// A file in a temporary folder.
struct File {
    folder: TempDir,
}

impl File {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("bulletins.db")
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path()).unwrap()
    }

    /// The file, opened by another program.
    fn sql(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn count(&self, sql: &str) -> i64 {
        self.sql().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn day(text: &str) -> CutOff {
    CutOff::Date(text.parse().unwrap())
}

fn bulletin(text: &str, eb3_india: &str) -> Bulletin {
    bulletin_of(month(text), |key| {
        day(if key == EB3_INDIA { eb3_india } else { "2010-05-01" })
    })
}

/// A source with some pages, which records the requests.
struct Pages<'a> {
    clock: &'a FixedClock,
    pages: Vec<(Month, Vec<u8>)>,
    asked: RefCell<Vec<Month>>,
}

impl<'a> Pages<'a> {
    fn new(clock: &'a FixedClock, bulletins: &[&Bulletin]) -> Self {
        Self {
            clock,
            pages: bulletins
                .iter()
                .map(|bulletin| (bulletin.month(), page_of(bulletin)))
                .collect(),
            asked: RefCell::default(),
        }
    }
}

impl PageSource for Pages<'_> {
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        Ok(self.pages.iter().map(|(month, _)| link_of(*month)).collect())
    }

    async fn page(&self, path: &str, _: Option<&str>) -> Result<Fetched, SourceError> {
        let found = self.pages.iter().find(|(month, _)| link_of(*month).path == path);
        let Some((month, body)) = found else {
            return Err(SourceError::Blocked {
                path: path.into(),
                tried: "host: 403 Forbidden".into(),
            });
        };
        self.asked.borrow_mut().push(*month);
        Ok(Fetched {
            body: body.clone(),
            host: "host".into(),
            at: self.clock.now(),
            by_hand: false,
        })
    }
}

async fn queue(store: &SqliteStore, text: &str) {
    let link = link_of(month(text));
    let trace = "test".into();
    store
        .send(&PageMessage {
            link,
            trace,
            listed: false,
        })
        .await
        .unwrap();
}

async fn parse_all(store: &SqliteStore, source: &Pages<'_>, clock: &FixedClock) -> Vec<PageOutcome> {
    let mut outcomes = Vec::new();
    parse_pages(store, source, clock, |outcome| outcomes.push(outcome))
        .await
        .unwrap();
    outcomes
}

async fn feed<Store: BulletinStore + LinkTable>(
    store: &Store,
    clock: &FixedClock,
    bulletin: &Bulletin,
) -> Result<Parsed, pipeline::ParseError> {
    let page = Fetched {
        body: page_of(bulletin),
        host: "by hand".into(),
        at: clock.now(),
        by_hand: true,
    };
    let source = Pages::new(clock, &[]);
    let parser = Parser {
        source: &source,
        store,
        clock,
    };
    parser
        .parse_page(&page, None, pipeline::Accept::default())
        .await
        .map(|(_, _, parsed)| parsed)
}

/// A channel that takes alerts, or is closed.
#[derive(Default)]
struct TestChannel {
    sent: RefCell<Vec<String>>,
    is_closed: RefCell<bool>,
}

impl Channel for TestChannel {
    fn recipients(&self, _: &Alert) -> Result<Vec<Recipient>, StoreError> {
        Ok(vec![Recipient {
            key: "test".into(),
            handle: 1,
        }])
    }

    fn send_alert<'a>(&'a self, alert: &'a Alert, _: &'a Recipient) -> Sending<'a, Result<(), ChannelError>> {
        if *self.is_closed.borrow() {
            return Box::pin(ready(Err(ChannelError::NotSent("closed".into()))));
        }
        self.sent.borrow_mut().push(alert.id().to_string());
        Box::pin(ready(Ok(())))
    }
}

mod file {
    use super::*;

    fn refusal(path: &Path) -> OpenError {
        match SqliteStore::open(path) {
            Ok(_) => panic!("{} was opened", path.display()),
            Err(error) => error,
        }
    }

    #[test]
    fn a_new_file_has_the_present_layout_and_our_mark() {
        let file = File::new();
        drop(file.open());
        assert_eq!(file.count("PRAGMA user_version"), SCHEMA_VERSION);
        assert_eq!(file.count("PRAGMA application_id"), 0x5642_756c);
        file.open().check().unwrap();
    }

    /// `v1.sql` is the first layout and never changes, so this tests that files of earlier releases are migrated.
    #[tokio::test(flavor = "current_thread")]
    async fn a_file_of_the_first_layout_is_migrated() {
        let file = File::new();
        file.sql().execute_batch(include_str!("v1.sql")).unwrap();
        assert_eq!(file.count("PRAGMA user_version"), 1);
        let store = file.open();
        assert_eq!(file.count("PRAGMA user_version"), SCHEMA_VERSION);
        assert_eq!(store.months().await.unwrap(), [month("2024-05")]);
        let rows = store.rows(month("2024-05")).await.unwrap();
        let values: Vec<Option<CutOff>> = rows.iter().map(|row| row.row.reading.cut_off()).collect();
        assert_eq!(values, [Some(CutOff::Current), None, Some(day("2012-08-15"))]);
        let key = RowKey {
            chart: Chart::FinalAction,
            category: Category::Eb3,
            area: Area::INDIA,
        };
        let history = store.history(key, None, None).await.unwrap();
        assert_eq!(history[0].earlier[0].raw, "01JUL12");
        let watches = store.watches().unwrap();
        assert_eq!(watches.len(), 2);
        assert!(
            watches
                .iter()
                .all(|watch| watch.channel == WatchChannel::Terminal),
            "the only channel of the first layout"
        );
        let subscription = watches[0].kind.subscription().unwrap();
        assert_eq!(subscription.when, When::Within { days: 60 });
        assert_eq!(
            (subscription.chart, watches[1].kind),
            (None, WatchKind::Bulletins)
        );
        // The new columns are usable.
        let chart = Some(Chart::FinalAction);
        let kind = WatchKind::Case(Subscription {
            chart,
            ..*subscription
        });
        let channel = WatchChannel::Email("jane@example.com".parse().unwrap());
        assert_eq!(store.add_watch(kind, &channel).unwrap(), 3);
        assert_eq!(store.watches().unwrap()[2].kind, kind);
        assert_eq!(store.links().await.unwrap().len(), 1);
        assert_eq!(store.waiting().unwrap(), (1, 0));
        let (good, bad) = store.checks().unwrap();
        assert!(good.is_some() && bad.is_none());
        // The pipeline continues on it.
        let clock = FixedClock::noon("2024-05-14");
        let june = bulletin("2024-06", "2012-08-15");
        assert!(matches!(
            feed(&store, &clock, &june).await,
            Ok(Parsed::Stored { .. })
        ));
    }

    #[test]
    fn many_processes_migrate_one_file_at_once() {
        let file = File::new();
        file.sql().execute_batch(include_str!("v1.sql")).unwrap();
        let path = file.path();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(SqliteStore::open(&path).unwrap().watches().unwrap().len(), 2));
            }
        });
        assert_eq!(file.count("PRAGMA user_version"), SCHEMA_VERSION);
        file.open().check().unwrap();
    }

    #[test]
    fn a_file_of_a_newer_program_is_left_unchanged() {
        let file = File::new();
        drop(file.open());
        file.sql()
            .pragma_update(None, "user_version", SCHEMA_VERSION + 1)
            .unwrap();
        let before = std::fs::read(file.path()).unwrap();
        assert_eq!(
            refusal(&file.path()),
            OpenError::Newer {
                path: file.path(),
                found: SCHEMA_VERSION + 1,
                known: SCHEMA_VERSION
            }
        );
        assert!(std::fs::read(file.path()).unwrap() == before);
    }

    #[test]
    fn a_foreign_file_is_left_unchanged() {
        let file = File::new();
        let foreign = "CREATE TABLE soup (name TEXT); PRAGMA user_version = 1";
        file.sql().execute_batch(foreign).unwrap();
        let before = std::fs::read(file.path()).unwrap();
        assert_eq!(refusal(&file.path()), OpenError::Foreign { path: file.path() });
        assert!(std::fs::read(file.path()).unwrap() == before);

        std::fs::write(file.path(), b"month,chart\n".repeat(100)).unwrap();
        assert!(matches!(refusal(&file.path()), OpenError::Damaged { .. }));
        std::fs::remove_file(file.path()).unwrap();
        std::fs::create_dir(file.path()).unwrap();
        assert!(matches!(refusal(&file.path()), OpenError::NotWritable { .. }));
        assert!(matches!(
            refusal(&file.path().join("none/x.db")),
            OpenError::NotWritable { .. }
        ));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn damage_in_the_middle_is_found_before_anything_is_written() {
        let file = File::new();
        let clock = FixedClock::noon("2024-04-12");
        let store = file.open();
        feed(&store, &clock, &bulletin("2024-05", "2012-08-15"))
            .await
            .unwrap();
        store.check().unwrap();
        drop(store);
        let mut bytes = std::fs::read(file.path()).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8192].fill(0xa5);
        std::fs::write(file.path(), &bytes).unwrap();
        assert!(matches!(file.open().check(), Err(OpenError::Damaged { .. })));
        assert!(std::fs::read(file.path()).unwrap() == bytes);
    }

    #[test]
    fn many_processes_create_one_file_at_once() {
        let file = File::new();
        let path = file.path();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| SqliteStore::open(&path).unwrap().watches().unwrap());
            }
        });
        assert_eq!(file.count("SELECT count(*) FROM watch"), 0);
    }
}

mod change_log {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_failed_write_leaves_neither_rows_nor_changes() {
        for (table, wrong) in [
            ("change_log", "NEW.record LIKE '%\"record\":\"bulletin\"%'"),
            ("standing", "NEW.category = 'EB3'"),
            ("bulletin", "1"),
            ("cut_off", "NEW.area = 'INDIA'"),
        ] {
            let file = File::new();
            let store = file.open();
            let clock = FixedClock::noon("2024-04-12");
            file.sql()
                .execute_batch(&format!(
                    "CREATE TRIGGER full BEFORE INSERT ON {table} WHEN {wrong}
                     BEGIN SELECT RAISE(ABORT, 'no room'); END"
                ))
                .unwrap();
            let may = bulletin("2024-05", "2012-08-15");
            let failed = feed(&store, &clock, &may).await;
            assert!(
                failed.is_err_and(|error| error.to_string().contains("no room")),
                "{table}"
            );
            for written in [
                "cut_off",
                "standing",
                "bulletin",
                "change_log",
                "earlier_value",
                "link",
            ] {
                let sql = format!("SELECT count(*) FROM {written}");
                assert_eq!(file.count(&sql), 0, "{table} failed, and {written} is written");
            }
            file.sql().execute_batch("DROP TRIGGER full").unwrap();
            assert!(matches!(
                feed(&store, &clock, &may).await,
                Ok(Parsed::Stored { .. })
            ));
            // One change for each case, and one for the bulletin.
            let cases = i64::try_from(may.cases().len()).unwrap();
            assert_eq!(file.count("SELECT count(*) FROM change_log"), cases + 1);
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_change_stays_until_its_alerts_are_sent_and_then_a_dead_letter_is_kept() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let channel = TestChannel::default();
        feed(&store, &clock, &bulletin("2024-04", "2012-07-01"))
            .await
            .unwrap();
        assert_eq!(
            deliver_changes(&store, &[&channel], &clock).await.unwrap().sent,
            0
        );
        assert_eq!(store.waiting().unwrap(), (0, 0));

        feed(&store, &clock, &bulletin("2024-05", "2012-08-15"))
            .await
            .unwrap();
        *channel.is_closed.borrow_mut() = true;
        let delivery = deliver_changes(&store, &[&channel], &clock).await.unwrap();
        assert!(!delivery.failed.is_empty() && delivery.dead == 0, "{delivery:?}");
        let (_, waiting) = store.waiting().unwrap();
        assert_eq!(usize::try_from(waiting).unwrap(), delivery.failed.len());
        // They are retried after a pause.
        *channel.is_closed.borrow_mut() = false;
        assert_eq!(
            deliver_changes(&store, &[&channel], &clock).await.unwrap().sent,
            0
        );
        *channel.is_closed.borrow_mut() = true;
        clock.pass(Duration::days(5));
        let delivery = deliver_changes(&store, &[&channel], &clock).await.unwrap();
        assert_eq!(delivery.dead, delivery.failed.len());
        let letters = store.dead_letters().unwrap();
        assert_eq!(letters.len(), delivery.dead);
        assert!(letters.iter().all(|letter| letter.kind == DeadLetterKind::Change));
        assert!(letters[0].failure.contains("closed"), "{letters:?}");

        *channel.is_closed.borrow_mut() = false;
        assert_eq!(
            store.replay_dead_letters(None, clock.now()).unwrap(),
            letters.len()
        );
        assert_eq!(
            deliver_changes(&store, &[&channel], &clock).await.unwrap().sent,
            letters.len()
        );
        let sent = channel.sent.borrow().clone();
        let mut once = sent.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), sent.len(), "no alert is sent twice");
        assert_eq!(
            (store.waiting().unwrap(), store.dead_letters().unwrap()),
            ((0, 0), vec![])
        );
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_change_that_cannot_be_understood_holds_back_no_other() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let channel = TestChannel::default();
        feed(&store, &clock, &bulletin("2024-04", "2012-07-01"))
            .await
            .unwrap();
        deliver_changes(&store, &[&channel], &clock).await.unwrap();
        file.sql()
            .execute(
                "INSERT INTO change_log (record, written_at, visible_at) VALUES ('{', ?1, ?1)",
                ["2024-04-12T12:00:00.000000Z"],
            )
            .unwrap();
        feed(&store, &clock, &bulletin("2024-05", "2012-08-15"))
            .await
            .unwrap();
        let delivery = deliver_changes(&store, &[&channel], &clock).await.unwrap();
        assert!(delivery.sent > 0);
        assert_eq!((delivery.failed.len(), delivery.dead), (1, 1));
        assert_eq!(store.waiting().unwrap(), (0, 0));
        assert_eq!(store.dead_letters().unwrap()[0].about, "{");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn the_same_page_again_logs_nothing() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let may = bulletin("2024-05", "2012-08-15");
        feed(&store, &clock, &may).await.unwrap();
        let before = file.count("SELECT count(*) FROM change_log");
        assert_eq!(feed(&store, &clock, &may).await, Ok(Parsed::Unchanged));
        assert_eq!(file.count("SELECT count(*) FROM change_log"), before);
    }
}

mod queue {
    use super::*;

    /// Sets the state of a page that a process received before it died.
    fn taken(file: &File, month: &str, until: &str, receives: u32) {
        file.sql()
            .execute(
                "UPDATE message SET visible_at = ?, receives = ? WHERE month = ?",
                rusqlite::params![until, receives, month],
            )
            .unwrap();
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_received_page_is_invisible_for_ten_minutes() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let may = bulletin("2024-05", "2012-08-15");
        let source = Pages::new(&clock, &[&may]);
        queue(&store, "2024-05").await;
        taken(&file, "2024-05", "2024-04-12T12:10:00.000000Z", 1);
        assert!(parse_all(&store, &source, &clock).await.is_empty());
        clock.pass(Duration::minutes(9));
        assert!(parse_all(&store, &source, &clock).await.is_empty());
        clock.pass(Duration::minutes(1));
        assert_eq!(parse_all(&store, &source, &clock).await.len(), 1);
        assert_eq!(store.waiting().unwrap().0, 0);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_reading_session_takes_over_from_dead_processes() {
        let file = File::new();
        let (store, other) = (file.open(), file.open());
        let clock = FixedClock::noon("2024-04-12");
        let may = bulletin("2024-05", "2012-08-15");
        let source = Pages::new(&clock, &[&may]);
        queue(&store, "2024-05").await;
        taken(&file, "2024-05", "2024-04-12T12:10:00.000000Z", 1);
        let (now, later) = (clock.now(), clock.now() + Duration::hours(1));
        let (claimed, queued) = (link_of(month("2024-06")), link_of(month("2024-05")));
        let claim = async |by: &SqliteStore, link| LinkTable::claim_link(by, link, now, later).await.unwrap();
        assert!(claim(&store, &claimed).await && claim(&store, &queued).await);
        for process in [&store, &other] {
            assert!(parse_all(process, &source, &clock).await.is_empty());
            assert!(!claim(process, &claimed).await && !claim(process, &queued).await);
        }

        let session = store.lock_reading(NO_WAIT, now).unwrap();
        assert!(session.is_some());
        assert!(
            other.lock_reading(NO_WAIT, now).unwrap().is_none(),
            "one process holds it"
        );
        assert!(!claim(&store, &queued).await, "its page is in the queue");
        assert!(claim(&store, &claimed).await, "its page was never queued");
        assert_eq!(parse_all(&store, &source, &clock).await.len(), 1);
        assert!(
            parse_all(&other, &source, &clock).await.is_empty() && !claim(&other, &claimed).await,
            "each is taken over once"
        );
        drop(session);
        assert!(other.lock_reading(NO_WAIT, now).unwrap().is_some());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_page_that_kills_its_parsers_becomes_a_dead_letter() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let (may, june) = (
            bulletin("2024-05", "2012-08-15"),
            bulletin("2024-06", "2012-08-15"),
        );
        let source = Pages::new(&clock, &[&may, &june]);
        let _lock = store.lock_reading(NO_WAIT, clock.now()).unwrap().unwrap();
        queue(&store, "2024-05").await;
        queue(&store, "2024-06").await;
        taken(&file, "2024-05", "", 3);
        let outcomes = parse_all(&store, &source, &clock).await;
        assert_eq!(outcomes.len(), 1);
        assert_eq!(outcomes[0].month, month("2024-06"), "the others are parsed");
        let letters = store.dead_letters().unwrap();
        assert_eq!((letters.len(), letters[0].about.as_str()), (1, "2024-05"));
        // It is not queued again at once, because it would kill the next process.
        let later = clock.now() + Duration::hours(1);
        let link = link_of(month("2024-05"));
        assert!(
            !LinkTable::claim_link(&store, &link, clock.now(), later)
                .await
                .unwrap()
        );
        clock.pass(Duration::hours(24));
        assert!(
            LinkTable::claim_link(&store, &link, clock.now(), later)
                .await
                .unwrap()
        );
        // An operator requeues it.
        assert_eq!(store.replay_dead_letters(None, clock.now()).unwrap(), 1);
        assert_eq!(parse_all(&store, &source, &clock).await.len(), 1);
        assert!(store.dead_letters().unwrap().is_empty());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_refused_page_is_kept_and_does_not_hold_back_others() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let (may, june) = (
            bulletin("2024-05", "2012-08-15"),
            bulletin("2024-06", "2012-08-15"),
        );
        let mut source = Pages::new(&clock, &[&may, &june]);
        // The page of May has only one chart.
        let first_chart = may.rows().filter(|row| row.key.chart == Chart::FinalAction);
        let half = Bulletin::new(month("2024-05"), first_chart.cloned()).unwrap();
        source.pages[0].1 = page_of(&half);
        queue(&store, "2024-05").await;
        queue(&store, "2024-06").await;
        let outcomes = parse_all(&store, &source, &clock).await;
        assert!(outcomes[0].result.is_err() && outcomes[1].result.is_ok());
        let letters = store.dead_letters().unwrap();
        assert_eq!((letters.len(), letters[0].kind), (1, DeadLetterKind::Page));
        assert!(letters[0].failure.contains("is missing"), "{letters:?}");
        let message: String = file
            .sql()
            .query_row("SELECT message FROM message WHERE dead = 1", [], |row| row.get(0))
            .unwrap();
        let message: PageMessage = serde_json::from_str(&message).unwrap();
        assert_eq!(message.link, link_of(month("2024-05")));
        let link = store.link(month("2024-05")).await.unwrap().unwrap();
        assert!(matches!(link.state, LinkState::Dead { .. }));
        // A second refusal replaces the dead letter; a good page removes it.
        queue(&store, "2024-05").await;
        parse_all(&store, &source, &clock).await;
        assert_eq!(store.dead_letters().unwrap().len(), 1);
        source.pages[0].1 = page_of(&may);
        queue(&store, "2024-05").await;
        parse_all(&store, &source, &clock).await;
        assert!(store.dead_letters().unwrap().is_empty());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_blocked_page_is_not_dead_lettered_and_its_link_is_due_again() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let source = Pages::new(&clock, &[]);
        for failures in 1..=3 {
            queue(&store, "2024-05").await;
            assert_eq!(parse_all(&store, &source, &clock).await.len(), 1);
            let link = store.link(month("2024-05")).await.unwrap().unwrap();
            assert_eq!(link.failures, failures);
            assert!(matches!(link.state, LinkState::Due { at } if at > clock.now()));
            assert!(link.note.contains("403"), "{}", link.note);
        }
        assert!(store.dead_letters().unwrap().is_empty());
        assert_eq!(store.waiting().unwrap(), (0, 0));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn an_invalid_message_does_not_hold_back_others() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        let may = bulletin("2024-05", "2012-08-15");
        let source = Pages::new(&clock, &[&may]);
        file.sql()
            .execute_batch(
                "INSERT INTO message (message, month, sent_at, visible_at) VALUES ('{}', '2024-03', '', ''),
                 ('no JSON', '2024-02', '', '')",
            )
            .unwrap();
        queue(&store, "2024-05").await;
        assert_eq!(parse_all(&store, &source, &clock).await.len(), 1);
        assert_eq!(store.dead_letters().unwrap().len(), 2);
    }
}

mod sharing {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn two_stores_on_one_file_see_each_others_writes() {
        let file = File::new();
        let (one, other) = (file.open(), file.open());
        let clock = FixedClock::noon("2024-04-12");
        let may = bulletin("2024-05", "2012-08-15");
        feed(&one, &clock, &may).await.unwrap();
        assert_eq!(other.months().await.unwrap(), [month("2024-05")]);
        assert_eq!(feed(&other, &clock, &may).await, Ok(Parsed::Unchanged));
        let watch = WatchKind::Case(Subscription {
            case: Case {
                category: Category::Eb3,
                area: Area::INDIA,
            },
            priority_date: NaiveDate::from_ymd_opt(2013, 3, 15),
            when: When::Within { days: 60 },
            chart: None,
        });
        let channels = [
            WatchChannel::Terminal,
            WatchChannel::Email("jane@example.com".parse().unwrap()),
            WatchChannel::Command("cat > file".into()),
        ];
        let ids = channels
            .each_ref()
            .map(|channel| one.add_watch(watch, channel).unwrap());
        assert_eq!(
            channels
                .each_ref()
                .map(|channel| other.add_watch(watch, channel).unwrap()),
            ids
        );
        let watches = other.watches().unwrap();
        assert!(watches.iter().all(|other| other.kind == watch));
        assert!(watches.iter().map(|watch| &watch.channel).eq(&channels));
        let shown = format!("{watches:?}");
        assert!(!shown.contains("jane") && !shown.contains("file"), "{shown}");
        let [id, _, _] = ids;
        assert!(other.remove_watch(id).unwrap());
        assert!(!one.remove_watch(id).unwrap());
    }

    #[test]
    fn many_stores_write_one_file_at_once() {
        let file = File::new();
        let path = file.path();
        drop(file.open());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let store = SqliteStore::open(&path).unwrap();
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    let clock = FixedClock::noon("2024-04-12");
                    for text in ["2024-05", "2024-06"] {
                        let fed = runtime.block_on(feed(&store, &clock, &bulletin(text, "2012-08-15")));
                        assert!(
                            matches!(fed, Ok(Parsed::Stored { .. } | Parsed::Unchanged)),
                            "{fed:?}"
                        );
                    }
                });
            }
        });
        assert_eq!(file.count("SELECT count(*) FROM bulletin"), 2);
        assert_eq!(file.count("SELECT count(*) FROM earlier_value"), 0);
        assert_eq!(file.count("SELECT max(version) FROM cut_off"), 1);
        file.open().check().unwrap();
    }

    #[tokio::test(flavor = "current_thread")]
    async fn two_processes_at_once_send_each_alert_once() {
        let file = File::new();
        let store = file.open();
        let clock = FixedClock::noon("2024-04-12");
        feed(&store, &clock, &bulletin("2024-04", "2012-07-01"))
            .await
            .unwrap();
        deliver_changes(&store, &[&TestChannel::default()], &clock)
            .await
            .unwrap();
        feed(&store, &clock, &bulletin("2024-05", "2012-08-15"))
            .await
            .unwrap();
        let path = file.path();
        let sent = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let store = SqliteStore::open(&path).unwrap();
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    let (channel, clock) = (TestChannel::default(), FixedClock::noon("2024-04-12"));
                    let delivery = runtime
                        .block_on(deliver_changes(&store, &[&channel], &clock))
                        .unwrap();
                    assert!(delivery.failed.is_empty(), "{delivery:?}");
                    sent.lock().unwrap().extend(channel.sent.take());
                });
            }
        });
        let mut sent = sent.into_inner().unwrap();
        let all = sent.len();
        sent.sort();
        sent.dedup();
        assert!(all > 1);
        assert_eq!(sent.len(), all, "no alert is sent twice");
        assert_eq!(store.waiting().unwrap(), (0, 0));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_sending_session_takes_over_from_dead_processes() {
        let file = File::new();
        let (dead, store) = (file.open(), file.open());
        let clock = FixedClock::noon("2024-04-12");
        let (now, until) = (clock.now(), clock.now() + Duration::minutes(5));
        assert_eq!(
            AlertMarks::claim_alert(&dead, "a", now, until).await,
            Ok(Claim::Granted)
        );
        assert_eq!(
            AlertMarks::claim_alert(&store, "a", now, until).await,
            Ok(Claim::InProgress)
        );
        let lock = store.lock_sending(now).unwrap();
        assert_eq!(
            AlertMarks::claim_alert(&store, "a", now, until).await,
            Ok(Claim::Granted)
        );
        store.sent("a", now).await.unwrap();
        assert_eq!(
            AlertMarks::claim_alert(&store, "a", now, until).await,
            Ok(Claim::Sent)
        );
        // A sent alert cannot be released.
        store.release("a").await.unwrap();
        assert_eq!(
            AlertMarks::claim_alert(&store, "a", now, until).await,
            Ok(Claim::Sent)
        );
        drop(lock);
        assert_eq!(
            AlertMarks::claim_alert(&dead, "b", now, until).await,
            Ok(Claim::Granted)
        );
        assert_eq!(
            AlertMarks::claim_alert(&store, "b", now, until).await,
            Ok(Claim::InProgress)
        );
    }
}
