//! Checks for links to pages that are stuck or fail repeatedly. Excludes dead letters, see
//! [`letter`](super::letter). Start with [`links`].

use bulletin::Month;
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{BulletinStore, LinkTable, StoreError};
use pipeline::{Link, LinkState};

use super::{Circumstances, Part, Symptom, at, counted, one_line};

/// The maximum time that a link may be due before a poll that did not claim it.
const TAKEN_WITHIN: TimeDelta = TimeDelta::hours(3);
/// The number of consecutive failures from which an operator should check. They take half an hour.
const MANY_FAILURES: u32 = 4;

/// Reports links that are stuck. A due link counts as stuck only if a good poll followed: missing polls are another
/// symptom. Failures are reported only if the last poll was good.
pub(super) async fn links<S: BulletinStore + LinkTable>(
    store: &S,
    last_good_look: Option<DateTime<Utc>>,
    letters: &[Month],
    is_machine: bool,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let links = store.links().await?;
    let oldest = store.months().await?.first().copied();
    let mut symptoms = Vec::new();
    for link in &links {
        let month = link.link.month;
        if letters.contains(&month) {
            continue;
        }
        let Some((what, remedy)) = stuck(link, oldest, last_good_look) else {
            continue;
        };
        let symptom = Symptom::bad(Part::Links, what, remedy);
        symptoms.push(if is_machine {
            symptom
                .by(around.command(&format!("run --backfill {month}")))
                .by(around.command("ingest PAGE.html"))
        } else {
            symptom.by(around.command(&format!("replay --months {month}..{month}")))
        });
    }
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(
            Part::Links,
            format!("{}, none stuck", counted(links.len(), "page")),
        ));
    }
    Ok(symptoms)
}

fn stuck(
    link: &Link,
    oldest: Option<Month>,
    last_good_look: Option<DateTime<Utc>>,
) -> Option<(String, &'static str)> {
    let month = link.link.month;
    let left = |from: DateTime<Utc>| last_good_look.is_some_and(|look| from + TAKEN_WITHIN < look);
    match link.state {
        LinkState::Dead { .. } => Some((
            format!("the page of {month} was refused: {}", one_line(&link.note)),
            "Check the page in a browser. When it is correct, read it again.",
        )),
        LinkState::Queued { until } if left(until) => Some((
            format!(
                "the page of {month} was queued and had no result by {}, and no later poll queued it again",
                at(until)
            ),
            "Queue it again.",
        )),
        // Pages from before tracking began are not missing.
        LinkState::Due { at: from } if left(from) && oldest.is_some_and(|oldest| oldest < month) => Some((
            format!(
                "the page of {month} is due since {}, and no later poll fetched it",
                at(from)
            ),
            "Polls fetch only the newest bulletins. Fetch this one explicitly.",
        )),
        LinkState::Due { .. } if link.failures >= MANY_FAILURES && last_good_look.is_some() => Some((
            format!(
                "the page of {month} could not be fetched, {} in a row, although the list of bulletins could: {}",
                counted(link.failures as usize, "time"),
                one_line(&link.note)
            ),
            "Check the page in a browser. If it is there, save it and store it, or fetch it again.",
        )),
        _ => None,
    }
}
