//! The pipeline's ports on one machine.
//!
//! [`SqliteStore`] is one SQLite file with the queue, the cells, the standings, the change log, the marks and the
//! watches; people can open it with their own tools. [`parse_pages`] and [`deliver_changes`] are the stages after the
//! fetcher. Excludes the channels, see the crate `channels`.

mod bulletin_store;
mod cell_file;
mod change_log;
mod cut_off;
mod dead_letter;
mod earlier_value;
mod error;
mod link;
mod lock;
mod mark;
mod notify;
mod parse;
mod problem;
mod query;
mod queue;
mod record;
mod refusal;
mod schema;
mod skew;
mod standing;
mod store;
mod value;
mod watch;
mod write;

pub use cell_file::write_cell_file;
pub use change_log::Undelivered;
pub use dead_letter::{DeadLetter, DeadLetterKind};
pub use error::OpenError;
pub use lock::{ReadingSession, SendingSession};
pub use notify::{Delivery, deliver_changes, drop_unwanted};
pub use parse::{PageOutcome, parse_pages};
pub use problem::ReportedProblem;
pub use refusal::Refused;
pub use schema::{SCHEMA_VERSION, is_database};
pub use skew::ClockState;
pub use store::SqliteStore;
pub use watch::{Watch, WatchChannel, WatchKind, recipient_without_watches};
