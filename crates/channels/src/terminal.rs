//! The terminal channel: prints alerts as text for people or as JSON. Excludes standard output itself: the caller passes
//! the writer.

use std::cell::RefCell;
use std::future::ready;
use std::io::{self, Write};

use bulletin::Alert;
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};
use sqlite::{SqliteStore, Watch, WatchChannel, recipient_without_watches};

use crate::json::alert_json;

/// The format of printed alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertFormat {
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Prints alerts for the watches of a database with the channel terminal.
///
/// Without any watch, it prints the summary of each bulletin, so that a first run shows something.
#[derive(Debug)]
pub struct TerminalChannel<'a, W> {
    store: &'a SqliteStore,
    out: RefCell<W>,
    format: AlertFormat,
}

impl<'a, W: Write> TerminalChannel<'a, W> {
    /// A channel that prints to `out`.
    pub fn new(store: &'a SqliteStore, out: W, format: AlertFormat) -> Self {
        Self {
            store,
            out: RefCell::new(out),
            format,
        }
    }

    fn print(&self, alert: &Alert, recipient: &Recipient) -> Result<(), ChannelError> {
        let watch = self.store.watch_of(recipient)?;
        let text = self.rendered(alert, watch.as_ref());
        let mut out = self.out.borrow_mut();
        // One write, so that a reader never sees half an alert of a process that died.
        out.write_all(text.as_bytes())
            .map_err(|error| ChannelError::NotSent(unprinted(&error)))?;
        out.flush()
            .map_err(|error| ChannelError::Unknown(unprinted(&error)))
    }

    fn rendered(&self, alert: &Alert, watch: Option<&Watch>) -> String {
        let subscription = watch.and_then(|watch| watch.kind.subscription());
        match self.format {
            AlertFormat::Text => {
                let headline = subscription.map_or_else(|| alert.headline(), |own| alert.headline_for(own));
                let rule = "=".repeat(80);
                format!("{rule}\n{headline}\n\n{}\n", alert.body(subscription))
            }
            AlertFormat::Json => alert_json(alert, watch),
        }
    }
}

fn unprinted(error: &io::Error) -> String {
    format!("cannot write to standard output: {error}")
}

impl<W: Write> Channel for TerminalChannel<'_, W> {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        if let Some(recipient) = recipient_without_watches(&self.store.watches()?, alert) {
            return Ok(vec![recipient]);
        }
        self.store
            .recipients(alert, |channel| *channel == WatchChannel::Terminal)
    }

    fn send_alert<'a>(
        &'a self,
        alert: &'a Alert,
        recipient: &'a Recipient,
    ) -> Sending<'a, Result<(), ChannelError>> {
        Box::pin(ready(self.print(alert, recipient)))
    }

    fn retries_at_once(&self) -> bool {
        true
    }
}
