//! The sources of pages: implementations of the port [`pipeline::port::PageSource`].
//!
//! [`WebSource`] fetches from the department's hosts in order, [`FolderSource`] reads saved pages, and
//! [`Source`] is one of the two, chosen at run time.
//!
//! [`Ping`] signals the result of a run to a dead man's switch.
//!
//! The source fetches only pages of the Visa Bulletin, only from the configured hosts, identifies itself with
//! a User-Agent, and neither solves nor evades a challenge. If no host gives a page, the error contains the
//! answer of each.

mod client;
mod config;
mod path;
mod ping;
mod probe;
mod source;
mod text;

pub mod folder;
pub mod web;

pub use config::{ConfigError, DEFAULT_HOSTS, WebConfig};
pub use folder::{FolderError, FolderSource};
pub use path::{PAGE_FOLDER, is_page_path};
pub use ping::{Ping, PingError, Signal};
pub use probe::Probe;
pub use source::Source;
pub use web::WebSource;
