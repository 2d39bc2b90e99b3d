//! What each command does.

pub(crate) mod aws_side;
pub(crate) mod channels;
pub(crate) mod check;
pub(crate) mod confirm_missing;
pub(crate) mod corrections;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod history;
pub(crate) mod ingest;
pub(crate) mod latest;
pub(crate) mod parse;
pub(crate) mod place;
pub(crate) mod preview;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod source;
pub(crate) mod standings;
pub(crate) mod status;
pub(crate) mod subscribe;
pub(crate) mod subscriptions;
pub(crate) mod table;
pub(crate) mod undelivered;
pub(crate) mod unsubscribe;
pub(crate) mod watch;

use std::process::ExitCode;

use anyhow::{Context, bail};
use bulletin::{Area, Bulletin, Case, Chart, Month, Successor};
use clap::CommandFactory;
use clap_complete::Shell;
use pipeline::port::{BulletinStore, as_bulletin};
use sqlite::SqliteStore;

use crate::args::{Args, StoreArgs};
use crate::output::{self, complain};

/// Prints a completion script.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "bulletin", &mut script);
    output::print(&String::from_utf8(script)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a future to its end on this thread.
fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime does not start")?
        .block_on(future)
}

/// The database to write to, made where there is none.
fn open_or_make(args: &StoreArgs) -> anyhow::Result<SqliteStore> {
    Ok(SqliteStore::open(&args.db)?)
}

/// The database to store bulletins in, made where there is none. Into one that is damaged anywhere nothing is written.
fn open_sound(args: &StoreArgs) -> anyhow::Result<SqliteStore> {
    let store = open_or_make(args)?;
    store.check()?;
    Ok(store)
}

/// The database to read from, which must be there. It need not be writable.
fn open_existing(args: &StoreArgs) -> anyhow::Result<SqliteStore> {
    must_exist(args)?;
    Ok(SqliteStore::open_to_read(&args.db)?)
}

/// The database to write to, which must be there.
fn open_existing_to_write(args: &StoreArgs) -> anyhow::Result<SqliteStore> {
    must_exist(args)?;
    open_or_make(args)
}

fn must_exist(args: &StoreArgs) -> anyhow::Result<()> {
    if !args.db.exists() {
        bail!(
            "there is no database {}. Make it with `bulletin run`, or name another with --db FILE",
            args.db.display()
        );
    }
    Ok(())
}

/// A stored bulletin; where it is missing, the error names those that are there.
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
        _ => bail!("no bulletin is stored yet. `bulletin run` fetches the newest"),
    }
}

/// Says that a bulletin has no row for the category, and which rows took its place.
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

/// Tells on standard error where a country is counted, if it has no column of its own in this bulletin.
fn tell_where_counted(case: Case, bulletin: &Bulletin) {
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
