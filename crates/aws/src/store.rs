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

/// The most keys of one `BatchGetItem`.
const BATCH_KEYS: usize = 100;
/// How often what DynamoDB left undone in a call that it answered is asked for again. The SDK's own retries do not see
/// it.
pub(crate) const ATTEMPTS: u32 = 8;

/// Rows, standings, bulletins, links and marks in three tables of DynamoDB.
#[derive(Debug)]
pub struct DynamoStore {
    pub(crate) client: Client,
    pub(crate) tables: Tables,
    /// Tells this process from every other one that claims links and alerts.
    pub(crate) owner: String,
    pub(crate) claims: Cell<u64>,
}

impl DynamoStore {
    /// A store in these tables, which must be there. Nothing is asked yet.
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

    /// Waits before trying again what DynamoDB left undone; gives up after some attempts.
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

    /// The items of these keys that there are, as of now: strongly consistent, which no index is.
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

    /// Every area under which anything may be stored: those that have had a column before this program was written, and
    /// those that the catalogue tells of.
    async fn areas(&self) -> Result<Vec<Area>, StoreError> {
        let mut areas: Vec<Area> = Area::listed().collect();
        areas.extend(self.catalogue().await?.areas);
        areas.sort_unstable();
        areas.dedup();
        Ok(areas)
    }
}

/// How long to wait before an attempt: 50 ms, doubled each time, each drawn at random from its upper half so that two
/// that met once do not meet again.
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
    /// The standings of the cases that are picked, in the order of the cases. Only these are read.
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

    /// The rows of a month by the index, which may lag some moments behind the table, in the order of their keys. Half of
    /// what reading them by their keys costs.
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
            // Rows of an older layout may lie beside ours under the same day, and have no version.
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

    /// The items of a month's rows, also of those that are gone.
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

    /// A name for one claim, unlike that of every other: who asks again because an answer was lost knows it as their own.
    pub(crate) fn claim_token(&self) -> String {
        let claim = self.claims.get();
        self.claims.set(claim + 1);
        format!("{}-{claim}", self.owner)
    }

    /// Seconds since 1970, as DynamoDB's time to live wants them.
    pub(crate) fn epoch(at: DateTime<Utc>) -> AttributeValue {
        number(at.timestamp())
    }
}
