//! The contract of every channel, held by the three channels of one machine.

#![expect(
    clippy::unwrap_used,
    reason = "the setup is outside of the test functions, and its failures should stop the test"
)]

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use bulletin::{Alert, Subscription, When};
use channels::{AlertFormat, CommandChannel, EmailChannel, TerminalChannel};
use mail::testing::{Encryption, Rule, SmtpServer, Taken};
use pipeline::port::Channel;
use pipeline::testing::channel::{self, Fault, TestChannel};
use serde_json::Value;
use sqlite::{SqliteStore, WatchChannel, WatchKind};
use tempfile::TempDir;

/// A database with a watch for each of some alerts.
struct Watches {
    folder: TempDir,
    store: SqliteStore,
}

impl Watches {
    /// Adds a watch for each alert, on the channel that `channel` returns for its index.
    fn new(alerts: &[Alert], channel: impl Fn(&TempDir, usize) -> WatchChannel) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("bulletins.db")).unwrap();
        for (index, alert) in alerts.iter().enumerate() {
            let kind = WatchKind::Case(Subscription {
                case: alert.case().unwrap(),
                priority_date: None,
                when: When::Every,
                chart: None,
            });
            store.add_watch(kind, &channel(&folder, index)).unwrap();
        }
        Self { folder, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A terminal that fails at one alert.
#[derive(Default)]
struct Terminal {
    printed: RefCell<Vec<u8>>,
    fault: RefCell<Option<(String, Fault)>>,
    /// True if the next flush fails.
    is_full: Cell<bool>,
}

impl Write for &Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let json: Value = serde_json::from_slice(bytes).unwrap();
        let fault = self
            .fault
            .borrow_mut()
            .take_if(|(id, _)| json["id"] == id.as_str());
        if let Some((_, Fault::Fails)) = fault {
            return Err(io::Error::other("no terminal"));
        }
        self.is_full.set(fault.is_some());
        self.printed.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.is_full.take() {
            true => Err(io::Error::other("no answer")),
            false => Ok(()),
        }
    }
}

struct TestTerminal {
    watches: Watches,
    terminal: Terminal,
}

impl TestChannel for TestTerminal {
    fn channel(&self) -> Box<dyn Channel + '_> {
        let store = &self.watches.store;
        Box::new(TerminalChannel::new(store, &self.terminal, AlertFormat::Json))
    }

    fn fail(&self, alert: &Alert, fault: Fault) -> bool {
        self.terminal.fault.replace(Some((alert.id().to_string(), fault)));
        fault != Fault::Refuses
    }

    fn received(&self) -> Vec<String> {
        let printed = String::from_utf8(self.terminal.printed.take()).unwrap();
        let alerts = printed
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        alerts
            .map(|alert| alert["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A command that writes the ids of alerts to the file `received`, and fails at the one in the file `fail`.
struct TestCommand(Watches);

impl TestChannel for TestCommand {
    fn channel(&self) -> Box<dyn Channel + '_> {
        Box::new(CommandChannel::new(&self.0.store))
    }

    fn fail(&self, alert: &Alert, fault: Fault) -> bool {
        fs::write(self.0.path("fail"), alert.id().to_string()).unwrap();
        fault == Fault::Fails
    }

    fn received(&self) -> Vec<String> {
        let file = self.0.path("received");
        let received = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(&file);
        received.lines().map(str::to_owned).collect()
    }
}

/// A mail server where each watch has an address.
struct TestEmail {
    watches: Watches,
    server: SmtpServer,
    alerts: Vec<String>,
    seen: Cell<usize>,
}

fn address(index: usize) -> String {
    format!("reader{index}@example.com")
}

impl TestChannel for TestEmail {
    fn channel(&self) -> Box<dyn Channel + '_> {
        let mailer = self.server.mailer(&[], Duration::from_secs(10));
        Box::new(EmailChannel::new(&self.watches.store, Ok(mailer)))
    }

    fn fail(&self, alert: &Alert, fault: Fault) -> bool {
        let id = alert.id().to_string();
        let index = self.alerts.iter().position(|other| *other == id).unwrap();
        let to = format!("RCPT TO:<{}>", address(index));
        match fault {
            Fault::Refuses => self.server.rule(&to, Rule::Reply("550 no such user"), 1),
            Fault::Fails => self.server.rule(&to, Rule::Reply("451 not now"), 1),
            Fault::LosesAnswer => self.server.rule("BODY", Rule::TakeAndDrop, 1),
        }
        true
    }

    fn received(&self) -> Vec<String> {
        let taken = self.server.taken();
        let new = &taken[self.seen.replace(taken.len())..];
        let index = |taken: &Taken| (0..).find(|index| taken.to == [address(*index)]).unwrap();
        new.iter()
            .map(|taken| self.alerts[index(taken)].clone())
            .collect()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_terminal_keeps_the_contract_of_a_channel() {
    channel::all(|alerts| TestTerminal {
        watches: Watches::new(alerts, |_, _| WatchChannel::Terminal),
        terminal: Terminal::default(),
    })
    .await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_command_keeps_the_contract_of_a_channel() {
    let script =
        r#"[ "$(cat fail 2>/dev/null)" = "$ALERT_ID" ] && rm fail && exit 1; echo "$ALERT_ID" >> received"#;
    channel::all(|alerts| {
        TestCommand(Watches::new(alerts, |folder, _| {
            WatchChannel::Command(format!("cd '{}' || exit; {script}", folder.path().display()))
        }))
    })
    .await;
}

#[tokio::test(flavor = "current_thread")]
async fn email_keeps_the_contract_of_a_channel() {
    channel::all(|alerts| TestEmail {
        watches: Watches::new(alerts, |_, index| {
            WatchChannel::Email(address(index).parse().unwrap())
        }),
        server: SmtpServer::start(Encryption::None),
        alerts: alerts.iter().map(|alert| alert.id().to_string()).collect(),
        seen: Cell::new(0),
    })
    .await;
}
