//! The notifying stage of one machine: sends the alerts of the change log, as the Lambda `notifier` does on AWS.
//!
//! Excludes the channels, the marks ([`Dispatcher`]) and the table, see `change_log.rs`. Start with [`deliver_changes`].

mod due;
mod unwanted;

use chrono::{DateTime, Utc};
use pipeline::port::{Channel, ChannelError, Clock, StoreError};
use pipeline::{Dispatcher, DueAlert, NotifyError};

use crate::change_log::{ReceivedChange, Retry};
use crate::store::SqliteStore;
use due::due;

pub use unwanted::drop_unwanted;

/// The outcome of sending the alerts of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// The number of times that an alert was sent.
    pub sent: usize,
    /// The reasons of failures, one for each failed change.
    pub failed: Vec<String>,
    /// The reasons of those that no earlier run has reported: first failures, and changes that
    /// became dead letters.
    pub new: Vec<String>,
    /// The number of failed changes that became dead letters. The others are retried.
    pub dead: usize,
}

/// A change of the log, and the failures of its alerts.
struct Notification {
    change: ReceivedChange,
    alerts: Vec<DueAlert>,
    failures: Vec<Failure>,
    /// The time of the next attempt, if retries can succeed.
    retry: Retry,
}

/// The reason why an alert of a change was not sent.
struct Failure {
    reason: String,
    /// True if a retry cannot succeed.
    is_final: bool,
}

impl Notification {
    async fn new(store: &SqliteStore, change: ReceivedChange, now: DateTime<Utc>) -> Self {
        let (mut alerts, mut failures) = (Vec::new(), Vec::new());
        let mut fail = |reason: String, is_final| failures.push(Failure { reason, is_final });
        match &change.record {
            Ok(record) => match due(store, record, change.written_at.min(now)).await {
                Ok(due) => alerts = due,
                Err(error) => fail(error.to_string(), false),
            },
            Err(error) => fail(error.to_string(), true),
        }
        Self {
            change,
            alerts,
            failures,
            retry: Retry::WithBackoff,
        }
    }

    /// Sends the alerts on a channel, and returns how often one was sent.
    async fn send<C: Clock>(
        &mut self,
        channel: &dyn Channel,
        dispatcher: &Dispatcher<'_, SqliteStore, C>,
    ) -> usize {
        let alerts = std::slice::from_ref(&self.alerts);
        let report = dispatcher.send(channel, alerts).await.pop().unwrap_or_default();
        if !report.is_whole() && channel.retries_at_once() {
            self.retry = Retry::NextRun;
        }
        self.failures.extend(report.failures.iter().map(|error| Failure {
            reason: error.to_string(),
            is_final: is_final(error),
        }));
        report.sent
    }
}

fn is_final(error: &NotifyError) -> bool {
    let NotifyError::Channel { error, .. } = error else {
        return false;
    };
    matches!(error, ChannelError::Refused(_))
}

/// Sends the alerts of every change in the log that is due: on the first channel at once, then on each other one. A change
/// that fails does not hold back the others, and is retried.
///
/// # Errors
/// [`StoreError`] of the database itself.
pub async fn deliver_changes<C: Clock>(
    store: &SqliteStore,
    channels: &[&dyn Channel],
    clock: &C,
) -> Result<Delivery, StoreError> {
    let mut delivery = Delivery::default();
    // Nothing to send: skip the lock.
    let (Some((first, slower)), Some(_)) = (channels.split_first(), store.receive_change(0, clock.now())?)
    else {
        return Ok(delivery);
    };
    let _lock = store.lock_sending(clock.now())?;
    let dispatcher = Dispatcher {
        marks: store,
        clock,
        run: None,
    };
    // The changes that slower channels have to send too.
    let mut later = Vec::new();
    let mut finished = Vec::new();
    let mut after = 0;
    while let Some(change) = store.receive_change(after, clock.now())? {
        after = change.seq;
        let mut notification = Notification::new(store, change, clock.now()).await;
        delivery.sent += notification.send(*first, &dispatcher).await;
        if is_wanted(slower, &notification, &dispatcher).await {
            later.push(notification);
        } else {
            settle(store, clock, notification, &mut finished, &mut delivery)?;
        }
        if finished.len() >= FINISHED_AT_ONCE {
            store.finish_changes(&std::mem::take(&mut finished))?;
        }
    }
    store.finish_changes(&std::mem::take(&mut finished))?;
    let Some((last, others)) = slower.split_last() else {
        return Ok(delivery);
    };
    for channel in others {
        for notification in &mut later {
            delivery.sent += notification.send(*channel, &dispatcher).await;
        }
    }
    for mut notification in later {
        delivery.sent += notification.send(*last, &dispatcher).await;
        settle(store, clock, notification, &mut finished, &mut delivery)?;
        store.finish_changes(&std::mem::take(&mut finished))?;
    }
    Ok(delivery)
}

/// The number of changes that leave the log in one transaction. If the process dies before, the next run reads them
/// again, and their marks say which alerts were sent.
const FINISHED_AT_ONCE: usize = 256;

/// Adds a change to `finished` if all its alerts are sent, and keeps any other in the log, with the reasons.
fn settle<C: Clock>(
    store: &SqliteStore,
    clock: &C,
    notification: Notification,
    finished: &mut Vec<i64>,
    delivery: &mut Delivery,
) -> Result<(), StoreError> {
    if notification.failures.is_empty() {
        finished.push(notification.change.seq);
        return Ok(());
    }
    // A dead letter is retried for nobody, so a change becomes one only when none of its failures
    // can pass.
    let is_final = notification.failures.iter().all(|failure| failure.is_final);
    let retry = if is_final {
        Retry::Never
    } else {
        notification.retry
    };
    let mut reasons: Vec<String> = notification
        .failures
        .into_iter()
        .map(|failure| failure.reason)
        .collect();
    reasons.dedup();
    let reason = reasons.join("; ");
    let is_dead = store.fail_change(&notification.change, &reason, retry, clock.now())?;
    delivery.dead += usize::from(is_dead);
    if is_dead || notification.change.attempts == 0 {
        delivery.new.push(reason.clone());
    }
    delivery.failed.push(reason);
    Ok(())
}

/// True if one of these channels has a recipient for an alert of this change.
async fn is_wanted<C: Clock>(
    channels: &[&dyn Channel],
    notification: &Notification,
    dispatcher: &Dispatcher<'_, SqliteStore, C>,
) -> bool {
    for channel in channels {
        for due in &notification.alerts {
            // An error shows again when the alert is sent.
            let waiting = match channel.recipients(&due.alert) {
                Ok(recipients) => dispatcher.waiting(due, recipients).await,
                Err(error) => Err(error),
            };
            if !waiting.is_ok_and(|waiting| waiting.is_empty()) {
                return true;
            }
        }
    }
    false
}
