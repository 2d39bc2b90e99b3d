//! Parses the dead letters of a deployment: their subject, and the reason why they were given up. Excludes the
//! queues, see [`Queues`](super::Queues). Start with [`Letter`].

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use aws_sdk_sqs::types::{Message, MessageAttributeValue, MessageSystemAttributeName};
use bulletin::{Month, MonthRange};
use chrono::{DateTime, Utc};
use pipeline::port::PageMessage;
use serde_json::Value;

use crate::deployment::Queue;

/// The message attribute with the reason why the notifier set a record aside.
const REASON: &str = "reason";

/// A dead letter, received from its queue and hidden there for a short time.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Its queue.
    pub queue: Queue,
    /// Its message id.
    pub id: String,
    /// Its subject.
    pub about: About,
    /// The time at which it was first sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// The number of times it was received, including this one.
    pub receives: u32,
    /// The reason why it was given up, if known.
    pub reason: Option<String>,
    pub(crate) body: String,
    pub(crate) attributes: HashMap<String, MessageAttributeValue>,
    pub(crate) receipt: String,
}

/// The subject of a dead letter.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A page to parse.
    Page(PageMessage),
    /// A message that this program did not write, or cannot parse.
    Unknown,
    /// A whole stream record.
    Record {
        /// The key of its item, if it has one.
        key: Option<String>,
        /// The record.
        record: Value,
    },
    /// The stream positions of records that were given up.
    Positions {
        /// The time at which the first of them was written.
        from: Option<DateTime<Utc>>,
        /// The number of records.
        records: u64,
    },
    /// An event of the fetcher: from the schedule, or a request for a history.
    Look(Option<MonthRange>),
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(page) => write!(f, "{} {}", page.link.month, page.link.path),
            Self::Unknown => f.write_str("nothing that this program writes there"),
            Self::Record { key: Some(key), .. } => f.write_str(key),
            Self::Record { key: None, .. } => f.write_str("a record without a key"),
            Self::Positions { from, records } => {
                write!(f, "{records} records")?;
                match from {
                    Some(from) => write!(f, " written from {} on", from.format("%Y-%m-%d %H:%M:%S UTC")),
                    None => Ok(()),
                }
            }
            Self::Look(None) => f.write_str("a look of the schedule"),
            Self::Look(Some(range)) => write!(f, "a history wanted, {}..{}", range.first, range.last),
        }
    }
}

impl Letter {
    /// Parses a message of this dead-letter queue.
    pub(crate) fn of(queue: Queue, message: Message) -> Self {
        let system: HashMap<MessageSystemAttributeName, String> = message.attributes.unwrap_or_default();
        let attributes = message.message_attributes.unwrap_or_default();
        let body = message.body.unwrap_or_default();
        let json: Option<Value> = serde_json::from_str(&body).ok();
        let text = |name: &str| attributes.get(name).and_then(|value| value.string_value.clone());
        let (about, reason) = match queue {
            Queue::Pages | Queue::RefusedPages => (page(&body), None),
            Queue::UnreadRecords => (record(json), text(REASON)),
            Queue::GivenUpRecords => positions(json.as_ref()),
            Queue::FailedLooks => failed_look(json.as_ref()),
            Queue::MissedLooks => {
                let reasons: Vec<String> = ["ERROR_CODE", "ERROR_MESSAGE"]
                    .into_iter()
                    .filter_map(text)
                    .collect();
                let reason = (!reasons.is_empty()).then(|| reasons.join(": "));
                (json.as_ref().map_or(About::Unknown, look), reason)
            }
        };
        Self {
            queue,
            id: message.message_id.unwrap_or_default(),
            about,
            sent_at: system
                .get(&MessageSystemAttributeName::SentTimestamp)
                .and_then(|text| text.parse().ok())
                .and_then(DateTime::from_timestamp_millis),
            receives: system
                .get(&MessageSystemAttributeName::ApproximateReceiveCount)
                .and_then(|text| text.parse().ok())
                .unwrap_or_default(),
            reason,
            body,
            attributes,
            receipt: message.receipt_handle.unwrap_or_default(),
        }
    }

    /// The month of its page.
    pub fn month(&self) -> Option<Month> {
        match &self.about {
            About::Page(page) => Some(page.link.month),
            _ => None,
        }
    }

    /// Its known properties by name, for programs.
    pub fn fields(&self) -> BTreeMap<&'static str, Option<String>> {
        BTreeMap::from([
            ("queue", Some(self.queue.ending().to_owned())),
            ("id", Some(self.id.clone())),
            ("about", Some(self.about.to_string())),
            ("sent_at", self.sent_at.map(|at| at.to_rfc3339())),
            ("receives", Some(self.receives.to_string())),
            ("reason", self.reason.clone()),
        ])
    }
}

fn page(body: &str) -> About {
    serde_json::from_str(body).map_or(About::Unknown, About::Page)
}

fn record(json: Option<Value>) -> About {
    match json {
        Some(record) if record.is_object() => {
            let key = record
                .pointer("/dynamodb/Keys/pk/S")
                .and_then(Value::as_str)
                .map(str::to_owned);
            About::Record { key, record }
        }
        _ => About::Unknown,
    }
}

fn positions(json: Option<&Value>) -> (About, Option<String>) {
    let Some(info) = json.and_then(|json| json.get("DDBStreamBatchInfo")) else {
        return (About::Unknown, None);
    };
    let instant = |name: &str| info.get(name)?.as_str()?.parse::<DateTime<Utc>>().ok();
    let about = About::Positions {
        from: instant("approximateArrivalOfFirstRecord"),
        records: info.get("batchSize").and_then(Value::as_u64).unwrap_or_default(),
    };
    let reason = json.and_then(|json| json.pointer("/requestContext/condition")?.as_str());
    (about, reason.map(str::to_owned))
}

fn failed_look(json: Option<&Value>) -> (About, Option<String>) {
    let event = json.and_then(|json| json.get("requestPayload"));
    let error = json.and_then(|json| {
        let message = json.pointer("/responsePayload/errorMessage")?;
        message.as_str()
    });
    let condition = json.and_then(|json| json.pointer("/requestContext/condition")?.as_str());
    let reason = error.or(condition).map(str::to_owned);
    (event.map_or(About::Unknown, look), reason)
}

/// Parses an event of the fetcher: `from` and `to` request a history.
fn look(event: &Value) -> About {
    let month = |name: &str| event.get(name).map(|text| text.as_str()?.parse::<Month>().ok());
    match (month("from"), month("to")) {
        (None, None) => About::Look(None),
        (Some(Some(first)), Some(Some(last))) if first <= last => {
            About::Look(Some(MonthRange { first, last }))
        }
        _ => About::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(queue: Queue, body: &str) -> Letter {
        Letter::of(queue, Message::builder().body(body).message_id("1").build())
    }

    #[test]
    fn an_event_is_read_as_the_fetcher_reads_it() {
        let about = |body: &str| letter(Queue::MissedLooks, body).about.to_string();
        assert_eq!(about("{}"), "a look of the schedule");
        assert_eq!(
            about(r#"{"from": "2024-01", "to": "2024-03"}"#),
            "a history wanted, 2024-01..2024-03"
        );
        for wrong in [
            r#"{"from": "2024-01"}"#,
            r#"{"from": "2024-03", "to": "2024-01"}"#,
            r#"{"from": 3, "to": 4}"#,
            "x",
        ] {
            assert_eq!(letter(Queue::MissedLooks, wrong).about, About::Unknown, "{wrong}");
        }
    }

    #[test]
    fn what_aws_writes_of_records_and_looks_is_understood() {
        let given_up = letter(
            Queue::GivenUpRecords,
            r#"{"requestContext": {"condition": "RecordAgeExceeded"}, "version": "1.0",
                "DDBStreamBatchInfo": {"shardId": "s", "startSequenceNumber": "1", "batchSize": 7,
                "approximateArrivalOfFirstRecord": "2024-03-14T00:13:19Z"}}"#,
        );
        assert_eq!(given_up.reason.as_deref(), Some("RecordAgeExceeded"));
        assert_eq!(
            given_up.about.to_string(),
            "7 records written from 2024-03-14 00:13:19 UTC on"
        );
        let failed = letter(
            Queue::FailedLooks,
            r#"{"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": {},
                "responsePayload": {"errorType": "x", "errorMessage": "the time ran out"}}"#,
        );
        assert_eq!(failed.about, About::Look(None));
        assert_eq!(failed.reason.as_deref(), Some("the time ran out"));
        assert_eq!(letter(Queue::GivenUpRecords, "{}").about, About::Unknown);
        assert_eq!(letter(Queue::UnreadRecords, "x").about, About::Unknown);
    }
}
