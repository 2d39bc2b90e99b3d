//! Parses filters such as `category=EB3` and turns them into DynamoDB expressions. Start with [`Filter`].

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::UnknownSpelling;

/// A filter for items, such as `category=EB3` or `bulletin_date>=2024-01-01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    attribute: String,
    operator: Operator,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    BeginsWith,
}

impl Operator {
    /// Operators before their own prefixes, so that parsing finds the longest one.
    const ALL: [Self; 7] = [
        Self::NotEqual,
        Self::LessOrEqual,
        Self::GreaterOrEqual,
        Self::BeginsWith,
        Self::Equal,
        Self::Less,
        Self::Greater,
    ];

    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::BeginsWith => "^=",
        }
    }

    fn in_expression(self) -> &'static str {
        match self {
            Self::NotEqual => "<>",
            other => other.sign(),
        }
    }
}

impl FromStr for Filter {
    type Err = UnknownSpelling;

    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let wrong = |why: &str| {
            let ways = [
                "category=EB3",
                "bulletin_date>=2024-01-01",
                "status!=date",
                "pk^=STANDING#",
            ];
            UnknownSpelling::new("filter", text, ways.map(str::to_owned)).because(why)
        };
        let at = text
            .find(['=', '!', '<', '>', '^'])
            .ok_or_else(|| wrong("A filter is an attribute, a sign and a value."))?;
        let (attribute, rest) = text.split_at(at);
        let operator = Operator::ALL
            .into_iter()
            .find(|operator| rest.starts_with(operator.sign()))
            .ok_or_else(|| wrong("The signs are =, !=, <, <=, >, >= and ^= for \"begins with\"."))?;
        let attribute = attribute.trim();
        if attribute.is_empty() {
            return Err(wrong("The attribute is missing before the sign."));
        }
        Ok(Self {
            attribute: attribute.to_owned(),
            operator,
            value: rest[operator.sign().len()..].trim().to_owned(),
        })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.attribute, self.operator.sign(), self.value)
    }
}

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
        let sign = filter.operator.in_expression();
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
