use bulletin::{Bulletin, CorrectedCell, CutOff, Finding, Month, Reading, Row, RowKey, Standing};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::alert::is_finished;

/// What is noted of a bulletin that is stored whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinRecord {
    /// The bulletin.
    pub month: Month,
    /// Its path on the site.
    pub path: String,
    /// Who gave the page that is stored.
    pub host: String,
    /// When that page was fetched. An older fetch loses against it.
    pub fetched_at: DateTime<Utc>,
    /// When the bulletin was first stored.
    pub first_seen: DateTime<Utc>,
    /// Which form of it: 0 as first stored, then counting its corrections.
    pub revision: u32,
    /// True if it was news when it came: an earlier month was stored, and no later one with which tracking began. Where
    /// tracking begins is no news, also when its record is handled after history was filled in behind.
    pub came_in_order: bool,
    /// Digest of its cells.
    pub digest: CellDigest,
    /// How many cells it has.
    pub cells: usize,
    /// What could not be read, and what else an operator should know.
    pub findings: Vec<Finding>,
    /// What its last correction replaced.
    pub corrected: Vec<CorrectedCell>,
    /// A correction that waits for its confirmation.
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

/// A page that differs from what is stored, seen once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Digest of its cells.
    pub digest: CellDigest,
    /// Who gave it.
    pub host: String,
    /// When it was first seen.
    pub at: DateTime<Utc>,
    /// Whether another host has denied it by giving the stored form, or gave that before and this looks like a copy from
    /// before the correction. Then the first host alone is not believed.
    pub contested: bool,
    /// Whether the first host is to be asked next, and not another.
    pub first_host_next: bool,
    /// True while the stored version has been seen since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// How often this version returned after the stored one had been seen in between.
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

/// A digest of all printed cells of a bulletin: the same for the same cut-offs, whatever else changes on the page. Missing
/// cells are no part of it, because they depend on the bulletin before.
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
            // An unreadable cell is told apart by its text, in which no unit separator stands.
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

/// Everything that storing one bulletin writes.
///
/// A store writes the changes of each case whole, rows before standings, and the record last. It refuses with a
/// conflict whatever is not at the version that stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WritePlan {
    /// Rows that are new, differ from what is stored, or are gone.
    pub rows: Vec<RowWrite>,
    /// Standings that are new or differ.
    pub standings: Vec<StandingWrite>,
    /// The bulletin's record.
    pub record: BulletinRecord,
    /// The record that is stored, as read before.
    pub known: Option<BulletinRecord>,
    /// The months that were stored when it was planned, earliest first. Which months stand beside a bulletin is part of
    /// its standings, also of those that are new and have no version to tell that another month came in between.
    pub months: Vec<Month>,
    /// How many standings were stored when it was planned: a case that came in between would miss this bulletin.
    pub cases: usize,
    /// When the write was planned: the instant at which earlier values were replaced.
    pub at: DateTime<Utc>,
    /// Whether it puts back what the bulletin says, where somebody else wrote over it. No host ever gave what stands there
    /// then, so a store does not keep it among the earlier values: a correction would be made of it.
    pub mends: bool,
}

/// One row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// Which.
    pub key: RowKey,
    /// What to store; `None` where the corrected page has no such cell any more.
    pub row: Option<Row>,
    /// The version that is stored; `None` where none is.
    pub version: Option<u32>,
    /// What is known of the cell from another store; `None` where it comes from a page.
    pub carried: Option<Carried>,
}

/// Where a cell came from, as another store knew it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Who gave it.
    pub host: String,
    /// What stood there before corrections, oldest first.
    pub earlier: Vec<EarlierValue>,
}

/// One standing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingWrite {
    /// What to store.
    pub standing: Standing,
    /// The version that is stored; `None` where none is.
    pub version: Option<u32>,
}

/// What a chart said of a case in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The bulletin.
    pub month: Month,
    /// The row as stored.
    pub row: Row,
    /// What stood there before corrections, oldest first.
    pub earlier: Vec<EarlierValue>,
}

/// A cell of a stored bulletin with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedRow {
    /// Which.
    pub key: RowKey,
    /// What it says, and who gave it; `None` where a correction took the cell off the page.
    pub current: Option<(Row, String)>,
    /// What stood there before corrections, oldest first.
    pub earlier: Vec<EarlierValue>,
}

/// A value that a correction replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierValue {
    /// What was read; `None` where it was unreadable.
    pub value: Option<CutOff>,
    /// What was printed.
    pub raw: String,
    /// When it was replaced.
    pub replaced_at: DateTime<Utc>,
    /// Who had given it.
    pub host: String,
}

/// What the change log, or the table's stream, tells the notifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum ChangeRecord {
    /// A standing was written.
    Standing {
        /// What it was; `None` where it is new.
        before: Option<Box<Standing>>,
        /// What it is.
        after: Box<Standing>,
    },
    /// A bulletin's record was written.
    Bulletin {
        /// What it was; `None` where it is new.
        before: Option<Box<BulletinRecord>>,
        /// What it is.
        after: Box<BulletinRecord>,
    },
}
