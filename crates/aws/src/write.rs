//! The write of a bulletin. Whole cases are written together in transactions. Each action is conditional on
//! the version that was read, and each transaction on the months and the number of cases that the plan was
//! made from. The bulletin's record comes last. Start at `write_plan`.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem, Update};
use bulletin::{Area, Case, Month};
use pipeline::port::StoreError;
use pipeline::{BulletinRecord, RowWrite, StandingWrite, WritePlan};
use tokio::time::sleep;

use crate::DynamoStore;
use crate::error::{is_passing, store_error};
use crate::expression::{Expression, number, text};
use crate::item::{
    Key, RowItem, Status, earlier_attribute, place_attributes, read_row, record_item, row_attributes,
    standing_item, to_value,
};
use crate::store::{ATTEMPTS, pause};
use crate::value::{Item, to_attribute};

/// The action limit of one transaction.
const TRANSACTION_ACTIONS: usize = 100;

impl DynamoStore {
    /// Writes a plan. After a conflict each case is written completely or not at all, and the record is
    /// unchanged.
    pub(crate) async fn write_plan(&self, plan: &WritePlan) -> Result<(), StoreError> {
        self.note_areas(plan).await?;
        let month = plan.record.month;
        let mut new_cases = 0;
        for cases in transactions(self.actions(plan).await?) {
            let new = cases.iter().filter(|case| case.is_new).count();
            let mut actions: Vec<TransactWriteItem> =
                cases.into_iter().flat_map(|case| case.actions).collect();
            actions.push(self.catalogue_action(plan, new_cases, new, None)?);
            self.transact(&format!("rows and standings of {month}"), actions)
                .await?;
            new_cases += new;
        }
        self.write_record(plan, new_cases).await
    }

    /// Adds countries that had no column before to the catalogue, before anything is stored under them.
    /// Idempotent.
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

    /// The condition that the catalogue is the one that the plan was made from, with the additions to it: the
    /// number of new standings and the month of the bulletin.
    fn catalogue_action(
        &self,
        plan: &WritePlan,
        written: usize,
        new: usize,
        month: Option<Month>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut expression = Expression::default();
        let months: Vec<String> = plan.months.iter().map(Month::to_string).collect();
        let months = if months.is_empty() {
            format!("attribute_not_exists({})", expression.name("months"))
        } else {
            expression.equal("months", AttributeValue::Ss(months))
        };
        let cases = match plan.cases + written {
            0 => format!("attribute_not_exists({})", expression.name("cases")),
            cases => expression.equal("cases", number(cases)),
        };
        let condition = format!("{months} AND {cases}");
        let key = Key::catalogue().item();
        if new == 0 && month.is_none() {
            let check = ConditionCheck::builder()
                .table_name(&self.tables.data)
                .set_key(Some(key))
                .condition_expression(condition)
                .set_expression_attribute_names(expression.names())
                .set_expression_attribute_values(expression.values())
                .build()
                .map_err(|error| self.broken(error))?;
            return Ok(TransactWriteItem::builder().condition_check(check).build());
        }
        let mut added = Vec::new();
        if new > 0 {
            let value = expression.value(number(new));
            added.push(format!("{} {value}", expression.name("cases")));
        }
        if let Some(month) = month {
            let value = expression.value(AttributeValue::Ss(vec![month.to_string()]));
            added.push(format!("{} {value}", expression.name("months")));
        }
        let update = Update::builder()
            .table_name(&self.tables.data)
            .set_key(Some(key))
            .update_expression(format!("ADD {}", added.join(", ")))
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(|error| self.broken(error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Executes all of these actions or none.
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
            // Another transaction holds the same items at this moment, or the table is throttled. A retry is
            // safe because of the conditions: they fail if the other transaction has won.
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

    /// The actions that store this bulletin's rows and standings, by case.
    async fn actions(&self, plan: &WritePlan) -> Result<BTreeMap<Case, CaseActions>, StoreError> {
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
        let mut actions: BTreeMap<Case, CaseActions> = BTreeMap::new();
        for write in &plan.rows {
            let action = self.row_action(plan, write, stored.get(&write.key))?;
            actions.entry(write.key.case()).or_default().actions.push(action);
        }
        for write in &plan.standings {
            let of_case = actions.entry(write.standing.case).or_default();
            of_case.actions.push(self.standing_action(write)?);
            of_case.is_new = write.version.is_none();
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
        for (name, value) in place_attributes(write.key, plan.record.month) {
            set.push(expression.equal(name, value));
        }
        match &write.row {
            Some(row) => {
                for (name, value) in row_attributes(row) {
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
        let host = write
            .carried
            .as_ref()
            .map_or(&plan.record.host, |carried| &carried.host);
        set.push(expression.equal("host", text(host)));
        set.push(expression.equal("page_digest", text(plan.record.digest.as_str())));
        let (version, nothing, one) = (
            expression.name("version"),
            expression.value(number(0)),
            expression.value(number(1)),
        );
        set.push(format!("{version} = if_not_exists({version}, {nothing}) + {one}"));
        if let Some(carried) = write
            .carried
            .as_ref()
            .filter(|carried| !carried.earlier.is_empty())
        {
            let earlier = carried.earlier.iter().map(earlier_attribute).collect();
            set.push(expression.equal("earlier", AttributeValue::L(earlier)));
        } else if let Some(replaced) = stored
            .filter(|_| !plan.mends)
            .and_then(|item| item.replaced(plan.at))
        {
            let earlier = expression.name("earlier");
            let none = expression.value(AttributeValue::L(Vec::new()));
            let replaced = AttributeValue::L(vec![earlier_attribute(&replaced)]);
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

    /// Sets or removes the pending correction in a bulletin's record, if the record is the known one.
    pub(crate) async fn replace_record(
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

    /// Stores the record of a bulletin whose rows and standings are stored, and adds its month to the
    /// catalogue if it is new.
    async fn write_record(&self, plan: &WritePlan, new_cases: usize) -> Result<(), StoreError> {
        let month = plan.record.month;
        let mut expression = Expression::default();
        let condition = match &plan.known {
            Some(known) => is_known(&mut expression, known)?,
            None => format!("attribute_not_exists({})", expression.name("pk")),
        };
        let new_month = plan.known.is_none().then_some(month);
        let actions = vec![
            self.put_action(record_item(&plan.record)?, &condition, &expression)?,
            self.catalogue_action(plan, new_cases, 0, new_month)?,
        ];
        self.transact(&format!("the bulletin of {month}"), actions).await
    }
}

/// The condition that a bulletin's item is still the known one. Every write to it changes its revision, its
/// digest or its pending correction.
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

/// The reason codes of a cancelled transaction's actions; empty if it was not cancelled.
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

/// The actions of one case, or of several cases in one transaction.
#[derive(Debug, Default)]
struct CaseActions {
    actions: Vec<TransactWriteItem>,
    /// True if the case had no standing before.
    is_new: bool,
}

/// Groups whole cases into transactions, with room for one more action in each.
fn transactions(actions: BTreeMap<Case, CaseActions>) -> Vec<Vec<CaseActions>> {
    let mut transactions: Vec<Vec<CaseActions>> = Vec::new();
    let mut size = 0;
    for of_case in actions.into_values() {
        match transactions.last_mut() {
            Some(last) if size + of_case.actions.len() < TRANSACTION_ACTIONS => {
                size += of_case.actions.len();
                last.push(of_case);
            }
            _ => {
                size = of_case.actions.len();
                transactions.push(vec![of_case]);
            }
        }
    }
    transactions
}
