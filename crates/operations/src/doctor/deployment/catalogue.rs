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
    let (counts, standings) = (store.counted_standings().await?, store.standings().await?.len());
    let mut symptoms = Vec::new();
    symptoms.extend(without_item(&texts(listed.difference(&there)), around));
    if counts != standings {
        symptoms.push(miscounted(store, counts, standings, around));
    }
    symptoms.extend(unlisted(store, &texts(there.difference(&listed))));
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(Part::Catalogue, counted(listed.len(), "bulletin")));
    }
    Ok(symptoms)
}

fn texts<'a>(months: impl Iterator<Item = &'a Month>) -> Vec<String> {
    months.map(ToString::to_string).collect()
}

/// The symptom that the catalogue lists these months and they have no item; `None` if there are none.
fn without_item(months: &[String], around: &Circumstances) -> Option<Symptom> {
    let symptom = || {
        Symptom::bad(
            Part::Catalogue,
            format!(
                "the catalogue lists bulletins that have no item: {}",
                few(months, ", ")
            ),
            "Save each page from a browser, and store it:",
        )
    };
    (!months.is_empty()).then(|| feed(symptom(), around))
}

/// The symptom that the catalogue counts another number of standings than there are.
fn miscounted(store: &DynamoStore, counts: usize, standings: usize, around: &Circumstances) -> Symptom {
    Symptom::bad(
        Part::Catalogue,
        format!(
            "the catalogue counts {}, but there are {standings}: nothing new can be stored",
            counted(counts, "standing")
        ),
        "Another program may have written there. Correct the number with the AWS CLI. Then store the newest page, which \
         restores missing standings:",
    )
    .by(format!(
        "aws dynamodb update-item --table-name {} --key '{CATALOGUE_KEY}' --update-expression 'SET cases = :n' \
         --expression-attribute-values '{{\":n\": {{\"N\": \"{standings}\"}}}}'",
        store.data_table(),
    ))
    .by(around.command("ingest PAGE.html"))
}

/// The symptom that the catalogue does not list these stored months; `None` if there are none.
fn unlisted(store: &DynamoStore, months: &[String]) -> Option<Symptom> {
    if months.is_empty() {
        return None;
    }
    let symptom = Symptom::bad(
        Part::Catalogue,
        format!(
            "the catalogue does not list these stored bulletins: {}",
            few(months, ", ")
        ),
        "Another program may have written there. Restore the item CATALOGUE from a backup, or add the months with the AWS \
         CLI:",
    );
    Some(symptom.by(format!(
        "aws dynamodb update-item --table-name {} --key '{CATALOGUE_KEY}' --update-expression 'ADD months :m' \
         --expression-attribute-values '{{\":m\": {{\"SS\": {}}}}}'",
        store.data_table(),
        serde_json::json!(months)
    )))
}
