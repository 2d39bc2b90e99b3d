//! Reads an old table whole, and deletes the items that are stored in the present layout. Start with [`OldTable`].

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, KeyType, TransactWriteItem};
use bulletin::Month;

use crate::item::{Found, Item, OldItem, Unreadable, read};
use crate::month::OldMonth;
use crate::word::Dictionary;

/// The maximum number of actions in a transaction.
const TRANSACTION_ACTIONS: usize = 100;
/// The number of attempts of a transaction that conflicts with another one.
const ATTEMPTS: u32 = 5;

/// A table that may have items of an old layout.
#[derive(Debug, Clone)]
pub struct OldTable {
    client: Client,
    name: String,
    own: bool,
}

/// The reason why an old table cannot be read or cleared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is no table of this name.
    #[error("there is no table {name}. Name another with --from-table, or another account or region")]
    Missing {
        /// The name.
        name: String,
    },
    /// Its items have different keys.
    #[error(
        "the table {name} has the keys {keys}, and the layouts that can be moved have pk and sk. Name the table that has \
         them with --from-table"
    )]
    OtherKeys {
        /// The table.
        name: String,
        /// Its keys.
        keys: String,
    },
    /// An item has changed since it was read: another program still writes to the table.
    #[error(
        "the table {name} is written while it is moved: an old item of {month} is not what it was. Stop what writes \
         there and run this again"
    )]
    Changed {
        /// The table.
        name: String,
        /// The month of the bulletin.
        month: Month,
    },
    /// The table cannot be reached, or refuses the request.
    #[error("the table {name} cannot be used: {reason}")]
    Unusable {
        /// The table.
        name: String,
        /// The reason.
        reason: String,
    },
}

/// The content of an old table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// Every bulletin that has old items.
    pub months: BTreeMap<Month, OldMonth>,
    /// Items that cannot be assigned to a bulletin.
    pub stray: Vec<Unreadable>,
    /// The number of items of the present layout.
    pub of_today: usize,
    /// The estimated size of all items, in bytes.
    pub bytes: usize,
}

impl Survey {
    /// Classifies items.
    pub(super) fn of(items: impl IntoIterator<Item = Item>, own: bool) -> Self {
        let mut survey = Self::default();
        let mut dictionary = Dictionary::default();
        let mut old: BTreeMap<Month, Vec<OldItem>> = BTreeMap::new();
        let mut unreadable: BTreeMap<Month, Vec<Unreadable>> = BTreeMap::new();
        for item in items {
            survey.bytes += item
                .iter()
                .map(|(name, value)| name.len() + size(value))
                .sum::<usize>();
            match read(&item, own, &mut dictionary) {
                Found::OfToday => survey.of_today += 1,
                Found::Old(item) => old.entry(item.month).or_default().push(item),
                Found::Unreadable(item) if item.months.is_empty() => survey.stray.push(item),
                Found::Unreadable(item) => {
                    for month in item.months.clone() {
                        unreadable.entry(month).or_default().push(item.clone());
                    }
                }
            }
        }
        let months: BTreeSet<Month> = old.keys().chain(unreadable.keys()).copied().collect();
        survey.months = months
            .into_iter()
            .map(|month| {
                let items = old.remove(&month).unwrap_or_default();
                let unreadable = unreadable.remove(&month).unwrap_or_default();
                (month, OldMonth::new(month, items, unreadable))
            })
            .collect();
        survey
    }
}

impl OldTable {
    /// A table; `own` is true if it is the table of the present layout. Makes no request yet.
    pub fn new(client: Client, name: String, own: bool) -> Self {
        Self { client, name, own }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True if it is the table of the present layout.
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// Reads the whole table. Calls `seen` with the number of items read so far.
    ///
    /// # Errors
    /// [`TableError`].
    pub async fn survey(&self, mut seen: impl FnMut(usize)) -> Result<Survey, TableError> {
        self.check_keys().await?;
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let answer = self
                .client
                .scan()
                .table_name(&self.name)
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| self.error(&error))?;
            items.extend(answer.items.unwrap_or_default());
            seen(items.len());
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(Survey::of(items, self.own));
            }
        }
    }

    async fn check_keys(&self) -> Result<(), TableError> {
        let answer = self.client.describe_table().table_name(&self.name).send().await;
        let answer = answer.map_err(|error| self.error(&error))?;
        let schema = answer
            .table
            .and_then(|table| table.key_schema)
            .unwrap_or_default();
        let mut keys: Vec<(bool, String)> = schema
            .into_iter()
            .map(|key| (key.key_type == KeyType::Range, key.attribute_name))
            .collect();
        keys.sort_unstable();
        let names: Vec<&str> = keys.iter().map(|(_, name)| name.as_str()).collect();
        if names == ["pk", "sk"] {
            Ok(())
        } else {
            Err(TableError::OtherKeys {
                name: self.name.clone(),
                keys: names.join(" and "),
            })
        }
    }

    /// Deletes a month's items, each only if its value is unchanged since it was read. Items that are deleted
    /// already are ignored.
    ///
    /// # Errors
    /// [`TableError`]. Items deleted until then stay deleted.
    pub(super) async fn clear(&self, old: &OldMonth) -> Result<(), TableError> {
        for items in old.items.chunks(TRANSACTION_ACTIONS) {
            let deletes = items.iter().map(|item| self.delete(item));
            let deletes: Vec<TransactWriteItem> = deletes.collect::<Result<_, _>>()?;
            self.transact(old.month, deletes).await?;
        }
        Ok(())
    }

    async fn transact(&self, month: Month, deletes: Vec<TransactWriteItem>) -> Result<(), TableError> {
        let mut attempt = 1;
        loop {
            let request = self.client.transact_write_items();
            let request = request.set_transact_items(Some(deletes.clone()));
            let Err(error) = request.send().await else {
                return Ok(());
            };
            let codes = cancellation(&error);
            if codes.iter().any(|code| code == "ConditionalCheckFailed") {
                return Err(TableError::Changed {
                    name: self.name.clone(),
                    month,
                });
            }
            if codes.is_empty() || attempt == ATTEMPTS {
                return Err(self.error(&error));
            }
            tokio::time::sleep(std::time::Duration::from_millis(100 << attempt)).await;
            attempt += 1;
        }
    }

    fn delete(&self, item: &OldItem) -> Result<TransactWriteItem, TableError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let delete = Delete::builder()
            .table_name(&self.name)
            .key("pk", text(&item.pk))
            .key("sk", text(&item.sk))
            .condition_expression("attribute_not_exists(#pk) OR #date = :date")
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_names("#date", "date")
            .expression_attribute_values(":date", text(&item.raw.value))
            .build();
        let delete = delete.map_err(|error| TableError::Unusable {
            name: self.name.clone(),
            reason: error.to_string(),
        })?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    fn error<E, R>(&self, error: &SdkError<E, R>) -> TableError
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let name = self.name.clone();
        if error.code() == Some("ResourceNotFoundException") {
            return TableError::Missing { name };
        }
        TableError::Unusable {
            name,
            reason: aws::reason::reason(error),
        }
    }
}

/// The reason for each refused action of a cancelled transaction; empty if it was not cancelled.
fn cancellation<R>(error: &SdkError<TransactWriteItemsError, R>) -> Vec<String> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return Vec::new();
    };
    let reasons = cancelled.cancellation_reasons().iter();
    reasons.filter_map(|reason| reason.code.clone()).collect()
}

/// The estimated size of a value, in bytes.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::L(values) => values.iter().map(size).sum(),
        AttributeValue::M(fields) => fields.iter().map(|(name, value)| name.len() + size(value)).sum(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        _ => 1,
    }
}
