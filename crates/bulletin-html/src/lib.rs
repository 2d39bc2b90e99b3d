//! The parser of the Visa Bulletin's web pages: a bulletin's page becomes a [`Bulletin`](bulletin::Bulletin),
//! and the index page becomes links. Start at [`read_page`].
//!
//! Nothing is guessed. Anything that cannot be read exactly is left out and reported as a
//! [`Finding`](bulletin::Finding), while the rest of the page is kept; a page that cannot be trusted as a
//! whole is refused with a [`Refusal`]. This crate does no I/O, and no input makes it panic.
//!
//! ```
//! use bulletin::{Area, Category, Chart, RowKey};
//! use bulletin_html::{Refusal, read_page};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let page = std::fs::read("../../samples/history/visa-bulletin-for-april-2012.html")?;
//! let bulletin = read_page(&page, None)?.bulletin;
//! assert_eq!(bulletin.month().title(), "April 2012");
//! let key = RowKey { chart: Chart::FinalAction, category: Category::Eb3, area: Area::INDIA };
//! let row = bulletin.row(key).ok_or("EB-3 India is not listed")?;
//! println!("{} {}: {}", row.raw.category, row.raw.area, row.raw.value);
//! assert_eq!(row.raw.value, "01SEP02");
//!
//! let refusal = read_page(b"<title>Just a moment...</title>", None).unwrap_err();
//! assert_eq!(refusal, Refusal::Challenge { marker: "Just a moment..." });
//! # Ok(())
//! # }
//! ```

mod cell;
mod chart;
mod column;
mod compare;
mod container;
mod era;
mod fifth;
mod grid;
mod heading;
mod hidden;
mod index;
mod input;
mod label;
mod line;
mod mhtml;
mod month;
mod open_table;
mod outline;
mod page;
mod page_month;
mod place;
mod presence;
mod recognise;
mod refusal;
mod selection;
mod selector;
mod shape;
mod skip;
mod spelling;
mod strike;
mod style;
mod style_sheet;
mod table;
mod tag;
mod text;
mod token;
mod visibility;
mod walk;
mod wording;

pub use cell::read_cell;
pub use era::has_both_charts;
pub use index::{INDEX_PATH, IndexLink, month_of_path, predicted_path, read_index};
pub use label::{area_of_label, categories_of_label};
pub use page::{ReadPage, read_page};
pub use recognise::recognise;
pub use refusal::Refusal;

/// The size in bytes above which a page is refused unread. The largest bulletin so far has 137 KB.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
