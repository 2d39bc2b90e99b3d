//! The service that polls on this machine: a systemd user unit, or a block of the user's crontab. `systemd.rs` and
//! `crontab.rs` have one of them each. Excludes the command, see `command/service.rs`. Start with [`Service`].

pub(crate) mod crontab;
pub(crate) mod systemd;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, bail};

use crate::args::Every;
use crate::database;
use crate::quote::shell_word;
use crate::settings::Settings;

/// The service to install: its command, with absolute paths, and its interval.
#[derive(Debug)]
pub(crate) struct Service {
    program: String,
    /// The options that choose the database and the configuration file.
    places: Vec<String>,
    every: Every,
}

impl Service {
    /// The service with this program, and the database and the configuration file of these settings.
    ///
    /// # Errors
    /// An error if a path cannot be written into a unit or a crontab.
    pub(crate) fn new(settings: &Settings, every: Every) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot find the path of this program")?;
        let mut places = vec!["--db".into(), plain(database::locate_quietly(settings)?.path)?];
        // A file that does not exist yet is found in its usual place once it does.
        if settings.file().exists() {
            places.push("--config".into());
            places.push(plain(settings.file().to_owned())?);
        }
        Ok(Self {
            program: plain(program)?,
            places,
            every,
        })
    }

    /// The command that polls once, for a shell.
    pub(crate) fn shell_command(&self) -> String {
        let words: Vec<String> = self.words(false).iter().map(|word| shell_word(word)).collect();
        words.join(" ")
    }

    /// The words of the command that runs until it is stopped, or polls once.
    fn words(&self, runs_on: bool) -> Vec<String> {
        let mut words = vec![self.program.clone(), "run".into(), "--quiet".into()];
        if runs_on {
            words.extend(["--every".into(), "auto".into()]);
        }
        words.extend(self.places.iter().cloned());
        words
    }
}

/// An absolute path as text.
fn plain(path: PathBuf) -> anyhow::Result<String> {
    let path = std::path::absolute(&path).with_context(|| format!("invalid path {}", path.display()))?;
    match path.to_str() {
        Some(text) if !text.contains(|c: char| c.is_control()) => Ok(text.to_owned()),
        _ => bail!(
            "the path {path:?} cannot be written into a unit or a crontab: rename it, without control characters"
        ),
    }
}

/// Runs a program, and returns its output, whatever its exit code; `None` if it is not installed.
fn output_of(program: &str, args: &[&str]) -> anyhow::Result<Option<Output>> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output();
    match output {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot run {program}")),
    }
}

/// The first line of standard error, for a message.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().next().unwrap_or("it failed").to_owned()
}
