//! The database file: opening, transactions, and checks for damage.
//!
//! Excludes the ports, which are implemented in one file each: `bulletin_store.rs`, `link.rs`, `mark.rs` and `queue.rs`.
//! The locks that several processes share are in `lock.rs`. Start with [`SqliteStore::open`].

use std::cell::{RefCell, RefMut};
use std::path::{Path, PathBuf};

use pipeline::port::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{OpenError, store_error};
use crate::{query, schema};

/// The most kinds of damage that are reported.
const MOST_DAMAGE: u32 = 5;

/// One SQLite file with the complete state of the pipeline.
///
/// Several processes may use one file at once. Every write is one transaction; readers never wait.
#[derive(Debug)]
pub struct SqliteStore {
    connection: RefCell<Connection>,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens a file, or creates it, and migrates it to the present layout.
    ///
    /// # Errors
    /// [`OpenError`]: a newer program or another program wrote the file, or it is damaged, locked or not writable. It is
    /// left unchanged.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::new(schema::open(path)?, path))
    }

    /// Opens a file for reading, even without permission to write it.
    ///
    /// # Errors
    /// [`OpenError`], as for [`open`](Self::open).
    pub fn open_to_read(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::new(schema::open_to_read(path)?, path))
    }

    fn new(connection: Connection, path: &Path) -> Self {
        Self {
            connection: RefCell::new(connection),
            path: path.to_owned(),
        }
    }

    /// Checks the whole file for damage, before anything is written to it.
    ///
    /// # Errors
    /// [`OpenError::Damaged`].
    pub fn check(&self) -> Result<(), OpenError> {
        schema::check(&self.path, &self.connection())
    }

    /// The damage in the file and its indexes, a sentence each; empty if the file is sound.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn damage(&self) -> Result<Vec<String>, StoreError> {
        let sql = format!("PRAGMA integrity_check({MOST_DAMAGE})");
        let mut sentences: Vec<String> = query::all(&self.connection(), &sql, [], |columns| {
            columns.get("integrity_check")
        })?;
        sentences.retain(|sentence| sentence != "ok");
        Ok(sentences)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn connection(&self) -> RefMut<'_, Connection> {
        self.connection.borrow_mut()
    }

    /// Runs `work` in one transaction, which no other process can interrupt.
    pub(crate) fn writing<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(store_error)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(store_error)?;
        Ok(done)
    }
}
