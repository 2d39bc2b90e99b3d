use std::collections::HashMap;

use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::types::MessageAttributeValue;
use bulletin::{Alert, AttributeValue};
use pipeline::port::SinkError;
use serde_json::json;

/// What one message, or a batch of them, may hold, in bytes: text and attributes together.
pub(crate) const MOST_BYTES: usize = 256 * 1024;
/// The display name of the topics, which SNS puts in front of an SMS with `> ` behind it.
const DISPLAY_NAME: &str = "VisaBull";

/// An alert as it is published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    pub(crate) subject: String,
    /// One text for each kind of subscriber, as JSON.
    pub(crate) text: String,
    pub(crate) attributes: HashMap<String, MessageAttributeValue>,
}

impl Message {
    /// The alert in words for people and as JSON for everything else, with the attributes that filter policies ask for.
    ///
    /// # Errors
    /// [`SinkError::NotSent`] where the SDK refuses an attribute.
    pub(crate) fn of(alert: &Alert) -> Result<Self, SinkError> {
        let attributes = attributes(alert).map_err(|error| SinkError::NotSent(error.to_string()))?;
        let subject = alert.subject();
        // SNS drops the attributes where a message has a text for each kind of subscriber: the JSON repeats them.
        let message = |machines: &serde_json::Value| Self {
            subject: subject.clone(),
            text: json!({
                "default": machines.to_string(),
                "email": alert.body(None),
                "sms": alert.sms(DISPLAY_NAME),
            })
            .to_string(),
            attributes: attributes.clone(),
        };
        let whole = message(&alert.json());
        if whole.bytes() <= MOST_BYTES {
            return Ok(whole);
        }
        // Better a message without its details than none.
        Ok(message(&alert.json_in_short()))
    }

    /// What it counts, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let of_attribute = |(name, value): (&String, &MessageAttributeValue)| {
            name.len() + value.data_type().len() + value.string_value().map_or(0, str::len)
        };
        let attributes: usize = self.attributes.iter().map(of_attribute).sum();
        self.text.len() + self.subject.len() + attributes
    }
}

/// What filter policies can ask for, in the SDK's types.
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
