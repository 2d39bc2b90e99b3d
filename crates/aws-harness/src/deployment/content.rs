//! The items of a deployment as text, for comparison with another one. Attributes that differ between two runs with
//! the same outcome are left out.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Deployment;

impl Deployment {
    /// Every item of the data table, without the attributes that say when it was written.
    ///
    /// # Panics
    /// If the table cannot be read.
    pub async fn items(&self) -> BTreeMap<String, String> {
        self.items_without(&["fetched_at", "first_seen", "host", "earlier"])
            .await
    }

    /// Every item of the data table, without the attributes that say when, in which order and how often it
    /// was written.
    ///
    /// # Panics
    /// If the table cannot be read.
    pub async fn content(&self) -> BTreeMap<String, String> {
        let left_out = [
            "fetched_at",
            "first_seen",
            "host",
            "earlier",
            "version",
            "came_in_order",
            "history",
        ];
        self.items_without(&left_out).await
    }

    async fn items_without(&self, left_out: &[&str]) -> BTreeMap<String, String> {
        let mut items = BTreeMap::new();
        let mut from = None;
        loop {
            let answer = self
                .dynamo
                .scan()
                .table_name(&self.tables.data)
                .set_exclusive_start_key(from)
                .send()
                .await
                .expect("items");
            for item in answer.items() {
                let key = |name: &str| match item.get(name) {
                    Some(AttributeValue::S(key)) => key.clone(),
                    _ => String::new(),
                };
                let kept: BTreeMap<&String, &AttributeValue> = item
                    .iter()
                    .filter(|(name, _)| !left_out.contains(&name.as_str()))
                    .collect();
                items.insert(format!("{} {}", key("pk"), key("sk")), plain(&kept, left_out));
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return items;
            }
        }
    }
}

/// Attributes as text: equal attributes give equal texts. Attributes with these names are omitted at any
/// depth.
fn plain(item: &BTreeMap<&String, &AttributeValue>, left_out: &[&str]) -> String {
    fn sorted(value: &AttributeValue, left_out: &[&str]) -> String {
        match value {
            AttributeValue::M(fields) => {
                let fields: BTreeMap<&String, String> = fields
                    .iter()
                    .filter(|(name, _)| !left_out.contains(&name.as_str()))
                    .map(|(name, value)| (name, sorted(value, left_out)))
                    .collect();
                format!("{fields:?}")
            }
            AttributeValue::L(values) => format!(
                "{:?}",
                values
                    .iter()
                    .map(|value| sorted(value, left_out))
                    .collect::<Vec<_>>()
            ),
            AttributeValue::Ss(values) => {
                let mut values = values.clone();
                values.sort_unstable();
                format!("{values:?}")
            }
            other => format!("{other:?}"),
        }
    }
    let fields: BTreeMap<&&String, String> = item
        .iter()
        .map(|(name, value)| (name, sorted(value, left_out)))
        .collect();
    format!("{fields:?}")
}
