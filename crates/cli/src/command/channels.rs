//! The channels through which the watches of this machine are notified.

use std::io::{self, Stdout, Write};

use channels::{AlertFormat, Channels, CommandChannel, EmailChannel, TerminalChannel};
use pipeline::port::StoreError;
use sqlite::{SqliteStore, Watch, WatchChannel};

use crate::output::AlertsFormat;
use crate::paint;
use crate::progress::aside;
use crate::screen::has_colour;
use crate::settings::Settings;

/// Standard output for alerts. Writing fails if the process was started without one, so that
/// nothing printed there counts as delivered.
#[derive(Debug)]
pub(crate) struct AlertOutput {
    out: Stdout,
    /// True to colour the text of alerts.
    is_coloured: bool,
}

impl AlertOutput {
    fn open(&mut self) -> io::Result<&mut Stdout> {
        match stdout_at_start::was_open() {
            true => Ok(&mut self.out),
            false => Err(io::Error::new(io::ErrorKind::NotConnected, "it is closed")),
        }
    }
}

impl Write for AlertOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if self.is_coloured => paint::alert(text),
            _ => return aside(|| self.open()?.write(bytes)),
        };
        aside(|| self.open()?.write_all(text.as_bytes()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

/// The format in which the terminal channel prints alerts.
fn alert_format(format: AlertsFormat) -> AlertFormat {
    match format {
        AlertsFormat::Table => AlertFormat::Text,
        AlertsFormat::Json => AlertFormat::Json,
    }
}

/// The channels of one poll, and a sentence if a watch needs e-mail and none can be sent. It is known before the first alert
/// is due.
pub(crate) fn channels<'a>(
    store: &'a SqliteStore,
    settings: &Settings,
    format: AlertsFormat,
) -> Result<(Channels<'a, AlertOutput>, Option<String>), StoreError> {
    let mailer = settings.mailer();
    let no_mail = match (&mailer, mail_watches(store)?.as_slice()) {
        (Err(error), [first, ..]) => Some(cannot_send(first, error)),
        _ => None,
    };
    let out = AlertOutput {
        out: io::stdout(),
        is_coloured: format == AlertsFormat::Table && has_colour(),
    };
    let channels = Channels {
        terminal: TerminalChannel::new(store, out, alert_format(format)),
        command: CommandChannel::new(store),
        email: EmailChannel::new(store, mailer),
    };
    Ok((channels, no_mail))
}

/// The watches with an e-mail address.
pub(crate) fn mail_watches(store: &SqliteStore) -> Result<Vec<Watch>, StoreError> {
    let mut watches = store.watches()?;
    watches.retain(|watch| matches!(watch.channel, WatchChannel::Email(_)));
    Ok(watches)
}

/// The message that the alerts of a watch cannot be sent.
pub(crate) fn cannot_send(watch: &Watch, error: &str) -> String {
    format!(
        "watch {} sends e-mail, but e-mail cannot be sent from here: {error}",
        watch.id
    )
}
