//! The table `watch`: the people of this machine who are notified, and the channel of each. Excludes sending.
//!
//! Start with [`Watch`].

use std::fmt;

use bulletin::{Alert, Case, Chart, Subscription, When};
use mail::EmailAddress;
use pipeline::port::{Recipient, StoreError};
use rusqlite::{Connection, params};

use crate::error::unreadable;
use crate::query::{self, Columns};
use crate::store::SqliteStore;

/// A person or program that is notified on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its number, by which it is removed.
    pub id: i64,
    /// The alerts that it wants.
    pub kind: WatchKind,
    /// The channel of its alerts.
    pub channel: WatchChannel,
}

/// The alerts that a watch wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchKind {
    /// Changes of one case.
    Case(Subscription),
    /// Every bulletin, as one message.
    Bulletins,
}

/// The channel of a watch, with its target. Displayed or logged, it shows no more than is needed to recognize it:
/// neither the whole address, nor more than the first word of a command.
#[derive(Clone, PartialEq, Eq)]
pub enum WatchChannel {
    /// The output of the run that finds the change.
    Terminal,
    /// E-mail to this address.
    Email(EmailAddress),
    /// This command, run by `sh`, with the alert as JSON on its standard input.
    Command(String),
}

impl WatchKind {
    /// True if the watch wants this alert.
    pub fn wants(&self, alert: &Alert) -> bool {
        match (self, alert) {
            (Self::Case(subscription), Alert::Case(alert)) => subscription.wants(&alert.change),
            (Self::Bulletins, Alert::Bulletin(_)) => true,
            _ => false,
        }
    }

    /// The subscription, if the watch is about a case.
    pub fn subscription(&self) -> Option<&Subscription> {
        match self {
            Self::Case(subscription) => Some(subscription),
            Self::Bulletins => None,
        }
    }
}

impl Watch {
    /// The name of the watch in marks.
    pub fn recipient(&self) -> Recipient {
        Recipient {
            key: format!("watch-{}", self.id),
            handle: self.id,
        }
    }
}

impl WatchChannel {
    /// The code in data.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Email(_) => "email",
            Self::Command(_) => "exec",
        }
    }

    /// The target, abbreviated so that its owner recognizes it: `j...@example.com`, or the first word of a command.
    pub fn shown_target(&self) -> String {
        match self {
            Self::Terminal => String::new(),
            Self::Email(address) => address.to_string(),
            Self::Command(command) => {
                let mut words = command.split_whitespace();
                let first: String = words.next().unwrap_or_default().chars().take(40).collect();
                let rest = if words.next().is_some() { " ..." } else { "" };
                format!("{first}{rest}")
            }
        }
    }

    fn target(&self) -> Option<&str> {
        match self {
            Self::Terminal => None,
            Self::Email(address) => Some(address.revealed()),
            Self::Command(command) => Some(command),
        }
    }
}

impl fmt::Display for WatchChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terminal => f.write_str("on the terminal"),
            Self::Email(_) => write!(f, "by e-mail to {}", self.shown_target()),
            Self::Command(_) => write!(f, "by the command {}", self.shown_target()),
        }
    }
}

impl fmt::Debug for WatchChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WatchChannel({self})")
    }
}

/// The recipient of this alert on a machine without watches, where the terminal channel prints the summaries of
/// bulletins.
pub fn recipient_without_watches(watches: &[Watch], alert: &Alert) -> Option<Recipient> {
    (watches.is_empty() && matches!(alert, Alert::Bulletin(_))).then(|| Recipient {
        key: "terminal".into(),
        // No watch has this number.
        handle: 0,
    })
}

fn read(columns: &Columns<'_, '_>) -> Result<Watch, StoreError> {
    const WATCH: &str = "a watch";
    let category = columns.optional_code(WATCH, "category")?;
    let area = columns.optional_code(WATCH, "area")?;
    let kind = match (category, area) {
        (Some(category), Some(area)) => WatchKind::Case(Subscription {
            case: Case { category, area },
            priority_date: columns.optional_code(WATCH, "priority_date")?,
            when: columns.code(WATCH, "tell_when")?,
            chart: columns.optional_code(WATCH, "chart")?,
        }),
        _ => WatchKind::Bulletins,
    };
    let channel = match (columns.text("way")?, columns.optional_text("way_to")?) {
        ("terminal", None) => WatchChannel::Terminal,
        // The error does not quote the value: it may be an address after all.
        ("email", Some(address)) => address
            .parse()
            .map(WatchChannel::Email)
            .map_err(|_| unreadable(WATCH, "invalid e-mail address"))?,
        ("exec", Some(command)) => WatchChannel::Command(command.to_owned()),
        _ => {
            return Err(unreadable(
                WATCH,
                "unknown channel: expected terminal, email or exec",
            ));
        }
    };
    let id = columns.get("id")?;
    Ok(Watch { id, kind, channel })
}

fn all(connection: &Connection) -> Result<Vec<Watch>, StoreError> {
    query::all(connection, "SELECT * FROM watch ORDER BY id", [], read)
}

impl SqliteStore {
    /// Adds a watch, and returns its number. An equal watch that exists is not added again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_watch(&self, kind: WatchKind, channel: &WatchChannel) -> Result<i64, StoreError> {
        let subscription = kind.subscription();
        let case = subscription.map(|subscription| subscription.case);
        let when = subscription.map_or(When::Every, |subscription| subscription.when);
        let priority_date = subscription.and_then(|subscription| subscription.priority_date);
        let chart = subscription.and_then(|subscription| subscription.chart);
        self.writing(|transaction| {
            let watches = all(transaction)?;
            let same = watches
                .iter()
                .find(|watch| watch.kind == kind && watch.channel == *channel);
            if let Some(known) = same {
                return Ok(known.id);
            }
            query::execute(
                transaction,
                "INSERT INTO watch (category, area, priority_date, tell_when, chart, way, way_to)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
                params![
                    case.map(|case| case.category.code()),
                    case.map(|case| case.area.code()),
                    priority_date.map(|date| date.to_string()),
                    when.to_string(),
                    chart.map(Chart::code),
                    channel.code(),
                    channel.target(),
                ],
            )?;
            Ok(transaction.last_insert_rowid())
        })
    }

    /// Removes a watch. Returns false if there is none with this number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_watch(&self, id: i64) -> Result<bool, StoreError> {
        let sql = "DELETE FROM watch WHERE id = ?";
        self.writing(|transaction| Ok(query::execute(transaction, sql, [id])? > 0))
    }

    /// Every watch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn watches(&self) -> Result<Vec<Watch>, StoreError> {
        all(&self.connection())
    }

    /// The recipients of an alert among the watches whose channel matches.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn recipients(
        &self,
        alert: &Alert,
        matches: impl Fn(&WatchChannel) -> bool,
    ) -> Result<Vec<Recipient>, StoreError> {
        let mut watches = self.watches()?;
        watches.retain(|watch| matches(&watch.channel) && watch.kind.wants(alert));
        Ok(watches.iter().map(Watch::recipient).collect())
    }

    /// The watch of a recipient; `None` if it was removed meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn watch_of(&self, recipient: &Recipient) -> Result<Option<Watch>, StoreError> {
        let sql = "SELECT * FROM watch WHERE id = ?";
        query::one(&self.connection(), sql, [recipient.handle], read)
    }
}
