//! The reasons why a host does not give a page, and whether it is asked again.

use std::time::Duration;

use bulletin_html::{Refusal, recognise};
use chrono::{DateTime, Utc};
use reqwest::{Response, Url};

use crate::config::Host;
use crate::text::shown;

/// The number of bytes of an error's body that are searched for a challenge.
const MOST_ERROR_BYTES: usize = 64 * 1024;

/// The answers of the hosts that did not give the page.
#[derive(Debug, Default)]
pub(super) struct Tried {
    pub(super) answers: Vec<String>,
    /// True if a host gave any answer except that the page does not exist.
    is_blocked: bool,
}

impl Tried {
    pub(super) fn push(&mut self, host: &Host, denial: Denial) {
        self.answers.push(format!("{}: {}", host.name, denial.reason));
        self.is_blocked |= !denial.is_not_found;
    }

    /// True if every host answered that the page does not exist.
    pub(super) fn is_missing(&self) -> bool {
        !self.answers.is_empty() && !self.is_blocked
    }

    /// Logs the host that gave the page after others had failed.
    pub(super) fn note_answer(&self, host: &str, path: &str) {
        if !self.answers.is_empty() {
            tracing::warn!(
                source.host = host,
                source.path = path,
                source.tried = self.answers.join("; "),
                "Another host gave the page, because those before it did not."
            );
        }
    }
}

/// The reason why a host does not give a page.
#[derive(Debug)]
pub(crate) struct Denial {
    /// The host's answer in a few words.
    pub(crate) reason: String,
    /// True if the answer is that the page does not exist.
    pub(super) is_not_found: bool,
    pub(super) again: Again,
}

/// The decision on a retry at the same host.
#[derive(Debug, Clone, Copy)]
pub(super) enum Again {
    Never,
    Soon,
    After(Duration),
}

impl Denial {
    pub(super) fn blocked(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_not_found: false,
            again: Again::Never,
        }
    }

    pub(super) fn refused(refusal: &Refusal) -> Self {
        let reason = match refusal {
            Refusal::Empty => "an empty page".into(),
            Refusal::Binary => "binary data".into(),
            Refusal::Challenge { marker } => format!("a challenge page (\"{marker}\")"),
            Refusal::ErrorPage { says, .. } => format!("an error page (\"{}\")", shown(says)),
            Refusal::NoLinks => "an index page without links".into(),
            refusal => shown(&refusal.to_string()),
        };
        Self {
            is_not_found: refusal.is_not_found(),
            ..Self::blocked(reason)
        }
    }
}

/// A URL that can be shown: without user, query and fragment, which may be long or personal to one visitor.
pub(super) fn address_of(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Neither fails for a URL with a host; a URL without a host has no user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    shown(url.as_str())
}

/// The proof that an error page demands from the visitor, if it is a challenge: then a retry makes no sense.
pub(super) async fn challenge(response: &mut Response) -> Option<String> {
    if response.headers().contains_key("cf-mitigated") {
        return Some("a challenge".into());
    }
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_ERROR_BYTES {
            break;
        }
    }
    match recognise(&body) {
        Err(refusal @ Refusal::Challenge { .. }) => Some(Denial::refused(&refusal).reason),
        _ => None,
    }
}

/// The wait that `Retry-After` asks for: in seconds, or until a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(value).ok()?;
    Some((until.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-10-21T07:28:00Z".parse().unwrap();
        let wait = |value| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Wed, 21 Oct 2026 07:29:30 GMT"), Some(90));
        assert_eq!(wait("Wed, 21 Oct 2026 07:00:00 GMT"), Some(0));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
    }

    #[test]
    fn an_address_is_shown_without_user_and_query() {
        let url = Url::parse("https://somebody:secret@example.com/a?token=1#x").unwrap();
        assert_eq!(address_of(&url), "https://example.com/a");
    }
}
