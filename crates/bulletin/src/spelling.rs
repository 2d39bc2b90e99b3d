//! Telling what a person meant, and what to offer where it cannot be told.

use std::fmt;

/// A word that names nothing known, with the nearest that do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownSpelling {
    /// What the word should have named: `category`, `area`, `month`, ...
    pub what: &'static str,
    /// The word as it was given.
    pub given: String,
    /// Spellings that would have been understood, nearest first. May be empty.
    pub nearest: Vec<String>,
    /// Why the word cannot be taken although it is known, as a sentence; empty where it is just unknown.
    pub reason: String,
}

impl UnknownSpelling {
    /// A refusal of `given`, offering these spellings.
    pub fn new(what: &'static str, given: &str, nearest: impl IntoIterator<Item = String>) -> Self {
        Self {
            what,
            given: given.trim().chars().take(80).collect(),
            nearest: nearest.into_iter().collect(),
            reason: String::new(),
        }
    }

    /// The same refusal with the reason said.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }
}

impl fmt::Display for UnknownSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given: String = self.given.chars().flat_map(char::escape_debug).collect();
        if self.reason.is_empty() {
            write!(f, "\"{given}\" is no {} known here.", self.what)?;
        } else {
            write!(f, "{}", self.reason)?;
        }
        match self.nearest.as_slice() {
            [] => Ok(()),
            [one] => write!(f, " Write {one}"),
            [firsts @ .., last] => write!(f, " Write {} or {last}", firsts.join(", ")),
        }
    }
}

/// Lower-case letters and digits only: what is left of a word when spelling habits are taken away.
pub(crate) fn squash(text: &str) -> String {
    squashed(text).collect()
}

/// Whether nothing tells two words apart when spelling habits are taken away.
pub(crate) fn is_same_word(one: &str, other: &str) -> bool {
    squashed(one).eq(squashed(other))
}

fn squashed(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// The known words nearest to what was given, at most `most`, nearest first.
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let given = squash(given);
    let mut scored: Vec<(f64, &str)> = known
        .map(|word| (strsim::jaro_winkler(&given, &squash(word)), word))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, word)| word).take(most).collect()
}
