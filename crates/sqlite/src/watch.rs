use std::fmt;

use bulletin::{Alert, Case, Chart, Subscription, When};
use chrono::NaiveDate;
use mail::EmailAddress;
use pipeline::port::{Recipient, StoreError};
use rusqlite::{Connection, params};

use crate::error::{store_error, unreadable};
use crate::store::SqliteStore;

/// Somebody who wants to be told of something on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its number, by which it is removed.
    pub id: i64,
    /// What it waits for.
    pub kind: WatchKind,
    /// How it is told.
    pub way: Way,
}

/// What a watch waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchKind {
    /// Changes of one case.
    Case(Subscription),
    /// Every bulletin, as one message.
    Bulletins,
}

/// How a watch is told. Shown or logged it says no more than is needed to know it again: neither the whole address, nor
/// what stands behind the first word of a command.
#[derive(Clone, PartialEq, Eq)]
pub enum Way {
    /// Printed by the run that finds the news.
    Terminal,
    /// By e-mail.
    Email(EmailAddress),
    /// By this command, run by `sh`, with the alert as JSON on its standard input.
    Exec(String),
}

impl WatchKind {
    /// Whether this alert is to be told.
    pub fn wants(&self, alert: &Alert) -> bool {
        match (self, alert) {
            (Self::Case(subscription), Alert::Case(alert)) => subscription.wants(&alert.change),
            (Self::Bulletins, Alert::Bulletin(_)) => true,
            _ => false,
        }
    }

    /// What is waited for, where it is a case.
    pub fn subscription(&self) -> Option<&Subscription> {
        match self {
            Self::Case(subscription) => Some(subscription),
            Self::Bulletins => None,
        }
    }
}

impl Watch {
    /// What marks name it by.
    pub(crate) fn recipient(&self) -> Recipient {
        Recipient {
            key: format!("watch-{}", self.id),
            handle: self.id,
        }
    }
}

impl Way {
    /// The code in data.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Email(_) => "email",
            Self::Exec(_) => "exec",
        }
    }

    /// Where it goes, as much of it as is needed to know it again: `j...@example.com`, or a command's first word.
    pub fn shown_target(&self) -> String {
        match self {
            Self::Terminal => String::new(),
            Self::Email(address) => address.to_string(),
            Self::Exec(command) => {
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
            Self::Exec(command) => Some(command),
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terminal => f.write_str("on the terminal"),
            Self::Email(_) => write!(f, "by e-mail to {}", self.shown_target()),
            Self::Exec(_) => write!(f, "by the command {}", self.shown_target()),
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Way({self})")
    }
}

impl SqliteStore {
    /// Adds a watch, and answers its number. One that is there already is not added again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_watch(&self, kind: WatchKind, way: &Way) -> Result<i64, StoreError> {
        let (category, area, priority_date, when, chart) = match kind {
            WatchKind::Case(Subscription {
                case,
                priority_date,
                when,
                chart,
            }) => (
                Some(case.category.code()),
                Some(case.area.code()),
                priority_date.map(|date| date.to_string()),
                when.to_string(),
                chart.map(Chart::code),
            ),
            WatchKind::Bulletins => (None, None, None, When::Every.to_string(), None),
        };
        self.writing(|transaction| {
            if let Some(known) = stored_watches(transaction)?
                .into_iter()
                .find(|watch| watch.kind == kind && watch.way == *way)
            {
                return Ok(known.id);
            }
            transaction
                .execute(
                    "INSERT INTO watch (category, area, priority_date, tell_when, chart, way, way_to)
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
                    params![
                        category,
                        area,
                        priority_date,
                        when,
                        chart,
                        way.code(),
                        way.target()
                    ],
                )
                .map_err(store_error)?;
            Ok(transaction.last_insert_rowid())
        })
    }

    /// Removes a watch, and answers whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_watch(&self, id: i64) -> Result<bool, StoreError> {
        self.writing(|transaction| {
            Ok(transaction
                .execute("DELETE FROM watch WHERE id = ?", [id])
                .map_err(store_error)?
                > 0)
        })
    }

    /// Every watch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn watches(&self) -> Result<Vec<Watch>, StoreError> {
        stored_watches(&self.connection())
    }

    /// The watch that a recipient stands for; `None` where it was removed meanwhile.
    pub(crate) fn watch_of(&self, recipient: &Recipient) -> Result<Option<Watch>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached(
                "SELECT id, category, area, priority_date, tell_when, chart, way, way_to FROM watch WHERE id = ?",
            )
            .map_err(store_error)?;
        let mut found = statement.query([recipient.handle]).map_err(store_error)?;
        found.next().map_err(store_error)?.map(read_watch).transpose()
    }
}

fn stored_watches(connection: &Connection) -> Result<Vec<Watch>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT id, category, area, priority_date, tell_when, chart, way, way_to FROM watch ORDER BY id",
        )
        .map_err(store_error)?;
    let mut found = statement.query([]).map_err(store_error)?;
    let mut watches = Vec::new();
    while let Some(row) = found.next().map_err(store_error)? {
        watches.push(read_watch(row)?);
    }
    Ok(watches)
}

fn read_watch(row: &rusqlite::Row<'_>) -> Result<Watch, StoreError> {
    let text = |index: usize| row.get::<_, Option<String>>(index).map_err(store_error);
    let kind = match (text(1)?, text(2)?) {
        (Some(category), Some(area)) => WatchKind::Case(Subscription {
            case: Case {
                category: category.parse().map_err(|error| unreadable("a watch", error))?,
                area: area.parse().map_err(|error| unreadable("a watch", error))?,
            },
            priority_date: text(3)?
                .map(|date| date.parse::<NaiveDate>())
                .transpose()
                .map_err(|error| unreadable("a watch", error))?,
            when: text(4)?
                .unwrap_or_default()
                .parse()
                .map_err(|error| unreadable("a watch", error))?,
            chart: text(5)?
                .map(|chart| chart.parse())
                .transpose()
                .map_err(|error| unreadable("a watch", error))?,
        }),
        _ => WatchKind::Bulletins,
    };
    Ok(Watch {
        id: row.get(0).map_err(store_error)?,
        kind,
        way: way(text(6)?.as_deref(), text(7)?)?,
    })
}

fn way(code: Option<&str>, target: Option<String>) -> Result<Way, StoreError> {
    match (code, target) {
        (Some("terminal"), None) => Ok(Way::Terminal),
        // What is wrong with it is not said: it may be an address all the same.
        (Some("email"), Some(address)) => address
            .parse()
            .map(Way::Email)
            .map_err(|_| unreadable("a watch", "its e-mail address is none")),
        (Some("exec"), Some(command)) => Ok(Way::Exec(command)),
        _ => Err(unreadable("a watch", "its way is none known here")),
    }
}
