//! Removes failed changes that no watch waits for any more, because the watch was removed. Start with [`drop_unwanted`].

use bulletin::Alert;
use chrono::{DateTime, Utc};
use pipeline::port::{Recipient, StoreError, SystemClock};
use pipeline::{Dispatcher, DueAlert};

use super::due::due;
use crate::store::SqliteStore;
use crate::watch::{Watch, recipient_without_watches};

/// Removes the failed changes, dead letters among them, whose alerts no watch waits for. Without
/// any watch left, the summary of a bulletin is printed as for a machine that never had one.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_unwanted(store: &SqliteStore, now: DateTime<Utc>) -> Result<(), StoreError> {
    let watches = store.watches()?;
    let of_watches = |alert: &Alert| {
        let wanted = watches.iter().filter(|watch| watch.kind.wants(alert));
        wanted.map(Watch::recipient).collect()
    };
    let of_nobody = |alert: &Alert| Vec::from_iter(recipient_without_watches(&watches, alert));
    let mut unwanted = Vec::new();
    for change in store.failed_changes()? {
        // An unreadable record may ask for any alert.
        let Ok(record) = &change.record else { continue };
        let Ok(alerts) = due(store, record, change.written_at.min(now)).await else {
            continue;
        };
        if is_undelivered(store, &alerts, of_watches).await? {
            continue;
        }
        if is_undelivered(store, &alerts, of_nobody).await? {
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

/// True if one of the alerts has a recipient that did not get it.
async fn is_undelivered(
    store: &SqliteStore,
    alerts: &[DueAlert],
    recipients: impl Fn(&Alert) -> Vec<Recipient>,
) -> Result<bool, StoreError> {
    let dispatcher = Dispatcher {
        marks: store,
        clock: &SystemClock,
        run: None,
    };
    for due in alerts {
        let marks = dispatcher.undelivered(due, recipients(&due.alert)).await?;
        if !marks.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
