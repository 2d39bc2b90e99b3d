//! Alerts as e-mail over SMTP. The recipients are chosen elsewhere.
//!
//! [`SmtpConfig`] is the server and the sender, read from the environment; a [`Letter`] is one alert to one
//! address; a [`Mailer`] sends it and returns what is certain: sent, not sent, refused permanently, or
//! unknown.
//!
//! Addresses and passwords are types that never print in full, and they are removed from the server's
//! replies.

mod address;
mod bounded;
mod config;
mod connection;
mod hello;
mod letter;
mod mailer;
mod redaction;
mod reply;
#[cfg(feature = "testing")]
pub mod testing;

pub use address::EmailAddress;
pub use config::{ConfigError, SmtpConfig, VARIABLES};
pub use letter::Letter;
pub use mailer::{Mailer, SendError, Timeouts};
pub use redaction::Redaction;
