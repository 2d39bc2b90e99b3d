//! Checks for dead letters: pages, messages and alerts that were given up and need an operator. Excludes alerts
//! that are still retried, see [`alert`](super::alert).

use bulletin::Month;
use pipeline::port::StoreError;
use sqlite::{DeadLetterKind, SqliteStore};

use super::{Circumstances, Part, Symptom, one_line};

/// The months whose pages are dead letters on one machine.
pub(super) fn months(store: &SqliteStore) -> Result<Vec<Month>, StoreError> {
    let letters = store.dead_letters()?;
    let pages = letters
        .iter()
        .filter(|letter| letter.kind == DeadLetterKind::Page);
    Ok(pages.filter_map(|letter| letter.about.parse().ok()).collect())
}

/// Checks the dead letters of one machine.
pub(super) async fn dead_letters(
    store: &SqliteStore,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let symptom = |letter: &sqlite::DeadLetter| {
        match letter.kind {
        DeadLetterKind::Page => Symptom::bad(
            Part::DeadLetters,
            format!("the page of {} was refused: {}", letter.about, one_line(&letter.failure)),
            "Check the page in a browser. If it is correct by now, the first command reads it again. The second \
             stores a page saved from a browser.",
        )
        .by(around.command("run --retry"))
        .by(around.command("ingest PAGE.html")),
        DeadLetterKind::Change => Symptom::bad(
            Part::DeadLetters,
            format!("alerts were given up: {}", one_line(&letter.failure)),
            "Fix the cause, then retry.",
        )
        .by(around.command("run --retry")),
    }
    };
    let mut symptoms: Vec<Symptom> = store.dead_letters()?.iter().map(symptom).collect();
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(Part::DeadLetters, "none"));
    }
    Ok(symptoms)
}
