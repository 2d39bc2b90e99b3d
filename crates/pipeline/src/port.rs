//! The ports of the pipeline: traits that adapters implement, and the values that pass through them.
//!
//! Channels, through which alerts leave, are in `channel.rs`; records and plans are in `record.rs`. The contract that
//! every store must fulfil is in `testing/contract.rs`. Start reading at [`BulletinStore`].

use bulletin::{Bulletin, Month, MonthRange, RowKey, Standing};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use crate::channel::{Channel, ChannelError, Recipient, Sending};
pub use crate::error::StoreError;
pub use crate::link::PageLink;
use crate::link::{Link, LinkState};
use crate::record::{ArchivedRow, BulletinRecord, HistoryRow, Pending, WritePlan};

/// The time. Replays and tests use their own clocks.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A fetched page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its bytes.
    pub body: Vec<u8>,
    /// The name of the host that served it, or `by hand` for a page that an operator ingested.
    pub host: String,
    /// The time of the fetch.
    pub at: DateTime<Utc>,
    /// True if an operator ingested it. Such a page counts as confirmed.
    pub by_hand: bool,
}

/// The reason why a page was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Every host answered that the page does not exist (yet).
    #[error("{path} is not published yet ({tried})")]
    NotFound {
        /// The requested path.
        path: String,
        /// The answer of each host.
        tried: String,
    },
    /// No host served the page, but it may be published: a host is blocked or failed, or the index lists it.
    #[error("no host served {path}: {tried}")]
    Blocked {
        /// The requested path.
        path: String,
        /// The answer of each host.
        tried: String,
    },
    /// The path is not allowed. No request was sent.
    #[error("path not allowed: {path}. Only paths under {allowed} are fetched")]
    Forbidden {
        /// The requested path.
        path: String,
        /// The prefix of allowed paths.
        allowed: &'static str,
    },
}

impl SourceError {
    /// The answer of each host, separated by semicolons.
    pub fn answers(&self) -> String {
        match self {
            Self::NotFound { tried, .. } | Self::Blocked { tried, .. } => tried.clone(),
            Self::Forbidden { .. } => self.to_string(),
        }
    }
}

/// The source of pages.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait PageSource {
    /// The pages that the source's index lists, newest first.
    ///
    /// # Errors
    /// [`SourceError`] if the index cannot be fetched.
    async fn links(&self) -> Result<Vec<PageLink>, SourceError>;

    /// Fetches one page. The host `avoid` is asked last, so that a second fetch comes from another host if one answers.
    ///
    /// # Errors
    /// [`SourceError`] if no host serves it.
    async fn page(&self, path: &str, avoid: Option<&str>) -> Result<Fetched, SourceError>;
}

/// A stored standing, with the version that a write must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStanding {
    /// The standing.
    pub standing: Standing,
    /// The number of its writes.
    pub version: u32,
}

/// A stored row, with the version that a write must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// The row.
    pub row: bulletin::Row,
    /// The number of its writes.
    pub version: u32,
}

/// The store of rows, standings and bulletins.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait BulletinStore {
    /// The months whose bulletins are completely stored, earliest first.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn months(&self) -> Result<Vec<Month>, StoreError>;

    /// The record of a bulletin; `None` if it is not completely stored.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError>;

    /// Every row of a month, including those of a partial write.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError>;

    /// All standings.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError>;

    /// Writes a bulletin: rows and standings in whole cases, and the bulletin's record last.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if a stored version differs from the one in the plan. Nothing of that case is written.
    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError>;

    /// Stores or removes an unconfirmed correction. `known` is the record on which the decision was based.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the record has changed since.
    async fn hold(&self, known: &BulletinRecord, pending: Option<&Pending>) -> Result<(), StoreError>;

    /// The cells of one case on one chart, newest month first, at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError>;

    /// All cells of a month, including those that corrections removed, with their origins, sorted by key.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError>;
}

/// The store of links and their states.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait LinkTable {
    /// All known links.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn links(&self) -> Result<Vec<Link>, StoreError>;

    /// The link of one month.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn link(&self, month: Month) -> Result<Option<Link>, StoreError>;

    /// Claims a link that is due ([`Link::is_due`]) or unknown: sets it to queued until `until`. Returns true if it was
    /// claimed. Of two concurrent callers only one claims it.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn claim_link(
        &self,
        link: &PageLink,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Records the outcome of a link.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn settle(
        &self,
        link: &PageLink,
        state: &LinkState,
        failures: u32,
        note: &str,
    ) -> Result<(), StoreError>;

    /// Records a poll of the source's index.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn note_check(&self, check: &Check) -> Result<(), StoreError>;
}

/// One poll of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The time of the poll.
    pub at: DateTime<Utc>,
    /// True if the source served the index.
    pub good: bool,
    /// A description of the answer, for people.
    pub note: String,
}

/// A page to parse, as queued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMessage {
    /// The page.
    pub link: PageLink,
    /// The id of this page in the logs of all stages.
    pub trace: String,
    /// True if the source's index lists the page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
}

/// The queue from the fetcher to the parser.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait BulletinQueue {
    /// Queues a page.
    ///
    /// # Errors
    /// [`StoreError`] if the page was not queued.
    async fn send(&self, message: &PageMessage) -> Result<(), StoreError>;
}

/// The answer to a claim on an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The caller may send it.
    Granted,
    /// Another process is sending it. Retry later.
    InProgress,
    /// It was sent.
    Sent,
}

/// The marks of alerts that were sent or are being sent.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait AlertMarks {
    /// Claims the alert for sending. An unused claim ends at `expires`, as judged by
    /// [`skew::is_due`](crate::skew::is_due); then the alert can be claimed again.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn claim_alert(
        &self,
        mark: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<Claim, StoreError>;

    /// True if the alert with this mark was sent.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn is_sent(&self, mark: &str) -> Result<bool, StoreError>;

    /// Records that the alert was sent.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn sent(&self, mark: &str, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Releases a claim when it is certain that nothing was sent.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    async fn release(&self, mark: &str) -> Result<(), StoreError>;
}

/// Builds a bulletin from the stored rows of a month.
///
/// # Errors
/// [`StoreError::Broken`] if two rows have the same key.
pub fn as_bulletin(month: Month, rows: Vec<StoredRow>) -> Result<Bulletin, StoreError> {
    Bulletin::new(month, rows.into_iter().map(|stored| stored.row)).map_err(|error| StoreError::Broken {
        what: format!("the stored bulletin of {month}"),
        reason: error.to_string(),
    })
}
