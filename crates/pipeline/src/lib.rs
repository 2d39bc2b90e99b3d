//! The three stages of the pipeline, written against ports.
//!
//! [`Fetcher`] finds bulletins and queues their pages, [`Parser`] reads a page and stores it, [`Notifier`] turns
//! changes into alerts and sends them.
//!
//! No I/O happens here. Adapters implement the traits in [`port`]: `web-source` reads pages, `sqlite` stores and
//! sends on one machine, `aws` on AWS. Start reading at [`Fetcher::fetch`], or with the path of a page in
//! `docs/ARCHITECTURE.md`.
//!
//! The parse stage, with a scripted source and a SQLite database in memory:
//!
//! ```
//! use bulletin::{CutOff, Month};
//! use pipeline::port::BulletinStore;
//! use pipeline::testing::{FixedClock, ScriptedSource, bulletin_of, link_of};
//! use pipeline::{Parsed, Parser};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let april: Month = "2024-04".parse()?;
//! let cut_off: CutOff = "2012-07-01".parse()?;
//! let clock = FixedClock::noon("2024-03-13");
//! let source = ScriptedSource::new(&clock, &["travel.state.gov"]);
//! source.publish(&bulletin_of(april, |_| cut_off));
//! let folder = tempfile::tempdir()?;
//! let store = sqlite::SqliteStore::open(&folder.path().join("visa-bulletin.db"))?;
//!
//! let parser = Parser { source: &source, store: &store, clock: &clock };
//! let parsed = parser.parse_link(&link_of(april)).await?;
//! assert!(matches!(parsed, Parsed::Stored { changed: 100.., .. }));
//! assert_eq!(store.months().await?, [april]);
//! assert_eq!(parser.parse_link(&link_of(april)).await?, Parsed::Unchanged);
//! # Ok(())
//! # }
//! ```

pub mod port;

mod alert;
mod archive;
mod calendar;
mod cell_table;
mod channel;
mod dispatch;
mod error;
mod fetch;
mod link;
mod notify;
mod pace;
mod parse;
mod plan;
mod record;
mod retell;
mod row;
mod seed;
pub mod skew;
#[cfg(feature = "testing")]
pub mod testing;

pub use alert::{DueAlert, Stored, alerts_of, due_alerts, summary};
pub use archive::{ArchivedBulletin, Imported};
pub use calendar::{is_finished, is_news, present_month};
pub use cell_table::{CELL_COLUMNS, CellRow, CellStatus, keep_cells, missing_cells};
pub use dispatch::{Dispatcher, Notified, NotifyError};
pub use fetch::{FetchReport, Fetcher, overdue};
pub use link::{Link, LinkState, backoff, is_in_season};
pub use notify::{Notifier, standings_for};
pub use pace::pause;
pub use parse::{Accept, ParseError, Parsed, Parser};
pub use record::{
    ArchivedRow, BulletinRecord, Carried, CellDigest, ChangeRecord, EarlierValue, HistoryRow, Pending,
    RowWrite, StandingWrite, WritePlan,
};
pub use retell::{Retold, Silence, retell};
pub use seed::seed_plans;

/// The department's official site. Alerts link to it, whichever host served the page.
pub const OFFICIAL_SITE: &str = "https://travel.state.gov";

/// The host of a cell that is shipped with the program, in place of the host that served a page.
pub const SHIPPED: &str = "shipped";
