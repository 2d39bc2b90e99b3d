//! A page source that fetches over HTTPS from the department's hosts: requests, redirects, retries and the
//! answers' meaning. `denial.rs` has the reasons why a host gives no page; `path.rs` checks paths. Start at
//! [`WebSource`].

use std::fmt;
use std::time::Duration;

use bulletin_html::{INDEX_PATH, MAX_PAGE_BYTES, read_index, recognise};
use pipeline::port::{Clock, Fetched, PageLink, PageSource, SourceError, SystemClock};
use reqwest::header::{ACCEPT, CONTENT_LENGTH, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use tokio::time::{Instant, sleep};

use crate::client::{self, in_words, root_cause};
use crate::config::{ConfigError, Host, WebConfig};
use crate::path;
use crate::web::denial::{Again, Denial, Tried, address_of, challenge, retry_after};

mod denial;

/// The redirect limit of one page.
const MOST_REDIRECTS: usize = 5;

/// A page to request, and from which host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) host: &'a Host,
    pub(crate) path: &'a str,
    /// The name of a host that is asked last, so that no redirect leads to it.
    pub(crate) avoid: Option<&'a str>,
    pub(crate) deadline: Instant,
}

/// A page source that tries the department's hosts in order until one gives the page.
///
/// It keeps no cookies, solves no challenge, and follows a redirect only to a page of the Visa Bulletin on
/// one of the configured hosts. The usual proxy variables of the environment (`HTTPS_PROXY`, `NO_PROXY`)
/// apply, except for hosts on this machine.
pub struct WebSource<C = SystemClock> {
    client: Client,
    hosts: Vec<Host>,
    config: WebConfig,
    clock: C,
}

impl<C> fmt::Debug for WebSource<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSource")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl<C: Clock> WebSource<C> {
    /// A source with these hosts. Makes no request.
    ///
    /// # Errors
    /// [`ConfigError`] with the invalid setting and what is expected.
    pub fn new(config: WebConfig, clock: C) -> Result<Self, ConfigError> {
        let hosts = config.check()?;
        Ok(Self {
            client: client(&config, &hosts)?,
            hosts,
            config,
            clock,
        })
    }

    /// The names of the hosts in the order in which they are tried. [`Fetched::host`] contains the same
    /// names.
    pub fn host_names(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(|host| host.name.as_str())
    }

    /// Requests a page from one host, with retries after transient errors.
    async fn ask(&self, host: &Host, path: &str, avoid: Option<&str>) -> Result<Fetched, Denial> {
        let deadline = Instant::now() + self.config.host_timeout;
        let attempt = Attempt {
            host,
            path,
            avoid,
            deadline,
        };
        let mut retries = 0;
        loop {
            let mut denial = match self.follow(attempt, |_| ()).await {
                Ok(fetched) => return Ok(fetched),
                Err(denial) => denial,
            };
            let pause = match denial.again {
                Again::Never => None,
                Again::Soon => Some(self.pause(retries)),
                Again::After(wait) => Some(wait).filter(|wait| *wait <= self.config.longest_retry_after),
            };
            match pause {
                Some(pause) if retries < self.config.retries && Instant::now() + pause < deadline => {
                    tracing::debug!(
                        source.host = host.name,
                        source.path = path,
                        source.answer = denial.reason,
                        pause.ms = pause.as_millis() as u64,
                        "The host is asked again after a pause."
                    );
                    retries += 1;
                    sleep(pause).await;
                }
                _ => {
                    if retries > 0 {
                        denial.reason.push_str(&format!(" (asked {} times)", retries + 1));
                    }
                    return Err(denial);
                }
            }
        }
    }

    /// The pause before a retry, drawn at random ("full jitter") so that many clients do not return at the
    /// same time.
    fn pause(&self, retries: u32) -> Duration {
        self.config
            .first_pause
            .saturating_mul(2_u32.saturating_pow(retries))
            .min(self.config.longest_pause)
            .mul_f64(fastrand::f64())
    }

    pub(crate) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub(crate) fn host_timeout(&self) -> Duration {
        self.config.host_timeout
    }

    /// One attempt: requests the page, follows redirects and checks the answer. `note` gets each answer.
    pub(crate) async fn follow(
        &self,
        attempt: Attempt<'_>,
        mut note: impl FnMut(&Response),
    ) -> Result<Fetched, Denial> {
        let mut asked = vec![(attempt.host, attempt.path.to_owned())];
        loop {
            let Some((host, path)) = asked.last() else {
                return Err(Denial::blocked("nothing was asked"));
            };
            // The request's time, not the end of the answer: a slow answer is not a newer page.
            let at = self.clock.now();
            let response = self.get(host, path, attempt.deadline).await?;
            note(&response);
            if !is_redirect(response.status()) {
                return Ok(Fetched {
                    body: self.judge(response).await?,
                    host: host.name.clone(),
                    at,
                    by_hand: false,
                });
            }
            let next = self.target(&response)?;
            if asked.contains(&next) {
                return Err(Denial::blocked("a redirect loop"));
            }
            if asked.len() > MOST_REDIRECTS {
                return Err(Denial::blocked(format!("more than {MOST_REDIRECTS} redirects")));
            }
            if attempt.avoid == Some(next.0.name.as_str()) && next.0.name != attempt.host.name {
                return Err(Denial::blocked(format!(
                    "a redirect to {}, which is asked last",
                    next.0.name
                )));
            }
            asked.push(next);
        }
    }

    async fn get(&self, host: &Host, path: &str, deadline: Instant) -> Result<Response, Denial> {
        let mut url = host.root.clone();
        url.set_path(path);
        let left = deadline.saturating_duration_since(Instant::now());
        self.client
            .get(url)
            .timeout(left.min(self.config.request_timeout))
            .send()
            .await
            .map_err(|error| self.denial_of(&error))
    }

    /// The target of a redirect, if it may be followed.
    fn target(&self, response: &Response) -> Result<(&Host, String), Denial> {
        let location = response
            .headers()
            .get(LOCATION)
            .and_then(|location| location.to_str().ok())
            .and_then(|location| response.url().join(location).ok())
            .ok_or_else(|| Denial::blocked("a redirect that leads nowhere"))?;
        let elsewhere = || Denial::blocked(format!("a redirect to {}", address_of(&location)));
        let host = self
            .hosts
            .iter()
            .find(|host| host.root.origin() == location.origin())
            .ok_or_else(elsewhere)?;
        let is_plain = location.username().is_empty()
            && location.password().is_none()
            && location.query().is_none()
            && path::is_page_path(location.path());
        if !is_plain {
            return Err(elsewhere());
        }
        Ok((host, location.path().to_owned()))
    }

    /// The body of an answer that is not a redirect, if it can be the page.
    async fn judge(&self, response: Response) -> Result<Vec<u8>, Denial> {
        let status = response.status();
        match status {
            StatusCode::OK => {
                let body = self.body(response).await?;
                match recognise(&body) {
                    Ok(()) => Ok(body),
                    Err(refusal) => Err(Denial::refused(&refusal)),
                }
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Denial {
                is_not_found: true,
                ..Denial::blocked(in_words(status))
            }),
            _ => Err(self.judge_error(response).await),
        }
    }

    async fn judge_error(&self, mut response: Response) -> Denial {
        let status = response.status();
        let wait = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| retry_after(value, self.clock.now()));
        if let Some(challenge) = challenge(&mut response).await {
            return Denial::blocked(format!("{}, {challenge}", in_words(status)));
        }
        if status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error() {
            return Denial::blocked(in_words(status));
        }
        match wait {
            Some(wait) => Denial {
                again: Again::After(wait),
                ..Denial::blocked(format!("{}, asks to wait {} s", in_words(status), wait.as_secs()))
            },
            None => Denial {
                again: Again::Soon,
                ..Denial::blocked(in_words(status))
            },
        }
    }

    /// The whole body, or an error if it is larger than the limit of a page.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Denial> {
        let too_large =
            || Denial::blocked(format!("more than {MAX_PAGE_BYTES} bytes, which no bulletin has"));
        let announced = response
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse::<u64>().ok())
            .unwrap_or_default();
        if announced > MAX_PAGE_BYTES as u64 {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(announced as usize);
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > MAX_PAGE_BYTES => return Err(too_large()),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(error) if error.is_timeout() => return Err(self.denial_of(&error)),
                Err(_) => {
                    return Err(Denial {
                        again: Again::Soon,
                        ..Denial::blocked(format!("the connection broke after {} bytes", body.len()))
                    });
                }
            }
        }
    }

    fn denial_of(&self, error: &reqwest::Error) -> Denial {
        let reason = if error.is_timeout() && error.is_connect() {
            format!("no connection within {:?}", self.config.connect_timeout)
        } else if error.is_timeout() {
            format!("no whole answer within {:?}", self.config.request_timeout)
        } else if error.is_connect() {
            format!("no connection ({})", root_cause(error))
        } else {
            format!("the connection broke ({})", root_cause(error))
        };
        Denial {
            again: Again::Soon,
            ..Denial::blocked(reason)
        }
    }

    /// The hosts in the order in which they are tried: as configured, but with the one to avoid last.
    fn in_order<'a>(&'a self, avoid: Option<&str>) -> impl Iterator<Item = &'a Host> {
        let (last, first): (Vec<_>, Vec<_>) = self
            .hosts
            .iter()
            .partition(|host| Some(host.name.as_str()) == avoid);
        first.into_iter().chain(last)
    }
}

impl<C: Clock> PageSource for WebSource<C> {
    /// The bulletins on the first index page that can be fetched and parsed. Links to paths that are never
    /// fetched are omitted. A missing index means that the host is closed: it blocks.
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        let mut tried = Tried::default();
        for host in &self.hosts {
            let listed = match self.ask(host, INDEX_PATH, None).await {
                Ok(fetched) => read_index(&fetched.body).map_err(|refusal| Denial::refused(&refusal)),
                Err(denial) => Err(denial),
            };
            match listed {
                Ok(links) => {
                    tried.note_answer(&host.name, INDEX_PATH);
                    return Ok(links
                        .into_iter()
                        .filter(|link| path::is_page_path(&link.path))
                        .map(|link| PageLink {
                            month: link.month,
                            path: link.path,
                        })
                        .collect());
                }
                Err(denial) => tried.push(host, denial),
            }
        }
        Err(SourceError::Blocked {
            path: INDEX_PATH.into(),
            tried: tried.answers.join("; "),
        })
    }

    /// The page from the first host that gives it. A host without the page does not end the search, since
    /// another may have it earlier. The page is missing only if every host says so: a mirror may lag behind
    /// `travel.state.gov`, so while a host is blocked it is unknown if the page is out.
    async fn page(&self, path: &str, avoid: Option<&str>) -> Result<Fetched, SourceError> {
        path::check(path)?;
        let mut tried = Tried::default();
        for host in self.in_order(avoid) {
            match self.ask(host, path, avoid).await {
                Ok(fetched) => {
                    tried.note_answer(&fetched.host, path);
                    return Ok(fetched);
                }
                Err(denial) => tried.push(host, denial),
            }
        }
        let path = path.to_owned();
        let is_missing = tried.is_missing();
        let tried = tried.answers.join("; ");
        Err(if is_missing {
            SourceError::NotFound { path, tried }
        } else {
            SourceError::Blocked { path, tried }
        })
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The client of the source.
fn client(config: &WebConfig, hosts: &[Host]) -> Result<Client, ConfigError> {
    let tls = client::tls().map_err(|reason| ConfigError::Client { reason })?;
    let accept = HeaderValue::from_static("text/html,application/xhtml+xml");
    let mut client = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(config.user_agent())
        .default_headers(HeaderMap::from_iter([(ACCEPT, accept)]))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .https_only(hosts.iter().all(|host| host.root.scheme() == "https"))
        .connect_timeout(config.connect_timeout)
        .timeout(config.request_timeout);
    if hosts.iter().any(|host| host.is_loopback) {
        client = client.no_proxy();
    }
    client.build().map_err(|error| ConfigError::Client {
        reason: root_cause(&error),
    })
}
