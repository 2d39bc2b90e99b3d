//! The port `AlertMarks`: claims of alerts that are being sent, and marks of alerts that were sent. Excludes the sending
//! lock, which expires the claims of dead processes, see `lock.rs`.

use chrono::{DateTime, Utc};
use pipeline::port::{AlertMarks, Claim, StoreError};
use pipeline::skew;
use rusqlite::{Connection, params};

use crate::query::{self, Columns};
use crate::store::SqliteStore;
use crate::value::instant;

/// A row of the table `alert_mark`.
struct Mark {
    name: String,
    is_sent: bool,
    /// The end of the claim.
    expires: Option<DateTime<Utc>>,
}

fn read(columns: &Columns<'_, '_>) -> Result<Mark, StoreError> {
    Ok(Mark {
        name: columns.get("mark")?,
        is_sent: columns.optional_text("sent_at")?.is_some(),
        expires: columns.optional_instant("expires")?,
    })
}

fn of_name(connection: &Connection, mark: &str) -> Result<Option<Mark>, StoreError> {
    query::one(
        connection,
        "SELECT * FROM alert_mark WHERE mark = ?",
        [mark],
        read,
    )
}

/// Ends every claim of an alert that is not sent yet.
pub(crate) fn expire_claims(connection: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "UPDATE alert_mark SET expires = ?1 WHERE sent_at IS NULL AND expires > ?1";
    query::execute(connection, sql, [instant(now)]).map(drop)
}

impl SqliteStore {
    /// The marks of alerts that a process began to send and never recorded as sent, and the ends of their claims.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn marks_in_progress(&self) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let sql = "SELECT * FROM alert_mark WHERE sent_at IS NULL ORDER BY mark";
        let marks = query::all(&self.connection(), sql, [], read)?;
        let claimed = marks
            .into_iter()
            .filter_map(|mark| Some((mark.name, mark.expires?)));
        Ok(claimed.collect())
    }
}

impl AlertMarks for SqliteStore {
    async fn claim_alert(
        &self,
        mark: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<Claim, StoreError> {
        self.writing(|transaction| {
            match of_name(transaction, mark)? {
                Some(Mark { is_sent: true, .. }) => return Ok(Claim::Sent),
                Some(Mark {
                    expires: Some(until), ..
                }) if !skew::is_due(until, now) => return Ok(Claim::InProgress),
                Some(_) => tracing::warn!(
                    mark,
                    "the process that was sending this alert died or got no answer; it is sent again"
                ),
                None => {}
            }
            let sql = "INSERT OR REPLACE INTO alert_mark (mark, sent_at, expires) VALUES (?, NULL, ?)";
            query::execute(transaction, sql, params![mark, instant(expires)])?;
            Ok(Claim::Granted)
        })
    }

    async fn is_sent(&self, mark: &str) -> Result<bool, StoreError> {
        Ok(of_name(&self.connection(), mark)?.is_some_and(|mark| mark.is_sent))
    }

    async fn sent(&self, mark: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "UPDATE alert_mark SET sent_at = ? WHERE mark = ?";
        self.writing(|transaction| query::execute(transaction, sql, params![instant(now), mark]).map(drop))
    }

    async fn release(&self, mark: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM alert_mark WHERE mark = ? AND sent_at IS NULL";
        self.writing(|transaction| query::execute(transaction, sql, [mark]).map(drop))
    }
}
