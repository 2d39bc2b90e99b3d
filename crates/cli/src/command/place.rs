//! Opens the database of this machine or a deployment.

use operations::Store;

use crate::args::PlaceArgs;
use crate::command::shipped::{Lead, stored_or_shipped};
use crate::command::{aws, open_existing};
use crate::database;
use crate::settings::Settings;

/// Runs `work` with the stored bulletins of this machine or of the chosen deployment. If none is stored yet, `work` gets
/// the shipped history, and the answer begins with its newest month and the months that it lacks.
pub(crate) async fn on_bulletins<T>(
    settings: &Settings,
    place: &PlaceArgs,
    lead: Lead,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    if place.stage.is_some() {
        return on_store(settings, place, work).await;
    }
    let location = database::locate_quietly(settings)?;
    // A file that the user names and that does not exist is a mistake.
    let store = if location.is_chosen || location.path.exists() {
        Some(open_existing(settings)?)
    } else {
        None
    };
    work(&stored_or_shipped(store, lead).await?).await
}

/// Runs `work` with the existing database of this machine, or with the chosen deployment.
pub(crate) async fn on_store<T>(
    settings: &Settings,
    place: &PlaceArgs,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match &place.stage {
        Some(deployment) => aws::on_store(deployment, place, work).await,
        None => work(&Store::Sqlite(Box::new(open_existing(settings)?))).await,
    }
}
