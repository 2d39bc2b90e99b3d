//! Dead letters: pages that were refused, and changes whose alerts could not be sent. They wait for an operator.

use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::port::StoreError;

use crate::change_log::RENEWED;
use crate::query::{self, Columns};
use crate::store::SqliteStore;
use crate::value::instant;

/// A page or a change that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its kind.
    pub kind: DeadLetterKind,
    /// Its number in its table.
    pub id: i64,
    /// Its subject: a month, or the beginning of a record.
    pub about: String,
    /// The reason of the failure.
    pub failure: String,
}

/// The origin of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterKind {
    /// A page that was parsed and refused.
    Page,
    /// A change whose alerts could not be sent.
    Change,
}

fn read(kind: DeadLetterKind, columns: &Columns<'_, '_>) -> Result<DeadLetter, StoreError> {
    let failure: Option<String> = columns.get("failure")?;
    Ok(DeadLetter {
        kind,
        id: columns.get("id")?,
        about: columns.get("about")?,
        failure: failure.unwrap_or_default(),
    })
}

impl SqliteStore {
    /// Every dead letter: the pages, then the changes, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn dead_letters(&self) -> Result<Vec<DeadLetter>, StoreError> {
        let connection = self.connection();
        let sql = "SELECT id, month AS about, failure FROM message WHERE dead = 1 ORDER BY id";
        let pages = query::all(&connection, sql, [], |columns| {
            read(DeadLetterKind::Page, columns)
        })?;
        let sql = "SELECT seq AS id, substr(record, 1, 80) AS about, failure FROM change_log
                   WHERE dead = 1 ORDER BY seq";
        let changes = query::all(&connection, sql, [], |columns| {
            read(DeadLetterKind::Change, columns)
        })?;
        Ok([pages, changes].concat())
    }

    /// Removes the dead letters of a month's page, because the bulletin was stored from another source.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settle_dead_letters(&self, month: Month) -> Result<(), StoreError> {
        let sql = "DELETE FROM message WHERE dead = 1 AND month = ?";
        self.writing(|transaction| query::execute(transaction, sql, [month.to_string()]).map(drop))
    }

    /// Requeues the dead letters, or those of one kind, and returns their number. The five days of a change begin again
    /// with its next failure; `written_at` stays, and with it the alerts that are due. Changes that wait for a retry
    /// become due at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn replay_dead_letters(
        &self,
        only: Option<DeadLetterKind>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let pages =
            "UPDATE message SET dead = 0, receives = 0, visible_at = '', failure = NULL WHERE dead = 1";
        let changes = format!("UPDATE change_log SET {RENEWED} WHERE dead = 1");
        let retried = "UPDATE change_log SET visible_at = ?1 WHERE failure IS NOT NULL AND visible_at > ?1";
        self.writing(|transaction| {
            let mut letters = 0;
            if only != Some(DeadLetterKind::Change) {
                letters += query::execute(transaction, pages, [])?;
            }
            if only != Some(DeadLetterKind::Page) {
                letters += query::execute(transaction, &changes, [instant(now)])?;
                query::execute(transaction, retried, [instant(now)])?;
                query::execute(transaction, "DELETE FROM refusal", [])?;
            }
            Ok(letters)
        })
    }

    /// The number of pages that wait to be parsed, and of changes that wait for their alerts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn waiting(&self) -> Result<(u32, u32), StoreError> {
        let connection = self.connection();
        Ok((
            query::value(&connection, "SELECT count(*) FROM message WHERE dead = 0", [])?,
            query::value(&connection, "SELECT count(*) FROM change_log WHERE dead = 0", [])?,
        ))
    }
}
