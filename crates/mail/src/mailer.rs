//! The SMTP client: it sends one message per connection and classifies the result. Start at [`Mailer::send`].

use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::time::{Duration, SystemTime};

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::response::Severity;
use tokio::time::timeout;

use crate::config::{ACCEPTANCE, COMMAND, CONNECT, ConfigError, Security, SmtpConfig};
use crate::connection::{OpenError, open};
use crate::message::EmailMessage;
use crate::redaction::Redaction;
use crate::reply::is_temporary;

/// The number of timeouts after which a mailer stops, so that a server that answers one byte at a time does
/// not block a run for minutes with each message.
const MOST_TIMEOUTS: u32 = 2;

/// Sends messages through one server.
///
/// After a failed connection or two timeouts a mailer stops: each further message fails at
/// once. The next run creates a new mailer.
pub struct Mailer {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    timeouts: Timeouts,
    /// The reason why the server is unreachable, once that is known.
    unreachable: RefCell<Option<String>>,
    /// The number of timeouts on open connections.
    timeouts_seen: Cell<u32>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// The time limits of the server.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// From the connection to the end of TLS and login.
    pub connect: Duration,
    /// For the reply to one command.
    pub command: Duration,
    /// For the acceptance of the whole message.
    pub acceptance: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: CONNECT,
            command: COMMAND,
            acceptance: ACCEPTANCE,
        }
    }
}

/// The reason why a message was not sent. Contains no address and no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server did not accept the message, and may accept it later.
    #[error("{0}")]
    NotSent(String),
    /// The server rejected the sender, the recipient or the message with a permanent error.
    #[error("{0}")]
    Refused(String),
    /// The message was transmitted, and the reply was lost. SMTP has no command to find out if the server
    /// accepted it. A resend may deliver it twice, with the same `Message-ID`.
    #[error("{0}")]
    Unknown(String),
}

impl Mailer {
    /// A mailer for this server.
    ///
    /// # Errors
    /// [`ConfigError`] if the trusted certificates cannot be read.
    pub fn new(config: SmtpConfig) -> Result<Self, ConfigError> {
        Self::with_timeouts(config, Timeouts::default())
    }

    /// A mailer for this server with other time limits.
    ///
    /// # Errors
    /// The errors of [`Mailer::new`].
    pub fn with_timeouts(config: SmtpConfig, timeouts: Timeouts) -> Result<Self, ConfigError> {
        let tls = match config.security {
            Security::Plain => None,
            Security::StartTls | Security::Tls => Some(tls_parameters(&config)?),
        };
        Ok(Self {
            config,
            tls,
            timeouts,
            unreachable: RefCell::new(None),
            timeouts_seen: Cell::new(0),
        })
    }

    /// The configured server and sender.
    pub fn config(&self) -> &SmtpConfig {
        &self.config
    }

    /// Sends a message on a new connection.
    ///
    /// # Errors
    /// [`SendError`], which says what is certain.
    pub async fn send(&self, message: &EmailMessage<'_>) -> Result<(), SendError> {
        let bytes = message.build(SystemTime::now()).map_err(SendError::Refused)?;
        if let Some(why) = &*self.unreachable.borrow() {
            return Err(SendError::NotSent(why.clone()));
        }
        let redaction = self.config.redaction(message.to);
        let connected = timeout(self.timeouts.connect, self.connect(&redaction)).await;
        let mut connection = match connected.unwrap_or_else(|_| Err(self.silent("while connecting"))) {
            Ok(connection) => connection,
            Err(why) => {
                *self.unreachable.borrow_mut() = Some(why.clone());
                return Err(SendError::NotSent(why));
            }
        };
        let from = Mail::new(Some(self.config.from.as_lettre().clone()), Vec::new());
        self.command(&mut connection, "the sender (MAIL_FROM)", from, &redaction)
            .await?;
        let to = Rcpt::new(message.to.as_lettre().clone(), Vec::new());
        self.command(&mut connection, "the recipient", to, &redaction)
            .await?;
        self.command(&mut connection, "the message (DATA)", Data, &redaction)
            .await?;
        self.hand_over(&mut connection, &bytes, &redaction).await?;
        // The message is sent, even if the end of the connection fails.
        let _ = timeout(Duration::from_secs(2), connection.quit()).await;
        Ok(())
    }

    /// Connects, encrypts as configured, and logs in.
    async fn connect(&self, redaction: &Redaction) -> Result<AsyncSmtpConnection, String> {
        let host = self.config.host.as_str();
        let failed = |what: &str, error: SmtpError| format!("{host} {what}: {}", answer(&error, redaction));
        let (mut connection, hello) = open(&self.config, self.tls.as_ref()).await.map_err(|error| {
            let what = format!("does not answer as a mail server on port {}", self.config.port);
            match error {
                OpenError::Network(error) => {
                    format!("{host} {what}: {}", redaction.apply(&error.to_string()))
                }
                OpenError::Smtp(error) => failed(&what, error),
            }
        })?;
        if let (Security::StartTls, Some(tls)) = (self.config.security, &self.tls) {
            if !connection.can_starttls() {
                return Err(format!(
                    "{host} does not offer STARTTLS on port {}, so nothing is sent to it. SMTP_TLS=tls (usually port \
                     465) encrypts from the start",
                    self.config.port
                ));
            }
            connection
                .starttls(tls.clone(), &hello)
                .await
                .map_err(|error| failed("offers STARTTLS, which fails", error))?;
        }
        if let Some(login) = &self.config.login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            let signed_in = connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await;
            // A server may repeat the password, so only the code of its reply is shown.
            signed_in.map_err(|error| match error.status() {
                Some(code) => {
                    format!("{host} does not let SMTP_USER sign in with SMTP_PASSWORD: it answered {code}")
                }
                None => {
                    format!("{host} takes no password in a way known here, or broke off while signing in")
                }
            })?;
        }
        Ok(connection)
    }

    /// Sends one command and requires a positive reply. If it fails, no message was sent.
    async fn command<C: std::fmt::Display>(
        &self,
        connection: &mut AsyncSmtpConnection,
        what: &str,
        command: C,
        redaction: &Redaction,
    ) -> Result<(), SendError> {
        let host = &self.config.host;
        match timeout(self.timeouts.command, connection.command(command)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                let why = answer(&error, redaction);
                Err(rejection(&error, format!("{host} rejected {what}: {why}"))
                    .unwrap_or_else(|| SendError::NotSent(format!("{host} broke off after {what}: {why}"))))
            }
            Err(_) => Err(SendError::NotSent(self.timed_out(&format!("after {what}")))),
        }
    }

    /// Transmits the message and waits until the server has accepted it.
    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        message: &[u8],
        redaction: &Redaction,
    ) -> Result<(), SendError> {
        let host = &self.config.host;
        match timeout(self.timeouts.acceptance, connection.message(message)).await {
            Ok(Ok(response)) if response.code().severity == Severity::PositiveCompletion => Ok(()),
            Ok(Ok(response)) => Err(SendError::Unknown(format!(
                "{host} answered the message with {}, which neither accepts nor rejects it",
                response.code()
            ))),
            Ok(Err(error)) => {
                let why = answer(&error, redaction);
                Err(
                    rejection(&error, format!("{host} rejected the message: {why}")).unwrap_or_else(|| {
                        SendError::Unknown(format!(
                            "{host} received the message and broke off without accepting it: {why}"
                        ))
                    }),
                )
            }
            Err(_) => Err(SendError::Unknown(
                self.timed_out("after it received the message"),
            )),
        }
    }

    /// Counts a timeout and returns its description. After too many of them the server counts as unreachable.
    fn timed_out(&self, when: &str) -> String {
        let why = self.silent(when);
        self.timeouts_seen.set(self.timeouts_seen.get() + 1);
        if self.timeouts_seen.get() >= MOST_TIMEOUTS {
            *self.unreachable.borrow_mut() = Some(why.clone());
        }
        why
    }

    fn silent(&self, when: &str) -> String {
        format!(
            "{} on port {} did not answer in time {when}",
            self.config.host, self.config.port
        )
    }
}

/// The error for a negative reply: permanent or transient. `None` if there was no reply.
fn rejection(error: &SmtpError, why: String) -> Option<SendError> {
    let code = error.status()?;
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    Some(match is_temporary(code, &text) {
        true => SendError::NotSent(why),
        false => SendError::Refused(why),
    })
}

/// The server's reply, or the failure without a reply, redacted.
fn answer(error: &SmtpError, redaction: &Redaction) -> String {
    let words = error
        .source()
        .map(|source| redaction.apply(&source.to_string()))
        .filter(|words| !words.is_empty());
    match (error.status(), words) {
        (Some(code), Some(words)) => format!("it answered {code} {words}"),
        (Some(code), None) => format!("it answered {code}"),
        (None, Some(words)) => words,
        (None, None) => redaction.apply(&error.to_string()),
    }
}

fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, ConfigError> {
    let mut builder =
        TlsParametersBuilder::new(config.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
    if let Some(pem) = &config.extra_roots {
        let is_pem = String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----");
        let certificate = Certificate::from_pem(pem).ok().filter(|_| is_pem);
        let certificate = certificate.ok_or_else(|| ConfigError::Wrong {
            name: "SMTP_CA_FILE",
            why: "names a file without a certificate. It must be PEM, which begins with -----BEGIN CERTIFICATE-----".into(),
        })?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| ConfigError::Wrong {
        name: "SMTP_HOST",
        why: format!("cannot be spoken to over TLS: {error}"),
    })
}
