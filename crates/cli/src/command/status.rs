//! `bulletin status`: the state of tracking on this machine, and its problems.

use std::process::ExitCode;

use bulletin::Month;
use chrono::{DateTime, Utc};
use operations::doctor::{believed_looks, failed_look, future_times, stale_look};
use pipeline::port::{BulletinStore, Clock, LinkTable};
use pipeline::present_month;
use pipeline::{LinkState, overdue};
use serde::Serialize;
use sqlite::{DeadLetterKind, SqliteStore};

use crate::args::{StatusArgs, StoreArgs};
use crate::clock::RunClock;
use crate::command::channels::{cannot_send, mail_watches, mailer};
use crate::command::run::ALTERNATES;
use crate::command::{block_on, open_existing};
use crate::output::{self, Format};

/// The state of tracking.
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
    /// Problems, one sentence each; empty if there are none.
    problems: Vec<String>,
    /// Remarks that need no action.
    remarks: Vec<String>,
}

pub(crate) fn run(store: &StoreArgs, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let store = open_existing(store)?;
    let now = RunClock::new(args.as_of).now();
    let status = block_on(status(&store, now))?;
    match args.format {
        Format::Table => output::print(&as_text(&status))?,
        Format::Json => output::print_json(&status)?,
        Format::Csv => output::print_csv(["field", "value"], fields(&status))?,
    }
    Ok(if status.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn status(store: &SqliteStore, now: DateTime<Utc>) -> anyhow::Result<Status> {
    let months = store.months().await?;
    let (pages_waiting, changes_waiting) = store.waiting()?;
    let in_force = present_month(now);
    let mut problems = Vec::new();
    let mut remarks = Vec::new();

    let all_looks = store.checks()?;
    let ahead = future_times(store, &all_looks, now).await?;
    if !ahead.is_empty() {
        problems.push(format!(
            "a clock was ahead, or this machine's is behind: {}. If the clock is right, `bulletin run` corrects this",
            ahead.join("; ")
        ));
    }
    let looks = believed_looks(&all_looks, now);
    let failed = failed_look(&looks);
    let (good, bad) = &looks;
    match (good, stale_look(good.as_ref(), true, now)) {
        (_, Some(hours)) => problems.push(format!("the last successful poll was {hours} hours ago")),
        (Some(_), None) => {}
        (None, None) if all_looks.0.is_some() => {}
        (None, None) => problems.push("the source was never polled. `bulletin run` polls it".into()),
    }
    if let Some(bad) = failed {
        problems.push(format!("the last poll failed: {}", bad.note));
    }
    if let Some(month) = overdue(now, &months) {
        problems.push(format!(
            "the bulletin of {} should be out and is not stored",
            month.title()
        ));
    }
    for letter in store.dead_letters()? {
        problems.push(match letter.kind {
            DeadLetterKind::Page => format!(
                "the page of {} was refused: {} `bulletin run --retry` retries it; `bulletin ingest FILE` stores a saved page",
                letter.about,
                sentence(&letter.failure)
            ),
            DeadLetterKind::Change => format!(
                "alerts were given up: {} After you fix the cause, `bulletin run --retry` sends them",
                sentence(&letter.failure)
            ),
        });
    }
    for failure in store.failing_changes()? {
        problems.push(format!(
            "an alert could not be sent yet and is retried: {failure}"
        ));
    }
    if let (Err(error), [watch, ..]) = (mailer(), mail_watches(store)?.as_slice()) {
        // `bulletin run` may have a different environment.
        remarks.push(cannot_send(watch, &error.to_string()));
    }
    let is_blocked = failed.is_some();
    let mut blocked_too = Vec::new();
    for link in store.links().await? {
        if !matches!(link.state, LinkState::Due { .. }) || link.failures == 0 {
            continue;
        }
        // The answers of the hosts are already reported above.
        if is_blocked {
            blocked_too.push(link.link.month.to_string());
            continue;
        }
        problems.push(format!(
            "the page of {} could not be fetched, {} in a row: {}",
            link.link.month,
            output::counted(link.failures as usize, "time"),
            link.note
        ));
    }
    if !blocked_too.is_empty() {
        problems.push(format!(
            "these pages could not be fetched either: {}",
            blocked_too.join(", ")
        ));
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
        if record
            .pending
            .as_ref()
            .is_some_and(|pending| pending.alternates())
        {
            problems.push(format!("{month}: {ALTERNATES}"));
        } else if let Some(pending) = record.pending {
            remarks.push(format!(
                "{month}: {} served a different version at {}; waiting for a second fetch to confirm it",
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
        last_good_check: good.as_ref().map(|check| check.at),
        last_bad_check: bad
            .as_ref()
            .map(|check| format!("{}: {}", check.at.format("%Y-%m-%d %H:%M UTC"), check.note)),
        pages_waiting,
        changes_waiting,
        problems,
        remarks,
    })
}

/// The fields as names and values, with a separate line for each problem and remark.
fn fields(status: &Status) -> Vec<[String; 2]> {
    let month = |month: Option<Month>| month.map(|month| month.to_string()).unwrap_or_default();
    let at = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let mut fields = vec![
        ("bulletins", status.bulletins.to_string()),
        ("oldest", month(status.oldest)),
        ("newest", month(status.newest)),
        ("in_force", status.in_force.to_string()),
        ("in_force_is_stored", status.in_force_is_stored.to_string()),
        ("last_good_check", at(status.last_good_check)),
        (
            "last_bad_check",
            status.last_bad_check.clone().unwrap_or_default(),
        ),
        ("pages_waiting", status.pages_waiting.to_string()),
        ("changes_waiting", status.changes_waiting.to_string()),
    ];
    fields.extend(status.problems.iter().map(|text| ("problem", text.clone())));
    fields.extend(status.remarks.iter().map(|text| ("remark", text.clone())));
    fields
        .into_iter()
        .map(|(name, value)| [name.into(), value])
        .collect()
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{text}{end}")
}

fn as_text(status: &Status) -> String {
    let stored = match (status.oldest, status.newest) {
        (Some(oldest), Some(newest)) if oldest == newest => {
            format!("1 bulletin, {}", newest.title())
        }
        (Some(oldest), Some(newest)) => format!(
            "{} bulletins, {} to {}",
            status.bulletins,
            oldest.title(),
            newest.title()
        ),
        _ => "nothing yet".into(),
    };
    let mut lines = vec![
        format!("Stored:       {stored}"),
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
            "Last poll:    {}",
            status.last_good_check.map_or_else(
                || "never".into(),
                |at| at.format("%Y-%m-%d %H:%M UTC").to_string()
            )
        ),
        format!(
            "Waiting:      {}, {}",
            output::counted(status.pages_waiting as usize, "page"),
            output::counted(status.changes_waiting as usize, "change")
        ),
    ];
    for remark in &status.remarks {
        lines.push(format!("Remark:       {remark}"));
    }
    for problem in &status.problems {
        lines.push(format!("PROBLEM:      {problem}"));
    }
    if status.problems.is_empty() {
        lines.push("No problems.".into());
    }
    lines.join("\n")
}
