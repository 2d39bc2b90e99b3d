//! A probe of the hosts: one request to each shows which of them answer, and with what clock. Nothing is
//! retried.

use bulletin_html::{INDEX_PATH, read_index};
use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::{Clock, SystemClock};
use reqwest::Response;
use reqwest::header::DATE;
use tokio::time::Instant;

use crate::web::{Attempt, WebSource};

/// The answer of a host to one request for its list of bulletins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The host name.
    pub host: String,
    /// The number of listed bulletins, or the answer that was not a list.
    pub listed: Result<usize, String>,
    /// The time by which the host's clock is ahead of this machine's; `None` if its answer has no date.
    pub ahead: Option<TimeDelta>,
}

impl<C: Clock> WebSource<C> {
    /// Requests the list of bulletins from each host once, one after the other, without retries.
    pub async fn probe(&self) -> Vec<Probe> {
        let mut probes = Vec::new();
        for host in self.hosts() {
            let attempt = Attempt {
                host,
                path: INDEX_PATH,
                avoid: None,
                deadline: Instant::now() + self.host_timeout(),
            };
            let mut ahead = None;
            let note = |response: &Response| ahead = ahead.or_else(|| ahead_of(response, SystemClock.now()));
            let listed = match self.follow(attempt, note).await {
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

/// The time by which the clock of the server is ahead of this one (RFC 9110, section 6.6.1).
fn ahead_of(response: &Response, now: DateTime<Utc>) -> Option<TimeDelta> {
    let date = response.headers().get(DATE)?.to_str().ok()?;
    Some(DateTime::parse_from_rfc2822(date).ok()?.to_utc() - now)
}
