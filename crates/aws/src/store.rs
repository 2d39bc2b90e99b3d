//! The store on DynamoDB: the client, reads of rows, standings and bulletins, and batches of keys. Writes are
//! in `write.rs`.

use std::cell::Cell;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use bulletin::{Area, Case, Category, Chart, Month, MonthRange, RowKey};
use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, StoreError, StoredRow, StoredStanding};
use pipeline::{ArchivedRow, BulletinRecord, HistoryRow, Pending, WritePlan};
use tokio::time::sleep;

use crate::BULLETIN_INDEX;
use crate::config::Tables;
use crate::error::store_error;
use crate::expression::{Expression, number, text};
use crate::item::{
    Catalogue, Key, RowItem, read_catalogue, read_record, read_row, read_standing, stored_row,
};
use crate::value::Item;

/// The key limit of one `BatchGetItem`.
const BATCH_KEYS: usize = 100;
/// The number of requests for items that DynamoDB left unprocessed in a successful call. The SDK's retries do
/// not cover them.
pub(crate) const ATTEMPTS: u32 = 8;

/// Rows, standings, bulletins, links and marks in three DynamoDB tables.
#[derive(Debug)]
pub struct DynamoStore {
    pub(crate) client: Client,
    pub(crate) tables: Tables,
    /// The identity of this process among all that claim links and alerts.
    pub(crate) owner: String,
    pub(crate) claims: Cell<u64>,
}

impl DynamoStore {
    /// A store in these tables, which must exist. Makes no request.
    pub fn new(client: Client, tables: Tables) -> Self {
        Self {
            client,
            tables,
            owner: format!("{:016x}", fastrand::u64(..)),
            claims: Cell::new(0),
        }
    }

    pub(crate) fn broken(&self, error: impl std::fmt::Display) -> StoreError {
        StoreError::Broken {
            what: format!("the table {}", self.tables.data),
            reason: error.to_string(),
        }
    }

    /// Waits before a retry of unprocessed items; fails after the last attempt.
    async fn pause_before(&self, attempt: u32) -> Result<(), StoreError> {
        if attempt >= ATTEMPTS {
            return Err(StoreError::Unavailable {
                what: format!("the table {}", self.tables.data),
                reason: "it is throttled".into(),
            });
        }
        if attempt > 0 {
            sleep(pause(attempt)).await;
        }
        Ok(())
    }

    async fn get(&self, key: Key) -> Result<Option<Item>, StoreError> {
        self.client
            .get_item()
            .table_name(&self.tables.data)
            .set_key(Some(key.item()))
            .consistent_read(true)
            .send()
            .await
            .map(|answer| answer.item)
            .map_err(|error| store_error(&self.tables.data, &error))
    }

    /// The existing items with these keys. The read is strongly consistent, which a read from an index never
    /// is.
    pub(crate) async fn get_all(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        for chunk in keys.chunks(BATCH_KEYS) {
            let mut left: Vec<Item> = chunk.iter().map(Key::item).collect();
            let mut attempt = 0;
            while !left.is_empty() {
                self.pause_before(attempt).await?;
                let wanted = KeysAndAttributes::builder()
                    .set_keys(Some(left))
                    .consistent_read(true)
                    .build()
                    .map_err(|error| self.broken(error))?;
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.tables.data, wanted)
                    .send()
                    .await
                    .map_err(|error| store_error(&self.tables.data, &error))?;
                let items = answer.responses.unwrap_or_default().remove(&self.tables.data);
                found.extend(items.unwrap_or_default());
                left = answer
                    .unprocessed_keys
                    .unwrap_or_default()
                    .remove(&self.tables.data)
                    .map(|keys| keys.keys)
                    .unwrap_or_default();
                attempt += 1;
            }
        }
        Ok(found)
    }

    async fn catalogue(&self) -> Result<Catalogue, StoreError> {
        match self.get(Key::catalogue()).await? {
            Some(item) => read_catalogue(&item),
            None => Ok(Catalogue::default()),
        }
    }

    /// Every area that may have stored items: the areas that are built into this program, and those in the
    /// catalogue.
    async fn areas(&self) -> Result<Vec<Area>, StoreError> {
        let mut areas: Vec<Area> = Area::listed().collect();
        areas.extend(self.catalogue().await?.areas);
        areas.sort_unstable();
        areas.dedup();
        Ok(areas)
    }
}

/// The pause before an attempt: 50 ms, doubled with each attempt, and drawn at random from its upper half so
/// that two processes that collided do not collide again.
pub(crate) fn pause(attempt: u32) -> Duration {
    let longest = 50_u64 << attempt.min(6);
    Duration::from_millis(fastrand::u64(longest / 2..=longest))
}

impl BulletinStore for DynamoStore {
    async fn months(&self) -> Result<Vec<Month>, StoreError> {
        Ok(self.catalogue().await?.months)
    }

    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
        let item = self.get(Key::bulletin(month)).await?;
        item.as_ref().map(read_record).transpose()
    }

    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        let items = self.row_items(month).await?;
        let rows: Result<Vec<Option<StoredRow>>, StoreError> = items.iter().map(stored_row).collect();
        let mut rows: Vec<StoredRow> = rows?.into_iter().flatten().collect();
        rows.sort_unstable_by_key(|stored| stored.row.key);
        Ok(rows)
    }

    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError> {
        self.standings_of(|_| true).await
    }

    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError> {
        self.write_plan(plan).await
    }

    async fn hold(&self, known: &BulletinRecord, pending: Option<&Pending>) -> Result<(), StoreError> {
        let held = BulletinRecord {
            pending: pending.cloned(),
            ..known.clone()
        };
        self.replace_record(known, &held).await
    }

    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        self.row_history(key, range, limit).await
    }

    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError> {
        let items = self.row_items(month).await?;
        let mut rows: Vec<ArchivedRow> = items
            .iter()
            .map(|item| {
                let RowItem {
                    key,
                    row,
                    host,
                    earlier,
                    ..
                } = read_row(item)?;
                Ok(ArchivedRow {
                    key,
                    current: row.map(|row| (row, host)),
                    earlier,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        rows.sort_unstable_by_key(|row| row.key);
        Ok(rows)
    }
}

impl DynamoStore {
    /// The standings of the picked cases, in the order of the cases. Reads no other standings.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standings_of(&self, pick: impl Fn(Case) -> bool) -> Result<Vec<StoredStanding>, StoreError> {
        let areas = self.areas().await?;
        let cases = Category::ALL.iter().flat_map(|category| {
            areas.iter().map(|area| Case {
                category: *category,
                area: *area,
            })
        });
        let keys = cases.filter(|case| pick(*case)).map(Key::standing).collect();
        let items = self.get_all(keys).await?;
        let mut standings: Vec<StoredStanding> = items.iter().map(read_standing).collect::<Result<_, _>>()?;
        standings.sort_unstable_by_key(|stored| stored.standing.case);
        Ok(standings)
    }

    /// The rows of a month from the index, in the order of their keys. The index may lag some moments behind
    /// the table. This costs half as much as reading the rows by their keys.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rows_by_index(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        let mut expression = Expression::default();
        let condition = expression.equal("bulletin_date", text(month.first_day().to_string()));
        let mut rows = Vec::new();
        let mut from = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.tables.data)
                .index_name(BULLETIN_INDEX)
                .key_condition_expression(&condition)
                .set_expression_attribute_names(expression.names())
                .set_expression_attribute_values(expression.values())
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| store_error(&self.tables.data, &error))?;
            // Rows of an older layout may have the same day; they have no version.
            for item in answer.items().iter().filter(|item| item.contains_key("version")) {
                rows.extend(stored_row(item)?);
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                rows.sort_unstable_by_key(|stored| stored.row.key);
                return Ok(rows);
            }
        }
    }

    /// The items of a month's rows, including removed cells.
    async fn row_items(&self, month: Month) -> Result<Vec<Item>, StoreError> {
        let areas = self.areas().await?;
        let mut keys = Vec::new();
        for chart in Chart::ALL {
            for category in Category::ALL.iter().copied() {
                keys.extend(areas.iter().map(|area| {
                    let key = RowKey {
                        chart,
                        category,
                        area: *area,
                    };
                    Key::row(key, month)
                }));
            }
        }
        self.get_all(keys).await
    }

    /// A unique token for one claim. A process whose answer was lost recognizes its claim by this token.
    pub(crate) fn claim_token(&self) -> String {
        let claim = self.claims.get();
        self.claims.set(claim + 1);
        format!("{}-{claim}", self.owner)
    }

    /// Seconds since 1970, the format of DynamoDB's time to live.
    pub(crate) fn epoch(at: DateTime<Utc>) -> AttributeValue {
        number(at.timestamp())
    }
}
