//! Scans a table page by page, with filters and a limit. Start with [`scan`].

use aws_sdk_dynamodb::Client;

use super::TableError;
use super::condition::condition;
use super::item::Item;
use crate::filter::Filter;

/// The items to find in a table.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The maximum number of items, at least one.
    pub limit: Option<usize>,
    /// The attributes to return; all if empty.
    pub attributes: Vec<String>,
    /// The filters, all of which must hold.
    pub filters: Vec<Filter>,
}

/// Scans a table page by page and passes each matching item to `each`, until that returns `false` or the limit is
/// reached. Returns the number of items read: DynamoDB charges for those, including the ones filtered out.
///
/// # Errors
/// [`TableError`].
pub async fn scan(
    client: &Client,
    name: &str,
    wanted: &Wanted,
    mut each: impl FnMut(Item) -> bool,
) -> Result<usize, TableError> {
    let mut condition = condition(&wanted.filters);
    let attributes: Vec<String> = wanted
        .attributes
        .iter()
        .enumerate()
        .map(|(index, attribute)| {
            let alias = format!("#a{index}");
            condition.names.insert(alias.clone(), attribute.clone());
            alias
        })
        .collect();
    let (mut read, mut left, mut from) = (0, wanted.limit.unwrap_or(usize::MAX), None);
    loop {
        // Without a filter, every item that is read is returned, so the limit also limits the read.
        let most = i32::try_from(left).ok().filter(|_| wanted.filters.is_empty());
        let answer = client
            .scan()
            .table_name(name)
            .set_limit(most)
            .set_filter_expression((!condition.text.is_empty()).then(|| condition.text.clone()))
            .set_projection_expression((!attributes.is_empty()).then(|| attributes.join(", ")))
            .set_expression_attribute_names((!condition.names.is_empty()).then(|| condition.names.clone()))
            .set_expression_attribute_values((!condition.values.is_empty()).then(|| condition.values.clone()))
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| TableError::refused(name, "Scan", &error))?;
        read += usize::try_from(answer.scanned_count).unwrap_or_default();
        for item in answer.items.unwrap_or_default() {
            left = left.saturating_sub(1);
            if !each(item) || left == 0 {
                return Ok(read);
            }
        }
        from = answer.last_evaluated_key;
        if from.is_none() {
            return Ok(read);
        }
    }
}
