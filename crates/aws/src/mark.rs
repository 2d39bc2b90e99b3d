//! The marks of alerts on DynamoDB: who sends an alert, and which alerts were sent.

use aws_sdk_dynamodb::error::SdkError;
use chrono::{DateTime, Duration, Utc};
use pipeline::port::{AlertMarks, Claim, StoreError};
use pipeline::skew;

use crate::error::store_error;
use crate::expression::{Expression, text};
use crate::item::instant;
use crate::store::DynamoStore;
use crate::value::Item;

/// The time for which the mark of a sent alert is kept. A month before the present one never alerts, so that
/// the mark is no longer needed long before its end.
pub const MARKS_KEPT_FOR: Duration = Duration::days(400);

impl DynamoStore {
    async fn mark_item(&self, mark: &str) -> Result<Item, StoreError> {
        self.client
            .get_item()
            .table_name(&self.tables.marks)
            .key("pk", text(mark))
            .consistent_read(true)
            .send()
            .await
            .map(|answer| answer.item.unwrap_or_default())
            .map_err(|error| store_error(&self.tables.marks, &error))
    }
}

impl AlertMarks for DynamoStore {
    async fn claim_alert(
        &self,
        mark: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<Claim, StoreError> {
        let token = self.claim_token();
        let mut expression = Expression::default();
        let set = [
            expression.equal("claim", text(&token)),
            expression.equal("expires", text(instant(expires))),
            expression.equal("delete_at", Self::epoch(now + MARKS_KEPT_FOR)),
        ];
        let until = expression.name("expires");
        let condition = format!(
            "attribute_not_exists({}) OR (attribute_not_exists({}) AND ({until} <= {} OR {until} > {}))",
            expression.name("pk"),
            expression.name("sent_at"),
            expression.value(text(instant(now))),
            expression.value(text(instant(skew::latest_schedule(now)))),
        );
        let result = self
            .client
            .update_item()
            .table_name(&self.tables.marks)
            .key("pk", text(mark))
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .send()
            .await;
        match result {
            Ok(_) => return Ok(Claim::Granted),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {}
            Err(error) => return Err(store_error(&self.tables.marks, &error)),
        }
        // The stored claim may be this one, written by an attempt whose answer was lost.
        let held = self.mark_item(mark).await?;
        Ok(if held.contains_key("sent_at") {
            Claim::Sent
        } else if held.get("claim") == Some(&text(&token)) {
            Claim::Granted
        } else {
            Claim::InProgress
        })
    }

    async fn is_sent(&self, mark: &str) -> Result<bool, StoreError> {
        Ok(self.mark_item(mark).await?.contains_key("sent_at"))
    }

    async fn sent(&self, mark: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut expression = Expression::default();
        let set = [
            expression.equal("sent_at", text(instant(now))),
            expression.equal("delete_at", Self::epoch(now + MARKS_KEPT_FOR)),
        ];
        let remove = [expression.name("claim"), expression.name("expires")];
        self.client
            .update_item()
            .table_name(&self.tables.marks)
            .key("pk", text(mark))
            .update_expression(format!("SET {} REMOVE {}", set.join(", "), remove.join(", ")))
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error(&self.tables.marks, &error))
    }

    /// Releases a claim of this process. A claim that another process took over is left unchanged.
    async fn release(&self, mark: &str) -> Result<(), StoreError> {
        let mut expression = Expression::default();
        let condition = format!(
            "attribute_not_exists({}) AND begins_with({}, {})",
            expression.name("sent_at"),
            expression.name("claim"),
            expression.value(text(&self.owner)),
        );
        let result = self
            .client
            .delete_item()
            .table_name(&self.tables.marks)
            .key("pk", text(mark))
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                Ok(())
            }
            Err(error) => Err(store_error(&self.tables.marks, &error)),
        }
    }
}
