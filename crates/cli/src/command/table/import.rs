use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use bulletin::Month;
use chrono::Utc;
use operations::Store;
use operations::archive_file::{ImportReport, import, read_file};
use pipeline::port::SystemClock;

use super::{form, progress_bar, show};
use crate::args::{StoreArgs, TableImportArgs};
use crate::command::place::metered;
use crate::command::{block_on, open_sound};
use crate::output::{self, complain, counted};

/// How long a run on the same database is waited for: months must be stored in their order.
const WAIT_FOR_A_RUN: Duration = Duration::from_secs(10);

pub(super) fn run(local: &StoreArgs, args: &TableImportArgs) -> anyhow::Result<ExitCode> {
    let format = form(&args.file, args.format)?;
    let bulletins = read_file(&args.file, format, Utc::now())?;
    let bar = progress_bar("bulletins");
    let done = block_on(async {
        let bring = async |store: &Store| {
            let progress = |done, of| show(&bar, done, of);
            Ok(import(store, bulletins, &SystemClock, progress).await?)
        };
        match &args.place.stage {
            None => {
                let store = Store::Sqlite(Box::new(open_sound(local)?));
                let Store::Sqlite(database) = &store else {
                    bail!("there is no database");
                };
                let Some(_reading) = database.lock_reading(WAIT_FOR_A_RUN, Utc::now())? else {
                    bail!(
                        "a run is storing bulletins in {}. Wait for its end",
                        local.db.display()
                    );
                };
                bring(&store).await
            }
            Some(deployment) => {
                let config = args.place.connection.connection().open().await?;
                metered(&args.place.capacity, async |meter| {
                    bring(&Store::of(deployment, &config, meter)).await
                })
                .await
            }
        }
    });
    bar.finish_and_clear();
    tell(&done?)
}

fn tell(report: &ImportReport) -> anyhow::Result<ExitCode> {
    for month in &report.differ {
        complain(
            "warning",
            &format!(
                "the bulletin of {} is stored with other cells than in the file. It was left as it is; `bulletin show \
                 {month}` prints it",
                month.title()
            ),
        );
    }
    for month in &report.news {
        complain(
            "warning",
            &format!(
                "the bulletin of {} is later than every stored one, and not over: people are told of it when its page is \
                 read, so it was not taken from the file",
                month.title()
            ),
        );
    }
    let counts = [
        (&report.stored, "stored"),
        (&report.already_there, "already there"),
        (&report.differ, "left alone, because other cells are stored"),
        (&report.news, "left to the pipeline, because it would be news"),
    ];
    let lines = counts
        .into_iter()
        .filter(|(months, _)| !months.is_empty())
        .map(|(months, what)| format!("{} {what}{}", counted(months.len(), "bulletin"), span(months)));
    let lines: Vec<String> = lines.collect();
    output::print(
        if lines.is_empty() {
            "no bulletin is in the file".into()
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

/// From which to which month.
fn span(months: &[Month]) -> String {
    match months {
        [] => String::new(),
        [one] => format!(": {one}"),
        [first, .., last] => format!(": {first} to {last}"),
    }
}
