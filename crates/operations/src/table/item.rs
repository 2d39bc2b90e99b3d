//! Formats items of any table as JSON, and computes their size. Excludes parsing them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

/// The price of a write unit in us-east-1 with on-demand billing, in US dollars (docs/COST.md).
pub const PRICE_OF_A_WRITE_UNIT: f64 = 0.625e-6;

/// The size of a write unit, in bytes.
const WRITE_UNIT: usize = 1024;

/// An item of a table: its attributes by name.
pub type Item = HashMap<String, AttributeValue>;

/// An item as one object. Sets become lists; of binary values only the length is shown.
pub fn as_json(item: &Item) -> Value {
    Value::Object(
        item.iter()
            .map(|(name, value)| (name.clone(), value_of(value)))
            .collect(),
    )
}

fn value_of(value: &AttributeValue) -> Value {
    let number = |number: &String| {
        number
            .parse()
            .map_or_else(|_| number.as_str().into(), Value::Number)
    };
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::N(text) => number(text),
        AttributeValue::Bool(value) => (*value).into(),
        AttributeValue::L(values) => values.iter().map(value_of).collect(),
        AttributeValue::M(fields) => {
            let fields: Map<String, Value> = fields
                .iter()
                .map(|(name, value)| (name.clone(), value_of(value)))
                .collect();
            Value::Object(fields)
        }
        AttributeValue::Ss(texts) => sorted(texts)
            .into_iter()
            .map(|text| Value::from(text.as_str()))
            .collect(),
        AttributeValue::Ns(numbers) => sorted(numbers).into_iter().map(number).collect(),
        AttributeValue::B(bytes) => format!("{} bytes", bytes.as_ref().len()).into(),
        AttributeValue::Bs(all) => format!("{} times bytes", all.len()).into(),
        _ => Value::Null,
    }
}

fn sorted(texts: &[String]) -> Vec<&String> {
    let mut texts: Vec<&String> = texts.iter().collect();
    texts.sort_unstable();
    texts
}

/// The size of an item in bytes, by AWS's rules.
pub fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of(value)).sum()
}

fn size_of(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len().div_ceil(2) + 1,
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + size_of(value)).sum::<usize>(),
        AttributeValue::M(fields) => {
            let fields = fields.iter().map(|(name, value)| 1 + name.len() + size_of(value));
            3 + fields.sum::<usize>()
        }
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        _ => 1,
    }
}

/// The write units to delete an item: one for each started kilobyte, in the table and, if it has an entry there, in
/// the index.
pub(super) fn units_to_delete(item: &Item) -> usize {
    let units = size(item).div_ceil(WRITE_UNIT).max(1);
    units * if item.contains_key("bulletin_date") { 2 } else { 1 }
}
