//! Formats numbers, instants and lists for symptoms.

use chrono::{DateTime, Utc};

/// A number with its noun: `1 page`, `2 pages`.
pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The first few of many texts, and the number of others.
pub(super) fn few(texts: &[String], between: &str) -> String {
    const MOST: usize = 5;
    let shown = texts[..texts.len().min(MOST)].join(between);
    match texts.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown}{between}and {more} more"),
    }
}

/// An instant for people.
pub(super) fn at(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d %H:%M UTC").to_string()
}

pub(super) fn one_line(text: &str) -> String {
    const MOST: usize = 400;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    line.chars().take(MOST).chain("...".chars()).collect()
}
