//! Moving what an older program stored, in one of two layouts, to today's.
//!
//! [`OldTable::survey`] reads a table whole, [`Migration::plan`] says what would become of each month, and
//! [`Migration::carry`] does it, a month at a time: the bulletin's page is read where it can be had, held against the old
//! items, and stored by the one way on which bulletins go from one store into another; what was stored is read back and
//! held against the old items again; only then they are taken away. Nothing is guessed: a month of which one item cannot
//! be read, or one cell stands otherwise on its page, is left as it is. Doing it again, also after half of it, ends the
//! same, and no alert comes of it.

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
use pipeline::{ArchivedBulletin, ArchivedRow, CellDigest, Imported};

use crate::store::is_news;

pub use cost::Cost;
pub use item::{Layout, OldItem, Unreadable};
pub use month::{Disagreement, OldMonth};
pub use plan::{Fate, Page, Plan, PlannedMonth};
pub use table::{OldTable, Survey, TableError};
pub use word::OldValue;

/// How many cells that differ are named.
const MOST_NAMED: usize = 5;

/// Moves old items into a store.
#[derive(Debug)]
pub struct Migration<'a, Store, Source, Clock> {
    /// Where the old items are.
    pub old: &'a OldTable,
    /// Where bulletins are stored today.
    pub store: &'a Store,
    /// Where pages come from.
    pub source: &'a Source,
    /// What time it is.
    pub clock: &'a Clock,
    /// Whether the old items stay.
    pub keep_old: bool,
}

/// Why a migration stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// The old table cannot be read or cleared.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Bulletins cannot be read or stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It stands in today's layout, and was found to say what the old items do.
    Moved {
        /// Whether it stood there before.
        was_there: bool,
        /// Who gave its page; `None` where none was read.
        page: Option<String>,
        /// How many old items were taken away.
        deleted: usize,
    },
    /// It was left as it is.
    Left {
        /// Why.
        reasons: Vec<String>,
    },
}

/// A bulletin that can be stored, or why there is none.
type Made = Result<ArchivedBulletin, Vec<String>>;

impl<Store, Source, C> Migration<'_, Store, Source, C>
where
    Store: BulletinStore,
    Source: PageSource,
    C: Clock,
{
    /// Moves one month, whose page is at this path. Months are moved in the order of [`Plan::months`].
    ///
    /// # Errors
    /// [`MigrateError`]. Doing it again completes what was begun.
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

    /// What differs between the stored bulletin, as it is now, and the old items; and between its rows and what its record
    /// says of them.
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

    /// The bulletin as its page says it, where that can be had and no old item says otherwise; without a page what the
    /// items say, where they tell everything.
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

    /// Who is said to have given what the old items say.
    fn host(&self) -> String {
        format!("table {}", self.old.name())
    }

    /// A bulletin that is first seen now: when the old program saw it, nobody knows.
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

/// Why a month is left that is later than every stored one, and not over.
const NEWS: &str = "it is later than every stored bulletin, and not over: it is news, which the pipeline stores and tells \
                    of when it reads the page. Run this again after that";

/// The first of these, each with where the other value stands, and how many more there are.
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
