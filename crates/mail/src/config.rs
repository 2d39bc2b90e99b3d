//! The configuration of SMTP. Excludes where its settings are written, see `settings.rs`. Start at [`SmtpConfig`].

use std::fmt;
use std::fs;
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;

use crate::address::EmailAddress;
use crate::hello;
use crate::redaction::Redaction;
use crate::settings::{Secret, SmtpSettings};

/// The SMTP server, its security and login, and the sender.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// The server's host name, as in its certificate, or its IP address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The encryption of the connection.
    pub security: Security,
    /// The user and password; `None` if the server accepts mail without a login.
    pub login: Option<Login>,
    /// The sender. Undeliverable mail returns to this address.
    pub from: EmailAddress,
    /// Certificates that are trusted in addition to the public authorities, as PEM.
    pub extra_roots: Option<Vec<u8>>,
    /// The name for `EHLO`; `None` for the name of this machine.
    pub(crate) ehlo_name: Option<ClientId>,
}

/// The encryption of the connection to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS after `STARTTLS`. Nothing is sent to a server that does not offer it.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// No encryption: only for a server on this machine, or if the environment explicitly says so.
    Plain,
}

/// A user and a password. Debug output omits the password.
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

/// The reason why the settings are not a valid configuration. Names the setting by its environment variable. Contains
/// neither addresses nor the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A variable is not set.
    #[error("{name} is not set. It is {what}")]
    Missing {
        /// The name of the variable.
        name: &'static str,
        /// The expected value.
        what: &'static str,
    },
    /// A variable is invalid.
    #[error("{name} {why}")]
    Wrong {
        /// The name of the variable.
        name: &'static str,
        /// The fault, and the expected value.
        why: String,
    },
}

impl ConfigError {
    /// The environment variable of the missing or invalid setting.
    pub fn variable(&self) -> &'static str {
        match self {
            Self::Missing { name, .. } | Self::Wrong { name, .. } => name,
        }
    }
}

fn wrong(name: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Wrong {
        name,
        why: why.into(),
    }
}

impl SmtpConfig {
    /// Validates the settings. An empty one counts as not set.
    ///
    /// # Errors
    /// [`ConfigError`], with the setting's environment variable.
    pub fn new(settings: &SmtpSettings) -> Result<Self, ConfigError> {
        let required = |value, name, what| filled(value).ok_or(ConfigError::Missing { name, what });

        let host = host(required(
            &settings.host,
            "SMTP_HOST",
            "the server that takes your mail, such as smtp.example.com",
        )?)?;
        let security = security(&host, filled(&settings.tls))?;
        let port = match filled(&settings.port) {
            Some(port) => port
                .trim()
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| wrong("SMTP_PORT", "is no port. Write a number such as 587 or 465"))?,
            None => security.usual_port(),
        };
        let login = login(settings, &host, security)?;
        let from = sender(required(
            &settings.from,
            "MAIL_FROM",
            "the address that mail is sent from, such as you@example.com",
        )?)?;
        let extra_roots = filled(&settings.ca_file)
            .map(|path| {
                fs::read(path).map_err(|error| {
                    wrong(
                        "SMTP_CA_FILE",
                        format!("names {path}, which cannot be read: {error}"),
                    )
                })
            })
            .transpose()?;
        let ehlo_name = filled(&settings.ehlo_name).map(ehlo_name).transpose()?;
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

    /// A redaction of the server's replies to mail for this address.
    pub(crate) fn redaction(&self, to: &EmailAddress) -> Redaction {
        let mut redaction = Redaction::new().without(to.user()).without(self.from.user());
        if let Some(login) = &self.login {
            redaction = redaction.without(&login.user).without_secret(&login.password);
        }
        redaction
    }
}

impl Security {
    /// The default port of this security (RFC 8314, RFC 6409).
    fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::Plain => 25,
        }
    }
}

fn is_filled(value: &&str) -> bool {
    !value.trim().is_empty()
}

fn filled(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(is_filled)
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

/// True if mail to this host stays on this machine.
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

/// The user and the password. They are never sent unencrypted to another machine.
fn login(settings: &SmtpSettings, host: &str, security: Security) -> Result<Option<Login>, ConfigError> {
    let password = password(
        settings.password.as_ref().map(Secret::revealed).filter(is_filled),
        filled(&settings.password_file),
    )?;
    let login = match (filled(&settings.user), password) {
        (Some(user), Some(password)) => Some(Login {
            user: user.to_owned(),
            password,
        }),
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
    if login.is_some() && security == Security::Plain && !is_this_machine(host) {
        return Err(wrong(
            "SMTP_TLS",
            "says that nothing is encrypted, and a password is set, which anybody on the way could read. \
             Write starttls or tls, or unset SMTP_USER and SMTP_PASSWORD",
        ));
    }
    Ok(login)
}

fn password(value: Option<&str>, file: Option<&str>) -> Result<Option<String>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => Err(wrong(
            "SMTP_PASSWORD_FILE",
            "is set and SMTP_PASSWORD is too. Set one of them",
        )),
        (value, None) => Ok(value.map(str::to_owned)),
        (None, Some(path)) => {
            let text = fs::read_to_string(path).map_err(|error| {
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

/// The time limit of the connection.
pub(crate) const CONNECT: Duration = Duration::from_secs(20);
/// The time limit of the reply to one command.
pub(crate) const COMMAND: Duration = Duration::from_secs(30);
/// The time limit of the reply to the whole message. A server that takes longer delivers the message
/// nevertheless, and every resend delivers it again. The limit is therefore long (RFC 5321, 4.5.3.2.6 asks
/// for ten minutes), but shorter than the five minutes after which another process takes over the alert.
pub(crate) const ACCEPTANCE: Duration = Duration::from_secs(270);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<SmtpConfig, ConfigError> {
        SmtpConfig::new(&SmtpSettings::from_variables(set))
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
