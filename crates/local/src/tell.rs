//! Every alert of the change log to everybody who waits for it, each noted before the next is sent.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Write;

use bulletin::Alert;
use pipeline::Notifier;
use pipeline::port::{AlertSink, Clock, Recipient, SinkError, StoreError};

use crate::exec::ExecSink;
use crate::post::MailSink;
use crate::queue::ReceivedChange;
use crate::store::SqliteStore;
use crate::terminal::TerminalSink;

/// What came of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drained {
    /// How often an alert was sent.
    pub sent: usize,
    /// The changes whose alerts could not be sent, with the reason. They come again.
    pub failed: Vec<String>,
    /// How many of those come no more by themselves, and wait among the dead letters.
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
    drain(store, (sink, &Nobody, &Nobody), clock).await
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

/// Sends the alerts of every change in the log to the watches of this machine: everything that is printed first, then what
/// commands take, then e-mails, so that a way that takes long holds back none that does not.
///
/// # Errors
/// [`StoreError`] of the database itself.
pub async fn drain_to_watches<W: Write, C: Clock>(
    store: &SqliteStore,
    ways: &Ways<'_, W>,
    clock: &C,
) -> Result<Drained, StoreError> {
    drain(store, (&ways.terminal, &ways.exec, &ways.mail), clock).await
}

/// A change of the log, and what went wrong with it so far.
struct Telling {
    change: ReceivedChange,
    failures: Vec<Failure>,
}

/// Why an alert of a change was not sent.
struct Failure {
    reason: String,
    /// Whether trying again by itself is of no use.
    is_final: bool,
}

async fn drain<A: AlertSink, B: AlertSink, D: AlertSink, C: Clock>(
    store: &SqliteStore,
    (first, second, third): (&A, &B, &D),
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
        let mut telling = Telling {
            change,
            failures: Vec::new(),
        };
        tell(store, first, clock, &mut telling, &mut drained).await;
        if is_wanted(store, second, clock, &telling).await || is_wanted(store, third, clock, &telling).await {
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
    // What was refused for good waits with what was not: a dead letter is tried no more, for nobody.
    let is_final = telling.failures.iter().all(|failure| failure.is_final);
    let mut reasons: Vec<String> = telling
        .failures
        .into_iter()
        .map(|failure| failure.reason)
        .collect();
    reasons.dedup();
    let reason = reasons.join("; ");
    if store.fail_change(&telling.change, &reason, is_final, clock.now())? {
        drained.dead += 1;
    }
    drained.failed.push(reason);
    Ok(())
}

/// Whether anybody on this way waits for an alert of this change.
async fn is_wanted<Sink: AlertSink, C: Clock>(
    store: &SqliteStore,
    sink: &Sink,
    clock: &C,
    telling: &Telling,
) -> bool {
    let Ok(record) = &telling.change.record else {
        return false;
    };
    let notifier = Notifier { store, sink, clock };
    // What cannot be known is found out by telling.
    let Ok(alerts) = notifier.alerts(record).await else {
        return true;
    };
    for alert in &alerts {
        if sink
            .recipients(alert)
            .await
            .is_ok_and(|recipients| recipients.is_empty())
        {
            continue;
        }
        return true;
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
    let record = match &telling.change.record {
        Ok(record) => record,
        // Said once, not on every way.
        Err(_) if !telling.failures.is_empty() => return,
        Err(error) => {
            telling.failures.push(Failure {
                reason: error.to_string(),
                is_final: true,
            });
            return;
        }
    };
    let mut position = 0;
    let known = RefCell::default();
    loop {
        let turn = Turn {
            sink,
            known: &known,
            position,
            seen: Cell::new(0),
            tried: RefCell::new(None),
        };
        let notifier = Notifier {
            store,
            sink: &turn,
            clock,
        };
        match notifier.notify(record).await {
            Ok(notified) => drained.sent += notified.sent,
            Err(error) => {
                let tried = turn.tried.take();
                telling.failures.push(Failure {
                    reason: error.to_string(),
                    is_final: tried.is_some_and(|(alert, recipient)| {
                        matches!(store.refusal(&alert, &recipient), Ok(Some(_)))
                    }),
                });
            }
        }
        position += 1;
        if position >= turn.seen.get() {
            return;
        }
    }
}

/// One receiver of a change: the one at this position among all that its alerts have on a way.
struct Turn<'a, Sink> {
    sink: &'a Sink,
    /// Who waits for each alert, by its id: asked once for all turns of a change, or many receivers would take the square
    /// of their number.
    known: &'a RefCell<BTreeMap<String, Vec<Recipient>>>,
    position: usize,
    /// How many there are.
    seen: Cell<usize>,
    /// What was sent, by its id, and to whom.
    tried: RefCell<Option<(String, Recipient)>>,
}

impl<Sink: AlertSink> AlertSink for Turn<'_, Sink> {
    async fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let id = alert.id().to_string();
        if !self.known.borrow().contains_key(&id) {
            let recipients = self.sink.recipients(alert).await?;
            self.known.borrow_mut().insert(id.clone(), recipients);
        }
        let known = self.known.borrow();
        let recipients = known.get(&id).map_or(&[][..], Vec::as_slice);
        let before = self.seen.get();
        self.seen.set(before + recipients.len());
        let own = self.position.checked_sub(before);
        Ok(own
            .and_then(|index| recipients.get(index))
            .cloned()
            .into_iter()
            .collect())
    }

    async fn send(&self, alert: &Alert, recipient: &Recipient) -> Result<(), SinkError> {
        *self.tried.borrow_mut() = Some((alert.id().to_string(), recipient.clone()));
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
