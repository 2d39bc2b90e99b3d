use std::path::{Path, PathBuf};

use pipeline::port::StoreError;
use rusqlite::ErrorCode;

/// Why a database file cannot be opened. The file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was written by a newer program.
    #[error(
        "{} has the layout {found}, and this program knows layouts up to {known}. Use the newer program, or another --db FILE",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: i64,
        /// The newest layout known here.
        known: i64,
    },
    /// It is a database of something else.
    #[error("{} is a database of another program. Name another file with --db FILE", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is damaged, or no database.
    #[error(
        "{} is damaged or no database ({reason}). Nothing was written to it. Move it away and run again: bulletins are read anew, `--backfill` brings the history back, and watches must be added again",
        .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// It may not be read or written.
    #[error("{} cannot be opened for writing: {reason}. Check the rights of the file and its folder, or name another with --db FILE", .path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// There is no room for it.
    #[error("the disk is full: {} cannot be used. Make room and run again", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another process keeps it locked.
    #[error("{} is locked by another process. Nothing was written; try again when that has ended", .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
}

/// What SQLite's answer means for whoever uses the store.
pub(crate) fn store_error(error: rusqlite::Error) -> StoreError {
    let what = "the database".to_owned();
    if is_disk_full(&error) {
        return StoreError::Unavailable {
            what,
            reason: "the disk is full. Make room and run again: what is missing is written then".into(),
        };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Unavailable {
            what,
            reason: "it is locked by another process. Try again when that has ended".into(),
        },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Broken {
            what,
            reason: format!(
                "it is damaged ({error}). Move it away and run again: bulletins are read anew, `--backfill` brings the history back, and watches must be added again"
            ),
        },
        Some(ErrorCode::ReadOnly) => StoreError::Broken {
            what,
            reason: "it is read-only. Check the rights of the file and its folder".into(),
        },
        _ => StoreError::Broken {
            what,
            reason: error.to_string(),
        },
    }
}

/// A stored value that is none of ours.
pub(crate) fn unreadable(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken {
        what: format!("{what} in the database"),
        reason: error.to_string(),
    }
}

/// True if there is no room, also for the files that SQLite keeps beside the database.
fn is_disk_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error
            .sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// What SQLite's answer on opening a file means.
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
            reason: why_not_writable(&path, error),
            path,
        },
    }
}

/// SQLite says no more than that it cannot open a file.
fn why_not_writable(path: &Path, error: &rusqlite::Error) -> String {
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
