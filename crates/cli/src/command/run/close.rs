//! The report at the end of a poll: what is missing, wrong, or to be tried again. Excludes the pages of the poll itself, see
//! `poll.rs`.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::Month;
use pipeline::port::{BulletinStore as _, Clock as _, LinkTable as _};
use pipeline::{FetchReport, LinkState, present_month};
use sqlite::DeadLetterKind;

use super::poll::Poller;
use super::problem::{Problems, about_page};
use super::report::{ALTERNATES, ranges};
use crate::command::blocked::{in_short, in_words, next_step, print_answers};
use crate::command::undelivered;
use crate::output::{complain, counted};

/// The key of the problem that no host serves the list of bulletins.
const BLOCKED: &str = "BLOCKED";

impl Poller<'_> {
    /// Reports that no host served the list of bulletins, or that one serves it again.
    pub(super) fn report_list(&self, report: &FetchReport, failed_before: bool, problems: &mut Problems) {
        let Some(answers) = &report.blocked else {
            if failed_before {
                problems.solved(BLOCKED);
                complain("note", "the list of bulletins is served again");
            }
            return;
        };
        let summary = format!("cannot fetch the list of bulletins: {}", in_short(answers));
        if problems.found(BLOCKED, &summary) {
            complain("error", &summary);
            if self.args.verbose {
                print_answers(answers);
            }
        }
    }

    /// Names the months that could not be fetched, and says how to store them without the hosts.
    pub(super) async fn report_next_step(
        &self,
        mut unfetched: Vec<Month>,
        problems: &mut Problems,
    ) -> anyhow::Result<()> {
        unfetched.sort_unstable();
        unfetched.dedup();
        // A page that failed before this run may have been fetched by it.
        let links = self.store.links().await?;
        let failing = links.into_iter().filter(|link| link.failures > 0);
        let failing: BTreeSet<Month> = failing.map(|link| link.link.month).collect();
        unfetched.retain(|month| failing.contains(month));
        unfetched.retain(|month| {
            let summary = format!("cannot fetch {}", month.title());
            problems.found(&about_page(month), &summary)
        });
        if unfetched.is_empty() {
            return Ok(());
        }
        complain("error", &format!("not fetched: {}", in_words(&unfetched)));
        // A folder has no page that a browser could show.
        if self.args.pages.source.is_none() {
            for line in next_step(&unfetched) {
                complain("next", &line);
            }
        }
        Ok(())
    }

    /// Reports at the end of a poll what is still missing or wrong.
    pub(super) async fn close(&self, report: &FetchReport, problems: &mut Problems) -> anyhow::Result<()> {
        self.report_deferred(report, problems).await?;
        self.report_refused(problems)?;
        if let Some(month) = report.overdue {
            let summary = format!(
                "the bulletin of {} should be out and was not found",
                month.title()
            );
            if problems.found(&format!("OVERDUE#{month}"), &summary) {
                complain("warning", &summary);
            }
        }
        self.report_alternating(problems).await?;
        if let Some(undelivered) = undelivered::remedy(self.store)? {
            let summary = undelivered.split(". ").next().unwrap_or(&undelivered);
            if problems.found("UNDELIVERED", summary) {
                complain("warning", &undelivered);
            }
        }
        if !self.args.quiet {
            report_state(report);
        }
        Ok(())
    }

    /// Reports the refused pages that wait for the user.
    fn report_refused(&self, problems: &mut Problems) -> anyhow::Result<()> {
        for letter in self.store.dead_letters()? {
            let key = about_page(&letter.about);
            if letter.kind != DeadLetterKind::Page || problems.is_found(&key) {
                continue;
            }
            let summary = format!("the page of {} was refused: {}", letter.about, letter.failure);
            if problems.found(&key, &summary) {
                complain("error", &summary);
                complain(
                    "next",
                    "`bulletin run --retry` reads it again; `bulletin ingest FILE` stores a saved page",
                );
            }
        }
        Ok(())
    }

    /// Reports the pages in force and upcoming that alternate between two versions.
    async fn report_alternating(&self, problems: &mut Problems) -> anyhow::Result<()> {
        let present = present_month(self.clock.now());
        let months = self.store.months().await?;
        for month in months.into_iter().rev().take_while(|month| *month >= present) {
            let record = self.store.record(month).await?;
            let pending = record.and_then(|record| record.pending);
            if pending.is_some_and(|pending| pending.alternates()) {
                let summary = format!("{}: the page alternates between two versions", month.title());
                if problems.found(&format!("ALTERNATING#{month}"), &summary) {
                    complain("warning", &format!("{}: {ALTERNATES}", month.title()));
                }
            }
        }
        Ok(())
    }

    /// Reports the pages whose fetch failed before and is retried later. The months that may be out are reported together,
    /// with the next step.
    async fn report_deferred(&self, report: &FetchReport, problems: &mut Problems) -> anyhow::Result<()> {
        let now = self.clock.now();
        let mut retried: BTreeMap<String, Vec<Month>> = BTreeMap::new();
        for link in self.store.links().await? {
            let LinkState::Due { at } = link.state else {
                continue;
            };
            let month = link.link.month;
            if link.failures == 0 || at <= now {
                continue;
            }
            if !problems.is_found(&about_page(month)) {
                // History that is fetched later fails no run.
                problems.unchecked(&about_page(month));
            }
            // The error of a page of this run was printed, with the answers of the hosts.
            if !report.queued.contains(&month) {
                let time = at.format("%H:%M UTC").to_string();
                retried.entry(time).or_default().push(month);
            }
        }
        if !self.args.quiet {
            for (time, months) in retried {
                complain("note", &format!("retried after {time}: {}", in_words(&months)));
            }
        }
        Ok(())
    }
}

fn report_state(report: &FetchReport) {
    if let Some(newest) = report.newest {
        complain(
            "note",
            &format!("the newest stored bulletin is {}", newest.title()),
        );
    }
    if !report.unavailable.is_empty() {
        complain(
            "note",
            &format!(
                "the source lacks {} of these: {}",
                counted(report.unavailable.len(), "month"),
                ranges(&report.unavailable)
            ),
        );
    }
}
