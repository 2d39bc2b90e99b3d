//! Looks a database or a deployment through from end to end, and says of each part whether it is good, and what to do
//! where it is not. Nothing is changed.

mod alert;
mod clock;
mod content;
mod letter;
mod link;
mod look;
mod open;
mod subscriber;
mod table;
mod watch;
mod word;

use aws_types::SdkConfig;
use bulletin::Month;
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{BulletinStore, StoreError};
use serde::Serialize;

pub use clock::future_times;
pub use look::{Looks, believed_looks, failed_look, stale_look};

use word::{at, counted, few, one_line};

use crate::capacity::Meter;
use crate::{Deployment, Store};

/// The parts that only something stored can tell of.
const STORED: [Part; 5] = [
    Part::Looks,
    Part::Rows,
    Part::Standings,
    Part::Links,
    Part::Alerts,
];

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The hosts of the bulletins, as this machine reaches them.
    Hosts,
    /// The clock of this machine.
    Clock,
    /// The tables of a deployment.
    Tables,
    /// The stream behind which the alerts are sent.
    Stream,
    /// The SQLite file.
    File,
    /// The last looks at the source.
    Looks,
    /// Whether the bulletin that should be out is stored.
    Newest,
    /// The list of what is stored.
    Catalogue,
    /// Rows against the bulletins that they make.
    Rows,
    /// Standings against the rows.
    Standings,
    /// Pages and what is to be done with them.
    Links,
    /// What failed for good and waits for an operator.
    DeadLetters,
    /// Alerts that wait, or were begun and not finished.
    Alerts,
    /// Corrections that wait for their confirmation.
    Corrections,
    /// What could not be read on the newest pages.
    Findings,
    /// Who is told on this machine.
    Watches,
    /// Who is told by the topics of a deployment.
    Subscriptions,
    /// What SNS lets through of SMS.
    Sms,
}

impl Part {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Clock => "clock",
            Self::Tables => "tables",
            Self::Stream => "stream",
            Self::File => "file",
            Self::Looks => "looks",
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

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is wrong with it.
    Good,
    /// Somebody should look at it.
    NeedsALook,
    /// It cannot be told from here.
    CannotBeKnown,
}

/// What was found of a part, and what to do about it. No address of anybody stands in it unmasked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Symptom {
    /// Which part.
    pub part: Part,
    /// How it is.
    pub verdict: Verdict,
    /// What was found, in words.
    pub what: String,
    /// What to do, in words; empty where nothing is to be done.
    pub to_do: String,
    /// The commands that do it, in their order, as they are typed.
    pub commands: Vec<String>,
}

impl Symptom {
    fn good(part: Part, what: impl Into<String>) -> Self {
        Self {
            part,
            verdict: Verdict::Good,
            what: what.into(),
            to_do: String::new(),
            commands: Vec::new(),
        }
    }

    fn bad(part: Part, what: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::NeedsALook,
            to_do: to_do.into(),
            ..Self::good(part, what)
        }
    }

    fn unknown(part: Part, what: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::CannotBeKnown,
            ..Self::good(part, what)
        }
    }

    fn or_do(self, to_do: impl Into<String>) -> Self {
        Self {
            to_do: to_do.into(),
            ..self
        }
    }

    fn by(mut self, command: impl Into<String>) -> Self {
        self.commands.push(command.into());
        self
    }
}

/// What a host of the bulletins answered when it was asked for its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAnswer {
    /// The host's name.
    pub host: String,
    /// How many bulletins it lists, or what it answered in place of its list.
    pub listed: Result<usize, String>,
    /// By how much its clock is ahead of this machine's, where its answer says so.
    pub ahead: Option<TimeDelta>,
}

/// What is to be examined.
#[derive(Debug)]
pub enum Patient<'a> {
    /// The SQLite file of one machine.
    Machine {
        /// The file.
        store: &'a sqlite::SqliteStore,
        /// Why no e-mail can be sent from here; `None` where it can.
        no_mail: Option<String>,
    },
    /// A deployment.
    Deployment {
        /// Which.
        deployment: &'a Deployment,
        /// The way to it.
        config: &'a SdkConfig,
        /// Learns what the calls consume.
        meter: Option<Meter>,
    },
}

/// What an examination knows from outside.
#[derive(Debug)]
pub struct Circumstances {
    /// The present instant.
    pub now: DateTime<Utc>,
    /// What each host answered; `None` where they were not to be asked.
    pub hosts: Option<Vec<HostAnswer>>,
    /// What a command needs beside itself to mean the same place, such as ` --stage prod`, with a blank before it.
    pub place: String,
}

impl Circumstances {
    /// A command for the place that is examined.
    fn command(&self, words: &str) -> String {
        format!("bulletin {words}{}", self.place)
    }
}

/// Looks everything through, and answers in the order of [`Part`].
///
/// # Errors
/// [`StoreError`] where the place cannot be looked at at all. What goes wrong with one part is that part's symptom.
pub async fn examine(patient: Patient<'_>, around: &Circumstances) -> Result<Vec<Symptom>, StoreError> {
    let mut symptoms = Vec::new();
    look::hosts(around, &mut symptoms);
    match patient {
        Patient::Machine { store, no_mail } => {
            clock::by_hosts(around, &mut symptoms);
            content::file(store, &mut symptoms);
            let file_is_good = symptoms
                .iter()
                .all(|symptom| symptom.part != Part::File || symptom.verdict == Verdict::Good);
            if file_is_good {
                machine(store, no_mail.as_deref(), around, &mut symptoms).await;
            } else {
                symptoms.extend(STORED.map(|part| Symptom::unknown(part, "the file is damaged")));
            }
        }
        Patient::Deployment {
            deployment,
            config,
            meter,
        } => {
            let skew = clock::Skew::default();
            let dynamo = table::client(config, meter.clone(), skew.clone());
            let tables_are_there = table::tables(&dynamo, deployment, around, &mut symptoms).await?;
            clock::by_aws(&skew, around, &mut symptoms);
            if tables_are_there {
                let store = Store::of(deployment, config, meter);
                stored(&store, around, &mut symptoms).await;
            } else {
                symptoms.extend(STORED.map(|part| Symptom::unknown(part, "a table is missing")));
            }
            letter::queues(config, deployment, around, &mut symptoms).await;
            subscriber::subscriptions(config, deployment, around, &mut symptoms).await;
        }
    }
    symptoms.sort_by_key(|symptom| symptom.part);
    Ok(symptoms)
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
    stored_parts(store, store.checks(), Scope::All, &letters, around, symptoms).await;
}

async fn stored(store: &Store, around: &Circumstances, symptoms: &mut Vec<Symptom>) {
    if let Store::Dynamo(dynamo) = store {
        content::catalogue(dynamo, around)
            .await
            .tell(Part::Catalogue, symptoms);
        alert::on_aws(dynamo, around).await.tell(Part::Alerts, symptoms);
    }
    stored_parts(store, store.checks().await, Scope::Newest, &[], around, symptoms).await;
}

/// How many bulletins have their rows read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Every one: on one machine that is quick and costs nothing.
    All,
    /// The two newest.
    Newest,
}

/// What is looked at in the same way wherever it is stored. Months that have a dead letter are told of there.
async fn stored_parts<S>(
    store: &S,
    looks: Result<Looks, StoreError>,
    scope: Scope,
    letters: &[Month],
    around: &Circumstances,
    symptoms: &mut Vec<Symptom>,
) where
    S: BulletinStore + pipeline::port::LinkTable,
{
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
        .tell(Part::Looks, symptoms);
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

/// What came of looking at a part.
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
                "Somebody else may have written there. Bring back what was stored before, from a backup.",
            )),
            Err(error) => symptoms.push(Symptom::unknown(part, one_line(&error.to_string()))),
        }
    }
}

/// The months that matter now: the one in force and those to come, as far as they are stored; else the newest.
async fn months_in_force<S: BulletinStore>(store: &S, now: DateTime<Utc>) -> Result<Vec<Month>, StoreError> {
    let months = store.months().await?;
    let present = pipeline::port::present_month(now);
    let mut current: Vec<Month> = months.iter().copied().filter(|month| *month >= present).collect();
    if current.is_empty() {
        current.extend(months.last());
    }
    Ok(current)
}
