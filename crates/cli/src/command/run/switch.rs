//! The dead man's switch of `run --ping`: pings at the start and the end of each poll. A ping that fails is reported and
//! never fails the run.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use pipeline::port::StoreError;
use sqlite::SqliteStore;
use web_source::{Ping, Signal};

use super::problem::Problems;
use crate::output::complain;
use crate::settings::Settings;

/// The key of the problem that pings fail.
pub(super) const KEY: &str = "PING";

/// The switch, if one is configured.
#[derive(Debug)]
pub(super) struct Switch {
    ping: Option<Ping>,
    /// The first failure since the last report.
    failure: RefCell<Option<String>>,
}

impl Switch {
    /// The switch that the settings configure.
    ///
    /// # Errors
    /// An invalid URL.
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            ping: settings.ping()?,
            failure: RefCell::default(),
        })
    }

    /// Signals that a poll starts.
    pub(super) async fn start(&self) {
        self.send(Signal::Start).await;
    }

    /// Signals the end of a poll: its problems, or the error that stopped it.
    pub(super) async fn end(&self, polled: &Result<&[String], &anyhow::Error>) {
        match polled {
            Ok([]) => self.send(Signal::Success).await,
            Ok(problems) => self.send(Signal::Failure(&problems.join("\n"))).await,
            Err(error) => self.send(Signal::Failure(&format!("{error:#}"))).await,
        }
    }

    async fn send(&self, signal: Signal<'_>) {
        let Some(ping) = &self.ping else {
            return;
        };
        if let Err(error) = ping.send(signal).await {
            self.failure.borrow_mut().get_or_insert(error.to_string());
        }
    }

    /// Reports a failed ping, with `quiet` once a day, or that pings work again. If the database cannot be used, always.
    pub(super) fn report(&self, store: &SqliteStore, now: DateTime<Utc>, is_quiet: bool) {
        if self.try_to_report(store, now, is_quiet).is_err() {
            self.complain();
        }
    }

    fn try_to_report(
        &self,
        store: &SqliteStore,
        now: DateTime<Utc>,
        is_quiet: bool,
    ) -> Result<(), StoreError> {
        let mut problems = Problems::load(store, now, is_quiet, |key| key == KEY)?;
        if let Some(failure) = self.failure.take()
            && problems.noted(KEY, &failure)
        {
            complain("warning", &failure);
        }
        problems.close(store, true).map(drop)
    }

    /// Reports a failed ping of a run without a database.
    pub(super) fn complain(&self) {
        if let Some(failure) = self.failure.take() {
            complain("warning", &failure);
        }
    }
}
