//! Stored bulletins as a file, so that a history moves between SQLite and DynamoDB, and is kept outside of both.
//!
//! The file is CSV or JSON lines. Both hold the same records with the same fields, one record a line, and say of
//! themselves which format and version they are:
//!
//! - `bulletin`: one bulletin, in the order of the months: where its page lies, who gave it when, what was found on it,
//!   and how many rows and earlier values follow. `digest` is that of its cells.
//! - `row`: one cell of that bulletin, in the order of chart, category and area. `value` is an ISO date, `C`, `U`,
//!   `unreadable`, or `gone` where a correction took the cell off the page.
//! - `earlier`: what stood in that cell before a correction, oldest first.
//! - `end`: how many bulletins and rows stand before it, and their digest. A file without it was cut off.
//!
//! In JSON lines the first line is `{"format":"visa-bulletin-archive","version":1}` and a field that is empty is left
//! out. In CSV the heading's first column is named `visa-bulletin-archive-1` and holds the kind of each record.
//!
//! The digest of the end record is SHA-256 of everything before it in the form of JSON lines, also in a CSV file, so that
//! the same bulletins have the same digest in either form.
//!
//! What is a store's own business is not in the file: versions, corrections that wait for a second look, the order in
//! which bulletins came, links, marks of sent alerts, watches and addresses.

mod assembly;
mod export;
mod form;
mod import;
mod record;
mod write;

use std::path::{Path, PathBuf};

use bulletin::Month;
use chrono::{DateTime, SubsecRound as _, Utc};
use pipeline::ArchivedBulletin;
use pipeline::port::StoreError;

pub use assembly::read;
pub use export::{Export, Exported, export};
pub use import::{ImportReport, import, read_file};
pub use write::ArchiveWriter;

/// The format's name, as a file says it.
pub const FORMAT: &str = "visa-bulletin-archive";
/// The version of the format that is written and read.
pub const VERSION: u32 = 1;

/// In which form the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveFormat {
    /// Comma-separated values, as spreadsheets read them.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl ArchiveFormat {
    /// What the ending of a file's name says: `.csv`, or `.jsonl` and `.ndjson`.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {what}", field.map(|field| format!(", {field}")).unwrap_or_default())]
pub struct ArchiveError {
    /// The line, counted from 1.
    pub line: u64,
    /// The field, where it is one: a column of CSV, a name in JSON.
    pub field: Option<&'static str>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl ArchiveError {
    fn new(line: u64, what: impl Into<String>) -> Self {
        Self {
            line,
            field: None,
            what: what.into(),
        }
    }

    fn of_field(line: u64, field: &'static str, what: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(line, what)
        }
    }
}

/// Why bulletins did not go into a file or out of it.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be opened, read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What stands in the file is not what an export writes.
    #[error("{}: {error}. Nothing of the file was stored", path.display())]
    Archive {
        /// Which.
        path: PathBuf,
        /// Where, and what.
        error: ArchiveError,
    },
    /// What was written does not read back.
    #[error("{} does not read back as what was stored: {error}. The file got no name; run the export again", path.display())]
    NotReadBack {
        /// Which.
        path: PathBuf,
        /// Where, and what.
        error: ArchiveError,
    },
    /// Another export writes the same file.
    #[error("another export is writing {}. Wait for its end, or name another file", .0.display())]
    Busy(PathBuf),
    /// No bulletin is stored, or none of the months that are asked for.
    #[error("there is nothing to export: {0}")]
    Nothing(String),
    /// A bulletin is corrected again and again while it is read.
    #[error(
        "the bulletin of {0} changes while it is read. Run the export again; what is written so far is kept"
    )]
    Changing(Month),
}

/// An instant as exact as every store keeps it: to the microsecond.
fn exact(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

/// A bulletin with its instants as exact as a file has them.
fn with_exact_instants(mut bulletin: ArchivedBulletin) -> ArchivedBulletin {
    bulletin.fetched_at = exact(bulletin.fetched_at);
    bulletin.first_seen = exact(bulletin.first_seen);
    for row in &mut bulletin.rows {
        for earlier in &mut row.earlier {
            earlier.replaced_at = exact(earlier.replaced_at);
        }
    }
    bulletin
}

#[cfg(test)]
mod tests;
