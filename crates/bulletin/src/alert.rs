//! Alerts: the messages to people. Their sentences are in `text`, their JSON is in `json`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::area::Case;
use crate::bulletin::RowKey;
use crate::change::{Change, ChangeKind};
use crate::finding::Finding;
use crate::month::Month;

/// A message to people: the effect of a bulletin on one case, or the bulletin as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alert", rename_all = "snake_case")]
pub enum Alert {
    /// About one case.
    Case(CaseAlert),
    /// About a whole bulletin.
    Bulletin(BulletinAlert),
}

/// The effect of one bulletin, or of its correction, on one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAlert {
    /// The change.
    pub change: Change,
    /// The bulletin's own page, for people to check.
    pub page: String,
}

/// The effect of a bulletin as a whole: the one message for subscribers of every bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinAlert {
    /// The bulletin.
    pub month: Month,
    /// The version of the bulletin: 0 as first stored, then counting its corrections.
    pub revision: u32,
    /// New month or correction.
    pub kind: ChangeKind,
    /// The changes of every case that it lists, compared with the bulletin before it.
    pub changes: Vec<Change>,
    /// The cells that it replaces, if it is a correction.
    pub corrected: Vec<CorrectedCell>,
    /// The findings about the page.
    pub findings: Vec<Finding>,
    /// The bulletin's own page.
    pub page: String,
}

/// One cell that a correction replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedCell {
    /// The key of the cell.
    pub key: RowKey,
    /// The text before, as printed; `None` if the cell is new.
    pub before: Option<String>,
    /// The text now, as printed; `None` if the cell is gone.
    pub after: Option<String>,
}

/// The id of an alert: the same change always has the same id, so that it can be recorded as sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertId(String);

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Alert {
    /// The id of the alert.
    pub fn id(&self) -> AlertId {
        self.id_of_revision(self.revision())
    }

    /// The id of another revision of this alert.
    pub fn id_of_revision(&self, revision: u32) -> AlertId {
        match self {
            Self::Case(alert) => {
                let Change { case, month, .. } = &alert.change;
                AlertId(format!(
                    "CATEGORY#{}#COUNTRY#{}#{month}#{revision}",
                    case.category, case.area
                ))
            }
            Self::Bulletin(alert) => AlertId(format!("BULLETIN#{}#{revision}", alert.month)),
        }
    }

    /// The revision of the case or the bulletin: 0 as first stored, then counting corrections.
    pub fn revision(&self) -> u32 {
        match self {
            Self::Case(alert) => alert.change.revision,
            Self::Bulletin(alert) => alert.revision,
        }
    }

    /// The bulletin it is about.
    pub fn month(&self) -> Month {
        match self {
            Self::Case(alert) => alert.change.month,
            Self::Bulletin(alert) => alert.month,
        }
    }

    /// The case it is about; `None` if it is about the whole bulletin.
    pub fn case(&self) -> Option<Case> {
        match self {
            Self::Case(alert) => Some(alert.change.case),
            Self::Bulletin(_) => None,
        }
    }
}
