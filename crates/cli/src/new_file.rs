//! Writes a file whole or not at all: under a temporary name in the same folder, which is changed when the file is complete.
//! Excludes its contents. Start with [`NewFile::check`].

use std::path::Path;

use anyhow::{Context as _, bail};
use tempfile::NamedTempFile;

/// A file that is to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewFile<'a> {
    path: &'a Path,
    /// True if it may replace another file.
    force: bool,
}

impl<'a> NewFile<'a> {
    /// Checks that the file may be written, before the work for its contents begins.
    ///
    /// # Errors
    /// An error if there is a file that may not be replaced: any without `force`, a database of this program or in use never.
    pub(crate) fn check(path: &'a Path, force: bool) -> anyhow::Result<Self> {
        let shown = path.display();
        match std::fs::metadata(path) {
            Ok(file) if !file.is_file() => bail!("{shown} is not a file. Choose another name"),
            Ok(_) if sqlite::is_database(path) => {
                bail!(
                    "{shown} is a database of this program, which an export does not replace. Choose another name"
                )
            }
            Ok(_) if !force => bail!("{shown} exists. Choose another name, or replace it with --force"),
            _ => Ok(Self { path, force }),
        }
    }

    /// Lets `write` fill the temporary file, and gives it its name.
    ///
    /// # Errors
    /// The error of `write`, or of the file system. Nothing is left behind.
    pub(crate) fn write(self, write: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let cannot_write = || format!("cannot write {}", self.path.display());
        let file = self.temporary().with_context(cannot_write)?;
        write(file.path()).with_context(cannot_write)?;
        file.as_file().sync_all().with_context(cannot_write)?;
        let renamed = if self.force {
            file.persist(self.path)
        } else {
            file.persist_noclobber(self.path)
        };
        renamed.map_err(|error| error.error).with_context(cannot_write)?;
        Ok(())
    }

    /// An empty file in the folder of the other, with the permissions of any new file.
    fn temporary(self) -> std::io::Result<NamedTempFile> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".bulletin-export-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.tempfile_in(folder.unwrap_or(Path::new(".")))
    }
}
