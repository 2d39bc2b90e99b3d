//! The conversion between JSON values and DynamoDB attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

/// An item of a table: its attributes by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A JSON value as a native DynamoDB attribute, so that people and other programs can read it.
pub(crate) fn to_attribute(value: Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(value),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text),
        Value::Array(values) => AttributeValue::L(values.into_iter().map(to_attribute).collect()),
        Value::Object(fields) => AttributeValue::M(
            fields
                .into_iter()
                .map(|(name, value)| (name, to_attribute(value)))
                .collect(),
        ),
    }
}

/// A DynamoDB attribute as a JSON value. `None` for types that this program never writes.
pub(crate) fn from_attribute(attribute: &AttributeValue) -> Option<Value> {
    match attribute {
        AttributeValue::Null(_) => Some(Value::Null),
        AttributeValue::Bool(value) => Some(Value::Bool(*value)),
        AttributeValue::N(number) => number.parse().ok().map(Value::Number),
        AttributeValue::S(text) => Some(Value::String(text.clone())),
        AttributeValue::L(values) => values
            .iter()
            .map(from_attribute)
            .collect::<Option<_>>()
            .map(Value::Array),
        AttributeValue::M(fields) => fields
            .iter()
            .map(|(name, value)| Some((name.clone(), from_attribute(value)?)))
            .collect::<Option<_>>()
            .map(Value::Object),
        _ => None,
    }
}

/// An item's attributes as one object, without those of types that this program never writes.
pub(crate) fn item_value(item: &Item) -> Value {
    Value::Object(
        item.iter()
            .filter_map(|(name, value)| Some((name.clone(), from_attribute(value)?)))
            .collect(),
    )
}

/// An image in a stream event (`{"pk": {"S": "..."}, ...}`) as one object, without the same types.
pub(crate) fn image_value(image: &Map<String, Value>) -> Value {
    Value::Object(
        image
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), typed_value(value)?)))
            .collect(),
    )
}

/// One value in the notation of stream events: an object with one field, whose name is the type.
fn typed_value(typed: &Value) -> Option<Value> {
    let fields = typed.as_object()?;
    let (kind, value) = fields.iter().next().filter(|_| fields.len() == 1)?;
    match (kind.as_str(), value) {
        ("S", Value::String(_)) | ("BOOL", Value::Bool(_)) => Some(value.clone()),
        ("N", Value::String(number)) => number.parse().ok().map(Value::Number),
        ("NULL", _) => Some(Value::Null),
        ("L", Value::Array(values)) => values
            .iter()
            .map(typed_value)
            .collect::<Option<_>>()
            .map(Value::Array),
        ("M", Value::Object(fields)) => fields
            .iter()
            .map(|(name, value)| Some((name.clone(), typed_value(value)?)))
            .collect::<Option<_>>()
            .map(Value::Object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_comes_back_as_it_was_written() {
        let value = json!({"a": [1, "x", true, null, {"b": []}], "c": -3, "d": ""});
        assert_eq!(from_attribute(&to_attribute(value.clone())), Some(value));
    }

    #[test]
    fn an_image_of_the_stream_is_read_like_an_item() {
        let image =
            json!({"a": {"L": [{"N": "1"}, {"BOOL": true}, {"NULL": true}]}, "m": {"M": {"s": {"S": "x"}}}});
        let image = image.as_object().unwrap();
        assert_eq!(image_value(image), json!({"a": [1, true, null], "m": {"s": "x"}}));
    }

    #[test]
    fn a_kind_that_we_never_write_is_left_out() {
        let image = json!({"good": {"S": "x"}, "set": {"SS": ["x"]}, "broken": {"N": "many"}, "two": {"S": "x", "N": "1"}});
        assert_eq!(image_value(image.as_object().unwrap()), json!({"good": "x"}));
    }
}
