//! The three stages of the pipeline, written once against ports.
//!
//! [`Fetcher`] finds bulletins and queues their pages, [`Parser`] reads a page and stores it, [`Notifier`] turns
//! what was stored into alerts. Where pages come from, where things are stored and where alerts go is said by the
//! adapters that fill the ports of [`port`]: SQLite and a terminal on one machine, AWS services on AWS.

pub mod port;

mod alert;
mod archive;
mod channel;
mod correction;
mod dispatch;
mod fetch;
mod link;
mod notify;
mod parse;
mod plan;
mod record;
mod retell;
mod row;
pub mod skew;
mod storing;
#[cfg(feature = "testing")]
pub mod testing;

pub use alert::{DueAlert, Stored, alerts_of, due_alerts, is_finished, is_news, summary};
pub use archive::{ArchivedBulletin, Imported};
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

/// The department's own site, to which alerts point whichever host gave the page.
pub const OFFICIAL_SITE: &str = "https://travel.state.gov";
