//! Checks the catalogue of a deployment, the item that lists the stored bulletins.

use std::collections::BTreeSet;

use aws::DynamoStore;
use bulletin::Month;
use pipeline::port::{BulletinStore, StoreError};
use pipeline::present_month;

use crate::doctor::content::feed;
use crate::doctor::{Circumstances, Part, Symptom, counted, few};

/// The first bulletin in the modern form, December 2001; no earlier month was ever stored.
const EARLIEST: (i32, u32) = (2001, 12);

/// The key of the catalogue's item, as the AWS CLI takes it.
const CATALOGUE_KEY: &str = r#"{"pk": {"S": "CATALOGUE"}, "sk": {"S": "CATALOGUE"}}"#;

/// Checks that the catalogue and the bulletins' items name the same months.
pub(super) async fn catalogue(
    store: &DynamoStore,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let listed: BTreeSet<Month> = store.months().await?.into_iter().collect();
    let horizon = present_month(around.now).next().next();
    let all = Month::new(EARLIEST.0, EARLIEST.1)
        .into_iter()
        .flat_map(|first| first.through(horizon).collect::<Vec<_>>());
    let asked: BTreeSet<Month> = all.chain(listed.iter().copied()).collect();
    let there: BTreeSet<Month> = store.months_with_record(asked).await?.into_iter().collect();
    let texts = |months: Vec<&Month>| months.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut symptoms = Vec::new();
    let without = texts(listed.difference(&there).collect());
    if !without.is_empty() {
        symptoms.push(feed(
            Symptom::bad(
                Part::Catalogue,
                format!(
                    "the catalogue lists bulletins that have no item: {}",
                    few(&without, ", ")
                ),
                "Save each page from a browser, and store it:",
            ),
            around,
        ));
    }
    let (counts, standings) = (store.counted_standings().await?, store.standings().await?.len());
    if counts != standings {
        symptoms.push(
            Symptom::bad(
                Part::Catalogue,
                format!(
                    "the catalogue counts {}, but there are {standings}: nothing new can be stored",
                    counted(counts, "standing")
                ),
                "Another program may have written there. Correct the number with the AWS CLI. Then store the newest \
                 page, which restores missing standings:",
            )
            .by(format!(
                "aws dynamodb update-item --table-name {} --key '{CATALOGUE_KEY}' \
                 --update-expression 'SET cases = :n' --expression-attribute-values '{{\":n\": {{\"N\": \"{standings}\"}}}}'",
                store.data_table(),
            ))
            .by(around.command("ingest PAGE.html")),
        );
    }
    let unlisted = texts(there.difference(&listed).collect());
    if !unlisted.is_empty() {
        symptoms.push(
            Symptom::bad(
                Part::Catalogue,
                format!(
                    "the catalogue does not list these stored bulletins: {}",
                    few(&unlisted, ", ")
                ),
                "Another program may have written there. Restore the item CATALOGUE from a backup, or add the \
                 months with the AWS CLI:",
            )
            .by(format!(
                "aws dynamodb update-item --table-name {} --key '{}' --update-expression 'ADD months :m' \
                 --expression-attribute-values '{{\":m\": {{\"SS\": {}}}}}'",
                store.data_table(),
                CATALOGUE_KEY,
                serde_json::json!(unlisted)
            )),
        );
    }
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(Part::Catalogue, counted(listed.len(), "bulletin")));
    }
    Ok(symptoms)
}
