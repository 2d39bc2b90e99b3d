use aws_sdk_dynamodb::Client;

use super::TableError;
use super::filter::{Filter, condition};
use super::item::Item;

/// What is looked for in a table.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// At most so many items, one or more.
    pub limit: Option<usize>,
    /// Only these attributes of them; all where none is named.
    pub attributes: Vec<String>,
    /// What they must say, all of it.
    pub filters: Vec<Filter>,
}

/// Reads a table from end to end, page by page, and hands each item that is wanted to `each`, until that answers
/// `false` or there are enough. Answers how many items were read for that: DynamoDB charges for those, whatever is
/// filtered out.
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
        // Without a filter no more need be read than is wanted.
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
