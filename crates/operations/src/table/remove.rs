//! Truncates and drops tables, and refuses protected ones. Start with [`truncate`] and [`drop_table`].

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use tokio::time::sleep;

use super::count::{Count, kind_of};
use super::describe::description;
use super::item::{Item, units_to_delete};
use super::scan::{Wanted, scan};
use super::{TableError, TableKind};

/// The maximum number of items in one `BatchWriteItem`.
const BATCH: usize = 25;
/// The number of keys to read at a time.
const KEYS: usize = 1000;
/// The maximum number of attempts for unprocessed items.
const ATTEMPTS: u32 = 10;
/// The maximum number of checks whether a table is deleted, one per second.
const WAITS: u64 = 300;

/// The work to truncate a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removal {
    /// Its items by kind.
    pub items: Count,
    /// The write units to delete all of them.
    pub units: usize,
}

impl Removal {
    /// The number of items.
    pub fn count(&self) -> usize {
        self.items.values().sum()
    }
}

/// Calculates the work to truncate a table, by reading all of it.
///
/// # Errors
/// [`TableError`]; [`TableError::Protected`] if it is protected against deletion.
pub async fn removal(client: &Client, name: &str, kind: TableKind) -> Result<Removal, TableError> {
    refuse_protected(client, name).await?;
    let mut removal = Removal::default();
    scan(client, name, &Wanted::default(), |item| {
        *removal.items.entry(kind_of(kind, &item)).or_default() += 1;
        removal.units += units_to_delete(&item);
        true
    })
    .await?;
    Ok(removal)
}

/// Deletes every item of a table, in batches. Running it again continues with the rest. Calls `progress` with the
/// number deleted so far.
///
/// # Errors
/// [`TableError`]; [`TableError::Protected`] if the table is protected against deletion.
pub async fn truncate(
    client: &Client,
    name: &str,
    kind: TableKind,
    mut progress: impl FnMut(usize),
) -> Result<usize, TableError> {
    refuse_protected(client, name).await?;
    let attributes = match kind {
        TableKind::Data => vec!["pk".into(), "sk".into()],
        TableKind::Links | TableKind::Marks => vec!["pk".into()],
    };
    let some = Wanted {
        limit: Some(KEYS),
        attributes,
        ..Wanted::default()
    };
    let mut deleted = 0;
    loop {
        // Starts from the beginning each time, where the remaining items now are.
        let mut keys = Vec::new();
        scan(client, name, &some, |key| {
            keys.push(key);
            true
        })
        .await?;
        if keys.is_empty() {
            return Ok(deleted);
        }
        for chunk in keys.chunks(BATCH) {
            delete(client, name, chunk).await?;
            deleted += chunk.len();
            progress(deleted);
        }
    }
}

async fn delete(client: &Client, name: &str, keys: &[Item]) -> Result<(), TableError> {
    let mut left: Vec<WriteRequest> = keys
        .iter()
        .map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        })
        .collect::<Result<_, _>>()
        .map_err(|error| TableError::unbuilt(name, "BatchWriteItem", &error))?;
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            sleep(Duration::from_millis(50 << attempt.min(7))).await;
        }
        let answer = client
            .batch_write_item()
            .request_items(name, left)
            .send()
            .await
            .map_err(|error| TableError::refused(name, "BatchWriteItem", &error))?;
        left = answer
            .unprocessed_items
            .and_then(|mut items| items.remove(name))
            .unwrap_or_default();
        if left.is_empty() {
            return Ok(());
        }
    }
    Err(TableError::Throttled(name.to_owned()))
}

/// Drops a table and waits until it is deleted. Returns whether there was one.
///
/// # Errors
/// [`TableError`]; [`TableError::Protected`] if it is protected against deletion.
pub async fn drop_table(client: &Client, name: &str) -> Result<bool, TableError> {
    match refuse_protected(client, name).await {
        Err(TableError::Absent(_)) => return Ok(false),
        other => other?,
    }
    let answer = client.delete_table().table_name(name).send().await;
    match answer.map_err(|error| TableError::refused(name, "DeleteTable", &error)) {
        Ok(_) | Err(TableError::Absent(_)) => {}
        Err(error) => return Err(error),
    }
    for _ in 0..WAITS {
        if description(client, name).await?.is_none() {
            return Ok(true);
        }
        sleep(Duration::from_secs(1)).await;
    }
    Err(TableError::NotReady {
        table: name.to_owned(),
        status: "being deleted".into(),
        seconds: WAITS,
    })
}

/// Refuses a table whose deletion protection is on.
pub async fn refuse_protected(client: &Client, name: &str) -> Result<(), TableError> {
    let table = description(client, name)
        .await?
        .ok_or_else(|| TableError::Absent(name.to_owned()))?;
    if table.deletion_protection_enabled().unwrap_or_default() {
        return Err(TableError::Protected(name.to_owned()));
    }
    Ok(())
}
