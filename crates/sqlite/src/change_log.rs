//! The change log: the records whose alerts are still to be sent, and the state of those that
//! failed.
//!
//! [`deliver_changes`](crate::deliver_changes) decides what to send; here is only what the table
//! `change_log` holds.

use chrono::{DateTime, Duration, Utc};
use pipeline::port::StoreError;
use pipeline::{ChangeRecord, backoff, skew};
use rusqlite::{Connection, params};

use crate::query::{self, Columns};
use crate::store::SqliteStore;
use crate::value::{instant, to_json};

/// The time for which the alerts of a change are retried, counted from the first failure, before
/// the record becomes a dead letter. RFC 5321, 4.5.4.1, asks for four to five days.
const GIVE_UP_AFTER: Duration = Duration::days(5);

/// A record taken from the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedChange {
    pub(crate) seq: i64,
    /// The record, or why it cannot be understood.
    pub(crate) record: Result<ChangeRecord, StoreError>,
    /// The time of the write. Alerts that were due then stay due after the end of their month.
    pub(crate) written_at: DateTime<Utc>,
    /// The time of the first failure since it was written or put back from the dead letters.
    failing_since: Option<DateTime<Utc>>,
    /// The number of failures since then.
    pub(crate) attempts: u32,
}

/// The time of the next attempt for a change whose alerts failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Not before somebody asks for it: a retry cannot succeed.
    Never,
    /// After a pause that grows with the number of failures.
    WithBackoff,
    /// By the next run.
    NextRun,
}

/// The changes with alerts that could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undelivered {
    /// The changes that are retried.
    pub retried: u32,
    /// The changes that were given up: dead letters.
    pub given_up: u32,
}

/// Sets a record of the change log back to its state before the first failure, visible from the
/// instant `?1` on.
pub(crate) const RENEWED: &str = "dead = 0, attempts = 0, visible_at = ?1, tried_from = NULL, failure = NULL";

fn read(columns: &Columns<'_, '_>) -> Result<ReceivedChange, StoreError> {
    Ok(ReceivedChange {
        seq: columns.get("seq")?,
        record: columns.json("a record of the change log", "record"),
        written_at: columns.instant("written_at")?,
        failing_since: columns.optional_instant("tried_from")?,
        attempts: columns.get("attempts")?,
    })
}

/// Appends a record to the change log.
pub(crate) fn log_change(
    connection: &Connection,
    now: DateTime<Utc>,
    record: &ChangeRecord,
) -> Result<(), StoreError> {
    let record = to_json(record)?;
    let sql = "INSERT INTO change_log (record, written_at, visible_at) VALUES (?1, ?2, ?2)";
    query::execute(connection, sql, params![record, instant(now)]).map(drop)
}

impl SqliteStore {
    /// Returns the next record of the change log that is due. A run passes the last one it has seen
    /// as `after`.
    pub(crate) fn receive_change(
        &self,
        after: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<ReceivedChange>, StoreError> {
        let sql = "SELECT * FROM change_log
                   WHERE seq > ?1 AND dead = 0 AND (visible_at <= ?2 OR visible_at > ?3) ORDER BY seq LIMIT 1";
        let parameters = params![after, instant(now), instant(skew::latest_schedule(now))];
        query::one(&self.connection(), sql, parameters, read)
    }

    /// The changes whose alerts failed, the dead letters among them.
    pub(crate) fn failed_changes(&self) -> Result<Vec<ReceivedChange>, StoreError> {
        let sql = "SELECT * FROM change_log WHERE dead = 1 OR failure IS NOT NULL ORDER BY seq";
        query::all(&self.connection(), sql, [], read)
    }

    /// Counts the changes with alerts that could not be delivered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn undelivered(&self) -> Result<Undelivered, StoreError> {
        let sql =
            "SELECT count(*) FILTER (WHERE dead = 0) AS retried, count(*) FILTER (WHERE dead = 1) AS given_up
                   FROM change_log WHERE dead = 1 OR failure IS NOT NULL";
        let undelivered = query::one(&self.connection(), sql, [], |columns| {
            Ok(Undelivered {
                retried: columns.get("retried")?,
                given_up: columns.get("given_up")?,
            })
        })?;
        Ok(undelivered.unwrap_or_default())
    }

    /// Removes records from the change log: every alert they ask for is sent.
    pub(crate) fn finish_changes(&self, seqs: &[i64]) -> Result<(), StoreError> {
        if seqs.is_empty() {
            return Ok(());
        }
        self.writing(|transaction| {
            for seq in seqs {
                query::execute(transaction, "DELETE FROM change_log WHERE seq = ?", [seq])?;
            }
            Ok(())
        })
    }

    /// Stores why a record's alerts failed, and when they are retried. A record that cannot
    /// succeed, or that has failed for five days, becomes a dead letter. Returns true if it did.
    pub(crate) fn fail_change(
        &self,
        change: &ReceivedChange,
        failure: &str,
        retry: Retry,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let attempts = change.attempts + 1;
        // A clock that was set back must not prolong it.
        let failing_since = change.failing_since.unwrap_or(now).min(now);
        let dead = retry == Retry::Never || now - failing_since >= GIVE_UP_AFTER;
        let visible_at = match retry {
            Retry::NextRun => now,
            Retry::Never | Retry::WithBackoff => now + backoff(attempts),
        };
        let sql = "UPDATE change_log SET attempts = ?, failure = ?, dead = ?, visible_at = ?, tried_from = ?
                   WHERE seq = ?";
        let (visible_at, tried_from) = (instant(visible_at), instant(failing_since));
        let parameters = params![attempts, failure, dead, visible_at, tried_from, change.seq];
        self.writing(|transaction| query::execute(transaction, sql, parameters))?;
        Ok(dead)
    }

    /// True if a record is a dead letter or waits for its next attempt.
    pub(crate) fn is_put_off(&self, seq: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM change_log WHERE seq = ?1 AND (dead = 1 OR visible_at > ?2))";
        query::value(&self.connection(), sql, params![seq, instant(now)])
    }

    /// Treats a record as if its alerts had never failed.
    pub(crate) fn renew_change(&self, seq: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = format!("UPDATE change_log SET {RENEWED} WHERE seq = ?2");
        self.writing(|transaction| query::execute(transaction, &sql, params![instant(now), seq]).map(drop))
    }

    /// The reasons why alerts that are retried failed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn failing_changes(&self) -> Result<Vec<String>, StoreError> {
        let sql =
            "SELECT DISTINCT failure FROM change_log WHERE dead = 0 AND failure IS NOT NULL ORDER BY seq";
        query::all(&self.connection(), sql, [], |columns| columns.get("failure"))
    }
}
