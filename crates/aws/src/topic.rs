//! The SNS topics: they publish alerts in batches. The messages are built in `message.rs`.

use aws_sdk_sns::Client;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sns::types::PublishBatchRequestEntry;
use bulletin::{Alert, Category};
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::error::is_certain;
use crate::message::{MOST_BYTES, Message};

/// The message limit of one `PublishBatch`.
const BATCH_ENTRIES: usize = 10;
/// The number of calls in a row without an answer after which the remaining alerts are not sent.
const LOST_CALLS: u32 = 2;
/// The topic of the messages about whole bulletins, after the prefix.
pub(crate) const BULLETINS: &str = "BULLETINS";

/// SNS topics: one for each category, and one for whole bulletins. Filter policies of the subscriptions
/// select the recipients, so every alert is published once.
#[derive(Debug)]
pub struct SnsTopics {
    client: Client,
    prefix: String,
}

impl SnsTopics {
    /// The topics with this ARN prefix, which is followed by a category's code or `BULLETINS`. Makes no
    /// request.
    pub fn new(client: Client, prefix: impl Into<String>) -> Self {
        Self {
            client,
            prefix: prefix.into(),
        }
    }

    /// The ARN of a category's topic, or of the topic of whole bulletins.
    pub fn arn(&self, category: Option<Category>) -> String {
        format!("{}{}", self.prefix, category.map_or(BULLETINS, Category::code))
    }

    fn topic(&self, alert: &Alert) -> String {
        self.arn(alert.case().map(|case| case.category))
    }

    async fn publish(&self, topic: &str, message: &Message) -> Result<(), ChannelError> {
        let result = self
            .client
            .publish()
            .topic_arn(topic)
            .subject(&message.subject)
            .message(&message.text)
            .message_structure("json")
            .set_message_attributes(Some(message.attributes.clone()))
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(error) => Err(channel_error(is_certain(&error), &error)),
        }
    }

    /// Publishes at most ten to one topic.
    async fn publish_batch(&self, topic: &str, messages: &[&Message]) -> Vec<Result<(), ChannelError>> {
        if let [message] = messages {
            return vec![self.publish(topic, message).await];
        }
        let entries: Result<Vec<_>, _> = messages
            .iter()
            .enumerate()
            .map(|(index, message)| {
                PublishBatchRequestEntry::builder()
                    .id(index.to_string())
                    .subject(&message.subject)
                    .message(&message.text)
                    .message_structure("json")
                    .set_message_attributes(Some(message.attributes.clone()))
                    .build()
            })
            .collect();
        let request = self
            .client
            .publish_batch()
            .topic_arn(topic)
            .set_publish_batch_request_entries(entries.ok());
        match request.send().await {
            Ok(answer) => {
                let failed: HashMap<&str, String> = answer
                    .failed()
                    .iter()
                    .map(|entry| {
                        let reason = entry.message().unwrap_or_default();
                        (entry.id(), format!("{}: {reason}", entry.code()))
                    })
                    .collect();
                let sent: HashSet<&str> = answer
                    .successful()
                    .iter()
                    .filter_map(|entry| entry.id())
                    .collect();
                (0..messages.len())
                    .map(|index| {
                        let id = index.to_string();
                        match failed.get(id.as_str()) {
                            Some(reason) => Err(ChannelError::NotSent(reason.clone())),
                            None if sent.contains(id.as_str()) => Ok(()),
                            None => Err(ChannelError::Unknown("the answer does not name it".into())),
                        }
                    })
                    .collect()
            }
            Err(error) if is_certain(&error) => {
                // The batch was refused as a whole: send its messages one by one, because a single one may be
                // invalid.
                let mut results = Vec::new();
                for message in messages {
                    results.push(self.publish(topic, message).await);
                }
                results
            }
            Err(error) => vec![Err(channel_error(false, &error)); messages.len()],
        }
    }
}

fn channel_error<E>(certain: bool, error: &SdkError<E>) -> ChannelError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let reason = crate::reason::reason(error);
    if certain {
        ChannelError::NotSent(reason)
    } else {
        ChannelError::Unknown(reason)
    }
}

impl Channel for SnsTopics {
    fn recipients(&self, _: &Alert) -> Result<Vec<Recipient>, StoreError> {
        Ok(vec![Recipient {
            key: "SNS".into(),
            handle: 0,
        }])
    }

    fn send_alert<'a>(&'a self, alert: &'a Alert, _: &'a Recipient) -> Sending<'a, Result<(), ChannelError>> {
        Box::pin(async move { self.publish(&self.topic(alert), &Message::of(alert)?).await })
    }

    fn group_size(&self) -> usize {
        BATCH_ENTRIES
    }

    fn send_group<'a>(
        &'a self,
        alerts: &'a [(&'a Alert, &'a Recipient)],
    ) -> Sending<'a, Vec<Result<(), ChannelError>>> {
        Box::pin(self.publish_all(alerts))
    }
}

impl SnsTopics {
    async fn publish_all(&self, alerts: &[(&Alert, &Recipient)]) -> Vec<Result<(), ChannelError>> {
        let messages: Vec<Result<Message, ChannelError>> =
            alerts.iter().map(|(alert, _)| Message::of(alert)).collect();
        let mut by_topic: BTreeMap<String, Vec<(usize, &Message)>> = BTreeMap::new();
        for (index, (alert, _)) in alerts.iter().enumerate() {
            if let Ok(message) = &messages[index] {
                by_topic
                    .entry(self.topic(alert))
                    .or_default()
                    .push((index, message));
            }
        }
        let mut results: Vec<Result<(), ChannelError>> = messages
            .iter()
            .map(|message| message.as_ref().map(|_| ()).map_err(ChannelError::clone))
            .collect();
        let mut lost_in_a_row = 0;
        for (topic, messages) in by_topic {
            for batch in batches(&messages) {
                let texts: Vec<&Message> = batch.iter().map(|(_, message)| *message).collect();
                // If SNS is down, each call uses up all its attempts. Stop and leave the rest to the
                // redelivery.
                let sent = if lost_in_a_row < LOST_CALLS {
                    self.publish_batch(&topic, &texts).await
                } else {
                    vec![Err(ChannelError::NotSent("SNS does not answer".into())); texts.len()]
                };
                let is_lost = sent
                    .iter()
                    .all(|sent| matches!(sent, Err(ChannelError::Unknown(_))));
                if lost_in_a_row < LOST_CALLS {
                    lost_in_a_row = if is_lost { lost_in_a_row + 1 } else { 0 };
                }
                for ((index, _), result) in batch.iter().zip(sent) {
                    results[*index] = result;
                }
            }
        }
        results
    }
}

/// Splits messages into batches that fit into one call each.
fn batches<'a, 'b>(messages: &'a [(usize, &'b Message)]) -> Vec<&'a [(usize, &'b Message)]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (end, (_, message)) in messages.iter().enumerate() {
        if end > start && (end - start == BATCH_ENTRIES || bytes + message.bytes() > MOST_BYTES) {
            batches.push(&messages[start..end]);
            (start, bytes) = (end, 0);
        }
        bytes += message.bytes();
    }
    if start < messages.len() {
        batches.push(&messages[start..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_at_most_ten_messages_and_256_kilobytes() {
        let message = |bytes: usize| Message {
            subject: String::new(),
            text: "x".repeat(bytes),
            attributes: HashMap::new(),
        };
        let small = message(10);
        let many: Vec<(usize, &Message)> = (0..23).map(|index| (index, &small)).collect();
        let sizes = |messages: &[(usize, &Message)]| -> Vec<usize> {
            batches(messages).iter().map(|batch| batch.len()).collect()
        };
        assert_eq!(sizes(&many), [10, 10, 3]);
        let big = message(100 * 1024);
        assert_eq!(sizes(&[(0, &big), (1, &big), (2, &big), (3, &small)]), [2, 2]);
        assert!(sizes(&[]).is_empty());
    }
}
