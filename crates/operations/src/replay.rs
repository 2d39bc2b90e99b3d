//! What is done again: dead letters, pages of months gone by, alerts that were not sent.

use std::time::Duration;

use pipeline::port::StoreError;
use tokio::time::{Instant, sleep_until};

pub mod alert;
pub mod letter;
pub mod look;
pub mod month;
pub mod page;
pub mod record;

mod queues;

pub use queues::{Done, Listing, Queues};

/// Why something could not be done again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A queue of the deployment is not there.
    #[error(
        "there is no queue {0} in this account and region. Is the stage right, and is it deployed there?"
    )]
    NoQueue(String),
    /// A queue could not do what was asked. What was done before stays done.
    #[error("the queue {queue}: {reason}")]
    Queue {
        /// Its name.
        queue: String,
        /// What AWS answered.
        reason: String,
    },
    /// The topics of the deployment are not there.
    #[error(
        "there is no topic {0} in this account and region. Is the stage right, and is it deployed there?"
    )]
    NoTopics(String),
    /// The topics cannot be listed.
    #[error("the topics cannot be listed: {0}")]
    Topics(String),
    /// AWS gave up moving messages.
    #[error("AWS gave up moving messages out of {queue}: {reason}. Run the same again: it moves the rest")]
    Move {
        /// The queue's name.
        queue: String,
        /// Why.
        reason: String,
    },
    /// A table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How fast messages are sent: so many a second at most.
#[derive(Debug)]
pub struct Pace {
    pause: Duration,
    next: Instant,
}

impl Pace {
    /// So many a second; `None` as fast as it goes.
    pub fn of(most_a_second: Option<u32>) -> Self {
        Self {
            pause: most_a_second.map_or(Duration::ZERO, |most| Duration::from_secs(1) / most.max(1)),
            next: Instant::now(),
        }
    }

    /// Waits until the next may be sent.
    pub async fn wait(&mut self) {
        sleep_until(self.next).await;
        self.next = Instant::now().max(self.next) + self.pause;
    }
}
