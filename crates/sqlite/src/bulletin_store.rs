//! The port `BulletinStore`: cells, standings and records of bulletins. The statements are in `cut_off.rs`,
//! `earlier_value.rs`, `standing.rs` and `record.rs`, the order of a write in `write.rs`.

use std::collections::BTreeMap;

use bulletin::{Month, MonthRange, RowKey};
use pipeline::port::{BulletinStore, StoreError, StoredRow, StoredStanding};
use pipeline::{ArchivedRow, BulletinRecord, EarlierValue, HistoryRow, Pending, WritePlan};

use crate::store::SqliteStore;
use crate::{cut_off, earlier_value, record, standing, write};

impl SqliteStore {
    /// The months with cells, including those of bulletins that are not stored completely.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn months_with_rows(&self) -> Result<Vec<Month>, StoreError> {
        cut_off::months(&self.connection())
    }

    /// Executes several writes in one transaction: all or none.
    ///
    /// # Errors
    /// [`StoreError`], as for [`write`](BulletinStore::write).
    pub fn write_all(&self, plans: &[WritePlan]) -> Result<(), StoreError> {
        self.writing(|transaction| plans.iter().try_for_each(|plan| write::write(transaction, plan)))
    }
}

impl BulletinStore for SqliteStore {
    async fn months(&self) -> Result<Vec<Month>, StoreError> {
        record::months(&self.connection())
    }

    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
        record::of_month(&self.connection(), month)
    }

    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        let cells = cut_off::of_month(&self.connection(), month)?;
        let rows = cells.into_iter().map(|cell| StoredRow {
            row: cell.row,
            version: cell.version,
        });
        Ok(rows.collect())
    }

    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError> {
        standing::all(&self.connection())
    }

    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError> {
        self.writing(|transaction| write::write(transaction, plan))
    }

    async fn hold(&self, known: &BulletinRecord, pending: Option<&Pending>) -> Result<(), StoreError> {
        let held = BulletinRecord {
            pending: pending.cloned(),
            ..known.clone()
        };
        self.writing(|transaction| record::replace(transaction, Some(known), &held))
    }

    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let connection = self.connection();
        let (first, last) = match range {
            Some(range) => (range.first.to_string(), range.last.to_string()),
            None => ("0000-00".into(), "9999-99".into()),
        };
        let mut earlier: BTreeMap<Month, Vec<EarlierValue>> = BTreeMap::new();
        for stored in earlier_value::of_key(&connection, key)? {
            earlier.entry(stored.month).or_default().push(stored.value);
        }
        let cells = cut_off::history(&connection, key, (&first, &last), limit)?;
        let history = cells.into_iter().map(|cell| HistoryRow {
            month: cell.month,
            row: cell.row,
            earlier: earlier.remove(&cell.month).unwrap_or_default(),
        });
        Ok(history.collect())
    }

    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError> {
        let connection = self.connection();
        let mut rows: BTreeMap<RowKey, ArchivedRow> = BTreeMap::new();
        let empty = |key| ArchivedRow {
            key,
            current: None,
            earlier: Vec::new(),
        };
        for cell in cut_off::of_month(&connection, month)? {
            let key = cell.row.key;
            rows.entry(key).or_insert_with(|| empty(key)).current = Some((cell.row, cell.host));
        }
        for stored in earlier_value::of_month(&connection, month)? {
            let key = stored.key;
            let row = rows.entry(key).or_insert_with(|| empty(key));
            row.earlier.push(stored.value);
        }
        Ok(rows.into_values().collect())
    }
}
