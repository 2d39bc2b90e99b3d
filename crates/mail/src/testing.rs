//! A scripted SMTP server for tests. It follows [`Rule`]s, keeps the messages that it accepted, and stops
//! when dropped. One connection is in `dialogue.rs`.

#![expect(
    clippy::unwrap_used,
    reason = "this is for tests only, and what goes wrong in it should stop the test at once"
)]

mod dialogue;

use std::collections::VecDeque;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::{Mailer, SmtpConfig, SmtpSettings, Timeouts};
use dialogue::Dialogue;

/// One accepted message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The sender in the envelope.
    pub from: String,
    /// The recipients in the envelope.
    pub to: Vec<String>,
    /// The message, with line feeds as line ends.
    pub message: String,
    /// True if the connection was encrypted.
    pub encrypted: bool,
    /// The login that the client sent.
    pub login: Option<String>,
}

impl Taken {
    /// The value of a header, with folded lines joined.
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.message.split_once("\n\n")?;
        let unfolded = headers.replace("\n ", " ").replace("\n\t", " ");
        unfolded.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }

    /// The text below the headers.
    pub fn body(&self) -> &str {
        self.message.split_once("\n\n").map_or("", |(_, body)| body)
    }
}

/// The server's action instead of the normal reply to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Replies with this line, and stays at the same step.
    Reply(&'static str),
    /// Closes the connection without a reply.
    Drop,
    /// Sends no further reply.
    Hang,
    /// Accepts the message, and closes the connection without a reply.
    TakeAndDrop,
    /// Repeats this text as fast as possible until the client closes the connection.
    Flood(&'static str),
    /// Repeats this byte every 50 ms until the client closes the connection.
    Trickle(u8),
}

/// The encryption of the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// None: `STARTTLS` is not offered.
    None,
    /// `STARTTLS`, with a self-signed certificate for `localhost`.
    StartTls,
    /// TLS from the first byte, with the same kind of certificate.
    Tls,
}

#[derive(Default)]
struct State {
    /// The prefix of a step, its rule, and the number of times that the rule still applies. The steps are
    /// `CONNECT`, the commands as received, and `BODY` after the message.
    rules: Vec<(String, Rule, usize)>,
    taken: Vec<Taken>,
    said: Vec<String>,
    open: VecDeque<TcpStream>,
    ended: bool,
}

/// A mail server on a free port of this machine. It stops when dropped.
pub struct SmtpServer {
    /// The port.
    pub port: u16,
    /// The certificate as PEM, if the server has one.
    pub certificate: Option<String>,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// A server that accepts everything.
    ///
    /// # Panics
    /// If there is no free port.
    pub fn start(encryption: Encryption) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let (tls, certificate) = match encryption {
            Encryption::None => (None, None),
            _ => {
                let (config, certificate) = certified();
                (Some(config), Some(certificate))
            }
        };
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                {
                    let mut state = shared.lock().unwrap();
                    if state.ended {
                        return;
                    }
                    state.open.push_back(stream.try_clone().unwrap());
                }
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                std::thread::spawn(move || Dialogue::begin(stream, state, tls, encryption).run());
            }
        });
        Self {
            port,
            certificate,
            state,
            thread: Some(thread),
        }
    }

    /// Applies a rule to the next `times` steps with this prefix.
    ///
    /// # Panics
    /// If the server has panicked.
    pub fn rule(&self, step: &str, rule: Rule, times: usize) {
        self.state
            .lock()
            .unwrap()
            .rules
            .push((step.to_owned(), rule, times));
    }

    /// A client of this server with these variables, which replace the address of the server and the sender, and one
    /// time limit for each step.
    ///
    /// # Panics
    /// If a variable is invalid.
    pub fn mailer(&self, variables: &[(&str, &str)], limit: Duration) -> Mailer {
        let port = self.port.to_string();
        let defaults = [
            ("SMTP_HOST", "127.0.0.1"),
            ("SMTP_PORT", &port),
            ("MAIL_FROM", "visa@example.com"),
        ];
        let config = SmtpConfig::new(&SmtpSettings::from_variables(&[&defaults, variables].concat()));
        let timeouts = Timeouts {
            connect: limit,
            command: limit,
            acceptance: limit,
        };
        Mailer::with_timeouts(config.unwrap(), timeouts).unwrap()
    }

    /// Removes all rules: the server accepts everything from now on.
    ///
    /// # Panics
    /// If the server has panicked.
    pub fn recover(&self) {
        self.state.lock().unwrap().rules.clear();
    }

    /// The messages that were accepted so far.
    ///
    /// # Panics
    /// If the server has panicked.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }

    /// Every step so far, as the client sent it.
    ///
    /// # Panics
    /// If the server has panicked.
    pub fn said(&self) -> Vec<String> {
        self.state.lock().unwrap().said.clone()
    }

    /// Waits for a step with this prefix.
    ///
    /// # Panics
    /// If there is none within ten seconds.
    pub fn wait_for(&self, step: &str) {
        for _ in 0..1000 {
            if self.said().iter().any(|said| said.starts_with(step)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("no {step} in {:?}", self.said());
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            state.ended = true;
            for stream in &state.open {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        // Wakes the listener, which waits for a connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn certified() -> (Arc<ServerConfig>, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), made.cert.pem())
}
