//! Parses filters for the items of a table, such as `category=EB3`. Start with [`Filter`].

use std::fmt;
use std::str::FromStr;

use bulletin::UnknownSpelling;

/// A filter for items, such as `category=EB3` or `bulletin_date>=2024-01-01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub(crate) attribute: String,
    pub(crate) operator: Operator,
    pub(crate) value: String,
}

/// The comparison of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
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

    pub(crate) fn sign(self) -> &'static str {
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
