//! The store of bulletins that a command works on: SQLite, DynamoDB or the shipped history, behind the ports of the
//! pipeline. Excludes the implementations. Start with [`Store`].

use aws::DynamoStore;
use aws_types::SdkConfig;
use bulletin::{Case, Month, MonthRange, RowKey};
use chrono::{DateTime, Utc};
use pipeline::port::{
    AlertMarks, BulletinStore, Check, Claim, LinkTable, PageLink, StoreError, StoredRow, StoredStanding,
};
use pipeline::{ArchivedRow, BulletinRecord, HistoryRow, Link, LinkState, Pending, WritePlan};
use shipped_history::ShippedHistory;
use sqlite::SqliteStore;

use crate::Deployment;
use crate::capacity::Meter;

/// A store of bulletins: on one machine, on AWS, or shipped with the program.
#[derive(Debug)]
pub enum Store {
    /// A SQLite file.
    Sqlite(Box<SqliteStore>),
    /// DynamoDB tables.
    Dynamo(Box<DynamoStore>),
    /// The shipped history, where nothing is stored yet. It is read-only, and has no links and no alerts.
    Shipped(Box<ShippedHistory>),
}

impl Store {
    /// The tables of a deployment. Makes no request yet. A meter records the capacity that each call consumes.
    pub fn of(deployment: &Deployment, config: &SdkConfig, meter: Option<Meter>) -> Self {
        let client = dynamo_client(config, meter);
        Self::Dynamo(Box::new(DynamoStore::new(client, deployment.tables())))
    }

    /// The standings of the picked cases, ordered by case. On DynamoDB only these are read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standings_of(&self, pick: impl Fn(Case) -> bool) -> Result<Vec<StoredStanding>, StoreError> {
        let mut standings = match self {
            Self::Sqlite(store) => store.standings().await?,
            Self::Shipped(history) => history.standings().await?,
            Self::Dynamo(store) => return store.standings_of(pick).await,
        };
        standings.retain(|stored| pick(stored.standing.case));
        standings.sort_unstable_by_key(|stored| stored.standing.case);
        Ok(standings)
    }

    /// Every row of a bulletin that is stored whole, ordered by key. On DynamoDB read from its index, which may lag
    /// behind by moments.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn whole_bulletin(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        let mut rows = match self {
            Self::Sqlite(store) => store.rows(month).await?,
            Self::Shipped(history) => history.rows(month).await?,
            Self::Dynamo(store) => return store.rows_by_index(month).await,
        };
        rows.sort_unstable_by_key(|stored| stored.row.key);
        Ok(rows)
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
        let store = match self {
            Self::Dynamo(store) => return store.archived_history(key, range).await,
            Self::Sqlite(store) => store,
            // The history has no corrections.
            Self::Shipped(_) => return Ok(Vec::new()),
        };
        let mut history = Vec::new();
        for month in store.months().await?.into_iter().rev() {
            if range.is_none_or(|range| range.contains(month)) {
                let rows = store.archived_rows(month).await?;
                history.extend(
                    rows.into_iter()
                        .filter(|row| row.key == key)
                        .map(|row| (month, row)),
                );
            }
        }
        Ok(history)
    }

    /// The last good poll of the source, and the last bad one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checks(&self) -> Result<(Option<Check>, Option<Check>), StoreError> {
        match self {
            Self::Sqlite(store) => store.checks(),
            Self::Dynamo(store) => Ok((store.last_check(true).await?, store.last_check(false).await?)),
            Self::Shipped(_) => Ok((None, None)),
        }
    }
}

/// A DynamoDB client. A meter records the capacity that each call consumes.
pub fn dynamo_client(config: &SdkConfig, meter: Option<Meter>) -> aws_sdk_dynamodb::Client {
    let mut builder = aws_sdk_dynamodb::config::Builder::from(config);
    if let Some(meter) = meter {
        builder = builder.interceptor(meter);
    }
    aws_sdk_dynamodb::Client::from_conf(builder.build())
}

/// Forwards a call to the store of this variant.
macro_rules! either {
    ($self:ident, $call:ident ( $($argument:expr),* )) => {
        match $self {
            Self::Sqlite(store) => store.$call($($argument),*).await,
            Self::Dynamo(store) => store.$call($($argument),*).await,
            Self::Shipped(store) => BulletinStore::$call(store.as_ref(), $($argument),*).await,
        }
    };
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
