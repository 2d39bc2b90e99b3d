//! The pipeline's ports on one machine.
//!
//! [`SqliteStore`] is one SQLite file with the queue, the rows, the standings, the change log, the marks and the
//! watches; people can open it with their own tools. [`TerminalSink`] prints alerts. [`drain_pages`] and
//! [`drain_changes`] move what waits in the queue and the change log through the stages.

mod drain;
mod error;
mod queue;
mod schema;
mod store;
mod terminal;
mod watch;

pub use drain::{Drained, PageOutcome, drain_changes, drain_pages};
pub use error::OpenError;
pub use queue::{DeadLetter, DeadLetterKind};
pub use schema::SCHEMA_VERSION;
pub use store::{ReadingLock, SendingLock, SqliteStore};
pub use terminal::{AlertFormat, TerminalSink};
pub use watch::{Watch, WatchKind};
