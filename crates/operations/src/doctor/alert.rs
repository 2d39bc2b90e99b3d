//! Checks alerts that were started and not finished, and alerts that fail and are retried. Excludes dead letters,
//! see [`letter`](super::letter). Start with [`on_machine`].

use std::collections::BTreeSet;

use bulletin::Month;
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::StoreError;
use sqlite::SqliteStore;

use super::{Circumstances, Part, Symptom, counted, few, one_line};

/// The time after which an expired claim on an alert should have been taken over.
const OVER: TimeDelta = TimeDelta::minutes(15);

/// The expired marks that nobody took over.
pub(super) fn left(marks: Vec<(String, DateTime<Utc>)>, now: DateTime<Utc>) -> Vec<String> {
    let over = marks.into_iter().filter(|(_, expires)| *expires + OVER < now);
    over.map(|(mark, _)| mark).collect()
}

/// The month of a mark, such as `CATEGORY#EB3#COUNTRY#INDIA#2026-12#0#SNS` or `BULLETIN#2026-12#0#SNS`.
fn month_of(mark: &str) -> Option<Month> {
    mark.split('#').find_map(|part| part.parse().ok())
}

/// Checks the alerts of one machine.
pub(super) fn on_machine(store: &SqliteStore, around: &Circumstances) -> Result<Vec<Symptom>, StoreError> {
    let mut symptoms = Vec::new();
    for failure in store.failing_changes()? {
        symptoms.push(
            Symptom::bad(
                Part::Alerts,
                format!("an alert could not be sent yet: {}", one_line(&failure)),
                "Fix the cause. A run after a few minutes retries it.",
            )
            .by(around.command("run")),
        );
    }
    let left = left(store.marks_in_progress()?, around.now);
    let (_, changes) = store.waiting()?;
    if !left.is_empty() && changes > 0 {
        symptoms.push(
            Symptom::bad(Part::Alerts, died(&left), "The next run sends them.").by(around.command("run")),
        );
    } else if !left.is_empty() {
        symptoms.push(sent_again(
            &left,
            "Their changes are no longer queued. Compute the alerts again and send them:",
            around,
        ));
    }
    if symptoms.is_empty() {
        let waiting = match changes {
            0 => "none unsent".into(),
            _ => format!(
                "{} waiting; the next run sends the alerts",
                counted(changes as usize, "change")
            ),
        };
        symptoms.push(Symptom::good(Part::Alerts, waiting));
    }
    Ok(symptoms)
}

fn died(left: &[String]) -> String {
    format!(
        "a process died while it sent {}: {}",
        counted(left.len(), "alert"),
        few(left, ", ")
    )
}

/// The symptom of alerts that are sent again with `replay --alerts`.
pub(super) fn sent_again(left: &[String], remedy: &str, around: &Circumstances) -> Symptom {
    let months: BTreeSet<Month> = left.iter().filter_map(|mark| month_of(mark)).collect();
    months.iter().fold(
        Symptom::bad(Part::Alerts, died(left), remedy),
        |symptom, month| symptom.by(around.command(&format!("replay --alerts --months {month}..{month}"))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_its_month() {
        for (mark, month) in [
            ("CATEGORY#EB3#COUNTRY#INDIA#2026-12#0#SNS", Some("2026-12")),
            ("BULLETIN#2024-05#1#watch-3", Some("2024-05")),
            ("whatever", None),
        ] {
            assert_eq!(month_of(mark).map(|month| month.to_string()).as_deref(), month);
        }
    }
}
