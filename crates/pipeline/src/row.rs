//! The rows that storing a bulletin writes.

use std::collections::BTreeMap;

use bulletin::{Bulletin, CorrectedCell, Reading, Row, RowKey};

use crate::port::StoredRow;
use crate::record::RowWrite;

/// The writes that turn the stored rows of a month into those of the bulletin. A row that differs only in its labels is
/// not written.
pub(crate) fn row_writes(bulletin: &Bulletin, stored: &[StoredRow]) -> Vec<RowWrite> {
    let stored: BTreeMap<RowKey, &StoredRow> = stored.iter().map(|stored| (stored.row.key, stored)).collect();
    let differs = |row: &Row, stored: &StoredRow| {
        row.reading != stored.row.reading
            || (row.reading == Reading::Unreadable
                && (row.raw.value != stored.row.raw.value || row.missing_part() != stored.row.missing_part()))
    };
    let mut writes: Vec<RowWrite> = bulletin
        .rows()
        .filter(|row| stored.get(&row.key).is_none_or(|stored| differs(row, stored)))
        .map(|row| RowWrite {
            key: row.key,
            row: Some(row.clone()),
            version: stored.get(&row.key).map(|stored| stored.version),
            carried: None,
        })
        .collect();
    writes.extend(
        stored
            .values()
            .filter(|stored| bulletin.row(stored.row.key).is_none())
            .map(|stored| RowWrite {
                key: stored.row.key,
                row: None,
                version: Some(stored.version),
                carried: None,
            }),
    );
    writes
}

pub(crate) fn corrected_cells(rows: &[RowWrite], stored: &[StoredRow]) -> Vec<CorrectedCell> {
    let printed = |key: RowKey| {
        stored
            .iter()
            .find(|stored| stored.row.key == key)
            .map(|stored| stored.row.raw.value.to_string())
    };
    rows.iter()
        .map(|write| CorrectedCell {
            key: write.key,
            before: printed(write.key),
            after: write.row.as_ref().map(|row| row.raw.value.to_string()),
        })
        .collect()
}
