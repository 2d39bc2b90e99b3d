//! Words with a typing error: the error that reports one, and the nearest known words.

use std::fmt;

/// A word that is not a known spelling, with the nearest ones that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownSpelling {
    /// The kind of word that was expected: `category`, `area`, `month`, ...
    pub what: &'static str,
    /// The word as it was given.
    pub given: String,
    /// Known spellings, nearest first. May be empty.
    pub nearest: Vec<String>,
    /// The reason why a known word is refused, as a sentence; empty if the word is unknown.
    pub reason: String,
}

impl UnknownSpelling {
    /// An error for `given` that offers these spellings.
    pub fn new(what: &'static str, given: &str, nearest: impl IntoIterator<Item = String>) -> Self {
        Self {
            what,
            given: excerpt(given),
            nearest: nearest.into_iter().collect(),
            reason: String::new(),
        }
    }

    /// The same error with a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }
}

impl fmt::Display for UnknownSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = escaped(&self.given);
        let before = if self.reason.is_empty() {
            write!(f, "invalid {} \"{given}\"", self.what)?;
            ": expected"
        } else {
            write!(f, "{}", self.reason)?;
            " Use"
        };
        match self.nearest.as_slice() {
            [] => Ok(()),
            [one] => write!(f, "{before} {one}"),
            [firsts @ .., last] => write!(f, "{before} {} or {last}", firsts.join(", ")),
        }
    }
}

/// The beginning of a text that a person gave, for an error.
pub(crate) fn excerpt(given: &str) -> String {
    given.trim().chars().take(80).collect()
}

/// A text that a person gave, without control characters.
pub(crate) fn escaped(given: &str) -> String {
    given.chars().flat_map(char::escape_debug).collect()
}

/// The lower-case letters and digits of a word: spellings that differ only in case and punctuation are equal.
pub(crate) fn squash(text: &str) -> String {
    squashed(text).collect()
}

/// True if two words differ only in case and punctuation.
pub(crate) fn is_same_word(one: &str, other: &str) -> bool {
    squashed(one).eq(squashed(other))
}

fn squashed(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// The known words nearest to the given one, at most `most`, nearest first.
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let given = squash(given);
    let mut scored: Vec<(f64, &str)> = known
        .map(|word| (strsim::jaro_winkler(&given, &squash(word)), word))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, word)| word).take(most).collect()
}
