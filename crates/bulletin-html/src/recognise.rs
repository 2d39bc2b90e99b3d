//! A quick check of a body: can it be a page of the site at all? Start at [`recognise`].

use memchr::memmem;

use crate::container::html_of;
use crate::refusal::Refusal;
use crate::text::{Folding, Text, squash};

/// Checks quickly that a body can be a page of the site, regardless of its HTTP status. A page can be in a
/// container: compressed by gzip, in UTF-16, or as the single file (MHTML) that a browser saves.
///
/// # Errors
/// [`Refusal`] if it is empty, binary, too large, a challenge page or an error page.
pub fn recognise(body: &[u8]) -> Result<(), Refusal> {
    recognise_html(&html_of(body)?)
}

/// The same check for a page without its container.
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

/// Titles of challenge pages, squashed, and their display forms.
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

/// Texts of challenge pages. A genuine page can contain them as well, so they count only if the requested
/// content is missing.
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

/// Texts of challenge pages that are also on ordinary pages, in a search form or a script. They count only if
/// nothing names the bulletin.
const WEAK_MARKERS: [&str; 5] = [
    "captcha",
    "Incapsula",
    "Access Denied",
    "perimeterx",
    "http-equiv=\"refresh\"",
];

/// Texts of error pages whose title is not an error.
const NOT_FOUND_MARKERS: [&str; 6] = [
    "page not found",
    "page cannot be found",
    "page could not be found",
    "page you requested was not found",
    "page you are looking for",
    "404 not found",
];

/// Scripts that redirect to another page.
const REDIRECT_MARKERS: [&str; 3] = ["window.location", "document.location", "location.href"];

/// The number of bytes of a body that are searched for markers: challenge pages and error pages are small.
const LARGEST_CHALLENGE: usize = 64 * 1024;

/// The size in bytes below which a page can be a mere redirect.
const LARGEST_STUB: usize = 8 * 1024;

/// Beginnings of files that are not text.
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

/// The text of the first title, from a cheap search instead of a parser.
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

/// True if some of the requested content is there: a chart's first label, or the index page's list or links.
fn has_content(text: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(text, needle.as_bytes()).is_some();
    has("hargeab")
        || has("recent_bulletins")
        || memmem::find_iter(text, "visa-bulletin-for-").take(6).count() > 5
}

/// True if the text names the bulletin. A challenge page contains at most the requested URL.
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

/// The first of these markers at the beginning of a text, in any case.
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
