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
        .context("the event is not one of DynamoDB Streams: it has no records")?;
    let mut batch = Batch::decode(records);
    for (index, reason) in std::mem::take(&mut batch.invalid) {
        batch.refuse(dead_letters, index, &reason, deadline).await;
    }
    let changes: Vec<&ChangeRecord> = batch.changes.iter().map(|change| &change.record).collect();
    match deadline.within(caught(notifier.notify_all(&changes))).await {
        Some(Ok(reports)) => batch.record(&reports),
        Some(Err(reason)) => {
            let [Decoded { index, .. }] = batch.changes[..] else {
                bail!(
                    "one of {} records panics, and it is unknown which: {reason}",
                    batch.changes.len()
                );
            };
            tracing::error!(reason, "A record of the stream panics; it becomes a dead letter.");
            batch.refuse(dead_letters, index, &reason, deadline).await;
        }
        None => {
            tracing::error!("The time ran out; alerts that were not sent are retried.");
            batch.retry_all();
        }
    }
    batch.emit_metrics();
    batch.answer()
}

/// A record of the batch that is a change.
struct Decoded {
    /// The position in the batch.
    index: usize,
    record: ChangeRecord,
    written_at: Option<DateTime<Utc>>,
}

/// A batch of records, and the result of each so far.
struct Batch<'a> {
    records: &'a [Value],
    changes: Vec<Decoded>,
    /// The positions of records that cannot be decoded, with the reasons.
    invalid: Vec<(usize, String)>,
    /// True for each record that must be redelivered.
    failed: Vec<bool>,
    refused: u32,
    sent: usize,
    /// The longest time from the write of a change to its alerts, in seconds.
    slowest: f64,
}

impl<'a> Batch<'a> {
    fn decode(records: &'a [Value]) -> Self {
        let mut batch = Self {
            records,
            changes: Vec::new(),
            invalid: Vec::new(),
            failed: vec![false; records.len()],
            refused: 0,
            sent: 0,
            slowest: 0.0,
        };
        for (index, record) in records.iter().enumerate() {
            match stream::read(record) {
                Ok(StreamRecord {
                    change, written_at, ..
                }) => batch.changes.extend(change.map(|record| Decoded {
                    index,
                    record,
                    written_at,
                })),
                Err(error) => {
                    tracing::error!(reason = %error, "A record of the stream is invalid; it becomes a dead letter.");
                    batch.invalid.push((index, error.to_string()));
                }
            }
        }
        batch
    }

    /// Moves a record to the dead letters. If that fails, the record must be redelivered.
    async fn refuse(
        &mut self,
        dead_letters: &impl DeadLetters,
        index: usize,
        reason: &str,
        deadline: Deadline,
    ) {
        self.refused += 1;
        self.failed[index] = !keep(dead_letters, &self.records[index], reason, deadline).await;
    }

    /// Records what the notify stage reports of each change.
    fn record(&mut self, reports: &[Notified]) {
        for (change, report) in self.changes.iter().zip(reports) {
            if let Some(error) = report.failures.first() {
                self.failed[change.index] = true;
                log_failure(&change.record, error);
                continue;
            }
            self.sent += report.sent;
            if let (Notified { sent: 1.., .. }, Some(written_at)) = (report, change.written_at) {
                let took = SystemClock.now() - written_at;
                self.slowest = self.slowest.max(took.num_milliseconds() as f64 / 1000.0);
            }
        }
    }

    fn retry_all(&mut self) {
        for change in &self.changes {
            self.failed[change.index] = true;
        }
    }

    fn emit_metrics(&self) {
        let mut metrics = vec![
            (Metric::AlertsSent, self.sent as f64),
            (Metric::RecordsRefused, f64::from(self.refused)),
        ];
        if self.sent > 0 {
            metrics.push((Metric::PublishToAlertSeconds, self.slowest));
            tracing::info!(alerts.sent = self.sent, "Alerts were sent.");
        }
        emit(SystemClock.now(), &metrics);
    }

    /// The answer to Lambda: the first record to redeliver.
    fn answer(&self) -> anyhow::Result<Value> {
        let Some(first) = self.failed.iter().position(|failed| *failed) else {
            return Ok(json!({"batchItemFailures": []}));
        };
        match stream::sequence(&self.records[first]) {
            Some(sequence) => Ok(json!({"batchItemFailures": [{"itemIdentifier": sequence}]})),
            None => bail!("a record without a sequence number must be redelivered, so the whole batch is"),
        }
    }
}

/// Keeps a record as a dead letter. True if it is kept.
async fn keep(dead_letters: &impl DeadLetters, record: &Value, reason: &str, deadline: Deadline) -> bool {
    let kept = deadline
        .within(dead_letters.keep(&record.to_string(), &printable(reason)))
        .await;
    let is_kept = matches!(kept, Some(Ok(())));
    if !is_kept {
        tracing::error!("The record could not be kept; it is redelivered.");
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
            "An alert could not be sent; its record is redelivered."
        ),
        ChangeRecord::Bulletin { after, .. } => tracing::error!(
            bulletin.month = %after.month,
            reason = %error,
            "The message about a bulletin could not be sent; its record is redelivered."
        ),
    }
}
