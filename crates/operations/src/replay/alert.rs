//! Rebuilds alerts from rows and standings, and sends those that were not sent, or resends them on request. Start
//! with [`rebuild`].

use std::collections::{BTreeMap, BTreeSet};

use aws::{MARKS_KEPT_FOR, SnsTopics};
use aws_sdk_sns::error::DisplayErrorContext;
use aws_types::SdkConfig;
use bulletin::{Alert, Month};
use chrono::{DateTime, Utc};
use pipeline::port::{AlertSink, BulletinStore, Clock, Recipient, SinkError, StoreError};
use pipeline::{Notifier, NotifyError, Retold, mark, retell};

use crate::replay::ReplayError;
use crate::{Deployment, Store};

/// The alerts of the requested months.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// The alerts of each stored month.
    pub months: BTreeMap<Month, Retold>,
    /// Months whose marks may have expired, so that it is unknown whether their alerts were sent.
    pub forgotten: BTreeSet<Month>,
}

impl Rebuilt {
    /// The alerts that were due and whose marks still show whether they were sent.
    pub fn due(&self) -> Vec<Alert> {
        self.months
            .iter()
            .filter(|(month, _)| !self.forgotten.contains(month))
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
    let mut forgotten = BTreeSet::new();
    if matches!(store, Store::Dynamo(_)) {
        for month in retold.keys() {
            let record = store.record(*month).await?;
            if record.is_some_and(|record| record.first_seen + MARKS_KEPT_FOR <= now) {
                forgotten.insert(*month);
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
pub async fn unsent<Sink: AlertSink>(
    store: &Store,
    sink: &Sink,
    alerts: &[Alert],
) -> Result<Vec<Unsent>, StoreError> {
    let mut unsent = Vec::new();
    for alert in alerts {
        for recipient in sink.recipients(alert).await? {
            let mark = mark(&alert.id(), &recipient);
            if !store.is_sent(&mark).await? {
                unsent.push(Unsent {
                    mark,
                    alert: alert.clone(),
                });
            }
        }
    }
    Ok(unsent)
}

/// The outcome of sending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    /// The number of alerts sent.
    pub sent: usize,
    /// The number of alerts that had been sent before.
    pub sent_before: usize,
    /// The reasons why alerts were not sent. Running it again retries them.
    pub failed: Vec<String>,
    /// Alerts that another process is sending, or was sending when it died: its claim expires after five minutes.
    pub in_progress: usize,
}

impl Sent {
    /// True if all of them are sent by now.
    pub fn is_whole(&self) -> bool {
        self.failed.is_empty() && self.in_progress == 0
    }

    /// Adds the outcome of another channel.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.sent_before += other.sent_before;
        self.failed.extend(other.failed);
        self.in_progress += other.in_progress;
    }
}

/// Sends alerts under their marks; alerts that have a mark are not sent again.
pub async fn send<Sink: AlertSink>(store: &Store, sink: &Sink, clock: &impl Clock, alerts: &[Alert]) -> Sent {
    let notifier = Notifier { store, sink, clock };
    let mut sent = Sent::default();
    for result in notifier.send_alerts(alerts).await {
        match result {
            Ok(notified) => {
                sent.sent += notified.sent;
                sent.sent_before += notified.sent_before;
            }
            Err(NotifyError::InProgress(_)) => sent.in_progress += 1,
            Err(error) => sent.failed.push(error.to_string()),
        }
    }
    sent
}

/// A sink whose marks include a run, so that an alert that was sent in one run is sent again in another.
#[derive(Debug)]
pub struct Announcing<'a, Sink> {
    /// The destination of the alerts.
    pub sink: &'a Sink,
    /// The name of the run.
    pub run: &'a str,
}

impl<Sink: AlertSink> AlertSink for Announcing<'_, Sink> {
    async fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let mut recipients = self.sink.recipients(alert).await?;
        for recipient in &mut recipients {
            recipient.key = format!("{}#ANNOUNCE#{}", recipient.key, self.run);
        }
        Ok(recipients)
    }

    async fn send(&self, alert: &Alert, recipient: &Recipient) -> Result<(), SinkError> {
        self.sink.send(alert, recipient).await
    }

    async fn send_all(&self, alerts: &[(&Alert, &Recipient)]) -> Vec<Result<(), SinkError>> {
        self.sink.send_all(alerts).await
    }
}

/// The alert topics of a deployment.
///
/// # Errors
/// [`ReplayError::NoTopics`] if they do not exist.
pub async fn topics(deployment: &Deployment, config: &SdkConfig) -> Result<SnsTopics, ReplayError> {
    let client = aws_sdk_sns::Client::new(config);
    let name = format!("{}BULLETINS", deployment.topics());
    let mut pages = client.list_topics().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| ReplayError::Topics(DisplayErrorContext(error).to_string()))?;
        let arns = page.topics().iter().filter_map(|topic| topic.topic_arn());
        for arn in arns {
            if let Some(before) = arn.strip_suffix(&name)
                && before.ends_with(':')
            {
                let prefix = format!("{before}{}", deployment.topics());
                return Ok(SnsTopics::new(client, prefix));
            }
        }
    }
    Err(ReplayError::NoTopics(name))
}
