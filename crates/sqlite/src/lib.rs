//! The pipeline's ports on one machine.
//!
//! [`SqliteStore`] is one SQLite file with the queue, the cells, the standings, the change log, the marks and the
//! watches; people can open it with their own tools. [`parse_pages`] and [`deliver_changes`] are the stages after the
//! fetcher.

mod bulletin_store;
mod change_log;
mod cut_off;
mod dead_letter;
mod earlier_value;
mod error;
mod exec;
mod json;
mod link;
mod lock;
mod mark;
mod notify;
mod parse;
mod post;
mod query;
mod queue;
mod record;
mod refusal;
mod schema;
mod skew;
mod standing;
mod store;
mod terminal;
mod value;
mod watch;
mod write;

pub use change_log::Undelivered;
pub use dead_letter::{DeadLetter, DeadLetterKind};
pub use error::OpenError;
pub use exec::ExecSink;
pub use lock::{ReadingSession, SendingSession};
pub use notify::{Channels, Delivery, deliver_changes, drop_unwanted};
pub use parse::{PageOutcome, parse_pages};
pub use post::{MailSink, how_to_stop};
pub use refusal::Refused;
pub use schema::SCHEMA_VERSION;
pub use skew::ClockState;
pub use store::SqliteStore;
pub use terminal::{AlertFormat, TerminalSink};
pub use watch::{Watch, WatchChannel, WatchKind, recipient_without_watches};
