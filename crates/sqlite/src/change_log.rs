//! The change log: the records whose alerts are still to be sent, and the state of those that
//! failed.
//!
//! [`deliver_changes`](crate::deliver_changes) decides what to send; here is only what the table
//! `change_log` holds.

use chrono::{DateTime, Duration, Utc};
use pipeline::port::StoreError;
use pipeline::{ChangeRecord, backoff, skew};
use rusqlite::{OptionalExtension, params};

use crate::error::store_error;
use crate::store::{SqliteStore, from_json, instant, read_instant};

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

impl SqliteStore {
    /// Returns the next record of the change log that is due. A run passes the last one it has seen
    /// as `after`.
    pub(crate) fn receive_change(
        &self,
        after: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<ReceivedChange>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached(
                "SELECT seq, record, written_at, tried_from, attempts FROM change_log
                 WHERE seq > ?1 AND dead = 0 AND (visible_at <= ?2 OR visible_at > ?3) ORDER BY seq LIMIT 1",
            )
            .map_err(store_error)?;
        let mut found = statement
            .query(params![after, instant(now), instant(skew::latest_schedule(now))])
            .map_err(store_error)?;
        found.next().map_err(store_error)?.map(read_change).transpose()
    }

    /// The changes whose alerts failed, the dead letters among them.
    pub(crate) fn failed_changes(&self) -> Result<Vec<ReceivedChange>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached(
                "SELECT seq, record, written_at, tried_from, attempts FROM change_log
                 WHERE dead = 1 OR failure IS NOT NULL ORDER BY seq",
            )
            .map_err(store_error)?;
        let mut found = statement.query([]).map_err(store_error)?;
        let mut changes = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            changes.push(read_change(row)?);
        }
        Ok(changes)
    }

    /// Counts the changes with alerts that could not be delivered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn undelivered(&self) -> Result<Undelivered, StoreError> {
        self.connection()
            .query_row(
                "SELECT count(*) FILTER (WHERE dead = 0), count(*) FILTER (WHERE dead = 1) FROM change_log
                 WHERE dead = 1 OR failure IS NOT NULL",
                [],
                |row| {
                    Ok(Undelivered {
                        retried: row.get(0)?,
                        given_up: row.get(1)?,
                    })
                },
            )
            .map_err(store_error)
    }

    /// Removes records from the change log: every alert they ask for is sent.
    pub(crate) fn finish_changes(&self, seqs: &[i64]) -> Result<(), StoreError> {
        if seqs.is_empty() {
            return Ok(());
        }
        self.writing(|transaction| {
            let mut statement = transaction
                .prepare_cached("DELETE FROM change_log WHERE seq = ?")
                .map_err(store_error)?;
            for seq in seqs {
                statement.execute([seq]).map_err(store_error)?;
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
        self.writing(|transaction| {
            transaction
                .execute(
                    "UPDATE change_log SET attempts = ?, failure = ?, dead = ?, visible_at = ?, tried_from = ?
                     WHERE seq = ?",
                    params![
                        attempts,
                        failure,
                        dead,
                        instant(visible_at),
                        instant(failing_since),
                        change.seq
                    ],
                )
                .map_err(store_error)?;
            Ok(dead)
        })
    }

    /// True if a record is a dead letter or waits for its next attempt.
    pub(crate) fn is_put_off(&self, seq: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.connection()
            .query_row(
                "SELECT dead = 1 OR visible_at > ?2 FROM change_log WHERE seq = ?1",
                params![seq, instant(now)],
                |row| row.get(0),
            )
            .optional()
            .map(Option::unwrap_or_default)
            .map_err(store_error)
    }

    /// Treats a record as if its alerts had never failed.
    pub(crate) fn renew_change(&self, seq: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.writing(|transaction| {
            transaction
                .execute(
                    &format!("UPDATE change_log SET {RENEWED} WHERE seq = ?2"),
                    params![instant(now), seq],
                )
                .map_err(store_error)?;
            Ok(())
        })
    }

    /// The reasons why alerts that are retried failed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn failing_changes(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare(
                "SELECT DISTINCT failure FROM change_log WHERE dead = 0 AND failure IS NOT NULL ORDER BY seq",
            )
            .map_err(store_error)?;
        let failures = statement.query_map([], |row| row.get(0)).map_err(store_error)?;
        failures.collect::<Result<_, _>>().map_err(store_error)
    }
}

/// Sets a record of the change log back to its state before the first failure, visible from the
/// instant `?1` on.
pub(crate) const RENEWED: &str = "dead = 0, attempts = 0, visible_at = ?1, tried_from = NULL, failure = NULL";

fn read_change(row: &rusqlite::Row<'_>) -> Result<ReceivedChange, StoreError> {
    let text = |name: &str| row.get::<_, String>(name).map_err(store_error);
    let failing_since: Option<String> = row.get("tried_from").map_err(store_error)?;
    Ok(ReceivedChange {
        seq: row.get("seq").map_err(store_error)?,
        record: from_json("a record of the change log", &text("record")?),
        written_at: read_instant(&text("written_at")?)?,
        failing_since: failing_since.as_deref().map(read_instant).transpose()?,
        attempts: row.get("attempts").map_err(store_error)?,
    })
}
