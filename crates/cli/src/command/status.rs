//! `bulletin status`: the state of tracking on this machine, and its problems.

use std::process::ExitCode;

use bulletin::Month;
use chrono::{DateTime, Utc};
use operations::doctor::{Looks, believed_looks, failed_look, future_times, stale_look};
use pipeline::port::{BulletinStore, Check, Clock, LinkTable};
use pipeline::present_month;
use pipeline::{LinkState, overdue};
use serde_json::{Value, json};
use sqlite::{DeadLetterKind, SqliteStore};

use crate::args::StatusArgs;
use crate::clock::RunClock;
use crate::command::blocked::{in_short, in_words, next_step};
use crate::command::channels::{cannot_send, mail_watches};
use crate::command::run::ALTERNATES;
use crate::command::{block_on, open_existing};
use crate::field::output::{STATUS_OF_MACHINE, instant};
use crate::output::{self, Format};
use crate::settings::Settings;

/// The state of tracking.
#[derive(Debug)]
struct Status {
    bulletins: usize,
    oldest: Option<Month>,
    newest: Option<Month>,
    in_force: Month,
    in_force_is_stored: bool,
    last_good_poll: Option<DateTime<Utc>>,
    last_failed_poll: Option<Check>,
    pages_waiting: u32,
    changes_waiting: u32,
    /// Problems, one sentence each; empty if there are none.
    problems: Vec<String>,
    /// Remarks that need no action.
    remarks: Vec<String>,
    /// The lines that say how to store the months that no host serves; empty if there are none.
    next_steps: Vec<String>,
}

pub(crate) fn run(settings: &Settings, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let store = open_existing(settings)?;
    let now = RunClock::new(args.as_of).now();
    let status = block_on(status(&store, settings, now))?;
    match args.format {
        Format::Table => output::print(&as_text(&status))?,
        format => STATUS_OF_MACHINE.print(format, vec![record(&status)])?,
    }
    Ok(if status.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn status(store: &SqliteStore, settings: &Settings, now: DateTime<Utc>) -> anyhow::Result<Status> {
    let months = store.months().await?;
    let (pages_waiting, changes_waiting) = store.waiting()?;
    let in_force = present_month(now);
    let all_polls = store.checks()?;
    let polls = believed_looks(&all_polls, now);
    let mut found = Found::default();
    found.clock(store, &all_polls, now).await?;
    found.polls(&polls, all_polls.0.is_some(), now);
    if let Some(month) = overdue(now, &months) {
        found.problems.push(format!(
            "the bulletin of {} should be out and is not stored",
            month.title()
        ));
    }
    found.dead_letters(store)?;
    found.watches(store, settings)?;
    found.pages(store, failed_look(&polls).is_some()).await?;
    for month in months.iter().rev().take_while(|month| **month >= in_force) {
        found.bulletin(store, *month).await?;
    }
    let (good, bad) = &polls;
    Ok(Status {
        bulletins: months.len(),
        oldest: months.first().copied(),
        newest: months.last().copied(),
        in_force,
        in_force_is_stored: months.contains(&in_force),
        last_good_poll: good.as_ref().map(|check| check.at),
        last_failed_poll: bad.clone(),
        pages_waiting,
        changes_waiting,
        next_steps: next_step(&found.unfetched),
        problems: found.problems,
        remarks: found.remarks,
    })
}

/// The problems and remarks that were found so far.
#[derive(Debug, Default)]
struct Found {
    problems: Vec<String>,
    remarks: Vec<String>,
    /// The months whose pages no host served.
    unfetched: Vec<Month>,
}

impl Found {
    async fn clock(&mut self, store: &SqliteStore, polls: &Looks, now: DateTime<Utc>) -> anyhow::Result<()> {
        let ahead = future_times(store, polls, now).await?;
        if !ahead.is_empty() {
            self.problems.push(format!(
                "a clock was ahead, or this machine's is behind: {}. If the clock is right, `bulletin run` corrects this",
                ahead.join("; ")
            ));
        }
        Ok(())
    }

    fn polls(&mut self, polls: &Looks, has_good_poll: bool, now: DateTime<Utc>) {
        let failed = failed_look(polls);
        let good = polls.0.as_ref();
        match (good, stale_look(good, true, now)) {
            (_, Some(hours)) => self
                .problems
                .push(format!("the last successful poll was {hours} hours ago")),
            (None, None) if !has_good_poll && failed.is_none() => self
                .problems
                .push("the source was never polled. `bulletin run` polls it".into()),
            _ => {}
        }
        if let Some(bad) = failed {
            self.problems.push(format!(
                "the last poll failed: {}. `bulletin run -v` shows each host's answer",
                in_short(&bad.note)
            ));
        }
    }

    fn dead_letters(&mut self, store: &SqliteStore) -> anyhow::Result<()> {
        for letter in store.dead_letters()? {
            self.problems.push(match letter.kind {
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
        let failing = store.failing_changes()?.into_iter();
        self.problems.extend(
            failing.map(|failure| format!("an alert could not be sent yet and is retried: {failure}")),
        );
        Ok(())
    }

    fn watches(&mut self, store: &SqliteStore, settings: &Settings) -> anyhow::Result<()> {
        if store.watches()?.is_empty() {
            self.remarks.push(
                "nobody is alerted: there are no watches. `bulletin watch add EB3 India` adds one".into(),
            );
        }
        if let (Err(error), [watch, ..]) = (settings.mailer(), mail_watches(store)?.as_slice()) {
            // `bulletin run` may have a different environment.
            self.remarks.push(cannot_send(watch, &error));
        }
        Ok(())
    }

    /// The pages that could not be fetched. If the list could not be fetched either, the hosts' answers are already
    /// reported.
    async fn pages(&mut self, store: &SqliteStore, is_blocked: bool) -> anyhow::Result<()> {
        for link in store.links().await? {
            if !matches!(link.state, LinkState::Due { .. }) || link.failures == 0 {
                continue;
            }
            self.unfetched.push(link.link.month);
            if !is_blocked {
                self.problems.push(format!(
                    "the page of {} could not be fetched, {} in a row: {}",
                    link.link.month,
                    output::counted(link.failures as usize, "time"),
                    link.note
                ));
            }
        }
        self.unfetched.sort_unstable();
        if is_blocked && !self.unfetched.is_empty() {
            self.problems
                .push(format!("not fetched: {}", in_words(&self.unfetched)));
        }
        Ok(())
    }

    async fn bulletin(&mut self, store: &SqliteStore, month: Month) -> anyhow::Result<()> {
        let Some(record) = store.record(month).await? else {
            return Ok(());
        };
        let findings = record.findings.iter();
        self.remarks
            .extend(findings.map(|finding| format!("{month}: {finding}")));
        match record.pending {
            Some(pending) if pending.alternates() => self.problems.push(format!("{month}: {ALTERNATES}")),
            Some(pending) => self.remarks.push(format!(
                "{month}: {} served a different version at {}; waiting for a second fetch to confirm it",
                pending.host,
                output::minute(pending.at)
            )),
            None => {}
        }
        Ok(())
    }
}

fn record(status: &Status) -> Value {
    let failed = status.last_failed_poll.as_ref();
    json!({
        "bulletins": status.bulletins,
        "oldest_month": status.oldest,
        "newest_month": status.newest,
        "month_in_force": status.in_force,
        "in_force_is_stored": status.in_force_is_stored,
        "last_good_poll_at": status.last_good_poll.map(instant),
        "last_failed_poll_at": failed.map(|poll| instant(poll.at)),
        "last_failure": failed.map(|poll| &poll.note),
        "pages_waiting": status.pages_waiting,
        "changes_waiting": status.changes_waiting,
        "problems": status.problems,
        "remarks": status.remarks,
        "next_steps": status.next_steps,
    })
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{text}{end}")
}

/// The last successful poll; the last failed one if none has succeeded.
fn last_poll(status: &Status) -> String {
    match (status.last_good_poll, &status.last_failed_poll) {
        (Some(at), _) => output::minute(at),
        (None, Some(failed)) => format!("{}, failed; none has succeeded yet", output::minute(failed.at)),
        (None, None) => "never".into(),
    }
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
        format!("Last poll:    {}", last_poll(status)),
        format!(
            "Waiting:      {}, {}",
            output::counted(status.pages_waiting as usize, "page"),
            output::counted(status.changes_waiting as usize, "change")
        ),
    ];
    for remark in &status.remarks {
        lines.push(output::hanging("Remark:       ", remark));
    }
    for problem in &status.problems {
        lines.push(output::hanging("PROBLEM:      ", problem));
    }
    for step in &status.next_steps {
        lines.push(output::hanging("Next:         ", step));
    }
    if status.problems.is_empty() {
        lines.push("No problems.".into());
    }
    lines.join("\n")
}
