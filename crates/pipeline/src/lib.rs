//! The three stages of the pipeline, written against ports.
//!
//! [`Fetcher`] finds bulletins and queues their pages, [`Parser`] reads a page and stores it, [`Notifier`] turns
//! changes into alerts and sends them.
//!
//! No I/O happens here. Adapters implement the traits in [`port`]: `web-source` reads pages, `sqlite` stores and
//! sends on one machine, `aws` on AWS. Start reading at [`Fetcher::fetch`], or with the path of a page in
//! `docs/ARCHITECTURE.md`.

pub mod port;

mod alert;
mod archive;
mod calendar;
mod channel;
mod dispatch;
mod error;
mod fetch;
mod link;
mod notify;
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
pub use dispatch::{Dispatcher, Notified, NotifyError};
pub use fetch::{FetchReport, Fetcher, overdue};
pub use link::{Link, LinkState, backoff, is_in_season};
pub use notify::{Notifier, standings_for};
pub use parse::{Accept, ParseError, Parsed, Parser};
pub use record::{
    ArchivedRow, BulletinRecord, Carried, CellDigest, ChangeRecord, EarlierValue, HistoryRow, Pending,
    RowWrite, StandingWrite, WritePlan,
};
pub use retell::{Retold, Silence, retell};
pub use seed::seed_plans;

/// The department's official site. Alerts link to it, whichever host served the page.
pub const OFFICIAL_SITE: &str = "https://travel.state.gov";
