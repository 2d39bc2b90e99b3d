//! The whole pipeline on an emulator: tables, queues, topics, the compiled Lambdas, and the pollers that AWS
//! runs between them. Start at [`Deployment`].

mod content;
mod created;
mod received;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration as Wait;

use aws::config::Tables;
use aws_sdk_sqs::types::QueueAttributeName;
use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::event::{failures, message_event, passes_filter, record_event, sequence};
use crate::lambda::Lambda;
use crate::site::Site;
use crate::table::{self, StreamReader};
use created::{arn, queue, topics};

/// The number of deliveries of a message before it is dead-lettered.
pub const MAX_RECEIVES: usize = 3;
/// The time for which a stream record is retried.
const MAX_AGE: Duration = Duration::hours(6);
/// The size of a batch of stream records.
const BATCH: usize = 50;
/// The time that passes until a failed record is retried. Real pollers are quicker; an alert whose answer was
/// lost is not resent before five minutes have passed anyway.
const RETRY_AFTER: Duration = Duration::minutes(6);

/// The delivery of messages and records.
#[derive(Debug, Default)]
pub struct Delivery {
    /// Delivers each message and record twice, in random order.
    pub twice_and_shuffled: Option<Rng>,
    /// Also delivers records that the event source's filter would reject.
    pub unfiltered: bool,
}

/// A planned kill of a Lambda, checked every millisecond while the Lambda handles an event.
pub struct Death {
    /// The name of the Lambda.
    pub of: &'static str,
    /// True to kill it now, while it handles this event.
    pub when: Box<dyn FnMut(&Value) -> bool>,
}

impl fmt::Debug for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a death of {}", self.of)
    }
}

/// A record that was given up. AWS reports only its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// The sequence number.
    pub sequence: String,
}

/// The pipeline on an emulator.
#[derive(Debug)]
pub struct Deployment {
    /// The stage in the names of the tables, queues and topics, as in a deployment by the template.
    pub stage: String,
    /// The names of the tables.
    pub tables: Tables,
    /// A client of the tables that bypasses the proxy.
    pub dynamo: aws_sdk_dynamodb::Client,
    /// A client of the queues that bypasses the proxy.
    pub sqs: aws_sdk_sqs::Client,
    /// The queue of pages.
    pub pages: String,
    /// The dead-letter queue of pages.
    pub dead_pages: String,
    /// The dead-letter queue of invalid records.
    pub dead_records: String,
    /// The queue to which the event source on AWS sends the positions of records that it gave up.
    pub dead_positions: String,
    /// The stream records that were given up.
    pub given_up: Vec<GivenUp>,
    /// The delivery of messages and records.
    pub delivery: Delivery,
    /// The planned kill of a Lambda, if any.
    pub death: Option<Death>,
    /// The number of killed invocations.
    pub deaths: usize,
    /// The time limit of one invocation.
    pub timeout: Wait,
    subscriber: String,
    stream: StreamReader,
    backlog: Vec<(DateTime<Utc>, Value)>,
    environment: BTreeMap<&'static str, String>,
    lambdas: HashMap<&'static str, Lambda>,
    now: DateTime<Utc>,
}

impl Deployment {
    /// Creates all resources, and a subscriber to every alert. The Lambdas call AWS at `endpoint`.
    ///
    /// # Panics
    /// If a resource cannot be created.
    pub async fn new(emulator: &Emulator, endpoint: String, site: &Site) -> Self {
        let config = emulator.config();
        let dynamo = aws_sdk_dynamodb::Client::new(&config);
        let sqs = aws_sdk_sqs::Client::new(&config);
        let (tables, stream) = table::create(&dynamo).await;
        let stage = tables.data.trim_start_matches("VisaBulletinData-").to_owned();
        let name = |ending: &str| format!("VisaBulletin-{stage}-{ending}");
        let dead_pages = queue(&sqs, &name("refused-pages"), None).await;
        let pages = queue(&sqs, &name("pages"), Some(&dead_pages)).await;
        let dead_records = queue(&sqs, &name("unread-records"), None).await;
        let dead_positions = queue(&sqs, &name("given-up-records"), None).await;
        let subscriber = queue(&sqs, &name("subscriber"), None).await;
        // Received messages stay invisible, which saves deleting them.
        let longest = sqs.set_queue_attributes().queue_url(&subscriber);
        let longest = longest.attributes(QueueAttributeName::VisibilityTimeout, "43200");
        longest.send().await.expect("set");
        let topics = topics(
            &aws_sdk_sns::Client::new(&config),
            &name("alerts"),
            &arn(&sqs, &subscriber).await,
        )
        .await;
        let environment = BTreeMap::from([
            ("AWS_ENDPOINT_URL", endpoint),
            ("DATA_TABLE", tables.data.clone()),
            ("LINKS_TABLE", tables.links.clone()),
            ("MARKS_TABLE", tables.marks.clone()),
            ("QUEUE_URL", pages.clone()),
            ("DEAD_RECORDS_URL", dead_records.clone()),
            ("TOPIC_PREFIX", topics),
            ("SOURCE_HOSTS", site.hosts().join(",")),
            ("SOURCE_CONTACT", "operator@example.com".to_owned()),
        ]);
        Self {
            stream: StreamReader::new(&config, &stream),
            stage,
            tables,
            dynamo,
            sqs,
            pages,
            dead_pages,
            dead_records,
            dead_positions,
            given_up: Vec::new(),
            delivery: Delivery::default(),
            death: None,
            deaths: 0,
            timeout: Wait::from_secs(60),
            subscriber,
            backlog: Vec::new(),
            environment,
            lambdas: HashMap::new(),
            now: Utc::now(),
        }
    }

    /// The instant that the clocks of the Lambdas show.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Sets the clocks of the Lambdas. This restarts them, as AWS does between days.
    pub fn set_clock(&mut self, now: DateTime<Utc>) {
        self.now = now;
        self.lambdas.clear();
    }

    /// Invokes a Lambda with an event.
    ///
    /// # Errors
    /// The Lambda's error answer.
    pub fn invoke(&mut self, name: &'static str, event: &Value) -> Result<Value, String> {
        let (now, environment, timeout) = (self.now.to_rfc3339(), &self.environment, self.timeout);
        let lambda = self.lambdas.entry(name).or_insert_with(|| {
            let mut variables: Vec<(&str, &str)> = environment
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            variables.push(("AS_OF", &now));
            Lambda::start(name, &variables, timeout)
        });
        let mut death = self.death.as_mut().filter(|death| death.of == name);
        let mut killed = false;
        let result = lambda.invoke_until(event, || {
            killed = death.as_mut().is_some_and(|death| (death.when)(event));
            killed
        });
        self.deaths += usize::from(killed);
        if result.is_err() {
            // AWS restarts a Lambda that timed out or died.
            self.lambdas.remove(name);
        }
        result
    }

    /// Invokes the fetcher as the schedule does, and runs the queue and the stream until nothing is left to
    /// deliver.
    ///
    /// # Panics
    /// If the fetcher fails five times.
    pub async fn look(&mut self) {
        let event = json!({"version": "0", "detail-type": "Scheduled Event", "source": "aws.scheduler"});
        // The schedule retries a failed fetcher.
        let looked = (0..5).any(|_| self.invoke("fetcher", &event).is_ok());
        assert!(looked, "the fetcher fails again and again");
        self.drain_pages().await;
        self.drain_stream().await;
    }

    /// Delivers every message of the queue to the parser, as AWS's poller does: a failed message is
    /// redelivered and finally dead-lettered.
    ///
    /// # Panics
    /// If the queue cannot be read, or never empties.
    pub async fn drain_pages(&mut self) {
        for _ in 0..100 {
            let received = self
                .sqs
                .receive_message()
                .queue_url(&self.pages)
                .max_number_of_messages(10)
                .message_attribute_names("All")
                .send()
                .await
                .expect("messages");
            let mut messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                return;
            }
            if let Some(rng) = &mut self.delivery.twice_and_shuffled {
                rng.shuffle(&mut messages);
            }
            let event = json!({"Records": messages.iter().map(message_event).collect::<Vec<_>>()});
            let mut result = self.invoke("parser", &event);
            if self.delivery.twice_and_shuffled.is_some() {
                result = self.invoke("parser", &event);
            }
            let failed: Option<Vec<String>> = result.ok().map(|answer| failures(&answer));
            for message in &messages {
                let id = message.message_id.clone().unwrap_or_default();
                let receipt = message.receipt_handle.clone().unwrap_or_default();
                if failed.as_ref().is_some_and(|failed| !failed.contains(&id)) {
                    let delete = self.sqs.delete_message().queue_url(&self.pages);
                    delete.receipt_handle(receipt).send().await.expect("deleted");
                } else {
                    // End its visibility timeout now.
                    let again = self.sqs.change_message_visibility().queue_url(&self.pages);
                    let again = again.receipt_handle(receipt).visibility_timeout(0);
                    again.send().await.expect("visible again");
                }
            }
        }
        panic!("the queue never empties");
    }

    /// Delivers every stream record to the notifier by AWS's rules: in batches, with retries from the first
    /// failed record on, with a batch that fails as a whole halved, and each record for six hours at most.
    ///
    /// # Panics
    /// If the stream cannot be read.
    pub async fn drain_stream(&mut self) {
        self.pull_stream().await;
        let mut size = BATCH;
        while !self.backlog.is_empty() {
            if !self.give_batch(&mut size) {
                self.set_clock(self.now + RETRY_AFTER);
                let give_up = |written: DateTime<Utc>| self.now - written >= MAX_AGE;
                let (old, young) = std::mem::take(&mut self.backlog)
                    .into_iter()
                    .partition(|(written, _)| give_up(*written));
                self.backlog = young;
                let old: Vec<(DateTime<Utc>, Value)> = old;
                let old = old.iter().map(|(_, record)| GivenUp {
                    sequence: sequence(record),
                });
                self.given_up.extend(old);
            }
        }
    }

    /// Reads the new records of the stream.
    async fn pull_stream(&mut self) {
        let records = self.stream.read().await;
        let mut records: Vec<Value> = records
            .iter()
            .map(record_event)
            .filter(|record| self.delivery.unfiltered || passes_filter(record))
            .collect();
        if let Some(rng) = &mut self.delivery.twice_and_shuffled {
            records.extend(records.clone());
            rng.shuffle(&mut records);
        }
        let now = self.now;
        self.backlog
            .extend(records.into_iter().map(|record| (now, record)));
    }

    /// Delivers the next batch to the notifier. True if it made progress.
    fn give_batch(&mut self, size: &mut usize) -> bool {
        let batch: Vec<Value> = self
            .backlog
            .iter()
            .take(*size)
            .map(|(_, record)| record.clone())
            .collect();
        match self.invoke("notifier", &json!({ "Records": batch })) {
            Ok(answer) => {
                let failed = failures(&answer);
                let lowest = batch.iter().position(|record| failed.contains(&sequence(record)));
                self.backlog.drain(..lowest.unwrap_or(batch.len()));
                *size = BATCH;
                lowest.is_none()
            }
            Err(_) => {
                *size = (batch.len() / 2).max(1);
                false
            }
        }
    }

    /// The number of waiting stream records.
    pub fn waiting(&self) -> usize {
        self.backlog.len()
    }

    /// Removes the waiting stream records, so that the notifier never gets them.
    ///
    /// # Panics
    /// If the stream cannot be read.
    pub async fn take_records(&mut self) -> Vec<Value> {
        self.pull_stream().await;
        let records = std::mem::take(&mut self.backlog);
        records.into_iter().map(|(_, record)| record).collect()
    }

    /// Runs one round of the stream's poller, and ignores its result.
    ///
    /// # Panics
    /// If the stream cannot be read.
    pub async fn poll_stream_once(&mut self) {
        self.pull_stream().await;
        let mut size = BATCH;
        self.give_batch(&mut size);
    }
}
