//! Runs SQL and reads columns by name. Excludes the statements: each table has its own module.
//!
//! Start with [`all`], [`one`] and [`execute`].

use std::str::FromStr;

use chrono::{DateTime, Utc};
use pipeline::port::StoreError;
use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

use crate::error::{store_error, unreadable};
use crate::value::{from_json, read_code, read_instant};

/// The columns of one row of a result.
#[derive(Debug)]
pub(crate) struct Columns<'row, 'statement>(&'row Row<'statement>);

impl<'row> Columns<'row, '_> {
    pub(crate) fn get<T: FromSql>(&self, name: &str) -> Result<T, StoreError> {
        self.0.get(name).map_err(store_error)
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'row str, StoreError> {
        self.optional_text(name)?
            .ok_or_else(|| unreadable(&format!("the column {name}"), "it is NULL"))
    }

    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&'row str>, StoreError> {
        let value = self.0.get_ref(name).map_err(store_error)?;
        value
            .as_str_or_null()
            .map_err(|error| unreadable(&format!("the column {name}"), error))
    }

    pub(crate) fn code<T: FromStr>(&self, what: &str, name: &str) -> Result<T, StoreError>
    where
        T::Err: std::fmt::Display,
    {
        read_code(what, self.text(name)?)
    }

    pub(crate) fn optional_code<T: FromStr>(&self, what: &str, name: &str) -> Result<Option<T>, StoreError>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.optional_text(name)?;
        text.map(|text| read_code(what, text)).transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, what: &str, name: &str) -> Result<T, StoreError> {
        from_json(what, self.text(name)?)
    }

    pub(crate) fn instant(&self, name: &str) -> Result<DateTime<Utc>, StoreError> {
        read_instant(self.text(name)?)
    }

    pub(crate) fn optional_instant(&self, name: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.optional_text(name)?.map(read_instant).transpose()
    }
}

/// Reads every row of a result.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    mut read: impl FnMut(&Columns<'_, '_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(store_error)?;
    let mut rows = statement.query(parameters).map_err(store_error)?;
    let mut values = Vec::new();
    while let Some(row) = rows.next().map_err(store_error)? {
        values.push(read(&Columns(row))?);
    }
    Ok(values)
}

/// Reads the first row of a result, if there is one.
pub(crate) fn one<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl FnOnce(&Columns<'_, '_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(store_error)?;
    let mut rows = statement.query(parameters).map_err(store_error)?;
    let row = rows.next().map_err(store_error)?;
    row.map(|row| read(&Columns(row))).transpose()
}

/// Reads the only value of a result of one row, such as a count.
pub(crate) fn value<T: FromSql>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<T, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(store_error)?;
    statement
        .query_row(parameters, |row| row.get(0))
        .map_err(store_error)
}

/// Runs a statement, and returns the number of rows that it wrote or deleted.
pub(crate) fn execute(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(store_error)?;
    statement.execute(parameters).map_err(store_error)
}
