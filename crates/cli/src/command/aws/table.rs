//! The `table` commands for the tables of a deployment. This file has the parts that they share.

mod create;
mod inspect;
mod migrate;
mod remove;

use std::process::ExitCode;

use operations::dynamo_client;
use operations::table::TableKind;

use super::{metered, open};
use crate::args::table::items::TableWord;
use crate::args::{DeploymentArgs, DeploymentTableCommand};
use crate::command::block_on;
use crate::settings::Settings;

pub(crate) fn table(settings: &Settings, command: &DeploymentTableCommand) -> anyhow::Result<ExitCode> {
    match command {
        DeploymentTableCommand::Create(args) => create::create_tables(args),
        DeploymentTableCommand::Describe(args) => inspect::describe_table(args),
        DeploymentTableCommand::List(args) => inspect::list_tables(args),
        DeploymentTableCommand::Scan(args) => inspect::scan_table(args),
        DeploymentTableCommand::Count(args) => inspect::count_items(args),
        DeploymentTableCommand::Migrate(args) => migrate::run(settings, args),
        DeploymentTableCommand::Truncate(args) => remove::truncate_table(args),
        DeploymentTableCommand::Drop(args) => remove::drop_tables(args),
    }
}

/// Runs `work` with a DynamoDB client.
fn with_client<T>(
    args: &DeploymentArgs,
    work: impl AsyncFnOnce(&aws_sdk_dynamodb::Client) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    block_on(async {
        let config = open(&args.connection).await?;
        metered(&args.capacity, async |meter| {
            work(&dynamo_client(&config, meter)).await
        })
        .await
    })
}

/// The chosen table, or all.
fn kinds(said: Option<TableWord>) -> Vec<TableKind> {
    said.map_or_else(|| TableKind::ALL.into(), |word| vec![kind(word)])
}

fn kind(word: TableWord) -> TableKind {
    match word {
        TableWord::Data => TableKind::Data,
        TableWord::Links => TableKind::Links,
        TableWord::Marks => TableKind::Marks,
    }
}
