use std::cell::RefCell;
use std::io::Write;

use bulletin::Alert;
use pipeline::port::{AlertSink, Recipient, SinkError, StoreError};

use crate::store::SqliteStore;
use crate::watch::{Watch, WatchKind};

/// How alerts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertFormat {
    /// As text for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Prints alerts for the watches of a database.
///
/// Where nobody watches anything, each bulletin's summary is printed, so that a first run shows something.
#[derive(Debug)]
pub struct TerminalSink<'a, W> {
    store: &'a SqliteStore,
    out: RefCell<W>,
    format: AlertFormat,
}

/// The recipient of summaries where nobody watches anything.
const NOBODY: i64 = 0;

impl<'a, W: Write> TerminalSink<'a, W> {
    /// A sink that prints to `out`.
    pub fn new(store: &'a SqliteStore, out: W, format: AlertFormat) -> Self {
        Self {
            store,
            out: RefCell::new(out),
            format,
        }
    }

    fn rendered(&self, alert: &Alert, watch: Option<&Watch>) -> Result<String, SinkError> {
        let subscription = match watch.map(|watch| &watch.kind) {
            Some(WatchKind::Case(subscription)) => Some(subscription),
            _ => None,
        };
        let headline = subscription.map_or_else(|| alert.headline(), |own| alert.headline_for(own));
        match self.format {
            AlertFormat::Text => {
                let rule = "=".repeat(80);
                Ok(format!("{rule}\n{headline}\n\n{}\n", alert.body(subscription)))
            }
            AlertFormat::Json => {
                let mut json =
                    serde_json::to_value(alert).map_err(|error| SinkError::NotSent(error.to_string()))?;
                if let Some(object) = json.as_object_mut() {
                    object.insert("id".into(), alert.id().to_string().into());
                    object.insert("headline".into(), headline.into());
                    object.insert("watch".into(), watch.map(|watch| watch.id).into());
                }
                Ok(format!("{json}\n"))
            }
        }
    }
}

impl<W: Write> AlertSink for TerminalSink<'_, W> {
    async fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let watches = self.store.watches()?;
        if watches.is_empty() && matches!(alert, Alert::Bulletin(_)) {
            return Ok(vec![Recipient {
                key: "terminal".into(),
                handle: NOBODY,
            }]);
        }
        Ok(watches
            .into_iter()
            .filter(|watch| watch.kind.wants(alert))
            .map(|watch| Recipient {
                key: format!("watch-{}", watch.id),
                handle: watch.id,
            })
            .collect())
    }

    async fn send(&self, alert: &Alert, recipient: &Recipient) -> Result<(), SinkError> {
        let watches = self.store.watches()?;
        let text = self.rendered(alert, watches.iter().find(|watch| watch.id == recipient.handle))?;
        let mut out = self.out.borrow_mut();
        // One write, so that a reader never sees half an alert of a process that died.
        out.write_all(text.as_bytes())
            .map_err(|error| SinkError::NotSent(error.to_string()))?;
        out.flush().map_err(|error| SinkError::Unknown(error.to_string()))
    }
}
