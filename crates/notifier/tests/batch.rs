//! Batches of stream records, with the SQLite store and a channel whose failures are scripted.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws::deadline::Deadline;
use bulletin::{Alert, Area, Bulletin, Case, Category, CutOff, Neighbours, Standing};
use chrono::NaiveDate;
use notifier::DeadLetters;
use pipeline::Notifier;
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};
use pipeline::testing::{FixedClock, RecordingChannel, bulletin_of};
use serde_json::{Value, json};
use sqlite::SqliteStore;
use tokio::runtime::Builder;

#[derive(Default)]
struct Kept {
    records: RefCell<Vec<String>>,
    broken: bool,
}

impl DeadLetters for Kept {
    async fn keep(&self, record: &str, _: &str) -> Result<(), StoreError> {
        if self.broken {
            return Err(StoreError::Unavailable {
                what: "the queue".into(),
                reason: "told so".into(),
            });
        }
        self.records.borrow_mut().push(record.to_owned());
        Ok(())
    }
}

/// A value in the notation of a stream image.
fn typed(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(value) => json!({ "BOOL": value }),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({ "S": text }),
        Value::Array(values) => json!({"L": values.iter().map(typed).collect::<Vec<_>>()}),
        Value::Object(_) => json!({"M": image(value)}),
    }
}

fn image(value: &Value) -> Value {
    let fields = value.as_object().unwrap().iter();
    Value::Object(fields.map(|(name, value)| (name.clone(), typed(value))).collect())
}

fn bulletin(month: &str, day: u32) -> Bulletin {
    bulletin_of(month.parse().unwrap(), |_| {
        CutOff::Date(NaiveDate::from_ymd_opt(2012, 1, day).unwrap())
    })
}

/// The record of a standing that April's bulletin advanced.
fn record(category: Category, sequence: &str) -> Value {
    let case = Case {
        category,
        area: Area::INDIA,
    };
    let (march, april) = (bulletin("2024-03", 1), bulletin("2024-04", 15));
    let nothing = std::collections::BTreeMap::new();
    let after = |standing: Option<&Standing>, bulletin: &Bulletin| {
        let neighbours = Neighbours {
            previous: standing.map(|standing| standing.newest.month),
            next: None,
            loaded: &nothing,
            next_news: None,
            over: Neighbours::NONE_OVER,
            history: false,
        };
        Standing::after(standing, case, bulletin, neighbours)
            .unwrap()
            .unwrap()
    };
    let before = after(None, &march);
    let after = after(Some(&before), &april);
    let value = |standing: &Standing| image(&serde_json::to_value(standing).unwrap());
    json!({
        "eventName": "MODIFY",
        "dynamodb": {
            "Keys": {"pk": {"S": format!("STANDING#CATEGORY#{category}#COUNTRY#INDIA")}, "sk": {"S": "STANDING"}},
            "OldImage": value(&before),
            "NewImage": value(&after),
            "SequenceNumber": sequence,
        },
    })
}

struct Outcome {
    answer: anyhow::Result<Value>,
    sent: usize,
    kept: usize,
}

fn give(records: &[Value], failures: &[ChannelError], dead_letters: &Kept) -> Outcome {
    let channel = RecordingChannel::default();
    for failure in failures {
        channel.fail_next(failure.clone());
    }
    let answer = give_to(&channel, records, dead_letters);
    Outcome {
        answer,
        sent: channel.take().len(),
        kept: dead_letters.records.borrow().len(),
    }
}

fn give_to<Ch: Channel>(channel: &Ch, records: &[Value], dead_letters: &Kept) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("bulletins.db")).unwrap();
    let clock = FixedClock::noon("2024-03-13");
    let notifier = Notifier {
        store: &store,
        channel,
        clock: &clock,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let end = (now + Duration::from_secs(60)).as_millis().try_into().unwrap();
    let event = json!({ "Records": records });
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { notifier::handle(&notifier, dead_letters, &event, Deadline::before(end)).await })
}

/// A channel that panics on an alert of EB-2.
#[derive(Debug, Default)]
struct Panics(RecordingChannel);

impl Channel for Panics {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        self.0.recipients(alert)
    }

    fn send_alert<'a>(
        &'a self,
        alert: &'a Alert,
        recipient: &'a Recipient,
    ) -> Sending<'a, Result<(), ChannelError>> {
        assert!(
            alert.case().is_none_or(|case| case.category != Category::Eb2),
            "not this one"
        );
        self.0.send_alert(alert, recipient)
    }
}

/// The event source halves a batch that fails as a whole until the record that panics is alone.
#[test]
fn a_record_that_panics_is_kept_once_it_comes_alone() {
    let (channel, kept) = (Panics::default(), Kept::default());
    let batch = [
        record(Category::Eb1, "1"),
        record(Category::Eb2, "2"),
        record(Category::Eb3, "3"),
    ];
    let error = give_to(&channel, &batch, &kept).unwrap_err().to_string();
    assert_eq!(
        error,
        "one of 3 records panics, and it is unknown which: not this one"
    );
    assert_eq!(kept.records.borrow().len(), 0);
    let answer = give_to(&channel, &batch[1..2], &kept).unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(*kept.records.borrow(), [batch[1].to_string()]);
    let answer = give_to(&channel, &batch[2..], &kept).unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    let broken = Kept {
        broken: true,
        ..Kept::default()
    };
    let answer = give_to(&channel, &batch[1..2], &broken).unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "2"}]}));
}

fn first_failed(outcome: &Outcome) -> Vec<String> {
    let answer = outcome.answer.as_ref().unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures
        .iter()
        .map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned())
        .collect()
}

fn unknown(sequence: &str) -> Value {
    json!({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "SOMETHING#ELSE"}}, "SequenceNumber": sequence}})
}

#[test]
fn a_record_that_cannot_be_understood_is_kept_and_the_batch_goes_on() {
    let records = [
        record(Category::Eb1, "1"),
        unknown("2"),
        record(Category::Eb2, "3"),
    ];
    let outcome = give(&records, &[], &Kept::default());
    assert!(first_failed(&outcome).is_empty());
    assert_eq!((outcome.sent, outcome.kept), (2, 1));
}

#[test]
fn a_record_that_cannot_be_kept_comes_again() {
    let broken = Kept {
        broken: true,
        ..Kept::default()
    };
    let records = [
        record(Category::Eb1, "1"),
        unknown("2"),
        record(Category::Eb2, "3"),
    ];
    let outcome = give(&records, &[], &broken);
    assert_eq!(first_failed(&outcome), ["2"]);
    assert_eq!(outcome.sent, 2);
}

#[test]
fn a_passing_fault_answers_with_the_first_record_that_failed() {
    let records = [
        record(Category::Eb1, "1"),
        record(Category::Eb2, "2"),
        record(Category::Eb3, "3"),
    ];
    let failures = [
        ChannelError::NotSent("told so".into()),
        ChannelError::Unknown("told so".into()),
    ];
    let outcome = give(&records, &failures, &Kept::default());
    // The second alert was handed over and its answer was lost; the third was sent nevertheless.
    assert_eq!(first_failed(&outcome), ["1"]);
    assert_eq!(outcome.sent, 2);
}

#[test]
fn the_same_record_twice_in_a_batch_is_one_alert() {
    let records = [record(Category::Eb1, "1"), record(Category::Eb1, "1")];
    let outcome = give(&records, &[], &Kept::default());
    assert!(first_failed(&outcome).is_empty());
    assert_eq!(outcome.sent, 1);
}

#[test]
fn an_event_without_records_is_refused() {
    let outcome = give(&[], &[], &Kept::default());
    assert!(first_failed(&outcome).is_empty());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("bulletins.db")).unwrap();
    let notifier = Notifier {
        store: &store,
        channel: &RecordingChannel::default(),
        clock: &FixedClock::noon("2024-03-13"),
    };
    let kept = Kept::default();
    let answer = runtime.block_on(async {
        notifier::handle(&notifier, &kept, &json!({}), Deadline::before(u64::MAX / 2)).await
    });
    assert!(answer.is_err());
}
