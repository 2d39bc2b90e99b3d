//! The channels through which the watches of this machine are notified.

use std::io::{self, Stdout, Write};

use channels::{AlertFormat, Channels, CommandChannel, EmailChannel, TerminalChannel};
use mail::{ConfigError, Mailer, SmtpConfig};
use pipeline::port::StoreError;
use sqlite::{SqliteStore, Watch, WatchChannel};

use crate::output::{AlertsFormat, complain};
use crate::paint;
use crate::progress::aside;
use crate::screen::has_colour;

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

/// The mailer that the environment configures.
pub(crate) fn mailer() -> Result<Mailer, ConfigError> {
    Mailer::new(SmtpConfig::from_env()?)
}

/// The format in which the terminal channel prints alerts.
fn alert_format(format: AlertsFormat) -> AlertFormat {
    match format {
        AlertsFormat::Table => AlertFormat::Text,
        AlertsFormat::Json => AlertFormat::Json,
    }
}

/// The channels of one poll, and true if all of them work. A channel that does not work is reported now, before the first
/// alert is due.
pub(crate) fn channels(
    store: &SqliteStore,
    format: AlertsFormat,
) -> Result<(Channels<'_, AlertOutput>, bool), StoreError> {
    let mailer = mailer().map_err(|error| error.to_string());
    let mut well = true;
    if let (Err(error), [first, ..]) = (&mailer, mail_watches(store)?.as_slice()) {
        well = false;
        complain("error", &cannot_send(first, error));
    }
    let out = AlertOutput {
        out: io::stdout(),
        is_coloured: format == AlertsFormat::Table && has_colour(),
    };
    let channels = Channels {
        terminal: TerminalChannel::new(store, out, alert_format(format)),
        command: CommandChannel::new(store),
        email: EmailChannel::new(store, mailer),
    };
    Ok((channels, well))
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
