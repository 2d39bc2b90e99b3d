//! Alerts that were not sent, worked out again from rows and standings; and those that are sent once more on purpose.

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

/// What is known of the alerts of the months asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Of each month that is stored, its alerts.
    pub months: BTreeMap<Month, Retold>,
    /// Months whose marks may be gone by now, so that nobody can know whether their alerts were sent.
    pub forgotten: BTreeSet<Month>,
}

impl Rebuilt {
    /// The alerts that were due and of which it can be known whether they were sent.
    pub fn due(&self) -> Vec<Alert> {
        self.months
            .iter()
            .filter(|(month, _)| !self.forgotten.contains(month))
            .flat_map(|(_, retold)| retold.due())
            .collect()
    }
}

/// Works out the alerts of these months from what is stored.
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

/// An alert that is not noted as sent on one of its ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// What it would be noted by.
    pub mark: String,
    /// The alert.
    pub alert: Alert,
}

/// Which of these alerts are not noted as sent.
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

/// What came of sending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    /// How often an alert was sent.
    pub sent: usize,
    /// How often one had been sent before.
    pub sent_before: usize,
    /// Why alerts were not sent. Doing it again tries them again.
    pub failed: Vec<String>,
    /// Alerts that somebody else is sending, or who died while doing so: their right to it ends after five minutes.
    pub in_progress: usize,
}

impl Sent {
    /// Whether all of them are sent by now.
    pub fn is_whole(&self) -> bool {
        self.failed.is_empty() && self.in_progress == 0
    }

    /// Adds what came of another way.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.sent_before += other.sent_before;
        self.failed.extend(other.failed);
        self.in_progress += other.in_progress;
    }
}

/// Sends alerts under their marks: what was sent is not sent again.
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

/// A sink under whose marks a run stands: what one run has sent another sends again.
#[derive(Debug)]
pub struct Announcing<'a, Sink> {
    /// Where the alerts go.
    pub sink: &'a Sink,
    /// Which run it is.
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

/// The topics of a deployment's alerts.
///
/// # Errors
/// [`ReplayError::NoTopics`] where they are not there.
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
