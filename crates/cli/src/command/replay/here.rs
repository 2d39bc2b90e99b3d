//! `replay` on the database of this machine.

use chrono::Utc;
use operations::Store;
use operations::replay::month;
use pipeline::port::{LinkTable as _, StoreError};
use serde_json::json;
use sqlite::{DeadLetterKind, SqliteStore};

use crate::args::{QueueWord, ReplayArgs};
use crate::command::channels::channels;
use crate::command::open_existing_to_write;
use crate::command::queueing::{Stop, report_queued, show_pages};
use crate::command::resend::{announce, resend};
use crate::field::output::{DEAD_LETTERS, print_list};
use crate::output::{AlertsFormat, Format, complain, counted};
use crate::progress::Progress;
use crate::settings::Settings;

/// Runs the command. Returns true if no problem is left.
pub(super) async fn replay(settings: &Settings, args: &ReplayArgs) -> anyhow::Result<bool> {
    let place = Store::Sqlite(Box::new(open_existing_to_write(settings)?));
    let Some(store) = place.sqlite() else {
        return Ok(false);
    };
    if args.dead_letters {
        return dead_letters(store, args).await;
    }
    if let (Some(range), false) = (args.months, args.alerts) {
        let pages = month::plan(&place, range).await?;
        show_pages(&pages, args.format)?;
        if args.dry_run {
            return Ok(true);
        }
        let stop = Stop::listen();
        let bar = Progress::counting("messages");
        let queued = month::queue(&place, store, &pages, None, |queued| {
            bar.show(queued, pages.len());
            !stop.is_asked_for()
        })
        .await?;
        drop(bar);
        return Ok(report_queued(queued, pages.len(), "`bulletin run` parses them"));
    }
    let format = match args.format {
        Format::Json => AlertsFormat::Json,
        Format::Table | Format::Csv => AlertsFormat::Table,
    };
    let (channels, no_mail) = channels(store, settings, format)?;
    if let Some(error) = &no_mail {
        complain("error", error);
    }
    let _lock = match args.dry_run {
        true => None,
        false => Some(store.lock_sending(Utc::now())?),
    };
    let done = match args.announce {
        Some(month) => announce(&place, &channels.fastest_first(), month, args).await?,
        None => resend(&place, &channels.fastest_first(), args).await?,
    };
    Ok(done && no_mail.is_none())
}

/// The chosen kind of dead letters; `None` for all. An error if this machine has no such stage.
fn kind_of(queue: Option<QueueWord>) -> Result<Option<DeadLetterKind>, StoreError> {
    match queue {
        None => Ok(None),
        Some(QueueWord::Parser) => Ok(Some(DeadLetterKind::Page)),
        Some(QueueWord::Notifier) => Ok(Some(DeadLetterKind::Change)),
        Some(QueueWord::Fetcher | QueueWord::Scheduler) => Err(StoreError::Broken {
            what: "a queue of this machine".into(),
            reason:
                "only the parser and the notifier leave dead letters here. Use --stage STAGE for a deployment"
                    .into(),
        }),
    }
}

async fn dead_letters(store: &SqliteStore, args: &ReplayArgs) -> anyhow::Result<bool> {
    let kind = kind_of(args.queue)?;
    let mut letters = store.dead_letters()?;
    letters.retain(|letter| kind.is_none_or(|kind| letter.kind == kind));
    let mut rows = Vec::new();
    for letter in &letters {
        let (queue, link) = match letter.kind {
            DeadLetterKind::Page => {
                let link = match letter.about.parse() {
                    Ok(month) => store.link(month).await?,
                    Err(_) => None,
                };
                ("pages", link.map(|link| link.state.code().to_owned()))
            }
            DeadLetterKind::Change => ("changes", None),
        };
        rows.push(json!({
            "queue": queue,
            "about": letter.about,
            "link_state": link,
            "sent_at": null,
            "receives": null,
            "reason": letter.failure,
            "message": null,
        }));
    }
    print_list(
        &DEAD_LETTERS,
        &[
            ("Queue", "queue"),
            ("About", "about"),
            ("Link", "link_state"),
            ("Reason", "reason"),
        ],
        rows,
        args.format,
    )?;
    if letters.is_empty() {
        complain("note", "there are no dead letters");
        return Ok(true);
    }
    if !args.dry_run {
        let letters = store.replay_dead_letters(kind, Utc::now())?;
        complain(
            "note",
            &format!(
                "{} queued again; `bulletin run` retries them",
                counted(letters, "dead letter")
            ),
        );
    }
    Ok(true)
}
