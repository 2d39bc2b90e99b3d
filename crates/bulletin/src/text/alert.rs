//! The texts of an alert, each for one length: subject, SMS, headline and body.

use crate::alert::Alert;
use crate::subscription::Subscription;
use crate::text::{self, Line};

impl Alert {
    /// The verdict in one line of ASCII: the case, the bulletin, the movements.
    pub fn headline(&self) -> String {
        match self {
            Self::Case(alert) => text::case_headline(&alert.change),
            Self::Bulletin(alert) => text::bulletin_headline(alert),
        }
    }

    /// The verdict as an SMS: at most 160 septets of the GSM 7-bit alphabet, including the sender's display name and `>
    /// `, which SNS puts in front. Parts are dropped until it fits, but never the verdict.
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

    /// The headline for one subscriber: with a priority date, its meaning for that date.
    pub fn headline_for(&self, subscription: &Subscription) -> String {
        match (self, subscription.priority_date) {
            (Self::Case(alert), Some(priority_date)) => {
                text::personal_headline(&alert.change, subscription.case, priority_date)
            }
            _ => self.headline(),
        }
    }

    /// The subject of an e-mail to one subscriber. If the priority date becomes current or stops being current, the
    /// subject says so. Like [`subject`](Self::subject), one line of at most
    /// [`SUBJECT_CHARACTERS`](crate::text::SUBJECT_CHARACTERS) ASCII characters.
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

    /// The whole message as plain text, in lines of at most 80 characters except for URLs and text from the page. For a
    /// subscriber it includes the meaning for the priority date, and the column under which the country is counted.
    pub fn body(&self, subscription: Option<&Subscription>) -> String {
        match self {
            Self::Case(alert) => text::case_body(alert, subscription),
            Self::Bulletin(alert) => text::bulletin_body(alert),
        }
    }

    /// The message without its details, for channels whose limit it exceeds.
    pub fn body_in_short(&self) -> String {
        let page = match self {
            Self::Case(alert) => &alert.page,
            Self::Bulletin(alert) => &alert.page,
        };
        text::short_body(&self.headline(), self.month(), page)
    }
}
