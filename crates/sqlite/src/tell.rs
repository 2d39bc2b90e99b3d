//! Every alert of the change log to everybody who waits for it, each noted before the next is sent.

mod due;
mod unwanted;

use std::cell::Cell;
use std::io::Write;

use bulletin::Alert;
use chrono::{DateTime, Utc};
use pipeline::port::{AlertSink, Clock, Recipient, SinkError, StoreError};
use pipeline::{DueAlert, Notifier};

use crate::change_log::{ReceivedChange, Retry};
use crate::exec::ExecSink;
use crate::post::MailSink;
use crate::store::SqliteStore;
use crate::terminal::TerminalSink;
use due::{due, recipients};

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

/// Sends the alerts of every change in the log. One that fails does not hold back the others, and comes again.
///
/// # Errors
/// [`StoreError`] of the database itself.
pub async fn drain_changes<Sink: AlertSink, C: Clock>(
    store: &SqliteStore,
    sink: &Sink,
    clock: &C,
) -> Result<Drained, StoreError> {
    drain(store, (sink, &Nobody, &Nobody), Retry::WithBackoff, clock).await
}

/// The ways on which the watches of this machine are told.
#[derive(Debug)]
pub struct Ways<'a, W> {
    /// What is printed.
    pub terminal: TerminalSink<'a, W>,
    /// What is handed to commands.
    pub exec: ExecSink<'a>,
    /// What is sent by e-mail.
    pub mail: MailSink<'a>,
}

/// Sends the alerts of every change in the log to the watches of this machine: everything that is
/// printed first, then what commands take, then e-mails, so that a way that takes long holds back
/// none that does not. Failed changes that no watch waits for any more are dropped first.
///
/// # Errors
/// [`StoreError`] of the database itself.
pub async fn drain_to_watches<W: Write, C: Clock>(
    store: &SqliteStore,
    ways: &Ways<'_, W>,
    clock: &C,
) -> Result<Drained, StoreError> {
    drop_unwanted(store, clock.now()).await?;
    // Printing costs nothing, so that what could not be printed is due again at once.
    drain(
        store,
        (&ways.terminal, &ways.exec, &ways.mail),
        Retry::NextRun,
        clock,
    )
    .await
}

/// A change of the log, and what went wrong with it so far.
struct Telling {
    change: ReceivedChange,
    alerts: Vec<DueAlert>,
    failures: Vec<Failure>,
    /// When it is tried again, if retries can succeed.
    retry: Retry,
}

/// Why an alert of a change was not sent.
struct Failure {
    reason: String,
    /// Whether trying again by itself is of no use.
    is_final: bool,
}

impl Telling {
    /// What is to be told of this change.
    async fn of(store: &SqliteStore, change: ReceivedChange, now: DateTime<Utc>) -> Self {
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
}

async fn drain<A: AlertSink, B: AlertSink, D: AlertSink, C: Clock>(
    store: &SqliteStore,
    (first, second, third): (&A, &B, &D),
    retry_of_first: Retry,
    clock: &C,
) -> Result<Drained, StoreError> {
    // Where nothing waits, nobody is waited for.
    if store.receive_change(0, clock.now())?.is_none() {
        return Ok(Drained::default());
    }
    let _lock = store.lock_sending()?;
    let mut drained = Drained::default();
    // What the slower ways are to be told too.
    let mut later = Vec::new();
    let mut finished = Vec::new();
    let mut after = 0;
    while let Some(change) = store.receive_change(after, clock.now())? {
        after = change.seq;
        let mut telling = Telling::of(store, change, clock.now()).await;
        let failures = telling.failures.len();
        tell(store, first, clock, &mut telling, &mut drained).await;
        if telling.failures.len() > failures {
            telling.retry = retry_of_first;
        }
        if is_wanted(store, second, &telling).await || is_wanted(store, third, &telling).await {
            later.push(telling);
        } else {
            settle(store, clock, telling, &mut finished, &mut drained)?;
        }
        if finished.len() >= FINISHED_AT_ONCE {
            store.finish_changes(&finished)?;
            finished.clear();
        }
    }
    store.finish_changes(&finished)?;
    finished.clear();
    for telling in &mut later {
        tell(store, second, clock, telling, &mut drained).await;
    }
    for mut telling in later {
        tell(store, third, clock, &mut telling, &mut drained).await;
        settle(store, clock, telling, &mut finished, &mut drained)?;
        store.finish_changes(&finished)?;
        finished.clear();
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

/// Whether anybody on this way waits for an alert of this change.
async fn is_wanted<Sink: AlertSink>(store: &SqliteStore, sink: &Sink, telling: &Telling) -> bool {
    for alert in &telling.alerts {
        // What cannot be known is found out by telling.
        let recipients = recipients(store, sink, alert).await;
        if !recipients.is_ok_and(|recipients| recipients.is_empty()) {
            return true;
        }
    }
    false
}

/// Tells a change on this way, one receiver after the other: what one was sent is noted before the next is.
async fn tell<Sink: AlertSink, C: Clock>(
    store: &SqliteStore,
    sink: &Sink,
    clock: &C,
    telling: &mut Telling,
    drained: &mut Drained,
) {
    let mut fail = |reason: String, is_final| telling.failures.push(Failure { reason, is_final });
    for due in &telling.alerts {
        let recipients = match recipients(store, sink, due).await {
            Ok(recipients) => recipients,
            Err(error) => {
                fail(error.to_string(), false);
                continue;
            }
        };
        for recipient in &recipients {
            let turn = Turn {
                sink,
                recipient,
                is_tried: Cell::new(false),
            };
            let notifier = Notifier {
                store,
                sink: &turn,
                clock,
            };
            for result in notifier.send_alerts(std::slice::from_ref(&due.alert)).await {
                match result {
                    Ok(notified) => drained.sent += notified.sent,
                    Err(error) => {
                        let id = due.alert.id().to_string();
                        let is_final =
                            turn.is_tried.get() && matches!(store.refusal(&id, recipient), Ok(Some(_)));
                        fail(error.to_string(), is_final);
                    }
                }
            }
        }
    }
}

/// One receiver of an alert, among all that it has on a way.
struct Turn<'a, Sink> {
    sink: &'a Sink,
    recipient: &'a Recipient,
    /// Whether the alert was handed over.
    is_tried: Cell<bool>,
}

impl<Sink: AlertSink> AlertSink for Turn<'_, Sink> {
    async fn recipients(&self, _: &Alert) -> Result<Vec<Recipient>, StoreError> {
        Ok(vec![self.recipient.clone()])
    }

    async fn send(&self, alert: &Alert, recipient: &Recipient) -> Result<(), SinkError> {
        self.is_tried.set(true);
        self.sink.send(alert, recipient).await
    }
}

/// A way on which nobody waits.
pub(crate) struct Nobody;

impl AlertSink for Nobody {
    async fn recipients(&self, _: &Alert) -> Result<Vec<Recipient>, StoreError> {
        Ok(Vec::new())
    }

    async fn send(&self, _: &Alert, _: &Recipient) -> Result<(), SinkError> {
        Ok(())
    }
}
