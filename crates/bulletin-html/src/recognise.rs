//! Whether a body can be a page of the site at all.

use memchr::memmem;

use crate::MAX_PAGE_BYTES;
use crate::refusal::Refusal;
use crate::text::{Folding, Text, squash};

/// Tells in a cheap look whether a body can be a page of the site at all, whatever status it came under.
///
/// # Errors
/// [`Refusal`] when it is empty, binary, too large, a challenge page or an error page.
pub fn recognise(body: &[u8]) -> Result<(), Refusal> {
    if body.len() > MAX_PAGE_BYTES {
        return Err(Refusal::TooLarge { bytes: body.len() });
    }
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
const MARKERS: [&str; 12] = [
    "/cdn-cgi/challenge-platform/",
    "cf-chl",
    "_cf_chl_opt",
    "challenge-form",
    "Incapsula",
    "_Incapsula_Resource",
    "captcha",
    "Access Denied",
    "enable JavaScript and cookies",
    "perimeterx",
    "awswaf",
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

/// Whether something of what is asked for is there: a chart's first label, or the index page's links.
fn has_content(text: &[u8]) -> bool {
    let finder = memmem::Finder::new("hargeab");
    finder.find(text).is_some() || memmem::find_iter(text, "visa-bulletin-for-").take(6).count() > 5
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
