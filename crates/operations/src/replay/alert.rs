//! Alerts that were not sent, worked out again from rows and standings.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{Alert, Month};
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{BulletinStore, Channel, StoreError, SystemClock};
use pipeline::{Dispatcher, Retold, retell};

use crate::Store;

/// The alerts of the requested months.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// The alerts of each stored month.
    pub months: BTreeMap<Month, Retold>,
    /// Months whose marks may have expired, so that it is unknown whether their alerts were sent. The value is the
    /// time for which marks are kept.
    pub forgotten: BTreeMap<Month, TimeDelta>,
}

impl Rebuilt {
    /// The alerts that were due and whose marks still show whether they were sent.
    pub fn due(&self) -> Vec<Alert> {
        self.months
            .iter()
            .filter(|(month, _)| !self.forgotten.contains_key(month))
            .flat_map(|(_, retold)| retold.due())
            .collect()
    }
}

/// Rebuilds the alerts of these months from stored data.
///
/// # Errors
/// [`StoreError`].
pub async fn rebuild(
    store: &Store,
    months: &BTreeSet<Month>,
    now: DateTime<Utc>,
) -> Result<Rebuilt, StoreError> {
    let retold = retell(store, months, async |month| store.whole_bulletin(month).await).await?;
    let mut forgotten = BTreeMap::new();
    if let Some(kept_for) = store.marks_kept_for().await {
        for month in retold.keys() {
            let record = store.record(*month).await?;
            if record.is_some_and(|record| record.first_seen + kept_for <= now) {
                forgotten.insert(*month, kept_for);
            }
        }
    }
    Ok(Rebuilt {
        months: retold,
        forgotten,
    })
}

/// An alert that has no sent mark on one of its channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The mark that it would get.
    pub mark: String,
    /// The alert.
    pub alert: Alert,
}

/// The alerts that have no sent mark.
///
/// # Errors
/// [`StoreError`].
pub async fn unsent(
    store: &Store,
    channel: &dyn Channel,
    alerts: &[Alert],
) -> Result<Vec<Unsent>, StoreError> {
    let dispatcher = Dispatcher {
        marks: store,
        clock: &SystemClock,
        run: None,
    };
    let mut unsent = Vec::new();
    for alert in alerts {
        let due = alert.clone().into();
        let marks = dispatcher.undelivered(&due, channel.recipients(alert)?).await?;
        unsent.extend(marks.into_iter().map(|mark| Unsent {
            mark,
            alert: alert.clone(),
        }));
    }
    Ok(unsent)
}
