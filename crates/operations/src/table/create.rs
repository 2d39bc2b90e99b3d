//! Creates a table of a deployment and waits until it is ready. Excludes its definition, see
//! [`shape`](super::shape). Start with [`create`].

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{PointInTimeRecoverySpecification, TableDescription, TimeToLiveSpecification};
use serde::Serialize;
use tokio::time::sleep;

use super::describe::{description, expires_by, is_restorable, is_unknown_call, keys};
use super::{TableError, TableKind, definition};
use crate::Deployment;

/// The interval between checks whether a new table is ready.
const PAUSE: Duration = Duration::from_secs(1);
/// The maximum number of these checks: AWS creates a table in seconds, rarely in minutes.
const ATTEMPTS: u64 = 300;

/// A table that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Its name.
    pub table: String,
    /// True if it was created now, false if it existed before.
    pub made: bool,
    /// The settings that were added to an existing table.
    pub completed: Vec<&'static str>,
    /// The settings that the service does not support, for example an emulator.
    pub lacks: Vec<&'static str>,
    /// The ARN of its stream.
    pub stream_arn: Option<String>,
}

/// Creates one table of a deployment in the shape of the template, and waits until it is ready. Missing settings
/// are added to an existing table; its layout is never changed.
///
/// # Errors
/// [`TableError`]; running it again continues.
pub async fn create(
    client: &Client,
    deployment: &Deployment,
    kind: TableKind,
    protected: bool,
) -> Result<Created, TableError> {
    let name = kind.name(deployment);
    let definition = definition(kind, deployment, protected)
        .map_err(|error| TableError::unbuilt(&name, "CreateTable", &error))?;
    let mut made = false;
    if description(client, &name).await?.is_none() {
        match definition.clone().send_with(client).await {
            Ok(_) => made = true,
            // Another process is creating it at this moment.
            Err(error) if error.code() == Some("ResourceInUseException") => {}
            Err(error) => return Err(TableError::refused(&name, "CreateTable", &error)),
        }
    }
    let table = ready(client, &name).await?;
    check_shape(&name, &table, &definition)?;
    let mut created = Created {
        stream_arn: table.latest_stream_arn().map(str::to_owned),
        table: name,
        made,
        completed: Vec::new(),
        lacks: Vec::new(),
    };
    if protected && !table.deletion_protection_enabled().unwrap_or_default() {
        protect(client, &mut created).await?;
    }
    make_restorable(client, &mut created).await?;
    if let Some(attribute) = kind.time_to_live() {
        make_expire(client, attribute, &mut created).await?;
    }
    Ok(created)
}

/// Waits until a table and all its indexes are ready.
async fn ready(client: &Client, name: &str) -> Result<TableDescription, TableError> {
    let mut status = "not there yet".to_owned();
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            sleep(PAUSE).await;
        }
        let Some(table) = description(client, name).await? else {
            continue;
        };
        let of_table = table.table_status().map_or("?", |status| status.as_str());
        let of_indexes = table
            .global_secondary_indexes()
            .iter()
            .map(|index| index.index_status().map_or("ACTIVE", |status| status.as_str()));
        match std::iter::once(of_table)
            .chain(of_indexes)
            .find(|status| *status != "ACTIVE")
        {
            None => return Ok(table),
            Some(other) => status = other.to_owned(),
        }
    }
    Err(TableError::NotReady {
        table: name.to_owned(),
        status,
        seconds: ATTEMPTS * PAUSE.as_secs(),
    })
}

/// Checks that a table has the expected keys, index and stream.
fn check_shape(
    name: &str,
    table: &TableDescription,
    definition: &CreateTableInputBuilder,
) -> Result<(), TableError> {
    let otherwise = |what: String| {
        Err(TableError::Otherwise {
            table: name.to_owned(),
            what,
        })
    };
    let wanted = keys(definition.get_key_schema().as_deref().unwrap_or_default());
    let found = keys(table.key_schema());
    if wanted != found {
        return otherwise(format!("keys are {found}, and not {wanted}"));
    }
    for index in definition.get_global_secondary_indexes().iter().flatten() {
        let there = table
            .global_secondary_indexes()
            .iter()
            .find(|there| there.index_name() == Some(index.index_name()));
        let wanted = keys(index.key_schema());
        match there.map(|there| keys(there.key_schema())) {
            None => return otherwise(format!("index {} is missing", index.index_name())),
            Some(found) if found != wanted => {
                return otherwise(format!(
                    "index {} has the keys {found}, and not {wanted}",
                    index.index_name()
                ));
            }
            Some(_) => {}
        }
    }
    if let Some(wanted) = definition.get_stream_specification() {
        let found = table
            .stream_specification()
            .and_then(|stream| stream.stream_view_type());
        if found != wanted.stream_view_type() {
            let found = found.map_or("nothing", |view| view.as_str());
            return otherwise(format!("stream tells {found}, and not NEW_AND_OLD_IMAGES"));
        }
    }
    Ok(())
}

async fn protect(client: &Client, created: &mut Created) -> Result<(), TableError> {
    let name = &created.table;
    let request = client
        .update_table()
        .table_name(name)
        .deletion_protection_enabled(true);
    request
        .send()
        .await
        .map_err(|error| TableError::refused(name, "UpdateTable", &error))?;
    let table = ready(client, name).await?;
    let is_on = table.deletion_protection_enabled().unwrap_or_default();
    note(created, "deletion protection", is_on);
    Ok(())
}

async fn make_restorable(client: &Client, created: &mut Created) -> Result<(), TableError> {
    let name = &created.table;
    if is_restorable(client, name).await? == Some(true) {
        return Ok(());
    }
    let on = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(true)
        .build()
        .map_err(|error| TableError::unbuilt(name, "UpdateContinuousBackups", &error))?;
    for _ in 0..ATTEMPTS {
        let request = client
            .update_continuous_backups()
            .table_name(name)
            .point_in_time_recovery_specification(on.clone());
        match request.send().await {
            Ok(_) => break,
            Err(error) if is_unknown_call(&error) => break,
            // A new table has no backups for the first seconds.
            Err(error) if error.code() == Some("ContinuousBackupsUnavailableException") => sleep(PAUSE).await,
            Err(error) => return Err(TableError::refused(name, "UpdateContinuousBackups", &error)),
        }
    }
    let is_on = is_restorable(client, name).await? == Some(true);
    note(created, "point-in-time recovery", is_on);
    Ok(())
}

async fn make_expire(
    client: &Client,
    attribute: &'static str,
    created: &mut Created,
) -> Result<(), TableError> {
    let name = &created.table;
    match expires_by(client, name).await? {
        Some(found) if found == attribute => return Ok(()),
        Some(found) => {
            return Err(TableError::Otherwise {
                table: name.clone(),
                what: format!("items expire by {found}, and not by {attribute}"),
            });
        }
        None => {}
    }
    let on = TimeToLiveSpecification::builder()
        .attribute_name(attribute)
        .enabled(true)
        .build()
        .map_err(|error| TableError::unbuilt(name, "UpdateTimeToLive", &error))?;
    let answer = client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(on)
        .send()
        .await;
    match answer {
        Ok(_) => {}
        Err(error) if is_unknown_call(&error) => {}
        Err(error) => return Err(TableError::refused(name, "UpdateTimeToLive", &error)),
    }
    let is_on = expires_by(client, name).await?.is_some();
    note(created, "expiry of items", is_on);
    Ok(())
}

/// Records a setting that was added, or that the service did not accept.
fn note(created: &mut Created, what: &'static str, is_on: bool) {
    if !is_on {
        created.lacks.push(what);
    } else if !created.made {
        created.completed.push(what);
    }
}
