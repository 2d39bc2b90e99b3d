//! The table `refusal`: alerts that a channel refused permanently.

use bulletin::Alert;
use chrono::{DateTime, Utc};
use pipeline::port::{Recipient, StoreError};
use rusqlite::params;

use crate::query::{self, Columns};
use crate::store::SqliteStore;
use crate::value::instant;

/// An alert that a channel refused permanently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The watch of the recipient.
    pub watch: i64,
    /// The id of the alert.
    pub alert: String,
    /// The reason, without addresses.
    pub reason: String,
    /// The time of the refusal.
    pub at: DateTime<Utc>,
}

fn read(columns: &Columns<'_, '_>) -> Result<Refused, StoreError> {
    Ok(Refused {
        watch: columns.get("watch")?,
        alert: columns.get("alert")?,
        reason: columns.get("reason")?,
        at: columns.instant("refused_at")?,
    })
}

impl SqliteStore {
    /// Records that this alert is not to be retried for this watch. Returns false if the watch was removed meanwhile: a
    /// removed watch has no refusals.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn note_refusal(
        &self,
        alert: &Alert,
        recipient: &Recipient,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT OR REPLACE INTO refusal (watch, alert, reason, refused_at)
                   SELECT id, ?2, ?3, ?4 FROM watch WHERE id = ?1";
        let alert = alert.id().to_string();
        self.writing(|transaction| {
            let parameters = params![recipient.handle, alert, reason, instant(now)];
            Ok(query::execute(transaction, sql, parameters)? > 0)
        })
    }

    /// The reason why this alert was refused permanently for this watch, if it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn refusal(&self, alert: &str, recipient: &Recipient) -> Result<Option<String>, StoreError> {
        let sql = "SELECT * FROM refusal WHERE watch = ? AND alert = ?";
        let refused = query::one(&self.connection(), sql, params![recipient.handle, alert], read)?;
        Ok(refused.map(|refused| refused.reason))
    }

    /// The refused alerts, oldest first. They are not retried automatically.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn refused(&self) -> Result<Vec<Refused>, StoreError> {
        let sql = "SELECT * FROM refusal ORDER BY refused_at, watch, alert";
        query::all(&self.connection(), sql, [], read)
    }
}
