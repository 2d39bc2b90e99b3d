//! The table `earlier_value`: the values of cells before their corrections. Excludes the present values, see
//! `cut_off.rs`.

use bulletin::{Month, RowKey};
use chrono::{DateTime, Utc};
use pipeline::EarlierValue;
use pipeline::port::StoreError;
use rusqlite::{Connection, params};

use crate::cut_off::{read_key, read_value};
use crate::query::{self, Columns};
use crate::value::instant;

/// A row of the table.
pub(crate) struct StoredEarlier {
    pub(crate) month: Month,
    pub(crate) key: RowKey,
    pub(crate) value: EarlierValue,
}

fn read(columns: &Columns<'_, '_>) -> Result<StoredEarlier, StoreError> {
    Ok(StoredEarlier {
        month: columns.code("a month", "month")?,
        key: read_key(columns)?,
        value: EarlierValue {
            value: read_value(columns)?,
            raw: columns.get("raw_value")?,
            replaced_at: columns.instant("replaced_at")?,
            host: columns.get("host")?,
        },
    })
}

/// The values of a key, in every month, in the order in which they were replaced.
pub(crate) fn of_key(connection: &Connection, key: RowKey) -> Result<Vec<StoredEarlier>, StoreError> {
    let sql = "SELECT * FROM earlier_value WHERE category = ? AND area = ? AND chart = ? ORDER BY rowid";
    let parameters = params![key.category.code(), key.area.code(), key.chart.code()];
    query::all(connection, sql, parameters, read)
}

/// The values of a month, in the order in which they were replaced.
pub(crate) fn of_month(connection: &Connection, month: Month) -> Result<Vec<StoredEarlier>, StoreError> {
    let sql = "SELECT * FROM earlier_value WHERE month = ? ORDER BY rowid";
    query::all(connection, sql, [month.to_string()], read)
}

/// Copies the present value of a cell here, because it is about to be replaced.
pub(crate) fn keep_present(
    connection: &Connection,
    month: Month,
    key: RowKey,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (category, area, chart) = (key.category.code(), key.area.code(), key.chart.code());
    query::execute(
        connection,
        "INSERT INTO earlier_value (category, area, chart, month, replaced_at, value, raw_value, host)
         SELECT category, area, chart, month, ?5, value, raw_value, host FROM cut_off
         WHERE category = ?1 AND area = ?2 AND chart = ?3 AND month = ?4",
        params![category, area, chart, month.to_string(), instant(now)],
    )
    .map(drop)
}

/// Inserts values that another store has kept.
pub(crate) fn insert(
    connection: &Connection,
    month: Month,
    key: RowKey,
    values: &[EarlierValue],
) -> Result<(), StoreError> {
    for value in values {
        query::execute(
            connection,
            "INSERT INTO earlier_value (category, area, chart, month, replaced_at, value, raw_value, host)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                key.category.code(),
                key.area.code(),
                key.chart.code(),
                month.to_string(),
                instant(value.replaced_at),
                value.value.map(|cut_off| cut_off.to_string()),
                value.raw,
                value.host,
            ],
        )?;
    }
    Ok(())
}
