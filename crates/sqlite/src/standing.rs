//! The table `standing`: the standing of each case, with the version that a write must name.

use bulletin::{Case, Standing};
use pipeline::StandingWrite;
use pipeline::port::{StoreError, StoredStanding};
use rusqlite::{Connection, params};

use crate::query::{self, Columns};
use crate::value::to_json;

fn read(columns: &Columns<'_, '_>) -> Result<StoredStanding, StoreError> {
    Ok(StoredStanding {
        standing: columns.json("a standing", "standing")?,
        version: columns.get("version")?,
    })
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<StoredStanding>, StoreError> {
    query::all(connection, "SELECT * FROM standing", [], read)
}

pub(crate) fn count(connection: &Connection) -> Result<usize, StoreError> {
    let count: u32 = query::value(connection, "SELECT count(*) FROM standing", [])?;
    Ok(count as usize)
}

pub(crate) fn of_case(connection: &Connection, case: Case) -> Result<Option<Standing>, StoreError> {
    let sql = "SELECT * FROM standing WHERE category = ? AND area = ?";
    let stored = query::one(connection, sql, [case.category.code(), case.area.code()], read)?;
    Ok(stored.map(|stored| stored.standing))
}

/// Inserts or replaces a standing.
///
/// # Errors
/// [`StoreError::Conflict`] if its version is no longer the known one.
pub(crate) fn replace(connection: &Connection, write: &StandingWrite) -> Result<(), StoreError> {
    let Case { category, area } = write.standing.case;
    let json = to_json(&write.standing)?;
    let written = match write.version {
        Some(version) => query::execute(
            connection,
            "UPDATE standing SET version = version + 1, standing = ?
             WHERE category = ? AND area = ? AND version = ?",
            params![json, category.code(), area.code(), version],
        )?,
        None => query::execute(
            connection,
            "INSERT INTO standing (category, area, version, standing) VALUES (?, ?, 1, ?)
             ON CONFLICT DO NOTHING",
            params![category.code(), area.code(), json],
        )?,
    };
    if written == 0 {
        return Err(StoreError::Conflict {
            what: format!("the standing of {category} {area}"),
        });
    }
    Ok(())
}
