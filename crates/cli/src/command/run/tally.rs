//! The numbers of pages that a poll read, stored and could not store.

use bulletin::Month;
use pipeline::{ParseError, Parsed};
use sqlite::PageOutcome;

/// The pages of a poll.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) read: usize,
    pub(super) stored: usize,
    pub(super) failed: usize,
    /// The number of pages that no host has.
    pub(super) not_there: usize,
    /// True if there were too many pages to report each: their numbers are reported at the end.
    pub(super) are_counted: bool,
    /// The months whose pages no host served.
    pub(super) unfetched: Vec<Month>,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: &PageOutcome) {
        self.stored += usize::from(matches!(outcome.result, Ok(Parsed::Stored { .. })));
        self.read += usize::from(!matches!(
            outcome.result,
            Ok(Parsed::NotThere { .. }) | Err(ParseError::Source(_))
        ));
        self.failed += usize::from(outcome.result.is_err());
        self.not_there += usize::from(matches!(outcome.result, Ok(Parsed::NotThere { .. })));
    }
}
