use bulletin::{Alert, AlertId, Standing};
use chrono::{DateTime, Duration, Utc};

use crate::alert::{alerts_of, summary};
use crate::port::{AlertMarks, AlertSink, BulletinStore, Claim, Clock, Recipient, SinkError, StoreError};
use crate::record::ChangeRecord;

/// How long somebody who took the right to send an alert keeps it. Whoever dies in between has been dead for so long
/// before another sends it.
const SENDING_TAKES: Duration = Duration::minutes(5);

/// About how many alerts are sent before they are noted: as many as SNS takes in one call.
const GROUP: usize = 10;

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

/// An alert that may be sent now.
struct Granted {
    /// The records that ask for it.
    records: Vec<usize>,
    mark: String,
    alert: Alert,
    recipient: Recipient,
}

/// The mark that records that this recipient got this alert.
pub fn mark(alert: &AlertId, recipient: &Recipient) -> String {
    format!("{alert}#{}", recipient.key)
}

/// Keeps the first failure of a record.
fn fail(result: &mut Result<Notified, NotifyError>, error: NotifyError) {
    if result.is_ok() {
        *result = Err(error);
    }
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
    /// The sink did not answer for the alerts before.
    #[error("the alerts before it got no answer, so it was not tried")]
    NotTried,
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
        self.notify_all(&[record])
            .await
            .pop()
            .unwrap_or_else(|| Ok(Notified::default()))
    }

    /// Does the same for several records at once and answers for each, so that a sink that takes several alerts in
    /// one call gets them so. A record that fails does not hold back the others, but a sink that does not answer at all
    /// is not asked on.
    ///
    /// The alerts go out in groups, and each group is noted before the next one is begun: whoever dies or runs out of
    /// time in between leaves one group in doubt.
    pub async fn notify_all(&self, records: &[&ChangeRecord]) -> Vec<Result<Notified, NotifyError>> {
        self.each(records, async |record| self.alerts(record).await).await
    }

    /// Sends these alerts under their marks, as [`notify_all`](Self::notify_all) does, and answers for each. Whether a month
    /// is over is not asked: an operator who knows that they are due sends them again at any age.
    pub async fn send_alerts(&self, alerts: &[Alert]) -> Vec<Result<Notified, NotifyError>> {
        self.each(alerts, async |alert| Ok(vec![alert.clone()])).await
    }

    async fn each<T>(
        &self,
        asked: &[T],
        alerts: impl AsyncFn(&T) -> Result<Vec<Alert>, StoreError>,
    ) -> Vec<Result<Notified, NotifyError>> {
        let mut results: Vec<Result<Notified, NotifyError>> =
            asked.iter().map(|_| Ok(Notified::default())).collect();
        let mut granted: Vec<Granted> = Vec::new();
        let mut answers = true;
        for (index, one) in asked.iter().enumerate() {
            if !answers {
                fail(&mut results[index], NotifyError::NotTried);
                continue;
            }
            let claimed = match alerts(one).await {
                Ok(alerts) => self.claim_alerts(index, alerts, &mut results, &mut granted).await,
                Err(error) => Err(error),
            };
            if let Err(error) = claimed {
                fail(&mut results[index], error.into());
            }
            if granted.len() >= GROUP || index + 1 == asked.len() {
                answers = self.send(std::mem::take(&mut granted), &mut results).await;
            }
        }
        results
    }

    /// Sends a group and notes what came of it. Answers whether the sink answers at all.
    async fn send(&self, group: Vec<Granted>, results: &mut [Result<Notified, NotifyError>]) -> bool {
        let sending: Vec<(&Alert, &Recipient)> = group
            .iter()
            .map(|granted| (&granted.alert, &granted.recipient))
            .collect();
        let sent = self.sink.send_all(&sending).await;
        let is_lost = |sent: &Result<(), SinkError>| matches!(sent, Err(SinkError::Unknown(_)));
        let answers = sent.iter().any(Result::is_ok) || !sent.iter().any(is_lost);
        for (granted, sent) in group.iter().zip(sent) {
            let outcome = match sent {
                Ok(()) => self
                    .store
                    .sent(&granted.mark, self.clock.now())
                    .await
                    .map_err(NotifyError::from),
                Err(error) => {
                    // Where it may have been sent, the right to send runs out by itself and the alert goes out again:
                    // twice is better than never.
                    let released = match error {
                        SinkError::NotSent(_) => self.store.release(&granted.mark).await,
                        _ => Ok(()),
                    };
                    let mark = granted.mark.clone();
                    released
                        .map_err(NotifyError::from)
                        .and(Err(NotifyError::Sink { mark, error }))
                }
            };
            for (position, index) in granted.records.iter().enumerate() {
                match (&outcome, &mut results[*index]) {
                    (Ok(()), Ok(notified)) if position == 0 => notified.sent += 1,
                    (Ok(()), Ok(notified)) => notified.sent_before += 1,
                    (Ok(()), Err(_)) => {}
                    (Err(error), result) => fail(result, error.clone()),
                }
            }
        }
        answers
    }

    /// Takes the right to send each alert of one record.
    async fn claim_alerts(
        &self,
        index: usize,
        alerts: Vec<Alert>,
        results: &mut [Result<Notified, NotifyError>],
        granted: &mut Vec<Granted>,
    ) -> Result<(), StoreError> {
        for alert in alerts {
            for recipient in self.sink.recipients(&alert).await? {
                let mark = mark(&alert.id(), &recipient);
                // The same record twice in one batch.
                if let Some(same) = granted.iter_mut().find(|granted| granted.mark == mark) {
                    same.records.push(index);
                    continue;
                }
                let now = self.clock.now();
                match self.store.claim(&mark, now, now + SENDING_TAKES).await? {
                    Claim::Sent => {
                        if let Ok(notified) = &mut results[index] {
                            notified.sent_before += 1;
                        }
                    }
                    Claim::InProgress => fail(&mut results[index], NotifyError::InProgress(mark)),
                    Claim::Granted => granted.push(Granted {
                        records: vec![index],
                        mark,
                        alert: alert.clone(),
                        recipient,
                    }),
                }
            }
        }
        Ok(())
    }

    /// The alerts of a record. A finished month alerts nobody.
    ///
    /// # Errors
    /// [`StoreError`] if the standings that a summary is made of cannot be read.
    pub async fn alerts(&self, record: &ChangeRecord) -> Result<Vec<Alert>, StoreError> {
        let now = self.clock.now();
        let standings = standings_for(self.store, record, now).await?;
        Ok(alerts_of(record, now, &standings))
    }
}

/// The standings that a summary is made of, if the record asked for one at this instant.
///
/// # Errors
/// [`StoreError`].
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
