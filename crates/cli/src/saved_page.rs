//! The saved pages that `ingest` and `parse` are given: files, folders, and standard input. Every page is read before
//! the command does anything with one. Excludes the formats of pages, see `bulletin-html`. Start with [`SavedPages`].

use std::fs;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use bulletin::Month;
use bulletin_html::{MAX_PAGE_BYTES, ReadPage, Refusal, month_of_path, read_page};

use crate::output::complain;
use crate::progress::Progress;

/// The argument that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// The endings of the pages that a folder can contain: HTML, and single files of browsers.
const ENDINGS: [&str; 4] = ["html", "htm", "mhtml", "mht"];

/// The saved pages that could be read.
#[derive(Debug)]
pub(crate) struct SavedPages {
    /// The pages in the order of the arguments; those of a folder by month.
    pub(crate) pages: Vec<SavedPage>,
    /// False if a page could not be read.
    pub(crate) is_complete: bool,
}

/// A saved page that was read.
#[derive(Debug)]
pub(crate) struct SavedPage {
    /// The argument that names it on the command line.
    pub(crate) argument: String,
    /// Its name for people.
    pub(crate) name: String,
    /// Its content.
    pub(crate) read: ReadPage,
}

impl SavedPages {
    /// Reads every page. Prints an error for each one that cannot be read, and a note for each file of a folder that is
    /// not a bulletin.
    pub(crate) fn read(arguments: &[PathBuf]) -> Self {
        let _waiting = Progress::waiting("reading the saved pages");
        let mut saved = Self {
            pages: Vec::new(),
            is_complete: true,
        };
        for (index, argument) in arguments.iter().enumerate() {
            if argument.is_dir() {
                let found = saved.read_folder(argument);
                saved.note(argument.display(), found);
            } else if argument.as_os_str() == STANDARD_INPUT && arguments[..index].contains(argument) {
                saved.note("standard input", Err(anyhow!("it can be read only once")));
            } else {
                let page = read_argument(argument);
                saved.add(argument, page);
            }
        }
        saved
    }

    fn add(&mut self, argument: &Path, page: anyhow::Result<ReadPage>) {
        let argument = argument.display().to_string();
        let name = match argument.as_str() {
            STANDARD_INPUT => "standard input".to_owned(),
            _ => argument.clone(),
        };
        match page {
            Ok(read) => self.pages.push(SavedPage { argument, name, read }),
            Err(error) => self.note(name, Err(error)),
        }
    }

    fn note(&mut self, name: impl std::fmt::Display, result: anyhow::Result<()>) {
        if let Err(error) = result {
            self.is_complete = false;
            complain("error", &format!("{name}: {error:#}"));
        }
    }

    /// Adds the pages of a folder, oldest month first. The folders in it are not searched.
    fn read_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        const CANNOT: &str = "cannot read the folder";
        let entries: io::Result<Vec<_>> = fs::read_dir(folder).context(CANNOT)?.collect();
        let mut files: Vec<PathBuf> = entries
            .context(CANNOT)?
            .into_iter()
            .map(|entry| entry.path())
            .collect();
        files.sort();
        let first_page = self.pages.len();
        let mut is_empty = true;
        for file in files {
            match page_of_folder(&file).transpose() {
                Some(page) => {
                    is_empty = false;
                    self.add(&file, page);
                }
                None => complain(
                    "note",
                    &format!("{}: skipped, because it is not a saved bulletin", file.display()),
                ),
            }
        }
        self.pages[first_page..].sort_by_key(|page| page.read.bulletin.month());
        if is_empty {
            bail!("the folder contains no saved bulletins (.html, .htm, .mhtml, .mht)");
        }
        Ok(())
    }
}

/// Reads a file of a folder; `None` if it is not a bulletin.
fn page_of_folder(file: &Path) -> anyhow::Result<Option<ReadPage>> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let is_page = ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
    if !is_page || file.is_dir() {
        return Ok(None);
    }
    let expected = month_of_name(file);
    match read_page(&read_file(file)?, expected) {
        Ok(read) => Ok(Some(read)),
        // Neither its title nor its name claims to be a bulletin.
        Err(Refusal::NoMonth) if expected.is_none() => Ok(None),
        Err(refusal) => Err(anyhow!(why_refused(&refusal))),
    }
}

/// Reads the page that an argument names. If the file's name contains a month, the page must be that month's.
fn read_argument(argument: &Path) -> anyhow::Result<ReadPage> {
    let (bytes, expected) = if argument.as_os_str() == STANDARD_INPUT {
        if io::stdin().is_terminal() {
            complain("note", "reading a page from standard input");
        }
        (read_bytes(io::stdin().lock()).context("it cannot be read")?, None)
    } else {
        (read_file(argument)?, month_of_name(argument))
    };
    read_page(&bytes, expected).map_err(|refusal| anyhow!(why_refused(&refusal)))
}

/// The month in a file's name: the names that the site uses, and titles as browsers save them, such as
/// `Visa Bulletin For March 2026 (1).html`.
fn month_of_name(file: &Path) -> Option<Month> {
    let name = file.file_name()?.to_str()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let dashed: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    month_of_path(name).or_else(|| month_of_path(&dashed))
}

/// The reason why a saved page was refused. If the month comes from the file's name, it mentions the file.
fn why_refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::WrongMonth { expected, found } => format!(
            "The page is the bulletin of {}, but the file's name says {}. Save the page again, or rename the file.",
            found.title(),
            expected.title()
        ),
        other => other.to_string(),
    }
}

/// The bytes of a file. A file that is too large for a page is refused before it is read.
fn read_file(file: &Path) -> anyhow::Result<Vec<u8>> {
    const CANNOT: &str = "cannot read the file";
    let opened = fs::File::open(file).context(CANNOT)?;
    let size = usize::try_from(opened.metadata().context(CANNOT)?.len()).unwrap_or(usize::MAX);
    if size > MAX_PAGE_BYTES {
        return Err(Refusal::TooLarge { bytes: size }.into());
    }
    read_bytes(opened).context(CANNOT)
}

/// The bytes of a source whose size may be unknown, such as a pipe; of a source that is too large for a page, just enough
/// to refuse it.
fn read_bytes(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_PAGE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
