use std::process::ExitCode;

use bulletin::Month;
use chrono::{DateTime, Duration, Utc};
use local::{DeadLetterKind, SqliteStore};
use pipeline::port::{BulletinStore, Clock, LinkTable, present_month};
use pipeline::{LinkState, overdue};
use serde::Serialize;

use crate::args::{StatusArgs, StoreArgs};
use crate::clock::RunClock;
use crate::command::{block_on, open_existing};
use crate::output::{self, Format};

/// How old the last good look at the source may be.
const STALE_AFTER: Duration = Duration::hours(24);

/// How tracking goes.
#[derive(Debug, Serialize)]
struct Status {
    bulletins: usize,
    oldest: Option<Month>,
    newest: Option<Month>,
    in_force: Month,
    in_force_is_stored: bool,
    last_good_check: Option<DateTime<Utc>>,
    last_bad_check: Option<String>,
    pages_waiting: u32,
    changes_waiting: u32,
    /// What needs a look, a sentence each; empty where all is well.
    problems: Vec<String>,
    /// What is worth knowing.
    remarks: Vec<String>,
}

pub(crate) fn run(store: &StoreArgs, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let store = open_existing(store)?;
    let now = RunClock::new(args.as_of).now();
    let status = block_on(status(&store, now))?;
    match args.format {
        Format::Table => output::print(&as_text(&status))?,
        Format::Json => output::print_json(&status)?,
        Format::Csv => output::print_csv(
            ["kind", "text"],
            status
                .problems
                .iter()
                .map(|text| ["problem".into(), text.clone()])
                .chain(status.remarks.iter().map(|text| ["remark".into(), text.clone()])),
        )?,
    }
    Ok(if status.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn status(store: &SqliteStore, now: DateTime<Utc>) -> anyhow::Result<Status> {
    let months = store.months().await?;
    let (good, bad) = store.checks()?;
    let (pages_waiting, changes_waiting) = store.waiting()?;
    let in_force = present_month(now);
    let mut problems = Vec::new();
    let mut remarks = Vec::new();

    match &good {
        Some(check) if now - check.at > STALE_AFTER => {
            problems.push(format!(
                "the source was last seen {} hours ago",
                (now - check.at).num_hours()
            ));
        }
        Some(_) => {}
        None => problems.push("the source was never seen. `bulletin run` looks at it".into()),
    }
    if let Some(bad) = &bad
        && good.as_ref().is_none_or(|good| good.at < bad.at)
    {
        problems.push(format!("the last look at the source failed: {}", bad.note));
    }
    if let Some(month) = overdue(now, &months) {
        problems.push(format!(
            "the bulletin of {} should be out and is not stored",
            month.title()
        ));
    }
    for letter in store.dead_letters()? {
        problems.push(match letter.kind {
            DeadLetterKind::Page => format!("the page of {} was refused: {}", letter.about, letter.failure),
            DeadLetterKind::Change => format!("alerts could not be sent: {}", letter.failure),
        });
    }
    for link in store.links().await? {
        if matches!(link.state, LinkState::Due { .. }) && link.failures > 0 {
            problems.push(format!(
                "{} could not be fetched {} times: {}",
                link.link.month, link.failures, link.note
            ));
        }
    }
    for month in months.iter().rev().take_while(|month| **month >= in_force) {
        let Some(record) = store.record(*month).await? else {
            continue;
        };
        remarks.extend(
            record
                .findings
                .iter()
                .map(|finding| format!("{month}: {finding}")),
        );
        if let Some(pending) = record.pending {
            remarks.push(format!(
                "{month}: {} showed another form at {}; it waits for a second look",
                pending.host,
                pending.at.format("%Y-%m-%d %H:%M UTC")
            ));
        }
    }
    Ok(Status {
        bulletins: months.len(),
        oldest: months.first().copied(),
        newest: months.last().copied(),
        in_force,
        in_force_is_stored: months.contains(&in_force),
        last_good_check: good.map(|check| check.at),
        last_bad_check: bad.map(|check| format!("{}: {}", check.at.format("%Y-%m-%d %H:%M UTC"), check.note)),
        pages_waiting,
        changes_waiting,
        problems,
        remarks,
    })
}

fn as_text(status: &Status) -> String {
    let month = |month: Option<Month>| month.map_or_else(|| "none".into(), |month| month.title());
    let mut lines = vec![
        format!(
            "Stored:       {} bulletins, {} to {}",
            status.bulletins,
            month(status.oldest),
            month(status.newest)
        ),
        format!(
            "In force:     {}{}",
            status.in_force.title(),
            if status.in_force_is_stored {
                ""
            } else {
                " (not stored)"
            }
        ),
        format!(
            "Source:       last seen {}",
            status.last_good_check.map_or_else(
                || "never".into(),
                |at| at.format("%Y-%m-%d %H:%M UTC").to_string()
            )
        ),
        format!(
            "Waiting:      {} pages, {} changes",
            status.pages_waiting, status.changes_waiting
        ),
    ];
    for remark in &status.remarks {
        lines.push(format!("Remark:       {remark}"));
    }
    for problem in &status.problems {
        lines.push(format!("NEEDS A LOOK: {problem}"));
    }
    if status.problems.is_empty() {
        lines.push("All is well.".into());
    }
    lines.join("\n")
}
