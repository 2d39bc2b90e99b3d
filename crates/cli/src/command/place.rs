//! Opens the database of this machine or a deployment.

use operations::Store;

use crate::args::{PlaceArgs, StoreArgs};
use crate::command::{aws, open_existing};

/// Runs `work` with the existing database of this machine, or with the chosen deployment.
pub(crate) async fn on_store<T>(
    local: &StoreArgs,
    place: &PlaceArgs,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match &place.stage {
        Some(deployment) => aws::on_store(deployment, place, work).await,
        None => work(&Store::Sqlite(Box::new(open_existing(local)?))).await,
    }
}
