//! The store of bulletins that a command works on: SQLite, DynamoDB or the shipped history, behind the ports of the
//! pipeline. Excludes the implementations. Start with [`Store`].

#[cfg(feature = "aws")]
pub(crate) mod dynamo;

#[cfg(feature = "aws")]
use aws::DynamoStore;
use bulletin::{Case, Month, MonthRange, RowKey};
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{
    AlertMarks, BulletinStore, Check, Claim, LinkTable, PageLink, StoreError, StoredRow, StoredStanding,
};
use pipeline::{ArchivedRow, BulletinRecord, HistoryRow, Link, LinkState, Pending, SHIPPED, WritePlan};
use shipped_history::ShippedHistory;
use sqlite::SqliteStore;

/// A store of bulletins: on one machine, on AWS, or shipped with the program.
#[derive(Debug)]
pub enum Store {
    /// A SQLite file.
    Sqlite(Box<SqliteStore>),
    /// DynamoDB tables.
    #[cfg(feature = "aws")]
    Dynamo(Box<DynamoStore>),
    /// The shipped history, where nothing is stored yet. It is read-only, and has no links and no alerts.
    Shipped(Box<ShippedHistory>),
}

/// Forwards a call to the store of this variant.
macro_rules! either {
    ($self:ident, $call:ident ( $($argument:expr),* )) => {
        match $self {
            Self::Sqlite(store) => store.$call($($argument),*).await,
            #[cfg(feature = "aws")]
            Self::Dynamo(store) => store.$call($($argument),*).await,
            Self::Shipped(store) => store.$call($($argument),*).await,
        }
    };
}

/// The reads that only commands need.
pub(crate) trait CommandReads {
    async fn picked_standings(&self, pick: impl Fn(Case) -> bool) -> Result<Vec<StoredStanding>, StoreError>;

    async fn sorted_rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError>;

    async fn cell_history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
    ) -> Result<Vec<(Month, ArchivedRow)>, StoreError>;

    async fn last_polls(&self) -> Result<(Option<Check>, Option<Check>), StoreError>;

    async fn marks_expire_after(&self) -> Option<TimeDelta>;
}

impl Store {
    /// The SQLite file, if the store is one.
    pub fn sqlite(&self) -> Option<&SqliteStore> {
        match self {
            Self::Sqlite(store) => Some(store),
            _ => None,
        }
    }

    /// The standings of the picked cases, ordered by case. On DynamoDB only these are read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standings_of(&self, pick: impl Fn(Case) -> bool) -> Result<Vec<StoredStanding>, StoreError> {
        either!(self, picked_standings(pick))
    }

    /// Every row of a bulletin that is stored whole, ordered by key. On DynamoDB read from its index, which may lag
    /// behind by moments.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn whole_bulletin(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        either!(self, sorted_rows(month))
    }

    /// The cells of one case on one chart over the months, newest first, including those that a correction removed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn archived_history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
    ) -> Result<Vec<(Month, ArchivedRow)>, StoreError> {
        either!(self, cell_history(key, range))
    }

    /// The last good poll of the source, and the last bad one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checks(&self) -> Result<(Option<Check>, Option<Check>), StoreError> {
        either!(self, last_polls())
    }

    /// The time after which the marks of sent alerts expire; `None` if they never do.
    pub(crate) async fn marks_kept_for(&self) -> Option<TimeDelta> {
        either!(self, marks_expire_after())
    }
}

impl CommandReads for SqliteStore {
    async fn picked_standings(&self, pick: impl Fn(Case) -> bool) -> Result<Vec<StoredStanding>, StoreError> {
        let mut standings = self.standings().await?;
        standings.retain(|stored| pick(stored.standing.case));
        standings.sort_unstable_by_key(|stored| stored.standing.case);
        Ok(standings)
    }

    async fn sorted_rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        let mut rows = self.rows(month).await?;
        rows.sort_unstable_by_key(|stored| stored.row.key);
        Ok(rows)
    }

    async fn cell_history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
    ) -> Result<Vec<(Month, ArchivedRow)>, StoreError> {
        let mut history = Vec::new();
        for month in self.months().await?.into_iter().rev() {
            if range.is_none_or(|range| range.contains(month)) {
                let rows = self.archived_rows(month).await?;
                history.extend(
                    rows.into_iter()
                        .filter(|row| row.key == key)
                        .map(|row| (month, row)),
                );
            }
        }
        Ok(history)
    }

    async fn last_polls(&self) -> Result<(Option<Check>, Option<Check>), StoreError> {
        self.checks()
    }

    async fn marks_expire_after(&self) -> Option<TimeDelta> {
        None
    }
}

impl CommandReads for ShippedHistory {
    async fn picked_standings(&self, pick: impl Fn(Case) -> bool) -> Result<Vec<StoredStanding>, StoreError> {
        let mut standings = self.standings().await?;
        standings.retain(|stored| pick(stored.standing.case));
        Ok(standings)
    }

    async fn sorted_rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        self.rows(month).await
    }

    async fn cell_history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
    ) -> Result<Vec<(Month, ArchivedRow)>, StoreError> {
        let history = self.history(key, range, None).await?;
        let rows = history.into_iter().map(|HistoryRow { month, row, earlier }| {
            let current = Some((row, SHIPPED.to_owned()));
            (
                month,
                ArchivedRow {
                    key,
                    current,
                    earlier,
                },
            )
        });
        Ok(rows.collect())
    }

    async fn last_polls(&self) -> Result<(Option<Check>, Option<Check>), StoreError> {
        Ok((None, None))
    }

    async fn marks_expire_after(&self) -> Option<TimeDelta> {
        None
    }
}

impl BulletinStore for Store {
    async fn months(&self) -> Result<Vec<Month>, StoreError> {
        either!(self, months())
    }

    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
        either!(self, record(month))
    }

    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        either!(self, rows(month))
    }

    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError> {
        either!(self, standings())
    }

    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError> {
        either!(self, write(plan))
    }

    async fn hold(&self, known: &BulletinRecord, pending: Option<&Pending>) -> Result<(), StoreError> {
        either!(self, hold(known, pending))
    }

    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        either!(self, history(key, range, limit))
    }

    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError> {
        either!(self, archived_rows(month))
    }
}

/// Forwards a call about links or alerts, which the shipped history does not have.
macro_rules! stored {
    ($self:ident, $call:ident ( $($argument:expr),* )) => {
        match $self {
            Self::Sqlite(store) => store.$call($($argument),*).await,
            #[cfg(feature = "aws")]
            Self::Dynamo(store) => store.$call($($argument),*).await,
            Self::Shipped(_) => Err(StoreError::Broken {
                what: "the shipped history".into(),
                reason: "it has no links and no alerts".into(),
            }),
        }
    };
}

impl LinkTable for Store {
    async fn links(&self) -> Result<Vec<Link>, StoreError> {
        stored!(self, links())
    }

    async fn link(&self, month: Month) -> Result<Option<Link>, StoreError> {
        stored!(self, link(month))
    }

    async fn claim_link(
        &self,
        link: &PageLink,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        stored!(self, claim_link(link, now, until))
    }

    async fn settle(
        &self,
        link: &PageLink,
        state: &LinkState,
        failures: u32,
        note: &str,
    ) -> Result<(), StoreError> {
        stored!(self, settle(link, state, failures, note))
    }

    async fn note_check(&self, check: &Check) -> Result<(), StoreError> {
        stored!(self, note_check(check))
    }
}

impl AlertMarks for Store {
    async fn claim_alert(
        &self,
        mark: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<Claim, StoreError> {
        stored!(self, claim_alert(mark, now, expires))
    }

    async fn is_sent(&self, mark: &str) -> Result<bool, StoreError> {
        stored!(self, is_sent(mark))
    }

    async fn sent(&self, mark: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        stored!(self, sent(mark, now))
    }

    async fn release(&self, mark: &str) -> Result<(), StoreError> {
        stored!(self, release(mark))
    }
}
