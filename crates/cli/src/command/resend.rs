//! `replay --alerts` sends unsent alerts, `replay --announce` resends all alerts of a month.

use std::collections::BTreeSet;

use anyhow::bail;
use bulletin::{Alert, Month};
use chrono::Utc;
use operations::Store;
use operations::replay::alert::{Rebuilt, Unsent, rebuild, unsent};
use pipeline::port::{BulletinStore as _, Channel, SystemClock};
use pipeline::{Dispatcher, Notified, NotifyError, is_finished};
use serde_json::json;

use crate::args::ReplayArgs;
use crate::command::preview::why_silent;
use crate::field::output::{ALERTS_UNSENT, print_list};
use crate::output::{self, complain, counted, is_confirmed};

/// Sends the unsent alerts of the chosen months. Returns true if all are sent.
pub(crate) async fn resend(
    store: &Store,
    channels: &[&dyn Channel],
    args: &ReplayArgs,
) -> anyhow::Result<bool> {
    let stored = store.months().await?;
    let now = Utc::now();
    let months: BTreeSet<Month> = match args.months {
        Some(range) => {
            for missing in range.months().filter(|month| !stored.contains(month)) {
                complain(
                    "note",
                    &format!("the bulletin of {} is not stored", missing.title()),
                );
            }
            range.months().filter(|month| stored.contains(month)).collect()
        }
        None => stored
            .into_iter()
            .filter(|month| !is_finished(*month, now))
            .collect(),
    };
    if months.is_empty() {
        let which = match args.months {
            Some(_) => "none of these bulletins is stored",
            None => "no bulletin in force or upcoming is stored. Choose others with --months FROM..TO",
        };
        bail!("{which}");
    }
    rebuild_and_send(store, channels, &months, args).await
}

/// Computes the alerts that were due, lists those that are not recorded as sent, and sends them unless this is a dry run.
/// Returns true if all are sent.
pub(crate) async fn rebuild_and_send(
    store: &Store,
    channels: &[&dyn Channel],
    months: &BTreeSet<Month>,
    args: &ReplayArgs,
) -> anyhow::Result<bool> {
    let rebuilt = rebuild(store, months, Utc::now()).await?;
    let is_known = report_months_not_due(&rebuilt);
    let due = rebuilt.due();
    let mut missing: Vec<Unsent> = Vec::new();
    for channel in channels {
        missing.extend(unsent(store, *channel, &due).await?);
    }
    let rows = missing.iter().map(|unsent| {
        json!({
            "bulletin_month": unsent.alert.month(),
            "headline": unsent.alert.headline(),
            "mark": unsent.mark,
        })
    });
    if !args.dead_letters {
        print_list(
            &ALERTS_UNSENT,
            &[
                ("Bulletin", "bulletin_month"),
                ("Alert", "headline"),
                ("Mark", "mark"),
            ],
            rows.collect(),
            args.format,
        )?;
    }
    complain(
        "note",
        &format!(
            "{} due, {} not recorded as sent",
            counted(due.len(), "alert"),
            missing.len()
        ),
    );
    let mut sent = Notified::default();
    if !args.dry_run {
        let dispatcher = Dispatcher {
            marks: store,
            clock: &SystemClock,
            run: None,
        };
        for channel in channels {
            sent.add(dispatcher.send_alerts(*channel, &due).await);
        }
    }
    Ok(report_sent(&sent) && is_known)
}

/// Reports the months without alerts, or with alerts for corrections only. Returns false if there is a month for which it
/// is no longer known what was sent.
fn report_months_not_due(rebuilt: &Rebuilt) -> bool {
    let mut is_known = true;
    for (month, retold) in &rebuilt.months {
        let due = retold.due();
        if let Some(silence) = retold.silence {
            complain("note", &why_silent(*month, silence));
            if !due.is_empty() {
                complain(
                    "note",
                    &format!(
                        "the bulletin of {} was corrected after that, and the correction sends alerts as usual: {}",
                        month.title(),
                        counted(due.len(), "alert")
                    ),
                );
            }
        }
        let may_be_due = retold.silence.is_none() || !due.is_empty();
        if may_be_due && let Some(kept_for) = rebuilt.forgotten.get(month) {
            is_known = false;
            complain(
                "error",
                &format!(
                    "the bulletin of {} was stored more than {} days ago, and the record of its sent alerts has expired. \
                     `bulletin replay --announce {month}` resends them to everybody",
                    month.title(),
                    kept_for.num_days()
                ),
            );
        }
    }
    is_known
}

/// Reports what was sent. Returns true if nothing failed.
fn report_sent(sent: &Notified) -> bool {
    let mut in_progress = 0;
    for failure in &sent.failures {
        match failure {
            NotifyError::InProgress(_) => in_progress += 1,
            error => complain("error", &error.to_string()),
        }
    }
    if in_progress > 0 {
        complain(
            "error",
            &format!(
                "{} being sent by another process, or by one that was killed: run the same command again in five minutes",
                counted(in_progress, "alert")
            ),
        );
    }
    complain(
        "note",
        &format!(
            "{} sent, {} sent before",
            counted(sent.sent, "alert"),
            sent.sent_before
        ),
    );
    sent.is_whole()
}

/// The number of messages that these alerts make, and the number of watches or topics that get them, in words.
fn recipients(store: &Store, channels: &[&dyn Channel], alerts: &[Alert]) -> anyhow::Result<(usize, String)> {
    let is_machine = store.sqlite().is_some();
    let mut messages = 0;
    let mut receivers = BTreeSet::new();
    for channel in channels {
        for alert in alerts {
            for recipient in channel.recipients(alert)? {
                messages += 1;
                receivers.insert(match is_machine {
                    true => recipient.key,
                    false => topic_of(alert),
                });
            }
        }
    }
    let whom = match is_machine {
        true => counted(receivers.len(), "watch").replace("watchs", "watches"),
        false => counted(receivers.len(), "topic"),
    };
    Ok((messages, whom))
}

/// Resends the alerts of a month to everybody.
pub(crate) async fn announce(
    store: &Store,
    channels: &[&dyn Channel],
    month: Month,
    args: &ReplayArgs,
) -> anyhow::Result<bool> {
    let rebuilt = rebuild(store, &BTreeSet::from([month]), Utc::now()).await?;
    let Some(retold) = rebuilt.months.get(&month) else {
        bail!(
            "the bulletin of {} is not stored, so there is nothing to announce",
            month.title()
        );
    };
    let alerts = retold.newest();
    if alerts.is_empty() {
        if let Some(silence) = retold.silence {
            complain("note", &why_silent(month, silence));
        }
        bail!("the bulletin of {} has no alerts to announce", month.title());
    }
    let (messages, whom) = recipients(store, channels, &alerts)?;
    output::print(&output::wrapped(&format!(
        "{} about the bulletin of {} to {whom}. All recipients get the alerts again, even if they received them before.",
        counted(messages, "message"),
        month.title()
    )))?;
    if args.dry_run {
        return Ok(true);
    }
    if !args.yes && !is_confirmed()? {
        output::print("Nothing was done.")?;
        return Ok(true);
    }
    let run = match &args.run {
        Some(run) => run.clone(),
        None => Utc::now().format("%Y%m%dT%H%M%SZ").to_string(),
    };
    complain(
        "note",
        &format!("this is run {run}; if it is interrupted, the same command with --run {run} sends the rest"),
    );
    let dispatcher = Dispatcher {
        marks: store,
        clock: &SystemClock,
        run: Some(&run),
    };
    let mut sent = Notified::default();
    for channel in channels {
        sent.add(dispatcher.send_alerts(*channel, &alerts).await);
    }
    Ok(report_sent(&sent))
}

/// The code of the category whose topic gets an alert; empty for whole bulletins.
fn topic_of(alert: &Alert) -> String {
    let category = alert.case().map(|case| case.category.code());
    category.unwrap_or_default().into()
}
