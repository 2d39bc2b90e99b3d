//! The e-mail message of an alert: subject, body and headers. Sending is in `mailer.rs`. Start at
//! [`EmailMessage::build`].

use std::time::SystemTime;

use bulletin::{Alert, AlertId, Subscription};
use lettre::Message;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0,
};
use lettre::message::{Body, Mailbox};
use sha2::{Digest, Sha256};

use crate::address::EmailAddress;

/// One alert to one address.
#[derive(Debug, Clone, Copy)]
pub struct EmailMessage<'a> {
    /// The sender.
    pub from: &'a EmailAddress,
    /// The recipient.
    pub to: &'a EmailAddress,
    /// The alert to send.
    pub alert: &'a Alert,
    /// The recipient's subscription, if it is for a case.
    pub subscription: Option<&'a Subscription>,
    /// The last line: the instructions to unsubscribe.
    pub how_to_stop: &'a str,
}

/// Marks the message as generated, so that no program sends an automatic reply (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

/// The display name of the sender.
const SENDER: &str = "Visa Bulletin Watch";

/// The length limit of an unencoded line (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;

/// The text with its lines unchanged, so that tables stay aligned: no `format=flowed`, and an encoding other
/// than 7 bit only if the text needs it.
fn encoded(text: String) -> Body {
    let is_plain =
        |line: &str| line.len() <= LONGEST_LINE && line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if text.lines().all(is_plain) {
        let bytes = text.lines().flat_map(|line| [line, "\r\n"]).collect::<String>();
        return Body::dangerous_pre_encoded(bytes.into_bytes(), ContentTransferEncoding::SevenBit);
    }
    Body::new(text)
}

impl EmailMessage<'_> {
    /// The subject: the verdict, for the recipient's priority date if there is one.
    pub fn subject(&self) -> String {
        match self.subscription {
            Some(subscription) => self.alert.subject_for(subscription),
            None => self.alert.subject(),
        }
    }

    /// The text: first the meaning for the recipient's priority date, last the instructions to unsubscribe.
    pub fn body(&self) -> String {
        let verdict = match self.subscription {
            Some(subscription) if subscription.priority_date.is_some() => {
                format!("{}\n\n", self.alert.headline_for(subscription))
            }
            _ => String::new(),
        };
        format!(
            "{verdict}{}\n\n{}\n",
            self.alert.body(self.subscription),
            self.how_to_stop
        )
    }

    /// The message for the server (RFC 5322), with this date.
    ///
    /// The same alert to the same address has the same `Message-ID`. If a reply of the server was lost and
    /// the alert is resent, mail programs recognize the message. A correction is a reply to the message that
    /// it corrects.
    ///
    /// # Errors
    /// A sentence with the reason, if the message cannot be built.
    pub fn build(&self, at: SystemTime) -> Result<Vec<u8>, String> {
        let mut builder = Message::builder()
            .from(Mailbox::new(Some(SENDER.into()), self.from.as_lettre().clone()))
            .to(Mailbox::new(None, self.to.as_lettre().clone()))
            .subject(self.subject())
            .date(at)
            .message_id(Some(self.message_id(&self.alert.id())))
            .header(AutoSubmitted)
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN);
        if let Some(first) = self.corrected_id() {
            let first = self.message_id(&first);
            builder = builder.in_reply_to(first.clone()).references(first);
        }
        let message = builder
            .body(encoded(self.body()))
            .map_err(|error| format!("the message cannot be built: {error}"))?;
        Ok(message.formatted())
    }

    /// A `Message-ID` from the alert and its recipient that contains neither an address nor a name.
    fn message_id(&self, alert: &AlertId) -> String {
        let id: String = alert
            .to_string()
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '-' {
                    c.to_ascii_lowercase()
                } else {
                    '.'
                }
            })
            .collect();
        let receiver = Sha256::digest(self.to.revealed().to_ascii_lowercase());
        let receiver: String = receiver
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("<{id}.{receiver}@{}>", self.from.domain())
    }

    /// The alert of the bulletin's first version, if this alert is a correction.
    fn corrected_id(&self) -> Option<AlertId> {
        let mut first = self.alert.clone();
        let revision = match &mut first {
            Alert::Case(alert) => &mut alert.change.revision,
            Alert::Bulletin(alert) => &mut alert.revision,
        };
        if *revision == 0 {
            return None;
        }
        *revision = 0;
        Some(first.id())
    }
}
