//! The port `BulletinQueue`, and the receiving side of the queue. Excludes parsing, see `parse.rs`, and the dead letters
//! that wait for an operator, see `dead_letter.rs`.

use chrono::{DateTime, Duration, Utc};
use pipeline::port::{BulletinQueue, PageMessage, StoreError};
use pipeline::skew;
use rusqlite::{Connection, params};

use crate::query::{self, Columns};
use crate::store::SqliteStore;
use crate::value::{from_json, instant, to_json};

/// The time for which a received page is invisible to others: longer than parsing takes.
const VISIBILITY: Duration = Duration::minutes(10);
/// The number of times that a page is received before it becomes a dead letter. Until then, each process that parsed it
/// has died.
pub(crate) const MAX_RECEIVES: u32 = 3;

/// A page received from the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedPage {
    pub(crate) id: i64,
    pub(crate) message: PageMessage,
    /// The number of times that it was received, this time included.
    pub(crate) receives: u32,
}

/// A row of the table `message`, as far as receiving needs it.
struct StoredMessage {
    id: i64,
    json: String,
    receives: u32,
}

fn read(columns: &Columns<'_, '_>) -> Result<StoredMessage, StoreError> {
    Ok(StoredMessage {
        id: columns.get("id")?,
        json: columns.get("message")?,
        receives: columns.get("receives")?,
    })
}

/// Makes every received page visible again, because the processes that received them died.
pub(crate) fn release_received(connection: &Connection) -> Result<(), StoreError> {
    let sql = "UPDATE message SET visible_at = '' WHERE dead = 0 AND visible_at <> ''";
    query::execute(connection, sql, []).map(drop)
}

fn dead_letter(connection: &Connection, id: i64, failure: &str) -> Result<(), StoreError> {
    let sql = "UPDATE message SET dead = 1, failure = ? WHERE id = ?";
    query::execute(connection, sql, params![failure, id]).map(drop)
}

impl BulletinQueue for SqliteStore {
    async fn send(&self, message: &PageMessage) -> Result<(), StoreError> {
        let json = to_json(message)?;
        let (month, now) = (message.link.month.to_string(), instant(Utc::now()));
        let sql = "INSERT INTO message (message, month, sent_at, visible_at) VALUES (?, ?, ?, '')";
        self.writing(|transaction| query::execute(transaction, sql, params![json, month, now]).map(drop))
    }
}

impl SqliteStore {
    /// Receives the next page from the queue. It stays invisible for ten minutes; a receiver that neither deletes nor
    /// dead-letters it has died. A message that is not valid becomes a dead letter, and the next one is received.
    pub(crate) fn receive_page(&self, now: DateTime<Utc>) -> Result<Option<ReceivedPage>, StoreError> {
        let sql = "UPDATE message SET receives = receives + 1, visible_at = ?2
                   WHERE id = (SELECT id FROM message
                               WHERE dead = 0 AND (visible_at <= ?1 OR visible_at > ?3)
                               ORDER BY id LIMIT 1)
                   RETURNING id, message, receives";
        self.writing(|transaction| {
            loop {
                let times = [now, now + VISIBILITY, skew::latest_schedule(now)].map(instant);
                let Some(stored) = query::one(transaction, sql, times, read)? else {
                    return Ok(None);
                };
                let StoredMessage { id, json, receives } = stored;
                match from_json("a message of the queue", &json) {
                    Ok(message) => {
                        return Ok(Some(ReceivedPage {
                            id,
                            message,
                            receives,
                        }));
                    }
                    Err(error) => {
                        tracing::error!(message.id = id, %error, "a message of the queue is dead-lettered");
                        dead_letter(transaction, id, &error.to_string())?;
                    }
                }
            }
        })
    }

    /// Removes a page from the queue, because it needs no further work. `settles` removes the dead letters of the same
    /// month too.
    pub(crate) fn delete_page(&self, page: &ReceivedPage, settles: bool) -> Result<(), StoreError> {
        self.writing(|transaction| {
            query::execute(transaction, "DELETE FROM message WHERE id = ?", [page.id])?;
            if settles {
                let month = page.message.link.month.to_string();
                let sql = "DELETE FROM message WHERE dead = 1 AND month = ?";
                query::execute(transaction, sql, [month])?;
            }
            Ok(())
        })
    }

    /// Turns a page into a dead letter, with the reason. It replaces older dead letters of the same month.
    pub(crate) fn dead_letter_page(&self, page: &ReceivedPage, failure: &str) -> Result<(), StoreError> {
        self.writing(|transaction| {
            let month = page.message.link.month.to_string();
            let sql = "DELETE FROM message WHERE dead = 1 AND month = ? AND id <> ?";
            query::execute(transaction, sql, params![month, page.id])?;
            dead_letter(transaction, page.id, failure)
        })
    }
}
