//! Alerts that were not sent, and alerts that are sent once more.

use std::collections::BTreeSet;

use anyhow::bail;
use aws::SnsTopics;
use bulletin::{Alert, Month};
use chrono::Utc;
use operations::Store;
use operations::replay::alert::{Announcing, Rebuilt, Sent, Unsent, rebuild, send, unsent};
use pipeline::is_finished;
use pipeline::port::{AlertSink, BulletinStore as _, Recipient, SinkError, StoreError, SystemClock};
use sqlite::{ExecSink, MailSink, TerminalSink};

use super::show;
use crate::args::ReplayArgs;
use crate::command::preview::why_silent;
use crate::command::unsubscribe::is_meant;
use crate::command::ways::AlertOutput;
use crate::output::{self, complain, counted};

/// A way on which alerts go out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outlet<'a> {
    Topics(&'a SnsTopics),
    Terminal(&'a TerminalSink<'a, AlertOutput>),
    Exec(&'a ExecSink<'a>),
    Mail(&'a MailSink<'a>),
}

impl AlertSink for Outlet<'_> {
    async fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        match self {
            Self::Topics(sink) => sink.recipients(alert).await,
            Self::Terminal(sink) => sink.recipients(alert).await,
            Self::Exec(sink) => sink.recipients(alert).await,
            Self::Mail(sink) => sink.recipients(alert).await,
        }
    }

    async fn send(&self, alert: &Alert, recipient: &Recipient) -> Result<(), SinkError> {
        match self {
            Self::Topics(sink) => sink.send(alert, recipient).await,
            Self::Terminal(sink) => sink.send(alert, recipient).await,
            Self::Exec(sink) => sink.send(alert, recipient).await,
            Self::Mail(sink) => sink.send(alert, recipient).await,
        }
    }

    async fn send_all(&self, alerts: &[(&Alert, &Recipient)]) -> Vec<Result<(), SinkError>> {
        match self {
            Self::Topics(sink) => sink.send_all(alerts).await,
            Self::Terminal(sink) => sink.send_all(alerts).await,
            Self::Exec(sink) => sink.send_all(alerts).await,
            Self::Mail(sink) => sink.send_all(alerts).await,
        }
    }
}

impl Outlet<'_> {
    /// How many alerts are sent before they are noted: SNS takes ten at once, people are told one by one.
    fn group(&self) -> usize {
        match self {
            Self::Topics(_) => usize::MAX,
            _ => 1,
        }
    }
}

/// Sends what was not sent of the months asked for, and answers whether all of it is sent.
pub(super) async fn resend(store: &Store, outlets: &[Outlet<'_>], args: &ReplayArgs) -> anyhow::Result<bool> {
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
            None => "no bulletin in force or to come is stored. --months FROM..TO names others",
        };
        bail!("{which}");
    }
    let sent = rebuild_and_send(store, outlets, &months, args).await?;
    Ok(tell_sent(&sent))
}

/// Works out what was due, lists what is not noted as sent, and sends it unless nothing is to be done.
pub(super) async fn rebuild_and_send(
    store: &Store,
    outlets: &[Outlet<'_>],
    months: &BTreeSet<Month>,
    args: &ReplayArgs,
) -> anyhow::Result<Sent> {
    let rebuilt = rebuild(store, months, Utc::now()).await?;
    let refused = tell_what_is_not_due(&rebuilt);
    let due = rebuilt.due();
    let mut missing: Vec<Unsent> = Vec::new();
    for outlet in outlets {
        missing.extend(unsent(store, outlet, &due).await?);
    }
    let rows = missing.iter().map(|unsent| {
        [
            Some(unsent.alert.month().to_string()),
            Some(unsent.alert.headline()),
            Some(unsent.mark.clone()),
        ]
    });
    if !args.dead_letters {
        show(["Month", "Alert", "Mark"], rows.collect(), args.format)?;
    }
    complain(
        "note",
        &format!(
            "{} worked out, {} not noted as sent",
            counted(due.len(), "alert"),
            missing.len()
        ),
    );
    let mut sent = Sent {
        failed: refused,
        ..Sent::default()
    };
    if !args.dry_run {
        for outlet in outlets {
            let of_outlet = due
                .chunks(outlet.group().min(due.len().max(1)))
                .collect::<Vec<_>>();
            for alerts in of_outlet {
                sent.add(send(store, outlet, &SystemClock, alerts).await);
            }
        }
    }
    Ok(sent)
}

/// Says of which months nothing, or nothing but corrections, is sent, and answers for which it is not known what was.
fn tell_what_is_not_due(rebuilt: &Rebuilt) -> Vec<String> {
    let mut refused = Vec::new();
    for (month, retold) in &rebuilt.months {
        let due = retold.due();
        if let Some(silence) = retold.silence {
            complain("note", &why_silent(*month, silence));
            if !due.is_empty() {
                complain(
                    "note",
                    &format!(
                        "the bulletin of {} was corrected after that, which is told like any correction: {}",
                        month.title(),
                        counted(due.len(), "alert")
                    ),
                );
            }
        }
        let may_be_due = retold.silence.is_none() || !due.is_empty();
        if may_be_due && rebuilt.forgotten.contains(month) {
            refused.push(format!(
                "the bulletin of {} was stored more than {} days ago, and which of its alerts were sent is forgotten by \
                 now. `bulletin replay --announce {month}` sends them to everybody once more",
                month.title(),
                aws::MARKS_KEPT_FOR.num_days()
            ));
        }
    }
    refused
}

/// Says what was sent, and answers whether all of it was.
pub(super) fn tell_sent(sent: &Sent) -> bool {
    for failure in &sent.failed {
        complain("error", failure);
    }
    if sent.in_progress > 0 {
        complain(
            "error",
            &format!(
                "{} being sent by another process, or by one that died: run the same again in five minutes",
                counted(sent.in_progress, "alert")
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

/// Sends the alerts of a month to everybody once more.
pub(super) async fn announce(
    store: &Store,
    outlets: &[Outlet<'_>],
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
    let mut messages = 0;
    let mut receivers = BTreeSet::new();
    for outlet in outlets {
        for alert in &alerts {
            for recipient in outlet.recipients(alert).await? {
                messages += 1;
                receivers.insert(match outlet {
                    Outlet::Topics(topics) => topics.arn(alert.case().map(|case| case.category)),
                    _ => recipient.key,
                });
            }
        }
    }
    let whom = match outlets {
        [Outlet::Topics(_)] => counted(receivers.len(), "topic"),
        _ => counted(receivers.len(), "watch").replace("watchs", "watches"),
    };
    output::print(&output::wrapped(&format!(
        "{} about the bulletin of {} to {whom}. Everybody whom it reaches gets it again, whatever was sent before.",
        counted(messages, "message"),
        month.title()
    )))?;
    if args.dry_run {
        return Ok(true);
    }
    if !args.yes && !is_meant()? {
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
    let mut sent = Sent::default();
    for outlet in outlets {
        let sink = Announcing {
            sink: outlet,
            run: &run,
        };
        for alerts in alerts.chunks(outlet.group().min(alerts.len())) {
            sent.add(send(store, &sink, &SystemClock, alerts).await);
        }
    }
    Ok(tell_sent(&sent))
}
