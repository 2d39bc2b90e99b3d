//! The pages to read: the real ones if they are next to the repository, otherwise a made-up page for each month.
//! Start with [`pages`].

use std::hint::black_box;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use bulletin::{CutOff, Month};
use bulletin_html::read_page;
use bulletin_samples::page_path;
use chrono::Days;
use pipeline::testing::{bulletin_of, page_of};
use tempfile::TempDir;

use crate::tokenizer::tokenize;

/// The months of the first and the last made-up page: 291 bulletins.
const MADE_UP: [&str; 2] = ["2002-05", "2026-07"];

/// Pages, sorted by file.
#[derive(Debug)]
pub(crate) struct Pages {
    /// The file of each page.
    pub(crate) files: Vec<PathBuf>,
    bodies: Vec<Vec<u8>>,
    /// The folder of made-up pages, which is removed when this is dropped.
    folder: Option<TempDir>,
}

impl Pages {
    /// The contents of the pages.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.bodies.iter()
    }

    /// True if the pages are the department's.
    pub(crate) fn are_real(&self) -> bool {
        self.folder.is_none()
    }

    /// The kind of pages, in words.
    pub(crate) fn kind(&self) -> &'static str {
        if self.are_real() {
            "real pages"
        } else {
            "made-up pages"
        }
    }

    /// The number of pages.
    pub(crate) fn len(&self) -> usize {
        self.bodies.len()
    }
}

/// Finds the pages in `../shared` or the folder in `VISA_BULLETIN_SHARED`; otherwise makes them up.
///
/// # Errors
/// If a file cannot be read or written.
pub(crate) fn pages(project: &Path) -> anyhow::Result<Pages> {
    let shared =
        std::env::var_os("VISA_BULLETIN_SHARED").map_or_else(|| project.join("../shared"), PathBuf::from);
    let real = shared.join("bulletins/pages");
    let made_up = if real.is_dir() { None } else { Some(make_up()?) };
    let folder = made_up.as_ref().map_or(real.as_path(), TempDir::path);
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort();
    ensure!(!files.is_empty(), "no pages in {}", folder.display());
    let bodies = files.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    Ok(Pages {
        files,
        bodies,
        folder: made_up,
    })
}

/// Writes a page for each month, in the layout and with the cells of that time. Each cut-off is a week later than
/// in the month before.
fn make_up() -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let [first, last]: [Month; 2] = [MADE_UP[0].parse()?, MADE_UP[1].parse()?];
    for (week, month) in (0..).zip(first.through(last)) {
        let day = first.first_day() - Days::new(2000) + Days::new(7 * week);
        let page = page_of(&bulletin_of(month, |_| CutOff::Date(day)));
        let file = folder.path().join(page_path(month).trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().context("no folder")?)?;
        std::fs::write(file, page)?;
    }
    Ok(folder)
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

/// Reads all pages to their cells.
pub(crate) fn read_all(pages: &Pages) {
    for page in pages.values() {
        let _ = black_box(read_page(black_box(page), None));
    }
}

/// Splits all pages into tokens.
pub(crate) fn tokenize_all(pages: &Pages) {
    pages.values().for_each(|page| tokenize(page));
}
