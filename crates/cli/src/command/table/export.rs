//! `bulletin table export`.

use std::process::ExitCode;

use chrono::Utc;
use operations::Store;
use operations::archive_file::{Export, export};

use super::form;
use crate::args::TableExportArgs;
use crate::command::block_on;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::output::{self, Format, complain, counted};
use crate::progress::Progress;

use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &TableExportArgs) -> anyhow::Result<ExitCode> {
    let order = Export {
        path: &args.file,
        format: form(&args.file, args.format)?,
        months: args.months,
    };
    let lead = Lead {
        // Standard output is for the summary.
        format: Format::Csv,
        is_about_newest: false,
    };
    let exported = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        let bar = Progress::counting("bulletins");
        let (now, progress) = (Utc::now(), |done, of| bar.show(done, of));
        Ok(match store {
            Store::Shipped(history) => {
                // As a new database would have it, so that an import alerts nobody.
                export(&history.as_ref().clone().stored_at(now), &order, now, progress).await?
            }
            store => export(store, &order, now, progress).await?,
        })
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
