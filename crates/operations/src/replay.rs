//! Replays dead letters, pages of past months, and alerts that were not sent. Start with the module of each:
//! [`letter`], [`page`], [`month`], [`record`] and [`alert`].

use std::time::Duration;

use pipeline::port::StoreError;
use tokio::time::{Instant, sleep_until};

pub mod alert;
#[cfg(feature = "aws")]
pub mod letter;
#[cfg(feature = "aws")]
pub mod look;
pub mod month;
#[cfg(feature = "aws")]
pub mod page;
#[cfg(feature = "aws")]
pub mod record;

#[cfg(feature = "aws")]
mod queues;
#[cfg(feature = "aws")]
mod topic;

#[cfg(feature = "aws")]
pub use {
    queues::{Done, Listing, Queues},
    topic::topics,
};

/// The reason why a replay failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A queue of the deployment does not exist.
    #[error("the queue {0} does not exist in this account and region. Check --stage, --region and --profile")]
    NoQueue(String),
    /// A queue failed. The messages replayed until then stay replayed.
    #[error("the queue {queue}: {reason}")]
    Queue {
        /// The name of the queue.
        queue: String,
        /// The response of AWS.
        reason: String,
    },
    /// The topics of the deployment do not exist.
    #[error("the topic {0} does not exist in this account and region. Check --stage, --region and --profile")]
    NoTopics(String),
    /// The topics cannot be listed.
    #[error("the topics cannot be listed: {0}")]
    Topics(String),
    /// AWS gave up moving messages.
    #[error(
        "AWS stopped moving messages out of {queue}: {reason}. Run the same command again to move the rest"
    )]
    Move {
        /// The name of the queue.
        queue: String,
        /// The reason.
        reason: String,
    },
    /// A table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A rate limit for sending messages.
#[derive(Debug)]
pub struct Pace {
    pause: Duration,
    next: Instant,
}

impl Pace {
    /// A rate in messages per second; `None` for no limit.
    pub fn of(most_a_second: Option<u32>) -> Self {
        Self {
            pause: most_a_second.map_or(Duration::ZERO, |most| Duration::from_secs(1) / most.max(1)),
            next: Instant::now(),
        }
    }

    /// Waits until the next message may be sent.
    pub async fn wait(&mut self) {
        sleep_until(self.next).await;
        self.next = Instant::now().max(self.next) + self.pause;
    }
}
