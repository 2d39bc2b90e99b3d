//! A scripted SMTP server for tests. It follows [`Rule`]s, keeps the messages it took, and stops
//! when dropped.

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

use dialogue::Dialogue;

/// One message as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// From whom the server was told that it comes.
    pub from: String,
    /// To whom it goes.
    pub to: Vec<String>,
    /// The message, with its lines ended by line feeds alone.
    pub message: String,
    /// Whether the way to the server was encrypted.
    pub encrypted: bool,
    /// What was said to sign in.
    pub login: Option<String>,
}

impl Taken {
    /// A header's value, with folded lines joined.
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.message.split_once("\n\n")?;
        let unfolded = headers.replace("\n ", " ").replace("\n\t", " ");
        unfolded.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }

    /// What stands below the headers.
    pub fn body(&self) -> &str {
        self.message.split_once("\n\n").map_or("", |(_, body)| body)
    }
}

/// What the server does in place of taking a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Answers with this line, and goes on where it was.
    Reply(&'static str),
    /// Ends the connection without an answer.
    Drop,
    /// Does not answer any more.
    Hang,
    /// Takes the message, and ends the connection without saying so.
    TakeAndDrop,
    /// Sends this text again and again, as fast as it can, until the client closes the connection.
    Flood(&'static str),
    /// Sends this byte again and again, one every 50 ms, until the client closes the connection.
    Trickle(u8),
}

/// How the way to the server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all: `STARTTLS` is not offered.
    None,
    /// `STARTTLS` is offered, with a certificate that the server has signed itself for `localhost`.
    StartTls,
    /// From the first byte, with such a certificate.
    Tls,
}

#[derive(Default)]
struct State {
    /// The beginning of a step, what is done there, and how often still. The steps are `CONNECT`, the commands as they
    /// are given, and `BODY` once the message has come.
    rules: Vec<(String, Rule, usize)>,
    taken: Vec<Taken>,
    said: Vec<String>,
    open: VecDeque<TcpStream>,
    ended: bool,
}

/// A mail server on a free port of this machine. It ends when dropped.
pub struct SmtpServer {
    /// Its port.
    pub port: u16,
    /// Its certificate as PEM, where it has one.
    pub certificate: Option<String>,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// A server that takes everything.
    ///
    /// # Panics
    /// Where there is no free port.
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

    /// Does this at the next `times` steps that begin so.
    ///
    /// # Panics
    /// Where the server has died.
    pub fn rule(&self, step: &str, rule: Rule, times: usize) {
        self.state
            .lock()
            .unwrap()
            .rules
            .push((step.to_owned(), rule, times));
    }

    /// Takes everything from now on.
    ///
    /// # Panics
    /// Where the server has died.
    pub fn recover(&self) {
        self.state.lock().unwrap().rules.clear();
    }

    /// What was taken so far.
    ///
    /// # Panics
    /// Where the server has died.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }

    /// Every step so far, in the words of who took it.
    ///
    /// # Panics
    /// Where the server has died.
    pub fn said(&self) -> Vec<String> {
        self.state.lock().unwrap().said.clone()
    }

    /// Waits until a step that begins so was taken.
    ///
    /// # Panics
    /// Where none is within ten seconds.
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
        // Wakes up who waits for connections.
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
