//! What an examination of the file looks at, beside what the stages ask for. Nothing is written here.

use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::port::StoreError;

use crate::error::store_error;
use crate::store::{SqliteStore, read_code, read_instant};

/// How much of the damage is told.
const MOST_DAMAGE: u32 = 5;

/// An alert that a way refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The watch that was to be told.
    pub watch: i64,
    /// Which alert.
    pub alert: String,
    /// Why it was refused, without addresses.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl SqliteStore {
    /// What is damaged in the file, its indexes too, a sentence each; empty where all of it is sound.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn damage(&self) -> Result<Vec<String>, StoreError> {
        let told = self.texts(&format!("PRAGMA integrity_check({MOST_DAMAGE})"))?;
        Ok(told.into_iter().filter(|sentence| sentence != "ok").collect())
    }

    /// The months that have cells, also where their bulletin is not stored whole.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn months_with_rows(&self) -> Result<Vec<Month>, StoreError> {
        let months = self.texts("SELECT DISTINCT month FROM cut_off ORDER BY month")?;
        months.iter().map(|month| read_code("a month", month)).collect()
    }

    /// The marks of alerts that somebody began to send and never noted as sent, and until when nobody else takes them
    /// over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn marks_in_progress(&self) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare(
                "SELECT mark, expires FROM alert_mark WHERE sent_at IS NULL AND expires IS NOT NULL ORDER BY mark",
            )
            .map_err(store_error)?;
        let found = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .map_err(store_error)?;
        found
            .map(|found| {
                let (mark, expires) = found.map_err(store_error)?;
                Ok((mark, read_instant(&expires)?))
            })
            .collect()
    }

    /// The alerts that a way refused for good and that are not tried again by themselves, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn refused(&self) -> Result<Vec<Refused>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT watch, alert, reason, refused_at FROM refusal ORDER BY refused_at, watch, alert")
            .map_err(store_error)?;
        let mut found = statement.query([]).map_err(store_error)?;
        let mut refused = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            refused.push(Refused {
                watch: row.get(0).map_err(store_error)?,
                alert: row.get(1).map_err(store_error)?,
                reason: row.get(2).map_err(store_error)?,
                at: read_instant(&row.get::<_, String>(3).map_err(store_error)?)?,
            });
        }
        Ok(refused)
    }

    fn texts(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(sql).map_err(store_error)?;
        let texts = statement.query_map([], |row| row.get(0)).map_err(store_error)?;
        texts.collect::<Result<_, _>>().map_err(store_error)
    }
}
