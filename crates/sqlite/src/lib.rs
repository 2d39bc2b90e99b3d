//! The pipeline's ports on one machine.
//!
//! [`SqliteStore`] is one SQLite file with the queue, the rows, the standings, the change log, the marks and the
//! watches; people can open it with their own tools. [`TerminalSink`] prints alerts, [`ExecSink`] hands them to commands,
//! [`MailSink`] sends them by e-mail. [`drain_pages`] and [`deliver_changes`] move what waits in the queue and the change
//! log through the stages.

mod archive;
mod change_log;
mod drain;
mod error;
mod examine;
mod exec;
mod json;
mod post;
mod queue;
mod refusal;
mod schema;
mod skew;
mod store;
mod tell;
mod terminal;
mod watch;

pub use change_log::Undelivered;
pub use drain::{PageOutcome, drain_pages};
pub use error::OpenError;
pub use examine::Refused;
pub use exec::ExecSink;
pub use post::{MailSink, how_to_stop};
pub use queue::{DeadLetter, DeadLetterKind};
pub use schema::SCHEMA_VERSION;
pub use skew::ClockState;
pub use store::{ReadingLock, SendingLock, SqliteStore};
pub use tell::{Channels, Drained, deliver_changes, drop_unwanted};
pub use terminal::{AlertFormat, TerminalSink};
pub use watch::{Watch, WatchKind, Way};
