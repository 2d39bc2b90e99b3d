use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;

use super::item::Item;
use super::scan::{Wanted, scan};
use super::{TableError, TableKind};

/// How many items of each kind a table has.
pub type Count = BTreeMap<&'static str, usize>;

/// Counts a table's items by reading all of it. `progress` is told how many were counted.
///
/// # Errors
/// [`TableError`].
pub async fn count(
    client: &Client,
    name: &str,
    kind: TableKind,
    mut progress: impl FnMut(usize),
) -> Result<Count, TableError> {
    let wanted = Wanted {
        attributes: vec!["pk".into()],
        ..Wanted::default()
    };
    let (mut count, mut counted) = (Count::new(), 0);
    scan(client, name, &wanted, |item| {
        *count.entry(kind_of(kind, &item)).or_default() += 1;
        counted += 1;
        progress(counted);
        true
    })
    .await?;
    Ok(count)
}

/// Of what an item is one.
pub(super) fn kind_of(kind: TableKind, item: &Item) -> &'static str {
    let pk = item.get("pk").and_then(|pk| pk.as_s().ok());
    kind.item_kind(pk.map_or("", String::as_str))
}
