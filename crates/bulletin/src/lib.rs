//! What the Visa Bulletin says, as types that cannot be wrong.
//!
//! A [`Bulletin`] is one month's cut-off dates. Each of its [`Row`]s is one cell: what a [`Chart`] says of a
//! [`Category`] for an [`Area`].
//!
//! This crate does no I/O, is not async and knows nothing of pages, databases or clouds.

mod area;
mod bulletin;
mod category;
mod chart;
mod cutoff;
mod finding;
mod month;
mod spelling;

pub use area::{Area, Case};
pub use bulletin::{Bulletin, DuplicateRow, RawCell, Reading, Row, RowKey};
pub use category::{Category, Preference};
pub use chart::Chart;
pub use cutoff::CutOff;
pub use finding::{Finding, UnreadableReason};
pub use month::{Month, MonthRange};
pub use spelling::UnknownSpelling;
