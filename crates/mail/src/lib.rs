//! Alerts as e-mail over SMTP. The recipients are chosen elsewhere.
//!
//! [`SmtpConfig`] is the server and the sender, validated from [`SmtpSettings`]; an [`EmailMessage`] is one
//! alert to one address; a [`Mailer`] sends it and returns what is certain: sent, not sent, refused
//! permanently, or unknown.
//!
//! Addresses and passwords are types that never print in full, and they are removed from the server's
//! replies.

mod address;
mod bounded;
mod config;
mod connection;
mod hello;
mod mailer;
mod message;
mod redaction;
mod reply;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;

pub use address::EmailAddress;
pub use config::{ConfigError, SmtpConfig};
pub use mailer::{Mailer, SendError, Timeouts};
pub use message::EmailMessage;
pub use redaction::Redaction;
pub use settings::{Secret, SmtpSettings, VARIABLES};
