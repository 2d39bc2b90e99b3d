//! Sends the alerts of the change log.

mod due;
mod unwanted;

use std::io::Write;

use chrono::{DateTime, Utc};
use pipeline::port::{Channel, ChannelError, Clock, StoreError};
use pipeline::{Dispatcher, DueAlert, NotifyError};

use crate::change_log::{ReceivedChange, Retry};
use crate::exec::ExecSink;
use crate::post::MailSink;
use crate::store::SqliteStore;
use crate::terminal::TerminalSink;
use due::due;

pub use unwanted::drop_unwanted;

/// What came of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drained {
    /// How often an alert was sent.
    pub sent: usize,
    /// Why alerts failed, a reason for each change.
    pub failed: Vec<String>,
    /// The reasons of those that no earlier run has reported: first failures, and changes that
    /// became dead letters.
    pub new: Vec<String>,
    /// How many of the failed changes became dead letters. The others are retried.
    pub dead: usize,
}

/// The channels of the watches of this machine.
#[derive(Debug)]
pub struct Channels<'a, W> {
    /// Prints alerts.
    pub terminal: TerminalSink<'a, W>,
    /// Hands alerts to commands.
    pub exec: ExecSink<'a>,
    /// Sends alerts by e-mail.
    pub mail: MailSink<'a>,
}

impl<W: Write> Channels<'_, W> {
    /// All of them, the fastest first, so that a slow channel does not delay the others.
    pub fn fastest_first(&self) -> [&dyn Channel; 3] {
        [&self.terminal, &self.exec, &self.mail]
    }

    /// Sends the alerts of every change in the log to the watches. Drops the failed changes that no watch waits for first.
    ///
    /// # Errors
    /// [`StoreError`] of the database itself.
    pub async fn deliver<C: Clock>(&self, store: &SqliteStore, clock: &C) -> Result<Drained, StoreError> {
        drop_unwanted(store, clock.now()).await?;
        deliver_changes(store, &self.fastest_first(), clock).await
    }
}

/// A change of the log, and the failures of its alerts.
struct Telling {
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

impl Telling {
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
) -> Result<Drained, StoreError> {
    let mut drained = Drained::default();
    // Nothing to send: skip the lock.
    let (Some((first, slower)), Some(_)) = (channels.split_first(), store.receive_change(0, clock.now())?)
    else {
        return Ok(drained);
    };
    let _lock = store.lock_sending()?;
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
        let mut telling = Telling::new(store, change, clock.now()).await;
        drained.sent += telling.send(*first, &dispatcher).await;
        if is_wanted(slower, &telling, &dispatcher).await {
            later.push(telling);
        } else {
            settle(store, clock, telling, &mut finished, &mut drained)?;
        }
        if finished.len() >= FINISHED_AT_ONCE {
            store.finish_changes(&std::mem::take(&mut finished))?;
        }
    }
    store.finish_changes(&std::mem::take(&mut finished))?;
    let Some((last, others)) = slower.split_last() else {
        return Ok(drained);
    };
    for channel in others {
        for telling in &mut later {
            drained.sent += telling.send(*channel, &dispatcher).await;
        }
    }
    for mut telling in later {
        drained.sent += telling.send(*last, &dispatcher).await;
        settle(store, clock, telling, &mut finished, &mut drained)?;
        store.finish_changes(&std::mem::take(&mut finished))?;
    }
    Ok(drained)
}

/// How many changes leave the log in one transaction. Where the process dies before, they are looked at once more, and
/// their marks say what was sent.
const FINISHED_AT_ONCE: usize = 256;

/// Notes a change as finished whose alerts are all sent, and keeps any other in the log, with the reasons.
fn settle<C: Clock>(
    store: &SqliteStore,
    clock: &C,
    telling: Telling,
    finished: &mut Vec<i64>,
    drained: &mut Drained,
) -> Result<(), StoreError> {
    if telling.failures.is_empty() {
        finished.push(telling.change.seq);
        return Ok(());
    }
    // A dead letter is retried for nobody, so a change becomes one only when none of its failures
    // can pass.
    let is_final = telling.failures.iter().all(|failure| failure.is_final);
    let retry = if is_final { Retry::Never } else { telling.retry };
    let mut reasons: Vec<String> = telling
        .failures
        .into_iter()
        .map(|failure| failure.reason)
        .collect();
    reasons.dedup();
    let reason = reasons.join("; ");
    let is_dead = store.fail_change(&telling.change, &reason, retry, clock.now())?;
    drained.dead += usize::from(is_dead);
    if is_dead || telling.change.attempts == 0 {
        drained.new.push(reason.clone());
    }
    drained.failed.push(reason);
    Ok(())
}

/// True if one of these channels has a recipient for an alert of this change.
async fn is_wanted<C: Clock>(
    channels: &[&dyn Channel],
    telling: &Telling,
    dispatcher: &Dispatcher<'_, SqliteStore, C>,
) -> bool {
    for channel in channels {
        for due in &telling.alerts {
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
