//! The notify stage as a Lambda: records of the data table's stream in, the first record to retry out. The
//! stage itself is in the crate `pipeline`. Start at [`handle`].

mod config;

use anyhow::{Context as _, bail};
use aws::SqsQueue;
use aws::deadline::Deadline;
use aws::metric::{Metric, emit};
use aws::panic::caught;
use aws::stream::{self, StreamRecord};
use chrono::{DateTime, Utc};
use pipeline::port::{AlertMarks, BulletinStore, Channel, Clock, StoreError, SystemClock};
use pipeline::{ChangeRecord, Notified, Notifier, NotifyError};
use serde_json::{Value, json};

pub use config::Config;

/// The message attribute with the reason why a record is a dead letter.
pub const REASON_ATTRIBUTE: &str = "reason";
/// The length limit of that reason, in characters.
const REASON_CHARACTERS: usize = 500;

/// The destination of invalid records, which are kept whole.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait DeadLetters {
    /// Keeps a record with the reason.
    ///
    /// # Errors
    /// [`StoreError`] if the record is not kept.
    async fn keep(&self, record: &str, reason: &str) -> Result<(), StoreError>;
}

impl DeadLetters for SqsQueue {
    async fn keep(&self, record: &str, reason: &str) -> Result<(), StoreError> {
        self.send_text(record, &[(REASON_ATTRIBUTE, reason)]).await
    }
}

/// Sends the alerts of a batch of records and returns the first record to retry. Lambda then redelivers the
/// batch from that record on; the marks of sent alerts prevent a second delivery. An invalid record is kept
/// as a dead letter and is done. The same applies to a record whose handling panics, once it is alone in its
/// batch.
///
/// # Errors
/// If the event is not a DynamoDB Streams event, fails in a way that no sequence number expresses, or panics with several
/// records. The event source then retries it in halves.
pub async fn handle<Store, Ch, C>(
    notifier: &Notifier<'_, Store, Ch, C>,
    dead_letters: &impl DeadLetters,
    event: &Value,
    deadline: Deadline,
) -> anyhow::Result<Value>
where
    Store: BulletinStore + AlertMarks,
    Ch: Channel,
    C: Clock,
{
    let records = event
        .get("Records")
        .and_then(Value::as_array)
        .context("the event is none of a stream: it has no records")?;
    let mut failed = vec![false; records.len()];
    let mut changes: Vec<(usize, ChangeRecord, Option<DateTime<Utc>>)> = Vec::new();
    let mut refused = 0;
    for (index, record) in records.iter().enumerate() {
        match stream::read(record) {
            Ok(StreamRecord {
                change: Some(change),
                written_at,
                ..
            }) => changes.push((index, change, written_at)),
            Ok(_) => {}
            Err(error) => {
                refused += 1;
                tracing::error!(reason = %error, "A record of the stream cannot be understood; it is kept among the dead letters.");
                failed[index] = !keep(dead_letters, record, &error.to_string(), deadline).await;
            }
        }
    }
    let asked: Vec<&ChangeRecord> = changes.iter().map(|(_, change, _)| change).collect();
    let results = deadline.within(caught(notifier.notify_all(&asked))).await;
    let (mut sent, mut slowest) = (0, 0.0_f64);
    match &results {
        Some(Ok(results)) => {
            for ((index, change, written_at), report) in changes.iter().zip(results) {
                if let Some(error) = report.failures.first() {
                    failed[*index] = true;
                    log_failure(change, error);
                    continue;
                }
                sent += report.sent;
                if let (Notified { sent: 1.., .. }, Some(written_at)) = (report, written_at) {
                    let took = SystemClock.now() - *written_at;
                    slowest = slowest.max(took.num_milliseconds() as f64 / 1000.0);
                }
            }
        }
        Some(Err(reason)) => {
            let [(index, ..)] = changes.as_slice() else {
                bail!(
                    "one of {} records panics, and no number tells which: {reason}",
                    changes.len()
                );
            };
            refused += 1;
            tracing::error!(
                reason,
                "A record of the stream panics; it is kept among the dead letters."
            );
            failed[*index] = !keep(dead_letters, &records[*index], reason, deadline).await;
        }
        None => {
            tracing::error!("The time ran out; what was not sent comes again.");
            for (index, ..) in &changes {
                failed[*index] = true;
            }
        }
    }
    let mut metrics = vec![
        (Metric::AlertsSent, sent as f64),
        (Metric::RecordsRefused, f64::from(refused)),
    ];
    if sent > 0 {
        metrics.push((Metric::PublishToAlertSeconds, slowest));
        tracing::info!(alerts.sent = sent, "Alerts were sent.");
    }
    emit(SystemClock.now(), &metrics);
    let Some(first) = failed.iter().position(|failed| *failed) else {
        return Ok(json!({"batchItemFailures": []}));
    };
    match stream::sequence(&records[first]) {
        Some(sequence) => Ok(json!({"batchItemFailures": [{"itemIdentifier": sequence}]})),
        None => bail!("a record without a number must come again, and so the whole batch"),
    }
}

/// Keeps a record as a dead letter. True if it is kept.
async fn keep(dead_letters: &impl DeadLetters, record: &Value, reason: &str, deadline: Deadline) -> bool {
    let kept = deadline
        .within(dead_letters.keep(&record.to_string(), &printable(reason)))
        .await;
    let is_kept = matches!(kept, Some(Ok(())));
    if !is_kept {
        tracing::error!("The record could not be kept; it comes again.");
    }
    is_kept
}

/// A reason in the characters that an SQS attribute permits.
fn printable(reason: &str) -> String {
    let printable = reason.chars().map(|c| if c.is_control() { '?' } else { c });
    printable.take(REASON_CHARACTERS).collect()
}

fn log_failure(change: &ChangeRecord, error: &NotifyError) {
    match change {
        ChangeRecord::Standing { after, .. } => tracing::error!(
            bulletin.month = %after.newest.month,
            category = %after.case.category,
            area = %after.case.area,
            reason = %error,
            "An alert could not be sent; its record comes again."
        ),
        ChangeRecord::Bulletin { after, .. } => tracing::error!(
            bulletin.month = %after.month,
            reason = %error,
            "The message about a bulletin could not be sent; its record comes again."
        ),
    }
}
