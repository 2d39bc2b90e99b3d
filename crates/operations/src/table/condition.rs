//! Turns filters into DynamoDB expressions. Start with [`condition`].

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::filter::{Filter, Operator};

/// A DynamoDB expression with its names and values.
#[derive(Debug, Default)]
pub(super) struct Condition {
    pub(super) text: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: HashMap<String, AttributeValue>,
}

/// Combines filters into one condition, all of which must hold.
pub(super) fn condition(filters: &[Filter]) -> Condition {
    let mut whole = Condition::default();
    let mut conditions = Vec::new();
    for (index, filter) in filters.iter().enumerate() {
        let (name, text, number) = (format!("#f{index}"), format!(":t{index}"), format!(":n{index}"));
        whole.names.insert(name.clone(), filter.attribute.clone());
        whole
            .values
            .insert(text.clone(), AttributeValue::S(filter.value.clone()));
        let is_number = serde_json::from_str::<serde_json::Number>(&filter.value).is_ok();
        let sign = sign(filter.operator);
        conditions.push(match filter.operator {
            Operator::BeginsWith => format!("begins_with({name}, {text})"),
            // A value that looks like a number may be stored as text or as a number. An attribute of one type is
            // unequal to every value of the other.
            operator if is_number => {
                whole
                    .values
                    .insert(number.clone(), AttributeValue::N(filter.value.clone()));
                let both = if operator == Operator::NotEqual {
                    "AND"
                } else {
                    "OR"
                };
                format!("({name} {sign} {text} {both} {name} {sign} {number})")
            }
            _ => format!("{name} {sign} {text}"),
        });
    }
    whole.text = conditions.join(" AND ");
    whole
}

/// The operator of a DynamoDB expression.
fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::NotEqual => "<>",
        other => other.sign(),
    }
}
