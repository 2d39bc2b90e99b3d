//! Alerts that a way refused for good.

use bulletin::Alert;
use chrono::{DateTime, Utc};
use pipeline::port::{Recipient, StoreError};
use rusqlite::{OptionalExtension, params};

use crate::error::store_error;
use crate::store::{SqliteStore, instant};

impl SqliteStore {
    /// Notes that this alert is not to be tried again for this watch. Returns false if the watch was removed meanwhile: it
    /// has no refusals.
    pub(crate) fn note_refusal(
        &self,
        alert: &Alert,
        recipient: &Recipient,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.writing(|transaction| {
            let noted = transaction
                .execute(
                    "INSERT OR REPLACE INTO refusal (watch, alert, reason, refused_at)
                     SELECT id, ?2, ?3, ?4 FROM watch WHERE id = ?1",
                    params![recipient.handle, alert.id().to_string(), reason, instant(now)],
                )
                .map_err(store_error)?;
            Ok(noted > 0)
        })
    }

    /// Why this alert was refused for good for this watch, where it was.
    pub(crate) fn refusal(&self, alert: &str, recipient: &Recipient) -> Result<Option<String>, StoreError> {
        self.connection()
            .query_row(
                "SELECT reason FROM refusal WHERE watch = ? AND alert = ?",
                params![recipient.handle, alert],
                |row| row.get(0),
            )
            .optional()
            .map_err(store_error)
    }
}
