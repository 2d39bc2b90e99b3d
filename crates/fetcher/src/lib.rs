//! The fetch stage as a Lambda: the event of a schedule or of a backfill in, a report out. The stage itself
//! is in the crate `pipeline`. Start at [`handle`].

mod config;

use anyhow::{Context as _, bail};
use aws::DynamoStore;
use aws::deadline::Deadline;
use aws::metric::{Metric, emit};
use bulletin::{Month, MonthRange};
use pipeline::port::{BulletinQueue, Clock, PageSource, SystemClock};
use pipeline::{FetchReport, Fetcher};
use serde_json::{Value, json};

pub use config::Config;

/// The request that the Lambda was invoked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// The months to fill in before the newest bulletin, if this is a backfill.
    pub backfill: Option<MonthRange>,
}

impl Request {
    /// Parses an event: `{"from": "2016-05", "to": "2026-07"}` requests a backfill; an event with neither key
    /// is the schedule's.
    ///
    /// # Errors
    /// An error if only one of the two is there, if one is not a month, or if `from` is later than `to`.
    pub fn read(event: &Value) -> anyhow::Result<Self> {
        let month = |name: &str| -> anyhow::Result<Option<Month>> {
            let Some(value) = event.get(name) else {
                return Ok(None);
            };
            let text = value
                .as_str()
                .with_context(|| format!("\"{name}\" must be a month such as \"2016-05\""))?;
            Ok(Some(text.parse().with_context(|| format!("\"{name}\""))?))
        };
        let backfill = match (month("from")?, month("to")?) {
            (None, None) => None,
            (Some(first), Some(last)) if first <= last => Some(MonthRange { first, last }),
            (Some(first), Some(last)) => bail!("{first} lies after {last}: exchange \"from\" and \"to\""),
            _ => bail!("a history needs both \"from\" and \"to\", such as \"2016-05\" and \"2026-07\""),
        };
        Ok(Self { backfill })
    }
}

/// Polls the source once, queues the due pages, and reports the result as logs and metrics.
///
/// # Errors
/// An error if a table or the queue fails, or if the time runs out. Pages that were not queued remain due.
pub async fn handle<Source, Queue, C>(
    fetcher: &Fetcher<'_, Source, DynamoStore, Queue, C>,
    store: &DynamoStore,
    request: &Request,
    deadline: Deadline,
) -> anyhow::Result<Value>
where
    Source: PageSource,
    Queue: BulletinQueue,
    C: Clock,
{
    let report = deadline
        .within(fetcher.fetch(request.backfill))
        .await
        .context("the time ran out")??;
    log(&report);
    let now = fetcher.clock.now();
    let mut metrics = vec![
        (Metric::SourceBlocked, flag(report.blocked.is_some())),
        (Metric::BulletinOverdue, flag(is_overdue(&report))),
    ];
    // If the source never gave its list, the metric is missing, which raises its alarm too.
    if let Some(check) = store.last_check(true).await? {
        let age = (now - check.at).num_milliseconds().max(0) as f64 / 1000.0;
        metrics.push((Metric::LastGoodCheckAge, age));
    }
    emit(SystemClock.now(), &metrics);
    Ok(json!({
        "queued": report.queued,
        "blocked": report.blocked,
        "overdue": report.overdue,
        "newest": report.newest,
        "unavailable": report.unavailable,
        "missing": report.missing,
    }))
}

fn log(report: &FetchReport) {
    if let Some(reason) = &report.blocked {
        tracing::error!(source.answer = reason, "The list of bulletins cannot be fetched.");
    }
    if let Some(month) = report.overdue {
        tracing::warn!(bulletin.month = %month, "A bulletin should be out by now and is not stored.");
    }
    for month in &report.missing {
        tracing::warn!(bulletin.month = %month, "A bulletin may be out, and its page could not be had.");
    }
    for month in &report.unavailable {
        tracing::warn!(bulletin.month = %month, "The source does not have a month of the wanted history.");
    }
    for month in &report.queued {
        tracing::info!(bulletin.month = %month, "A page is queued.");
    }
    tracing::info!(
        fetch.queued = report.queued.len(),
        bulletin.newest = report.newest.map(|month| month.to_string()),
        "The source was checked."
    );
}

/// True if a bulletin should be out by now, or may be out, and is not stored. Without a list, missing pages
/// say nothing about that.
fn is_overdue(report: &FetchReport) -> bool {
    report.overdue.is_some() || (report.blocked.is_none() && !report.missing.is_empty())
}

fn flag(is_set: bool) -> f64 {
    f64::from(u8::from(is_set))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedules_event_asks_for_no_history() {
        for event in [
            json!({}),
            json!(null),
            json!({"version": "0", "detail-type": "Scheduled Event", "time": "2024-03-13T12:00:00Z"}),
        ] {
            assert_eq!(Request::read(&event).unwrap(), Request::default(), "{event}");
        }
    }

    #[test]
    fn a_bulletin_that_may_be_out_is_overdue_unless_the_source_is_blocked() {
        let missing = FetchReport {
            missing: vec!["2026-12".parse().unwrap()],
            ..FetchReport::default()
        };
        assert!(is_overdue(&missing));
        let blocked = FetchReport {
            blocked: Some("403".into()),
            ..missing
        };
        assert!(!is_overdue(&blocked));
        assert!(!is_overdue(&FetchReport::default()));
    }

    #[test]
    fn a_history_has_a_beginning_and_an_end() {
        let request = Request::read(&json!({"from": "2016-05", "to": "2026-07"})).unwrap();
        assert_eq!(request.backfill.unwrap().to_string(), "2016-05..2026-07");
        for event in [
            json!({"from": "2016-05"}),
            json!({"to": "2016-05"}),
            json!({"from": "2026-07", "to": "2016-05"}),
            json!({"from": "2016-13", "to": "2026-07"}),
            json!({"from": 2016, "to": 2026}),
        ] {
            assert!(Request::read(&event).is_err(), "{event}");
        }
    }
}
