//! Migrates what an older program stored, in one of two layouts, to the present layout. Start with
//! [`OldTable::survey`].
//!
//! [`OldTable::survey`] reads a table whole, [`Migration::plan`] predicts the outcome of each month, and
//! [`Migration::carry`] migrates one month at a time: it reads the bulletin's page if available, compares it with
//! the old items, stores the bulletin with the same import as an archive file, reads the result back, compares it
//! with the old items again, and only then deletes them. A month with an unreadable item, or with a cell that
//! differs from its page, is left unchanged. Idempotent, also after an interruption, and it sends no alerts.

mod cost;
mod item;
mod month;
mod plan;
mod table;
#[cfg(test)]
mod tests;
mod word;

use bulletin::{Bulletin, Finding, Month};
use bulletin_html::read_page;
use pipeline::port::{BulletinStore, Clock, Fetched, PageSource, SourceError, StoreError};
use pipeline::{ArchivedBulletin, ArchivedRow, CellDigest, Imported, is_news};

pub use cost::Cost;
pub use item::{Layout, OldItem, Unreadable};
pub use month::{Disagreement, OldMonth};
pub use plan::{Fate, Page, Plan, PlannedMonth};
pub use table::{OldTable, Survey, TableError};
pub use word::OldValue;

/// The maximum number of differing cells to list.
const MOST_NAMED: usize = 5;

/// Moves old items into a store.
#[derive(Debug)]
pub struct Migration<'a, Store, Source, Clock> {
    /// The table of the old items.
    pub old: &'a OldTable,
    /// The store of the present layout.
    pub store: &'a Store,
    /// The source of pages.
    pub source: &'a Source,
    /// The clock.
    pub clock: &'a Clock,
    /// True if the old items are kept.
    pub keep_old: bool,
}

/// The reason why a migration stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// The old table cannot be read or cleared.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Bulletins cannot be read or stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The outcome of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The month is stored in the present layout and matches the old items.
    Moved {
        /// True if it was stored before.
        was_there: bool,
        /// The host of its page; `None` if no page was read.
        page: Option<String>,
        /// The number of deleted old items.
        deleted: usize,
    },
    /// The month was left unchanged.
    Left {
        /// The reasons.
        reasons: Vec<String>,
    },
}

/// A bulletin that can be stored, or the reasons why it cannot be built.
type Made = Result<ArchivedBulletin, Vec<String>>;

impl<Store, Source, C> Migration<'_, Store, Source, C>
where
    Store: BulletinStore,
    Source: PageSource,
    C: Clock,
{
    /// Migrates one month, whose page is at this path. Months are migrated in the order of [`Plan::months`].
    ///
    /// # Errors
    /// [`MigrateError`]. Running it again completes the migration.
    pub async fn carry(&self, old: &OldMonth, path: &str) -> Result<Outcome, MigrateError> {
        let left = |reasons: Vec<String>| Ok(Outcome::Left { reasons });
        let refusals = old.refusals();
        if !refusals.is_empty() {
            return left(refusals);
        }
        let was_there = self.store.record(old.month).await?.is_some();
        let mut digest = None;
        let mut page = None;
        if !was_there {
            let newest = self.store.months().await?.last().copied();
            if is_news(old.month, newest, self.clock.now()) {
                return left(vec![NEWS.to_owned()]);
            }
            let archived = match self.bulletin(old, path).await? {
                Ok(archived) => archived,
                Err(reasons) => return left(reasons),
            };
            if archived.import(self.store, self.clock).await? == Imported::Differs {
                let reason = "cells of it stand in today's layout already, and are others: it was stored in half. Let \
                              `bulletin replay --months` bring its page again, and run this again after that";
                return left(vec![reason.to_owned()]);
            }
            digest = Some(CellDigest::of(&archived.bulletin()?));
            page = Some(archived.host).filter(|host| *host != self.host());
        }
        let wrong = self.check(old, digest.as_ref()).await?;
        if !wrong.is_empty() {
            return left(wrong);
        }
        let deleted = if self.keep_old {
            0
        } else {
            self.old.clear(old).await?;
            old.items.len()
        };
        Ok(Outcome::Moved {
            was_there,
            page,
            deleted,
        })
    }

    /// The differences between the stored bulletin and the old items, and between its rows and its record.
    async fn check(&self, old: &OldMonth, digest: Option<&CellDigest>) -> Result<Vec<String>, StoreError> {
        let Some(stored) = ArchivedBulletin::of(self.store, old.month).await? else {
            return Ok(vec!["it is not stored whole".into()]);
        };
        let bulletin = stored.bulletin()?;
        let Some(record) = self.store.record(old.month).await? else {
            return Ok(vec!["it is not stored whole".into()]);
        };
        let own = CellDigest::of(&bulletin);
        if record.digest != own || record.cells != bulletin.rows().len() {
            return Ok(vec![format!(
                "its {} stored rows are not the {} that its record says",
                bulletin.rows().len(),
                record.cells
            )]);
        }
        if digest.is_some_and(|digest| *digest != own) {
            return Ok(vec![
                "somebody else stored it meanwhile, with other cells. Run this again".into(),
            ]);
        }
        Ok(named(&old.disagreements(&bulletin), "today's layout"))
    }

    /// The bulletin of its page, if that is available and no old item contradicts it; without a page the bulletin
    /// of the items, if they are complete.
    async fn bulletin(&self, old: &OldMonth, path: &str) -> Result<Made, StoreError> {
        let needs = old.needs_its_page();
        match self.source.page(path, None).await {
            Ok(page) => Ok(self.of_page(old, path, &page)),
            Err(error) if needs.is_empty() => Ok(Ok(self.of_items(old, path, &error)?)),
            Err(error) => {
                let why = format!("{}, so it needs its page, and {error}", needs.join(", "));
                Ok(Err(vec![why]))
            }
        }
    }

    fn of_page(&self, old: &OldMonth, path: &str, page: &Fetched) -> Made {
        let read = read_page(&page.body, Some(old.month)).map_err(|refusal| {
            vec![format!(
                "its page from {}, {path}, was refused: {refusal}",
                page.host
            )]
        })?;
        let disagreements = old.disagreements(&read.bulletin);
        if !disagreements.is_empty() {
            return Err(named(&disagreements, "its page"));
        }
        let mut archived = self.archived(old.month, path, &page.host, &read.bulletin);
        archived.fetched_at = page.at;
        archived.findings = read.findings;
        Ok(archived)
    }

    fn of_items(
        &self,
        old: &OldMonth,
        path: &str,
        error: &SourceError,
    ) -> Result<ArchivedBulletin, StoreError> {
        let bulletin = old.bulletin().map_err(|twice| StoreError::Broken {
            what: format!("the old bulletin of {}", old.month),
            reason: twice.to_string(),
        })?;
        let mut archived = self.archived(old.month, path, &self.host(), &bulletin);
        archived.findings.push(Finding::Layout {
            what: format!(
                "Its cells come from items of an older layout in the table {}; its page was not read: {error}.",
                self.old.name()
            ),
        });
        Ok(archived)
    }

    /// The host that is recorded for values of the old items.
    fn host(&self) -> String {
        format!("table {}", self.old.name())
    }

    /// A bulletin that is first seen now: the old program did not record when it saw it.
    fn archived(&self, month: Month, path: &str, host: &str, bulletin: &Bulletin) -> ArchivedBulletin {
        let now = self.clock.now();
        let rows = bulletin.rows().map(|row| ArchivedRow {
            key: row.key,
            current: Some((row.clone(), host.to_owned())),
            earlier: Vec::new(),
        });
        ArchivedBulletin {
            month,
            path: path.to_owned(),
            host: host.to_owned(),
            fetched_at: now,
            first_seen: now,
            revision: 0,
            findings: Vec::new(),
            corrected: Vec::new(),
            rows: rows.collect(),
        }
    }
}

/// The reason to leave a month that is later than every stored one and not over.
const NEWS: &str = "it is later than every stored bulletin, and not over: it is news, which the pipeline stores and tells \
                    of when it reads the page. Run this again after that";

/// The first of these disagreements, each with the place of the other value, and the number of others.
fn named(disagreements: &[Disagreement], place: &str) -> Vec<String> {
    let mut reasons: Vec<String> = disagreements
        .iter()
        .take(MOST_NAMED)
        .map(|disagreement| format!("{disagreement} ({place})"))
        .collect();
    let more = disagreements.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        reasons.push(format!("{more} more cells differ from {place}"));
    }
    reasons
}
