//! Checks a database or a deployment for problems, with a verdict and a remedy for each part. Changes nothing.
//! Start with
//! [`examine_machine`].

mod alert;
mod clock;
mod content;
#[cfg(feature = "aws")]
mod deployment;
mod letter;
mod link;
mod look;
mod open;
mod watch;
mod word;

use bulletin::Month;
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{BulletinStore, StoreError};
use serde::Serialize;

pub use clock::future_times;
#[cfg(feature = "aws")]
pub use deployment::examine_deployment;
pub use look::{Looks, believed_looks, failed_look, stale_look};

use word::{at, counted, few, one_line};

/// The parts whose checks need stored bulletins.
const STORED: [Part; 5] = [
    Part::Polls,
    Part::Rows,
    Part::Standings,
    Part::Links,
    Part::Alerts,
];

/// A part to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The hosts of the bulletins, as reached from this machine.
    Hosts,
    /// The clock of this machine.
    Clock,
    /// The tables of a deployment.
    Tables,
    /// The stream that triggers the alerts.
    Stream,
    /// The SQLite file.
    File,
    /// The last polls of the source.
    Polls,
    /// The bulletin that should be out by now.
    Newest,
    /// The catalogue of stored bulletins.
    Catalogue,
    /// The rows, compared with the digests of their bulletins.
    Rows,
    /// The standings, compared with the rows.
    Standings,
    /// The links to pages and their state.
    Links,
    /// Dead letters that need an operator.
    DeadLetters,
    /// Alerts that are retried, or were started and not finished.
    Alerts,
    /// Corrections that await confirmation.
    Corrections,
    /// Unreadable content on the newest pages.
    Findings,
    /// The watches of this machine.
    Watches,
    /// The subscriptions to the topics of a deployment.
    Subscriptions,
    /// The SMS settings and limits of SNS.
    Sms,
}

impl Part {
    /// The name of the part for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Clock => "clock",
            Self::Tables => "tables",
            Self::Stream => "stream",
            Self::File => "file",
            Self::Polls => "polls",
            Self::Newest => "newest",
            Self::Catalogue => "catalogue",
            Self::Rows => "rows",
            Self::Standings => "standings",
            Self::Links => "links",
            Self::DeadLetters => "dead letters",
            Self::Alerts => "alerts",
            Self::Corrections => "corrections",
            Self::Findings => "findings",
            Self::Watches => "watches",
            Self::Subscriptions => "subscriptions",
            Self::Sms => "sms",
        }
    }
}

/// The verdict on a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No problem was found.
    Good,
    /// Nothing is broken, but the user probably wants something else.
    Warning,
    /// An operator should fix it.
    Problem,
    /// It cannot be checked from here.
    Unknown,
}

/// A finding about a part, with its remedy. Addresses in it are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Symptom {
    /// The part.
    pub part: Part,
    /// The verdict.
    pub verdict: Verdict,
    /// The finding, in words.
    pub description: String,
    /// The remedy, in words; empty if there is nothing to do.
    pub remedy: String,
    /// The commands of the remedy in order, ready to type.
    pub commands: Vec<String>,
}

impl Symptom {
    fn good(part: Part, description: impl Into<String>) -> Self {
        Self {
            part,
            verdict: Verdict::Good,
            description: description.into(),
            remedy: String::new(),
            commands: Vec::new(),
        }
    }

    fn bad(part: Part, description: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Problem,
            remedy: remedy.into(),
            ..Self::good(part, description)
        }
    }

    fn warning(part: Part, description: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warning,
            ..Self::bad(part, description, remedy)
        }
    }

    fn unknown(part: Part, description: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Unknown,
            ..Self::good(part, description)
        }
    }

    fn by(mut self, command: impl Into<String>) -> Self {
        self.commands.push(command.into());
        self
    }
}

/// The response of a host to a request for its list of bulletins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAnswer {
    /// The name of the host.
    pub host: String,
    /// The number of bulletins on its list, or the error that it returned instead.
    pub listed: Result<usize, String>,
    /// The time by which its clock is ahead of this machine's, if its response has a date.
    pub ahead: Option<TimeDelta>,
}

/// The circumstances of a check that the caller knows.
#[derive(Debug)]
pub struct Circumstances {
    /// The present instant.
    pub now: DateTime<Utc>,
    /// The response of each host; `None` if they were not requested.
    pub hosts: Option<Vec<HostAnswer>>,
    /// The options that select the same place in another command, such as ` --stage prod`, with a leading space.
    pub place: String,
}

impl Circumstances {
    /// A command for the place that is checked.
    fn command(&self, words: &str) -> String {
        format!("bulletin {words}{}", self.place)
    }
}

/// Checks a SQLite file and returns the symptoms in the order of [`Part`]. A failure in one part is a symptom of that
/// part. `no_mail` is the reason why no e-mail can be sent from here; `None` if it can.
pub async fn examine_machine(
    store: &sqlite::SqliteStore,
    no_mail: Option<&str>,
    around: &Circumstances,
) -> Vec<Symptom> {
    let mut symptoms = Vec::new();
    look::hosts(around, &mut symptoms);
    clock::by_hosts(around, &mut symptoms);
    content::file(store, &mut symptoms);
    let file_is_good = symptoms
        .iter()
        .all(|symptom| symptom.part != Part::File || symptom.verdict == Verdict::Good);
    if file_is_good {
        machine(store, no_mail, around, &mut symptoms).await;
    } else {
        symptoms.extend(STORED.map(|part| Symptom::unknown(part, "the file is damaged")));
    }
    symptoms.sort_by_key(|symptom| symptom.part);
    symptoms
}

async fn machine(
    store: &sqlite::SqliteStore,
    no_mail: Option<&str>,
    around: &Circumstances,
    symptoms: &mut Vec<Symptom>,
) {
    letter::dead_letters(store, around)
        .await
        .tell(Part::DeadLetters, symptoms);
    watch::watches(store, no_mail, around).tell(Part::Watches, symptoms);
    content::half_stored(store, around)
        .await
        .tell(Part::Catalogue, symptoms);
    alert::on_machine(store, around).tell(Part::Alerts, symptoms);
    let letters = letter::months(store).unwrap_or_default();
    let stored = Stored {
        looks: store.checks(),
        scope: Scope::All,
        letters: &letters,
    };
    stored_parts(store, stored, around, symptoms).await;
}

/// The bulletins whose rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// All: on one machine this is fast and free.
    All,
    /// The two newest.
    Newest,
}

/// The parts of a store that each kind of store reads differently.
struct Stored<'a> {
    /// The last good and the last failed poll.
    looks: Result<Looks, StoreError>,
    scope: Scope,
    /// The months that have a dead letter.
    letters: &'a [Month],
}

/// The checks that are the same for every store. Months that have a dead letter are reported there.
async fn stored_parts<S>(store: &S, stored: Stored<'_>, around: &Circumstances, symptoms: &mut Vec<Symptom>)
where
    S: BulletinStore + pipeline::port::LinkTable,
{
    let Stored {
        looks,
        scope,
        letters,
    } = stored;
    let is_machine = scope == Scope::All;
    clock::by_what_is_stored(store, &looks, is_machine, around)
        .await
        .tell(Part::Clock, symptoms);
    let looks = looks.map(|looks| believed_looks(&looks, around.now));
    let last_look = match &looks {
        Ok((good, bad)) => good.iter().chain(bad).map(|check| check.at).max(),
        Err(_) => None,
    };
    let last_is_good = matches!(&looks, Ok(looks) if failed_look(looks).is_none());
    looks
        .map(|looks| look::looks(&looks, is_machine, around))
        .tell(Part::Polls, symptoms);
    look::newest(store, is_machine, around)
        .await
        .tell(Part::Newest, symptoms);
    content::rows(store, scope, around)
        .await
        .tell(Part::Rows, symptoms);
    content::standings(store, around)
        .await
        .tell(Part::Standings, symptoms);
    link::links(
        store,
        last_look.filter(|_| last_is_good),
        letters,
        is_machine,
        around,
    )
    .await
    .tell(Part::Links, symptoms);
    open::corrections(store, is_machine, around)
        .await
        .tell(Part::Corrections, symptoms);
    open::findings(store, around).await.tell(Part::Findings, symptoms);
}

/// The result of checking a part.
trait Told {
    fn tell(self, part: Part, symptoms: &mut Vec<Symptom>);
}

impl Told for Result<Vec<Symptom>, StoreError> {
    fn tell(self, part: Part, symptoms: &mut Vec<Symptom>) {
        match self {
            Ok(found) => symptoms.extend(found),
            Err(error @ StoreError::Broken { .. }) => symptoms.push(Symptom::bad(
                part,
                one_line(&error.to_string()),
                "Another program may have written there. Restore the data from a backup.",
            )),
            Err(error) => symptoms.push(Symptom::unknown(part, one_line(&error.to_string()))),
        }
    }
}

/// The stored months that matter now: the month in force and later ones; otherwise the newest.
async fn months_in_force<S: BulletinStore>(store: &S, now: DateTime<Utc>) -> Result<Vec<Month>, StoreError> {
    let months = store.months().await?;
    let present = pipeline::present_month(now);
    let mut current: Vec<Month> = months.iter().copied().filter(|month| *month >= present).collect();
    if current.is_empty() {
        current.extend(months.last());
    }
    Ok(current)
}
