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
//! use bulletin::{CutOff, Movement};
//!
//! let before: CutOff = "2013-11-01".parse().unwrap();
//! let after: CutOff = "2013-11-15".parse().unwrap();
//! assert_eq!(Movement::between(Some(before), Some(after)), Movement::Advanced { days: 14 });
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
