//! Checks the clock of this machine against other clocks and against stored times. Start with [`by_hosts`]
//! and [`by_what_is_stored`].

use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{BulletinStore, LinkTable, StoreError};
use pipeline::skew;

use super::{Circumstances, Looks, Part, Symptom, at, few, months_in_force};

/// The maximum difference of this machine's clock. AWS refuses signed requests from a difference of five minutes
/// on, and everything stored gets the wrong time.
const TOO_FAR: TimeDelta = TimeDelta::seconds(60);

/// Checks the clock against those of the hosts that responded.
pub(super) fn by_hosts(around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    let Some(answers) = &around.hosts else {
        symptoms.push(Symptom::unknown(Part::Clock, "not checked, because of --offline"));
        return;
    };
    let known = answers
        .iter()
        .find_map(|answer| Some((answer.host.as_str(), answer.ahead?)));
    symptoms.push(judged(known));
}

/// The verdict on the clock, from the clock that is known and the time by which it is ahead.
pub(super) fn judged(known: Option<(&str, TimeDelta)>) -> Symptom {
    let Some((who, ahead)) = known else {
        return Symptom::unknown(Part::Clock, "no answer contains the time");
    };
    if ahead.abs() <= TOO_FAR {
        return Symptom::good(Part::Clock, format!("within a minute of the clock of {who}"));
    }
    let direction = if ahead > TimeDelta::zero() {
        "behind"
    } else {
        "ahead of"
    };
    Symptom::bad(
        Part::Clock,
        format!(
            "the clock of this machine is {} seconds {direction} the clock of {who}",
            ahead.abs().num_seconds()
        ),
        "Synchronize it with the network:",
    )
    .by("timedatectl set-ntp true")
}

/// The stored times that are in the future, one clause each: a clock was ahead when they were written, or is behind
/// now.
///
/// # Errors
/// [`StoreError`].
pub async fn future_times<S>(store: &S, looks: &Looks, now: DateTime<Utc>) -> Result<Vec<String>, StoreError>
where
    S: BulletinStore + LinkTable,
{
    let mut times = Vec::new();
    let mut add = |what: String, time: DateTime<Utc>| times.push(format!("{what} {}", at(time)));
    for (check, which) in [(&looks.0, "successful"), (&looks.1, "failed")] {
        if let Some(check) = check.as_ref().filter(|check| skew::is_ahead(check.at, now)) {
            add(format!("the last {which} poll is dated"), check.at);
        }
    }
    for month in months_in_force(store, now).await? {
        let Some(record) = store.record(month).await? else {
            continue;
        };
        if skew::is_ahead(record.fetched_at, now) {
            add(format!("the page of {month} was fetched at"), record.fetched_at);
        } else if skew::is_ahead(record.first_seen, now) {
            add(
                format!("the bulletin of {month} was first seen at"),
                record.first_seen,
            );
        }
        let pending = record.pending.filter(|pending| skew::is_ahead(pending.at, now));
        if let Some(pending) = pending {
            add(format!("a correction of {month} was first seen at"), pending.at);
        }
    }
    for link in store.links().await? {
        let due_from = link.state.due_from();
        if let Some(from) = due_from.filter(|from| *from > skew::latest_schedule(now)) {
            add(format!("the page of {} is not due until", link.link.month), from);
        }
    }
    Ok(times)
}

/// Checks the clock against the stored times.
pub(super) async fn by_what_is_stored<S>(
    store: &S,
    looks: &Result<Looks, StoreError>,
    is_machine: bool,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError>
where
    S: BulletinStore + LinkTable,
{
    // Polls that cannot be read are a separate symptom.
    let looks = looks.as_ref().unwrap_or(&(None, None));
    let times = future_times(store, looks, around.now).await?;
    if times.is_empty() {
        return Ok(Vec::new());
    }
    let what = format!(
        "a clock was ahead, or this machine's is behind: {}",
        few(&times, "; ")
    );
    Ok(vec![if is_machine {
        Symptom::bad(
            Part::Clock,
            what,
            "Check the clock. The next run corrects these times, reads the pages again, and sends the alerts that \
             were skipped.",
        )
        .by(around.command("run"))
    } else {
        Symptom::bad(
            Part::Clock,
            what,
            "Check the clock of every machine that stores pages in the deployment. These times count as now, so \
             they delay nothing; the next poll and the next version of the page replace them.",
        )
    }])
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_may_be_off_by_a_minute() {
        for (seconds, verdict, says) in [
            (0, Verdict::Good, "within a minute"),
            (-60, Verdict::Good, "AWS"),
            (61, Verdict::Problem, "61 seconds behind the clock of AWS"),
            (-3600, Verdict::Problem, "3600 seconds ahead of the clock of AWS"),
        ] {
            let symptom = judged(Some(("AWS", TimeDelta::seconds(seconds))));
            assert_eq!(symptom.verdict, verdict, "{seconds}");
            assert!(symptom.description.contains(says), "{}", symptom.description);
        }
        assert_eq!(judged(None).verdict, Verdict::Unknown);
    }
}
