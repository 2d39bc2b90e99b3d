//! `bulletin table import`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use bulletin::Month;
use chrono::Utc;
use operations::Store;
use operations::archive_file::{ImportReport, import, read_file};
use pipeline::port::SystemClock;
use shipped_history::ShippedHistory;

use super::form;
use crate::args::TableImportArgs;
use crate::command::{aws, block_on, open_sound};
use crate::database::locate_quietly;
use crate::output::{self, complain, counted};
use crate::progress::Progress;
use crate::settings::Settings;

/// The time to wait for a run on the same database, because months must be stored in order.
const WAIT_FOR_A_RUN: Duration = Duration::from_secs(10);

pub(super) fn run(settings: &Settings, args: &TableImportArgs) -> anyhow::Result<ExitCode> {
    let bulletins = match &args.file {
        Some(file) => read_file(file, form(file, args.format)?, Utc::now())?,
        None => ShippedHistory::load().archived(Utc::now()),
    };
    let done = block_on(async {
        let bring = async |store: &Store| {
            let bar = Progress::counting("bulletins");
            let progress = |done, of| bar.show(done, of);
            Ok(import(store, bulletins, &SystemClock, progress).await?)
        };
        match &args.place.stage {
            None => {
                let store = Store::Sqlite(Box::new(open_sound(settings)?));
                let Some(database) = store.sqlite() else {
                    bail!("the store is not a database file");
                };
                let Some(_reading) = database.lock_reading(WAIT_FOR_A_RUN, Utc::now())? else {
                    bail!(
                        "another process is storing bulletins in {}. Wait until it ends",
                        locate_quietly(settings)?.path.display()
                    );
                };
                bring(&store).await
            }
            Some(deployment) => aws::on_store(deployment, &args.place, bring).await,
        }
    });
    print_report(&done?)
}

fn print_report(report: &ImportReport) -> anyhow::Result<ExitCode> {
    for month in &report.differ {
        complain(
            "warning",
            &format!(
                "the stored bulletin of {} differs from the one in the file, and was left unchanged; `bulletin show \
                 {month}` prints it",
                month.title()
            ),
        );
    }
    for month in &report.news {
        complain(
            "warning",
            &format!(
                "the bulletin of {} is newer than every stored one and still in force or upcoming. It was not imported, so \
                 that people are notified when its page is parsed",
                month.title()
            ),
        );
    }
    let counts = [
        (&report.stored, "stored"),
        (&report.already_there, "already stored"),
        (&report.differ, "skipped, because the stored cells differ"),
        (&report.news, "skipped, because people would not be notified"),
    ];
    let lines = counts
        .into_iter()
        .filter(|(months, _)| !months.is_empty())
        .map(|(months, what)| format!("{} {what}{}", counted(months.len(), "bulletin"), span(months)));
    let lines: Vec<String> = lines.collect();
    output::print(
        if lines.is_empty() {
            "the file contains no bulletins".into()
        } else {
            lines.join("\n")
        }
        .as_str(),
    )?;
    Ok(if report.differ.is_empty() && report.news.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The first and the last month.
fn span(months: &[Month]) -> String {
    match months {
        [] => String::new(),
        [one] => format!(": {one}"),
        [first, .., last] => format!(": {first} to {last}"),
    }
}
