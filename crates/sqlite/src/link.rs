//! The port `LinkTable`: claims of pages, failures, and the last polls of the source. Excludes the queue, see `queue.rs`.

use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::port::{Check, LinkTable, PageLink, StoreError};
use pipeline::{Link, LinkState};
use rusqlite::{Connection, params};

use crate::query::{self, Columns};
use crate::store::SqliteStore;
use crate::value::{instant, to_json};

fn read(columns: &Columns<'_, '_>) -> Result<Link, StoreError> {
    Ok(Link {
        link: PageLink {
            month: columns.code("a month", "month")?,
            path: columns.get("path")?,
        },
        state: columns.json("the state of a link", "state")?,
        failures: columns.get("failures")?,
        note: columns.get("note")?,
    })
}

fn read_check(columns: &Columns<'_, '_>) -> Result<Check, StoreError> {
    Ok(Check {
        at: columns.instant("at")?,
        good: columns.get("good")?,
        note: columns.get("note")?,
    })
}

fn of_month(connection: &Connection, month: Month) -> Result<Option<Link>, StoreError> {
    let sql = "SELECT * FROM link WHERE month = ?";
    query::one(connection, sql, [month.to_string()], read)
}

/// The links that become due after this instant.
pub(crate) fn due_after(connection: &Connection, at: DateTime<Utc>) -> Result<Vec<Link>, StoreError> {
    let sql = "SELECT * FROM link WHERE due_from > ?";
    query::all(connection, sql, [instant(at)], read)
}

/// Inserts or replaces a link.
pub(crate) fn put(
    connection: &Connection,
    link: &PageLink,
    state: &LinkState,
    failures: u32,
    note: &str,
) -> Result<(), StoreError> {
    let state_json = to_json(state)?;
    let due_from = state.due_from().map(instant);
    query::execute(
        connection,
        "INSERT OR REPLACE INTO link (month, path, state, due_from, failures, note) VALUES (?, ?, ?, ?, ?, ?)",
        params![link.month.to_string(), link.path, state_json, due_from, failures, note],
    )
    .map(drop)
}

/// Makes the links due whose pages were never queued, because the process that claimed them died.
pub(crate) fn release_unqueued(connection: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "SELECT * FROM link WHERE due_from > ? AND month NOT IN (SELECT month FROM message)";
    for Link {
        link,
        state,
        failures,
        note,
    } in query::all(connection, sql, [instant(now)], read)?
    {
        if let LinkState::Queued { .. } = state {
            put(
                connection,
                &link,
                &LinkState::Queued { until: now },
                failures,
                &note,
            )?;
        }
    }
    Ok(())
}

impl SqliteStore {
    /// The last poll at which the source gave its list, and the last one at which it did not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn checks(&self) -> Result<(Option<Check>, Option<Check>), StoreError> {
        let connection = self.connection();
        let sql = "SELECT * FROM source_check WHERE good = ?";
        let check = |good: bool| query::one(&connection, sql, [good], read_check);
        Ok((check(true)?, check(false)?))
    }
}

impl LinkTable for SqliteStore {
    async fn links(&self) -> Result<Vec<Link>, StoreError> {
        query::all(&self.connection(), "SELECT * FROM link ORDER BY month", [], read)
    }

    async fn link(&self, month: Month) -> Result<Option<Link>, StoreError> {
        of_month(&self.connection(), month)
    }

    async fn claim_link(
        &self,
        link: &PageLink,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.writing(|transaction| {
            let stored = of_month(transaction, link.month)?;
            if stored.as_ref().is_some_and(|stored| !stored.is_due(now)) {
                return Ok(false);
            }
            let failures = stored.map_or(0, |stored| stored.failures);
            put(
                transaction,
                link,
                &LinkState::Queued { until },
                failures,
                "queued",
            )?;
            Ok(true)
        })
    }

    async fn settle(
        &self,
        link: &PageLink,
        state: &LinkState,
        failures: u32,
        note: &str,
    ) -> Result<(), StoreError> {
        self.writing(|transaction| put(transaction, link, state, failures, note))
    }

    async fn note_check(&self, check: &Check) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO source_check (good, at, note) VALUES (?, ?, ?)";
        self.writing(|transaction| {
            query::execute(
                transaction,
                sql,
                params![check.good, instant(check.at), check.note],
            )
            .map(drop)
        })
    }
}
