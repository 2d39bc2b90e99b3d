use bulletin::Month;

use crate::Refusal;

/// The path of the index page, which links every bulletin.
pub const INDEX_PATH: &str = "/content/travel/en/legal/visa-law0/visa-bulletin.html";

/// A bulletin's own page, as the index page links it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexLink {
    /// The bulletin.
    pub month: Month,
    /// The page's absolute path on the site, starting with `/content/`.
    pub path: String,
}

/// The bulletins that an index page links, newest first, each month once.
///
/// # Errors
/// [`Refusal`] when it is no index page.
pub fn read_index(_html: &[u8]) -> Result<Vec<IndexLink>, Refusal> {
    Err(Refusal::NoLinks)
}

/// The path that a month's page usually has.
pub fn predicted_path(month: Month) -> String {
    format!(
        "/content/travel/en/legal/visa-law0/visa-bulletin/{}/visa-bulletin-for-{}-{}.html",
        month.fiscal_year(),
        month.name().to_ascii_lowercase(),
        month.year()
    )
}

/// The month that a page's path names, in the usual form or an irregular one.
pub fn month_of_path(_path: &str) -> Option<Month> {
    None
}
