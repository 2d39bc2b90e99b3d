//! A page source that is chosen at run time. It only forwards to the chosen one.

use pipeline::port::{Clock, Fetched, PageLink, PageSource, SourceError, SystemClock};

use crate::{FolderSource, WebSource};

/// The source of pages, chosen at run time.
#[derive(Debug)]
pub enum Source<C = SystemClock> {
    /// The department's hosts.
    Web(WebSource<C>),
    /// A folder of saved pages.
    Folder(FolderSource<C>),
}

impl<C> From<WebSource<C>> for Source<C> {
    fn from(source: WebSource<C>) -> Self {
        Self::Web(source)
    }
}

impl<C> From<FolderSource<C>> for Source<C> {
    fn from(source: FolderSource<C>) -> Self {
        Self::Folder(source)
    }
}

impl<C: Clock> PageSource for Source<C> {
    async fn links(&self) -> Result<Vec<PageLink>, SourceError> {
        match self {
            Self::Web(web) => web.links().await,
            Self::Folder(folder) => folder.links().await,
        }
    }

    async fn page(&self, path: &str, avoid: Option<&str>) -> Result<Fetched, SourceError> {
        match self {
            Self::Web(web) => web.page(path, avoid).await,
            Self::Folder(folder) => folder.page(path, avoid).await,
        }
    }
}
