use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;

use crate::text::shown;

/// The hosts that are asked when nothing else is configured: the department's own first, then those of its other
/// hosts that serve the same paths without a challenge (seen August to October 2026; they may close).
pub const DEFAULT_HOSTS: [&str; 4] = [
    "https://travel.state.gov",
    "https://adoption.state.gov",
    "https://adoptions.state.gov",
    "https://childabduction.state.gov",
];

/// The domain that every host lies under, unless others are allowed.
const DOMAIN: &str = "state.gov";
/// The longest contact in bytes.
const LONGEST_CONTACT: usize = 200;
/// The longest time-out or pause.
const LONGEST_TIME: Duration = Duration::from_secs(3600);
/// The most retries that make sense: from then on the host is down, and the next look comes soon.
const MOST_RETRIES: u32 = 10;

/// Which hosts are asked, under which name, and how patiently.
#[derive(Clone, PartialEq, Eq)]
pub struct WebConfig {
    /// The hosts in the order in which they are asked, each as scheme, host and, where it is not the usual one, port:
    /// `https://travel.state.gov`. Plain `http` is taken for this machine alone (127.0.0.1, ::1, localhost).
    pub hosts: Vec<String>,
    /// Whether hosts outside `state.gov` are taken.
    pub allow_other_hosts: bool,
    /// Who runs this: an e-mail or web address, which every request names in its User-Agent.
    pub contact: String,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long one request may take, from the connection to the last byte.
    pub request_timeout: Duration,
    /// How long one host is given for a page, with its redirects and retries.
    pub host_timeout: Duration,
    /// How often a host is asked again after an error that may pass. A refusal or challenge is never repeated.
    pub retries: u32,
    /// The longest pause before the first retry; it doubles from retry to retry. Each pause is drawn at random between
    /// nothing and that.
    pub first_pause: Duration,
    /// The longest pause before any retry.
    pub longest_pause: Duration,
    /// The longest wait that a host may ask for with `Retry-After`. One that asks for more is not asked again now.
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

/// Leaves out the contact, which may be somebody's address.
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
    /// For a Lambda, whose time is counted: every host together fits into it, and the next look comes soon.
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

    /// The longest time that one page or the index can take, when every host hangs. What calls the source must be given
    /// more.
    pub fn longest_look(&self) -> Duration {
        self.host_timeout
            .saturating_mul(u32::try_from(self.hosts.len()).unwrap_or(u32::MAX))
    }

    /// Checks everything and reads the hosts.
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

    /// The User-Agent header: what this is, its version, and whom to ask about it.
    pub(crate) fn user_agent(&self) -> String {
        format!(
            "visa-bulletin-watch/{} (+{})",
            env!("CARGO_PKG_VERSION"),
            self.contact
        )
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No host at all.
    #[error("no host is configured: name at least one, such as https://travel.state.gov")]
    NoHost,
    /// A host that cannot be read as a web address.
    #[error("\"{host}\" is no web address: write a host like https://travel.state.gov")]
    NotAnAddress {
        /// The host as it is configured.
        host: String,
    },
    /// An address with a path, a query or a user in it.
    #[error(
        "\"{host}\" says more than which host: write scheme and host alone, like https://travel.state.gov"
    )]
    MoreThanAHost {
        /// The host's name.
        host: String,
    },
    /// A host of the network without encryption.
    #[error(
        "{host} is to be asked without encryption, so that anybody on the way could change the dates: write https:// (plain http is for this machine alone)"
    )]
    PlainHttp {
        /// The host's name.
        host: String,
    },
    /// A host that is not the department's.
    #[error(
        "{host} is no host of state.gov: pages from elsewhere are fetched only where other hosts are allowed explicitly"
    )]
    OtherHost {
        /// The host's name.
        host: String,
    },
    /// The same host more than once.
    #[error("{host} is configured twice: name each host once")]
    Twice {
        /// The host's name.
        host: String,
    },
    /// A contact that cannot stand in a header. It is not repeated here, because it may be somebody's address.
    #[error(
        "the contact must be an e-mail or web address of 1 to {LONGEST_CONTACT} plain characters, without blanks or brackets"
    )]
    Contact,
    /// A time-out in which nothing can be fetched, or in which nobody would wait.
    #[error("the {name} is {time:?}: it must be more than nothing and at most {LONGEST_TIME:?}")]
    Time {
        /// Which.
        name: &'static str,
        /// How long it is.
        time: Duration,
    },
    /// Less time for a host than for one request to it.
    #[error("a host is given {host:?} and one request to it {request:?}: give the host at least as long")]
    HostTimeout {
        /// The host's time.
        host: Duration,
        /// The request's time.
        request: Duration,
    },
    /// So many retries that a host would be pestered.
    #[error("{retries} retries are too many: at most {MOST_RETRIES} are made")]
    Retries {
        /// How many.
        retries: u32,
    },
    /// The HTTP client does not start.
    #[error("the HTTP client does not start: {reason}")]
    Client {
        /// Why.
        reason: String,
    },
}

/// A host that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// What it is called in messages and records: the host's name, with the port where it is not the usual one.
    pub(crate) name: String,
    /// Its root.
    pub(crate) root: Url,
    /// Whether it is this machine.
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

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_host(host: &str) -> WebConfig {
        WebConfig {
            hosts: vec![host.into()],
            ..WebConfig::default()
        }
    }

    #[test]
    fn the_default_names_the_departments_hosts_in_order() {
        let hosts = WebConfig::default().check().unwrap();
        let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "travel.state.gov",
                "adoption.state.gov",
                "adoptions.state.gov",
                "childabduction.state.gov"
            ]
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for host in [
            "http://travel.state.gov",
            "http://192.168.0.1",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
        ] {
            assert!(
                matches!(with_host(host).check(), Err(ConfigError::PlainHttp { .. })),
                "{host}"
            );
        }
        for host in [
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost:8080",
        ] {
            assert!(with_host(host).check().is_ok(), "{host}");
        }
    }

    #[test]
    fn other_hosts_must_be_allowed_explicitly() {
        for host in [
            "https://example.com",
            "https://travel.state.gov.example.com",
            "https://notstate.gov",
        ] {
            let mut config = with_host(host);
            assert!(
                matches!(config.check(), Err(ConfigError::OtherHost { .. })),
                "{host}"
            );
            config.allow_other_hosts = true;
            assert!(config.check().is_ok(), "{host}");
        }
    }

    #[test]
    fn a_host_is_scheme_and_host_alone() {
        for host in [
            "https://travel.state.gov/content",
            "https://travel.state.gov/?q",
            "https://somebody@travel.state.gov",
            "https://travel.state.gov@state.gov",
            "https://travel.state.gov/#x",
        ] {
            assert!(
                matches!(with_host(host).check(), Err(ConfigError::MoreThanAHost { .. })),
                "{host}"
            );
        }
        for host in ["", "travel.state.gov", "ftp://travel.state.gov", "file:///x"] {
            assert!(
                matches!(with_host(host).check(), Err(ConfigError::NotAnAddress { .. })),
                "{host}"
            );
        }
    }

    #[test]
    fn a_host_stands_once() {
        let config = WebConfig {
            hosts: vec![
                "https://travel.state.gov".into(),
                "https://TRAVEL.state.gov:443/".into(),
            ],
            ..WebConfig::default()
        };
        let host = "travel.state.gov".to_owned();
        assert_eq!(config.check(), Err(ConfigError::Twice { host }));
        let none = WebConfig {
            hosts: Vec::new(),
            ..WebConfig::default()
        };
        assert_eq!(none.check(), Err(ConfigError::NoHost));
    }

    #[test]
    fn the_contact_stands_in_the_user_agent_and_in_no_message() {
        let mut config = WebConfig {
            contact: "mailto:operator@example.com".into(),
            ..WebConfig::default()
        };
        assert!(config.check().is_ok());
        assert!(config.user_agent().ends_with(" (+mailto:operator@example.com)"));
        assert!(!format!("{config:?}").contains("example.com"));
        config.contact = "operator@example.com\r\nX: y".into();
        assert_eq!(config.check(), Err(ConfigError::Contact));
        assert!(!ConfigError::Contact.to_string().contains("example.com"));
    }

    #[test]
    fn times_must_leave_room_for_a_request() {
        let zero = WebConfig {
            request_timeout: Duration::ZERO,
            ..WebConfig::default()
        };
        assert!(matches!(zero.check(), Err(ConfigError::Time { .. })));
        let endless = WebConfig {
            longest_retry_after: Duration::MAX,
            ..WebConfig::default()
        };
        assert!(matches!(endless.check(), Err(ConfigError::Time { .. })));
        let short = WebConfig {
            host_timeout: Duration::from_secs(1),
            ..WebConfig::default()
        };
        assert!(matches!(short.check(), Err(ConfigError::HostTimeout { .. })));
        assert_eq!(WebConfig::default().longest_look(), Duration::from_secs(120));
    }
}
