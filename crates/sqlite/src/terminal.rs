use std::cell::RefCell;
use std::future::ready;
use std::io::Write;

use bulletin::Alert;
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};

use crate::json::alert_json;
use crate::store::SqliteStore;
use crate::watch::{Watch, WatchChannel, recipient_without_watches};

/// How alerts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertFormat {
    /// As text for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Prints alerts for the watches of a database that want it so.
///
/// Where nobody watches anything, each bulletin's summary is printed, so that a first run shows something.
#[derive(Debug)]
pub struct TerminalSink<'a, W> {
    store: &'a SqliteStore,
    out: RefCell<W>,
    format: AlertFormat,
}

impl<'a, W: Write> TerminalSink<'a, W> {
    /// A sink that prints to `out`.
    pub fn new(store: &'a SqliteStore, out: W, format: AlertFormat) -> Self {
        Self {
            store,
            out: RefCell::new(out),
            format,
        }
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

impl<W: Write> Channel for TerminalSink<'_, W> {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let watches = self.store.watches()?;
        if let Some(nobody) = recipient_without_watches(&watches, alert) {
            return Ok(vec![nobody]);
        }
        Ok(watches
            .iter()
            .filter(|watch| watch.channel == WatchChannel::Terminal && watch.kind.wants(alert))
            .map(Watch::recipient)
            .collect())
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

impl<W: Write> TerminalSink<'_, W> {
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
}

fn unprinted(error: &std::io::Error) -> String {
    format!("cannot write to standard output: {error}")
}
