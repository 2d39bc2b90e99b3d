//! The port through which alerts reach people.
//!
//! A channel says who gets an alert and hands it over. Marks, groups and retries are the business of
//! [`Dispatcher`](crate::Dispatcher).

use std::pin::Pin;

use bulletin::Alert;

use crate::error::StoreError;

/// A recipient of alerts on a channel: a topic, or a watch on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Its name in marks; never an address.
    pub key: String,
    /// Its number on the channel.
    pub handle: i64,
}

/// The reason why an alert was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// It is certain that nothing was sent; it can be retried.
    #[error("the alert was not sent: {0}")]
    NotSent(String),
    /// The recipient refused it permanently: a retry cannot succeed.
    #[error("the alert was not sent: {0}")]
    Refused(String),
    /// It was handed over, and the answer was lost: it may have been sent.
    #[error("the alert may or may not have been sent: {0}")]
    Unknown(String),
    /// The recipients could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The answer of a channel that is called without knowing its type.
pub type Sending<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A way an alert reaches people.
pub trait Channel {
    /// The recipients of an alert; none if nobody wants it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError>;

    /// Sends an alert.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn send_alert<'a>(
        &'a self,
        alert: &'a Alert,
        recipient: &'a Recipient,
    ) -> Sending<'a, Result<(), ChannelError>>;

    /// Sends a group, and answers for each in their order: one that fails does not hold back the others.
    fn send_group<'a>(
        &'a self,
        alerts: &'a [(&'a Alert, &'a Recipient)],
    ) -> Sending<'a, Vec<Result<(), ChannelError>>> {
        Box::pin(async move {
            let mut results = Vec::with_capacity(alerts.len());
            for (alert, recipient) in alerts {
                results.push(self.send_alert(alert, recipient).await);
            }
            results
        })
    }

    /// The most alerts that are handed over before their results are recorded. More than one only where the channel
    /// takes several in one call.
    fn group_size(&self) -> usize {
        1
    }

    /// True if the next run retries at once, without backoff, because sending costs nothing.
    fn retries_at_once(&self) -> bool {
        false
    }
}
