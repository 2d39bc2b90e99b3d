//! The records that stores keep, and the plan of a write.
//!
//! Only data: plans are made in `plan.rs` and `storing.rs` and written by the adapters. Start reading at
//! [`BulletinRecord`] and [`WritePlan`].

use bulletin::{Bulletin, CorrectedCell, CutOff, Finding, Month, Reading, Row, RowKey, Standing};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::calendar::is_finished;

/// The record of a completely stored bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinRecord {
    /// The bulletin's month.
    pub month: Month,
    /// Its path on the site.
    pub path: String,
    /// The host that served the stored page.
    pub host: String,
    /// The time at which that page was fetched. An earlier fetch does not replace it.
    pub fetched_at: DateTime<Utc>,
    /// The time at which the bulletin was first stored.
    pub first_seen: DateTime<Utc>,
    /// The number of corrections since it was first stored.
    pub revision: u32,
    /// True if it was news when it was stored: an earlier month was stored, and no later one with which tracking began.
    /// The first tracked bulletin is not news, also if its change record is processed after a backfill.
    pub came_in_order: bool,
    /// Digest of its cells.
    pub digest: CellDigest,
    /// The number of its cells.
    pub cells: usize,
    /// Unreadable cells, and anything else that an operator should know.
    pub findings: Vec<Finding>,
    /// The cells that its last correction replaced.
    pub corrected: Vec<CorrectedCell>,
    /// An unconfirmed correction.
    pub pending: Option<Pending>,
    /// Missing cells whose absence an operator confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmed_missing: Vec<RowKey>,
    /// Digests of the versions that corrections replaced, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_versions: Vec<CellDigest>,
}

impl BulletinRecord {
    /// True if the bulletin was over when it was first stored anywhere, so that nobody was notified of it.
    pub fn was_over(&self) -> bool {
        is_finished(self.month, self.first_seen)
    }
}

/// A version of a page that differs from the stored one and is not confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Digest of its cells.
    pub digest: CellDigest,
    /// The host that served it.
    pub host: String,
    /// The time at which it was first seen.
    pub at: DateTime<Utc>,
    /// True if another host served the stored version since, or served it before and this looks like an outdated copy.
    /// Then the first host alone cannot confirm it.
    pub contested: bool,
    /// True if the next fetch goes to the first host, not to another.
    pub first_host_next: bool,
    /// True if the stored version has been seen since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The number of times this version returned after the stored one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub returns: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Pending {
    /// True if the page alternates between two versions, so that neither can be believed.
    pub fn alternates(&self) -> bool {
        self.returns >= 2
    }
}

/// A digest of the printed cells of a bulletin. It depends only on the cut-offs, not on the rest of the page. Missing
/// cells are left out, because they depend on the bulletin before.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CellDigest(String);

impl CellDigest {
    /// The digest of a bulletin's cells.
    pub fn of(bulletin: &Bulletin) -> Self {
        let mut hash = Sha256::new();
        hash.update(bulletin.month().to_string());
        for row in bulletin.rows().filter(|row| row.missing_part().is_none()) {
            let RowKey {
                chart,
                category,
                area,
            } = row.key;
            // An unreadable cell counts with its text, which contains no unit separator.
            let text = match row.reading {
                Reading::CutOff(cut_off) => cut_off.to_string(),
                Reading::Unreadable => format!("?{}", row.raw.value),
            };
            hash.update(format!("\u{1f}{chart}\u{1f}{category}\u{1f}{area}\u{1f}{text}"));
        }
        let bytes = hash.finalize();
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The digest as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything that is written to store one bulletin.
///
/// A store writes the changes of each case atomically, rows before standings, and the record last. It returns a
/// conflict if a stored version differs from the one in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WritePlan {
    /// Rows that are new, differ from what is stored, or are gone.
    pub rows: Vec<RowWrite>,
    /// Standings that are new or differ.
    pub standings: Vec<StandingWrite>,
    /// The bulletin's record.
    pub record: BulletinRecord,
    /// The stored record when the write was planned.
    pub known: Option<BulletinRecord>,
    /// The months that were stored when the write was planned, earliest first. Standings depend on the neighbouring
    /// months, and a new standing has no version that could reveal a month that another writer added.
    pub months: Vec<Month>,
    /// The number of standings that were stored when the write was planned. A case that another writer added would lack
    /// this bulletin.
    pub cases: usize,
    /// The time at which the write was planned. Replaced values carry it.
    pub at: DateTime<Utc>,
    /// True if this repairs rows that another program overwrote. No host served the replaced values, so a store does
    /// not keep them as earlier values: they would look like a correction.
    pub mends: bool,
}

/// One row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// Its key.
    pub key: RowKey,
    /// The row to store; `None` if the corrected page no longer has this cell.
    pub row: Option<Row>,
    /// The stored version; `None` if nothing is stored.
    pub version: Option<u32>,
    /// The origin of the cell in another store; `None` if it comes from a page.
    pub carried: Option<Carried>,
}

/// The origin of a cell, copied from another store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The host that served it.
    pub host: String,
    /// The values before corrections, oldest first.
    pub earlier: Vec<EarlierValue>,
}

/// One standing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingWrite {
    /// The standing to store.
    pub standing: Standing,
    /// The stored version; `None` if nothing is stored.
    pub version: Option<u32>,
}

/// One cell of one month, with its earlier values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The bulletin's month.
    pub month: Month,
    /// The stored row.
    pub row: Row,
    /// The values before corrections, oldest first.
    pub earlier: Vec<EarlierValue>,
}

/// A cell of a stored bulletin with its origin and earlier values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedRow {
    /// Its key.
    pub key: RowKey,
    /// The row and the host that served it; `None` if a correction removed the cell.
    pub current: Option<(Row, String)>,
    /// The values before corrections, oldest first.
    pub earlier: Vec<EarlierValue>,
}

/// A value that a correction replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierValue {
    /// The cut-off; `None` if the cell was unreadable.
    pub value: Option<CutOff>,
    /// The printed text.
    pub raw: String,
    /// The time at which it was replaced.
    pub replaced_at: DateTime<Utc>,
    /// The host that had served it.
    pub host: String,
}

/// A record of the change log on one machine, or of the table's stream on AWS. The input of the notifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum ChangeRecord {
    /// A standing was written.
    Standing {
        /// The version before the write; `None` if it is new.
        before: Option<Box<Standing>>,
        /// The version after the write.
        after: Box<Standing>,
    },
    /// A bulletin's record was written.
    Bulletin {
        /// The version before the write; `None` if it is new.
        before: Option<Box<BulletinRecord>>,
        /// The version after the write.
        after: Box<BulletinRecord>,
    },
}
