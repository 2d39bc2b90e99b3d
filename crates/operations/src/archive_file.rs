//! Archive files: stored bulletins as a file, to move a history between SQLite and DynamoDB or to keep a backup.
//! Start with [`export()`] and [`import()`].
//!
//! The file is CSV or JSON Lines. Both formats hold the same records with the same fields, one record per line, and
//! name their format and version:
//!
//! - `bulletin`: one bulletin, ordered by month: the path of its page, the host and time of the fetch, the
//!   findings, and the number of `row` and `earlier` records that follow. `digest` is the digest of its cells.
//! - `row`: one cell of that bulletin, ordered by chart, category and area. `value` is an ISO date, `C`, `U`,
//!   `unreadable`, or `gone` if a correction removed the cell from the page.
//! - `earlier`: a value that a correction replaced in that cell, oldest first.
//! - `end`: the number of bulletins and rows before it, and their digest. A file without it is truncated.
//!
//! In JSON Lines the first line is `{"format":"visa-bulletin-archive","version":1}`, and empty fields are omitted.
//! In CSV the first column of the heading is named `visa-bulletin-archive-1` and holds the kind of each record.
//!
//! The digest of the end record is the SHA-256 of everything before it, encoded as JSON Lines even in a CSV file,
//! so that the same bulletins have the same digest in both formats.
//!
//! Internal data of a store is excluded: versions, corrections that await confirmation, the order of arrival,
//! links, marks of sent alerts, watches and addresses.

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
pub use export::{Export, Exported, export, stored_bulletins};
pub use import::{ImportReport, import, read_file};
pub use write::ArchiveWriter;

/// The name of the format in a file.
pub const FORMAT: &str = "visa-bulletin-archive";
/// The version of the format that is written and read.
pub const VERSION: u32 = 1;

/// The format of an archive file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveFormat {
    /// Comma-separated values, for spreadsheets.
    Csv,
    /// One JSON object per line.
    JsonLines,
}

impl ArchiveFormat {
    /// The format for a file extension: `.csv`, `.jsonl` or `.ndjson`.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// An error in a file, and its position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {what}", field.map(|field| format!(", {field}")).unwrap_or_default())]
pub struct ArchiveError {
    /// The line, counted from 1.
    pub line: u64,
    /// The field, if the error is in one: a column in CSV, a name in JSON.
    pub field: Option<&'static str>,
    /// The problem, and how to fix it.
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

/// The reason why an export or import failed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The store is unavailable.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be opened, read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        error: std::io::Error,
    },
    /// The file is not a valid archive.
    #[error("{}: {error}. Nothing of the file was stored", path.display())]
    Archive {
        /// The path of the file.
        path: PathBuf,
        /// The position and the problem.
        error: ArchiveError,
    },
    /// The exported file does not read back as written.
    #[error("{} does not read back as what was stored: {error}. The file got no name; run the export again", path.display())]
    NotReadBack {
        /// The path of the file.
        path: PathBuf,
        /// The position and the problem.
        error: ArchiveError,
    },
    /// Another export is writing the same file.
    #[error("another export is writing {}. Wait for its end, or name another file", .0.display())]
    Busy(PathBuf),
    /// No bulletin is stored, or none in the requested months.
    #[error("there is nothing to export: {0}")]
    Nothing(String),
    /// A bulletin is corrected repeatedly while it is read.
    #[error(
        "the bulletin of {0} changes while it is read. Run the export again; what is written so far is kept"
    )]
    Changing(Month),
}

/// Truncates an instant to microseconds, the precision of every store.
fn exact(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

/// A bulletin with its instants truncated to the precision of the file.
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
