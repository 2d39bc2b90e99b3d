//! The history of one case on one chart: one query on a partition, newest first.

use bulletin::{Month, MonthRange, RowKey};
use pipeline::port::StoreError;
use pipeline::{ArchivedRow, HistoryRow};

use crate::DynamoStore;
use crate::error::store_error;
use crate::expression::{Expression, text};
use crate::item::{RowItem, read_row, row_partition, row_sort};

impl DynamoStore {
    /// The history of one case on one chart, newest first, including the months whose cell a correction
    /// removed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn archived_history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
    ) -> Result<Vec<(Month, ArchivedRow)>, StoreError> {
        let items = self.partition(key, range, None).await?;
        let rows = items.into_iter().map(|item| {
            let row = ArchivedRow {
                key,
                current: item.row.map(|row| (row, item.host)),
                earlier: item.earlier,
            };
            (item.month, row)
        });
        Ok(rows.collect())
    }

    /// The same history without removed cells, at most `limit` rows.
    pub(crate) async fn row_history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let items = self.partition(key, range, limit).await?;
        let rows = items.into_iter().filter_map(|item| {
            Some(HistoryRow {
                month: item.month,
                row: item.row?,
                earlier: item.earlier,
            })
        });
        Ok(rows.collect())
    }

    /// The items of one partition, newest first, until enough of them have a cell.
    async fn partition(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<RowItem>, StoreError> {
        let mut expression = Expression::default();
        let mut condition = expression.equal("pk", text(row_partition(key)));
        if let Some(range) = range {
            let (first, last) = (row_sort(range.first), row_sort(range.last));
            let sort = expression.name("sk");
            let first = expression.value(text(first));
            let last = expression.value(text(last));
            condition.push_str(&format!(" AND {sort} BETWEEN {first} AND {last}"));
        }
        let most = limit.unwrap_or(usize::MAX);
        let (mut items, mut rows, mut from) = (Vec::new(), 0, None);
        loop {
            // Removed cells count among the items that the query reads, but not among the rows.
            let wanted = i32::try_from(most - rows).ok().filter(|_| limit.is_some());
            let answer = self
                .client
                .query()
                .table_name(&self.tables.data)
                .key_condition_expression(&condition)
                .set_expression_attribute_names(expression.names())
                .set_expression_attribute_values(expression.values())
                .scan_index_forward(false)
                .set_limit(wanted)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| store_error(&self.tables.data, &error))?;
            for item in answer.items() {
                let item = read_row(item)?;
                rows += usize::from(item.row.is_some());
                items.push(item);
            }
            from = answer.last_evaluated_key;
            if from.is_none() || rows >= most {
                return Ok(items);
            }
        }
    }
}
