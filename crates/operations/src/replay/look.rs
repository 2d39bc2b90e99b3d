//! Finds out whether failed or missed polls of the source have been made up for. Start with [`is_made_up_for`].

use chrono::{DateTime, Utc};
use pipeline::port::{Check, StoreError};

use crate::Store;
use crate::replay::letter::{About, Letter};

/// The time of the last poll of the source, good or bad.
///
/// # Errors
/// [`StoreError`].
pub async fn last(store: &Store) -> Result<Option<DateTime<Utc>>, StoreError> {
    let (good, bad) = store.checks().await?;
    let at = |check: Option<Check>| check.map(|check| check.at);
    Ok(at(good).max(at(bad)))
}

/// True if a plain event has been made up for: a later poll did the same work.
pub fn is_made_up_for(letter: &Letter, last: Option<DateTime<Utc>>) -> bool {
    letter.about == About::Look(None) && last.zip(letter.sent_at).is_some_and(|(last, sent)| last > sent)
}
