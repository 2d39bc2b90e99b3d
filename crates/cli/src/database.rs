//! The place of the database of this machine: chosen by the user, in the folder of the command as version 0.1 kept it, or in
//! the user's data folder. Start with [`locate`].

use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;

use crate::output::complain;
use crate::settings::{FOLDER, Settings};

/// The name of the file.
const FILE: &str = "visa-bulletin.db";

/// The place of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    /// The file. It may not exist yet.
    pub(crate) path: PathBuf,
    /// True if the user chose it, with `--db`, `VISA_BULLETIN_DB` or the configuration file.
    pub(crate) is_chosen: bool,
}

/// Finds the database, and prints a note if it is still in the folder of the command.
///
/// # Errors
/// An error if the user has no home folder.
pub(crate) fn locate(settings: &Settings) -> anyhow::Result<Location> {
    // A command may open the database more than once.
    static NOTED: Once = Once::new();
    let location = locate_quietly(settings)?;
    if !location.is_chosen
        && location.path == Path::new(FILE)
        && let Ok(standard) = standard_path()
    {
        NOTED.call_once(|| complain("note", &moving(&standard)));
    }
    Ok(location)
}

/// Finds the database, like [`locate`], without a note.
///
/// # Errors
/// An error if the user has no home folder.
pub(crate) fn locate_quietly(settings: &Settings) -> anyhow::Result<Location> {
    let (path, is_chosen) = match &settings.database {
        Some(path) => (path.clone(), true),
        None if Path::new(FILE).exists() => (FILE.into(), false),
        None => (standard_path()?, false),
    };
    Ok(Location { path, is_chosen })
}

/// The note on a database in the folder of the command. It names the command that moves the file with its log.
fn moving(standard: &Path) -> String {
    let folder = standard.parent().unwrap_or(Path::new("."));
    if standard.exists() {
        return format!(
            "using ./{FILE}. There is another database, {}: choose it with --db",
            standard.display()
        );
    }
    format!(
        "using ./{FILE}. New versions keep it in one place for all folders: mkdir -p '{0}' && mv {FILE}* '{0}'",
        folder.display()
    )
}

/// The database in the user's data folder: `$XDG_DATA_HOME/visa-bulletin`, `~/.local/share/visa-bulletin`, or on macOS
/// `~/Library/Application Support/visa-bulletin`.
fn standard_path() -> anyhow::Result<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy()
        .context("no home folder is known. Choose a database with --db FILE")?;
    Ok(folders.data_dir().join(FOLDER).join(FILE))
}
