use std::sync::OnceLock;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use aws_types::SdkConfig;
use pipeline::port::{BulletinQueue, PageMessage, StoreError};

use crate::error::{store_error, unreadable};

/// The message attribute that carries a page's trace id.
pub const TRACE_ATTRIBUTE: &str = "trace";

/// A queue of SQS.
#[derive(Debug)]
pub struct SqsQueue {
    sdk: SdkConfig,
    /// Built for the first message: most starts send none, and it is a fifth of what they cost.
    client: OnceLock<Client>,
    url: String,
}

impl SqsQueue {
    /// The queue at this address. Nothing is asked yet.
    pub fn new(sdk: &SdkConfig, url: impl Into<String>) -> Self {
        Self {
            sdk: sdk.clone(),
            client: OnceLock::new(),
            url: url.into(),
        }
    }

    /// Leaves a text as it is, with attributes beside it.
    ///
    /// # Errors
    /// [`StoreError`]; then the text is not in the queue, or only in so far as the answer was lost.
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
