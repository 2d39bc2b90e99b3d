//! The table of links on DynamoDB: claims of pages, failures, and the last polls of the source.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::port::{Check, LinkTable, PageLink, StoreError};
use pipeline::{Link, LinkState, is_in_season, skew};
use serde_json::Value;

use crate::error::{store_error, unreadable};
use crate::expression::{Expression, number, text};
use crate::item::{Fields, instant, to_value};
use crate::store::DynamoStore;
use crate::value::{Item, item_value, to_attribute};

const LINK_PREFIX: &str = "LINK#";
const GOOD_CHECK: &str = "CHECK#GOOD";
const BAD_CHECK: &str = "CHECK#BAD";

impl DynamoStore {
    /// The last poll at which the source gave its list (`good`), or the last one at which it did not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_check(&self, good: bool) -> Result<Option<Check>, StoreError> {
        let Some(item) = self.link_item(check_key(good)).await? else {
            return Ok(None);
        };
        let fields = Fields::of("a look at the source", &item);
        Ok(Some(Check {
            at: fields.code("at")?,
            good,
            note: fields.text("note")?.to_owned(),
        }))
    }

    async fn link_item(&self, key: String) -> Result<Option<Item>, StoreError> {
        self.client
            .get_item()
            .table_name(&self.tables.links)
            .key("pk", text(key))
            .consistent_read(true)
            .send()
            .await
            .map(|answer| answer.item)
            .map_err(|error| store_error(&self.tables.links, &error))
    }

    async fn put_link_item(&self, item: Item) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.tables.links)
            .set_item(Some(item))
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error(&self.tables.links, &error))
    }
}

fn check_key(good: bool) -> String {
    (if good { GOOD_CHECK } else { BAD_CHECK }).to_owned()
}

fn link_key(month: Month) -> String {
    format!("{LINK_PREFIX}{month}")
}

/// The attributes of a link, except its key and its failures.
fn attributes(
    link: &PageLink,
    state: &LinkState,
    note: &str,
) -> Result<Vec<(&'static str, AttributeValue)>, StoreError> {
    let mut attributes = vec![
        ("month", text(link.month.to_string())),
        ("path", text(&link.path)),
        ("status", to_attribute(to_value("the state of a link", state)?)),
        ("note", text(note)),
    ];
    attributes.extend(state.due_from().map(|from| ("due_from", text(instant(from)))));
    Ok(attributes)
}

fn read_link(item: &Item) -> Result<Link, StoreError> {
    let fields = Fields::of("a link", item);
    let state = item_value(item).get("status").cloned().unwrap_or(Value::Null);
    Ok(Link {
        link: PageLink {
            month: fields.code("month")?,
            path: fields.text("path")?.to_owned(),
        },
        state: serde_json::from_value(state).map_err(|error| unreadable("the state of a link", error))?,
        failures: fields.number("failures")?,
        note: fields.text("note")?.to_owned(),
    })
}

impl LinkTable for DynamoStore {
    async fn links(&self) -> Result<Vec<Link>, StoreError> {
        let mut links = Vec::new();
        let mut from = None;
        loop {
            let answer = self
                .client
                .scan()
                .table_name(&self.tables.links)
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| store_error(&self.tables.links, &error))?;
            for item in answer.items() {
                let is_link =
                    matches!(item.get("pk"), Some(AttributeValue::S(key)) if key.starts_with(LINK_PREFIX));
                if is_link {
                    links.push(read_link(item)?);
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                links.sort_unstable_by_key(|link| link.link.month);
                return Ok(links);
            }
        }
    }

    async fn link(&self, month: Month) -> Result<Option<Link>, StoreError> {
        let item = self.link_item(link_key(month)).await?;
        item.as_ref().map(read_link).transpose()
    }

    async fn claim_link(
        &self,
        link: &PageLink,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let token = self.claim_token();
        let mut expression = Expression::default();
        let mut set = Vec::new();
        for (name, value) in attributes(link, &LinkState::Queued { until }, "queued")? {
            set.push(expression.equal(name, value));
        }
        set.push(expression.equal("claim", text(&token)));
        let failures = expression.name("failures");
        let none = expression.value(number(0));
        set.push(format!("{failures} = if_not_exists({failures}, {none})"));
        let due_from = expression.name("due_from");
        let mut condition = format!(
            "attribute_not_exists({}) OR {due_from} <= {} OR {due_from} > {}",
            expression.name("pk"),
            expression.value(text(instant(now))),
            expression.value(text(instant(skew::latest_schedule(now)))),
        );
        if is_in_season(link.month, now) {
            condition.push_str(&format!(" OR attribute_not_exists({due_from})"));
        }
        let result = self
            .client
            .update_item()
            .table_name(&self.tables.links)
            .key("pk", text(link_key(link.month)))
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                // The stored claim may be this one, written by an attempt whose answer was lost.
                let held = self.link_item(link_key(link.month)).await?;
                Ok(held.is_some_and(|item| item.get("claim") == Some(&text(&token))))
            }
            Err(error) => Err(store_error(&self.tables.links, &error)),
        }
    }

    async fn settle(
        &self,
        link: &PageLink,
        state: &LinkState,
        failures: u32,
        note: &str,
    ) -> Result<(), StoreError> {
        let mut item: Item = attributes(link, state, note)?
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        item.insert("pk".into(), text(link_key(link.month)));
        item.insert("failures".into(), number(failures));
        self.put_link_item(item).await
    }

    async fn note_check(&self, check: &Check) -> Result<(), StoreError> {
        let item = Item::from([
            ("pk".into(), text(check_key(check.good))),
            ("at".into(), text(instant(check.at))),
            ("note".into(), text(&check.note)),
        ]);
        self.put_link_item(item).await
    }
}
