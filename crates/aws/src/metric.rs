//! Metrics in CloudWatch's embedded metric format: log lines that CloudWatch also counts. They need no API
//! call.

use std::io::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// The namespace of every metric.
pub const NAMESPACE: &str = "VisaBulletin";

/// A metric. Its meaning and unit are in `docs/LOGGING.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Seconds since the source last gave its list.
    LastGoodCheckAge,
    /// 1 if the source did not give its list at this poll, else 0.
    SourceBlocked,
    /// 1 if a bulletin should be out by now, or may be out but its page cannot be fetched, and it is not stored;
    /// else 0.
    BulletinOverdue,
    /// Bulletins stored, new or corrected.
    BulletinsStored,
    /// Cells that were written when bulletins were stored.
    CellsChanged,
    /// Faults of the pages, and other findings that an operator should know.
    Findings,
    /// Pages that were read and refused, and messages that are invalid.
    PagesRefused,
    /// Alerts handed to SNS.
    AlertsSent,
    /// Seconds from the write of a change until SNS accepted its alert.
    PublishToAlertSeconds,
    /// Stream records that are invalid.
    RecordsRefused,
}

impl Metric {
    /// The metric's name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::LastGoodCheckAge => "LastGoodCheckAge",
            Self::SourceBlocked => "SourceBlocked",
            Self::BulletinOverdue => "BulletinOverdue",
            Self::BulletinsStored => "BulletinsStored",
            Self::CellsChanged => "CellsChanged",
            Self::Findings => "Findings",
            Self::PagesRefused => "PagesRefused",
            Self::AlertsSent => "AlertsSent",
            Self::PublishToAlertSeconds => "PublishToAlertSeconds",
            Self::RecordsRefused => "RecordsRefused",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::LastGoodCheckAge | Self::PublishToAlertSeconds => "Seconds",
            _ => "Count",
        }
    }
}

/// One line of metrics, without dimensions.
pub fn line(at: DateTime<Utc>, values: &[(Metric, f64)]) -> String {
    let metrics: Vec<Value> = values
        .iter()
        .map(|(metric, _)| json!({"Name": metric.name(), "Unit": metric.unit()}))
        .collect();
    let mut line = Map::new();
    line.insert(
        "_aws".into(),
        json!({
            "Timestamp": at.timestamp_millis(),
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics}],
        }),
    );
    for (metric, value) in values {
        line.insert(metric.name().into(), json!(value));
    }
    Value::Object(line).to_string()
}

/// Writes a line of metrics to standard output, among the logs.
pub fn emit(at: DateTime<Utc>, values: &[(Metric, f64)]) {
    // A lost metric raises its alarm, so a failed write does not stop the work.
    let _ = writeln!(std::io::stdout().lock(), "{}", line(at, values));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_metrics_is_what_cloudwatch_expects() {
        let at = "2024-03-13T12:00:00Z".parse().unwrap();
        let line = line(
            at,
            &[(Metric::BulletinsStored, 1.0), (Metric::LastGoodCheckAge, 2.5)],
        );
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["_aws"]["Timestamp"], 1_710_331_200_000_i64);
        let metrics = &value["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metrics["Namespace"], "VisaBulletin");
        assert_eq!(metrics["Dimensions"], json!([[]]));
        assert_eq!(
            metrics["Metrics"][1],
            json!({"Name": "LastGoodCheckAge", "Unit": "Seconds"})
        );
        assert_eq!(value["BulletinsStored"], 1.0);
        assert_eq!(value["LastGoodCheckAge"], 2.5);
    }
}
