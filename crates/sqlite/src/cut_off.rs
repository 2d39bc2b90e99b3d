//! The table `cut_off`: the cells of every bulletin. Excludes replaced values, see `earlier_value.rs`.

use bulletin::{CutOff, Month, RawCell, Reading, Row, RowKey};
use pipeline::port::StoreError;
use rusqlite::{Connection, params};

use crate::query::{self, Columns};

/// A row of the table.
pub(crate) struct StoredCell {
    pub(crate) month: Month,
    pub(crate) row: Row,
    pub(crate) host: String,
    pub(crate) version: u32,
}

fn read(columns: &Columns<'_, '_>) -> Result<StoredCell, StoreError> {
    Ok(StoredCell {
        month: columns.code("a month", "month")?,
        row: Row {
            key: read_key(columns)?,
            reading: read_value(columns)?.map_or(Reading::Unreadable, Reading::CutOff),
            raw: RawCell {
                category: columns.text("raw_category")?.into(),
                area: columns.text("raw_area")?.into(),
                value: columns.text("raw_value")?.into(),
            },
        },
        host: columns.get("host")?,
        version: columns.get("version")?,
    })
}

/// The key of a cell, in this table and in `earlier_value`.
pub(crate) fn read_key(columns: &Columns<'_, '_>) -> Result<RowKey, StoreError> {
    Ok(RowKey {
        chart: columns.code("a chart", "chart")?,
        category: columns.code("a category", "category")?,
        area: columns.code("an area", "area")?,
    })
}

/// The value of a cell, in this table and in `earlier_value`; `None` if it is unreadable.
pub(crate) fn read_value(columns: &Columns<'_, '_>) -> Result<Option<CutOff>, StoreError> {
    columns.optional_code("a cut-off", "value")
}

pub(crate) fn of_month(connection: &Connection, month: Month) -> Result<Vec<StoredCell>, StoreError> {
    let sql = "SELECT * FROM cut_off WHERE month = ?";
    query::all(connection, sql, [month.to_string()], read)
}

/// The cells of one key, newest first.
pub(crate) fn history(
    connection: &Connection,
    key: RowKey,
    (first, last): (&str, &str),
    limit: Option<usize>,
) -> Result<Vec<StoredCell>, StoreError> {
    // SQLite takes a negative limit as none.
    let limit = limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let (category, area, chart) = (key.category.code(), key.area.code(), key.chart.code());
    query::all(
        connection,
        "SELECT * FROM cut_off
         WHERE category = ? AND area = ? AND chart = ? AND month BETWEEN ? AND ? ORDER BY month DESC LIMIT ?",
        params![category, area, chart, first, last, limit],
        read,
    )
}

/// The months with cells, earliest first.
pub(crate) fn months(connection: &Connection) -> Result<Vec<Month>, StoreError> {
    let sql = "SELECT DISTINCT month FROM cut_off ORDER BY month";
    query::all(connection, sql, [], |columns| columns.code("a month", "month"))
}

/// The version of a cell; `None` if it is not stored.
pub(crate) fn version(connection: &Connection, month: Month, key: RowKey) -> Result<Option<u32>, StoreError> {
    query::one(
        connection,
        "SELECT version FROM cut_off WHERE category = ? AND area = ? AND chart = ? AND month = ?",
        params![
            key.category.code(),
            key.area.code(),
            key.chart.code(),
            month.to_string()
        ],
        |columns| columns.get("version"),
    )
}

/// Inserts a cell. Returns false if the key is taken.
pub(crate) fn insert(
    connection: &Connection,
    month: Month,
    row: &Row,
    host: &str,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO cut_off
               (category, area, chart, month, value, raw_category, raw_area, raw_value, host, version)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)
               ON CONFLICT DO NOTHING";
    Ok(put(connection, sql, month, row, host)? > 0)
}

/// Replaces a cell that is stored.
pub(crate) fn update(connection: &Connection, month: Month, row: &Row, host: &str) -> Result<(), StoreError> {
    let sql = "UPDATE cut_off
               SET value = ?5, raw_category = ?6, raw_area = ?7, raw_value = ?8, host = ?9, version = version + 1
               WHERE category = ?1 AND area = ?2 AND chart = ?3 AND month = ?4";
    put(connection, sql, month, row, host).map(drop)
}

/// Runs a statement that writes a cell, with its key in ?1 to ?4 and its values in ?5 to ?9.
fn put(connection: &Connection, sql: &str, month: Month, row: &Row, host: &str) -> Result<usize, StoreError> {
    let RowKey {
        chart,
        category,
        area,
    } = row.key;
    query::execute(
        connection,
        sql,
        params![
            category.code(),
            area.code(),
            chart.code(),
            month.to_string(),
            row.reading.cut_off().map(|cut_off| cut_off.to_string()),
            row.raw.category.as_str(),
            row.raw.area.as_str(),
            row.raw.value.as_str(),
            host,
        ],
    )
}

pub(crate) fn delete(connection: &Connection, month: Month, key: RowKey) -> Result<(), StoreError> {
    let sql = "DELETE FROM cut_off WHERE category = ? AND area = ? AND chart = ? AND month = ?";
    let (category, area, chart) = (key.category.code(), key.area.code(), key.chart.code());
    query::execute(connection, sql, params![category, area, chart, month.to_string()]).map(drop)
}
