//! The cells of a stored bulletin with where they came from.

use std::collections::BTreeMap;

use bulletin::{Month, RawCell, Row, RowKey};
use pipeline::port::StoreError;
use pipeline::{ArchivedRow, EarlierValue};
use rusqlite::{Connection, Transaction, params};

use crate::error::store_error;
use crate::store::{instant, read_code, read_instant, read_reading};

/// The key of a cell from the columns `category`, `area` and `chart`, which come first.
fn read_key(row: &rusqlite::Row<'_>) -> Result<RowKey, StoreError> {
    let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
    Ok(RowKey {
        category: read_code("a category", &text(0)?)?,
        area: read_code("an area", &text(1)?)?,
        chart: read_code("a chart", &text(2)?)?,
    })
}

/// Every cell that a month has or had, in the order of their keys.
pub(crate) fn rows(connection: &Connection, month: Month) -> Result<Vec<ArchivedRow>, StoreError> {
    let mut rows: BTreeMap<RowKey, ArchivedRow> = BTreeMap::new();
    let empty = |key| ArchivedRow {
        key,
        current: None,
        earlier: Vec::new(),
    };
    let mut statement = connection
        .prepare_cached(
            "SELECT category, area, chart, value, raw_category, raw_area, raw_value, host FROM cut_off
             WHERE month = ?",
        )
        .map_err(store_error)?;
    let mut found = statement.query([month.to_string()]).map_err(store_error)?;
    while let Some(row) = found.next().map_err(store_error)? {
        let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
        let key = read_key(row)?;
        let reading = read_reading(row.get::<_, Option<String>>(3).map_err(store_error)?)?;
        let raw = RawCell {
            category: text(4)?.into(),
            area: text(5)?.into(),
            value: text(6)?.into(),
        };
        rows.entry(key).or_insert_with(|| empty(key)).current = Some((Row { key, reading, raw }, text(7)?));
    }
    let mut statement = connection
        .prepare_cached(
            "SELECT category, area, chart, value, raw_value, replaced_at, host FROM earlier_value
             WHERE month = ? ORDER BY rowid",
        )
        .map_err(store_error)?;
    let mut found = statement.query([month.to_string()]).map_err(store_error)?;
    while let Some(row) = found.next().map_err(store_error)? {
        let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
        let key = read_key(row)?;
        let earlier = EarlierValue {
            value: read_reading(row.get::<_, Option<String>>(3).map_err(store_error)?)?.cut_off(),
            raw: text(4)?,
            replaced_at: read_instant(&text(5)?)?,
            host: text(6)?,
        };
        rows.entry(key)
            .or_insert_with(|| empty(key))
            .earlier
            .push(earlier);
    }
    Ok(rows.into_values().collect())
}

/// Keeps what stood in a cell before, as another store knew it.
pub(crate) fn write_earlier(
    transaction: &Transaction<'_>,
    month: Month,
    key: RowKey,
    earlier: &[EarlierValue],
) -> Result<(), StoreError> {
    for value in earlier {
        transaction
            .prepare_cached(
                "INSERT INTO earlier_value (category, area, chart, month, replaced_at, value, raw_value, host)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    key.category.code(),
                    key.area.code(),
                    key.chart.code(),
                    month.to_string(),
                    instant(value.replaced_at),
                    value.value.map(|cut_off| cut_off.to_string()),
                    value.raw,
                    value.host,
                ])
            })
            .map_err(store_error)?;
    }
    Ok(())
}
