use bulletin::{Alert, Case, Subscription, When};
use chrono::NaiveDate;
use pipeline::port::StoreError;
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
}

/// What a watch waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchKind {
    /// Changes of one case.
    Case(Subscription),
    /// Every bulletin, as one message.
    Bulletins,
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
}

impl SqliteStore {
    /// Adds a watch, and answers its number. One that is there already is not added again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_watch(&self, kind: WatchKind) -> Result<i64, StoreError> {
        let (category, area, priority_date, when) = match kind {
            WatchKind::Case(Subscription {
                case,
                priority_date,
                when,
                ..
            }) => (
                Some(case.category.code()),
                Some(case.area.code()),
                priority_date.map(|date| date.to_string()),
                when.to_string(),
            ),
            WatchKind::Bulletins => (None, None, None, When::Every.to_string()),
        };
        self.writing(|transaction| {
            if let Some(known) = stored_watches(transaction)?
                .into_iter()
                .find(|watch| watch.kind == kind)
            {
                return Ok(known.id);
            }
            transaction
                .execute(
                    "INSERT INTO watch (category, area, priority_date, tell_when) VALUES (?, ?, ?, ?)",
                    params![category, area, priority_date, when],
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
}

fn stored_watches(connection: &Connection) -> Result<Vec<Watch>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT id, category, area, priority_date, tell_when FROM watch ORDER BY id")
        .map_err(store_error)?;
    let mut found = statement.query([]).map_err(store_error)?;
    let mut watches = Vec::new();
    while let Some(row) = found.next().map_err(store_error)? {
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
                chart: None,
            }),
            _ => WatchKind::Bulletins,
        };
        watches.push(Watch {
            id: row.get(0).map_err(store_error)?,
            kind,
        });
    }
    Ok(watches)
}
