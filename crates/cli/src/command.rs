//! The commands, one module each, and what they share: opening databases and loading bulletins. Excludes the parsing of
//! options, see [`args`](crate::args).

#[cfg(feature = "aws")]
pub(crate) mod aws;
#[cfg(not(feature = "aws"))]
#[path = "command/no_aws.rs"]
pub(crate) mod aws;
pub(crate) mod blocked;
pub(crate) mod channels;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod confirm_missing;
pub(crate) mod corrections;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod ingest;
pub(crate) mod latest;
pub(crate) mod parse;
pub(crate) mod place;
pub(crate) mod preview;
pub(crate) mod queueing;
pub(crate) mod replay;
pub(crate) mod resend;
pub(crate) mod run;
pub(crate) mod seed;
pub(crate) mod service;
pub(crate) mod shipped;
pub(crate) mod show;
pub(crate) mod source;
pub(crate) mod standings;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod undelivered;
pub(crate) mod verdict;
pub(crate) mod watch;

use std::path::PathBuf;

use anyhow::{Context, bail};
use bulletin::{Area, Bulletin, Case, Chart, Month, Successor};
use pipeline::port::{BulletinStore, as_bulletin};
use sqlite::{SqliteStore, Watch};

use crate::args::StoredMonth;
use crate::database;
use crate::output::{self, complain};
use crate::progress::Progress;
use crate::settings::Settings;

/// Runs a future to its end on this thread, and shows that the command waits.
fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let _waiting = Progress::waiting("working");
    run_to_end(future)
}

/// Runs a future to its end on this thread.
pub(crate) fn run_to_end<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")?
        .block_on(future)
}

/// Opens the database for writing, and creates it if it does not exist.
fn open_or_create(settings: &Settings) -> anyhow::Result<SqliteStore> {
    let location = database::locate(settings)?;
    if let (false, Some(folder)) = (location.is_chosen, location.path.parent()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    Ok(SqliteStore::open(&location.path)?)
}

/// Opens the database for storing bulletins, and creates it if it does not exist. Fails if it is damaged.
fn open_sound(settings: &Settings) -> anyhow::Result<SqliteStore> {
    let store = open_or_create(settings)?;
    store.check()?;
    Ok(store)
}

/// Opens an existing database for reading. The file may be read-only.
fn open_existing(settings: &Settings) -> anyhow::Result<SqliteStore> {
    Ok(SqliteStore::open_to_read(&existing(settings)?)?)
}

/// The watches of this machine; none if it has no database yet.
fn machine_watches(settings: &Settings) -> anyhow::Result<Vec<Watch>> {
    if database::locate_quietly(settings)?.path.exists() {
        Ok(open_existing(settings)?.watches()?)
    } else {
        Ok(Vec::new())
    }
}

/// The months stored on this machine; none if it has no database yet.
pub(crate) fn machine_months(settings: &Settings) -> anyhow::Result<Vec<Month>> {
    let path = database::locate_quietly(settings)?.path;
    if !path.exists() {
        return Ok(Vec::new());
    }
    let store = SqliteStore::open_to_read(&path)?;
    run_to_end(async { Ok(store.months().await?) })
}

/// Opens an existing database for writing.
fn open_existing_to_write(settings: &Settings) -> anyhow::Result<SqliteStore> {
    Ok(SqliteStore::open(&existing(settings)?)?)
}

/// The path of the database, which must exist.
fn existing(settings: &Settings) -> anyhow::Result<PathBuf> {
    let path = database::locate(settings)?.path;
    if !path.exists() {
        bail!(
            "the database {} does not exist. Create it with `bulletin run`, or choose another with --db FILE",
            path.display()
        );
    }
    Ok(path)
}

/// The month of a stored bulletin that the user named.
async fn month_of(store: &impl BulletinStore, chosen: StoredMonth) -> anyhow::Result<Month> {
    match chosen {
        StoredMonth::Of(month) => Ok(month),
        StoredMonth::Latest => match store.months().await?.pop() {
            Some(newest) => Ok(newest),
            None => bail!(NOTHING_STORED),
        },
    }
}

/// The error of a question about bulletins where there are none.
const NOTHING_STORED: &str = "no bulletin is stored yet. `bulletin run` fetches the newest";

/// Loads a stored bulletin. If it is missing, the error names the nearest ones.
async fn stored_bulletin(store: &impl BulletinStore, month: Month) -> anyhow::Result<Bulletin> {
    let months = store.months().await?;
    if months.contains(&month) {
        return Ok(as_bulletin(month, store.rows(month).await?)?);
    }
    match (months.first(), months.last()) {
        (Some(first), Some(last)) => {
            let previous = months.iter().rev().find(|other| **other < month);
            let next = months.iter().find(|other| **other > month);
            let nearest: Vec<String> = previous.into_iter().chain(next).map(Month::to_string).collect();
            bail!(
                "the bulletin of {} is not stored. The nearest stored: {}, of {} from {first} to {last}. \
                 `bulletin run --backfill {month}` fetches it",
                month.title(),
                nearest.join(" and "),
                output::counted(months.len(), "bulletin")
            )
        }
        _ => bail!(NOTHING_STORED),
    }
}

/// The message that a bulletin has no row for the category, with the rows that replaced it.
fn not_listed(case: Case, month: Month, successors: &[Successor]) -> String {
    let instead: Vec<&str> = successors
        .iter()
        .map(|successor| successor.category.code())
        .collect();
    let hint = if instead.is_empty() {
        String::new()
    } else {
        format!("; listed instead: {}", instead.join(" and "))
    };
    format!(
        "the bulletin of {} does not list {}{hint}",
        month.title(),
        case.category
    )
}

/// Prints a note on where a country is counted, if it has no separate column in this bulletin.
fn note_where_counted(case: Case, bulletin: &Bulletin) {
    let has_column = |area: Area| {
        Chart::ALL
            .into_iter()
            .any(|chart| bulletin.areas(chart, case.category.preference()).contains(&area))
    };
    let ruled_by = case.area.ruled_by(has_column);
    if ruled_by != case.area {
        complain("note", &bulletin::text::counted_under(case.area, ruled_by));
    }
}
