//! A page source that reads saved pages from a folder. It makes no requests. Start at [`FolderSource`].

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bulletin::Month;
use bulletin_html::{INDEX_PATH, MAX_PAGE_BYTES, month_of_path, predicted_path};
use pipeline::port::{Clock, Fetched, PageLink, PageSource, SourceError, SystemClock};

use crate::path::{self, PAGE_FOLDER, is_page_path};

/// The value of [`Fetched::host`] for pages from a folder.
const BY_HAND: &str = "by hand";
/// The depth limit of the search below the folder.
const DEEPEST: usize = 16;

/// A folder of saved pages. They count as added manually, and so as confirmed.
///
/// A page can be anywhere below the folder: under its path on the site, in folders by year, or directly in
/// the folder, as HTML or as a browser's single file (MHTML). Its month is parsed from its name:
/// `visa-bulletin-for-march-2026.html`, one of the irregular names, or the title under which browsers save it,
/// `Visa Bulletin For March 2026.html`. Other files are ignored.
/// If two files have the same month, the one under the site's path is used, else the one with the usual name,
/// else the first by name. Links to files are followed, links to folders are not.
#[derive(Debug)]
pub struct FolderSource<C = SystemClock> {
    folder: PathBuf,
    clock: C,
}

/// The reason why a folder cannot be a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    /// The folder does not exist or cannot be read.
    #[error("the folder {} cannot be read: {reason}", .folder.display())]
    Unreadable {
        /// The folder that cannot be read: the given one or one below it.
        folder: PathBuf,
        /// The reason.
        reason: String,
    },
    /// The path is a file.
    #[error("{} is no folder: name the folder in which the saved pages lie", .path.display())]
    NoFolder {
        /// The given path.
        path: PathBuf,
    },
}

impl<C: Clock> FolderSource<C> {
    /// A source of the pages in this folder. Every call lists the folder again, so pages can be added at any
    /// time.
    ///
    /// # Errors
    /// [`FolderError`] if the path is not a folder or cannot be read.
    pub fn open(folder: impl Into<PathBuf>, clock: C) -> Result<Self, FolderError> {
        let folder = folder.into();
        let metadata = fs::metadata(&folder).map_err(|error| unreadable(&folder, &error))?;
        if !metadata.is_dir() {
            return Err(FolderError::NoFolder { path: folder });
        }
        fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        Ok(Self { folder, clock })
    }

    /// Every file that may be a page, newest month first. Within a month, the file that is used comes first.
    fn pages(&self) -> Result<Vec<SavedPage>, FolderError> {
        let mut pages = Vec::new();
        collect(&self.folder, DEEPEST, &mut pages)?;
        pages.sort_by_cached_key(|page| {
            (
                Reverse(page.month),
                page.site_path.is_none(),
                !page.has_usual_name(),
                page.file.clone(),
            )
        });
        Ok(pages)
    }

    fn find(&self, path: &str) -> Result<Option<SavedPage>, FolderError> {
        let mut pages = self.pages()?;
        let month = month_of_path(path);
        let position = pages
            .iter()
            .position(|page| page.site_path.as_deref() == Some(path))
            .or_else(|| {
                pages
                    .iter()
                    .position(|page| month.is_some() && page.month == month)
            });
        Ok(position.map(|position| pages.swap_remove(position)))
    }
}

/// Blocks on file reads: the files are local, and nothing else runs meanwhile.
impl<C: Clock> PageSource for FolderSource<C> {
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        let pages = self.pages().map_err(|error| blocked(INDEX_PATH, error))?;
        let mut links: Vec<PageLink> = pages
            .into_iter()
            .filter_map(|page| {
                let month = page.month?;
                let path = page.site_path.unwrap_or_else(|| predicted_path(month));
                Some(PageLink { month, path })
            })
            .collect();
        links.dedup_by_key(|link| link.month);
        Ok(links)
    }

    async fn page(&self, path: &str, _avoid: Option<&str>) -> Result<Fetched, SourceError> {
        path::check(path)?;
        let Some(page) = self.find(path).map_err(|error| blocked(path, error))? else {
            return Err(SourceError::NotFound {
                path: path.to_owned(),
                tried: format!("the folder {} has no file of that month", self.folder.display()),
            });
        };
        let body =
            read(&page.file).map_err(|reason| blocked(path, format!("{}: {reason}", page.file.display())))?;
        Ok(Fetched {
            body,
            host: BY_HAND.to_owned(),
            at: self.clock.now(),
            by_hand: true,
        })
    }
}

/// A file that may be a page.
#[derive(Debug)]
struct SavedPage {
    file: PathBuf,
    /// The month in the file's name.
    month: Option<Month>,
    /// The page's path on the site, if the file is under one.
    site_path: Option<String>,
}

impl SavedPage {
    fn of(file: PathBuf) -> Option<Self> {
        let name = file.file_name()?.to_string_lossy().into_owned();
        let is_page = [".html", ".htm", ".mhtml", ".mht"]
            .iter()
            .any(|ending| name.to_ascii_lowercase().ends_with(ending));
        if !is_page || name.starts_with('.') {
            return None;
        }
        let segments: Vec<_> = file.iter().map(|segment| segment.to_string_lossy()).collect();
        let whole = format!("/{}", segments.join("/"));
        let site_path = whole
            .rfind(PAGE_FOLDER)
            .map(|start| whole[start..].to_owned())
            .filter(|path| is_page_path(path));
        let month = match &site_path {
            Some(path) => month_of_path(path),
            None => month_of_path(&as_on_site(&name)),
        };
        (month.is_some() || site_path.is_some()).then_some(Self {
            file,
            month,
            site_path,
        })
    }

    fn has_usual_name(&self) -> bool {
        let usual = self.month.map(predicted_path);
        let usual = usual.as_deref().and_then(|path| path.rsplit('/').next());
        usual.is_some() && self.file.file_name().and_then(|name| name.to_str()) == usual
    }
}

/// A file name in the site's spelling. Browsers name a saved page by its title: `Visa Bulletin For March
/// 2026.html`, and `Visa Bulletin For March 2026 (1).html` for a second copy.
fn as_on_site(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.replace(|character: char| !character.is_ascii_alphanumeric(), "-")
}

/// Adds every page below a folder. A folder that cannot be read is an error; it does not count as empty.
fn collect(folder: &Path, depth: usize, pages: &mut Vec<SavedPage>) -> Result<(), FolderError> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let kind = entry.file_type().map_err(|error| unreadable(folder, &error))?;
        let path = entry.path();
        if kind.is_dir() {
            if depth > 0 && !entry.file_name().to_string_lossy().starts_with('.') {
                collect(&path, depth - 1, pages)?;
            }
            continue;
        }
        // A link counts if its target is a file; a broken link is not a page.
        let is_file =
            kind.is_file() || (kind.is_symlink() && fs::metadata(&path).is_ok_and(|target| target.is_file()));
        if is_file {
            pages.extend(SavedPage::of(path));
        }
    }
    Ok(())
}

/// The whole file, or an error if it is larger than the limit of a page.
fn read(file: &Path) -> Result<Vec<u8>, String> {
    let too_large = |bytes: u64| {
        format!("too large: it has {bytes} bytes, and no bulletin has more than {MAX_PAGE_BYTES}")
    };
    let cannot = |error: io::Error| format!("it cannot be read: {error}");
    let limit = MAX_PAGE_BYTES as u64;
    let opened = File::open(file).map_err(cannot)?;
    let bytes = opened.metadata().map_err(cannot)?.len();
    if bytes > limit {
        return Err(too_large(bytes));
    }
    let mut body = Vec::new();
    opened.take(limit + 1).read_to_end(&mut body).map_err(cannot)?;
    if body.len() > MAX_PAGE_BYTES {
        return Err(too_large(body.len() as u64));
    }
    Ok(body)
}

fn unreadable(folder: &Path, error: &io::Error) -> FolderError {
    FolderError::Unreadable {
        folder: folder.to_owned(),
        reason: error.to_string(),
    }
}

fn blocked(path: &str, reason: impl ToString) -> SourceError {
    SourceError::Blocked {
        path: path.to_owned(),
        tried: reason.to_string(),
    }
}
