//! Whether a body can be a page of the site at all.

use memchr::memmem;

use crate::container::html_of;
use crate::refusal::Refusal;
use crate::text::{Folding, Text, squash};

/// Checks quickly whether a body can be a page of the site at all, whatever status it came under. A page can come in a
/// container: compressed by gzip, in UTF-16, or as the single file (MHTML) that a browser saves.
///
/// # Errors
/// [`Refusal`] if it is empty, binary, too large, a challenge page or an error page.
pub fn recognise(body: &[u8]) -> Result<(), Refusal> {
    recognise_html(&html_of(body)?)
}

/// The same for a page without its container.
pub(crate) fn recognise_html(body: &[u8]) -> Result<(), Refusal> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    if is_binary(text) {
        return Err(Refusal::Binary);
    }
    if !text.contains(&b'<') {
        return Err(error_page(&String::from_utf8_lossy(&text[..text.len().min(400)])));
    }
    let title = title(text);
    if let Some(refusal) = refusal_of_title(&title) {
        return Err(refusal);
    }
    if squash(&title).contains("visabulletin") || has_content(text) {
        return Ok(());
    }
    if let Some(says) = marker(text, &NOT_FOUND_MARKERS) {
        return Err(Refusal::ErrorPage {
            not_found: true,
            says: says.to_owned(),
        });
    }
    if let Some(marker) = marker(text, &MARKERS) {
        return Err(Refusal::Challenge { marker });
    }
    if names_bulletin(text) {
        return Ok(());
    }
    if let Some(marker) = marker(text, &WEAK_MARKERS) {
        return Err(Refusal::Challenge { marker });
    }
    if text.len() < LARGEST_STUB
        && let Some(marker) = marker(text, &REDIRECT_MARKERS)
    {
        return Err(Refusal::Challenge { marker });
    }
    Ok(())
}

/// Titles of pages that ask the visitor to prove something, squashed, and how to show them.
const CHALLENGE_TITLES: [(&str, &str); 14] = [
    ("justamoment", "Just a moment..."),
    ("attentionrequired", "Attention Required!"),
    ("accessdenied", "Access Denied"),
    (
        "accesstothispagehasbeendenied",
        "Access to this page has been denied",
    ),
    ("pardonourinterruption", "Pardon Our Interruption"),
    ("requestrejected", "Request Rejected"),
    ("requestunsuccessful", "Request unsuccessful"),
    ("securitycheck", "Security check"),
    ("humanverification", "Human Verification"),
    ("areyouhuman", "Are you human"),
    ("areyouarobot", "Are you a robot"),
    ("verifyyouarehuman", "Verify you are human"),
    ("checkingyourbrowser", "Checking your browser"),
    ("ddosprotection", "DDoS protection"),
];

/// Titles of error pages, squashed.
const ERROR_TITLES: [&str; 22] = [
    "pagenotfound",
    "notfound",
    "pagecannotbefound",
    "pagecouldnotbefound",
    "cantfindthepage",
    "pageunavailable",
    "nolongeravailable",
    "pagemissing",
    "404",
    "forbidden",
    "unauthorized",
    "badrequest",
    "badgateway",
    "gatewaytimeout",
    "serviceunavailable",
    "temporarilyunavailable",
    "internalservererror",
    "undermaintenance",
    "movedpermanently",
    "errorpage",
    "applicationerror",
    "anerroroccurred",
];

/// What stands on challenge pages. It can stand on a genuine page as well, so it counts only where nothing of what
/// was asked for is there.
const MARKERS: [&str; 8] = [
    "/cdn-cgi/challenge-platform/",
    "cf-chl",
    "_cf_chl_opt",
    "challenge-form",
    "_Incapsula_Resource",
    "Incapsula incident",
    "enable JavaScript and cookies",
    "awswaf",
];

/// The same, but also on ordinary pages, in a search form or a script. It counts only where nothing names the bulletin.
const WEAK_MARKERS: [&str; 5] = [
    "captcha",
    "Incapsula",
    "Access Denied",
    "perimeterx",
    "http-equiv=\"refresh\"",
];

/// What error pages say under a title that does not.
const NOT_FOUND_MARKERS: [&str; 6] = [
    "page not found",
    "page cannot be found",
    "page could not be found",
    "page you requested was not found",
    "page you are looking for",
    "404 not found",
];

/// What sends the visitor on to another page.
const REDIRECT_MARKERS: [&str; 3] = ["window.location", "document.location", "location.href"];

/// How much of a body is searched for markers, in bytes: challenge pages and error pages are small.
const LARGEST_CHALLENGE: usize = 64 * 1024;

/// A page below this size, in bytes, can be nothing but a redirect.
const LARGEST_STUB: usize = 8 * 1024;

/// Beginnings of files that are no text.
const MAGIC: [&[u8]; 8] = [
    b"\x1f\x8b",
    b"%PDF-",
    b"\x89PNG",
    b"PK\x03\x04",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x28\xb5\x2f\xfd",
    b"RIFF",
];

fn is_binary(text: &[u8]) -> bool {
    if MAGIC.iter().any(|magic| text.starts_with(magic)) {
        return true;
    }
    let head = &text[..text.len().min(4096)];
    if head.contains(&0) {
        return true;
    }
    let control = head
        .iter()
        .filter(|byte| **byte < 0x20 && !byte.is_ascii_whitespace() && **byte != 0x0b)
        .count();
    let invalid = head
        .utf8_chunks()
        .filter(|chunk| !chunk.invalid().is_empty())
        .count();
    (control + invalid) * 10 > head.len()
}

/// The text of the first title, as far as a cheap look tells.
fn title(text: &[u8]) -> String {
    let lower = |haystack: &[u8], needle: &[u8]| {
        memchr::memchr_iter(b'<', haystack).find(|at| {
            haystack[*at..].len() >= needle.len()
                && haystack[*at..*at + needle.len()].eq_ignore_ascii_case(needle)
        })
    };
    let Some(start) = lower(text, b"<title") else {
        return String::new();
    };
    let rest = &text[start..];
    let Some(open) = memchr::memchr(b'>', rest) else {
        return String::new();
    };
    let rest = &rest[open + 1..];
    let end = memchr::memchr(b'<', rest).unwrap_or(rest.len()).min(300);
    String::from_utf8_lossy(&rest[..end]).into_owned()
}

fn refusal_of_title(title: &str) -> Option<Refusal> {
    let squashed = squash(title);
    if let Some((_, marker)) = CHALLENGE_TITLES
        .iter()
        .find(|(known, _)| squashed.contains(known))
    {
        return Some(Refusal::Challenge { marker });
    }
    let is_error = ERROR_TITLES.iter().any(|known| squashed.contains(known)) || squashed == "error";
    is_error.then(|| error_page(title))
}

fn error_page(says: &str) -> Refusal {
    let squashed = squash(says);
    let not_found = [
        "notfound",
        "404",
        "cannotbefound",
        "couldnotbefound",
        "cantfind",
        "nolongeravailable",
    ]
    .iter()
    .any(|known| squashed.contains(known));
    let mut folded = String::new();
    Folding::default().push(&mut folded, 0, &Text::new(says.as_bytes()));
    let says = folded.chars().take(80).collect();
    Refusal::ErrorPage { not_found, says }
}

/// True if something of what is asked for is there: a chart's first label, or the index page's list or links.
fn has_content(text: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(text, needle.as_bytes()).is_some();
    has("hargeab")
        || has("recent_bulletins")
        || memmem::find_iter(text, "visa-bulletin-for-").take(6).count() > 5
}

/// True if the text names the bulletin. A challenge page names at most the address that was asked for.
fn names_bulletin(text: &[u8]) -> bool {
    memchr::memchr2_iter(b'v', b'V', text).any(|at| {
        let words = &text[at..text.len().min(at + 30)];
        let name = |space: &str| {
            words
                .get(..4)
                .is_some_and(|word| word.eq_ignore_ascii_case(b"visa"))
                && words[4..].starts_with(space.as_bytes())
                && words
                    .get(4 + space.len()..)
                    .and_then(|rest| rest.get(..8))
                    .is_some_and(|word| word.eq_ignore_ascii_case(b"bulletin"))
        };
        [" ", "&nbsp;", "\u{a0}"].iter().any(|space| name(space))
    })
}

/// The first of these markers that stands in the beginning of a text, in any case.
fn marker(text: &[u8], markers: &[&'static str]) -> Option<&'static str> {
    let text = &text[..text.len().min(LARGEST_CHALLENGE)];
    markers.iter().copied().find(|marker| {
        let first = marker.as_bytes()[0];
        memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text).any(|at| {
            text[at..]
                .get(..marker.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(marker.as_bytes()))
        })
    })
}
