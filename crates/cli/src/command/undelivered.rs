//! Reports alerts that could not be delivered, so that every run fails until somebody has dealt
//! with them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use pipeline::port::{AlertMarks, Claim, StoreError};
use sqlite::{Delivery, SqliteStore, Undelivered};

use crate::output::{complain, counted};

/// The failures that a run has printed, so that it prints none twice.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    printed: BTreeSet<String>,
}

impl Failures {
    /// Prints why alerts failed; with `quiet` only what no earlier run has printed.
    pub(crate) fn print(&mut self, drained: &Delivery, quiet: bool) {
        let failures = if quiet { &drained.new } else { &drained.failed };
        for failure in failures {
            if self.printed.insert(failure.clone()) {
                complain("error", failure);
            }
        }
    }
}

/// Prints one line if alerts are undelivered, with `quiet` once a day. Returns true if there are
/// none.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn check(store: &SqliteStore, now: DateTime<Utc>, quiet: bool) -> Result<bool, StoreError> {
    let undelivered = store.undelivered()?;
    if undelivered == Undelivered::default() {
        return Ok(true);
    }
    if is_first_today(store, "UNDELIVERED", now).await? || !quiet {
        complain("warning", &remedy(undelivered));
    }
    Ok(false)
}

/// True once a day for each warning, however often runs happen.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn is_first_today(
    store: &SqliteStore,
    warning: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mark = format!("{warning}#{}", now.date_naive());
    let is_first = AlertMarks::claim_alert(store, &mark, now, now).await? == Claim::Granted;
    if is_first {
        store.sent(&mark, now).await?;
    }
    Ok(is_first)
}

fn remedy(undelivered: Undelivered) -> String {
    let changes = |count: u32| counted(count as usize, "change");
    let what = match (undelivered.retried, undelivered.given_up) {
        (retried, 0) => format!("{} (retried for five days)", changes(retried)),
        (0, given_up) => format!("{} (given up)", changes(given_up)),
        (retried, given_up) => format!(
            "{} (retried for five days), {given_up} more given up",
            changes(retried)
        ),
    };
    format!(
        "undelivered alerts of {what}. `bulletin status` shows the cause. When it is fixed, `bulletin run --retry` sends \
         them; `bulletin watch remove ID` removes a watch and its alerts"
    )
}
