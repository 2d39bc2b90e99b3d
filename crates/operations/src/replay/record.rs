//! Records of the stream that the notifier did not understand, or gave up.

use std::collections::BTreeSet;

use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::Notifier;
use pipeline::port::{AlertSink, BulletinStore, Clock, StoreError, present_month};

use crate::Store;
use crate::deployment::Queue;
use crate::replay::letter::{About, Letter};
use crate::replay::queues::Done;
use crate::replay::{Queues, ReplayError};

/// What came of the records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// How many are done with and deleted.
    pub done: usize,
    /// How often an alert was sent.
    pub sent: usize,
    /// How often one had been sent before.
    pub sent_before: usize,
    /// What each of the others is about, and why it stays.
    pub left: Vec<(String, String)>,
}

impl Queues {
    /// Hands records that could not be understood to the stage that notifies once more, under the marks, and deletes those
    /// that it is done with. What was due when a record came is sent, though its month may be over by now.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn tell_unread<Sink: AlertSink>(
        &self,
        letters: &[Letter],
        notifier: &Notifier<'_, Store, Sink, impl Clock>,
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
                // A month that is over by now was not when the record came.
                let came = [record.written_at, letter.sent_at];
                let then = Notifier {
                    store: notifier.store,
                    sink: notifier.sink,
                    clock: &At(came.into_iter().flatten().fold(notifier.clock.now(), Ord::min)),
                };
                let alerts = then.alerts(&change).await?;
                let mut failed = None;
                for result in notifier.send_alerts(&alerts).await {
                    match result {
                        Ok(notified) => {
                            told.sent += notified.sent;
                            told.sent_before += notified.sent_before;
                        }
                        Err(error) => failed = Some(error.to_string()),
                    }
                }
                failed.map_or(Ok(Done::Delete), leave)
            })
            .await?;
        told.done = done;
        Ok(told)
    }
}

/// An instant that has passed.
#[derive(Debug)]
struct At(DateTime<Utc>);

impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// The months whose alerts may be among records that were given up: every one that was not over when the first was written.
/// `None` where a letter does not say when that was.
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
    let from = present_month(first);
    let months = store.months().await?;
    Ok(Some(months.into_iter().filter(|month| *month >= from).collect()))
}
