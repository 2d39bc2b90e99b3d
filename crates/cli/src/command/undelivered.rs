//! Reports alerts that could not be delivered, so that every run fails until somebody has dealt
//! with them.

use std::collections::BTreeSet;

use pipeline::port::StoreError;
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

/// The sentence about undelivered alerts, with the remedy; `None` if there are none.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn remedy(store: &SqliteStore) -> Result<Option<String>, StoreError> {
    let undelivered = store.undelivered()?;
    if undelivered == Undelivered::default() {
        return Ok(None);
    }
    let changes = |count: u32| counted(count as usize, "change");
    let what = match (undelivered.retried, undelivered.given_up) {
        (retried, 0) => format!("{} (retried for five days)", changes(retried)),
        (0, given_up) => format!("{} (given up)", changes(given_up)),
        (retried, given_up) => format!(
            "{} (retried for five days), {given_up} more given up",
            changes(retried)
        ),
    };
    Ok(Some(format!(
        "undelivered alerts of {what}. `bulletin status` shows the cause. When it is fixed, `bulletin run --retry` sends \
         them; `bulletin watch remove ID` removes a watch and its alerts"
    )))
}
