//! The reads that only a check of the tables needs. Nothing here writes, and no Lambda calls it.

use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::port::StoreError;

use crate::error::{store_error, unreadable};
use crate::expression::Expression;
use crate::item::{Fields, Key, read_record};
use crate::store::DynamoStore;

impl DynamoStore {
    /// The name of the table of rows, standings and bulletins.
    pub fn data_table(&self) -> &str {
        &self.tables.data
    }

    /// The given months that have a bulletin item, regardless of the catalogue.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn months_with_record(
        &self,
        months: impl IntoIterator<Item = Month>,
    ) -> Result<Vec<Month>, StoreError> {
        let items = self
            .get_all(months.into_iter().map(Key::bulletin).collect())
            .await?;
        let records = items.iter().map(read_record);
        let mut months: Vec<Month> = records
            .map(|record| record.map(|record| record.month))
            .collect::<Result<_, _>>()?;
        months.sort_unstable();
        Ok(months)
    }

    /// The number of standings according to the catalogue. Every write is conditional on it: if it is wrong,
    /// nothing new can be stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn counted_standings(&self) -> Result<usize, StoreError> {
        let items = self.get_all(vec![Key::catalogue()]).await?;
        let cases = items.first().and_then(|item| item.get("cases"));
        Ok(match cases {
            Some(AttributeValue::N(cases)) => cases
                .parse()
                .map_err(|error| unreadable("the catalogue", error))?,
            _ => 0,
        })
    }

    /// The marks of alerts that were claimed and never noted as sent, each with the instant at which its
    /// claim ends. Scans the whole table of marks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn marks_in_progress(&self) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let mut expression = Expression::default();
        let filter = format!("attribute_not_exists({})", expression.name("sent_at"));
        let mut marks = Vec::new();
        let mut from = None;
        loop {
            let answer = self
                .client
                .scan()
                .table_name(&self.tables.marks)
                .filter_expression(&filter)
                .set_expression_attribute_names(expression.names())
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| store_error(&self.tables.marks, &error))?;
            for item in answer.items() {
                let fields = Fields::of("a mark", item);
                marks.push((fields.text("pk")?.to_owned(), fields.code("expires")?));
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                marks.sort_unstable();
                return Ok(marks);
            }
        }
    }
}
