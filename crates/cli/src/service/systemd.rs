//! The service as systemd user units: `visa-bulletin.service`, and `visa-bulletin.timer` for a fixed interval.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use etcetera::BaseStrategy as _;

use super::{Service, complaint, output_of};
use crate::args::Every;
use crate::quote::unit_command;

/// The first line of every file that this program wrote. Other files are never changed.
const MARK: &str = "# Written by `bulletin service install`. `bulletin service remove` removes it.";

const SERVICE: &str = "visa-bulletin.service";
const TIMER: &str = "visa-bulletin.timer";

/// A unit file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    name: &'static str,
}

/// True if the user has a systemd manager that answers.
///
/// # Errors
/// An error if `systemctl` cannot be run.
pub(crate) fn is_available() -> anyhow::Result<bool> {
    let output = output_of("systemctl", &["--user", "show-environment"])?;
    Ok(output.is_some_and(|output| output.status.success()))
}

/// The units of a service. The last one is the one to enable.
///
/// # Errors
/// An error if the user has no home folder.
pub(crate) fn units(service: &Service) -> anyhow::Result<Vec<Unit>> {
    let unit = |name: &'static str, text: String| -> anyhow::Result<Unit> {
        Ok(Unit {
            path: folder()?.join(name),
            text: format!("{MARK}\n\n{text}"),
            name,
        })
    };
    let description = "Description=Poll for new Visa Bulletins and send alerts";
    let command = unit_command(&service.words(service.every == Every::Auto));
    let Every::Time(interval) = service.every else {
        return Ok(vec![unit(
            SERVICE,
            format!(
                "[Unit]\n{description}\n\n[Service]\nExecStart={command}\nRestart=on-failure\nRestartSec=5min\n\n\
                 [Install]\nWantedBy=default.target\n"
            ),
        )?]);
    };
    let seconds = interval.as_secs();
    Ok(vec![
        unit(
            SERVICE,
            format!("[Unit]\n{description}\n\n[Service]\nType=oneshot\nExecStart={command}\n"),
        )?,
        unit(
            TIMER,
            format!(
                "[Unit]\n{description}\n\n[Timer]\nOnActiveSec=1min\nOnUnitActiveSec={seconds}s\n\
                 RandomizedDelaySec={}s\n\n[Install]\nWantedBy=timers.target\n",
                (seconds / 6).min(300)
            ),
        )?,
    ])
}

/// The installed units that this program wrote.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn installed() -> anyhow::Result<Vec<Unit>> {
    let mut units = Vec::new();
    for name in [SERVICE, TIMER] {
        let path = folder()?.join(name);
        if let Some(text) = read(&path)?
            && text.starts_with(MARK)
        {
            units.push(Unit { path, text, name });
        }
    }
    Ok(units)
}

/// Writes and starts the units, and removes those of another interval. Returns true if a file changed.
///
/// # Errors
/// A file of somebody else, one that cannot be written, or a failure of systemd.
pub(crate) fn install(units: &[Unit]) -> anyhow::Result<bool> {
    for unit in units {
        if read(&unit.path)?.is_some_and(|text| !text.starts_with(MARK)) {
            bail!(
                "{} exists, and `bulletin service install` did not write it. Move it away first",
                unit.path.display()
            );
        }
    }
    let before = installed()?;
    let is_changed = before != units;
    if is_changed {
        remove(&before)?;
        std::fs::create_dir_all(folder()?).with_context(|| {
            format!(
                "cannot create the folder {}",
                folder().unwrap_or_default().display()
            )
        })?;
        for unit in units {
            std::fs::write(&unit.path, &unit.text)
                .with_context(|| format!("cannot write {}", unit.path.display()))?;
        }
        systemctl(&["daemon-reload"])?;
    }
    if let Some(last) = units.last() {
        systemctl(&["enable", "--now", last.name])?;
    }
    Ok(is_changed)
}

/// Stops the units and removes their files.
///
/// # Errors
/// A file that cannot be removed, or a failure of systemd.
pub(crate) fn remove(units: &[Unit]) -> anyhow::Result<()> {
    for unit in units.iter().rev() {
        systemctl(&["disable", "--now", unit.name])?;
        std::fs::remove_file(&unit.path).with_context(|| format!("cannot remove {}", unit.path.display()))?;
    }
    if !units.is_empty() {
        systemctl(&["daemon-reload"])?;
    }
    Ok(())
}

/// The state of the enabled unit, such as `active` or `failed`.
///
/// # Errors
/// An error if `systemctl` cannot be run.
pub(crate) fn state(units: &[Unit]) -> anyhow::Result<String> {
    let name = units.last().map_or(SERVICE, |unit| unit.name);
    let output = output_of("systemctl", &["--user", "is-active", name])?;
    Ok(match output {
        Some(output) => match String::from_utf8_lossy(&output.stdout).trim() {
            "" => "unknown".into(),
            state => state.to_owned(),
        },
        None => "unknown: systemctl is not installed".into(),
    })
}

fn systemctl(args: &[&str]) -> anyhow::Result<()> {
    let args = [&["--user"], args].concat();
    let command = format!("systemctl {}", args.join(" "));
    match output_of("systemctl", &args)? {
        Some(output) if output.status.success() => Ok(()),
        Some(output) => bail!("`{command}` failed: {}", complaint(&output)),
        None => bail!("`{command}` failed: systemctl is not installed"),
    }
}

/// The folder of the user's units.
fn folder() -> anyhow::Result<PathBuf> {
    let folders = etcetera::base_strategy::Xdg::new().context("no home folder is known")?;
    Ok(folders.config_dir().join("systemd/user"))
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
