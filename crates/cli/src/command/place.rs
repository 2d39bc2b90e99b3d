//! Opens the database of this machine or a deployment, and reports the consumed capacity.

use aws_types::SdkConfig;
use operations::capacity::Meter;
use operations::{Store, dynamo_client};

use crate::args::{CapacityArgs, DeploymentArgs, PlaceArgs, StoreArgs};
use crate::command::open_existing;
use crate::output::complain;

/// Runs `work` with the existing database of this machine, or with the chosen deployment.
pub(crate) async fn on_store<T>(
    local: &StoreArgs,
    place: &PlaceArgs,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Some(deployment) = &place.stage else {
        return work(&Store::Sqlite(Box::new(open_existing(local)?))).await;
    };
    let config = place.connection.connection().open().await?;
    metered(&place.capacity, async |meter| {
        work(&Store::of(deployment, &config, meter)).await
    })
    .await
}

/// Runs `work` with a DynamoDB client for the chosen deployment.
pub(crate) async fn on_deployment<T>(
    args: &DeploymentArgs,
    work: impl AsyncFnOnce(&SdkConfig, aws_sdk_dynamodb::Client) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let config = args.connection.connection().open().await?;
    metered(&args.capacity, async |meter| {
        work(&config, dynamo_client(&config, meter)).await
    })
    .await
}

/// Runs `work`, and prints the capacity that each call consumed on standard error, even if it fails.
pub(crate) async fn metered<T>(
    args: &CapacityArgs,
    work: impl AsyncFnOnce(Option<Meter>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let meter = args.show_capacity.then(Meter::default);
    let done = work(meter.clone()).await;
    if let Some(meter) = meter {
        let (mut read, mut written) = (0.0, 0.0);
        for consumed in meter.take() {
            complain("capacity", &consumed.to_string());
            *if consumed.writes() {
                &mut written
            } else {
                &mut read
            } += consumed.units;
        }
        complain(
            "capacity",
            &format!("total: {read} read units and {written} write units"),
        );
    }
    done
}
