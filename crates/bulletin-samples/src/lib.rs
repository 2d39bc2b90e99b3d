//! Sample pages that imitate the department's, written from any [`bulletin::Bulletin`].
//!
//! Over the years the department used a few families of layouts: see [`Layout`]. A [`Page`] is a bulletin in
//! one of them, with as much of the usual surroundings as a test needs: decoy tables, Diversity Visa tables,
//! navigation, prose, misprints. [`render_index`] writes the page that links to them. [`site`] creates the
//! files under `samples/`.
//!
//! Headings and labels are the department's; sentences and markup were written for this project. With the
//! feature `proptest`, `strategy` generates bulletins and pages.
//!
//! ```
//! use bulletin::{Area, Bulletin, Category, Chart, CutOff, RowKey};
//! use bulletin_samples::{Layout, Page};
//!
//! let month = "2012-04".parse().unwrap();
//! let key = RowKey { chart: Chart::FinalAction, category: Category::Eb1, area: Area::ALL };
//! let row = Layout::of(month).unwrap().row(month, key, CutOff::Current);
//! let page = Page::new(Bulletin::new(month, [row]).unwrap()).unwrap();
//! assert!(page.render().contains("<td>1st</td>"));
//! ```

mod index;
mod layout;
mod mhtml;
mod noise;
mod page;
mod prose;
pub mod site;
#[cfg(feature = "proptest")]
pub mod strategy;

pub use index::{page_path, render_index};
pub use layout::Layout;
pub use layout::printed;
pub use mhtml::{TransferEncoding, mhtml};
pub use noise::{Markup, Noise};
pub use page::Page;
