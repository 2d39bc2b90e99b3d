//! `bulletin config`: prints the settings, and writes a configuration file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::args::{Args, ConfigCommand};
use crate::database::locate_quietly;
use crate::field::output::{CONFIG, print_list};
use crate::output::{self, Format, complain};
use crate::settings::{SETTINGS, Settings, TEMPLATE, location};

pub(crate) fn run(args: &Args, command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Show { format } => {
            let settings = Settings::load(args)?;
            if let Some(exposed) = &settings.exposed {
                complain("warning", exposed);
            }
            show(&settings, *format)?;
        }
        ConfigCommand::Path => output::print(&location(&args.config)?.path.display().to_string())?,
        ConfigCommand::Init { print: true } => output::print(TEMPLATE)?,
        ConfigCommand::Init { print: false } => init(&location(&args.config)?.path)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints every setting with its effective value and its origin.
fn show(settings: &Settings, format: Format) -> anyhow::Result<()> {
    let records = SETTINGS
        .iter()
        .map(|setting| {
            let (mut value, origin) = settings.shown(setting.key);
            if setting.key == "database" && value.is_none() {
                value = locate_quietly(settings)
                    .ok()
                    .map(|location| location.path.display().to_string());
            }
            json!({
                "setting": setting.key,
                "setting_value": value,
                "origin": origin.word(),
            })
        })
        .collect();
    let columns = [
        ("Setting", "setting"),
        ("Value", "setting_value"),
        ("From", "origin"),
    ];
    print_list(&CONFIG, &columns, records, format)
}

/// Writes a configuration file that only its owner can read.
fn init(path: &Path) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    write_new(path)?;
    output::print(&format!("Wrote {}. Edit it to change a setting.", path.display()))
}

fn write_new(path: &Path) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    match written {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(
            "{} already exists. Edit it, or move it away first",
            path.display()
        ),
        Err(error) => Err(error).with_context(|| format!("cannot write {}", path.display())),
    }
}
