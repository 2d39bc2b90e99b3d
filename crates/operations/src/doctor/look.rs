//! Checks the hosts, the last polls of the source, and whether the bulletin that should be out is stored. Start
//! with [`hosts`], [`looks`] and [`newest`].

use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{BulletinStore, Check, StoreError};
use pipeline::{overdue, skew};

use super::{Circumstances, Part, Symptom, at, counted};

/// The maximum age of the last good poll on one machine, which may be switched off at night.
const MACHINE: TimeDelta = TimeDelta::hours(24);
/// The maximum age of the last good poll of a deployment: its schedule polls every few minutes, and its alarm fires
/// after four polls or an hour.
const DEPLOYMENT: TimeDelta = TimeDelta::hours(4);

/// The last good poll of the source, and the last bad one.
pub type Looks = (Option<Check>, Option<Check>);

/// Reports the responses of the hosts.
pub(super) fn hosts(around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    let Some(answers) = &around.hosts else {
        symptoms.push(Symptom::unknown(Part::Hosts, "not checked, because of --offline"));
        return;
    };
    let lists: Vec<&str> = answers
        .iter()
        .filter(|answer| answer.listed.is_ok())
        .map(|answer| answer.host.as_str())
        .collect();
    let closed: Vec<String> = answers
        .iter()
        .filter_map(|answer| Some(format!("{}: {}", answer.host, answer.listed.as_ref().err()?)))
        .collect();
    symptoms.push(match (lists.as_slice(), closed.is_empty()) {
        ([], _) => Symptom::bad(
            Part::Hosts,
            format!("no host serves its list of bulletins: {}", closed.join("; ")),
            "Open https://travel.state.gov in a browser. If that works, save the page of the newest bulletin and \
             store it. Never evade a challenge.",
        )
        .by(around.command("ingest PAGE.html")),
        (lists, true) => Symptom::good(Part::Hosts, format!("every host serves its list of bulletins: {}", lists.join(", "))),
        (lists, false) => Symptom::good(
            Part::Hosts,
            format!(
                "{} serves its list of bulletins, which is enough; others do not: {}",
                lists.join(", "),
                closed.join("; ")
            ),
        ),
    });
}

/// The last polls without those dated in the future: their real time is unknown.
pub fn believed_looks((good, bad): &Looks, now: DateTime<Utc>) -> Looks {
    let believed = |check: &Option<Check>| check.clone().filter(|check| !skew::is_ahead(check.at, now));
    (believed(good), believed(bad))
}

/// The age of the last good poll in hours if it is stale; `None` if it is not, or if there is none.
pub fn stale_look(good: Option<&Check>, is_machine: bool, now: DateTime<Utc>) -> Option<i64> {
    let age = now - good?.at;
    (age > if is_machine { MACHINE } else { DEPLOYMENT }).then(|| age.num_hours())
}

/// The last poll, if it failed.
pub fn failed_look((good, bad): &Looks) -> Option<&Check> {
    bad.as_ref()
        .filter(|bad| good.as_ref().is_none_or(|good| good.at < bad.at))
}

/// Reports the last polls of the source.
pub(super) fn looks(looks: &Looks, is_machine: bool, around: &Circumstances) -> Vec<Symptom> {
    let good = looks.0.as_ref();
    let mut symptoms = Vec::new();
    let found = match (good, stale_look(good, is_machine, around.now)) {
        (None, _) if failed_look(looks).is_none() => Some("the source was never polled".to_owned()),
        (Some(_), Some(hours)) => Some(format!("the last successful poll was {}", ago(hours))),
        _ => None,
    };
    if let Some(what) = found {
        symptoms.push(look_again(what, is_machine, around));
    }
    if let Some(bad) = failed_look(looks) {
        symptoms.push(look_again(
            format!(
                "the last poll, {}, failed: {}",
                at(bad.at),
                super::one_line(&bad.note)
            ),
            is_machine,
            around,
        ));
    }
    if let (Some(good), true) = (good, symptoms.is_empty()) {
        symptoms.push(Symptom::good(
            Part::Polls,
            format!("the last successful poll was {}", at(good.at)),
        ));
    }
    symptoms
}

fn ago(hours: i64) -> String {
    format!(
        "{} ago",
        counted(usize::try_from(hours).unwrap_or_default(), "hour")
    )
}

fn look_again(what: String, is_machine: bool, around: &Circumstances) -> Symptom {
    if is_machine {
        return Symptom::bad(
            Part::Polls,
            what,
            "Poll now, and check that something polls regularly, such as cron.",
        )
        .by(around.command("run"));
    }
    Symptom::bad(
        Part::Polls,
        what,
        "Either nothing polls, or every poll fails: see LastGoodCheckAge in docs/RUNBOOK.md. To poll now with the \
         AWS CLI:",
    )
    .by(format!("aws lambda invoke --function-name VisaBulletin-{}-fetcher /dev/stdout", stage(around)))
}

/// The stage that is checked, as used in names.
pub(super) fn stage(around: &Circumstances) -> &str {
    let mut words = around.place.split_whitespace();
    words.find(|word| *word == "--stage");
    words.next().unwrap_or_default()
}

/// Checks that the bulletin that should be out is stored.
pub(super) async fn newest<S: BulletinStore>(
    store: &S,
    is_machine: bool,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let months = store.months().await?;
    let Some(newest) = months.last() else {
        let symptom = Symptom::bad(
            Part::Newest,
            "no bulletin is stored",
            "The first poll stores the newest one.",
        );
        return Ok(vec![if is_machine {
            symptom.by(around.command("run"))
        } else {
            symptom
        }]);
    };
    Ok(vec![match overdue(around.now, &months) {
        None => Symptom::good(
            Part::Newest,
            format!(
                "the newest of {} is {}",
                counted(months.len(), "bulletin"),
                newest.title()
            ),
        ),
        Some(month) => {
            let symptom = Symptom::bad(
                Part::Newest,
                format!(
                    "the bulletin of {} should be out and is not stored",
                    month.title()
                ),
                "Check in a browser if it is out: \
                 https://travel.state.gov/content/travel/en/legal/visa-law0/visa-bulletin.html. If it is, poll again, \
                 or save the page and store it.",
            );
            if is_machine {
                symptom
                    .by(around.command("run"))
                    .by(around.command("ingest PAGE.html"))
            } else {
                symptom.by(around.command(&format!("replay --months {month}..{month}")))
            }
        }
    }])
}
