//! The command channel: runs the command of a watch with the alert on its standard input.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bulletin::Alert;
use mail::{Redaction, VARIABLES};
use pipeline::port::{Channel, ChannelError, Recipient, Sending, StoreError};
use rustix::process::{Pid, Signal, kill_process_group};
use sqlite::{SqliteStore, Watch, WatchChannel};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::json::alert_json;

/// Passes alerts to the commands of the watches of a database.
///
/// `sh -c` runs each command line unchanged: no part of an alert becomes part of it. The alert is JSON on standard input,
/// and `ALERT_ID`, `ALERT_SUBJECT`, `ALERT_MONTH` and `ALERT_WATCH` are in the environment; the variables of the mail
/// server are removed from it. Exit code 0 means that the alert was sent; any other that it was not, and the last line
/// of standard error is the reason. Standard output is discarded.
#[derive(Debug)]
pub struct CommandChannel<'a> {
    store: &'a SqliteStore,
    time_limit: Duration,
    /// The watches whose command exceeded the time limit. This channel does not run it again, so that a command that
    /// hangs delays the others only once.
    hung: RefCell<Vec<i64>>,
}

/// The time limit of a command.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// The time to wait for the end of standard error after the command has ended: a process that it left running may keep
/// it open.
const STDERR_TIME_LIMIT: Duration = Duration::from_millis(200);
/// The bytes of standard error that are kept.
const STDERR_BYTES: usize = 4096;

impl<'a> CommandChannel<'a> {
    /// A channel whose commands may take a minute each.
    pub fn new(store: &'a SqliteStore) -> Self {
        Self::with_time_limit(store, TIME_LIMIT)
    }

    /// A channel whose commands may take this long. After that, it kills the whole process group.
    pub fn with_time_limit(store: &'a SqliteStore, time_limit: Duration) -> Self {
        Self {
            store,
            time_limit,
            hung: RefCell::default(),
        }
    }

    async fn send(&self, alert: &Alert, recipient: &Recipient) -> Result<(), ChannelError> {
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
                "it exceeded its time limit a moment ago, and this run does not start it again".into(),
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
        let mut output = Vec::new();
        let work = async {
            let reading = keep_end(stderr, &mut output);
            tokio::pin!(reading);
            let mut is_open = true;
            let status = loop {
                tokio::select! {
                    status = child.wait() => break status,
                    () = &mut reading, if is_open => is_open = false,
                }
            };
            if is_open {
                let _ = timeout(STDERR_TIME_LIMIT, reading).await;
            }
            status
        };
        let ended = timeout(self.time_limit, work).await;
        let last = last_line(&output);
        match ended {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(format!("{}{last}", exit_reason(status))),
            Ok(Err(error)) => Err(format!("its exit code is unknown: {error}")),
            Err(_) => {
                self.hung.borrow_mut().push(watch.id);
                kill(&mut child).await;
                Err(format!(
                    "it did not end within {:?} and was killed{last}",
                    self.time_limit
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
        // A separate process group, so that everything it starts can be killed with it.
        .process_group(0)
        .kill_on_drop(true);
    for name in VARIABLES {
        shell.env_remove(name);
    }
    shell
}

/// A file with the alert, for the standard input of a command. The alert is complete before the
/// command starts, which a pipe cannot guarantee: if this process is killed after starting a
/// command, the command would read an empty alert.
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

/// Reads standard error, and keeps its end.
async fn keep_end(stderr: Option<ChildStderr>, output: &mut Vec<u8>) {
    let Some(mut stderr) = stderr else { return };
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        output.extend_from_slice(&buffer[..read]);
        let surplus = output.len().saturating_sub(STDERR_BYTES);
        output.drain(..surplus);
    }
}

/// Kills a command and everything that it started.
async fn kill(child: &mut Child) {
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    if let Some(group) = group {
        // An error means that the group has ended.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait().await;
}

fn exit_reason(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("it exited with {code}"),
        (None, Some(signal)) => format!("it was killed by signal {signal}"),
        (None, None) => "it ended without an exit code".into(),
    }
}

fn last_line(output: &[u8]) -> String {
    let output = String::from_utf8_lossy(output);
    match output.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => format!(": {}", Redaction::new().apply(line)),
        None => String::new(),
    }
}

impl Channel for CommandChannel<'_> {
    fn recipients(&self, alert: &Alert) -> Result<Vec<Recipient>, StoreError> {
        self.store
            .recipients(alert, |channel| matches!(channel, WatchChannel::Command(_)))
    }

    fn send_alert<'a>(
        &'a self,
        alert: &'a Alert,
        recipient: &'a Recipient,
    ) -> Sending<'a, Result<(), ChannelError>> {
        Box::pin(self.send(alert, recipient))
    }
}
