//! A whole bulletin as it goes from one store into another.

use std::collections::BTreeMap;

use bulletin::{Bulletin, CorrectedCell, Finding, Month, Row, RowKey};
use chrono::{DateTime, Utc};

use crate::alert::is_finished;
use crate::plan::{Surroundings, plan_standings, retry_conflicts};
use crate::port::{BulletinStore, Clock, StoreError};
use crate::record::{ArchivedRow, BulletinRecord, Carried, CellDigest, RowWrite};
use crate::row::row_writes;

/// A stored bulletin with everything that is known of it, but for what is another store's own business: versions, what
/// waits for confirmation, and in which order bulletins came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedBulletin {
    /// The bulletin.
    pub month: Month,
    /// Its path on the site.
    pub path: String,
    /// Who gave the page that was stored last.
    pub host: String,
    /// When that page was fetched.
    pub fetched_at: DateTime<Utc>,
    /// When the bulletin was first stored anywhere.
    pub first_seen: DateTime<Utc>,
    /// Which form of it: 0 as first stored, then counting its corrections.
    pub revision: u32,
    /// What could not be read, and what else an operator should know.
    pub findings: Vec<Finding>,
    /// What its last correction replaced.
    pub corrected: Vec<CorrectedCell>,
    /// Its cells, and those that corrections took away, in the order of their keys.
    pub rows: Vec<ArchivedRow>,
}

/// What became of a bulletin that was brought into a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is stored.
    Stored,
    /// The same cells were stored before. Nothing was written.
    AlreadyThere,
    /// The store has other cells for this month. They stay, and nothing was written.
    Differs,
}

impl ArchivedBulletin {
    /// A bulletin as a store has it; `None` where it is not stored whole.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of<Store: BulletinStore>(store: &Store, month: Month) -> Result<Option<Self>, StoreError> {
        let Some(record) = store.record(month).await? else {
            return Ok(None);
        };
        Ok(Some(Self::of_record(record, store.archived_rows(month).await?)))
    }

    /// The bulletin of this record with these cells.
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

    /// The bulletin that its cells make.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where a cell stands twice.
    pub fn bulletin(&self) -> Result<Bulletin, StoreError> {
        let rows = self.rows.iter().filter_map(|row| row.current.as_ref());
        Bulletin::new(self.month, rows.map(|(row, _)| row.clone())).map_err(|error| StoreError::Broken {
            what: format!("the archived bulletin of {}", self.month),
            reason: error.to_string(),
        })
    }

    /// Brings it into a store, as a bulletin is stored: rows and standings, whole cases together, and the record last.
    /// A month whose cells the store knows otherwise is left as it is. Doing it again, also after half of it, ends the
    /// same.
    ///
    /// Whoever brings several begins with the newest, and goes upwards only from what is stored: then nothing of it is
    /// taken for news.
    ///
    /// # Errors
    /// [`StoreError`].
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
        let digest = CellDigest::of(bulletin);
        if let Some(known) = store.record(self.month).await? {
            return Ok(if known.digest == digest {
                Imported::AlreadyThere
            } else {
                Imported::Differs
            });
        }
        let stored = store.rows(self.month).await?;
        let mut writes = row_writes(bulletin, &stored);
        // Rows without a record are what an import left that died. Anything else there is not ours to replace.
        if writes.iter().any(|write| write.version.is_some()) {
            return Ok(Imported::Differs);
        }
        self.carry(&mut writes);
        let around = Surroundings::read(store, self.month).await?;
        let planned =
            plan_standings(store, bulletin, &around, is_finished(self.month, self.first_seen)).await?;
        let record = BulletinRecord {
            month: self.month,
            path: self.path.clone(),
            host: self.host.clone(),
            fetched_at: self.fetched_at,
            first_seen: self.first_seen,
            revision: self.revision,
            came_in_order: around.is_news,
            digest,
            cells: bulletin.rows().len(),
            findings: self.findings.clone(),
            corrected: self.corrected.clone(),
            pending: None,
            confirmed_missing: Vec::new(),
            earlier_versions: Vec::new(),
        };
        let plan = planned.write(writes, record, None, clock.now());
        store.write(&plan).await?;
        Ok(Imported::Stored)
    }

    /// Says of each row where it came from, and adds those that are gone.
    fn carry(&self, writes: &mut Vec<RowWrite>) {
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
