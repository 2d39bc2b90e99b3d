//! Checks the bulletins that matter now for corrections that await confirmation and for unreadable content.

use chrono::TimeDelta;
use pipeline::OFFICIAL_SITE;
use pipeline::port::{BulletinStore, StoreError};

use super::{Circumstances, Part, Symptom, at, few, months_in_force};

/// The maximum time that a correction may await confirmation.
const WAITS: TimeDelta = TimeDelta::days(1);

/// Reports corrections that await confirmation.
pub(super) async fn corrections<S: BulletinStore>(
    store: &S,
    is_machine: bool,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let mut symptoms = Vec::new();
    let mut young = 0;
    for month in months_in_force(store, around.now).await? {
        let Some(record) = store.record(month).await? else {
            continue;
        };
        let Some(pending) = &record.pending else { continue };
        if !pending.contested && around.now - pending.at <= WAITS {
            young += 1;
            continue;
        }
        let why = if pending.contested {
            "and another host contradicts it"
        } else {
            "and no second fetch has confirmed it"
        };
        let symptom = Symptom::bad(
            Part::Corrections,
            format!(
                "{} served a different version of the bulletin of {} at {}, {why}",
                pending.host,
                month.title(),
                at(pending.at)
            ),
            format!(
                "Check {OFFICIAL_SITE}{} in a browser. A page that you save there and store counts as confirmed.",
                record.path
            ),
        );
        let symptom = symptom.by(around.command("ingest PAGE.html"));
        symptoms.push(if is_machine {
            symptom
        } else {
            symptom.by(around.command(&format!("replay --months {month}..{month}")))
        });
    }
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(
            Part::Corrections,
            match young {
                0 => "none pending".to_owned(),
                _ => format!("{young} pending a second fetch, for less than a day"),
            },
        ));
    }
    Ok(symptoms)
}

/// Reports unreadable content on the pages of the newest bulletins.
pub(super) async fn findings<S: BulletinStore>(
    store: &S,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let mut symptoms = Vec::new();
    let mut others = Vec::new();
    for month in months_in_force(store, around.now).await? {
        let Some(record) = store.record(month).await? else {
            continue;
        };
        let lost = record.findings.iter().filter(|finding| finding.loses_a_cut_off());
        let lost: Vec<String> = lost.map(ToString::to_string).collect();
        let rest = record
            .findings
            .iter()
            .filter(|finding| !finding.loses_a_cut_off());
        others.extend(rest.map(|finding| format!("{month}: {finding}")));
        if lost.is_empty() {
            continue;
        }
        symptoms.push(
            Symptom::bad(
                Part::Findings,
                format!("{month}: {}", few(&lost, " ")),
                format!(
                    "Compare with {OFFICIAL_SITE}{}. The other cells are stored. When the department corrects the \
                     page, it is read again within hours. To read it now, save the page and store it.",
                    record.path
                ),
            )
            .by(around.command("ingest PAGE.html")),
        );
    }
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(
            Part::Findings,
            if others.is_empty() {
                "every cell of the newest pages was read".to_owned()
            } else {
                format!(
                    "every cell of the newest pages was read; remarks: {}",
                    few(&others, " ")
                )
            },
        ));
    }
    Ok(symptoms)
}
