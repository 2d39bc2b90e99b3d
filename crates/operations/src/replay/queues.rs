//! Lists and processes the messages of a deployment's queues. Excludes their content, see
//! [`letter`](super::letter). Start with [`Queues`].

use std::collections::{BTreeMap, BTreeSet};

use aws::SqsQueue;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use aws_types::SdkConfig;
use tokio::task::JoinSet;

use crate::deployment::{Deployment, Queue};
use crate::replay::ReplayError;
use crate::replay::letter::Letter;

/// The visibility timeout of received messages, in seconds: longer than it takes to process five of them, and short
/// enough that the messages of a crashed process soon reappear.
const IN_THE_DARK: i32 = 30;
/// The wait time of a receive call, in seconds: without one, SQS asks only some of its servers.
const LOOKS: i32 = 1;
/// The number of messages received at once for a list: the maximum of one call.
const LISTED_AT_ONCE: i32 = 10;
/// The number of messages received at once for processing.
const DEALT_WITH_AT_ONCE: i32 = 5;
/// The number of consecutive calls without a message to process after which the queue counts as finished.
const NOTHING_NEW: u32 = 3;

/// The number of messages that were in flight before the list was made, and are not in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// The messages that [`Queues::list`] found.
    pub in_the_dark: usize,
    /// The letters that [`Queues::list`] found.
    pub letters: Vec<Letter>,
}

/// The queues of a deployment.
#[derive(Debug, Clone)]
pub struct Queues {
    pub(crate) client: Client,
    deployment: Deployment,
}

impl Queues {
    /// The queue of pages.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn pages(&self, config: &SdkConfig) -> Result<SqsQueue, ReplayError> {
        Ok(SqsQueue::new(config, self.url(Queue::Pages).await?))
    }

    /// The queues of this deployment. Makes no request yet.
    pub fn new(deployment: &Deployment, config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
            deployment: deployment.clone(),
        }
    }

    /// The name of a queue.
    pub fn name(&self, queue: Queue) -> String {
        self.deployment.queue(queue)
    }

    /// The URL of a queue.
    ///
    /// # Errors
    /// [`ReplayError::NoQueue`] if it does not exist.
    pub async fn url(&self, queue: Queue) -> Result<String, ReplayError> {
        let name = self.name(queue);
        match self.client.get_queue_url().queue_name(&name).send().await {
            Ok(answer) => Ok(answer.queue_url.unwrap_or_default()),
            Err(SdkError::ServiceError(error)) if error.err().is_queue_does_not_exist() => {
                Err(ReplayError::NoQueue(name))
            }
            Err(error) => Err(self.failed(queue, &error)),
        }
    }

    /// The ARN of a queue.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn arn(&self, queue: Queue) -> Result<String, ReplayError> {
        self.attribute(queue, QueueAttributeName::QueueArn).await
    }

    async fn attribute(&self, queue: Queue, name: QueueAttributeName) -> Result<String, ReplayError> {
        let request = self
            .client
            .get_queue_attributes()
            .queue_url(self.url(queue).await?);
        let answer = request
            .attribute_names(name.clone())
            .send()
            .await
            .map_err(|error| self.failed(queue, &error))?;
        Ok(answer
            .attributes
            .unwrap_or_default()
            .remove(&name)
            .unwrap_or_default())
    }

    /// Lists all messages of a queue in the order in which they were sent. Afterwards they are back in the queue;
    /// only their receive counts have grown, because SQS cannot list messages without receiving them.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn list(&self, queue: Queue) -> Result<Vec<Letter>, ReplayError> {
        let url = self.url(queue).await?;
        let mut letters: BTreeMap<String, Letter> = BTreeMap::new();
        let result = loop {
            match self.take(queue, &url, LISTED_AT_ONCE).await {
                // Lists several queues concurrently: each takes a second to report that it has no further messages.
                //
                // # Errors
                // The [`ReplayError`] of the first that failed; by then the messages of all others are back in
                // their queues.
                Ok(taken) if taken.iter().all(|letter| letters.contains_key(&letter.id)) => break Ok(()),
                Ok(taken) => letters.extend(taken.into_iter().map(|letter| (letter.id.clone(), letter))),
                Err(error) => break Err(error),
            }
        };
        for letter in letters.values() {
            self.put_back(&url, letter).await?;
        }
        result?;
        let mut letters: Vec<Letter> = letters.into_values().collect();
        letters.sort_by_key(|letter| letter.sent_at);
        Ok(letters)
    }

    /// The approximate number of messages in flight, which [`list`](Self::list) does not see: another operator or a
    /// killed run has received them. Call it before a list, whose own messages count too.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn list_all(&self, queues: &[Queue]) -> Result<BTreeMap<Queue, Listing>, ReplayError> {
        let mut tasks = JoinSet::new();
        for queue in queues.iter().copied() {
            let own = self.clone();
            tasks.spawn(async move { (queue, own.look_into(queue).await) });
        }
        let listings: BTreeMap<Queue, Result<Listing, ReplayError>> =
            tasks.join_all().await.into_iter().collect();
        listings
            .into_iter()
            .map(|(queue, listing)| Ok((queue, listing?)))
            .collect()
    }

    async fn look_into(&self, queue: Queue) -> Result<Listing, ReplayError> {
        Ok(Listing {
            in_the_dark: self.in_the_dark(queue).await?,
            letters: self.list(queue).await?,
        })
    }

    /// The approximate number of letters in flight, which [`list`](Self::list) does not see: another operator or a
    /// killed run has received them. Call it before a list, whose own letters count too.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn in_the_dark(&self, queue: Queue) -> Result<usize, ReplayError> {
        let name = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        let count = self.attribute(queue, name).await?;
        Ok(count.parse().unwrap_or_default())
    }

    /// Receives some messages of a queue. The caller deletes them or puts them back; otherwise they reappear after
    /// the visibility timeout.
    async fn take(&self, queue: Queue, url: &str, most: i32) -> Result<Vec<Letter>, ReplayError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(most)
            .visibility_timeout(IN_THE_DARK)
            .wait_time_seconds(LOOKS)
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .send()
            .await
            .map_err(|error| self.failed(queue, &error))?;
        let messages = answer.messages.unwrap_or_default();
        Ok(messages
            .into_iter()
            .map(|message| Letter::of(queue, message))
            .collect())
    }

    /// Receives every wanted message, one after another, and passes it to `work`, whose result decides whether it
    /// is deleted. All others are put back. Returns the number of deleted messages.
    ///
    /// # Errors
    /// [`ReplayError`], including errors of `work`, whose message is put back.
    pub async fn each(
        &self,
        queue: Queue,
        wanted: &[Letter],
        mut work: impl AsyncFnMut(&Letter) -> Result<Done, ReplayError>,
    ) -> Result<usize, ReplayError> {
        let url = self.url(queue).await?;
        let mut wanted: BTreeSet<&str> = wanted.iter().map(|letter| letter.id.as_str()).collect();
        let mut left: BTreeMap<String, Letter> = BTreeMap::new();
        let (mut done, mut nothing_new) = (0, 0);
        let result = 'all: loop {
            if wanted.is_empty() || nothing_new == NOTHING_NEW {
                break Ok(());
            }
            let mut taken = match self.take(queue, &url, DEALT_WITH_AT_ONCE).await {
                Ok(taken) if taken.is_empty() => break Ok(()),
                Ok(taken) => taken.into_iter(),
                Err(error) => break Err(error),
            };
            nothing_new += 1;
            while let Some(letter) = taken.next() {
                if !wanted.remove(letter.id.as_str()) {
                    left.insert(letter.id.clone(), letter);
                    continue;
                }
                nothing_new = 0;
                let outcome = match work(&letter).await {
                    Ok(Done::Delete) => self.delete(queue, &url, &letter).await.map(|()| Done::Delete),
                    other => other,
                };
                match outcome {
                    Ok(Done::Delete) => done += 1,
                    Ok(Done::Leave) => {
                        left.insert(letter.id.clone(), letter);
                    }
                    stopped => {
                        left.extend(
                            [letter]
                                .into_iter()
                                .chain(taken)
                                .map(|letter| (letter.id.clone(), letter)),
                        );
                        break 'all stopped.map(drop);
                    }
                }
            }
        };
        for letter in left.values() {
            self.put_back(&url, letter).await?;
        }
        result.map(|()| done)
    }

    async fn delete(&self, queue: Queue, url: &str, letter: &Letter) -> Result<(), ReplayError> {
        let delete = self.client.delete_message().queue_url(url);
        delete
            .receipt_handle(&letter.receipt)
            .send()
            .await
            .map(drop)
            .map_err(|error| self.failed(queue, &error))
    }

    /// Makes a message visible again at once. If that fails, it reappears after the visibility timeout.
    async fn put_back(&self, url: &str, letter: &Letter) -> Result<(), ReplayError> {
        let visible = self.client.change_message_visibility().queue_url(url);
        let visible = visible.receipt_handle(&letter.receipt).visibility_timeout(0);
        match visible.send().await {
            // It has reappeared already.
            Err(SdkError::ServiceError(error))
                if error.err().is_message_not_inflight() || error.err().is_receipt_handle_is_invalid() =>
            {
                Ok(())
            }
            Err(error) => Err(self.failed(letter.queue, &error)),
            Ok(_) => Ok(()),
        }
    }

    pub(crate) fn failed<E>(&self, queue: Queue, error: &SdkError<E>) -> ReplayError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        ReplayError::Queue {
            queue: self.name(queue),
            reason: aws::reason::reason(error),
        }
    }
}

/// The decision about a processed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is finished: delete it.
    Delete,
    /// Keep it.
    Leave,
    /// Keep it and all others.
    Stop,
}
