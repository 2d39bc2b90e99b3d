//! Tables in the layouts of older programs, built from bulletins. Start with [`items`].

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, PutRequest,
    ScalarAttributeType, WriteRequest,
};
use bulletin::{Bulletin, Chart, CutOff, Row};

pub(super) use ::migrate::Layout;

pub(super) type Item = HashMap<String, AttributeValue>;

/// The items of a bulletin in an older layout: by month with codes, by label with the labels as printed.
pub(super) fn items(layout: Layout, bulletin: &Bulletin) -> Vec<Item> {
    let items = bulletin.rows().map(|row| old_item(layout, bulletin, row));
    // If two rows have one key, like a bare `3rd` in both halves of a chart, the later one replaces the earlier
    // one.
    let keyed: BTreeMap<(String, String), Item> = items.map(|item| (key(&item), item)).collect();
    keyed.into_values().collect()
}

fn old_item(layout: Layout, bulletin: &Bulletin, row: &Row) -> Item {
    let month = bulletin.month();
    let date = match row.reading.cut_off() {
        Some(CutOff::Date(date)) => date,
        _ => month.first_day(),
    };
    let folded = |label: &str| label.split_whitespace().collect::<Vec<_>>().join(" ");
    let ((chart, category, area), bulletin_date) = match layout {
        Layout::ByMonth => {
            let key = row.key;
            let words = (
                key.chart.code().to_owned(),
                key.category.code().to_owned(),
                key.area.code().to_owned(),
            );
            (words, month.to_string())
        }
        Layout::ByLabel => {
            let chart = match row.key.chart {
                Chart::FinalAction => "Final Date",
                Chart::DatesForFiling => "Filing Date",
            };
            let words = (chart.to_owned(), folded(&row.raw.category), folded(&row.raw.area));
            (words, month.first_day().to_string())
        }
    };
    let (pk, sk) = match layout {
        Layout::ByMonth => (
            format!("BULLETIN_DATE#{month}"),
            format!("FILING_TYPE#{chart}#COUNTRY#{area}#CATEGORY#{category}"),
        ),
        Layout::ByLabel => (
            format!("FILING_TYPE#{chart}#CATEGORY#{category}#COUNTRY#{area}"),
            format!("BULLETIN_DATE#{}", month.first_day()),
        ),
    };
    item(&[
        ("pk", &pk),
        ("sk", &sk),
        ("filing_type", &chart),
        ("category", &category),
        ("country", &area),
        ("bulletin_date", &bulletin_date),
        ("date", &date.to_string()),
    ])
}

/// An item of text attributes.
pub(super) fn item(attributes: &[(&str, &str)]) -> Item {
    let attributes = attributes.iter();
    attributes
        .map(|(name, text)| ((*name).to_owned(), AttributeValue::S((*text).to_owned())))
        .collect()
}

/// The key of an item.
pub(super) fn key(item: &Item) -> (String, String) {
    let text = |name: &str| item[name].as_s().unwrap().clone();
    (text("pk"), text("sk"))
}

/// Writes items, replacing existing ones.
pub(super) async fn put(client: &Client, table: &str, items: Vec<Item>) {
    for chunk in items.chunks(25) {
        let requests = chunk.iter().map(|item| {
            let put = PutRequest::builder()
                .set_item(Some(item.clone()))
                .build()
                .unwrap();
            WriteRequest::builder().put_request(put).build()
        });
        let answer = client
            .batch_write_item()
            .request_items(table, requests.collect())
            .send()
            .await
            .unwrap();
        assert!(answer.unprocessed_items.unwrap_or_default().is_empty());
    }
}

/// Creates a table with these keys.
pub(super) async fn create(client: &Client, table: &str, keys: [&str; 2]) {
    let mut request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in keys.into_iter().zip([KeyType::Hash, KeyType::Range]) {
        let attribute = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build();
        let key = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build();
        request = request
            .attribute_definitions(attribute.unwrap())
            .key_schema(key.unwrap());
    }
    request.send().await.unwrap();
}

/// All items of a table, by key.
pub(super) async fn scan(client: &Client, table: &str) -> BTreeMap<(String, String), Item> {
    let mut found = BTreeMap::new();
    let mut from = None;
    loop {
        let answer = client
            .scan()
            .table_name(table)
            .consistent_read(true)
            .set_exclusive_start_key(from)
            .send()
            .await
            .unwrap();
        found.extend(
            answer
                .items
                .unwrap_or_default()
                .into_iter()
                .map(|item| (key(&item), item)),
        );
        from = answer.last_evaluated_key;
        if from.is_none() {
            return found;
        }
    }
}
