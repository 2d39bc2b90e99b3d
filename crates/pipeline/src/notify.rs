//! The notify stage: turns change records into alerts and sends them.
//!
//! [`alerts_of`] has the rules, [`Dispatcher`] sends. On one machine the `sqlite` crate reads the change log and uses
//! [`due_alerts`](crate::due_alerts) with the dispatcher. Start reading at [`Notifier::notify_all`].

use bulletin::{Alert, Standing};
use chrono::{DateTime, Utc};

use crate::alert::{DueAlert, alerts_of, summary};
use crate::dispatch::{Dispatcher, Notified, NotifyError};
use crate::port::{AlertMarks, BulletinStore, Channel, Clock, StoreError};
use crate::record::ChangeRecord;

/// Turns change records into alerts and sends them under their marks.
#[derive(Debug)]
pub struct Notifier<'a, Store, Ch, Clock> {
    /// The standings and the marks.
    pub store: &'a Store,
    /// The channel on which alerts are sent.
    pub channel: &'a Ch,
    /// The time.
    pub clock: &'a Clock,
}

impl<Store, Ch, C> Notifier<'_, Store, Ch, C>
where
    Store: BulletinStore + AlertMarks,
    Ch: Channel,
    C: Clock,
{
    /// Sends the alerts of one record.
    ///
    /// # Errors
    /// The first [`NotifyError`]: the record must be retried. Alerts that were sent are marked and not sent again.
    pub async fn notify(&self, record: &ChangeRecord) -> Result<Notified, NotifyError> {
        let report = self.notify_all(&[record]).await.pop().unwrap_or_default();
        match report.failures.first() {
            Some(error) => Err(error.clone()),
            None => Ok(report),
        }
    }

    /// Sends the alerts of several records, and returns a report for each record.
    pub async fn notify_all(&self, records: &[&ChangeRecord]) -> Vec<Notified> {
        let mut asked: Vec<Vec<DueAlert>> = Vec::new();
        let mut unread = Vec::new();
        for (index, record) in records.iter().enumerate() {
            let alerts = self.alerts(record).await.unwrap_or_else(|error| {
                unread.push((index, error));
                Vec::new()
            });
            asked.push(alerts.into_iter().map(DueAlert::from).collect());
        }
        let mut reports = self.dispatcher().send(self.channel, &asked).await;
        for (index, error) in unread {
            reports[index].failures.push(error.into());
        }
        reports
    }

    /// The dispatcher that sends for this notifier.
    pub fn dispatcher(&self) -> Dispatcher<'_, Store, C> {
        Dispatcher {
            marks: self.store,
            clock: self.clock,
            run: None,
        }
    }

    /// The alerts of a record. A finished month alerts nobody.
    ///
    /// # Errors
    /// [`StoreError`] if the standings for a summary cannot be read.
    pub async fn alerts(&self, record: &ChangeRecord) -> Result<Vec<Alert>, StoreError> {
        let now = self.clock.now();
        let standings = standings_for(self.store, record, now).await?;
        Ok(alerts_of(record, now, &standings))
    }
}

/// The standings for a summary; none if the record causes no summary at this instant.
///
/// # Errors
/// [`StoreError`] if the standings cannot be read.
pub async fn standings_for<Store: BulletinStore>(
    store: &Store,
    record: &ChangeRecord,
    at: DateTime<Utc>,
) -> Result<Vec<Standing>, StoreError> {
    if summary(record, at, &[]).is_none() {
        return Ok(Vec::new());
    }
    let stored = store.standings().await?;
    Ok(stored.into_iter().map(|stored| stored.standing).collect())
}
