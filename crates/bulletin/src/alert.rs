use std::fmt;

use serde::{Deserialize, Serialize};

use crate::area::Case;
use crate::bulletin::RowKey;
use crate::change::{Change, ChangeKind};
use crate::finding::Finding;
use crate::month::Month;
use crate::subscription::Subscription;
use crate::text::{self, Line};

/// A message to people: what a bulletin does to one case, or what it does as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alert", rename_all = "snake_case")]
pub enum Alert {
    /// About one case.
    Case(CaseAlert),
    /// About a whole bulletin.
    Bulletin(BulletinAlert),
}

/// What one bulletin, or its correction, does to one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAlert {
    /// What happened.
    pub change: Change,
    /// The bulletin's own page, for people to check.
    pub page: String,
}

/// What a bulletin does as a whole: the one message for those who want every bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinAlert {
    /// The bulletin.
    pub month: Month,
    /// Which form of it: 0 as first stored, then counting its corrections.
    pub revision: u32,
    /// Whether it is new or corrected.
    pub kind: ChangeKind,
    /// What it does to each case it lists, against the bulletin before it.
    pub changes: Vec<Change>,
    /// Where it is a correction: the cells that it replaces.
    pub corrected: Vec<CorrectedCell>,
    /// What could not be read, and what else an operator should know.
    pub findings: Vec<Finding>,
    /// The bulletin's own page.
    pub page: String,
}

/// One cell that a correction replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedCell {
    /// Which cell.
    pub key: RowKey,
    /// What stood there, as printed; `None` where the cell is new.
    pub before: Option<String>,
    /// What stands there, as printed; `None` where the cell is gone.
    pub after: Option<String>,
}

/// Which alert it is: the same change always has the same id, so that it can be noted as sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertId(String);

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Alert {
    /// Which alert it is.
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

    /// The case it is about; `None` where it is about the whole bulletin.
    pub fn case(&self) -> Option<Case> {
        match self {
            Self::Case(alert) => Some(alert.change.case),
            Self::Bulletin(_) => None,
        }
    }

    /// The verdict in one line of ASCII: who, which bulletin, what moved.
    pub fn headline(&self) -> String {
        match self {
            Self::Case(alert) => text::case_headline(&alert.change),
            Self::Bulletin(alert) => text::bulletin_headline(alert),
        }
    }

    /// The verdict as an SMS: at most 160 septets of the GSM 7-bit alphabet, of which the sender's display name and the
    /// `> ` behind it, which SNS puts in front, take their part. Parts are dropped until it fits, the verdict never.
    pub fn sms(&self, display_name: &str) -> String {
        let prefix = if display_name.is_empty() {
            0
        } else {
            display_name.chars().count() + 2
        };
        self.line(Line::Sms, text::SMS_SEPTETS.saturating_sub(prefix))
    }

    /// The verdict as the subject of an e-mail: one line of ASCII, shorter than 100 characters.
    pub fn subject(&self) -> String {
        self.line(Line::Subject, text::SUBJECT_CHARACTERS)
    }

    fn line(&self, line: Line, most: usize) -> String {
        match self {
            Self::Case(alert) => text::case_line(&alert.change, line, most),
            Self::Bulletin(alert) => text::bulletin_headline(alert),
        }
    }

    /// The same for one subscriber: with a priority date it says what the bulletin means for that.
    pub fn headline_for(&self, subscription: &Subscription) -> String {
        match (self, subscription.priority_date) {
            (Self::Case(alert), Some(priority_date)) => {
                text::personal_headline(&alert.change, subscription.case, priority_date)
            }
            _ => self.headline(),
        }
    }

    /// The subject of an e-mail to one subscriber: where the priority date comes to be served, or is served no more, it says
    /// that. As
    /// [`subject`](Self::subject), one line of at most [`SUBJECT_CHARACTERS`](crate::text::SUBJECT_CHARACTERS) ASCII characters.
    pub fn subject_for(&self, subscription: &Subscription) -> String {
        let personal = match (self, subscription.priority_date) {
            (Self::Case(alert), Some(priority_date)) => {
                let most = text::SUBJECT_CHARACTERS;
                text::personal_subject(&alert.change, subscription.case, priority_date, most)
            }
            _ => None,
        };
        personal.unwrap_or_else(|| self.subject())
    }

    /// The whole message as plain text, in lines of at most 80 characters but for addresses of pages and what a page
    /// itself prints. For a subscriber it says what the bulletin means for the priority date, and where the country
    /// is counted.
    pub fn body(&self, subscription: Option<&Subscription>) -> String {
        match self {
            Self::Case(alert) => text::case_body(alert, subscription),
            Self::Bulletin(alert) => text::bulletin_body(alert),
        }
    }

    /// The message without its details, for where it does not fit otherwise.
    pub fn body_in_short(&self) -> String {
        let page = match self {
            Self::Case(alert) => &alert.page,
            Self::Bulletin(alert) => &alert.page,
        };
        text::short_body(&self.headline(), self.month(), page)
    }
}
