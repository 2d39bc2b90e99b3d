//! Fills a new database with the history that is shipped with the program.

use pipeline::port::{BulletinStore as _, Clock as _, StoreError};
use pipeline::{present_month, seed_plans};
use shipped_history::ShippedHistory;
use sqlite::SqliteStore;

use crate::clock::RunClock;
use crate::output::{complain, counted};
use crate::settings::Settings;

/// Stores the shipped history if no bulletin is stored yet. It alerts nobody.
///
/// A replay of old pages starts empty: its pages are the history.
///
/// # Errors
/// An error if the database cannot be written.
pub(crate) async fn seed(
    store: &SqliteStore,
    settings: &Settings,
    clock: RunClock,
    quiet: bool,
) -> anyhow::Result<()> {
    let is_replay = matches!(clock, RunClock::AsOf(_));
    if settings.no_history || is_replay || !store.months().await?.is_empty() {
        return Ok(());
    }
    let now = clock.now();
    // A clock that is wrong must not make a later bulletin look like history.
    let horizon = present_month(now).next();
    let mut bulletins = ShippedHistory::load().archived(now);
    bulletins.retain(|bulletin| bulletin.month <= horizon);
    match store.write_all(&seed_plans(&bulletins, now)?) {
        // Another process stored it at the same time.
        Err(StoreError::Conflict { .. }) => return Ok(()),
        done => done?,
    }
    if let (Some(first), Some(last), false) = (bulletins.first(), bulletins.last(), quiet) {
        complain(
            "note",
            &format!(
                "new database: {} shipped with this version, {} to {}",
                counted(bulletins.len(), "bulletin"),
                first.month.title(),
                last.month.title()
            ),
        );
    }
    Ok(())
}
