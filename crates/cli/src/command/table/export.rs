//! `bulletin table export`.

use std::process::ExitCode;

use chrono::Utc;
use operations::archive_file::{Export, export};

use super::form;
use crate::args::{StoreArgs, TableExportArgs};
use crate::command::block_on;
use crate::command::place::on_store;
use crate::output::{self, complain, counted};
use crate::progress::Progress;

pub(super) fn run(store: &StoreArgs, args: &TableExportArgs) -> anyhow::Result<ExitCode> {
    let order = Export {
        path: &args.file,
        format: form(&args.file, args.format)?,
        months: args.months,
    };
    let exported = block_on(on_store(store, &args.place, async |store| {
        let bar = Progress::counting("bulletins");
        let progress = |done, of| bar.show(done, of);
        Ok(export(store, &order, Utc::now(), progress).await?)
    }))?;
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
