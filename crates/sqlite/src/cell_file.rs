//! Files of cells for other programs, such as Datasette: tables and views, without the state of the pipeline.
//!
//! Excludes the program's own database, which has the same views, see `schema-4.sql`. Start with [`write_cell_file`].

use std::path::Path;

use bulletin::{CutOff, Month, RowKey};
use pipeline::port::StoreError;
use pipeline::{ArchivedBulletin, CellRow, CellStatus, EarlierValue};
use rusqlite::{Connection, params};

use crate::error::store_error;
use crate::query::execute;
use crate::value::instant;

const TABLES: &str = concat!(include_str!("export.sql"), include_str!("views.sql"));

/// Writes these bulletins to an empty file. After an error the file is useless.
///
/// # Errors
/// [`StoreError`] if the file cannot be written.
pub fn write_cell_file(path: &Path, bulletins: &[ArchivedBulletin]) -> Result<(), StoreError> {
    let mut connection = Connection::open(path).map_err(store_error)?;
    // Nobody reads the file until it is complete.
    connection
        .pragma_update(None, "journal_mode", "off")
        .map_err(store_error)?;
    let transaction = connection.transaction().map_err(store_error)?;
    transaction.execute_batch(TABLES).map_err(store_error)?;
    for bulletin in bulletins {
        for cell in CellRow::of_bulletin(bulletin) {
            insert_cell(&transaction, &cell)?;
        }
        for row in &bulletin.rows {
            if let Some((current, _)) = &row.current
                && current.missing_part().is_some()
            {
                insert_missing(&transaction, bulletin.month, row.key)?;
            }
            for earlier in &row.earlier {
                insert_replaced(&transaction, bulletin.month, row.key, earlier)?;
            }
        }
    }
    transaction.commit().map_err(store_error)?;
    connection.close().map_err(|(_, error)| store_error(error))
}

fn insert_cell(connection: &Connection, cell: &CellRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO cutoffs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let parameters = params![
        cell.bulletin_month.to_string(),
        cell.chart.code(),
        cell.preference.code(),
        cell.category.code(),
        cell.area.code(),
        cell.status.code(),
        cell.cutoff_date.map(|date| date.to_string()),
        cell.raw_value,
        cell.source,
    ];
    execute(connection, sql, parameters).map(drop)
}

fn insert_missing(connection: &Connection, month: Month, key: RowKey) -> Result<(), StoreError> {
    let sql = "INSERT INTO missing_cells VALUES (?, ?, ?, ?, ?)";
    let parameters = params![
        month.to_string(),
        key.chart.code(),
        key.category.preference().code(),
        key.category.code(),
        key.area.code(),
    ];
    execute(connection, sql, parameters).map(drop)
}

fn insert_replaced(
    connection: &Connection,
    month: Month,
    key: RowKey,
    earlier: &EarlierValue,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO replaced_values VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let parameters = params![
        month.to_string(),
        key.chart.code(),
        key.category.preference().code(),
        key.category.code(),
        key.area.code(),
        CellStatus::from(earlier.value).code(),
        earlier.value.and_then(CutOff::date).map(|date| date.to_string()),
        earlier.raw,
        earlier.host,
        instant(earlier.replaced_at),
    ];
    execute(connection, sql, parameters).map(drop)
}
