//! `replay` on a deployment.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;

use aws_types::SdkConfig;
use bulletin::MonthRange;
use operations::deployment::Queue;
use operations::replay::letter::{About, Letter};
use operations::replay::month::Again;
use operations::replay::{Done, Listing, Queues, look, month, page, record, topics};
use operations::{Deployment, Store};
use pipeline::Notifier;
use pipeline::port::{BulletinStore as _, SystemClock};
use serde_json::{Value, json};

use super::{metered, open};
use crate::args::{QueueWord, ReplayArgs};
use crate::command::queueing::{Stop, report_queued, show_pages};
use crate::command::resend::{announce, rebuild_and_send, resend};
use crate::field::output::{DEAD_LETTERS, instant, print_list};
use crate::output::{complain, counted, is_confirmed};
use crate::progress::Progress;

/// A deployment, and the options of the command.
struct Cloud<'a> {
    deployment: &'a Deployment,
    config: &'a SdkConfig,
    store: Store,
    queues: Queues,
    args: &'a ReplayArgs,
}

/// Runs the command. Returns true if no problem is left.
pub(crate) async fn replay(deployment: &Deployment, args: &ReplayArgs) -> anyhow::Result<bool> {
    let config = open(&args.place.connection).await?;
    metered(&args.place.capacity, async |meter| {
        let cloud = Cloud {
            deployment,
            config: &config,
            store: Store::of(deployment, &config, meter),
            queues: Queues::new(deployment, &config),
            args,
        };
        cloud.replay().await
    })
    .await
}

impl Cloud<'_> {
    async fn replay(&self) -> anyhow::Result<bool> {
        let args = self.args;
        if args.dead_letters {
            return self.dead_letters().await;
        }
        if let (Some(range), false) = (args.months, args.alerts) {
            let pages = month::plan(&self.store, range).await?;
            show_pages(&pages, args.format)?;
            return Ok(args.dry_run || self.queue_pages(&pages).await?);
        }
        let channel = topics(self.deployment, self.config).await?;
        match args.announce {
            Some(month) => announce(&self.store, &[&channel], month, args).await,
            None => resend(&self.store, &[&channel], args).await,
        }
    }

    async fn dead_letters(&self) -> anyhow::Result<bool> {
        let queues = self
            .args
            .queue
            .map_or(&Queue::DEAD_LETTERS[..], QueueWord::queues);
        let mut letters: BTreeMap<Queue, Vec<Letter>> = BTreeMap::new();
        let mut well = true;
        for (queue, listing) in self.queues.list_all(queues).await? {
            let Listing {
                in_the_dark,
                letters: mut found,
            } = listing;
            if in_the_dark > 0 {
                well = false;
                complain(
                    "warning",
                    &format!(
                        "{} in {} not listed, because another process received them, or a run that was killed: run the \
                         same command again in half a minute",
                        counted(in_the_dark, "dead letter"),
                        queue.ending()
                    ),
                );
            }
            page::add_reasons(&self.store, &mut found).await?;
            letters.insert(queue, found);
        }
        let rows: Vec<Value> = letters.values().flatten().map(record).collect();
        print_list(
            &DEAD_LETTERS,
            &[
                ("Queue", "queue"),
                ("About", "about"),
                ("Sent", "sent_at"),
                ("Received", "receives"),
                ("Reason", "reason"),
                ("Message", "message"),
            ],
            rows,
            self.args.format,
        )?;
        letters.retain(|_, letters| !letters.is_empty());
        if letters.is_empty() && well {
            complain("note", "there are no dead letters");
        }
        if self.args.dry_run {
            return Ok(well);
        }
        for (queue, letters) in &letters {
            well &= match queue {
                Queue::Pages | Queue::RefusedPages => self.redrive_pages(letters).await?,
                Queue::UnreadRecords => self.notify_unread(letters).await?,
                Queue::GivenUpRecords => self.resend_given_up(letters).await?,
                Queue::FailedLooks | Queue::MissedLooks => self.settle_polls(*queue, letters).await?,
            };
        }
        Ok(well)
    }

    async fn redrive_pages(&self, letters: &[Letter]) -> anyhow::Result<bool> {
        let strange = self.report_strange(letters);
        let stop = Stop::listen();
        let bar = Progress::counting("messages");
        let redriven = self
            .queues
            .redrive_pages(
                letters,
                self.args.max_rate,
                |moved| bar.show(moved, letters.len()),
                || stop.is_asked_for(),
            )
            .await?;
        drop(bar);
        complain(
            "note",
            &format!(
                "{} returned to the queue of pages. If the parser refuses one again, it becomes a dead letter again",
                counted(redriven.moved, "page")
            ),
        );
        if redriven.stopped {
            complain("note", "stopped; run the same command again to move the rest");
        }
        let all =
            redriven.stopped || report_missed(Queue::RefusedPages, letters.len() - strange, redriven.moved);
        Ok(all && !redriven.stopped && strange == 0)
    }

    /// Reports messages that this program did not write. Returns their number.
    fn report_strange(&self, letters: &[Letter]) -> usize {
        let strange = letters.iter().filter(|letter| letter.about == About::Unknown);
        for letter in strange.clone() {
            complain(
                "warning",
                &format!(
                    "message {} in {} was not written by this program. It is left there: check who can write to this \
                     queue, and delete the message",
                    letter.id,
                    self.queues.name(letter.queue)
                ),
            );
        }
        strange.count()
    }

    async fn notify_unread(&self, letters: &[Letter]) -> anyhow::Result<bool> {
        let channel = topics(self.deployment, self.config).await?;
        let notifier = Notifier {
            store: &self.store,
            channel: &channel,
            clock: &SystemClock,
        };
        let told = self.queues.tell_unread(letters, &notifier).await?;
        for (about, reason) in &told.left {
            complain("error", &format!("{about} stays in unread-records: {reason}"));
        }
        complain(
            "note",
            &format!(
                "{} handled: {} sent, {} sent before",
                counted(told.done, "unread record"),
                counted(told.sent, "alert"),
                told.sent_before
            ),
        );
        if told.overtaken > 0 {
            complain(
                "note",
                &format!(
                    "{} not sent, because a later correction replaces them and has a separate record",
                    counted(told.overtaken, "alert")
                ),
            );
        }
        let all = report_missed(Queue::UnreadRecords, letters.len(), told.done + told.left.len());
        Ok(all && told.left.is_empty())
    }

    async fn resend_given_up(&self, letters: &[Letter]) -> anyhow::Result<bool> {
        let Some(months) = record::months_given_up(&self.store, letters).await? else {
            self.report_strange(letters);
            complain(
                "error",
                "a message in given-up-records does not say when its records were written, so all messages are left there. \
                 `bulletin replay --alerts --months FROM..TO` sends the unsent alerts of these months",
            );
            return Ok(false);
        };
        let channel = topics(self.deployment, self.config).await?;
        if !rebuild_and_send(&self.store, &[&channel], &months, self.args).await? {
            complain(
                "note",
                "the messages are left in given-up-records until all alerts are sent",
            );
            return Ok(false);
        }
        let names: Vec<String> = months.iter().map(ToString::to_string).collect();
        let what = format!(
            "every alert of {} is sent, so {} in given-up-records can be deleted.",
            names.join(", "),
            counted(letters.len(), "message")
        );
        self.delete_if_confirmed(Queue::GivenUpRecords, letters, &what)
            .await
    }

    async fn settle_polls(&self, queue: Queue, letters: &[Letter]) -> anyhow::Result<bool> {
        let mut well = self.report_strange(letters) == 0;
        let last = look::last(&self.store).await?;
        let mut done = Vec::new();
        let mut waiting = 0;
        for letter in letters {
            match letter.about {
                About::Look(None) if look::is_made_up_for(letter, last) => done.push(letter.clone()),
                About::Look(None) => waiting += 1,
                About::Look(Some(range)) => {
                    if self.queue_missing(range).await? {
                        done.push(letter.clone());
                    } else {
                        well = false;
                    }
                }
                _ => {}
            }
        }
        if waiting > 0 {
            well = false;
            complain(
                "warning",
                &format!(
                    "{} in {} left there, because no poll succeeded since: see LastGoodCheckAge in the runbook",
                    counted(waiting, "scheduled poll"),
                    queue.ending()
                ),
            );
        }
        let deleted = self.queues.each(queue, &done, async |_| Ok(Done::Delete)).await?;
        complain(
            "note",
            &format!(
                "{} in {} superseded by later polls, and deleted",
                counted(deleted, "poll"),
                queue.ending()
            ),
        );
        Ok(report_missed(queue, done.len(), deleted) && well)
    }

    /// Queues the pages that are missing from a requested history.
    async fn queue_missing(&self, range: MonthRange) -> anyhow::Result<bool> {
        let mut pages = month::plan(&self.store, range).await?;
        pages.retain(|page| !page.is_stored);
        complain(
            "note",
            &format!(
                "of the requested history {}..{}, {} not stored",
                range.first,
                range.last,
                counted(pages.len(), "bulletin")
            ),
        );
        self.queue_pages(&pages).await
    }

    async fn queue_pages(&self, pages: &[Again]) -> anyhow::Result<bool> {
        if self.store.months().await?.is_empty() && pages.len() > 1 {
            complain(
                "note",
                "nothing is stored yet: tracking starts with the newest of these pages",
            );
        }
        let waiting = self.queues.pages(self.config).await?;
        let stop = Stop::listen();
        let bar = Progress::counting("messages");
        let queued = month::queue(&self.store, &waiting, pages, self.args.max_rate, |queued| {
            bar.show(queued, pages.len());
            !stop.is_asked_for()
        })
        .await?;
        drop(bar);
        Ok(report_queued(queued, pages.len(), "the parser parses them"))
    }

    async fn delete_if_confirmed(
        &self,
        queue: Queue,
        letters: &[Letter],
        what: &str,
    ) -> anyhow::Result<bool> {
        complain("note", what);
        let is_confirmed = self.args.yes || (std::io::stdin().is_terminal() && is_confirmed()?);
        if !is_confirmed {
            complain("note", "nothing was deleted. --yes skips the confirmation prompt");
            return Ok(false);
        }
        let deleted = self
            .queues
            .each(queue, letters, async |_| Ok(Done::Delete))
            .await?;
        complain("note", &format!("{} deleted", counted(deleted, "message")));
        Ok(report_missed(queue, letters.len(), deleted))
    }
}

fn record(letter: &Letter) -> Value {
    json!({
        "queue": letter.queue.ending(),
        "about": letter.about.to_string(),
        "link_state": null,
        "sent_at": letter.sent_at.map(instant),
        "receives": letter.receives,
        "reason": letter.reason,
        "message": letter.id,
    })
}

/// Reports listed dead letters that could not be handled. Returns true if there are none.
fn report_missed(queue: Queue, listed: usize, handled: usize) -> bool {
    let missed = listed.saturating_sub(handled);
    if missed > 0 {
        complain(
            "error",
            &format!(
                "{missed} of {listed} in {} not handled, because another process received them. Run the same command again \
                 in half a minute",
                queue.ending()
            ),
        );
    }
    missed == 0
}
