use std::fmt;
use std::fs;
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;

use crate::address::EmailAddress;
use crate::hello;
use crate::redaction::Redaction;

/// The environment variables that say which server takes the mail.
pub const VARIABLES: [&str; 9] = [
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_TLS",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "SMTP_PASSWORD_FILE",
    "SMTP_CA_FILE",
    "SMTP_EHLO_NAME",
    "MAIL_FROM",
];

/// Which server takes the mail, and in whose name.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// The server's name, as its certificate has it, or its address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is kept from being read.
    pub security: Security,
    /// Who signs in, and with what; `None` where the server takes mail without.
    pub login: Option<Login>,
    /// In whose name mail is sent. Mail that cannot be delivered comes back there.
    pub from: EmailAddress,
    /// Certificates that are trusted beside those of the public authorities, as PEM.
    pub extra_roots: Option<Vec<u8>>,
    /// The name to give in `EHLO`; `None` for that of this machine.
    pub(crate) ehlo_name: Option<ClientId>,
}

/// How the way to the server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS after `STARTTLS`. A server that does not offer it gets nothing.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a server on this machine, or where the environment says so in a word that cannot be meant otherwise.
    Plain,
}

/// Who signs in. The password does not show itself.
#[derive(Clone)]
pub struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

/// Why no mail can be sent from this environment. Holds neither addresses nor the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A variable is not set.
    #[error("{name} is not set. It is {what}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What belongs there.
        what: &'static str,
    },
    /// A variable says something that cannot be used.
    #[error("{name} {why}")]
    Wrong {
        /// The variable.
        name: &'static str,
        /// What is wrong, and what to write instead.
        why: String,
    },
}

fn wrong(name: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Wrong {
        name,
        why: why.into(),
    }
}

impl SmtpConfig {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// [`ConfigError`], with the variable's name.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(wrong(name, "is no UTF-8 text")),
        })
    }

    /// Reads the variables with `lookup`. An empty one counts as not set.
    ///
    /// # Errors
    /// [`ConfigError`], with the variable's name.
    pub fn read(
        lookup: impl Fn(&'static str) -> Result<Option<String>, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let get = |name| Ok(lookup(name)?.filter(|value: &String| !value.trim().is_empty()));
        let required = |name, what| get(name)?.ok_or(ConfigError::Missing { name, what });

        let host = host(&required(
            "SMTP_HOST",
            "the server that takes your mail, such as smtp.example.com",
        )?)?;
        let security = security(&host, get("SMTP_TLS")?.as_deref())?;
        let port = match get("SMTP_PORT")? {
            Some(port) => port
                .trim()
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| wrong("SMTP_PORT", "is no port. Write a number such as 587 or 465"))?,
            None => security.usual_port(),
        };
        let password = password(get("SMTP_PASSWORD")?, get("SMTP_PASSWORD_FILE")?)?;
        let login = match (get("SMTP_USER")?, password) {
            (Some(user), Some(password)) => Some(Login { user, password }),
            (Some(_), None) => {
                return Err(wrong(
                    "SMTP_USER",
                    "is set and SMTP_PASSWORD is not. Set SMTP_PASSWORD or SMTP_PASSWORD_FILE too, or neither",
                ));
            }
            (None, Some(_)) => {
                return Err(wrong(
                    "SMTP_PASSWORD",
                    "is set and SMTP_USER is not. Set both, or neither",
                ));
            }
            (None, None) => None,
        };
        if login.is_some() && security == Security::Plain && !is_this_machine(&host) {
            return Err(wrong(
                "SMTP_TLS",
                "says that nothing is encrypted, and a password is set, which anybody on the way could read. \
                 Write starttls or tls, or unset SMTP_USER and SMTP_PASSWORD",
            ));
        }
        let from = sender(&required(
            "MAIL_FROM",
            "the address that mail is sent from, such as you@example.com",
        )?)?;
        let extra_roots = get("SMTP_CA_FILE")?
            .map(|path| {
                fs::read(&path).map_err(|error| {
                    wrong(
                        "SMTP_CA_FILE",
                        format!("names {path}, which cannot be read: {error}"),
                    )
                })
            })
            .transpose()?;
        let ehlo_name = get("SMTP_EHLO_NAME")?.as_deref().map(ehlo_name).transpose()?;
        Ok(Self {
            host,
            port,
            security,
            login,
            from,
            extra_roots,
            ehlo_name,
        })
    }

    /// Takes what must not be seen out of what the server answers, for mail to this address.
    pub(crate) fn redaction(&self, to: &EmailAddress) -> Redaction {
        let mut redaction = Redaction::new().without(to.user()).without(self.from.user());
        if let Some(login) = &self.login {
            redaction = redaction.without(&login.user).without_secret(&login.password);
        }
        redaction
    }
}

impl Security {
    /// The port where servers take mail in this manner (RFC 8314, RFC 6409).
    fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::Plain => 25,
        }
    }
}

fn host(text: &str) -> Result<String, ConfigError> {
    let host = text.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if !host.chars().all(is_plain) || (host.contains(':') && host.parse::<std::net::Ipv6Addr>().is_err()) {
        return Err(wrong(
            "SMTP_HOST",
            "is no server's name alone. Write one like smtp.example.com, and the port as SMTP_PORT",
        ));
    }
    Ok(host.to_owned())
}

/// Whether mail to this host stays on this machine.
fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn security(host: &str, word: Option<&str>) -> Result<Security, ConfigError> {
    match word.map(|word| word.trim().to_ascii_lowercase()).as_deref() {
        None if is_this_machine(host) => Ok(Security::Plain),
        None | Some("starttls") => Ok(Security::StartTls),
        Some("tls") => Ok(Security::Tls),
        Some("plain") if is_this_machine(host) => Ok(Security::Plain),
        Some("plain") => Err(wrong(
            "SMTP_TLS",
            format!(
                "is plain, and {host} is another machine: whoever is on the way can read the mail. \
                 Write starttls or tls, or insecure-plain if that is what you want"
            ),
        )),
        Some("insecure-plain") => Ok(Security::Plain),
        Some(_) => Err(wrong(
            "SMTP_TLS",
            "is no way of encryption known here. Write starttls (usually port 587), tls (465), or plain for a \
             server on this machine",
        )),
    }
}

fn sender(address: &str) -> Result<EmailAddress, ConfigError> {
    address.parse().map_err(|_| {
        wrong(
            "MAIL_FROM",
            "is no e-mail address alone. Write one like you@example.com",
        )
    })
}

fn ehlo_name(name: &str) -> Result<ClientId, ConfigError> {
    hello::parse(name.trim()).ok_or_else(|| {
        wrong(
            "SMTP_EHLO_NAME",
            "is invalid: expected a host name such as mail.example.com, or an address such as [192.0.2.1]",
        )
    })
}

fn password(value: Option<String>, file: Option<String>) -> Result<Option<String>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => Err(wrong(
            "SMTP_PASSWORD_FILE",
            "is set and SMTP_PASSWORD is too. Set one of them",
        )),
        (value, None) => Ok(value),
        (None, Some(path)) => {
            let text = fs::read_to_string(&path).map_err(|error| {
                wrong(
                    "SMTP_PASSWORD_FILE",
                    format!("names {path}, which cannot be read: {error}"),
                )
            })?;
            let password = text.trim_end_matches(['\r', '\n']).to_owned();
            if password.is_empty() {
                return Err(wrong(
                    "SMTP_PASSWORD_FILE",
                    format!("names {path}, which is empty"),
                ));
            }
            Ok(Some(password))
        }
    }
}

/// How long each part of a dialogue may take.
pub(crate) const CONNECT: Duration = Duration::from_secs(20);
/// A reply to one command.
pub(crate) const COMMAND: Duration = Duration::from_secs(30);
/// The reply to the whole message. A server that takes longer than it is waited for delivers the message all the same,
/// and again with each repetition: so this is long (RFC 5321, 4.5.3.2.6 asks for ten minutes), and still shorter than the
/// five minutes after which another process would take the alert for that of a dead one.
pub(crate) const ACCEPTANCE: Duration = Duration::from_secs(270);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<SmtpConfig, ConfigError> {
        SmtpConfig::read(|name| {
            assert!(VARIABLES.contains(&name), "{name} is not listed");
            Ok(set
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned()))
        })
    }

    const FROM: (&str, &str) = ("MAIL_FROM", "visa@example.com");
    const HOST: (&str, &str) = ("SMTP_HOST", "smtp.example.com");
    const USER: (&str, &str) = ("SMTP_USER", "jane");
    const PASSWORD: (&str, &str) = ("SMTP_PASSWORD", "s3cret-word");

    #[test]
    fn two_variables_are_enough_and_then_the_way_is_encrypted() {
        let config = read(&[("SMTP_HOST", "smtp.example.com"), FROM]).unwrap();
        assert_eq!((config.security, config.port), (Security::StartTls, 587));
        let config = read(&[("SMTP_HOST", "smtp.example.com"), ("SMTP_TLS", "TLS"), FROM]).unwrap();
        assert_eq!((config.security, config.port), (Security::Tls, 465));
        for host in ["localhost", "127.0.0.1", "::1"] {
            let config = read(&[("SMTP_HOST", host), FROM]).unwrap();
            assert_eq!((config.security, config.port), (Security::Plain, 25));
        }
        let own = [
            ("SMTP_HOST", "localhost"),
            ("SMTP_TLS", "starttls"),
            ("SMTP_PORT", "2525"),
            FROM,
        ];
        let config = read(&own).unwrap();
        assert_eq!((config.security, config.port), (Security::StartTls, 2525));
    }

    #[test]
    fn what_is_wrong_is_named_and_secrets_are_not() {
        type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);
        let cases: [Case; 15] = [
            (&[], &["SMTP_HOST is not set"]),
            (&[("SMTP_HOST", "  ")], &["SMTP_HOST is not set"]),
            (&[HOST], &["MAIL_FROM is not set", "you@example.com"]),
            (&[HOST, ("MAIL_FROM", "jane")], &["MAIL_FROM"]),
            (
                &[("SMTP_HOST", "smtp.example.com:25"), FROM],
                &["SMTP_HOST", "SMTP_PORT"],
            ),
            (&[("SMTP_HOST", "smtp://example.com"), FROM], &["SMTP_HOST"]),
            (&[HOST, ("SMTP_PORT", "0"), FROM], &["SMTP_PORT", "587"]),
            (&[HOST, ("SMTP_PORT", "70000"), FROM], &["SMTP_PORT"]),
            (
                &[HOST, ("SMTP_TLS", "plain"), FROM],
                &["SMTP_TLS", "insecure-plain"],
            ),
            (&[HOST, ("SMTP_TLS", "ssl"), FROM], &["SMTP_TLS", "starttls"]),
            (
                &[HOST, ("SMTP_EHLO_NAME", "my machine"), FROM],
                &["SMTP_EHLO_NAME", "mail.example.com"],
            ),
            (&[HOST, USER, FROM], &["SMTP_USER", "SMTP_PASSWORD"]),
            (&[HOST, PASSWORD, FROM], &["SMTP_USER"]),
            (
                &[HOST, ("SMTP_TLS", "insecure-plain"), USER, PASSWORD, FROM],
                &["SMTP_TLS", "could read"],
            ),
            (
                &[HOST, USER, ("SMTP_PASSWORD_FILE", "/none/password"), FROM],
                &["/none/password"],
            ),
        ];
        for (set, says) in cases {
            let error = read(set).unwrap_err().to_string();
            for text in says {
                assert!(error.contains(text), "no {text:?} in {error}");
            }
            assert!(
                !error.contains("s3cret-word") && !error.contains("jane"),
                "{error}"
            );
        }
        assert!(read(&[HOST, ("SMTP_TLS", "insecure-plain"), FROM]).is_ok());
        let config = read(&[HOST, USER, PASSWORD, FROM]).unwrap();
        let shown = format!("{config:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("visa@"), "{shown}");
    }
}
