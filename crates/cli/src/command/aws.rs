//! The commands and options that need AWS. A build without the feature `aws` has `no_aws.rs` in the place of this module;
//! nothing else in this crate depends on the feature.

mod replay;
mod subscribe;
mod subscriber;
mod subscriptions;
mod table;
mod unsubscribe;

use anyhow::anyhow;
use aws_types::SdkConfig;
use operations::capacity::Meter;
use operations::connect::{ConnectError, Connection};
use operations::doctor::{Circumstances, Symptom, examine_deployment};
use operations::{Deployment, Store};
use pipeline::port::StoreError;

pub(crate) use replay::replay;
pub(crate) use subscribe::run as subscribe;
pub(crate) use subscriptions::run as subscriptions;
pub(crate) use table::table;
pub(crate) use unsubscribe::run as unsubscribe;

use crate::args::{CapacityArgs, ConnectionArgs, PlaceArgs};
use crate::output::complain;
use crate::progress::Progress;

/// Runs `work` with the tables of a deployment.
pub(crate) async fn on_store<T>(
    deployment: &Deployment,
    place: &PlaceArgs,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let config = open(&place.connection).await?;
    metered(&place.capacity, async |meter| {
        work(&Store::of(deployment, &config, meter)).await
    })
    .await
}

/// Checks a deployment. `around` gets the options that select it in another command.
pub(crate) async fn examine(
    deployment: &Deployment,
    place: &PlaceArgs,
    around: impl AsyncFnOnce(String) -> anyhow::Result<Circumstances>,
) -> anyhow::Result<Vec<Symptom>> {
    let config = open(&place.connection).await?;
    let around = around(format!(" --stage {deployment}{}", place.connection.words())).await?;
    metered(&place.capacity, async |meter| {
        Ok(examine_deployment(deployment, &config, meter, &around).await?)
    })
    .await
}

/// True if the command was given wrongly, so that its exit code is 2.
pub(crate) fn is_usage_error(error: &anyhow::Error) -> bool {
    error.is::<ConnectError>()
}

/// The configuration for the clients, with the credentials that the AWS CLI would use.
async fn open(args: &ConnectionArgs) -> Result<SdkConfig, ConnectError> {
    let connection = Connection {
        profile: args.profile.clone(),
        region: args.region.clone(),
        endpoint_url: args.endpoint_url.clone(),
    };
    connection.open().await
}

/// The same error as text: the database of this machine is named in front of a [`StoreError`], and has no part in this
/// one.
fn without_database(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<StoreError>() {
        Some(_) => anyhow!("{error:#}"),
        None => error,
    }
}

/// Runs `work`, and prints the capacity that each call consumed on standard error, even if it fails.
async fn metered<T>(
    args: &CapacityArgs,
    work: impl AsyncFnOnce(Option<Meter>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let _waiting = Progress::waiting("waiting for AWS");
    let meter = args.show_capacity.then(Meter::default);
    let done = work(meter.clone()).await.map_err(without_database);
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
