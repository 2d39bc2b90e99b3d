//! Alerts as e-mail over SMTP.
//!
//! [`SmtpConfig`] says which server takes the mail, read from the environment; a [`Letter`] is one alert to one
//! address; a [`Mailer`] hands it over and answers what is certain of it: sent, not sent, refused for good, or unknown.
//!
//! Addresses and passwords are types that do not show themselves, and what a server answers is cleaned of them.

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
