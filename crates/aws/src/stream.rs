//! The stream of the data table, parsed into change records for the notifier. Start at [`read`].

use chrono::{DateTime, Utc};
use pipeline::ChangeRecord;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::item::{BULLETIN_PREFIX, CATALOGUE, OLD_PREFIX, ROW_PREFIX, STANDING_PREFIX};
use crate::value::image_value;

/// One record of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// The record's sequence number in its shard.
    pub sequence: String,
    /// The time of the write.
    pub written_at: Option<DateTime<Utc>>,
    /// The change for the notifier; `None` if the item never causes an alert.
    pub change: Option<ChangeRecord>,
}

/// An invalid record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a record of the stream cannot be understood: {reason}")]
pub struct UnknownRecord {
    /// The reason why it is invalid.
    pub reason: String,
}

/// The sequence number of a record, from which Lambda retries a batch.
pub fn sequence(record: &Value) -> Option<&str> {
    record.get("dynamodb")?.get("SequenceNumber")?.as_str()
}

/// Parses one record of a stream event.
///
/// # Errors
/// [`UnknownRecord`] if this program does not write such an item, or if the record lacks a required image.
pub fn read(record: &Value) -> Result<StreamRecord, UnknownRecord> {
    let unknown = |reason: &str| UnknownRecord {
        reason: reason.to_owned(),
    };
    let body = record
        .get("dynamodb")
        .and_then(Value::as_object)
        .ok_or_else(|| unknown("it has no body"))?;
    let key = body
        .get("Keys")
        .and_then(|keys| keys.get("pk")?.get("S")?.as_str())
        .ok_or_else(|| unknown("it has no key"))?;
    let event = record.get("eventName").and_then(Value::as_str);
    let image = |name: &str| body.get(name).and_then(Value::as_object);
    let (before, after) = (image("OldImage"), image("NewImage"));
    if event == Some("MODIFY") && before.is_none() {
        return Err(unknown("it has no old image"));
    }
    let alerts_nobody = key.starts_with(ROW_PREFIX)
        || key.starts_with(OLD_PREFIX)
        || key == CATALOGUE
        || event == Some("REMOVE");
    let change = if alerts_nobody {
        None
    } else if key.starts_with(STANDING_PREFIX) {
        let (before, after) = images(before, after)?;
        Some(ChangeRecord::Standing { before, after })
    } else if key.starts_with(BULLETIN_PREFIX) {
        let (before, after) = images(before, after)?;
        Some(ChangeRecord::Bulletin { before, after })
    } else {
        return Err(unknown(&format!("no item of this program has the key {key}")));
    };
    Ok(StreamRecord {
        sequence: sequence(record).unwrap_or_default().to_owned(),
        written_at: body
            .get("ApproximateCreationDateTime")
            .and_then(Value::as_f64)
            .and_then(|seconds| DateTime::from_timestamp_millis((seconds * 1000.0) as i64)),
        change,
    })
}

type Images<T> = (Option<Box<T>>, Box<T>);

fn images<T: DeserializeOwned>(
    before: Option<&Map<String, Value>>,
    after: Option<&Map<String, Value>>,
) -> Result<Images<T>, UnknownRecord> {
    let read = |image: &Map<String, Value>| -> Result<Box<T>, UnknownRecord> {
        let value = serde_json::from_value(image_value(image));
        value.map(Box::new).map_err(|error| UnknownRecord {
            reason: error.to_string(),
        })
    };
    let after = after.ok_or_else(|| UnknownRecord {
        reason: "it has no new image".into(),
    })?;
    Ok((before.map(read).transpose()?, read(after)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(event: &str, key: &str) -> Value {
        json!({"eventName": event, "dynamodb": {"Keys": {"pk": {"S": key}, "sk": {"S": "x"}}, "SequenceNumber": "7"}})
    }

    #[test]
    fn rows_and_the_catalogue_alert_nobody() {
        for key in ["FILING_TYPE#final_action#CATEGORY#EB3#COUNTRY#INDIA", "CATALOGUE"] {
            assert_eq!(read(&record("INSERT", key)).unwrap().change, None, "{key}");
        }
    }

    #[test]
    fn items_of_older_layouts_alert_nobody_and_are_no_dead_letters() {
        for key in [
            "BULLETIN_DATE#2024-04",
            "FILING_TYPE#Final Date#CATEGORY#3rd#COUNTRY#INDIA",
        ] {
            for event in ["INSERT", "REMOVE"] {
                assert_eq!(read(&record(event, key)).unwrap().change, None, "{event} {key}");
            }
        }
    }

    #[test]
    fn a_record_without_the_image_that_it_should_have_is_unknown() {
        for (event, key) in [
            ("INSERT", "STANDING#CATEGORY#EB3#COUNTRY#INDIA"),
            ("MODIFY", "BULLETIN#2024-04-01"),
        ] {
            assert!(read(&record(event, key)).is_err(), "{event} {key}");
        }
    }

    #[test]
    fn an_item_of_another_kind_is_unknown() {
        let error = read(&record("INSERT", "SOMETHING#ELSE")).unwrap_err();
        assert!(error.to_string().contains("SOMETHING#ELSE"));
        assert!(read(&json!({})).is_err());
        assert!(read(&json!("x")).is_err());
    }
}
