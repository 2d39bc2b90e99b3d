use std::cell::RefCell;
use std::error::Error as _;
use std::time::{Duration, SystemTime};

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use crate::config::{ACCEPTANCE, COMMAND, CONNECT, ConfigError, Security, SmtpConfig};
use crate::letter::Letter;
use crate::redaction::Redaction;

/// Hands letters to a server.
///
/// A server that cannot be reached is tried once in the life of a mailer: the letters after that are answered at once.
pub struct Mailer {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    timeouts: Timeouts,
    /// Why the server cannot be reached, once that is known.
    unreachable: RefCell<Option<String>>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// How long the server may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until it can be told of a letter: connecting, encrypting, signing in.
    pub connect: Duration,
    /// For the answer to one command.
    pub command: Duration,
    /// For taking the whole message.
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

/// Why a letter was not handed over. Holds no address and no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It is certain that the server did not take it; it can be tried again.
    #[error("{0}")]
    NotSent(String),
    /// The server will never take it: it refused this receiver or this message for good.
    #[error("{0}")]
    Refused(String),
    /// The message was handed over, and the answer was lost. Nobody can know whether the server took it: the protocol has
    /// no way to ask. Sent again it may come twice, with the same `Message-ID`.
    #[error("{0}")]
    Unknown(String),
}

impl Mailer {
    /// A mailer for this server.
    ///
    /// # Errors
    /// [`ConfigError`] where the certificates to trust cannot be read.
    pub fn new(config: SmtpConfig) -> Result<Self, ConfigError> {
        Self::with_timeouts(config, Timeouts::default())
    }

    /// The same with other times to wait.
    ///
    /// # Errors
    /// As [`Mailer::new`].
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
        })
    }

    /// The server, and in whose name mail is sent.
    pub fn config(&self) -> &SmtpConfig {
        &self.config
    }

    /// Hands a letter over, each on a connection of its own.
    ///
    /// # Errors
    /// [`SendError`], which says what is certain.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), SendError> {
        let message = letter.message(SystemTime::now()).map_err(SendError::Refused)?;
        if let Some(why) = &*self.unreachable.borrow() {
            return Err(SendError::NotSent(why.clone()));
        }
        let redaction = self.config.redaction(letter.to);
        let connected = timeout(self.timeouts.connect, self.connect(&redaction)).await;
        let mut connection = match connected.unwrap_or_else(|_| Err(self.silent("while connecting"))) {
            Ok(connection) => connection,
            Err(why) => {
                *self.unreachable.borrow_mut() = Some(why.clone());
                return Err(SendError::NotSent(why));
            }
        };
        let from = self.config.from.as_lettre().clone();
        // The sender is the same for every letter: who refuses it refuses a setting, which can be put right.
        self.command(
            &mut connection,
            "the sender (MAIL_FROM)",
            Mail::new(Some(from), Vec::new()),
            &redaction,
        )
        .await
        .map_err(|(_, why)| SendError::NotSent(why))?;
        let to = letter.to.as_lettre().clone();
        self.command(
            &mut connection,
            "this receiver",
            Rcpt::new(to, Vec::new()),
            &redaction,
        )
        .await
        .map_err(certain)?;
        self.command(&mut connection, "the message", Data, &redaction)
            .await
            .map_err(certain)?;
        self.hand_over(&mut connection, &message, &redaction).await?;
        // It is sent, whatever becomes of the connection.
        let _ = timeout(Duration::from_secs(2), connection.quit()).await;
        Ok(())
    }

    /// Connects, encrypts as configured, and signs in.
    async fn connect(&self, redaction: &Redaction) -> Result<AsyncSmtpConnection, String> {
        let host = self.config.host.as_str();
        let hello = ClientId::default();
        let failed = |what: &str, error: SmtpError| format!("{host} {what}: {}", answer(&error, redaction));
        let from_the_start = self.tls.clone().filter(|_| self.config.security == Security::Tls);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1((host, self.config.port), None, &hello, from_the_start, None)
                .await
                .map_err(|error| {
                    failed(
                        &format!("does not answer as a mail server on port {}", self.config.port),
                        error,
                    )
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
            // A server may repeat what was sent to it: only the code of its answer is shown.
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

    /// Gives one command, to which the server must agree.
    async fn command<C: std::fmt::Display>(
        &self,
        connection: &mut AsyncSmtpConnection,
        what: &str,
        command: C,
        redaction: &Redaction,
    ) -> Result<Response, (Option<Severity>, String)> {
        let host = &self.config.host;
        match timeout(self.timeouts.command, connection.command(command)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err((
                error.status().map(|code| code.severity),
                format!("{host} does not take {what}: {}", answer(&error, redaction)),
            )),
            Err(_) => Err((None, self.silent(&format!("about {what}")))),
        }
    }

    /// Hands the message over and waits until the server has taken it.
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
                "{host} answered the message with {}, which says neither yes nor no",
                response.code()
            ))),
            Ok(Err(error)) => {
                let why = format!("{host} does not take the message: {}", answer(&error, redaction));
                match error.status().map(|code| code.severity) {
                    Some(Severity::PermanentNegativeCompletion) => Err(SendError::Refused(why)),
                    Some(_) => Err(SendError::NotSent(why)),
                    None => Err(SendError::Unknown(format!(
                        "{host} broke off after it was handed the message: {}",
                        answer(&error, redaction)
                    ))),
                }
            }
            Err(_) => Err(SendError::Unknown(self.silent("after it was handed the message"))),
        }
    }

    fn silent(&self, when: &str) -> String {
        format!(
            "{} on port {} did not answer in time {when}",
            self.config.host, self.config.port
        )
    }
}

/// What a refusal before the message means: nothing was sent, and a refusal for good is one.
fn certain((severity, why): (Option<Severity>, String)) -> SendError {
    match severity {
        Some(Severity::PermanentNegativeCompletion) => SendError::Refused(why),
        _ => SendError::NotSent(why),
    }
}

/// What the server answered, or what happened instead, in words that may be seen.
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
