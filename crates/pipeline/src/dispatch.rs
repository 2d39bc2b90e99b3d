//! Sends alerts on a channel, each recipient once.
//!
//! The Lambda, the runs of one machine and the replays all send here. A mark says that a recipient got an alert. It
//! is claimed before the alert is handed over, and the result is recorded before the next group: whoever dies or runs
//! out of time in between leaves one group in doubt. [`due_alerts`](crate::due_alerts) decides which alerts are due.

use bulletin::{Alert, AlertId};
use chrono::Duration;

use crate::alert::DueAlert;
use crate::port::{AlertMarks, Channel, ChannelError, Claim, Clock, Recipient, StoreError};

/// The time for which a claim is valid. Another process takes over an alert only after that.
const SENDING_TAKES: Duration = Duration::minutes(5);

/// Sends alerts under their marks.
#[derive(Debug)]
pub struct Dispatcher<'a, Marks, Clock> {
    /// The alerts that were sent.
    pub marks: &'a Marks,
    /// The time.
    pub clock: &'a Clock,
    /// The name of a run that sends alerts again, under separate marks.
    pub run: Option<&'a str>,
}

/// The result of sending the alerts of one record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notified {
    /// The number of recipients that got an alert.
    pub sent: usize,
    /// The number of recipients that had got one before.
    pub sent_before: usize,
    /// The reasons why others did not get theirs.
    pub failures: Vec<NotifyError>,
}

impl Notified {
    /// True if every recipient has got its alerts by now.
    pub fn is_whole(&self) -> bool {
        self.failures.is_empty()
    }

    /// Adds another result.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.sent_before += other.sent_before;
        self.failures.extend(other.failures);
    }
}

/// The reason why an alert was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// Another process is sending it, or died while doing so.
    #[error("alert {0} is being sent by another process")]
    InProgress(String),
    /// The channel failed.
    #[error("alert {mark}: {error}")]
    Channel {
        /// The mark of the alert and its recipient.
        mark: String,
        /// The reason.
        error: ChannelError,
    },
    /// The channel did not answer for the alerts before.
    #[error("the alerts before it got no answer, so it was not tried")]
    NotTried,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An alert that was claimed for a recipient.
struct Claimed<'a> {
    /// The records that ask for it.
    records: Vec<usize>,
    mark: String,
    alert: &'a Alert,
    recipient: Recipient,
}

impl<Marks: AlertMarks, C: Clock> Dispatcher<'_, Marks, C> {
    /// Sends the alerts of each record on a channel, and reports per record. A record that fails does not hold back the
    /// others, but a channel that takes groups is not tried again after a group without any answer.
    pub async fn send(&self, channel: &dyn Channel, records: &[Vec<DueAlert>]) -> Vec<Notified> {
        let mut reports = vec![Notified::default(); records.len()];
        let mut group = Vec::new();
        let mut answers = true;
        for (index, alerts) in records.iter().enumerate() {
            for due in alerts {
                if !answers {
                    reports[index].failures.push(NotifyError::NotTried);
                    break;
                }
                let recipients = match channel.recipients(&due.alert) {
                    Ok(recipients) => self.waiting(due, recipients).await,
                    Err(error) => Err(error),
                };
                let recipients = match recipients {
                    Ok(recipients) => recipients,
                    Err(error) => {
                        reports[index].failures.push(error.into());
                        continue;
                    }
                };
                for recipient in recipients {
                    let report = &mut reports[index];
                    match self.claim(index, &due.alert, recipient, &mut group).await {
                        Ok(true) => {}
                        Ok(false) => report.sent_before += 1,
                        Err(error) => report.failures.push(error),
                    }
                    if group.len() >= channel.group_size() {
                        answers &= self
                            .send_group(channel, std::mem::take(&mut group), &mut reports)
                            .await;
                    }
                }
            }
        }
        self.send_group(channel, group, &mut reports).await;
        reports
    }

    /// Sends alerts of any age, and adds up the results.
    pub async fn send_alerts(&self, channel: &dyn Channel, alerts: &[Alert]) -> Notified {
        let records: Vec<Vec<DueAlert>> = alerts.iter().map(|alert| vec![alert.clone().into()]).collect();
        let mut sum = Notified::default();
        for report in self.send(channel, &records).await {
            sum.add(report);
        }
        sum
    }

    /// These recipients of an alert, without those that got another revision in its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting(
        &self,
        due: &DueAlert,
        recipients: Vec<Recipient>,
    ) -> Result<Vec<Recipient>, StoreError> {
        let mut waiting = Vec::new();
        for recipient in recipients {
            let mut got_another = false;
            for revision in &due.unless {
                got_another |= self.marks.is_sent(&self.mark(revision, &recipient)).await?;
            }
            if !got_another {
                waiting.push(recipient);
            }
        }
        Ok(waiting)
    }

    /// The marks of those of these recipients that did not get an alert yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn undelivered(
        &self,
        due: &DueAlert,
        recipients: Vec<Recipient>,
    ) -> Result<Vec<String>, StoreError> {
        let mut marks = Vec::new();
        for recipient in self.waiting(due, recipients).await? {
            let mark = self.mark(&due.alert.id(), &recipient);
            if !self.marks.is_sent(&mark).await? {
                marks.push(mark);
            }
        }
        Ok(marks)
    }

    fn mark(&self, alert: &AlertId, recipient: &Recipient) -> String {
        let mark = format!("{alert}#{}", recipient.key);
        match self.run {
            Some(run) => format!("{mark}#ANNOUNCE#{run}"),
            None => mark,
        }
    }

    /// Claims an alert and adds it to the group. Returns false if it was sent before.
    async fn claim<'a>(
        &self,
        index: usize,
        alert: &'a Alert,
        recipient: Recipient,
        group: &mut Vec<Claimed<'a>>,
    ) -> Result<bool, NotifyError> {
        let mark = self.mark(&alert.id(), &recipient);
        // The same record twice in one batch.
        if let Some(same) = group.iter_mut().find(|claimed| claimed.mark == mark) {
            same.records.push(index);
            return Ok(true);
        }
        let now = self.clock.now();
        match self.marks.claim_alert(&mark, now, now + SENDING_TAKES).await? {
            Claim::Sent => Ok(false),
            Claim::InProgress => Err(NotifyError::InProgress(mark)),
            Claim::Granted => {
                group.push(Claimed {
                    records: vec![index],
                    mark,
                    alert,
                    recipient,
                });
                Ok(true)
            }
        }
    }

    /// Sends a group and records the results. Returns false if the channel does not answer at all.
    async fn send_group(
        &self,
        channel: &dyn Channel,
        group: Vec<Claimed<'_>>,
        reports: &mut [Notified],
    ) -> bool {
        let sending: Vec<(&Alert, &Recipient)> = group
            .iter()
            .map(|claimed| (claimed.alert, &claimed.recipient))
            .collect();
        let results = channel.send_group(&sending).await;
        let is_lost = |result: &Result<(), ChannelError>| matches!(result, Err(ChannelError::Unknown(_)));
        let answers =
            channel.group_size() == 1 || results.iter().any(Result::is_ok) || !results.iter().any(is_lost);
        for (claimed, result) in group.into_iter().zip(results) {
            let outcome = self.record(&claimed.mark, result).await;
            for (position, index) in claimed.records.into_iter().enumerate() {
                let report = &mut reports[index];
                match &outcome {
                    Ok(()) if position == 0 => report.sent += 1,
                    Ok(()) => report.sent_before += 1,
                    Err(error) => report.failures.push(error.clone()),
                }
            }
        }
        answers
    }

    async fn record(&self, mark: &str, result: Result<(), ChannelError>) -> Result<(), NotifyError> {
        let Err(error) = result else {
            return Ok(self.marks.sent(mark, self.clock.now()).await?);
        };
        // If it may have been sent, the claim expires by itself and the alert is sent again: twice is better than
        // never.
        if let ChannelError::NotSent(_) | ChannelError::Refused(_) = error {
            self.marks.release(mark).await?;
        }
        let mark = mark.to_owned();
        Err(NotifyError::Channel { mark, error })
    }
}
