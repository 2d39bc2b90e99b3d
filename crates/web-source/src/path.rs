//! The paths that may be fetched. Every request and redirect is checked here.

use bulletin_html::INDEX_PATH;
use pipeline::port::SourceError;

use crate::text::shown;

/// The folder of the site that contains every bulletin. The only other page that is fetched is the index.
pub const PAGE_FOLDER: &str = "/content/travel/en/legal/visa-law0/visa-bulletin/";

/// The length limit of a path, in bytes. Paths on the site have about 100.
const LONGEST: usize = 300;

/// True if a path is the index page or can be a bulletin: it is below [`PAGE_FOLDER`] and consists of
/// letters, digits, `-`, `_` and `.`, with no empty segment and none that begins with a dot. This excludes
/// every path with a second meaning (`..`, `%2e`, `//`, `@`, a query).
pub fn is_page_path(path: &str) -> bool {
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    path == INDEX_PATH
        || (path.len() <= LONGEST
            && path
                .strip_prefix(PAGE_FOLDER)
                .is_some_and(|rest| rest.split('/').all(plain)))
}

/// Refuses every path for which [`is_page_path`] is false.
pub(crate) fn check(path: &str) -> Result<(), SourceError> {
    if is_page_path(path) {
        return Ok(());
    }
    Err(SourceError::Forbidden {
        path: shown(path),
        allowed: PAGE_FOLDER,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulletins_and_the_index_are_pages() {
        for path in [
            INDEX_PATH,
            "/content/travel/en/legal/visa-law0/visa-bulletin/2027/visa-bulletin-for-october-2026.html",
            "/content/travel/en/legal/visa-law0/visa-bulletin/2007/update-on-july-visa-availability.html",
            "/content/travel/en/legal/visa-law0/visa-bulletin/2013/visa-bulletin-october-2012.html",
        ] {
            assert!(is_page_path(path), "{path}");
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_no_page() {
        for rest in [
            "",
            "../visa-statistics.html",
            "2026/../../x.html",
            "2026/./x.html",
            "2026//x.html",
            "2026/",
            ".%2e/x.html",
            "%2e%2e/x.html",
            "%252e%252e/x.html",
            "2026/x.html?q=1",
            "2026/x.html#part",
            "2026/x.html;a",
            "2026/user@host",
            "2026\\x.html",
            "2026/x.html\r\nHost: example.com",
            "2026/x\0.html",
            "2026/x y.html",
            "2026/\u{fe52}\u{fe52}/x.html",
            ".git/config",
        ] {
            assert!(!is_page_path(&format!("{PAGE_FOLDER}{rest}")), "{rest:?}");
        }
        for path in [
            "",
            "/",
            "content/travel/en/legal/visa-law0/visa-bulletin/x.html",
            "/content/travel/en/legal/visa-law0/visa-bulletin",
            "/content/travel/en/legal/visa-law0/visa-bulletins/x.html",
            "//example.com/content/travel/en/legal/visa-law0/visa-bulletin/x.html",
            "https://example.com/content/travel/en/legal/visa-law0/visa-bulletin/x.html",
            "@example.com/content/travel/en/legal/visa-law0/visa-bulletin/x.html",
            "/content/travel/en/legal/visa-law0/visa-bulletin.html?x",
        ] {
            assert!(!is_page_path(path), "{path:?}");
        }
        assert!(!is_page_path(&format!("{PAGE_FOLDER}{}", "x".repeat(LONGEST))));
    }
}
