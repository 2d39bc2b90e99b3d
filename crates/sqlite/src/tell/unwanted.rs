//! Failed changes that no watch waits for any more, because the watch was removed.

use bulletin::Alert;
use chrono::{DateTime, Utc};
use pipeline::port::{AlertSink, Recipient, SinkError, StoreError};
use pipeline::{DueAlert, mark};

use super::due::{due, recipients};
use crate::store::SqliteStore;
use crate::terminal::printed_for_nobody;

/// Removes the failed changes, dead letters among them, whose alerts no watch waits for. Without
/// any watch left, the summary of a bulletin is printed as for a machine that never had one.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_unwanted(store: &SqliteStore, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut unwanted = Vec::new();
    for change in store.failed_changes()? {
        // An unreadable record may ask for any alert.
        let Ok(record) = &change.record else { continue };
        let Ok(alerts) = due(store, record, change.written_at.min(now)).await else {
            continue;
        };
        if is_undelivered(store, &alerts, &Watches(store)).await? {
            continue;
        }
        if is_undelivered(store, &alerts, &NoWatches(store)).await? {
            // It is due at once already if it was the printing that failed, and is counted on.
            if store.is_put_off(change.seq, now)? {
                store.renew_change(change.seq, now)?;
            }
            continue;
        }
        unwanted.push(change.seq);
    }
    store.finish_changes(&unwanted)
}

/// True if one of the alerts has a recipient on this channel that did not get it.
async fn is_undelivered<Sink: AlertSink>(
    store: &SqliteStore,
    alerts: &[DueAlert],
    sink: &Sink,
) -> Result<bool, StoreError> {
    for due in alerts {
        for recipient in recipients(store, sink, due).await? {
            if !store.is_sent(&mark(&due.alert.id(), &recipient))? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Every watch, on whatever channel. Nothing is sent.
struct Watches<'a>(&'a SqliteStore);

impl AlertSink for Watches<'_> {
    async fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let watches = self.0.watches()?;
        let wanted = watches.iter().filter(|watch| watch.kind.wants(alert));
        Ok(wanted.map(crate::watch::Watch::recipient).collect())
    }

    async fn send(&self, _: &Alert, _: &Recipient) -> Result<(), SinkError> {
        Err(SinkError::NotSent("not a channel".into()))
    }
}

/// The terminal of a machine without watches. Nothing is sent.
struct NoWatches<'a>(&'a SqliteStore);

impl AlertSink for NoWatches<'_> {
    async fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        Ok(printed_for_nobody(&self.0.watches()?, alert)
            .into_iter()
            .collect())
    }

    async fn send(&self, _: &Alert, _: &Recipient) -> Result<(), SinkError> {
        Err(SinkError::NotSent("not a channel".into()))
    }
}
