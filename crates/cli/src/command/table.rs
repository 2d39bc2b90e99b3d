//! `bulletin table`: the commands for whole tables. This file has the parts that they share.

mod create;
mod export;
mod import;
mod inspect;
mod migrate;
mod remove;

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use bulletin::UnknownSpelling;
use indicatif::{ProgressBar, ProgressStyle};
use operations::archive_file::ArchiveFormat;
use operations::dynamo_client;
use operations::table::TableKind;

use crate::args::{DeploymentArgs, FileForm, StoreArgs, TableCommand, TableWord};
use crate::command::block_on;
use crate::command::place::metered;

pub(crate) fn run(store: &StoreArgs, command: &TableCommand) -> anyhow::Result<ExitCode> {
    match command {
        TableCommand::Create(args) => create::create_tables(args),
        TableCommand::Describe(args) => inspect::describe_table(args),
        TableCommand::List(args) => inspect::list_tables(args),
        TableCommand::Scan(args) => inspect::scan_table(args),
        TableCommand::Count(args) => inspect::count_items(args),
        TableCommand::Truncate(args) => remove::truncate_table(args),
        TableCommand::Drop(args) => remove::drop_tables(args),
        TableCommand::Export(args) => export::run(store, args),
        TableCommand::Import(args) => import::run(store, args),
        TableCommand::Migrate(args) => migrate::run(args),
    }
}

/// The format of a file.
fn form(file: &Path, said: Option<FileForm>) -> Result<ArchiveFormat, UnknownSpelling> {
    match said {
        Some(FileForm::Csv) => Ok(ArchiveFormat::Csv),
        Some(FileForm::Jsonl) => Ok(ArchiveFormat::JsonLines),
        None => ArchiveFormat::of(file).ok_or_else(|| {
            let ways = [
                "a name that ends in .csv or .jsonl".into(),
                "--format csv".into(),
                "--format jsonl".into(),
            ];
            UnknownSpelling::new("file", "", ways).because(format!(
                "The command cannot tell the format of {} from its name.",
                file.display()
            ))
        }),
    }
}

/// A progress bar that counts these things, if standard error is a terminal.
fn progress_bar(things: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {things}, {{eta}} left"));
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Updates the progress bar.
fn show(bar: &ProgressBar, done: usize, of: usize) {
    bar.set_length(of as u64);
    bar.set_position(done as u64);
}

/// Runs `work` with a DynamoDB client.
fn with_client<T>(
    args: &DeploymentArgs,
    work: impl AsyncFnOnce(&aws_sdk_dynamodb::Client) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    block_on(async {
        let config = args.connection.connection().open().await?;
        metered(&args.capacity, async |meter| {
            work(&dynamo_client(&config, meter)).await
        })
        .await
    })
}

/// The chosen table, or all.
fn kinds(said: Option<TableWord>) -> Vec<TableKind> {
    said.map_or_else(|| TableKind::ALL.into(), |word| vec![word.kind()])
}
