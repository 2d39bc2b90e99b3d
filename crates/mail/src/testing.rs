//! A mail server for tests: it answers as it is told, keeps what it took, and ends with the test.

#![expect(
    clippy::unwrap_used,
    reason = "this is for tests only, and what goes wrong in it should stop the test at once"
)]

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

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

enum Line {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
    /// Between the two.
    Gone,
}

struct Dialogue {
    line: Line,
    state: Arc<Mutex<State>>,
    tls: Option<Arc<ServerConfig>>,
    offers_starttls: bool,
    letter: Taken,
}

impl Dialogue {
    fn begin(
        stream: TcpStream,
        state: Arc<Mutex<State>>,
        tls: Option<Arc<ServerConfig>>,
        encryption: Encryption,
    ) -> Self {
        let mut dialogue = Self {
            line: Line::Plain(stream),
            state,
            tls,
            offers_starttls: encryption == Encryption::StartTls,
            letter: Taken {
                from: String::new(),
                to: Vec::new(),
                message: String::new(),
                encrypted: false,
                login: None,
            },
        };
        if encryption == Encryption::Tls {
            dialogue.encrypt();
        }
        dialogue
    }

    fn encrypt(&mut self) {
        if let (Line::Plain(stream), Some(tls)) = (std::mem::replace(&mut self.line, Line::Gone), &self.tls) {
            let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
            self.line = Line::Encrypted(Box::new(StreamOwned::new(connection, stream)));
            self.letter.encrypted = true;
        }
    }

    /// Speaks until either side has had enough.
    fn run(mut self) {
        let Some(()) = self.step("CONNECT", "220 localhost ready") else {
            return;
        };
        while let Some(line) = self.read_line() {
            let upper = line.to_ascii_uppercase();
            let next = match upper.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => {
                    let offer = if self.offers_starttls && !self.letter.encrypted {
                        "250-localhost\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS"
                    } else {
                        "250-localhost\r\n250 AUTH PLAIN LOGIN"
                    };
                    self.step(&line, offer)
                }
                "STARTTLS" => {
                    let next = self.step(&line, "220 go ahead");
                    self.encrypt();
                    next
                }
                "AUTH" => {
                    self.letter.login = Some(line.clone());
                    self.step(&line, "235 welcome")
                }
                "MAIL" => {
                    self.letter.from = address(&line);
                    self.step(&line, "250 ok")
                }
                "RCPT" => {
                    self.letter.to.push(address(&line));
                    self.step(&line, "250 ok")
                }
                "DATA" => match self.rule_for(&line) {
                    Some(rule) => self.follow(&rule),
                    None => self.say("354 go ahead").and_then(|()| self.body()),
                },
                "QUIT" => {
                    let _ = self.step(&line, "221 bye");
                    None
                }
                _ => self.step(&line, "250 ok"),
            };
            if next.is_none() {
                return;
            }
        }
    }

    /// Does what a rule says of this step, else gives this answer. `None` where the connection has ended.
    fn step(&mut self, step: &str, answer: &str) -> Option<()> {
        match self.rule_for(step) {
            Some(rule) => self.follow(&rule),
            None => self.say(answer),
        }
    }

    /// Notes a step, and answers the rule for it.
    fn rule_for(&self, step: &str) -> Option<Rule> {
        let mut state = self.state.lock().unwrap();
        state.said.push(step.to_owned());
        let (_, rule, times) = state
            .rules
            .iter_mut()
            .find(|(beginning, _, times)| step.starts_with(beginning.as_str()) && *times > 0)?;
        *times -= 1;
        Some(rule.clone())
    }

    fn follow(&mut self, rule: &Rule) -> Option<()> {
        match rule {
            Rule::Reply(answer) => self.say(answer),
            Rule::Drop => None,
            Rule::TakeAndDrop => {
                self.state.lock().unwrap().taken.push(self.letter.clone());
                None
            }
            // Until the other side has had enough.
            Rule::Hang => {
                while self.read_line().is_some() {}
                None
            }
        }
    }

    /// Takes the message, of which each line that begins with a dot has one more (RFC 5321, 4.5.2).
    fn body(&mut self) -> Option<()> {
        let mut lines = Vec::new();
        loop {
            let line = self.read_line()?;
            if line == "." {
                break;
            }
            lines.push(line.strip_prefix('.').unwrap_or(&line).to_owned());
        }
        self.letter.message = lines.join("\n");
        match self.rule_for("BODY") {
            Some(rule) => self.follow(&rule),
            None => {
                self.state.lock().unwrap().taken.push(self.letter.clone());
                self.say("250 taken")
            }
        }
    }

    fn say(&mut self, line: &str) -> Option<()> {
        let bytes = format!("{line}\r\n");
        let done = match &mut self.line {
            Line::Plain(stream) => stream.write_all(bytes.as_bytes()),
            Line::Encrypted(stream) => stream.write_all(bytes.as_bytes()).and_then(|()| stream.flush()),
            Line::Gone => return None,
        };
        done.ok()
    }

    fn read_line(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\n") {
            let read = match &mut self.line {
                Line::Plain(stream) => stream.read(&mut byte),
                Line::Encrypted(stream) => stream.read(&mut byte),
                Line::Gone => return None,
            };
            match read {
                Ok(1) => bytes.push(byte[0]),
                _ => return None,
            }
        }
        Some(
            String::from_utf8_lossy(&bytes)
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
        )
    }
}

impl Drop for Dialogue {
    /// Another handle of the connection is kept, to end it with the server.
    fn drop(&mut self) {
        let _ = match &self.line {
            Line::Plain(stream) => stream.shutdown(Shutdown::Both),
            Line::Encrypted(stream) => stream.sock.shutdown(Shutdown::Both),
            Line::Gone => Ok(()),
        };
    }
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
