//! Checks the watches of one machine. Excludes the subscriptions of a deployment, see
//! [`subscriber`](super::subscriber).

use pipeline::port::StoreError;
use sqlite::{SqliteStore, WatchChannel};

use super::{Circumstances, Part, Symptom, at, counted, one_line};

/// Checks that e-mail can be sent if a watch uses it, and reports mail that its servers refused.
pub(super) fn watches(
    store: &SqliteStore,
    no_mail: Option<&str>,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let watches = store.watches()?;
    let by_mail = watches
        .iter()
        .filter(|watch| matches!(watch.channel, WatchChannel::Email(_)))
        .count();
    let mut symptoms = Vec::new();
    if let (Some(reason), 1..) = (no_mail, by_mail) {
        symptoms.push(
            Symptom::bad(
                Part::Watches,
                format!(
                    "{} told by e-mail, and none can be sent with this environment: {reason}",
                    if by_mail == 1 {
                        "1 watch is".to_owned()
                    } else {
                        format!("{by_mail} watches are")
                    }
                ),
                "Set what is missing for whatever runs `bulletin run`, such as cron; where the lines are:",
            )
            .by("bulletin watch add --help"),
        );
    }
    for refused in store.refused()? {
        symptoms.push(
            Symptom::bad(
                Part::Watches,
                format!(
                    "an alert of watch {} was refused for good at {}: {}",
                    refused.watch,
                    at(refused.at),
                    one_line(&refused.reason)
                ),
                "Where the address is right and the server accepts it now, have it tried again; else remove the watch, and add \
                 one with the right address.",
            )
            .by(around.command("run --retry"))
            .by(around.command(&format!("watch remove {}", refused.watch))),
        );
    }
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(
            Part::Watches,
            match (watches.len(), by_mail) {
                (0, _) => "none: nobody is told of anything".to_owned(),
                (all, 0) => counted_watches(all),
                (all, by_mail) => format!("{}, {by_mail} of them by e-mail", counted_watches(all)),
            },
        ));
    }
    Ok(symptoms)
}

fn counted_watches(number: usize) -> String {
    if number == 1 {
        counted(1, "watch")
    } else {
        format!("{number} watches")
    }
}
