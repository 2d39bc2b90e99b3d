use bulletin::{Bulletin, Finding, Month};

use crate::Refusal;

/// A page that was read: the bulletin, and what an operator should know about the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPage {
    /// What the page says.
    pub bulletin: Bulletin,
    /// What could not be read as usual.
    pub findings: Vec<Finding>,
}

/// Reads a bulletin's page. With `expected`, a page of another month is refused.
///
/// # Errors
/// [`Refusal`] when the page is no bulletin, or cannot be trusted as a whole.
pub fn read_page(_html: &[u8], _expected: Option<Month>) -> Result<ReadPage, Refusal> {
    Err(Refusal::NoMonth)
}

/// Tells in a cheap look whether a body can be a page of the site at all.
///
/// # Errors
/// [`Refusal`] when it is empty, binary, too large, a challenge page or an error page.
pub fn recognise(_body: &[u8]) -> Result<(), Refusal> {
    Ok(())
}
