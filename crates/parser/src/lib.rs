//! The parse stage as a Lambda: messages of the queue in, the messages to redeliver out. The stage itself is
//! in the crate `pipeline`. Start at [`handle`].

mod config;

use aws::TRACE_ATTRIBUTE;
use aws::deadline::Deadline;
use aws::metric::{Metric, emit};
use aws::panic::caught;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use bulletin::Month;
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
    parser: &Parser<'_, Source, Store, C>,
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
                parse(parser, message, &mut counts).instrument(span.clone()),
            ))
            .await;
        match &done {
            None => span.in_scope(|| tracing::error!("The time ran out; the message is redelivered.")),
            Some(Err(reason)) => {
                counts.refused += 1;
                span.in_scope(|| {
                    tracing::error!(reason, "Parsing the page panicked; the message is redelivered.")
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
async fn parse<Source, Store, C>(
    parser: &Parser<'_, Source, Store, C>,
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
    match parser.parse_message(&page).await {
        Ok(parsed) => {
            counts.note(&parsed);
            log_parsed(month, &parsed);
            true
        }
        Err(error) if error.is_refusal() => {
            counts.refused += 1;
            tracing::error!(bulletin.month = %month, reason = %error, "A page was refused.");
            false
        }
        Err(ParseError::Store(error)) => {
            tracing::error!(bulletin.month = %month, reason = %error, "A page could not be stored; its message is redelivered.");
            false
        }
        Err(error) => {
            tracing::warn!(bulletin.month = %month, reason = %error, "A page could not be fetched; its link is due again later.");
            true
        }
    }
}

impl Counts {
    fn note(&mut self, parsed: &Parsed) {
        match parsed {
            Parsed::Stored { record, changed } => {
                self.stored += 1;
                self.changed += changed;
                self.findings += record.findings.len();
            }
            Parsed::Held { alternates: true, .. } => self.findings += 1,
            _ => {}
        }
    }
}

fn log_parsed(month: Month, parsed: &Parsed) {
    let outcome = match parsed {
        Parsed::Stored { record, changed } => {
            tracing::info!(
                bulletin.month = %month,
                bulletin.revision = record.revision,
                bulletin.findings = record.findings.len(),
                source.host = record.host,
                cells = changed,
                "A bulletin is stored."
            );
            return;
        }
        Parsed::Held { alternates: true, .. } => {
            tracing::warn!(bulletin.month = %month, "The page alternates between two versions.");
            return;
        }
        Parsed::Held { .. } => "held until a second fetch agrees",
        Parsed::Outdated => "older than the stored version",
        Parsed::NotThere { .. } => "not published",
        Parsed::Unchanged => "unchanged",
    };
    tracing::info!(bulletin.month = %month, outcome, "A page was parsed.");
}
