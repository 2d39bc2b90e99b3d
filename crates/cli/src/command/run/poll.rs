//! One poll of the source: parses and stores everything that is due, and sends every undelivered alert. Start with
//! [`Poller::poll`].

use std::time::Duration;

use operations::doctor::failed_look;
use pipeline::port::{Clock as _, SourceError};
use pipeline::{FetchReport, Fetcher, ParseError};
use sqlite::{PageOutcome, SqliteStore, parse_pages};
use web_source::Source;

use super::problem::{Problems, about_page};
use super::repair::repair_times;
use super::report::{
    WORTH_A_BAR, page_error, report_parsed, report_totals, report_unfetched, report_verdicts,
};
use super::switch;
use super::tally::Tally;
use crate::args::RunArgs;
use crate::clock::RunClock;
use crate::command::channels::channels;
use crate::command::undelivered::Failures;
use crate::output::complain;
use crate::progress::Progress;
use crate::settings::Settings;

/// The time to wait for another run on the same database, so that months are stored in order. After that, both runs share
/// the work.
const WAIT_FOR_ANOTHER_RUN: Duration = Duration::from_secs(10);

/// A run's settings, source and database.
#[derive(Debug)]
pub(super) struct Poller<'a> {
    pub(super) settings: &'a Settings,
    pub(super) args: &'a RunArgs,
    pub(super) source: &'a Source<RunClock>,
    pub(super) store: &'a SqliteStore,
    pub(super) clock: RunClock,
}

impl Poller<'_> {
    /// Polls once. Returns the problems, one sentence each; empty if nothing failed.
    pub(super) async fn poll(&self) -> anyhow::Result<Vec<String>> {
        let now = self.clock.now();
        let mut problems = Problems::load(self.store, now, self.args.quiet, |key| key != switch::KEY)?;
        let polled = self.poll_with(&mut problems).await;
        let found = problems.close(self.store, polled.is_ok());
        polled?;
        Ok(found?)
    }

    async fn poll_with(&self, problems: &mut Problems) -> anyhow::Result<()> {
        let fetcher = Fetcher {
            source: self.source,
            store: self.store,
            queue: self.store,
            clock: &self.clock,
        };
        if let Some(exposed) = &self.settings.exposed
            && problems.noted("EXPOSED", exposed)
        {
            complain("warning", exposed);
        }
        let (channels, no_mail) = channels(self.store, self.settings, self.args.format)?;
        if let Some(error) = no_mail
            && problems.found(&format!("MAIL#{error}"), &error)
        {
            complain("error", &error);
        }
        let _reading = self.store.lock_reading(WAIT_FOR_ANOTHER_RUN, self.clock.now())?;
        if let Some(behind) = repair_times(self.store, self.clock).await?
            && problems.noted("CLOCK", &behind)
        {
            complain("warning", &behind);
        }
        let (mut is_first, mut tally, mut failures) = (true, Tally::default(), Failures::default());
        let failed_before = failed_look(&self.store.checks()?).is_some();
        loop {
            let waiting = Progress::waiting("asking the State Department's hosts");
            let report = fetcher.fetch(self.args.backfill).await?;
            drop(waiting);
            if is_first {
                self.report_list(&report, failed_before, problems);
            }
            is_first = false;
            let stored_before = tally.stored;
            self.parse(&report, &mut tally, problems).await?;
            let drained = channels.deliver(self.store, &self.clock).await?;
            failures.print(&drained, self.args.quiet);
            // A stored bulletin can make more pages due: the history before the first bulletin.
            if tally.stored == stored_before {
                return self.finish(&report, tally, problems).await;
            }
        }
    }

    /// Parses the queued pages, and reports each.
    async fn parse(
        &self,
        report: &FetchReport,
        tally: &mut Tally,
        problems: &mut Problems,
    ) -> anyhow::Result<()> {
        let bar = Progress::counting("pages");
        let mut parsed = 0;
        bar.show(parsed, report.queued.len());
        tally.are_counted |= report.queued.len() > WORTH_A_BAR;
        parse_pages(self.store, self.source, &self.clock, |outcome: PageOutcome| {
            tally.add(&outcome);
            parsed += 1;
            bar.show(parsed, report.queued.len());
            self.report_outcome(&outcome, report, tally, problems);
        })
        .await?;
        Ok(())
    }

    fn report_outcome(
        &self,
        outcome: &PageOutcome,
        report: &FetchReport,
        tally: &mut Tally,
        problems: &mut Problems,
    ) {
        let month = outcome.month;
        match &outcome.result {
            Ok(parsed) => {
                let is_quiet = self.args.quiet || report.queued.len() > WORTH_A_BAR;
                report_parsed(month, parsed, is_quiet);
            }
            Err(ParseError::Source(SourceError::Blocked { tried, .. }))
                if self.args.pages.source.is_none() =>
            {
                tally.unfetched.push(month);
                let summary = format!("cannot fetch {}", month.title());
                // If the list was refused too, the answers of the hosts were just reported.
                if problems.found(&about_page(month), &summary) && report.blocked.is_none() {
                    report_unfetched(month, tried, self.args.verbose);
                }
            }
            Err(error) => {
                let sentence = page_error(month, error, self.args.pages.source.as_deref());
                if problems.found(&about_page(month), &sentence) {
                    complain("error", &sentence);
                }
            }
        }
    }

    /// Reports the result of a poll.
    async fn finish(
        &self,
        report: &FetchReport,
        tally: Tally,
        problems: &mut Problems,
    ) -> anyhow::Result<()> {
        if tally.are_counted && !self.args.quiet {
            report_totals(&tally);
        }
        self.report_next_step([tally.unfetched, report.missing.clone()].concat(), problems)
            .await?;
        self.close(report, problems).await?;
        if !self.args.quiet {
            report_verdicts(self.store).await?;
        }
        Ok(())
    }
}
