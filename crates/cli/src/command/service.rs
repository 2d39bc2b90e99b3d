//! `bulletin service`: installs, inspects and removes the service that polls on this machine.

use std::process::ExitCode;

use anyhow::bail;
use chrono::{DateTime, Utc};
use operations::doctor::failed_look;

use crate::args::{ServiceCommand, ServiceInstallArgs};
use crate::command::open_existing;
use crate::database::locate_quietly;
use crate::output::{self, complain};
use crate::service::crontab::{self, Crontab};
use crate::service::{Service, systemd};
use crate::settings::{Origin, SETTINGS, Settings};

pub(crate) fn run(settings: &Settings, command: &ServiceCommand) -> anyhow::Result<ExitCode> {
    match command {
        ServiceCommand::Install(args) => install(settings, args),
        ServiceCommand::Status => status(settings),
        ServiceCommand::Remove { dry_run } => remove(*dry_run),
    }
}

fn install(settings: &Settings, args: &ServiceInstallArgs) -> anyhow::Result<ExitCode> {
    let service = Service::new(settings, args.every)?;
    if cfg!(target_os = "macos") {
        bail!(
            "launchd is not supported. Add this line with `crontab -e`:\n{}",
            crontab::line(&service)?
        );
    }
    if systemd::is_available()? {
        install_units(&service, args.dry_run)?;
    } else {
        install_line(&service, args.dry_run)?;
    }
    if !args.dry_run {
        note_environment(settings);
    }
    Ok(ExitCode::SUCCESS)
}

fn install_units(service: &Service, is_dry: bool) -> anyhow::Result<()> {
    let units = systemd::units(service)?;
    if is_dry {
        let texts: Vec<String> = units
            .iter()
            .map(|unit| format!("{}:\n{}", unit.path.display(), unit.text))
            .collect();
        return output::print(&texts.join("\n"));
    }
    let is_changed = systemd::install(&units)?;
    // A line of an earlier installation would poll too.
    if let Some(crontab) = Crontab::read().ok().flatten()
        && crontab.block.is_some()
    {
        crontab.with_block(None).write()?;
    }
    output::print(match is_changed {
        true => "Installed as a systemd user unit, and started.",
        false => "Already installed as a systemd user unit.",
    })?;
    complain(
        "note",
        "it runs while you are logged in. `loginctl enable-linger` keeps it running after you log out",
    );
    Ok(())
}

fn install_line(service: &Service, is_dry: bool) -> anyhow::Result<()> {
    let line = crontab::line(service)?;
    let Some(crontab) = Crontab::read()? else {
        bail!(
            "neither `systemctl --user` nor `crontab` works here. Have another scheduler run this:\n{}",
            service.shell_command()
        );
    };
    if is_dry {
        return output::print(&format!("crontab:\n{}", crontab::block(&line)));
    }
    let changed = crontab.with_block(Some(&line));
    if changed == crontab {
        return output::print("Already installed in your crontab.");
    }
    changed.write()?;
    output::print(&format!("Installed in your crontab:\n{line}"))
}

/// Names the settings that only this shell has.
fn note_environment(settings: &Settings) {
    let variables: Vec<&str> = SETTINGS
        .iter()
        .filter(|setting| setting.key != "database" && settings.origin(setting.key) == Origin::Environment)
        .filter_map(|setting| setting.variable)
        .collect();
    if !variables.is_empty() {
        complain(
            "warning",
            &format!(
                "the service does not have these environment variables: {}. Put the settings into {} (`bulletin config init`), \
                 and install the service again",
                variables.join(", "),
                settings.file().display()
            ),
        );
    }
}

fn status(settings: &Settings) -> anyhow::Result<ExitCode> {
    let units = systemd::installed()?;
    let crontab = Crontab::read().ok().flatten();
    let line = crontab.and_then(|crontab| crontab.block);
    let is_installed = !units.is_empty() || line.is_some();
    let (mut lines, mut next) = (Vec::new(), Vec::new());
    for unit in &units {
        lines.push(format!("Installed:    {}", unit.path.display()));
    }
    if !units.is_empty() {
        let state = systemd::state(&units)?;
        if !matches!(state.as_str(), "active" | "activating") {
            next.push("`bulletin service install` starts it".to_owned());
        }
        lines.push(format!("State:        {state}"));
    }
    if let Some(line) = line {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        lines.push(format!("Installed:    in your crontab: {line}"));
    }
    if !is_installed {
        lines.push("Installed:    no".into());
        next.push("`bulletin service install` installs it".to_owned());
    }
    let (polled, problem) = last_poll(settings)?;
    lines.push(format!("Last poll:    {polled}"));
    next.extend(problem);
    if next.is_empty() {
        next.push("nothing to do. `bulletin status` shows what is stored".into());
    }
    lines.extend(next.iter().map(|step| output::hanging("Next:         ", step)));
    output::print(&lines.join("\n"))?;
    Ok(if is_installed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The time of the last poll, and the next step if it failed or there was none.
fn last_poll(settings: &Settings) -> anyhow::Result<(String, Option<String>)> {
    let first = || Some("`bulletin run` polls now".to_owned());
    if !locate_quietly(settings)?.path.exists() {
        return Ok(("never".into(), first()));
    }
    let polls = open_existing(settings)?.checks()?;
    let failed = failed_look(&polls).map(|_| "`bulletin run -v` shows why the last poll failed".to_owned());
    let times = [&polls.0, &polls.1].into_iter().flatten().map(|poll| poll.at);
    let last: Option<DateTime<Utc>> = times.max();
    Ok(match last {
        None => ("never".into(), first()),
        Some(at) => {
            let outcome = if failed.is_some() { ", failed" } else { "" };
            (output::minute(at) + outcome, failed)
        }
    })
}

fn remove(is_dry: bool) -> anyhow::Result<ExitCode> {
    let units = systemd::installed()?;
    let crontab = Crontab::read()
        .or_else(|error| if units.is_empty() { Err(error) } else { Ok(None) })?
        .filter(|crontab| crontab.block.is_some());
    let mut removed: Vec<String> = units.iter().map(|unit| unit.path.display().to_string()).collect();
    if crontab.is_some() {
        removed.push("the block in your crontab".into());
    }
    if removed.is_empty() {
        output::print("The service is not installed.")?;
        return Ok(ExitCode::SUCCESS);
    }
    if is_dry {
        output::print(&format!("Would remove {}.", removed.join(" and ")))?;
        return Ok(ExitCode::SUCCESS);
    }
    systemd::remove(&units)?;
    if let Some(crontab) = crontab {
        crontab.with_block(None).write()?;
    }
    output::print(&format!("Removed {}.", removed.join(" and ")))?;
    Ok(ExitCode::SUCCESS)
}
