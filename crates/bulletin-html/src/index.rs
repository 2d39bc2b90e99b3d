//! The index page, which links every bulletin, and the paths of pages. Start at [`read_index`].

use bulletin::Month;

use crate::container::html_of;
use crate::month::month_of_words;
use crate::recognise::recognise_html;
use crate::refusal::Refusal;
use crate::token::{Attributes, TokenSink, tokenize};

/// The path of the index page, which links every bulletin.
pub const INDEX_PATH: &str = "/content/travel/en/legal/visa-law0/visa-bulletin.html";

/// A bulletin's page, as the index page links it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexLink {
    /// The bulletin.
    pub month: Month,
    /// The page's absolute path on the site, starting with `/content/`.
    pub path: String,
}

/// Parses an index page: the linked bulletins, newest first, each month once. If several pages of a month are
/// linked, as in July 2007, the one with the usual name is used.
///
/// # Errors
/// [`Refusal`] if it is not an index page.
pub fn read_index(page: &[u8]) -> Result<Vec<IndexLink>, Refusal> {
    let html = html_of(page)?;
    recognise_html(&html)?;
    let mut links = Links::default();
    tokenize(&html, &mut links);
    let mut links = links.found;
    if links.is_empty() {
        return Err(Refusal::NoLinks);
    }
    // The usual name goes before others of the same month, and the first link before those that follow it.
    links.sort_by_key(|link| (std::cmp::Reverse(link.month), !has_usual_name(link)));
    links.dedup_by_key(|link| link.month);
    Ok(links)
}

/// The usual path of a month's page: under its fiscal year, by its English name.
pub fn predicted_path(month: Month) -> String {
    format!(
        "/content/travel/en/legal/visa-law0/visa-bulletin/{}/visa-bulletin-for-{}-{}.html",
        month.fiscal_year(),
        month.name().to_ascii_lowercase(),
        month.year()
    )
}

/// The month in a page's path, in the usual form or an irregular one: `visa-bulletin-for-march-2026.html`,
/// `visa-bulletin-october-2012.html`, `july-2007-visa-bulletin.html`.
pub fn month_of_path(path: &str) -> Option<Month> {
    let path = path.split(['?', '#']).next()?;
    let name = path.rsplit('/').next()?;
    let name = name.strip_suffix(".html").unwrap_or(name);
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let is = |word: &str| words.iter().any(|part| part.eq_ignore_ascii_case(word));
    if !is("visa") || !is("bulletin") {
        return None;
    }
    let mut months = words
        .windows(2)
        .filter_map(|pair| month_of_words(pair[0], pair[1]));
    let month = months.next()?;
    months.next().is_none().then_some(month)
}

fn has_usual_name(link: &IndexLink) -> bool {
    link.path.rsplit('/').next() == predicted_path(link.month).rsplit('/').next()
}

/// The link limit of an index page: more than twice the months of any site's life.
const MOST_LINKS: usize = 4000;

#[derive(Default)]
struct Links {
    found: Vec<IndexLink>,
}

impl TokenSink for Links {
    fn start_tag(&mut self, name: &[u8], attributes: &Attributes) {
        if name != b"a" || attributes.href.is_empty() || self.found.len() >= MOST_LINKS {
            return;
        }
        let Some(path) = std::str::from_utf8(&attributes.href).ok().and_then(site_path) else {
            return;
        };
        if let Some(month) = month_of_path(path) {
            self.found.push(IndexLink {
                month,
                path: path.to_owned(),
            });
        }
    }

    fn end_tag(&mut self, _name: &[u8]) {}

    fn text(&mut self, _text: &[u8]) {}
}

/// The path of a link to the department's site: relative, or with a host under `state.gov`. `None` for any
/// other link, and for a path with more than names in it.
fn site_path(href: &str) -> Option<&str> {
    let href = href.trim();
    let path = match href
        .strip_prefix("https:")
        .or_else(|| href.strip_prefix("http:"))
        .unwrap_or(href)
        .strip_prefix("//")
    {
        Some(rest) => {
            let (host, _) = rest.split_once('/')?;
            let host = host.to_ascii_lowercase();
            if host != "state.gov" && !host.ends_with(".state.gov") {
                return None;
            }
            &rest[host.len()..]
        }
        None => href,
    };
    let path = path.split(['?', '#']).next()?;
    let is_plain = path.starts_with("/content/")
        && path.len() < 300
        && !path.contains("..")
        && !path.contains("//")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.'));
    is_plain.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn the_autumn_lies_in_the_next_fiscal_year() {
        assert_eq!(
            predicted_path(month("2026-10")),
            "/content/travel/en/legal/visa-law0/visa-bulletin/2027/visa-bulletin-for-october-2026.html"
        );
        assert_eq!(
            month_of_path(&predicted_path(month("2026-09"))),
            Some(month("2026-09"))
        );
    }

    #[test]
    fn irregular_names_name_their_month_as_well() {
        for (path, expected) in [
            ("/content/x/2013/visa-bulletin-october-2012.html", Some("2012-10")),
            ("/content/x/2007/july-2007-visa-bulletin.html", Some("2007-07")),
            (
                "/content/x/2006/visa-bulletin-for-August-2006.html",
                Some("2006-08"),
            ),
            ("/content/x/2026/visa-bulletin-for-march-2026", Some("2026-03")),
            (
                "https://travel.state.gov/x/visa-bulletin-for-march-2026.html?x=1#y",
                Some("2026-03"),
            ),
            ("/content/x/2007/update-on-july-visa-availability.html", None),
            ("/content/x/visa-bulletin.html", None),
            ("/content/x/visa-bulletin-for-marchy-2026.html", None),
            (
                "/content/x/visa-bulletin-for-march-2026-and-april-2026.html",
                None,
            ),
        ] {
            assert_eq!(month_of_path(path), expected.map(month), "{path}");
        }
    }

    #[test]
    fn each_month_is_linked_once_and_the_newest_first() {
        let links = read_index(
            b"<ul id=recent_bulletins><li class='current'><a href='/content/x/2026/visa-bulletin-for-march-2026.html'>March<br>2026</a>
              <li class=current><a class='btn'>Coming Soon</a></ul>
              <A HREF=\"/content/x/2027/visa-bulletin-for-october-2026.html\">October 2026</A>
              <a href='/content/x/2026/visa-bulletin-for-march-2026.html'>again</a>
              <a href='//travel.state.gov/content/x/2026/visa-bulletin-for-may-2026.html'>May</a>
              <a href='https://example.com/content/x/2026/visa-bulletin-for-june-2026.html'>elsewhere</a>
              <a href='/content/../secret/visa-bulletin-for-june-2026.html'>out of bounds</a>
              <a href='/content/x/2007/july-2007-visa-bulletin.html'>irregular</a>
              <a href='/content/x/2007/visa-bulletin-for-july-2007.html'>usual</a>
              <!-- <a href='/content/x/2026/visa-bulletin-for-july-2026.html'>not yet</a> -->",
        )
        .unwrap();
        let found: Vec<(String, &str)> = links
            .iter()
            .map(|link| (link.month.to_string(), link.path.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (
                    "2026-10".to_owned(),
                    "/content/x/2027/visa-bulletin-for-october-2026.html"
                ),
                (
                    "2026-05".to_owned(),
                    "/content/x/2026/visa-bulletin-for-may-2026.html"
                ),
                (
                    "2026-03".to_owned(),
                    "/content/x/2026/visa-bulletin-for-march-2026.html"
                ),
                (
                    "2007-07".to_owned(),
                    "/content/x/2007/visa-bulletin-for-july-2007.html"
                ),
            ]
        );
    }

    #[test]
    fn a_page_without_links_is_no_index() {
        assert_eq!(read_index(b"<h1>Visa Bulletin</h1>"), Err(Refusal::NoLinks));
    }
}
