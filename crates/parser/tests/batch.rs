//! Batches of messages, with the SQLite store and a scripted source.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws::deadline::Deadline;
use aws_lambda_events::event::sqs::SqsEvent;
use bulletin::{Bulletin, Chart, CutOff, Month};
use pipeline::port::{BulletinStore, Fetched, PageLink, PageMessage, PageSource, SourceError};
use pipeline::testing::{Answer, FixedClock, ScriptedSource, bulletin_of, link_of};
use pipeline::{LinkState, Parser};
use serde_json::{Value, json};
use sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::runtime::Builder;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (
        SqliteStore::open(&folder.path().join("bulletins.db")).unwrap(),
        folder,
    )
}

fn message(link: &PageLink) -> String {
    let message = PageMessage {
        link: link.clone(),
        trace: "x".into(),
        listed: false,
    };
    serde_json::to_string(&message).unwrap()
}

fn event(bodies: &[String]) -> SqsEvent {
    let records = bodies
        .iter()
        .enumerate()
        .map(|(index, body)| json!({"messageId": index.to_string(), "body": body}));
    serde_json::from_value(json!({"Records": records.collect::<Vec<Value>>()})).unwrap()
}

fn failed(answer: &Value) -> Vec<&str> {
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures
        .iter()
        .map(|failure| failure["itemIdentifier"].as_str().unwrap())
        .collect()
}

fn in_a_minute() -> Deadline {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Deadline::before((now + Duration::from_secs(60)).as_millis().try_into().unwrap())
}

fn run<T>(test: impl Future<Output = T>) -> T {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

#[test]
fn one_bad_message_fails_alone() {
    let (store, _folder) = store();
    let clock = FixedClock::noon("2024-03-13");
    let source = ScriptedSource::new(&clock, &["one.example.com"]);
    source.publish(&bulletin_of(month("2024-04"), |_| {
        CutOff::Date("2012-01-01".parse().unwrap())
    }));
    let bodies = [
        "{}".to_owned(),
        message(&link_of(month("2024-04"))),
        String::new(),
        message(&link_of(month("2024-04"))).replace("2024-04", "2024-99"),
    ];
    let ingester = Parser {
        source: &source,
        store: &store,
        clock: &clock,
    };
    let answer = run(parser::handle(&ingester, &event(&bodies), in_a_minute()));
    assert_eq!(failed(&answer), ["0", "2", "3"]);
    assert_eq!(run(store.months()).unwrap(), [month("2024-04")]);
}

/// A source that panics when this month's page is fetched.
struct Panics<'a>(ScriptedSource<'a>, Month);

impl PageSource for Panics<'_> {
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        self.0.links().await
    }

    async fn page(&self, path: &str, avoid: Option<&str>) -> Result<Fetched, SourceError> {
        assert!(path != link_of(self.1).path, "not this one");
        self.0.page(path, avoid).await
    }
}

#[test]
fn a_page_that_panics_fails_alone() {
    let (store, _folder) = store();
    let clock = FixedClock::noon("2024-03-13");
    let source = ScriptedSource::new(&clock, &["one.example.com"]);
    source.publish(&bulletin_of(month("2024-04"), |_| {
        CutOff::Date("2012-01-01".parse().unwrap())
    }));
    let source = Panics(source, month("2024-03"));
    let bodies = [
        message(&link_of(month("2024-03"))),
        message(&link_of(month("2024-04"))),
    ];
    let ingester = Parser {
        source: &source,
        store: &store,
        clock: &clock,
    };
    let answer = run(parser::handle(&ingester, &event(&bodies), in_a_minute()));
    assert_eq!(failed(&answer), ["0"]);
    assert_eq!(run(store.months()).unwrap(), [month("2024-04")]);
}

#[test]
fn a_refused_page_comes_again_and_a_blocked_one_does_not() {
    let (store, _folder) = store();
    let clock = FixedClock::noon("2024-03-13");
    let source = ScriptedSource::new(&clock, &["one.example.com"]);
    let (refused, blocked) = (month("2024-04"), month("2024-03"));
    // A page without one of its charts: a retry cannot succeed.
    let whole = bulletin_of(refused, |_| CutOff::Date("2012-01-01".parse().unwrap()));
    let rows = whole.rows().filter(|row| row.key.chart == Chart::FinalAction);
    let half = Bulletin::new(refused, rows.cloned()).unwrap();
    let page = pipeline::testing::page_of(&half);
    source.answer("one.example.com", refused, Answer::Page(page));
    source.answer("one.example.com", blocked, Answer::Blocked);
    let bodies = [message(&link_of(refused)), message(&link_of(blocked))];
    let ingester = Parser {
        source: &source,
        store: &store,
        clock: &clock,
    };
    let answer = run(parser::handle(&ingester, &event(&bodies), in_a_minute()));
    assert_eq!(failed(&answer), ["0"]);
    use pipeline::port::LinkTable as _;
    let state = |month| run(store.link(month)).unwrap().unwrap().state;
    assert!(matches!(state(refused), LinkState::Dead { .. }));
    assert!(matches!(state(blocked), LinkState::Due { .. }));
}

#[test]
fn what_there_is_no_time_for_comes_again() {
    let (store, _folder) = store();
    let clock = FixedClock::noon("2024-03-13");
    let source = NeverAnswers;
    let ingester = Parser {
        source: &source,
        store: &store,
        clock: &clock,
    };
    let bodies = [
        message(&link_of(month("2024-04"))),
        message(&link_of(month("2024-05"))),
    ];
    let answer = run(parser::handle(&ingester, &event(&bodies), Deadline::before(0)));
    assert_eq!(failed(&answer), ["0", "1"]);
}

struct NeverAnswers;

impl PageSource for NeverAnswers {
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        std::future::pending().await
    }

    async fn page(&self, _: &str, _: Option<&str>) -> Result<Fetched, SourceError> {
        std::future::pending().await
    }
}
