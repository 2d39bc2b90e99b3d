//! `bulletin table`: the commands for whole tables. This file has the parts that they share.

mod export;
mod import;

use std::path::Path;
use std::process::ExitCode;

use bulletin::UnknownSpelling;
use operations::archive_file::ArchiveFormat;

use crate::args::{FileForm, TableCommand};
use crate::command::aws;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, command: &TableCommand) -> anyhow::Result<ExitCode> {
    match command {
        TableCommand::Deployment(command) => aws::table(settings, command),
        TableCommand::Export(args) => export::run(settings, args),
        TableCommand::Import(args) => import::run(settings, args),
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
