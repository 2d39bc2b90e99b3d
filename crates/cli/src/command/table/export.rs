//! `bulletin table export`.

use std::process::ExitCode;

use chrono::Utc;
use operations::archive_file::{Export, export};

use super::form;
use crate::args::TableExportArgs;
use crate::command::block_on;
use crate::command::place::on_store;
use crate::command::progress::{progress_bar, show};
use crate::output::{self, complain, counted};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &TableExportArgs) -> anyhow::Result<ExitCode> {
    let order = Export {
        path: &args.file,
        format: form(&args.file, args.format)?,
        months: args.months,
    };
    let bar = progress_bar("bulletins");
    let done = block_on(on_store(settings, &args.place, async |store| {
        let progress = |done, of| show(&bar, done, of);
        Ok(export(store, &order, Utc::now(), progress).await?)
    }));
    bar.finish_and_clear();
    let exported = done?;
    if exported.kept > 0 {
        complain(
            "note",
            &format!(
                "resumed an interrupted export that had already written {}",
                counted(exported.kept, "bulletin")
            ),
        );
    }
    output::print(&format!(
        "{} with {} written to {}",
        counted(exported.bulletins, "bulletin"),
        counted(exported.rows, "row"),
        args.file.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}
