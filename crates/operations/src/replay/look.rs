//! Looks at the source that failed or were missed.

use chrono::{DateTime, Utc};
use pipeline::port::{Check, StoreError};

use crate::Store;
use crate::replay::letter::{About, Letter};

/// The last look at the source that was made at all, whether its hosts gave the list or not.
///
/// # Errors
/// [`StoreError`].
pub async fn last(store: &Store) -> Result<Option<DateTime<Utc>>, StoreError> {
    let (good, bad) = store.checks().await?;
    let at = |check: Option<Check>| check.map(|check| check.at);
    Ok(at(good).max(at(bad)))
}

/// Whether a plain event has been made up for: a look that was made after it did the same work.
pub fn is_made_up_for(letter: &Letter, last: Option<DateTime<Utc>>) -> bool {
    letter.about == About::Look(None) && last.zip(letter.sent_at).is_some_and(|(last, sent)| last > sent)
}
