use bulletin::Month;
use chrono::{DateTime, Duration, Utc};
use pipeline::port::{BulletinQueue, PageMessage, StoreError};
use pipeline::skew;
use rusqlite::{OptionalExtension, params};

use crate::change_log::RENEWED;
use crate::error::store_error;
use crate::store::{SqliteStore, from_json, instant, to_json};

/// How long a page that somebody took is invisible to others: longer than it takes to handle.
const VISIBILITY: Duration = Duration::minutes(10);
/// How often a page is taken out of the queue before it is put among the dead letters: then it is the page that kills
/// whoever reads it.
pub(crate) const MAX_RECEIVES: u32 = 3;

/// A page taken out of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedPage {
    pub(crate) id: i64,
    pub(crate) message: PageMessage,
    /// How often it was taken, this time included.
    pub(crate) receives: u32,
}

/// Something that failed for good and waits for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// What it is.
    pub kind: DeadLetterKind,
    /// Its number in its table.
    pub id: i64,
    /// What it is about, in words: a month, or a record's beginning.
    pub about: String,
    /// Why it failed.
    pub failure: String,
}

/// Where a dead letter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterKind {
    /// A page that was read and refused.
    Page,
    /// A change whose alerts could not be sent.
    Change,
}

impl BulletinQueue for SqliteStore {
    async fn send(&self, message: &PageMessage) -> Result<(), StoreError> {
        let json = to_json(message)?;
        let now = instant(Utc::now());
        self.writing(|transaction| {
            transaction
                .execute(
                    "INSERT INTO message (message, month, sent_at, visible_at) VALUES (?, ?, ?, '')",
                    params![json, message.link.month.to_string(), now],
                )
                .map_err(store_error)?;
            Ok(())
        })
    }
}

impl SqliteStore {
    /// Takes the next page out of the queue. It stays invisible for ten minutes; whoever took it then deletes it, gives
    /// it back, or has died. With the [`ReadingLock`](crate::ReadingLock) it is known who has died. A message that
    /// cannot be understood is put among the dead letters, and the next is taken.
    pub(crate) fn receive_page(&self, now: DateTime<Utc>) -> Result<Option<ReceivedPage>, StoreError> {
        self.writing(|transaction| {
            loop {
                let found: Option<(i64, String, u32)> = transaction
                    .query_row(
                        "UPDATE message SET receives = receives + 1, visible_at = ?2
                         WHERE id = (SELECT id FROM message
                                     WHERE dead = 0 AND (visible_at <= ?1 OR visible_at > ?4 OR ?3)
                                     ORDER BY id LIMIT 1)
                         RETURNING id, message, receives",
                        params![
                            instant(now),
                            instant(now + VISIBILITY),
                            self.is_reading(),
                            instant(skew::latest_schedule(now)),
                        ],
                        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                    )
                    .optional()
                    .map_err(store_error)?;
                let Some((id, text, receives)) = found else { return Ok(None) };
                match from_json("a message of the queue", &text) {
                    Ok(message) => return Ok(Some(ReceivedPage { id, message, receives })),
                    Err(error) => {
                        tracing::error!(message.id = id, %error, "A page of the queue is put among the dead letters.");
                        transaction
                            .execute(
                                "UPDATE message SET dead = 1, failure = ? WHERE id = ?",
                                params![error.to_string(), id],
                            )
                            .map_err(store_error)?;
                    }
                }
            }
        })
    }

    /// Removes a page from the queue, because all is done that it asks for. Dead letters of the same month are settled
    /// with it when `settles` is set.
    pub(crate) fn delete_page(&self, page: &ReceivedPage, settles: bool) -> Result<(), StoreError> {
        self.writing(|transaction| {
            transaction
                .execute("DELETE FROM message WHERE id = ?", [page.id])
                .map_err(store_error)?;
            if settles {
                let month = page.message.link.month.to_string();
                transaction
                    .execute("DELETE FROM message WHERE dead = 1 AND month = ?", [month])
                    .map_err(store_error)?;
            }
            Ok(())
        })
    }

    /// Keeps a page among the dead letters, whole, with the reason. An older dead letter of the same month gives way.
    pub(crate) fn dead_letter_page(&self, page: &ReceivedPage, failure: &str) -> Result<(), StoreError> {
        self.writing(|transaction| {
            let month = page.message.link.month.to_string();
            transaction
                .execute(
                    "DELETE FROM message WHERE dead = 1 AND month = ? AND id <> ?",
                    params![month, page.id],
                )
                .map_err(store_error)?;
            transaction
                .execute(
                    "UPDATE message SET dead = 1, failure = ? WHERE id = ?",
                    params![failure, page.id],
                )
                .map_err(store_error)?;
            Ok(())
        })
    }

    /// Drops the dead letters of a page, because the bulletin was stored in another way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settle_dead_letters(&self, month: Month) -> Result<(), StoreError> {
        self.writing(|transaction| {
            transaction
                .execute(
                    "DELETE FROM message WHERE dead = 1 AND month = ?",
                    [month.to_string()],
                )
                .map_err(store_error)?;
            Ok(())
        })
    }

    /// Puts dead letters back where they came from, all of them or those of one kind, and returns
    /// how many there were. The five days of a change begin again with its next failure;
    /// `written_at` stays, and with it the alerts that are due. Changes that wait for a retry
    /// become due at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn replay_dead_letters(
        &self,
        only: Option<DeadLetterKind>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        self.writing(|transaction| {
            let mut letters = 0;
            if only != Some(DeadLetterKind::Change) {
                letters += transaction
                    .execute(
                        "UPDATE message SET dead = 0, receives = 0, visible_at = '', failure = NULL WHERE dead = 1",
                        [],
                    )
                    .map_err(store_error)?;
            }
            if only != Some(DeadLetterKind::Page) {
                letters += transaction
                    .execute(
                        &format!("UPDATE change_log SET {RENEWED} WHERE dead = 1"),
                        [instant(now)],
                    )
                    .map_err(store_error)?;
                transaction
                    .execute(
                        "UPDATE change_log SET visible_at = ?1 WHERE failure IS NOT NULL AND visible_at > ?1",
                        [instant(now)],
                    )
                    .map_err(store_error)?;
                transaction
                    .execute("DELETE FROM refusal", [])
                    .map_err(store_error)?;
            }
            Ok(letters)
        })
    }

    /// Everything that failed for good and waits for an operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn dead_letters(&self) -> Result<Vec<DeadLetter>, StoreError> {
        let connection = self.connection();
        let mut letters = Vec::new();
        for (kind, sql) in [
            (
                DeadLetterKind::Page,
                "SELECT id, month, failure FROM message WHERE dead = 1 ORDER BY id",
            ),
            (
                DeadLetterKind::Change,
                "SELECT seq, substr(record, 1, 80), failure FROM change_log WHERE dead = 1 ORDER BY seq",
            ),
        ] {
            let mut statement = connection.prepare(sql).map_err(store_error)?;
            let mut found = statement.query([]).map_err(store_error)?;
            while let Some(row) = found.next().map_err(store_error)? {
                letters.push(DeadLetter {
                    kind,
                    id: row.get(0).map_err(store_error)?,
                    about: row.get(1).map_err(store_error)?,
                    failure: row
                        .get::<_, Option<String>>(2)
                        .map_err(store_error)?
                        .unwrap_or_default(),
                });
            }
        }
        Ok(letters)
    }

    /// How many pages wait to be read, and how many changes wait for their alerts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn waiting(&self) -> Result<(u32, u32), StoreError> {
        let count = |sql: &str| {
            self.connection()
                .query_row(sql, [], |row| row.get(0))
                .map_err(store_error)
        };
        Ok((
            count("SELECT count(*) FROM message WHERE dead = 0")?,
            count("SELECT count(*) FROM change_log WHERE dead = 0")?,
        ))
    }
}
