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
            "and another host denies it"
        } else {
            "and no second look agreed since"
        };
        let symptom = Symptom::bad(
            Part::Corrections,
            format!(
                "{} showed another form of the bulletin of {} at {}, {why}",
                pending.host,
                month.title(),
                at(pending.at)
            ),
            format!(
                "See in a browser what {OFFICIAL_SITE}{} says. A page that is saved there and fed by hand counts as confirmed.",
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
                0 => "none waits".to_owned(),
                _ => format!("{} for a second look, for less than a day", waiting(young)),
            },
        ));
    }
    Ok(symptoms)
}

fn waiting(number: usize) -> String {
    if number == 1 {
        "1 waits".into()
    } else {
        format!("{number} wait")
    }
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
                    "Nothing was guessed; the rest is stored. Compare with {OFFICIAL_SITE}{}. What the department corrects is \
                     read again by itself within hours, or at once from the saved page.",
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
                    "every cell of the newest pages was read; to know: {}",
                    few(&others, " ")
                )
            },
        ));
    }
    Ok(symptoms)
}
