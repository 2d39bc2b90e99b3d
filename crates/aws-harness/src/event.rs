//! The events with which AWS invokes the Lambdas, and the answers of the Lambdas.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::types::{AttributeValue as StreamValue, Record};
use serde_json::{Map, Value, json};

pub(crate) fn failures(answer: &Value) -> Vec<String> {
    let failures = answer["batchItemFailures"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    failures
        .iter()
        .filter_map(|failure| Some(failure["itemIdentifier"].as_str()?.to_owned()))
        .collect()
}

pub(crate) fn sequence(record: &Value) -> String {
    record["dynamodb"]["SequenceNumber"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The filter of the event source: writes of standings and bulletins.
pub(crate) fn passes_filter(record: &Value) -> bool {
    let key = record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap_or_default();
    let is_wanted = key.starts_with("STANDING#") || key.starts_with("BULLETIN#");
    is_wanted && record["eventName"] != "REMOVE"
}

pub(crate) fn message_event(message: &aws_sdk_sqs::types::Message) -> Value {
    let attributes: Map<String, Value> = message
        .message_attributes
        .iter()
        .flatten()
        .map(|(name, attribute)| {
            let value = json!({
                "stringValue": attribute.string_value,
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": attribute.data_type,
            });
            (name.clone(), value)
        })
        .collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "md5OfBody": message.md5_of_body,
        "attributes": {},
        "messageAttributes": attributes,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:pages",
        "awsRegion": "us-east-1",
    })
}

pub(crate) fn record_event(record: &Record) -> Value {
    let body = record.dynamodb.as_ref();
    let image = |image: Option<&HashMap<String, StreamValue>>| {
        image.map(|image| {
            let fields = image.iter().map(|(name, value)| (name.clone(), typed(value)));
            Value::Object(fields.collect())
        })
    };
    let mut event = json!({
        "ApproximateCreationDateTime": body
            .and_then(|body| body.approximate_creation_date_time)
            .map(|at| at.secs()),
        "Keys": image(body.and_then(|body| body.keys.as_ref())),
        "SequenceNumber": body.and_then(|body| body.sequence_number.clone()),
        "SizeBytes": body.and_then(|body| body.size_bytes),
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    for (name, image) in [
        ("NewImage", image(body.and_then(|body| body.new_image.as_ref()))),
        ("OldImage", image(body.and_then(|body| body.old_image.as_ref()))),
    ] {
        // AWS omits an image that does not exist.
        if let Some(image) = image.filter(|image| image.as_object().is_some_and(|fields| !fields.is_empty()))
        {
            event[name] = image;
        }
    }
    json!({
        "eventID": record.event_id,
        "eventName": record.event_name.as_ref().map(|name| name.as_str()),
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": event,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/data/stream/x",
    })
}

fn typed(value: &StreamValue) -> Value {
    match value {
        StreamValue::S(text) => json!({ "S": text }),
        StreamValue::N(number) => json!({ "N": number }),
        StreamValue::Bool(value) => json!({ "BOOL": value }),
        StreamValue::Null(value) => json!({ "NULL": value }),
        StreamValue::Ss(texts) => json!({ "SS": texts }),
        StreamValue::L(values) => json!({"L": values.iter().map(typed).collect::<Vec<_>>()}),
        StreamValue::M(fields) => {
            let fields: Map<String, Value> = fields
                .iter()
                .map(|(name, value)| (name.clone(), typed(value)))
                .collect();
            json!({ "M": fields })
        }
        other => panic!("no item of ours has {other:?}"),
    }
}
