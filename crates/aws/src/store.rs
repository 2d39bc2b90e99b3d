use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, PutRequest, TransactWriteItem, Update, WriteRequest,
};
use bulletin::{Area, Case, Category, Chart, Month, MonthRange, RowKey};
use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, StoreError, StoredRow, StoredStanding};
use pipeline::{BulletinRecord, HistoryRow, Pending, RowWrite, StandingWrite, WritePlan};
use tokio::time::sleep;

use crate::config::Tables;
use crate::error::{is_passing, store_error};
use crate::expression::{Expression, number, text};
use crate::item::{
    Catalogue, Key, RowItem, Status, earlier_attribute, read_catalogue, read_record, read_row, read_standing,
    record_item, row_attributes, row_partition, row_sort, standing_item, stored_row, to_value,
};
use crate::value::{Item, to_attribute};

/// The most actions of one transaction.
const TRANSACTION_ACTIONS: usize = 100;
/// The most keys of one `BatchGetItem`.
const BATCH_KEYS: usize = 100;
/// The most items of one `BatchWriteItem`.
const BATCH_ITEMS: usize = 25;
/// How often what DynamoDB left undone in a call that it answered is asked for again. The SDK's own retries do not see
/// it.
const ATTEMPTS: u32 = 8;

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

    /// Writes items of the data table without any condition, for bulk work such as an import into an empty table.
    ///
    /// # Errors
    /// [`StoreError`]. What was written until then stays written.
    pub async fn put_all(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let mut left: Vec<WriteRequest> = items
                .by_ref()
                .take(BATCH_ITEMS)
                .map(|item| {
                    let put = PutRequest::builder().set_item(Some(item)).build();
                    put.map(|put| WriteRequest::builder().put_request(put).build())
                })
                .collect::<Result<_, _>>()
                .map_err(|error| self.broken(error))?;
            let mut attempt = 0;
            while !left.is_empty() {
                self.pause_before(attempt).await?;
                let answer = self
                    .client
                    .batch_write_item()
                    .request_items(&self.tables.data, left)
                    .send()
                    .await
                    .map_err(|error| store_error(&self.tables.data, &error))?;
                left = answer
                    .unprocessed_items
                    .unwrap_or_default()
                    .remove(&self.tables.data)
                    .unwrap_or_default();
                attempt += 1;
            }
        }
        Ok(())
    }

    fn broken(&self, error: impl std::fmt::Display) -> StoreError {
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
    async fn get_all(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
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

    /// Notes countries that had no column before, ahead of anything that is stored under them. Noting one again changes
    /// nothing.
    async fn note_areas(&self, plan: &WritePlan) -> Result<(), StoreError> {
        let listed: Vec<Area> = Area::listed().collect();
        let mut new: Vec<String> = plan
            .rows
            .iter()
            .map(|write| write.key.area)
            .chain(plan.standings.iter().map(|write| write.standing.case.area))
            .filter(|area| !listed.contains(area))
            .map(|area| area.code().to_owned())
            .collect();
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return Ok(());
        }
        let mut expression = Expression::default();
        let update = format!(
            "ADD {} {}",
            expression.name("areas"),
            expression.value(AttributeValue::Ss(new))
        );
        self.client
            .update_item()
            .table_name(&self.tables.data)
            .set_key(Some(Key::catalogue().item()))
            .update_expression(update)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error(&self.tables.data, &error))
    }

    /// Does all of this or nothing.
    async fn transact(&self, what: &str, actions: Vec<TransactWriteItem>) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let request = self
                .client
                .transact_write_items()
                .set_transact_items(Some(actions.clone()));
            let Err(error) = request.send().await else {
                return Ok(());
            };
            let reasons = cancellation(&error);
            if reasons.iter().any(|reason| reason == "ConditionalCheckFailed") {
                return Err(StoreError::Conflict {
                    what: what.to_owned(),
                });
            }
            // Another transaction is at the same items this very moment, or the table is throttled. The conditions
            // make it safe to try again: if the other one has won by then, they fail.
            let conflict = reasons.iter().any(|reason| reason == "TransactionConflict");
            let throttled = reasons.iter().any(|reason| is_passing(reason));
            attempt += 1;
            if !conflict && !throttled {
                return Err(store_error(what, &error));
            }
            if attempt >= ATTEMPTS {
                let what = what.to_owned();
                let reason = "it is throttled".to_owned();
                return Err(if conflict {
                    StoreError::Conflict { what }
                } else {
                    StoreError::Unavailable { what, reason }
                });
            }
            sleep(pause(attempt)).await;
        }
    }

    /// The actions that store this bulletin's rows and standings, case by case.
    async fn actions(&self, plan: &WritePlan) -> Result<BTreeMap<Case, Vec<TransactWriteItem>>, StoreError> {
        let replaced = plan.rows.iter().filter(|write| write.version.is_some());
        let keys = replaced
            .map(|write| Key::row(write.key, plan.record.month))
            .collect();
        let mut stored = BTreeMap::new();
        for item in self.get_all(keys).await? {
            let item = read_row(&item)?;
            if let Some(row) = &item.row {
                stored.insert(row.key, item);
            }
        }
        let mut actions: BTreeMap<Case, Vec<TransactWriteItem>> = BTreeMap::new();
        for write in &plan.rows {
            let action = self.row_action(plan, write, stored.get(&write.key))?;
            actions.entry(write.key.case()).or_default().push(action);
        }
        for write in &plan.standings {
            let action = self.standing_action(write)?;
            actions.entry(write.standing.case).or_default().push(action);
        }
        Ok(actions)
    }

    fn row_action(
        &self,
        plan: &WritePlan,
        write: &RowWrite,
        stored: Option<&RowItem>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut expression = Expression::default();
        let mut set = Vec::new();
        let mut remove = Vec::new();
        let condition = match write.version {
            Some(version) => expression.equal("version", number(version)),
            None => {
                let absent = format!("attribute_not_exists({})", expression.name("pk"));
                format!(
                    "{absent} OR {}",
                    expression.equal("status", text(Status::Gone.code()))
                )
            }
        };
        match &write.row {
            Some(row) => {
                for (name, value) in row_attributes(row, plan.record.month) {
                    set.push(expression.equal(name, value));
                }
                if Status::of(row.reading) != Status::Date {
                    remove.push(expression.name("date"));
                }
            }
            None => {
                set.push(expression.equal("status", text(Status::Gone.code())));
                for name in ["date", "raw_category", "raw_country", "raw_value"] {
                    remove.push(expression.name(name));
                }
            }
        }
        set.push(expression.equal("host", text(&plan.record.host)));
        set.push(expression.equal("page_digest", text(plan.record.digest.as_str())));
        let (version, nothing, one) = (
            expression.name("version"),
            expression.value(number(0)),
            expression.value(number(1)),
        );
        set.push(format!("{version} = if_not_exists({version}, {nothing}) + {one}"));
        if let Some(item) = stored
            && let Some(row) = &item.row
        {
            let earlier = expression.name("earlier");
            let none = expression.value(AttributeValue::L(Vec::new()));
            let replaced = AttributeValue::L(vec![earlier_attribute(item, row, plan.at)]);
            let replaced = expression.value(replaced);
            set.push(format!(
                "{earlier} = list_append(if_not_exists({earlier}, {none}), {replaced})"
            ));
        }
        let mut update = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            update.push_str(&format!(" REMOVE {}", remove.join(", ")));
        }
        let update = Update::builder()
            .table_name(&self.tables.data)
            .set_key(Some(Key::row(write.key, plan.record.month).item()))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(|error| self.broken(error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn standing_action(&self, write: &StandingWrite) -> Result<TransactWriteItem, StoreError> {
        let mut expression = Expression::default();
        let condition = match write.version {
            Some(version) => expression.equal("version", number(version)),
            None => format!("attribute_not_exists({})", expression.name("pk")),
        };
        let item = standing_item(&write.standing, write.version.unwrap_or(0) + 1)?;
        self.put_action(item, &condition, &expression)
    }

    fn put_action(
        &self,
        item: Item,
        condition: &str,
        expression: &Expression,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.tables.data)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(|error| self.broken(error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Replaces a bulletin's record that is known.
    async fn replace_record(
        &self,
        known: &BulletinRecord,
        record: &BulletinRecord,
    ) -> Result<(), StoreError> {
        let mut expression = Expression::default();
        let condition = is_known(&mut expression, known)?;
        let result = self
            .client
            .put_item()
            .table_name(&self.tables.data)
            .set_item(Some(record_item(record)?))
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .send()
            .await;
        let what = format!("the bulletin of {}", record.month);
        match result {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                Err(StoreError::Conflict { what })
            }
            Err(error) => Err(store_error(&what, &error)),
        }
    }

    /// Stores the record of a bulletin that was not stored whole before, and its month in the catalogue with it.
    async fn insert_record(&self, record: &BulletinRecord) -> Result<(), StoreError> {
        let mut absent = Expression::default();
        let condition = format!("attribute_not_exists({})", absent.name("pk"));
        let mut expression = Expression::default();
        let update = format!(
            "ADD {} {}",
            expression.name("months"),
            expression.value(AttributeValue::Ss(vec![record.month.to_string()]))
        );
        let update = Update::builder()
            .table_name(&self.tables.data)
            .set_key(Some(Key::catalogue().item()))
            .update_expression(update)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(|error| self.broken(error))?;
        let actions = vec![
            self.put_action(record_item(record)?, &condition, &absent)?,
            TransactWriteItem::builder().update(update).build(),
        ];
        self.transact(&format!("the bulletin of {}", record.month), actions)
            .await
    }
}

/// How long to wait before an attempt: 50 ms, doubled each time, each drawn at random from its upper half so that two
/// that met once do not meet again.
fn pause(attempt: u32) -> Duration {
    let longest = 50_u64 << attempt.min(6);
    Duration::from_millis(fastrand::u64(longest / 2..=longest))
}

/// The condition that a bulletin's item is still the one that is known: whatever is written to it changes its revision,
/// its digest or what is pending.
fn is_known(expression: &mut Expression, known: &BulletinRecord) -> Result<String, StoreError> {
    let revision = expression.equal("revision", number(known.revision));
    let digest = expression.equal("digest", text(known.digest.as_str()));
    let pending = match &known.pending {
        Some(pending) => {
            let pending = to_attribute(to_value("a pending correction", pending)?);
            expression.equal("pending", pending)
        }
        None => format!("attribute_not_exists({})", expression.name("pending")),
    };
    Ok(format!("{revision} AND {digest} AND {pending}"))
}

/// Why a transaction was cancelled: the codes of its actions' reasons, none where it was not.
fn cancellation<R>(error: &SdkError<TransactWriteItemsError, R>) -> Vec<String> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .filter_map(|reason| reason.code.clone())
            .filter(|code| code != "None")
            .collect(),
        _ => Vec::new(),
    }
}

/// Whole cases together, as many as one transaction takes.
fn transactions(actions: BTreeMap<Case, Vec<TransactWriteItem>>) -> Vec<Vec<TransactWriteItem>> {
    let mut transactions: Vec<Vec<TransactWriteItem>> = Vec::new();
    for of_case in actions.into_values() {
        match transactions.last_mut() {
            Some(last) if last.len() + of_case.len() <= TRANSACTION_ACTIONS => last.extend(of_case),
            _ => transactions.push(of_case),
        }
    }
    transactions
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
        let items = self.get_all(keys).await?;
        let rows: Result<Vec<Option<StoredRow>>, StoreError> = items.iter().map(stored_row).collect();
        let mut rows: Vec<StoredRow> = rows?.into_iter().flatten().collect();
        rows.sort_unstable_by_key(|stored| stored.row.key);
        Ok(rows)
    }

    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError> {
        let areas = self.areas().await?;
        let mut keys = Vec::new();
        for category in Category::ALL.iter().copied() {
            keys.extend(areas.iter().map(|area| {
                Key::standing(Case {
                    category,
                    area: *area,
                })
            }));
        }
        let items = self.get_all(keys).await?;
        let mut standings: Vec<StoredStanding> = items.iter().map(read_standing).collect::<Result<_, _>>()?;
        standings.sort_unstable_by_key(|stored| stored.standing.case);
        Ok(standings)
    }

    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError> {
        self.note_areas(plan).await?;
        let month = plan.record.month;
        for transaction in transactions(self.actions(plan).await?) {
            self.transact(&format!("rows and standings of {month}"), transaction)
                .await?;
        }
        match &plan.known {
            Some(known) => self.replace_record(known, &plan.record).await,
            None => self.insert_record(&plan.record).await,
        }
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
        chart: Chart,
        category: Category,
        area: Area,
        range: Option<MonthRange>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let key = RowKey {
            chart,
            category,
            area,
        };
        let mut expression = Expression::default();
        let mut condition = expression.equal("pk", text(row_partition(key)));
        if let Some(range) = range {
            let (first, last) = (row_sort(range.first), row_sort(range.last));
            let sort = expression.name("sk");
            let first = expression.value(text(first));
            let last = expression.value(text(last));
            condition.push_str(&format!(" AND {sort} BETWEEN {first} AND {last}"));
        }
        let mut history = Vec::new();
        let mut from = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.tables.data)
                .key_condition_expression(&condition)
                .set_expression_attribute_names(expression.names())
                .set_expression_attribute_values(expression.values())
                .scan_index_forward(false)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| store_error(&self.tables.data, &error))?;
            for item in answer.items() {
                let item = read_row(item)?;
                if let Some(row) = item.row {
                    history.push(HistoryRow {
                        month: item.month,
                        row,
                        earlier: item.earlier,
                    });
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(history);
            }
        }
    }
}

impl DynamoStore {
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
