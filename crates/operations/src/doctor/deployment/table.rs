//! Checks that the tables of a deployment exist, have the expected shape, and are protected. Excludes their
//! content, see [`content`](crate::doctor::content). Start with [`tables`].

use aws::BULLETIN_INDEX;
use aws::reason::reason;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{
    KeySchemaElement, KeyType, PointInTimeRecoveryStatus, ProjectionType, StreamViewType, TableDescription,
    TableStatus, TimeToLiveStatus,
};
use aws_types::SdkConfig;
use pipeline::port::StoreError;

use super::skew::Skew;
use crate::Deployment;
use crate::capacity::Meter;
use crate::deployment::Function;
use crate::doctor::look::stage;
use crate::doctor::{Circumstances, Part, Symptom};

/// The time-to-live attribute of a mark.
const MARKS_LIVE_UNTIL: &str = "delete_at";

/// A client that records the capacity and AWS's clock.
pub(super) fn client(config: &SdkConfig, meter: Option<Meter>, skew: Skew) -> Client {
    let mut builder = aws_sdk_dynamodb::config::Builder::from(config).interceptor(skew);
    if let Some(meter) = meter {
        builder = builder.interceptor(meter);
    }
    Client::from_conf(builder.build())
}

/// Checks the three tables and the stream. Returns whether they exist.
///
/// # Errors
/// [`StoreError::Unavailable`] if DynamoDB does not respond at all.
pub(super) async fn tables(
    client: &Client,
    deployment: &Deployment,
    around: &Circumstances,
    symptoms: &mut Vec<Symptom>,
) -> Result<bool, StoreError> {
    let names = deployment.tables();
    let before = symptoms.len();
    let mut all_are_there = true;
    for name in [&names.data, &names.links, &names.marks] {
        let Some(described) = describe(client, name).await? else {
            all_are_there = false;
            symptoms.push(
                Symptom::bad(
                    Part::Tables,
                    format!("the table {name} does not exist"),
                    "Check --stage, --region and --profile. If it was deleted, restore it from a backup. Otherwise \
                     create it:",
                )
                .by(around.command("table create")),
            );
            continue;
        };
        let is_data = *name == names.data;
        shape(name, &described, is_data, symptoms);
        if !described.deletion_protection_enabled.unwrap_or_default() {
            symptoms.push(
                Symptom::bad(
                    Part::Tables,
                    format!("{name} has no deletion protection"),
                    "Deploy with `data` set to `keep`, which is the default, or turn it on now:",
                )
                .by(around.command("table create")),
            );
        }
        recovery(client, name, around, symptoms).await;
        if is_data {
            stream(&described, deployment, symptoms);
        }
        if *name == names.marks {
            time_to_live(client, name, around, symptoms).await;
        }
    }
    if !symptoms[before..]
        .iter()
        .any(|symptom| symptom.part == Part::Tables)
    {
        symptoms.push(Symptom::good(
            Part::Tables,
            format!(
                "all three of {} have the expected schema, protection and recovery",
                stage(around)
            ),
        ));
    }
    Ok(all_are_there)
}

async fn describe(client: &Client, name: &str) -> Result<Option<TableDescription>, StoreError> {
    match client.describe_table().table_name(name).send().await {
        Ok(answer) => Ok(answer.table),
        Err(SdkError::ServiceError(error)) if error.err().is_resource_not_found_exception() => Ok(None),
        Err(error) => Err(StoreError::Unavailable {
            what: format!("the table {name}"),
            reason: reason(&error),
        }),
    }
}

/// Formats keys as `partition, sort`.
fn keys(schema: &[KeySchemaElement]) -> String {
    let mut keys: Vec<&KeySchemaElement> = schema.iter().collect();
    keys.sort_by_key(|key| key.key_type != KeyType::Hash);
    let names: Vec<&str> = keys.iter().map(|key| key.attribute_name.as_str()).collect();
    names.join(", ")
}

fn shape(name: &str, described: &TableDescription, is_data: bool, symptoms: &mut Vec<Symptom>) {
    let mut wrong = Vec::new();
    if !matches!(
        described.table_status,
        Some(TableStatus::Active | TableStatus::Updating)
    ) {
        let status = described
            .table_status
            .as_ref()
            .map_or("unknown", TableStatus::as_str);
        wrong.push(format!("its status is {status}"));
    }
    let expected = if is_data { "pk, sk" } else { "pk" };
    let found = keys(described.key_schema());
    if found != expected {
        wrong.push(format!("its keys are {found}, not {expected}"));
    }
    if is_data {
        let mut indexes = described.global_secondary_indexes().iter();
        let index = indexes.find(|index| index.index_name() == Some(BULLETIN_INDEX));
        let is_whole = index.is_some_and(|index| {
            keys(index.key_schema()) == "bulletin_date, pk"
                && index
                    .projection()
                    .and_then(|projection| projection.projection_type())
                    == Some(&ProjectionType::All)
        });
        if !is_whole {
            wrong.push(format!(
                "it has no index {BULLETIN_INDEX} on bulletin_date and pk with every attribute"
            ));
        }
    }
    if !wrong.is_empty() {
        symptoms.push(Symptom::bad(
            Part::Tables,
            format!("{name} has an unexpected schema: {}", wrong.join("; ")),
            "Deploy again, which restores an index: `make deploy` in a checkout of this project. If the keys \
             differ, the table belongs to another program: check --stage.",
        ));
    }
}

async fn recovery(client: &Client, name: &str, around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    match client.describe_continuous_backups().table_name(name).send().await {
        Ok(answer) => {
            let description = answer.continuous_backups_description;
            let recovery = description.and_then(|backups| backups.point_in_time_recovery_description);
            let status = recovery.and_then(|recovery| recovery.point_in_time_recovery_status);
            if status != Some(PointInTimeRecoveryStatus::Enabled) {
                symptoms.push(
                    Symptom::bad(
                        Part::Tables,
                        format!("{name} has no point-in-time recovery: overwritten data is lost"),
                        "Deploy again, or turn it on now:",
                    )
                    .by(around.command("table create")),
                );
            }
        }
        Err(error) => symptoms.push(Symptom::unknown(
            Part::Tables,
            format!(
                "cannot check if {name} has point-in-time recovery: {}",
                reason(&error)
            ),
        )),
    }
}

async fn time_to_live(client: &Client, name: &str, around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    match client.describe_time_to_live().table_name(name).send().await {
        Ok(answer) => {
            let description = answer.time_to_live_description;
            let is_on = description.is_some_and(|description| {
                description.attribute_name() == Some(MARKS_LIVE_UNTIL)
                    && matches!(
                        description.time_to_live_status(),
                        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
                    )
            });
            if !is_on {
                symptoms.push(
                    Symptom::bad(
                        Part::Tables,
                        format!("{name} keeps marks forever: no item expires by {MARKS_LIVE_UNTIL}"),
                        "Deploy again, or turn it on now:",
                    )
                    .by(around.command("table create")),
                );
            }
        }
        Err(error) => symptoms.push(Symptom::unknown(
            Part::Tables,
            format!("cannot check if old marks of {name} expire: {}", reason(&error)),
        )),
    }
}

fn stream(described: &TableDescription, deployment: &Deployment, symptoms: &mut Vec<Symptom>) {
    let specification = described.stream_specification();
    let view = specification.and_then(|stream| stream.stream_view_type());
    let is_on = specification.is_some_and(|stream| stream.stream_enabled);
    if !is_on || view != Some(&StreamViewType::NewAndOldImages) {
        let what = match view.filter(|_| is_on) {
            Some(view) => format!("the stream has the view {}, expected both images", view.as_str()),
            None => "the table's stream is off, so nobody is notified".to_owned(),
        };
        symptoms.push(
            Symptom::bad(
                Part::Stream,
                what,
                "Turn it on with the AWS CLI; turn a stream with another view off first. Then deploy, so that the \
                 notifier reads the new stream, and send missed alerts with `bulletin replay --alerts --months`.",
            )
            .by(format!(
                "aws dynamodb update-table --table-name {} \
                 --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES",
                deployment.tables().data
            )),
        );
        return;
    }
    symptoms.push(Symptom::good(Part::Stream, "on, with both images"));
    symptoms.push(
        Symptom::unknown(Part::Stream, "not checked from here: if the notifier reads it")
            .or_remedy("Its State must be Enabled in the output of the AWS CLI:")
            .by(format!(
                "aws lambda list-event-source-mappings --function-name {}",
                deployment.function(Function::Notifier)
            )),
    );
}
