//! The two locks that the processes of one machine share: one for parsing pages, one for sending alerts.
//!
//! A lock is a locked file next to the database, so that it ends with its process. The session that owns a lock takes
//! over, when it starts, the work of processes that died. Start with [`SqliteStore::lock_reading`] and
//! [`SqliteStore::lock_sending`].

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use pipeline::port::StoreError;

use crate::store::SqliteStore;
use crate::{link, mark, queue};

/// The time to wait for the sending lock. Sending takes a moment, unless the reader of the alerts is slow.
const WAIT_FOR_SENDING: Duration = Duration::from_secs(10);
/// The pause between two attempts to take a lock.
const PAUSE: Duration = Duration::from_millis(20);

/// The lock of the process that parses pages. It ends when dropped, or when the process dies.
#[derive(Debug)]
pub struct ReadingSession {
    /// Closing it releases the lock.
    _file: File,
}

/// The lock of the process that sends alerts. It ends when dropped, or when the process dies.
#[derive(Debug)]
pub struct SendingSession {
    /// Closing it releases the lock.
    _file: File,
}

impl SqliteStore {
    /// Takes the lock for parsing pages; `None` if another process holds it for the whole `wait`. Pages can be parsed
    /// without the lock too, but then two processes share them, and a later month may be stored before an earlier one.
    ///
    /// The session takes over the work of a process that died: pages that it had received from the queue, and links
    /// that it had claimed without queueing their pages. They are due at once.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the lock file next to the database cannot be used.
    pub fn lock_reading(
        &self,
        wait: Duration,
        now: DateTime<Utc>,
    ) -> Result<Option<ReadingSession>, StoreError> {
        let Some(file) = lock_file(self.path(), ".reading.lock", wait)? else {
            return Ok(None);
        };
        self.writing(|transaction| {
            queue::release_received(transaction)?;
            link::release_unqueued(transaction, now)
        })?;
        Ok(Some(ReadingSession { _file: file }))
    }

    /// Waits until no other process sends alerts from this database, and takes the lock for sending them.
    ///
    /// The session takes over the alerts that a process was sending when it died: their claims expire at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if another process holds the lock for ten seconds, [`StoreError::Broken`] if the lock
    /// file next to the database cannot be used.
    pub fn lock_sending(&self, now: DateTime<Utc>) -> Result<SendingSession, StoreError> {
        let file =
            lock_file(self.path(), ".lock", WAIT_FOR_SENDING)?.ok_or_else(|| StoreError::Unavailable {
                what: "the lock for sending alerts".into(),
                reason: "another process is sending alerts. The next run sends the remaining ones".into(),
            })?;
        self.writing(|transaction| mark::expire_claims(transaction, now))?;
        Ok(SendingSession { _file: file })
    }
}

/// Locks the file next to the database with this ending; `None` if another process holds the lock for the whole `wait`.
fn lock_file(database: &Path, ending: &str, wait: Duration) -> Result<Option<File>, StoreError> {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    let path = PathBuf::from(name);
    let unusable = |error| unusable(&path, &error);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(unusable)?;
    let deadline = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
        }
    }
}

fn unusable(path: &Path, error: &io::Error) -> StoreError {
    let what = path.display().to_string();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Unavailable {
            what,
            reason: "the disk is full. Free some space and run again".into(),
        },
        _ => StoreError::Broken {
            what,
            reason: format!("{error}. Check the permissions of the folder"),
        },
    }
}
