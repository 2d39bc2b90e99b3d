//! The content of the Visa Bulletin, as types that cannot be wrong.
//!
//! A [`Bulletin`] is one month's cut-off dates. Each of its [`Row`]s is one cell: the cut-off of a [`Category`] and an
//! [`Area`] on a [`Chart`]. A [`Standing`] contains the cells that apply to one [`Case`] now and next month,
//! [`changes`] compares two versions of it, with a [`Movement`] for each chart, and an [`Alert`] reports a change to
//! people.
//!
//! This crate does no I/O, is not async, and knows nothing of pages, databases or clouds. Start reading at
//! [`Bulletin`], then [`changes`]; all sentences of alerts are in [`text`].
//!
//! ```
//! use bulletin::{Area, ByChart, Case, Category, Cell, CellState, CutOff, Movement, text};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (june, july): (CutOff, CutOff) = ("2013-11-01".parse()?, "2013-11-15".parse()?);
//! let movement = Movement::between(Some(june), Some(july));
//! assert_eq!(movement.words(), "advanced 14 days");
//!
//! let case = Case { category: Category::Eb3, area: Area::INDIA };
//! let final_action = Some(Cell { column: Area::INDIA, state: CellState::CutOff(july) });
//! let cells = ByChart { final_action, dates_for_filing: None };
//! assert_eq!(
//!     text::priority_sentence(case, "2026-07".parse()?, &cells, "2013-11-10".parse()?),
//!     "For EB-3 India in July 2026, the priority date 10 Nov 2013 is current under Final Action Dates (5 days before \
//!      the cut-off 15 Nov 2013), and is not current under Dates for Filing, which does not list EB-3 India."
//! );
//! # Ok(())
//! # }
//! ```

mod alert;
mod area;
pub mod attribute;
mod band;
mod bulletin;
mod category;
mod change;
mod chart;
mod completion;
mod cutoff;
mod day;
mod endpoint;
mod finding;
mod json;
mod month;
mod movement;
mod policy;
mod spelling;
mod standing;
mod subscription;
pub mod text;

pub use alert::{Alert, AlertId, BulletinAlert, CaseAlert, CorrectedCell};
pub use area::{Area, Case, parse_area};
pub use attribute::AttributeValue;
pub use bulletin::{Bulletin, DuplicateRow, MissingPart, RawCell, Reading, Row, RowKey};
pub use category::{Category, Preference};
pub use change::{Band, Change, ChangeKind, ChartChange, changes};
pub use chart::Chart;
pub use completion::{Completed, Context, complete};
pub use cutoff::CutOff;
pub use day::{InvalidDay, parse_day, parse_month, parse_priority_date};
pub use endpoint::Endpoint;
pub use finding::{Finding, UnreadableReason};
pub use json::JSON_VERSION;
pub use month::{Month, MonthRange};
pub use movement::{Movement, Movements};
pub use policy::{FilterPolicy, PolicyError};
pub use spelling::UnknownSpelling;
pub use standing::{
    ByChart, Cell, CellState, Entry, LastRead, NeighbourNeeded, Neighbours, Standing, Successor,
};
pub use subscription::{Subscription, When};
