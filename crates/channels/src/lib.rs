//! The channels of one machine, each an implementation of [`Channel`] for the watches of a database.
//!
//! [`TerminalChannel`] prints alerts, [`CommandChannel`] passes them to commands, [`EmailChannel`] sends them by e-mail.
//! [`Channels`] are all three, and sends the alerts of the change log. Excludes marks and retries (`pipeline::Dispatcher`),
//! SMTP (crate `mail`) and SNS (crate `aws`).

mod command;
mod email;
mod json;
mod terminal;

use std::io::Write;

use pipeline::port::{Channel, Clock, StoreError};
use sqlite::{Delivery, SqliteStore, deliver_changes, drop_unwanted};

pub use command::CommandChannel;
pub use email::{EmailChannel, how_to_stop};
pub use terminal::{AlertFormat, TerminalChannel};

/// The channels of the watches of this machine.
#[derive(Debug)]
pub struct Channels<'a, W> {
    /// Prints alerts.
    pub terminal: TerminalChannel<'a, W>,
    /// Passes alerts to commands.
    pub command: CommandChannel<'a>,
    /// Sends alerts by e-mail.
    pub email: EmailChannel<'a>,
}

impl<W: Write> Channels<'_, W> {
    /// All of them, the fastest first, so that a slow channel does not delay the others.
    pub fn fastest_first(&self) -> [&dyn Channel; 3] {
        [&self.terminal, &self.command, &self.email]
    }

    /// Sends the alerts of every change in the log to the watches. First removes the failed changes that no watch waits
    /// for.
    ///
    /// # Errors
    /// [`StoreError`] of the database itself.
    pub async fn deliver<C: Clock>(&self, store: &SqliteStore, clock: &C) -> Result<Delivery, StoreError> {
        drop_unwanted(store, clock.now()).await?;
        deliver_changes(store, &self.fastest_first(), clock).await
    }
}
