//! Copies a whole bulletin from one store to another.
//!
//! Export, import and the derivation of past alerts use it. Pages are stored by `storing.rs`. Start reading at
//! [`ArchivedBulletin::import`].

use std::collections::BTreeMap;

use bulletin::{Bulletin, CorrectedCell, Finding, Month, Row, RowKey};
use chrono::{DateTime, Utc};

use crate::calendar::is_finished;
use crate::plan::{Surroundings, plan_standings, retry_conflicts};
use crate::port::{BulletinStore, Clock, StoreError};
use crate::record::{ArchivedRow, BulletinRecord, Carried, CellDigest, RowWrite};
use crate::row::row_writes;

/// A stored bulletin without the state that only its store needs: row versions, a pending correction, and the order in
/// which bulletins arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedBulletin {
    /// The bulletin's month.
    pub month: Month,
    /// Its path on the site.
    pub path: String,
    /// The host that served the stored page.
    pub host: String,
    /// The time at which that page was fetched.
    pub fetched_at: DateTime<Utc>,
    /// The time at which any store first stored the bulletin.
    pub first_seen: DateTime<Utc>,
    /// The number of corrections since it was first stored.
    pub revision: u32,
    /// Unreadable cells, and anything else that an operator should know.
    pub findings: Vec<Finding>,
    /// The cells that its last correction replaced.
    pub corrected: Vec<CorrectedCell>,
    /// Its cells, and those that corrections removed, sorted by key.
    pub rows: Vec<ArchivedRow>,
}

/// The outcome of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// The bulletin was stored.
    Stored,
    /// The store already has the same cells. Nothing was written.
    AlreadyThere,
    /// The store has different cells for this month. They are kept, and nothing was written.
    Differs,
}

impl ArchivedBulletin {
    /// Reads a bulletin from a store; `None` if it is not completely stored.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    pub async fn of<Store: BulletinStore>(store: &Store, month: Month) -> Result<Option<Self>, StoreError> {
        let Some(record) = store.record(month).await? else {
            return Ok(None);
        };
        Ok(Some(Self::of_record(record, store.archived_rows(month).await?)))
    }

    /// Combines a record with the cells of its month.
    pub fn of_record(record: BulletinRecord, rows: Vec<ArchivedRow>) -> Self {
        Self {
            month: record.month,
            path: record.path,
            host: record.host,
            fetched_at: record.fetched_at,
            first_seen: record.first_seen,
            revision: record.revision,
            findings: record.findings,
            corrected: record.corrected,
            rows,
        }
    }

    /// Builds the bulletin from the current cells.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if two cells have the same key.
    pub fn bulletin(&self) -> Result<Bulletin, StoreError> {
        let rows = self.rows.iter().filter_map(|row| row.current.as_ref());
        Bulletin::new(self.month, rows.map(|(row, _)| row.clone())).map_err(|error| StoreError::Broken {
            what: format!("the archived bulletin of {}", self.month),
            reason: error.to_string(),
        })
    }

    /// Writes the bulletin to a store: rows and standings in whole cases, then the record. A month that the store has
    /// with different cells is left unchanged. Idempotent, also after an import that was interrupted.
    ///
    /// To import several bulletins, write the newest first: a bulletin later than the stored ones counts as news and
    /// causes alerts.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read or written.
    pub async fn import<Store: BulletinStore>(
        &self,
        store: &Store,
        clock: &impl Clock,
    ) -> Result<Imported, StoreError> {
        let bulletin = self.bulletin()?;
        retry_conflicts(async || self.try_to_import(&bulletin, store, clock).await).await
    }

    async fn try_to_import<Store: BulletinStore>(
        &self,
        bulletin: &Bulletin,
        store: &Store,
        clock: &impl Clock,
    ) -> Result<Imported, StoreError> {
        if let Some(known) = store.record(self.month).await? {
            return Ok(if known.digest == CellDigest::of(bulletin) {
                Imported::AlreadyThere
            } else {
                Imported::Differs
            });
        }
        let stored = store.rows(self.month).await?;
        let mut writes = row_writes(bulletin, &stored);
        // Rows without a record are left by an interrupted import. An import replaces nothing else.
        if writes.iter().any(|write| write.version.is_some()) {
            return Ok(Imported::Differs);
        }
        self.carry(&mut writes);
        let around = Surroundings::read(store, self.month).await?;
        let planned =
            plan_standings(store, bulletin, &around, is_finished(self.month, self.first_seen)).await?;
        let record = self.record(bulletin, around.is_news);
        let plan = planned.write(writes, record, None, clock.now());
        store.write(&plan).await?;
        Ok(Imported::Stored)
    }

    /// The record of the bulletin in a store that has no state of it yet.
    pub fn record(&self, bulletin: &Bulletin, came_in_order: bool) -> BulletinRecord {
        BulletinRecord {
            month: self.month,
            path: self.path.clone(),
            host: self.host.clone(),
            fetched_at: self.fetched_at,
            first_seen: self.first_seen,
            revision: self.revision,
            came_in_order,
            digest: CellDigest::of(bulletin),
            cells: bulletin.rows().len(),
            findings: self.findings.clone(),
            corrected: self.corrected.clone(),
            pending: None,
            confirmed_missing: Vec::new(),
            earlier_versions: Vec::new(),
        }
    }

    /// Adds the origin to each write, and the rows that corrections removed.
    pub(crate) fn carry(&self, writes: &mut Vec<RowWrite>) {
        let archived: BTreeMap<RowKey, &ArchivedRow> = self.rows.iter().map(|row| (row.key, row)).collect();
        let carried = |row: &ArchivedRow| Carried {
            host: host_of(row.current.as_ref(), &self.host),
            earlier: row.earlier.clone(),
        };
        for write in writes.iter_mut() {
            write.carried = archived.get(&write.key).map(|row| carried(row));
        }
        writes.extend(
            self.rows
                .iter()
                .filter(|row| row.current.is_none())
                .map(|row| RowWrite {
                    key: row.key,
                    row: None,
                    version: None,
                    carried: Some(carried(row)),
                }),
        );
    }
}

fn host_of(current: Option<&(Row, String)>, otherwise: &str) -> String {
    current.map_or(otherwise, |(_, host)| host).to_owned()
}
