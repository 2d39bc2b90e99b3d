//! Writes a bulletin: its cells, the standings, its record and the change log, in one transaction of the caller.
//!
//! Start with [`write`]. The statements are in the modules of the tables.

use chrono::{DateTime, Utc};
use pipeline::port::StoreError;
use pipeline::{ChangeRecord, RowWrite, StandingWrite, WritePlan, is_finished};
use rusqlite::Connection;

use crate::change_log::log_change;
use crate::error::unreadable;
use crate::{cut_off, earlier_value, record, standing};

pub(crate) fn write(connection: &Connection, plan: &WritePlan) -> Result<(), StoreError> {
    let conflict = |what: &str| StoreError::Conflict { what: what.into() };
    if record::months(connection)? != plan.months {
        return Err(conflict("another month"));
    }
    if standing::count(connection)? != plan.cases {
        return Err(conflict("another case"));
    }
    for write in &plan.rows {
        write_row(connection, plan, write)?;
    }
    for write in &plan.standings {
        write_standing(connection, write, plan.at)?;
    }
    record::replace(connection, plan.known.as_ref(), &plan.record)?;
    if is_finished(plan.record.month, plan.at) {
        return Ok(());
    }
    let change = ChangeRecord::Bulletin {
        before: plan.known.clone().map(Box::new),
        after: Box::new(plan.record.clone()),
    };
    log_change(connection, plan.at, &change)
}

fn write_standing(
    connection: &Connection,
    write: &StandingWrite,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Logging changes that alert nobody would be the largest part of reading a history.
    if is_finished(write.standing.newest.month, now) {
        return standing::replace(connection, write);
    }
    let case = write.standing.case;
    let before = standing::of_case(connection, case)?;
    standing::replace(connection, write)?;
    let change = ChangeRecord::Standing {
        before: before.map(Box::new),
        after: Box::new(write.standing.clone()),
    };
    log_change(connection, now, &change).map_err(|error| match error {
        StoreError::Broken { reason, .. } => unreadable(&format!("the standing of {case}"), reason),
        other => other,
    })
}

/// Inserts, replaces or deletes a cell, if its version is still the known one. The replaced value is kept, unless the
/// plan repairs the cell.
fn write_row(connection: &Connection, plan: &WritePlan, write: &RowWrite) -> Result<(), StoreError> {
    let (month, key) = (plan.record.month, write.key);
    let carried = write.carried.as_ref();
    let host = carried.map_or(&plan.record.host, |carried| &carried.host);
    let conflict = || StoreError::Conflict {
        what: format!("{} {} of {month}", key.category, key.area),
    };
    // Nearly every cell of a history is new: one statement.
    if let (Some(row), None) = (&write.row, write.version) {
        if !cut_off::insert(connection, month, row, host)? {
            return Err(conflict());
        }
    } else {
        if cut_off::version(connection, month, key)? != write.version {
            return Err(conflict());
        }
        if !plan.mends {
            earlier_value::keep_present(connection, month, key, plan.at)?;
        }
        match &write.row {
            Some(row) => cut_off::update(connection, month, row, host)?,
            None => cut_off::delete(connection, month, key)?,
        }
    }
    match carried {
        Some(carried) => earlier_value::insert(connection, month, key, &carried.earlier),
        None => Ok(()),
    }
}
