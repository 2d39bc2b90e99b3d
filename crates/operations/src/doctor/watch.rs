//! Checks the watches of one machine. Excludes the subscriptions of a deployment, see
//! [`subscriber`](super::subscriber).

use pipeline::port::StoreError;
use sqlite::{Refused, SqliteStore, WatchChannel};

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
    if watches.is_empty() {
        symptoms.push(
            Symptom::warning(
                Part::Watches,
                "there are no watches, so nobody is notified",
                "Add one, for example:",
            )
            .by(around.command("watch add EB3 India")),
        );
    }
    if let (Some(reason), 1..) = (no_mail, by_mail) {
        symptoms.push(
            Symptom::bad(
                Part::Watches,
                format!(
                    "{} e-mail, which cannot be sent from this environment: {reason}",
                    if by_mail == 1 {
                        "1 watch uses".to_owned()
                    } else {
                        format!("{by_mail} watches use")
                    }
                ),
                "Set the missing variables for the job that starts `bulletin run`, such as cron. This command lists \
                 them:",
            )
            .by("bulletin watch add --help"),
        );
    }
    symptoms.extend(store.refused()?.iter().map(|refusal| refused(refusal, around)));
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(
            Part::Watches,
            match by_mail {
                0 => counted_watches(watches.len()),
                _ => format!("{}, {by_mail} of them by e-mail", counted_watches(watches.len())),
            },
        ));
    }
    Ok(symptoms)
}

fn refused(refusal: &Refused, around: &Circumstances) -> Symptom {
    let what = format!(
        "an alert of watch {} was permanently refused at {}: {}",
        refusal.watch,
        at(refusal.at),
        one_line(&refusal.reason)
    );
    Symptom::bad(
        Part::Watches,
        what,
        "If the address is correct and the server accepts it now, retry. Otherwise remove the watch, and add one with \
         the correct address.",
    )
    .by(around.command("run --retry"))
    .by(around.command(&format!("watch remove {}", refusal.watch)))
}

fn counted_watches(number: usize) -> String {
    if number == 1 {
        counted(1, "watch")
    } else {
        format!("{number} watches")
    }
}
