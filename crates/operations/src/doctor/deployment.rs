//! Checks a deployment for problems. Excludes the checks that are the same for one machine, see
//! [`doctor`](crate::doctor). Start with [`examine_deployment`].

mod catalogue;
mod queue;
mod skew;
mod subscriber;
mod table;

use aws::DynamoStore;
use aws_types::SdkConfig;
use pipeline::port::StoreError;

use super::{Circumstances, Part, STORED, Scope, Stored, Symptom, Told as _, alert, look, stored_parts};
use crate::capacity::Meter;
use crate::store::CommandReads as _;
use crate::{Deployment, dynamo_client};

/// Checks a deployment and returns the symptoms in the order of [`Part`]. A meter records the capacity that the
/// calls consume.
///
/// # Errors
/// [`StoreError`] if DynamoDB does not respond at all. A failure in one part is a symptom of that part.
pub async fn examine_deployment(
    deployment: &Deployment,
    config: &SdkConfig,
    meter: Option<Meter>,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let mut symptoms = Vec::new();
    look::hosts(around, &mut symptoms);
    let skew = skew::Skew::default();
    let dynamo = table::client(config, meter.clone(), skew.clone());
    let tables_are_there = table::tables(&dynamo, deployment, around, &mut symptoms).await?;
    skew::by_aws(&skew, around, &mut symptoms);
    if tables_are_there {
        let store = DynamoStore::new(dynamo_client(config, meter), deployment.tables());
        stored(&store, around, &mut symptoms).await;
    } else {
        symptoms.extend(STORED.map(|part| Symptom::unknown(part, "a table is missing")));
    }
    queue::queues(config, deployment, around, &mut symptoms).await;
    subscriber::subscriptions(config, deployment, around, &mut symptoms).await;
    symptoms.sort_by_key(|symptom| symptom.part);
    Ok(symptoms)
}

impl Symptom {
    /// Adds a remedy.
    fn or_remedy(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: remedy.into(),
            ..self
        }
    }
}

async fn stored(store: &DynamoStore, around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    catalogue::catalogue(store, around)
        .await
        .tell(Part::Catalogue, symptoms);
    alerts(store, around).await.tell(Part::Alerts, symptoms);
    let looks = store.last_polls().await;
    let stored = Stored {
        looks,
        scope: Scope::Newest,
        letters: &[],
    };
    stored_parts(store, stored, around, symptoms).await;
}

/// Checks the alerts of a deployment.
async fn alerts(store: &DynamoStore, around: &Circumstances) -> Result<Vec<Symptom>, StoreError> {
    let left = alert::left(store.marks_in_progress().await?, around.now);
    if left.is_empty() {
        return Ok(vec![Symptom::good(Part::Alerts, "none started and not finished")]);
    }
    Ok(vec![alert::sent_again(
        &left,
        "The stream redelivers them for six hours. After that, fix the cause (docs/RUNBOOK.md, NotifierErrors), \
         compute the alerts again and send them:",
        around,
    )])
}
