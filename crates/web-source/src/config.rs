//! The configuration of the web source: hosts, contact, time limits and retries. Requests are in `web.rs`.
//! Start at [`WebConfig`].

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;

use crate::text::shown;

/// The default hosts: `travel.state.gov` first, then other hosts of the department that serve the same paths
/// without a challenge (seen August to October 2026; they may close).
pub const DEFAULT_HOSTS: [&str; 4] = [
    "https://travel.state.gov",
    "https://adoption.state.gov",
    "https://adoptions.state.gov",
    "https://childabduction.state.gov",
];

/// The domain of every host, unless others are permitted.
const DOMAIN: &str = "state.gov";
/// The length limit of the contact, in bytes.
const LONGEST_CONTACT: usize = 200;
/// The upper limit of a time limit or pause.
const LONGEST_TIME: Duration = Duration::from_secs(3600);
/// The upper limit of retries. After this many the host is down, and the next poll follows soon.
const MOST_RETRIES: u32 = 10;

/// The hosts, the contact in the User-Agent, and the time limits and retries.
#[derive(Clone, PartialEq, Eq)]
pub struct WebConfig {
    /// The hosts in the order in which they are tried, each as scheme, host and, if it is not the default,
    /// port: `https://travel.state.gov`. Plain `http` is accepted only for this machine (127.0.0.1, ::1,
    /// localhost).
    pub hosts: Vec<String>,
    /// True if hosts outside `state.gov` are permitted.
    pub allow_other_hosts: bool,
    /// The operator's e-mail address or URL, which every request names in its User-Agent.
    pub contact: String,
    /// The time limit for opening a connection.
    pub connect_timeout: Duration,
    /// The time limit of one request, from the connection to the last byte.
    pub request_timeout: Duration,
    /// The time limit of one host for a page, including redirects and retries.
    pub host_timeout: Duration,
    /// The number of retries after a transient error. A refusal or challenge is not retried.
    pub retries: u32,
    /// The longest pause before the first retry; it doubles with each retry. The actual pause is drawn at
    /// random between zero and that.
    pub first_pause: Duration,
    /// The longest pause before any retry.
    pub longest_pause: Duration,
    /// The upper limit for `Retry-After`. A host that asks for a longer wait is not retried in this poll.
    pub longest_retry_after: Duration,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            hosts: DEFAULT_HOSTS.map(String::from).into(),
            allow_other_hosts: false,
            contact: "visa-bulletin-watch".into(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(15),
            host_timeout: Duration::from_secs(30),
            retries: 2,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(5),
            longest_retry_after: Duration::from_secs(15),
        }
    }
}

/// Omits the contact, which may be a personal address.
impl fmt::Debug for WebConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebConfig")
            .field("hosts", &self.hosts)
            .field("allow_other_hosts", &self.allow_other_hosts)
            .field("connect_timeout", &self.connect_timeout)
            .field("request_timeout", &self.request_timeout)
            .field("host_timeout", &self.host_timeout)
            .field("retries", &self.retries)
            .field("first_pause", &self.first_pause)
            .field("longest_pause", &self.longest_pause)
            .field("longest_retry_after", &self.longest_retry_after)
            .finish_non_exhaustive()
    }
}

impl WebConfig {
    /// A configuration for a Lambda, whose time is limited: the time limits of all hosts together fit into it,
    /// and the next poll follows soon.
    pub fn impatient(hosts: Vec<String>, contact: String, allow_other_hosts: bool) -> Self {
        Self {
            hosts,
            allow_other_hosts,
            contact,
            request_timeout: Duration::from_secs(10),
            host_timeout: Duration::from_secs(15),
            retries: 1,
            ..Self::default()
        }
    }

    /// The longest time that a page or the index can take if every host hangs. A caller's time limit must be
    /// longer.
    pub fn longest_look(&self) -> Duration {
        self.host_timeout
            .saturating_mul(u32::try_from(self.hosts.len()).unwrap_or(u32::MAX))
    }

    /// Validates everything and parses the hosts.
    pub(crate) fn check(&self) -> Result<Vec<Host>, ConfigError> {
        let mut hosts: Vec<Host> = Vec::new();
        for text in &self.hosts {
            let host = Host::read(text, self.allow_other_hosts)?;
            if hosts.iter().any(|other| other.name == host.name) {
                return Err(ConfigError::Twice { host: host.name });
            }
            hosts.push(host);
        }
        if hosts.is_empty() {
            return Err(ConfigError::NoHost);
        }
        let printable = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'(' | b')' | b'\\');
        if self.contact.is_empty()
            || self.contact.len() > LONGEST_CONTACT
            || !self.contact.bytes().all(printable)
        {
            return Err(ConfigError::Contact);
        }
        for (name, time, may_be_zero) in [
            ("time-out of a connection", self.connect_timeout, false),
            ("time-out of a request", self.request_timeout, false),
            ("time for a host", self.host_timeout, false),
            ("first pause", self.first_pause, true),
            ("longest pause", self.longest_pause, true),
            ("longest Retry-After", self.longest_retry_after, true),
        ] {
            if (time.is_zero() && !may_be_zero) || time > LONGEST_TIME {
                return Err(ConfigError::Time { name, time });
            }
        }
        if self.host_timeout < self.request_timeout {
            return Err(ConfigError::HostTimeout {
                host: self.host_timeout,
                request: self.request_timeout,
            });
        }
        if self.retries > MOST_RETRIES {
            return Err(ConfigError::Retries {
                retries: self.retries,
            });
        }
        Ok(hosts)
    }

    /// The User-Agent header: the program, its version and its contact.
    pub(crate) fn user_agent(&self) -> String {
        format!(
            "visa-bulletin-watch/{} (+{})",
            env!("CARGO_PKG_VERSION"),
            self.contact
        )
    }
}

/// The reason why a configuration is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No host is configured.
    #[error("no host is configured: name at least one, such as https://travel.state.gov")]
    NoHost,
    /// A host that cannot be parsed as a URL.
    #[error("\"{host}\" is no web address: write a host like https://travel.state.gov")]
    NotAnAddress {
        /// The configured host.
        host: String,
    },
    /// A URL with a path, a query or a user.
    #[error(
        "\"{host}\" says more than which host: write scheme and host alone, like https://travel.state.gov"
    )]
    MoreThanAHost {
        /// The host name.
        host: String,
    },
    /// A remote host without encryption.
    #[error(
        "{host} is to be asked without encryption, so that anybody on the way could change the dates: write https:// (plain http is for this machine alone)"
    )]
    PlainHttp {
        /// The host name.
        host: String,
    },
    /// A host outside the department's domain.
    #[error(
        "{host} is no host of state.gov: pages from elsewhere are fetched only where other hosts are allowed explicitly"
    )]
    OtherHost {
        /// The host name.
        host: String,
    },
    /// A host that is configured more than once.
    #[error("{host} is configured twice: name each host once")]
    Twice {
        /// The host name.
        host: String,
    },
    /// A contact that is not a valid header value. The error does not repeat it, because it may be a personal
    /// address.
    #[error(
        "the contact must be an e-mail or web address of 1 to {LONGEST_CONTACT} plain characters, without blanks or brackets"
    )]
    Contact,
    /// A time limit or pause that is zero or too long.
    #[error("the {name} is {time:?}: it must be more than nothing and at most {LONGEST_TIME:?}")]
    Time {
        /// The name of the setting.
        name: &'static str,
        /// Its value.
        time: Duration,
    },
    /// A time limit of a host that is shorter than the one of a request.
    #[error("a host is given {host:?} and one request to it {request:?}: give the host at least as long")]
    HostTimeout {
        /// The time limit of a host.
        host: Duration,
        /// The time limit of a request.
        request: Duration,
    },
    /// More retries than permitted.
    #[error("{retries} retries are too many: at most {MOST_RETRIES} are made")]
    Retries {
        /// The configured number.
        retries: u32,
    },
    /// The HTTP client could not be built.
    #[error("the HTTP client does not start: {reason}")]
    Client {
        /// The reason.
        reason: String,
    },
}

/// A host of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// The name in messages and records: the host name, with the port if it is not the default.
    pub(crate) name: String,
    /// The root URL.
    pub(crate) root: Url,
    /// True if the host is this machine.
    pub(crate) is_loopback: bool,
}

impl Host {
    fn read(text: &str, allow_other_hosts: bool) -> Result<Self, ConfigError> {
        let not_an_address = || ConfigError::NotAnAddress { host: shown(text) };
        let root = Url::parse(text).map_err(|_| not_an_address())?;
        if !matches!(root.scheme(), "http" | "https") {
            return Err(not_an_address());
        }
        let host = root.host_str().ok_or_else(not_an_address)?;
        let is_loopback = is_loopback(host);
        let is_departments = host == DOMAIN
            || host
                .strip_suffix(DOMAIN)
                .is_some_and(|front| front.ends_with('.'));
        let name = match root.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        if !root.username().is_empty()
            || root.password().is_some()
            || root.path() != "/"
            || root.query().is_some()
            || root.fragment().is_some()
        {
            return Err(ConfigError::MoreThanAHost { host: name });
        }
        if root.scheme() == "http" && !is_loopback {
            return Err(ConfigError::PlainHttp { host: name });
        }
        if !is_departments && !is_loopback && !allow_other_hosts {
            return Err(ConfigError::OtherHost { host: name });
        }
        Ok(Self {
            name,
            root,
            is_loopback,
        })
    }
}

pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests;
