//! The parse stage as a Lambda: messages of the queue in, the messages to redeliver out. The stage itself is
//! in the crate `pipeline`. Start at [`handle`].

mod config;

use aws::TRACE_ATTRIBUTE;
use aws::deadline::Deadline;
use aws::metric::{Metric, emit};
use aws::panic::caught;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use pipeline::port::{BulletinStore, Clock, LinkTable, PageMessage, PageSource, SystemClock};
use pipeline::{ParseError, Parsed, Parser};
use serde_json::{Value, json};
use tracing::Instrument as _;

pub use config::Config;

/// The counts of a batch, for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    stored: usize,
    changed: usize,
    findings: usize,
    refused: usize,
}

/// Parses the page of every message, one after another, and returns the messages to redeliver. A failure does
/// not affect the other messages. The message of a refused page is redelivered until the queue dead-letters
/// it, and so is one whose parse panics. A page that no host gives is not redelivered, because its link
/// becomes due again.
pub async fn handle<Source, Store, C>(
    ingester: &Parser<'_, Source, Store, C>,
    event: &SqsEvent,
    deadline: Deadline,
) -> Value
where
    Source: PageSource,
    Store: BulletinStore + LinkTable,
    C: Clock,
{
    let mut failures = Vec::new();
    let mut counts = Counts::default();
    for message in &event.records {
        let id = message.message_id.clone().unwrap_or_default();
        let trace = message
            .message_attributes
            .get(TRACE_ATTRIBUTE)
            .and_then(|attribute| attribute.string_value.as_deref());
        let span = tracing::info_span!("message", sqs.message_id = id, trace);
        let done = deadline
            .within(caught(
                read(ingester, message, &mut counts).instrument(span.clone()),
            ))
            .await;
        match &done {
            None => span.in_scope(|| tracing::error!("The time ran out; the message comes again.")),
            Some(Err(reason)) => {
                counts.refused += 1;
                span.in_scope(|| {
                    tracing::error!(reason, "Reading the page panicked; the message comes again.")
                });
            }
            Some(Ok(_)) => {}
        }
        if done != Some(Ok(true)) {
            failures.push(json!({"itemIdentifier": id}));
        }
    }
    emit(
        SystemClock.now(),
        &[
            (Metric::BulletinsStored, counts.stored as f64),
            (Metric::CellsChanged, counts.changed as f64),
            (Metric::Findings, counts.findings as f64),
            (Metric::PagesRefused, counts.refused as f64),
        ],
    );
    json!({"batchItemFailures": failures})
}

/// Parses the page of one message. True if the message is done.
async fn read<Source, Store, C>(
    ingester: &Parser<'_, Source, Store, C>,
    message: &SqsMessage,
    counts: &mut Counts,
) -> bool
where
    Source: PageSource,
    Store: BulletinStore + LinkTable,
    C: Clock,
{
    let body = message.body.as_deref().unwrap_or_default();
    let page: PageMessage = match serde_json::from_str(body) {
        Ok(page) => page,
        Err(error) => {
            counts.refused += 1;
            tracing::error!(reason = %error, "A message cannot be understood.");
            return false;
        }
    };
    let month = page.link.month;
    match ingester.parse_message(&page).await {
        Ok(Parsed::Stored { record, changed }) => {
            counts.stored += 1;
            counts.changed += changed;
            counts.findings += record.findings.len();
            tracing::info!(
                bulletin.month = %month,
                bulletin.revision = record.revision,
                bulletin.findings = record.findings.len(),
                source.host = record.host,
                cells = changed,
                "A bulletin is stored."
            );
            true
        }
        Ok(Parsed::Held { alternates: true, .. }) => {
            counts.findings += 1;
            tracing::warn!(bulletin.month = %month, "The page alternates between two versions.");
            true
        }
        Ok(outcome) => {
            let outcome = match outcome {
                Parsed::Held { .. } => "held until a second look agrees",
                Parsed::Outdated => "older than what is stored",
                Parsed::NotThere { .. } => "not there",
                _ => "unchanged",
            };
            tracing::info!(bulletin.month = %month, outcome, "A page was looked at.");
            true
        }
        Err(error) if error.is_refusal() => {
            counts.refused += 1;
            tracing::error!(bulletin.month = %month, reason = %error, "A page was read and refused.");
            false
        }
        Err(ParseError::Store(error)) => {
            tracing::error!(bulletin.month = %month, reason = %error, "A page could not be stored; its message comes again.");
            false
        }
        Err(error) => {
            tracing::warn!(bulletin.month = %month, reason = %error, "A page cannot be had; its link is due again later.");
            true
        }
    }
}
