//! The filtering of messages by SNS, and its limits, by the Amazon SNS Developer Guide: *Subscription filter policies*
//! (string value matching, numeric value matching, key matching, AND/OR logic) and *Filter policy constraints*, for
//! policies of scope `MessageAttributes`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Attributes of a message: name to SNS's type and the value as it is published.
pub(crate) type Published = BTreeMap<String, (String, String)>;

/// A policy that SNS accepts.
pub(crate) struct Policy(Map<String, Value>);

/// Words that cannot be names of attributes in the members of an `$or`.
const RESERVED: [&str; 8] = [
    "numeric",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "equals-ignore-case",
    "cidr",
    "wildcard",
];

impl Policy {
    /// The policy, or the reason why SNS refuses it.
    pub(crate) fn accepted(json: &str) -> Result<Self, String> {
        if json.len() > 256 * 1024 {
            return Err("more than 256 KB".into());
        }
        let Ok(Value::Object(policy)) = serde_json::from_str(json) else {
            return Err("not a JSON object".into());
        };
        check_values(&policy)?;
        match keys(&policy) {
            0 => return Err("no key".into()),
            1..=5 => {}
            more => return Err(format!("{more} keys")),
        }
        match combinations(&policy) {
            ..=150 => Ok(Self(policy)),
            more => Err(format!("{more} combinations")),
        }
    }

    /// True if a message with these attributes goes to the subscriber.
    pub(crate) fn lets_through(&self, attributes: &Published) -> bool {
        lets_through(&self.0, attributes)
    }

    /// The combinations, as the guide counts them.
    pub(crate) fn combinations(&self) -> usize {
        combinations(&self.0)
    }
}

/// The members of an `$or`, where the policy's is one.
fn members(policy: &Map<String, Value>) -> Option<Vec<&Map<String, Value>>> {
    let members: Vec<_> = policy
        .get("$or")?
        .as_array()?
        .iter()
        .map(Value::as_object)
        .collect();
    let members: Vec<_> = members.into_iter().collect::<Option<_>>()?;
    let reserved = |member: &&Map<String, Value>| member.keys().any(|key| RESERVED.contains(&key.as_str()));
    (members.len() >= 2 && !members.iter().any(reserved)).then_some(members)
}

fn plain(policy: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let is_or = members(policy).is_some();
    policy.iter().filter(move |(key, _)| !(is_or && *key == "$or"))
}

fn check_values(policy: &Map<String, Value>) -> Result<(), String> {
    for (key, values) in plain(policy) {
        let Some(values) = values.as_array().filter(|values| !values.is_empty()) else {
            return Err(format!("{key} must be a list with a value"));
        };
        for value in values {
            check_value(key, value)?;
        }
    }
    for member in members(policy).into_iter().flatten() {
        check_values(member)?;
    }
    Ok(())
}

fn check_value(key: &str, value: &Value) -> Result<(), String> {
    match value {
        Value::Object(operator) => {
            let (name, operand) = operator
                .iter()
                .next()
                .ok_or(format!("{key} has an empty operator"))?;
            if operator.len() != 1 || !RESERVED.contains(&name.as_str()) {
                return Err(format!("{key} has an unknown operator"));
            }
            let numbers: Vec<&Value> = match name.as_str() {
                "numeric" => operand
                    .as_array()
                    .into_iter()
                    .flatten()
                    .skip(1)
                    .step_by(2)
                    .collect(),
                _ => Vec::new(),
            };
            numbers
                .into_iter()
                .try_for_each(|number| check_value(key, number))
        }
        Value::Array(_) => Err(format!("{key} has a list in a list")),
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            if number.abs() > 1e9 {
                return Err(format!("{key}: {number} is out of range"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn keys(policy: &Map<String, Value>) -> usize {
    plain(policy).count() + members(policy).into_iter().flatten().map(keys).sum::<usize>()
}

fn combinations(policy: &Map<String, Value>) -> usize {
    let product: usize = plain(policy)
        .map(|(_, values)| values.as_array().map_or(1, Vec::len))
        .product();
    product * members(policy).map_or(1, |members| members.into_iter().map(combinations).sum())
}

fn lets_through(policy: &Map<String, Value>, attributes: &Published) -> bool {
    let all = plain(policy).all(|(key, rules)| {
        let found = attributes.get(key).map(|(kind, text)| values(kind, text));
        rules
            .as_array()
            .into_iter()
            .flatten()
            .any(|rule| fits(rule, found.as_deref()))
    });
    all && members(policy)
        .is_none_or(|members| members.into_iter().any(|member| lets_through(member, attributes)))
}

/// The values of an attribute that rules are compared with: none of a type that SNS does not compare.
fn values(kind: &str, text: &str) -> Vec<Value> {
    match kind {
        "String" => vec![text.into()],
        "String.Array" => match serde_json::from_str(text) {
            Ok(Value::Array(values)) => values,
            _ => Vec::new(),
        },
        "Number" => text.parse::<f64>().ok().map(Value::from).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn fits(rule: &Value, found: Option<&[Value]>) -> bool {
    if let Some(exists) = rule.get("exists") {
        return exists.as_bool() == Some(found.is_some());
    }
    found.is_some_and(|found| found.iter().any(|value| fits_value(rule, value)))
}

fn fits_value(rule: &Value, value: &Value) -> bool {
    let Value::Object(operator) = rule else {
        return same(rule, value);
    };
    let (name, operand) = operator.iter().next().unwrap();
    let text = value.as_str();
    match name.as_str() {
        "prefix" => text.is_some_and(|text| text.starts_with(operand.as_str().unwrap())),
        "suffix" => text.is_some_and(|text| text.ends_with(operand.as_str().unwrap())),
        "equals-ignore-case" => text.is_some_and(|text| text.eq_ignore_ascii_case(operand.as_str().unwrap())),
        "anything-but" => match operand {
            Value::Array(others) => !others.iter().any(|other| same(other, value)),
            Value::Object(_) => !fits_value(operand, value),
            other => !same(other, value),
        },
        "numeric" => value
            .as_f64()
            .is_some_and(|number| in_range(number, operand.as_array().unwrap())),
        other => panic!("the operator {other} is not known here"),
    }
}

fn same(rule: &Value, value: &Value) -> bool {
    match (rule.as_f64(), value.as_f64()) {
        (Some(rule), Some(value)) => rule == value,
        _ => rule == value,
    }
}

fn in_range(number: f64, conditions: &[Value]) -> bool {
    conditions.chunks(2).all(|pair| {
        let (operator, bound) = (pair[0].as_str().unwrap(), pair[1].as_f64().unwrap());
        match operator {
            "=" => number == bound,
            "<" => number < bound,
            "<=" => number <= bound,
            ">" => number > bound,
            ">=" => number >= bound,
            other => panic!("the operator {other} is not known here"),
        }
    })
}

/// The fault for which SNS refuses the attributes of a message.
pub(crate) fn fault(attributes: &Published) -> Option<String> {
    if attributes.len() > 10 {
        return Some("a queue gets no message with more than ten attributes raw".into());
    }
    attributes.iter().find_map(|(name, (kind, text))| {
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        let is_value = match kind.as_str() {
            "String" => !text.is_empty(),
            "String.Array" => {
                matches!(serde_json::from_str(text), Ok(Value::Array(values)) if !values.is_empty()
                && values.iter().all(Value::is_string))
            }
            "Number" => text
                .parse::<i64>()
                .is_ok_and(|number| number.abs() <= 1_000_000_000),
            _ => false,
        };
        (!is_name || !is_value).then(|| format!("{name} is no {kind}: {text}"))
    })
}
