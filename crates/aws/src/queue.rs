//! The queue of pages on SQS: it sends messages. Lambda receives them, so nothing here does.

use std::sync::OnceLock;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use aws_types::SdkConfig;
use pipeline::port::{BulletinQueue, PageMessage, StoreError};

use crate::error::{store_error, unreadable};

/// The message attribute that carries a page's trace id.
pub const TRACE_ATTRIBUTE: &str = "trace";

/// An SQS queue.
#[derive(Debug)]
pub struct SqsQueue {
    sdk: SdkConfig,
    /// Built for the first message: most starts send none, and building it is a fifth of the cost of a start.
    client: OnceLock<Client>,
    url: String,
}

impl SqsQueue {
    /// The queue with this URL. Makes no request.
    pub fn new(sdk: &SdkConfig, url: impl Into<String>) -> Self {
        Self {
            sdk: sdk.clone(),
            client: OnceLock::new(),
            url: url.into(),
        }
    }

    /// Sends a text unchanged, with these attributes.
    ///
    /// # Errors
    /// [`StoreError`] if the text is not in the queue, or if the answer was lost and the text may be in it.
    pub async fn send_text(&self, body: &str, attributes: &[(&str, &str)]) -> Result<(), StoreError> {
        let client = self.client.get_or_init(|| Client::new(&self.sdk));
        let mut request = client.send_message().queue_url(&self.url).message_body(body);
        for (name, value) in attributes {
            let attribute = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(*value)
                .build()
                .map_err(|error| unreadable("an attribute", error))?;
            request = request.message_attributes(*name, attribute);
        }
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error("the queue", &error))
    }
}

impl BulletinQueue for SqsQueue {
    async fn send(&self, message: &PageMessage) -> Result<(), StoreError> {
        let body = serde_json::to_string(message).map_err(|error| unreadable("a message", error))?;
        self.send_text(&body, &[(TRACE_ATTRIBUTE, &message.trace)]).await
    }
}
