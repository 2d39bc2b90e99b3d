//! Counts the items of a table by kind. Start with [`count`].

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;

use super::item::Item;
use super::scan::{Wanted, scan};
use super::{TableError, TableKind};

/// The number of items of each kind in a table.
pub type Count = BTreeMap<&'static str, usize>;

/// Counts a table's items by reading all of it. Calls `progress` with the number counted so far.
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

/// The kind of an item.
pub(super) fn kind_of(kind: TableKind, item: &Item) -> &'static str {
    let pk = item.get("pk").and_then(|pk| pk.as_s().ok());
    kind.item_kind(pk.map_or("", String::as_str))
}
