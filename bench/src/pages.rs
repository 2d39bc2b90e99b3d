//! The pages that are read: the real ones where they are beside the repository, else the samples.

use std::path::{Path, PathBuf};

use anyhow::ensure;

/// Pages, in the order of their files.
#[derive(Debug)]
pub(crate) struct Pages {
    /// Where each comes from.
    pub(crate) files: Vec<PathBuf>,
    bodies: Vec<Vec<u8>>,
    /// What they are, in words.
    pub(crate) kind: &'static str,
}

impl Pages {
    pub(crate) fn values(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.bodies.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.bodies.len()
    }
}

/// Finds the pages: `../shared`, or what `VISA_BULLETIN_SHARED` names, else `samples`.
///
/// # Errors
/// Where a file cannot be read.
pub(crate) fn pages(project: &Path) -> anyhow::Result<Pages> {
    let shared =
        std::env::var_os("VISA_BULLETIN_SHARED").map_or_else(|| project.join("../shared"), PathBuf::from);
    let real = shared.join("bulletins/pages");
    let (folder, kind) = if real.is_dir() {
        (real, "real pages")
    } else {
        (project.join("samples/pages"), "sample pages")
    };
    let mut files = Vec::new();
    find(&folder, &mut files)?;
    files.sort();
    ensure!(!files.is_empty(), "there are no pages in {}", folder.display());
    let bodies = files.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    Ok(Pages { files, bodies, kind })
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, found)?;
        } else if path.to_string_lossy().contains("visa-bulletin-for-") {
            found.push(path);
        }
    }
    Ok(())
}
