use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bulletin::Alert;
use mail::{Redaction, VARIABLES};
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::json::alert_json;
use crate::store::SqliteStore;
use crate::watch::{Watch, WatchChannel};

/// Hands alerts to the commands of the watches that want it so.
///
/// Each command line is run by `sh -c` as it was given: nothing of an alert ever becomes part of it. The alert is JSON on
/// standard input, and `ALERT_ID`, `ALERT_SUBJECT` and `ALERT_MONTH` are in the environment; what signs in at a mail server
/// is not. Exit 0 means that the alert was sent; anything else that it was not, and the last line of standard error says
/// why. What it prints on standard output is dropped.
#[derive(Debug)]
pub struct ExecSink<'a> {
    store: &'a SqliteStore,
    patience: Duration,
    /// The watches whose command did not end in time: it is not run again by this sink, so that one that hangs holds
    /// back the others once.
    hung: RefCell<Vec<i64>>,
}

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the end of standard error is waited for once the command has ended: what it left running may still have it.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How much of standard error is kept.
const MOST_BYTES: usize = 4096;

impl<'a> ExecSink<'a> {
    /// A sink whose commands may take a minute each.
    pub fn new(store: &'a SqliteStore) -> Self {
        Self::with_patience(store, PATIENCE)
    }

    /// A sink whose commands may take this long. Then the whole process group is killed.
    pub fn with_patience(store: &'a SqliteStore, patience: Duration) -> Self {
        Self {
            store,
            patience,
            hung: RefCell::default(),
        }
    }

    async fn hand_over(&self, alert: &Alert, recipient: &Recipient) -> Result<(), ChannelError> {
        let not_sent =
            |why: String| ChannelError::NotSent(format!("the command of watch {}: {why}", recipient.handle));
        let watch = self.store.watch_of(recipient)?;
        let Some((watch, command)) = watch.and_then(|watch| match &watch.channel {
            WatchChannel::Command(command) => Some((watch.clone(), command.clone())),
            _ => None,
        }) else {
            return Err(not_sent("the watch was removed meanwhile".into()));
        };
        if self.hung.borrow().contains(&watch.id) {
            return Err(not_sent(
                "it did not end in time a moment ago, and is not run again at once".into(),
            ));
        }
        self.run(&command, alert, &watch).await.map_err(not_sent)
    }

    async fn run(&self, command: &str, alert: &Alert, watch: &Watch) -> Result<(), String> {
        let json = alert_json(alert, Some(watch));
        let input = input(json.as_bytes())
            .map_err(|error| format!("its standard input cannot be written: {error}"))?;
        let mut child = shell(command, alert, watch, input)
            .spawn()
            .map_err(|error| format!("sh cannot be run: {error}"))?;
        let stderr = child.stderr.take();
        let mut said = Vec::new();
        let work = async {
            let talk = listen(stderr, &mut said);
            tokio::pin!(talk);
            let mut talks = true;
            let status = loop {
                tokio::select! {
                    status = child.wait() => break status,
                    () = &mut talk, if talks => talks = false,
                }
            };
            if talks {
                let _ = timeout(LAST_WORDS, talk).await;
            }
            status
        };
        let ended = timeout(self.patience, work).await;
        let last = last_line(&said);
        match ended {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(format!("{}{last}", how_it_ended(status))),
            Ok(Err(error)) => Err(format!("nobody knows how it ended: {error}")),
            Err(_) => {
                self.hung.borrow_mut().push(watch.id);
                end(&mut child).await;
                Err(format!(
                    "it did not end within {:?} and was killed{last}",
                    self.patience
                ))
            }
        }
    }
}

fn shell(command: &str, alert: &Alert, watch: &Watch, input: File) -> Command {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(command)
        .env("ALERT_ID", alert.id().to_string())
        .env("ALERT_SUBJECT", alert.subject())
        .env("ALERT_MONTH", alert.month().to_string())
        .env("ALERT_WATCH", watch.id.to_string())
        .stdin(input)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // A group of its own, so that whatever it starts can be ended with it.
        .process_group(0)
        .kill_on_drop(true);
    for name in VARIABLES {
        shell.env_remove(name);
    }
    shell
}

/// A file with the alert, for the standard input of a command. The alert is complete before the
/// command starts, which a pipe cannot promise: whoever is killed after starting a command would
/// leave it an empty alert.
fn input(json: &[u8]) -> io::Result<File> {
    let mut file = unnamed_file()?;
    file.write_all(json)?;
    file.rewind()?;
    Ok(file)
}

/// A file in memory, so that a full disk or a missing `/tmp` stops no alert.
#[cfg(target_os = "linux")]
fn unnamed_file() -> io::Result<File> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(File::from(memfd_create("alert", MemfdFlags::CLOEXEC)?))
}

#[cfg(not(target_os = "linux"))]
fn unnamed_file() -> io::Result<File> {
    tempfile::tempfile()
}

/// Keeps the end of what a command says.
async fn listen(stderr: Option<ChildStderr>, said: &mut Vec<u8>) {
    let Some(mut stderr) = stderr else { return };
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        said.extend_from_slice(&buffer[..read]);
        let surplus = said.len().saturating_sub(MOST_BYTES);
        said.drain(..surplus);
    }
}

/// Ends a command with all that it has started.
async fn end(child: &mut Child) {
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    if let Some(group) = group {
        // Where there is no such group any more, it has ended.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait().await;
}

fn how_it_ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("it exited with {code}"),
        (None, Some(signal)) => format!("it was killed by signal {signal}"),
        (None, None) => "it ended without an exit code".into(),
    }
}

fn last_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    match said.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => format!(": {}", Redaction::new().apply(line)),
        None => String::new(),
    }
}

impl Channel for ExecSink<'_> {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        let watches = self.store.watches()?;
        Ok(watches
            .iter()
            .filter(|watch| matches!(watch.channel, WatchChannel::Command(_)) && watch.kind.wants(alert))
            .map(Watch::recipient)
            .collect())
    }

    fn send_alert<'a>(
        &'a self,
        alert: &'a Alert,
        recipient: &'a Recipient,
    ) -> Sending<'a, Result<(), ChannelError>> {
        Box::pin(self.hand_over(alert, recipient))
    }
}
