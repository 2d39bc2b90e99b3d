//! What the stages need of the world around them: roles, filled by adapters.

use bulletin::{Bulletin, Month, MonthRange, RowKey, Standing};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

pub use crate::channel::{Channel, ChannelError, Recipient, Sending};
use crate::link::{Link, LinkState};
use crate::record::{ArchivedRow, BulletinRecord, HistoryRow, Pending, WritePlan};

/// What time it is. Replays and tests bring their own.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The time of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The month whose bulletin is in force at this instant, by the clock of Washington without daylight saving: for
/// an hour of a summer's last day the month that ends counts longer, which harms nobody.
pub fn present_month(now: DateTime<Utc>) -> Month {
    Month::of((now - Duration::hours(5)).date_naive())
}

/// A bulletin's page where it is linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageLink {
    /// The bulletin's month.
    pub month: Month,
    /// The path on the site, beginning with `/content/`.
    pub path: String,
}

/// A page as it was got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its bytes.
    pub body: Vec<u8>,
    /// Who gave it: a host's name, or `by hand` for a file that a person gave.
    pub host: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether a person gave it, which counts as confirmed.
    pub by_hand: bool,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Every host says that there is no such page (yet).
    #[error("there is no page {path} yet ({tried})")]
    NotFound {
        /// The path asked for.
        path: String,
        /// Which host answered what.
        tried: String,
    },
    /// No host gave the page, and it may be out: a host is blocked or failed, or the index lists it.
    #[error(
        "no host gave {path}: {tried}. If this lasts, save the page from a browser and feed it with `bulletin ingest FILE`"
    )]
    Blocked {
        /// The path asked for.
        path: String,
        /// Which host answered what.
        tried: String,
    },
    /// The path is none that bulletins are fetched from. Nothing was asked.
    #[error("{path} is no page of the Visa Bulletin; only paths below {allowed} are fetched")]
    Forbidden {
        /// The path asked for.
        path: String,
        /// Where pages may lie.
        allowed: &'static str,
    },
}

/// Where pages come from.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait PageSource {
    /// The bulletins that the source says it has, newest first.
    ///
    /// # Errors
    /// [`SourceError`] when no list can be had.
    async fn links(&self) -> Result<Vec<PageLink>, SourceError>;

    /// One page. The host `avoid` is asked last, so that a second look comes from another one where one answers.
    ///
    /// # Errors
    /// [`SourceError`] when no host gives it.
    async fn page(&self, path: &str, avoid: Option<&str>) -> Result<Fetched, SourceError>;
}

/// Why a store, queue or table could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote in between. Read again and repeat.
    #[error("somebody else wrote {what} in between")]
    Conflict {
        /// What was written.
        what: String,
    },
    /// It cannot be reached or is busy; this passes.
    #[error("{what} cannot be reached just now: {reason}")]
    Unavailable {
        /// Which store.
        what: String,
        /// Why.
        reason: String,
    },
    /// What is stored there cannot be understood, or it cannot be used at all.
    #[error("{what} cannot be used: {reason}")]
    Broken {
        /// Which store, and which part of it.
        what: String,
        /// Why, and what to do.
        reason: String,
    },
}

/// One standing as stored, with the version that a write must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStanding {
    /// The standing.
    pub standing: Standing,
    /// Counts its writes from 1.
    pub version: u32,
}

/// One bulletin's rows as stored, with the versions that a write must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// The row.
    pub row: bulletin::Row,
    /// Counts its writes from 1.
    pub version: u32,
}

/// Rows, standings and bulletins.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait BulletinStore {
    /// The months whose bulletin is stored whole, earliest first.
    ///
    /// # Errors
    /// [`StoreError`], like every call here.
    async fn months(&self) -> Result<Vec<Month>, StoreError>;

    /// What is noted of a bulletin; `None` where it is not stored whole.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError>;

    /// Every row of a month, also where the bulletin is not stored whole yet.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError>;

    /// Every standing.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError>;

    /// Writes a bulletin: rows and standings, whole cases together, and the bulletin's own record last.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a version is not the one that the plan names: then nothing of that case was
    /// written.
    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError>;

    /// Notes or drops a correction that waits for its confirmation. `known` is the record that the decision was
    /// made from.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the record is another by now.
    async fn hold(&self, known: &BulletinRecord, pending: Option<&Pending>) -> Result<(), StoreError>;

    /// What one chart said of one case over the months, newest first, and no more than `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError>;

    /// Every cell that a month has, or had before a correction, with where it came from; in the order of their keys.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError>;
}

/// The links and their states.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait LinkTable {
    /// Every link known.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn links(&self) -> Result<Vec<Link>, StoreError>;

    /// The link of one month.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn link(&self, month: Month) -> Result<Option<Link>, StoreError>;

    /// Takes a link that is due ([`Link::is_due`]) or not known yet, and sets it queued until `until`. Answers whether it
    /// was taken: of two callers at once only one takes it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_link(
        &self,
        link: &PageLink,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Notes what became of a link.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn settle(
        &self,
        link: &PageLink,
        state: &LinkState,
        failures: u32,
        note: &str,
    ) -> Result<(), StoreError>;

    /// Notes that the source was asked for its list, and whether it gave it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn note_check(&self, check: &Check) -> Result<(), StoreError>;
}

/// One look at the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the source gave what was asked for.
    pub good: bool,
    /// What it answered, in words.
    pub note: String,
}

/// A page that is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMessage {
    /// The page.
    pub link: PageLink,
    /// Follows one page through the logs of all stages.
    pub trace: String,
    /// True if the source's index lists the page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
}

/// Where the fetcher leaves pages for the parser.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait BulletinQueue {
    /// Queues a page.
    ///
    /// # Errors
    /// [`StoreError`]; then the page is not queued.
    async fn send(&self, message: &PageMessage) -> Result<(), StoreError>;
}

/// Whether an alert may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Yes, by the one who asked.
    Granted,
    /// Somebody else is sending it right now. Come back later.
    InProgress,
    /// It has been sent.
    Sent,
}

/// Which alerts have been sent, and which are being sent.
#[expect(
    async_fn_in_trait,
    reason = "stages run on one thread, and their futures are never sent to another"
)]
pub trait AlertMarks {
    /// Takes the right to send. A right that was taken and not used until `expires` can be taken again: when that is due
    /// ([`skew::is_due`](crate::skew::is_due)).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_alert(
        &self,
        mark: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<Claim, StoreError>;

    /// True if the alert of this mark was sent.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn is_sent(&self, mark: &str) -> Result<bool, StoreError>;

    /// Notes that it was sent.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sent(&self, mark: &str, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Gives back the right to send, because it is known that nothing was sent.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn release(&self, mark: &str) -> Result<(), StoreError>;
}

/// The rows of a month as a bulletin.
///
/// # Errors
/// [`StoreError::Broken`] when a row stands twice, which no store of ours writes.
pub fn as_bulletin(month: Month, rows: Vec<StoredRow>) -> Result<Bulletin, StoreError> {
    Bulletin::new(month, rows.into_iter().map(|stored| stored.row)).map_err(|error| StoreError::Broken {
        what: format!("the stored bulletin of {month}"),
        reason: error.to_string(),
    })
}
