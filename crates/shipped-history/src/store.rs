//! The port of a store over the shipped history. It answers every question of a reader, and refuses every write.

use bulletin::{Month, MonthRange, RowKey};
use pipeline::port::{BulletinStore, StoreError, StoredRow, StoredStanding};
use pipeline::{ArchivedRow, BulletinRecord, HistoryRow, Pending, WritePlan, seed_plans};

use crate::ShippedHistory;

fn read_only() -> StoreError {
    StoreError::Broken {
        what: "the shipped history".to_owned(),
        reason: "it is read-only".to_owned(),
    }
}

impl BulletinStore for ShippedHistory {
    async fn months(&self) -> Result<Vec<Month>, StoreError> {
        Ok(self.shipped_months().collect())
    }

    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
        let Some(archived) = self.archived_bulletin(month, self.stored_at) else {
            return Ok(None);
        };
        Ok(Some(archived.record(&archived.bulletin()?, false)))
    }

    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        let Some((bulletin, _)) = self.bulletin(month) else {
            return Ok(Vec::new());
        };
        let rows = bulletin.rows().map(|row| StoredRow {
            row: row.clone(),
            version: 1,
        });
        Ok(rows.collect())
    }

    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError> {
        let plans = seed_plans(&self.archived(self.stored_at), self.stored_at)?;
        let writes = plans.into_iter().flat_map(|plan| plan.standings);
        // A later write replaces an earlier one of the same case.
        let newest: std::collections::BTreeMap<_, _> = writes
            .map(|write| (write.standing.case, write.standing))
            .collect();
        let standings = newest
            .into_values()
            .map(|standing| StoredStanding { standing, version: 1 });
        Ok(standings.collect())
    }

    async fn write(&self, _: &WritePlan) -> Result<(), StoreError> {
        Err(read_only())
    }

    async fn hold(&self, _: &BulletinRecord, _: Option<&Pending>) -> Result<(), StoreError> {
        Err(read_only())
    }

    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let months = self
            .shipped_months()
            .rev()
            .filter(|month| range.is_none_or(|range| range.contains(*month)));
        let rows = months.filter_map(|month| {
            Some(HistoryRow {
                month,
                row: self.row(month, key)?,
                earlier: Vec::new(),
            })
        });
        Ok(rows.take(limit.unwrap_or(usize::MAX)).collect())
    }

    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError> {
        Ok(self
            .archived_bulletin(month, self.stored_at)
            .map(|archived| archived.rows)
            .unwrap_or_default())
    }
}
