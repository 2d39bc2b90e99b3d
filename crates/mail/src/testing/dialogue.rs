//! One connection of the scripted server: the SMTP commands and their replies.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{Encryption, Rule, State, Taken};

enum Line {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
    /// The state during the change from plain to encrypted.
    Gone,
}

pub(super) struct Dialogue {
    line: Line,
    state: Arc<Mutex<State>>,
    tls: Option<Arc<ServerConfig>>,
    offers_starttls: bool,
    taken: Taken,
}

impl Dialogue {
    pub(super) fn begin(
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
            taken: Taken {
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
            self.taken.encrypted = true;
        }
    }

    /// Serves the connection until one side closes it.
    pub(super) fn run(mut self) {
        let Some(()) = self.step("CONNECT", "220 localhost ready") else {
            return;
        };
        while let Some(line) = self.read_line() {
            let upper = line.to_ascii_uppercase();
            let next = match upper.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => {
                    let offer = if self.offers_starttls && !self.taken.encrypted {
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
                    self.taken.login = Some(line.clone());
                    self.step(&line, "235 welcome")
                }
                "MAIL" => {
                    self.taken.from = address(&line);
                    self.step(&line, "250 ok")
                }
                "RCPT" => {
                    self.taken.to.push(address(&line));
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

    /// Applies the rule of this step, or else sends this reply. `None` if the connection is closed.
    fn step(&mut self, step: &str, answer: &str) -> Option<()> {
        match self.rule_for(step) {
            Some(rule) => self.follow(&rule),
            None => self.say(answer),
        }
    }

    /// Records a step, and returns its rule.
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
                self.state.lock().unwrap().taken.push(self.taken.clone());
                None
            }
            Rule::Flood(text) => {
                while self.write(text.repeat(512 / text.len() + 1).as_bytes()).is_some() {}
                None
            }
            Rule::Trickle(byte) => {
                while self.write(&[*byte]).is_some() {
                    std::thread::sleep(Duration::from_millis(50));
                }
                None
            }
            // Wait until the client closes the connection.
            Rule::Hang => {
                while self.read_line().is_some() {}
                None
            }
        }
    }

    /// Receives the message. A line that begins with a dot has an additional one (RFC 5321, 4.5.2).
    fn body(&mut self) -> Option<()> {
        let mut lines = Vec::new();
        loop {
            let line = self.read_line()?;
            if line == "." {
                break;
            }
            lines.push(line.strip_prefix('.').unwrap_or(&line).to_owned());
        }
        self.taken.message = lines.join("\n");
        match self.rule_for("BODY") {
            Some(rule) => self.follow(&rule),
            None => {
                self.state.lock().unwrap().taken.push(self.taken.clone());
                self.say("250 taken")
            }
        }
    }

    fn say(&mut self, line: &str) -> Option<()> {
        self.write(format!("{line}\r\n").as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> Option<()> {
        let done = match &mut self.line {
            Line::Plain(stream) => stream.write_all(bytes),
            Line::Encrypted(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
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
    /// Shuts the connection down, because the server keeps a second handle of it.
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
