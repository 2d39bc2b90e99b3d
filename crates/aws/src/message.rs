//! An alert as an SNS message: its texts, its attributes and its size. Publishing is in `topic.rs`.

use std::collections::HashMap;

use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::types::MessageAttributeValue;
use bulletin::{Alert, AttributeValue};
use pipeline::port::ChannelError;
use serde_json::json;

/// The size limit of a message, and of a batch of messages, in bytes: text and attributes together.
pub(crate) const MOST_BYTES: usize = 256 * 1024;
/// The display name of the topics. SNS puts it in front of an SMS, followed by `> `.
pub const DISPLAY_NAME: &str = "VisaBull";

/// An alert as it is published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    pub(crate) subject: String,
    /// One text for each protocol, as JSON.
    pub(crate) text: String,
    pub(crate) attributes: HashMap<String, MessageAttributeValue>,
}

impl Message {
    /// The alert as text for people and as JSON for every other protocol, with the attributes that filter
    /// policies match.
    ///
    /// # Errors
    /// [`ChannelError::NotSent`] where the SDK refuses an attribute.
    pub(crate) fn of(alert: &Alert) -> Result<Self, ChannelError> {
        let attributes = attributes(alert).map_err(|error| ChannelError::NotSent(error.to_string()))?;
        let subject = alert.subject();
        // SNS drops the attributes of a message that has one text for each protocol, so the JSON repeats
        // them.
        let message = |machines: &serde_json::Value, email: String| Self {
            subject: subject.clone(),
            text: json!({
                "default": machines.to_string(),
                "email": email,
                "sms": alert.sms(DISPLAY_NAME),
            })
            .to_string(),
            attributes: attributes.clone(),
        };
        let whole = message(&alert.json(), alert.body(None));
        if whole.bytes() <= MOST_BYTES {
            return Ok(whole);
        }
        // The alert is too large: a message without its details is better than none.
        Ok(message(&alert.json_in_short(), alert.body_in_short()))
    }

    /// The size that counts towards the limit, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let of_attribute = |(name, value): (&String, &MessageAttributeValue)| {
            name.len() + value.data_type().len() + value.string_value().map_or(0, str::len)
        };
        let attributes: usize = self.attributes.iter().map(of_attribute).sum();
        self.text.len() + self.subject.len() + attributes
    }
}

/// The attributes that filter policies match, in the SDK's types.
fn attributes(alert: &Alert) -> Result<HashMap<String, MessageAttributeValue>, BuildError> {
    let attribute = |value: AttributeValue| {
        MessageAttributeValue::builder()
            .data_type(value.data_type())
            .string_value(value.text())
            .build()
    };
    alert
        .attributes()
        .into_iter()
        .map(|(name, value)| Ok((name.to_owned(), attribute(value)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use bulletin::{BulletinAlert, ChangeKind, Finding, Month};

    use super::*;

    fn alert(findings: usize) -> Alert {
        Alert::Bulletin(BulletinAlert {
            month: Month::new(2024, 4).unwrap_or_else(|| panic!("a month")),
            revision: 0,
            kind: ChangeKind::NewMonth,
            changes: Vec::new(),
            corrected: Vec::new(),
            findings: vec![
                Finding::Layout {
                    what: "x".repeat(100)
                };
                findings
            ],
            page: "https://travel.state.gov/a-page.html".into(),
        })
    }

    fn machines(message: &Message) -> serde_json::Value {
        let texts: serde_json::Value = serde_json::from_str(&message.text).unwrap_or_default();
        let default = texts["default"].as_str().unwrap_or_default();
        serde_json::from_str(default).unwrap_or_default()
    }

    #[test]
    fn what_is_too_large_is_sent_without_its_details() {
        let small = Message::of(&alert(3)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(machines(&small), alert(3).json());
        let large = Message::of(&alert(5000)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(machines(&large), alert(5000).json_in_short());
        assert!(large.bytes() <= MOST_BYTES, "{}", large.bytes());
    }
}
