//! Where what is asked lies, and what asking cost.

use aws_types::SdkConfig;
use operations::capacity::Meter;
use operations::{Store, dynamo_client};

use crate::args::{CapacityArgs, DeploymentArgs, PlaceArgs, StoreArgs};
use crate::command::open_existing;
use crate::output::complain;

/// The database of this machine, which must be there, or the deployment that is named, handed to `work`.
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

/// The deployment that is named, handed to `work` with a client of DynamoDB.
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

/// Does the work, and says on standard error what each call consumed, also where it failed.
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
            &format!("{read} read units and {written} write units in all"),
        );
    }
    done
}
