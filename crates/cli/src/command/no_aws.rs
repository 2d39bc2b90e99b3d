//! Refuses the commands and options that need AWS, in a build without the feature `aws`. They are still parsed, so that
//! `--help` and the documentation are the same for every build.

use std::process::ExitCode;

use operations::doctor::{Circumstances, Symptom};
use operations::{Deployment, Store};

use crate::args::{
    DeploymentTableCommand, PlaceArgs, ReplayArgs, SubscribeArgs, SubscriptionsArgs, UnsubscribeArgs,
};
use crate::settings::Settings;

/// The refusal.
#[derive(Debug)]
struct NoAws;

impl std::fmt::Display for NoAws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "this `bulletin` was built without AWS support: `cargo install --locked --path crates/cli` in a checkout of \
             this project installs one that has it",
        )
    }
}

impl std::error::Error for NoAws {}

pub(crate) fn subscribe(_: &Settings, _: &SubscribeArgs) -> anyhow::Result<ExitCode> {
    Err(NoAws.into())
}

pub(crate) fn unsubscribe(_: &Settings, _: &UnsubscribeArgs) -> anyhow::Result<ExitCode> {
    Err(NoAws.into())
}

pub(crate) fn subscriptions(_: &Settings, _: &SubscriptionsArgs) -> anyhow::Result<ExitCode> {
    Err(NoAws.into())
}

pub(crate) fn table(_: &Settings, _: &DeploymentTableCommand) -> anyhow::Result<ExitCode> {
    Err(NoAws.into())
}

pub(crate) async fn replay(_: &Deployment, _: &ReplayArgs) -> anyhow::Result<bool> {
    Err(NoAws.into())
}

pub(crate) async fn on_store<T>(
    _: &Deployment,
    _: &PlaceArgs,
    _: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    Err(NoAws.into())
}

pub(crate) async fn examine(
    _: &Deployment,
    _: &PlaceArgs,
    _: impl AsyncFnOnce(String) -> anyhow::Result<Circumstances>,
) -> anyhow::Result<Vec<Symptom>> {
    Err(NoAws.into())
}

/// True if the command was given wrongly, so that its exit code is 2.
pub(crate) fn is_usage_error(error: &anyhow::Error) -> bool {
    error.is::<NoAws>()
}
