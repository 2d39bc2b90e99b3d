//! The configuration file: its place, its template, and its layer of settings.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use etcetera::BaseStrategy as _;
use figment::value::{Dict, Value};

use super::{Kind, Layer, Origin, SETTINGS, Settings, error};
use crate::args::ConfigArgs;
use crate::quote::shell_word;

/// The folder of this program in the user's folders for data and configuration.
pub(crate) const FOLDER: &str = "visa-bulletin";

/// The name of the file.
const FILE: &str = "config.toml";

/// A file with every setting, as a comment.
pub(crate) const TEMPLATE: &str = include_str!("template.toml");

/// The place of the configuration file.
#[derive(Debug)]
pub(crate) struct Location {
    /// The file. It may not exist.
    pub(crate) path: PathBuf,
    /// True if the user chose it.
    is_chosen: bool,
}

/// The content of the configuration file.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) layer: Layer,
    /// A warning if other users can read a secret.
    pub(super) exposed: Option<String>,
}

/// The file that the user chose, or `config.toml` in the user's folder for configuration:
/// `$XDG_CONFIG_HOME/visa-bulletin`, `~/.config/visa-bulletin`, or on macOS `~/Library/Preferences/visa-bulletin`.
///
/// # Errors
/// An error if the user has no home folder.
pub(crate) fn location(args: &ConfigArgs) -> anyhow::Result<Location> {
    if let Some(path) = &args.config {
        return Ok(Location {
            path: path.clone(),
            is_chosen: true,
        });
    }
    let folders = etcetera::base_strategy::choose_native_strategy()
        .context("no home folder is known. Choose a configuration file with --config FILE")?;
    Ok(Location {
        path: folders.config_dir().join(FOLDER).join(FILE),
        is_chosen: false,
    })
}

/// The settings of the file; `None` if the file in the usual place does not exist.
///
/// # Errors
/// A file that cannot be read, or is invalid.
pub(super) fn read(location: &Location) -> anyhow::Result<Option<Read>> {
    let path = &location.path;
    let mut text = String::new();
    let read = File::open(path).and_then(|mut file| {
        file.read_to_string(&mut text)?;
        Ok(file)
    });
    let file = match read {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound && !location.is_chosen => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the configuration file {} does not exist. `bulletin config init` writes one",
            path.display()
        ),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("cannot read the configuration file {}", path.display()));
        }
    };
    // The layers have no line numbers, so errors are found here.
    toml::from_str::<Settings>(&text).map_err(|found| error::in_file(path, &text, &found))?;
    let values: Dict = toml::from_str(&text).map_err(|found| error::in_file(path, &text, &found))?;
    let layer = resolved(
        Layer::new(Origin::File, values),
        path.parent().unwrap_or(Path::new("")),
    );
    let has_secret = SETTINGS
        .iter()
        .any(|setting| setting.kind == Kind::Secret && layer.get(setting.key).is_some());
    let exposed = (has_secret && is_readable_by_others(&file)).then(|| {
        format!(
            "{} contains a secret, and other users can read it: chmod 600 {}",
            path.display(),
            shell_word(&path.display().to_string())
        )
    });
    Ok(Some(Read { layer, exposed }))
}

/// Resolves file names: `~/` is the home folder, and other relative names start at the folder of the configuration file.
fn resolved(mut layer: Layer, folder: &Path) -> Layer {
    for setting in SETTINGS {
        if setting.kind != Kind::Path {
            continue;
        }
        let Some(Value::String(_, text)) = layer.get(setting.key) else {
            continue;
        };
        let path = match (text.strip_prefix("~/"), etcetera::home_dir()) {
            (Some(rest), Ok(home)) => home.join(rest),
            _ => folder.join(text),
        };
        layer.set(setting.key, path.to_string_lossy().into_owned());
    }
    layer
}

fn is_readable_by_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0)
}
