//! Where pages come from: fills the port [`pipeline::port::PageSource`].
//!
//! [`WebSource`] asks the department's hosts in order, [`FolderSource`] reads pages that somebody saved, and
//! [`Source`] is whichever of the two was chosen at run time.
//!
//! Only pages of the Visa Bulletin are ever fetched, only from the configured hosts, under an honest name, and
//! without solving or evading a challenge. Where no host gives a page, the error says what each of them answered.

mod config;
mod path;
mod probe;
mod source;
mod text;

pub mod folder;
pub mod web;

pub use config::{ConfigError, DEFAULT_HOSTS, WebConfig};
pub use folder::{FolderError, FolderSource};
pub use path::{PAGE_FOLDER, is_page_path};
pub use probe::Probe;
pub use source::Source;
pub use web::WebSource;
