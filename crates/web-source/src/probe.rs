//! One question to each host, to tell which of them answer.

use bulletin_html::{INDEX_PATH, read_index};
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{Clock, SystemClock};
use reqwest::Response;
use reqwest::header::DATE;
use tokio::time::Instant;

use crate::web::WebSource;

/// What a host answered when it was asked once for its list of bulletins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The host's name.
    pub host: String,
    /// How many bulletins it lists, or what it answered in place of its list.
    pub listed: Result<usize, String>,
    /// By how much its clock is ahead of this machine's, as its answer says; `None` where it does not.
    pub ahead: Option<TimeDelta>,
}

impl<C: Clock> WebSource<C> {
    /// Asks each host once for its list of bulletins, one after the other, and never again because of an error.
    pub async fn probe(&self) -> Vec<Probe> {
        let mut probes = Vec::new();
        for host in self.hosts() {
            let deadline = Instant::now() + self.host_timeout();
            let mut ahead = None;
            let note = |response: &Response| ahead = ahead.or_else(|| ahead_of(response, SystemClock.now()));
            let listed = match self.follow(host, INDEX_PATH, None, deadline, note).await {
                Ok(fetched) => match read_index(&fetched.body) {
                    Ok(links) => Ok(links.len()),
                    Err(refusal) => Err(refusal.to_string()),
                },
                Err(denial) => Err(denial.reason),
            };
            probes.push(Probe {
                host: host.name.clone(),
                listed,
                ahead,
            });
        }
        probes
    }
}

/// By how much the clock of whoever answered is ahead of this one (RFC 9110, section 6.6.1).
fn ahead_of(response: &Response, now: DateTime<Utc>) -> Option<TimeDelta> {
    let date = response.headers().get(DATE)?.to_str().ok()?;
    Some(DateTime::parse_from_rfc2822(date).ok()?.to_utc() - now)
}
