//! Errors of SQLite and of the file system as errors of the ports: [`OpenError`] when a file is opened, `StoreError`
//! afterwards.

use std::path::{Path, PathBuf};

use pipeline::port::StoreError;
use rusqlite::ErrorCode;

/// The reason why a database file cannot be opened. The file is left unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was written by a newer program.
    #[error(
        "{} has the layout {found}, and this program supports layouts up to {known}. Use the newer program, or another --db FILE",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: i64,
        /// The newest supported layout.
        known: i64,
    },
    /// It is the database of another program.
    #[error("{} is the database of another program. Choose another file with --db FILE", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is damaged, or not a database.
    #[error(
        "{} is damaged or not a database ({reason}). Nothing was written to it. Move it away and run again: the run fetches the bulletins again, `--backfill` the history. Add the watches again",
        .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The message of SQLite.
        reason: String,
    },
    /// It cannot be read or written.
    #[error("{} cannot be opened for writing: {reason}. Check the permissions of the file and its folder, or choose another with --db FILE", .path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// The message of the system.
        reason: String,
    },
    /// The disk is full.
    #[error("the disk is full: {} cannot be used. Free some space and run again", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another process keeps it locked.
    #[error("{} is locked by another process. Nothing was written; try again when it has ended", .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
}

/// The error of a port for an error of SQLite.
pub(crate) fn store_error(error: rusqlite::Error) -> StoreError {
    let what = "the database".to_owned();
    if is_disk_full(&error) {
        return StoreError::Unavailable {
            what,
            reason: "the disk is full. Free some space and run again: the next run writes the rest".into(),
        };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Unavailable {
            what,
            reason: "it is locked by another process. Try again when it has ended".into(),
        },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Broken {
            what,
            reason: format!(
                "it is damaged ({error}). Move it away and run again: the run fetches the bulletins again, `--backfill` the history. Add the watches again"
            ),
        },
        Some(ErrorCode::ReadOnly) => StoreError::Broken {
            what,
            reason: "it is read-only. Check the permissions of the file and its folder".into(),
        },
        _ => StoreError::Broken {
            what,
            reason: error.to_string(),
        },
    }
}

/// The error for a stored value that this program did not write.
pub(crate) fn unreadable(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken {
        what: format!("{what} in the database"),
        reason: error.to_string(),
    }
}

/// True if the disk is full, also for the files that SQLite keeps next to the database.
fn is_disk_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error
            .sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// The error for an error of SQLite when a file is opened.
pub(crate) fn open_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    if is_disk_full(error) {
        return OpenError::Full { path };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked { path },
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::Damaged {
            path,
            reason: error.to_string(),
        },
        _ => OpenError::NotWritable {
            reason: open_failure(&path, error),
            path,
        },
    }
}

/// The reason why a file cannot be opened. SQLite reports only that it cannot.
fn open_failure(path: &Path, error: &rusqlite::Error) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match (error.sqlite_error_code(), folder) {
        _ if path.is_dir() => "it is a folder".into(),
        (_, Some(folder)) if !folder.is_dir() => format!("there is no folder {}", folder.display()),
        (Some(ErrorCode::ReadOnly), _) => "it is read-only".into(),
        (Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied), _) => {
            "the system does not allow it".into()
        }
        _ => error.to_string(),
    }
}
