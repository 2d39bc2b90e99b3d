use bulletin::{Alert, BulletinAlert, CaseAlert, Change, ChangeKind, changes};
use bulletin_html::predicted_path;
use chrono::Duration;

use crate::OFFICIAL_SITE;
use crate::port::{AlertMarks, AlertSink, BulletinStore, Claim, Clock, SinkError, StoreError, present_month};
use crate::record::{BulletinRecord, ChangeRecord};

/// How long somebody who took the right to send an alert keeps it. Whoever dies in between has been dead for so long
/// before another sends it.
const SENDING_TAKES: Duration = Duration::minutes(5);

/// Turns what was stored into alerts and sends each once.
#[derive(Debug)]
pub struct Notifier<'a, Store, Sink, Clock> {
    /// Where standings and marks are.
    pub store: &'a Store,
    /// Where alerts go.
    pub sink: &'a Sink,
    /// What time it is.
    pub clock: &'a Clock,
}

/// What came of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notified {
    /// How often an alert was sent.
    pub sent: usize,
    /// How often one was found to have been sent before.
    pub sent_before: usize,
}

/// Why a record must come again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// Somebody else is sending this alert at this moment, or died while doing so.
    #[error("alert {0} is being sent by another process")]
    InProgress(String),
    /// An alert could not be sent.
    #[error("alert {mark}: {error}")]
    Sink {
        /// Which alert, on which way.
        mark: String,
        /// Why.
        error: SinkError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<Store, Sink, C> Notifier<'_, Store, Sink, C>
where
    Store: BulletinStore + AlertMarks,
    Sink: AlertSink,
    C: Clock,
{
    /// Sends the alerts that a record asks for, each on every way on which somebody waits for it. A way that fails
    /// does not hold back the others.
    ///
    /// # Errors
    /// [`NotifyError`], the first one met: the record must come again. What was sent is noted and not sent again.
    pub async fn notify(&self, record: &ChangeRecord) -> Result<Notified, NotifyError> {
        let mut notified = Notified::default();
        let mut failure = None;
        for alert in self.alerts(record).await? {
            let recipients = self.sink.recipients(&alert).await?;
            for recipient in recipients {
                let mark = format!("{}#{}", alert.id(), recipient.key);
                let now = self.clock.now();
                match self.store.claim(&mark, now, now + SENDING_TAKES).await? {
                    Claim::Sent => notified.sent_before += 1,
                    Claim::InProgress => {
                        failure.get_or_insert(NotifyError::InProgress(mark));
                    }
                    Claim::Granted => match self.sink.send(&alert, &recipient).await {
                        Ok(()) => {
                            self.store.sent(&mark, self.clock.now()).await?;
                            notified.sent += 1;
                        }
                        Err(error) => {
                            // Where it may have been sent, the right to send runs out by itself and the alert goes
                            // out again: twice is better than never.
                            if let SinkError::NotSent(_) = error {
                                self.store.release(&mark).await?;
                            }
                            failure.get_or_insert(NotifyError::Sink { mark, error });
                        }
                    },
                }
            }
        }
        failure.map_or(Ok(notified), Err)
    }

    /// The alerts of a record. A month before the present one never alerts: what it says is over.
    ///
    /// # Errors
    /// [`StoreError`] where the standings that a summary is made of cannot be read.
    pub async fn alerts(&self, record: &ChangeRecord) -> Result<Vec<Alert>, StoreError> {
        let present = present_month(self.clock.now());
        let alerts = match record {
            ChangeRecord::Standing { before, after } => changes(before.as_deref(), after)
                .into_iter()
                .map(|change| {
                    let page = format!("{OFFICIAL_SITE}{}", predicted_path(change.month));
                    Alert::Case(CaseAlert { change, page })
                })
                .collect(),
            ChangeRecord::Bulletin { before, after } if after.month >= present => self
                .summary(before.as_deref(), after)
                .await?
                .into_iter()
                .collect(),
            ChangeRecord::Bulletin { .. } => Vec::new(),
        };
        Ok(alerts
            .into_iter()
            .filter(|alert| alert.month() >= present)
            .collect())
    }

    /// The one message about a whole bulletin: when it is stored, unless tracking begins with it or a later one was
    /// there before; and when it is corrected.
    async fn summary(
        &self,
        before: Option<&BulletinRecord>,
        after: &BulletinRecord,
    ) -> Result<Option<Alert>, StoreError> {
        let kind = match before {
            None if after.came_in_order => ChangeKind::NewMonth,
            Some(before) if before.revision != after.revision => ChangeKind::Correction,
            _ => return Ok(None),
        };
        let changes: Vec<Change> = self
            .store
            .standings()
            .await?
            .iter()
            .filter_map(|stored| Change::in_bulletin(&stored.standing, after.month))
            .collect();
        if changes.is_empty() {
            return Ok(None);
        }
        Ok(Some(Alert::Bulletin(BulletinAlert {
            month: after.month,
            revision: after.revision,
            kind,
            changes,
            corrected: after.corrected.clone(),
            findings: after.findings.clone(),
            page: format!("{OFFICIAL_SITE}{}", after.path),
        })))
    }
}
