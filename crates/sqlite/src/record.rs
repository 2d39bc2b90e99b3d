//! The table `bulletin`: the record of each bulletin that is stored completely. Excludes its cells, see `cut_off.rs`.

use bulletin::Month;
use pipeline::BulletinRecord;
use pipeline::port::StoreError;
use rusqlite::{Connection, params};

use crate::query::{self, Columns};
use crate::value::to_json;

fn read(columns: &Columns<'_, '_>) -> Result<BulletinRecord, StoreError> {
    columns.json("the record of a bulletin", "record")
}

/// The months of the records, earliest first.
pub(crate) fn months(connection: &Connection) -> Result<Vec<Month>, StoreError> {
    let sql = "SELECT month FROM bulletin ORDER BY month";
    query::all(connection, sql, [], |columns| columns.code("a month", "month"))
}

pub(crate) fn of_month(connection: &Connection, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
    let sql = "SELECT * FROM bulletin WHERE month = ?";
    query::one(connection, sql, [month.to_string()], read)
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<BulletinRecord>, StoreError> {
    query::all(connection, "SELECT * FROM bulletin ORDER BY month", [], read)
}

/// Replaces a record.
///
/// # Errors
/// [`StoreError::Conflict`] if it is no longer the known one.
pub(crate) fn replace(
    connection: &Connection,
    known: Option<&BulletinRecord>,
    record: &BulletinRecord,
) -> Result<(), StoreError> {
    if of_month(connection, record.month)?.as_ref() != known {
        return Err(StoreError::Conflict {
            what: format!("the bulletin of {}", record.month),
        });
    }
    put(connection, record)
}

/// Inserts or replaces a record, whatever is stored.
pub(crate) fn put(connection: &Connection, record: &BulletinRecord) -> Result<(), StoreError> {
    let json = to_json(record)?;
    let sql = "INSERT OR REPLACE INTO bulletin (month, record) VALUES (?, ?)";
    query::execute(connection, sql, params![record.month.to_string(), json]).map(drop)
}
