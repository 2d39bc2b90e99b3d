//! Repairs the times that a wrong clock has left in the database.

use pipeline::port::Clock as _;
use sqlite::{ClockState, SqliteStore};

use crate::clock::RunClock;
use crate::output::{complain, minute};

/// Corrects times in the future, which a wrong clock has left, and reports it. Returns a sentence if this machine's clock is
/// behind.
pub(crate) async fn repair_times(store: &SqliteStore, clock: RunClock) -> anyhow::Result<Option<String>> {
    let now = clock.now();
    match store.repair_times(now).await? {
        ClockState::Plausible => Ok(None),
        ClockState::Behind(newest) => Ok(Some(format!(
            "the clock shows {}, but the bulletin of {} is already stored. Set the clock",
            now.format("%Y-%m-%d"),
            newest.title()
        ))),
        ClockState::RanAhead { latest, unsilenced } => {
            let mut what = format!(
                "the clock was ahead, at {} or later. The times stored then are corrected",
                minute(latest)
            );
            if !unsilenced.is_empty() {
                let months: Vec<String> = unsilenced.iter().map(|month| month.title()).collect();
                what.push_str(&format!(
                    ", and the alerts of {} that were skipped are sent now",
                    months.join(" and ")
                ));
            }
            complain("warning", &what);
            Ok(None)
        }
    }
}
