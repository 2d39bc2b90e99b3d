//! Reads the Visa Bulletin's web pages.

mod index;
mod page;
mod refusal;

pub use index::{INDEX_PATH, IndexLink, month_of_path, predicted_path, read_index};
pub use page::{ReadPage, read_page, recognise};
pub use refusal::Refusal;

/// The size in bytes above which a page is refused unread. The largest bulletin so far has 137 KB.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
