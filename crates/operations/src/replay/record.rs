//! Replays stream records that the notifier could not parse or gave up. Start with [`Queues::tell_unread`].

use std::collections::BTreeSet;

use bulletin::{Alert, Month};
use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, Channel, Clock, StoreError};
use pipeline::{Notifier, alerts_of, is_finished, standings_for, summary};

use crate::Store;
use crate::deployment::Queue;
use crate::replay::alert::unsent;
use crate::replay::letter::{About, Letter};
use crate::replay::queues::Done;
use crate::replay::{Queues, ReplayError};

/// The outcome for the records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The number of finished, deleted records.
    pub done: usize,
    /// The number of alerts sent.
    pub sent: usize,
    /// The number of alerts that had been sent before.
    pub sent_before: usize,
    /// The number of alerts that were not sent because a correction came after them: they are wrong by now, and the
    /// correction has a separate record and mark.
    pub overtaken: usize,
    /// The subject of each remaining record, and the reason why it stays.
    pub left: Vec<(String, String)>,
}

impl Queues {
    /// Passes records that could not be parsed to the notifier again, under the marks, and deletes those that are
    /// finished. Alerts that were due when a record arrived are sent even if their month is over by now. Alerts
    /// overtaken by a correction are not sent; a record whose alerts can no longer be derived from the standings
    /// stays.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn tell_unread<Ch: Channel>(
        &self,
        letters: &[Letter],
        notifier: &Notifier<'_, Store, Ch, impl Clock>,
    ) -> Result<Told, ReplayError> {
        let mut told = Told::default();
        let done = self
            .each(Queue::UnreadRecords, letters, async |letter| {
                let mut leave = |reason: String| {
                    told.left.push((letter.about.to_string(), reason));
                    Ok(Done::Leave)
                };
                let About::Record { record, .. } = &letter.about else {
                    return leave("it is no record of a stream".into());
                };
                let record = match aws::stream::read(record) {
                    Ok(record) => record,
                    Err(error) => return leave(error.to_string()),
                };
                let Some(change) = record.change else {
                    return Ok(Done::Delete);
                };
                // A month that is finished by now was not when the record came.
                let came = [record.written_at, letter.sent_at];
                let came = came.into_iter().flatten().fold(notifier.clock.now(), Ord::min);
                let standings = standings_for(notifier.store, &change, came).await?;
                let mut alerts = alerts_of(&change, came, &standings);
                if alerts.is_empty() {
                    alerts.extend(summary(&change, came, &standings).map(Alert::Bulletin));
                }
                let mut failed = None;
                let mut due = Vec::new();
                for alert in alerts {
                    match fate(notifier.store, &alert).await? {
                        Fate::Overtaken => told.overtaken += 1,
                        Fate::Due => due.push(alert),
                        Fate::Nothing => {}
                        Fate::Gone(reason) => {
                            let one = std::slice::from_ref(&alert);
                            if unsent(notifier.store, notifier.channel, one).await?.is_empty() {
                                told.sent_before += 1;
                            } else {
                                failed = Some(reason);
                            }
                        }
                    }
                }
                let notified = notifier.dispatcher().send_alerts(notifier.channel, &due).await;
                told.sent += notified.sent;
                told.sent_before += notified.sent_before;
                if let Some(error) = notified.failures.last() {
                    failed = Some(error.to_string());
                }
                failed.map_or(Ok(Done::Delete), leave)
            })
            .await?;
        told.done = done;
        Ok(told)
    }
}

/// The decision about an alert whose record is handled long after it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// It is sent.
    Due,
    /// A correction came after it.
    Overtaken,
    /// It reports nothing: there is no earlier value that could have moved.
    Nothing,
    /// Its content or validity can no longer be derived from the standings.
    Gone(String),
}

/// Decides about this alert from stored data.
async fn fate(store: &Store, alert: &Alert) -> Result<Fate, StoreError> {
    let month = alert.month();
    let corrections = async || {
        let record = store.record(month).await?;
        Ok::<u32, StoreError>(record.map_or(0, |record| record.revision))
    };
    match alert {
        Alert::Bulletin(summary) => {
            if corrections().await? > summary.revision {
                return Ok(Fate::Overtaken);
            }
            let later = store.months().await?.into_iter().filter(|later| *later > month);
            Ok(match later.count() {
                0 | 1 if summary.changes.is_empty() => Fate::Nothing,
                0 | 1 => Fate::Due,
                _ => Fate::Gone(format!(
                    "two later bulletins are stored, so the message about the whole bulletin of {} cannot be made of it \
                     any more. `bulletin replay --alerts --months {month}` makes it of what is stored and sends it; run \
                     this again then, or delete the message",
                    month.title()
                )),
            })
        }
        Alert::Case(alert) => {
            let change = &alert.change;
            let standings = store.standings_of(|case| case == change.case).await?;
            let entry = standings.iter().find_map(|stored| stored.standing.entry(month));
            Ok(match entry {
                Some(entry) if entry.revision > change.revision => Fate::Overtaken,
                Some(_) => Fate::Due,
                // No case is corrected more often than its bulletin.
                None if corrections().await? <= change.revision => Fate::Due,
                None => Fate::Gone(format!(
                    "two later bulletins are stored, and the one of {} was corrected, so it is not known whether this \
                     still holds. `bulletin replay --alerts --months {month}` sends what holds and was not sent; delete \
                     the message then",
                    month.title()
                )),
            })
        }
    }
}

/// The months whose alerts may be among the given-up records: every month that was not over when the first record
/// was written. `None` if a message does not have that time.
///
/// # Errors
/// [`StoreError`].
pub async fn months_given_up(
    store: &Store,
    letters: &[Letter],
) -> Result<Option<BTreeSet<Month>>, StoreError> {
    let first: Option<Vec<DateTime<Utc>>> = letters
        .iter()
        .map(|letter| match letter.about {
            About::Positions { from, .. } => from,
            _ => None,
        })
        .collect();
    let Some(first) = first.and_then(|instants| instants.into_iter().min()) else {
        return Ok(None);
    };
    let months = store.months().await?;
    Ok(Some(
        months
            .into_iter()
            .filter(|month| !is_finished(*month, first))
            .collect(),
    ))
}
