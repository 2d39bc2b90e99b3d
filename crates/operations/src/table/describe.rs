//! Describes tables: keys, indexes, stream, size and protection. Excludes their items, see [`scan`](super::scan()).
//! Start with [`describe`].

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, TableDescription};
use serde::Serialize;

use super::{TableError, TableKind};
use crate::Deployment;

/// The description of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// Its name.
    pub table: String,
    /// Its status, `ACTIVE` if it is ready.
    pub status: String,
    /// Its keys, such as `pk (partition), sk (sort)`.
    pub keys: String,
    /// Its indexes, with their keys and projections.
    pub indexes: Vec<String>,
    /// The view type of its stream; `None` if it has none.
    pub stream: Option<String>,
    /// The ARN of the stream.
    pub stream_arn: Option<String>,
    /// The billing mode: `PAY_PER_REQUEST` or `PROVISIONED`.
    pub billing: String,
    /// The number of items. DynamoDB updates it about every six hours.
    pub items: i64,
    /// The size in bytes, updated as rarely.
    pub bytes: i64,
    /// True if it is protected against deletion.
    pub deletion_protection: bool,
    /// True if it can be restored to any second of the last 35 days; `None` if the service does not support that.
    pub point_in_time_recovery: Option<bool>,
    /// The attribute by which its items expire.
    pub time_to_live: Option<String>,
}

/// A table of the account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name.
    pub table: String,
    /// The stage of the deployment that has a table of this name.
    pub stage: Option<String>,
    /// The table's kind in the deployment.
    pub kind: Option<&'static str>,
}

/// Requests the description of a table.
///
/// # Errors
/// [`TableError`].
pub async fn describe(client: &Client, name: &str) -> Result<Description, TableError> {
    let table = description(client, name)
        .await?
        .ok_or_else(|| TableError::Absent(name.to_owned()))?;
    let indexes = table.global_secondary_indexes().iter().map(|index| {
        let name = index.index_name().unwrap_or_default();
        let held = index
            .projection()
            .and_then(|projection| projection.projection_type())
            .map_or("?", |held| held.as_str());
        format!("{name}: {}, holds {held}", keys(index.key_schema()))
    });
    let stream = table
        .stream_specification()
        .filter(|stream| stream.stream_enabled());
    Ok(Description {
        table: name.to_owned(),
        status: table
            .table_status()
            .map_or("?", |status| status.as_str())
            .to_owned(),
        keys: keys(table.key_schema()),
        indexes: indexes.collect(),
        stream: stream
            .and_then(|stream| stream.stream_view_type())
            .map(|view| view.as_str().to_owned()),
        stream_arn: table.latest_stream_arn().map(str::to_owned),
        billing: table
            .billing_mode_summary()
            .and_then(|billing| billing.billing_mode())
            .map_or("PROVISIONED", |billing| billing.as_str())
            .to_owned(),
        items: table.item_count().unwrap_or_default(),
        bytes: table.table_size_bytes().unwrap_or_default(),
        deletion_protection: table.deletion_protection_enabled().unwrap_or_default(),
        point_in_time_recovery: is_restorable(client, name).await?,
        time_to_live: expires_by(client, name).await?,
    })
}

/// Lists all tables of the account and region, with the stage and kind of those of deployments.
///
/// # Errors
/// [`TableError`].
pub async fn list(client: &Client) -> Result<Vec<Listed>, TableError> {
    let mut names: Vec<String> = Vec::new();
    let mut from = None;
    loop {
        let answer = client
            .list_tables()
            .set_exclusive_start_table_name(from)
            .send()
            .await
            .map_err(|error| TableError::refused("the account", "ListTables", &error))?;
        names.extend(answer.table_names.unwrap_or_default());
        from = answer.last_evaluated_table_name;
        if from.is_none() {
            break;
        }
    }
    names.sort_unstable();
    Ok(names.into_iter().map(listed).collect())
}

pub(super) fn listed(table: String) -> Listed {
    let found = TableKind::ALL.into_iter().find_map(|kind| {
        let (_, stage) = table.split_once('-')?;
        let deployment: Deployment = stage.parse().ok()?;
        (kind.name(&deployment) == table).then_some((kind, deployment))
    });
    Listed {
        stage: found
            .as_ref()
            .map(|(_, deployment)| deployment.stage().to_owned()),
        kind: found.map(|(kind, _)| kind.word()),
        table,
    }
}

/// Requests a table's raw description; `None` if there is no such table.
pub(super) async fn description(client: &Client, name: &str) -> Result<Option<TableDescription>, TableError> {
    let answer = client.describe_table().table_name(name).send().await;
    match answer.map_err(|error| TableError::refused(name, "DescribeTable", &error)) {
        Ok(answer) => Ok(answer.table),
        Err(TableError::Absent(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// True if a table can be restored to any second; `None` if the service does not support that.
pub(super) async fn is_restorable(client: &Client, name: &str) -> Result<Option<bool>, TableError> {
    let answer = client.describe_continuous_backups().table_name(name).send().await;
    match answer {
        Ok(answer) => Ok(Some(
            answer
                .continuous_backups_description
                .and_then(|backups| backups.point_in_time_recovery_description)
                .and_then(|recovery| recovery.point_in_time_recovery_status)
                .is_some_and(|status| status.as_str() == "ENABLED"),
        )),
        Err(error) if is_unknown_call(&error) => Ok(None),
        Err(error) => Err(TableError::refused(name, "DescribeContinuousBackups", &error)),
    }
}

/// The attribute by which a table's items expire.
pub(super) async fn expires_by(client: &Client, name: &str) -> Result<Option<String>, TableError> {
    let answer = client.describe_time_to_live().table_name(name).send().await;
    match answer {
        Ok(answer) => Ok(answer
            .time_to_live_description
            .filter(|ttl| {
                let status = ttl.time_to_live_status.as_ref().map(|status| status.as_str());
                matches!(status, Some("ENABLED" | "ENABLING"))
            })
            .and_then(|ttl| ttl.attribute_name)),
        Err(error) if is_unknown_call(&error) => Ok(None),
        Err(error) => Err(TableError::refused(name, "DescribeTimeToLive", &error)),
    }
}

/// True if the service does not know the call, as an emulator may not.
pub(super) fn is_unknown_call<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(
        error.code(),
        Some("UnknownOperationException" | "UnknownOperation" | "InvalidAction" | "NotImplemented")
    )
}

/// Formats keys in words.
pub(super) fn keys(schema: &[KeySchemaElement]) -> String {
    let words: Vec<String> = schema
        .iter()
        .map(|key| {
            let kind = match key.key_type() {
                KeyType::Hash => "partition",
                _ => "sort",
            };
            format!("{} ({kind})", key.attribute_name())
        })
        .collect();
    words.join(", ")
}
