use std::cell::{Cell, RefCell, RefMut};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bulletin::{Case, CutOff, Month, MonthRange, RawCell, Reading, Row, RowKey, Standing};
use chrono::{DateTime, SecondsFormat, Utc};
use pipeline::port::{
    AlertMarks, BulletinStore, Check, Claim, LinkTable, PageLink, StoreError, StoredRow, StoredStanding,
};
use pipeline::{
    ArchivedRow, BulletinRecord, ChangeRecord, EarlierValue, HistoryRow, Link, LinkState, Pending, RowWrite,
    StandingWrite, WritePlan, is_finished, skew,
};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::archive;
use crate::error::{OpenError, store_error, unreadable};
use crate::schema;

/// One SQLite file that holds everything the pipeline keeps.
///
/// Several processes may use one file at once. Every write is one transaction; readers are never held up.
#[derive(Debug)]
pub struct SqliteStore {
    connection: RefCell<Connection>,
    path: PathBuf,
    /// Whether this store holds the sending lock.
    sending: Cell<bool>,
    /// Whether this store holds the reading lock.
    reading: Cell<bool>,
}

/// How long the sending lock is waited for. Sending takes a moment, unless whoever reads the alerts does not.
const WAIT_FOR_SENDING: Duration = Duration::from_secs(10);

/// The right to send alerts from this database: one process at a time has it. Ends when dropped, or when the process
/// dies, so that what a dead process was sending can be taken over at once.
#[derive(Debug)]
pub struct SendingLock<'a> {
    store: &'a SqliteStore,
    /// Closing it gives the lock back.
    _file: File,
}

/// The knowledge that no other process reads pages into this database. Whoever has it takes over at once what a process
/// left that died: pages it had taken out of the queue, and links it had claimed without queueing their pages. Ends when
/// dropped, or when the process dies.
#[derive(Debug)]
pub struct ReadingLock<'a> {
    store: &'a SqliteStore,
    /// Closing it gives the lock back.
    _file: File,
}

impl Drop for ReadingLock<'_> {
    fn drop(&mut self) {
        self.store.reading.set(false);
    }
}

impl Drop for SendingLock<'_> {
    fn drop(&mut self) {
        self.store.sending.set(false);
    }
}

impl SqliteStore {
    /// Opens a file, or makes it where there is none, and brings it to today's layout.
    ///
    /// # Errors
    /// [`OpenError`]: the file is of a newer program, of another program, damaged, locked or not writable. It is left as
    /// it is.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(schema::open(path)?, path))
    }

    /// Opens a file to read from it, also where it may not be written.
    ///
    /// # Errors
    /// [`OpenError`], as for [`open`](Self::open).
    pub fn open_to_read(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(schema::open_to_read(path)?, path))
    }

    fn over(connection: Connection, path: &Path) -> Self {
        Self {
            connection: RefCell::new(connection),
            path: path.to_owned(),
            sending: Cell::new(false),
            reading: Cell::new(false),
        }
    }

    /// Looks through the whole file for damage, before anything is written to it.
    ///
    /// # Errors
    /// [`OpenError::Damaged`].
    pub fn check(&self) -> Result<(), OpenError> {
        schema::check(&self.path, &self.connection())
    }

    /// The lock of whoever reads pages; `None` where another process has it after so long. Pages can be read without it
    /// too, but then two processes share them, and a later month can come to be stored before an earlier one.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where the lock file beside the database cannot be used.
    pub fn lock_reading(&self, wait: Duration) -> Result<Option<ReadingLock<'_>>, StoreError> {
        let file = self.lock_file(".reading.lock", wait)?;
        self.reading.set(file.is_some());
        Ok(file.map(|file| ReadingLock {
            store: self,
            _file: file,
        }))
    }

    /// Whether what waits for a dead process is known to wait for nobody.
    pub(crate) fn is_reading(&self) -> bool {
        self.reading.get()
    }

    /// The locked file beside the database whose name ends so; `None` where another process has it after so long.
    fn lock_file(&self, ending: &str, wait: Duration) -> Result<Option<File>, StoreError> {
        let mut name = self.path.clone().into_os_string();
        name.push(ending);
        let path = PathBuf::from(name);
        let what = path.display().to_string();
        let unusable = |error: std::io::Error| match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Unavailable {
                what: what.clone(),
                reason: "the disk is full. Make room and run again".into(),
            },
            _ => StoreError::Broken {
                what: what.clone(),
                reason: format!("{error}. Check the rights of the folder"),
            },
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(unusable)?;
        let deadline = Instant::now() + wait;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Waits until no other process sends alerts from this database, and keeps others from it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where another process has it for ten seconds, [`StoreError::Broken`] where the lock
    /// file beside the database cannot be used.
    pub fn lock_sending(&self) -> Result<SendingLock<'_>, StoreError> {
        let file = self
            .lock_file(".lock", WAIT_FOR_SENDING)?
            .ok_or_else(|| StoreError::Unavailable {
                what: "the right to send alerts".into(),
                reason: "another process is sending them. What waits is sent by the next run".into(),
            })?;
        self.sending.set(true);
        Ok(SendingLock {
            store: self,
            _file: file,
        })
    }

    /// The last good look at the source, and the last bad one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn checks(&self) -> Result<(Option<Check>, Option<Check>), StoreError> {
        let connection = self.connection();
        let check = |good: bool| -> Result<Option<Check>, StoreError> {
            let found = connection
                .query_row(
                    "SELECT at, note FROM source_check WHERE good = ?",
                    [good],
                    |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
                )
                .optional()
                .map_err(store_error)?;
            found
                .map(|(at, note)| {
                    Ok(Check {
                        at: read_instant(&at)?,
                        good,
                        note,
                    })
                })
                .transpose()
        };
        Ok((check(true)?, check(false)?))
    }

    pub(crate) fn connection(&self) -> RefMut<'_, Connection> {
        self.connection.borrow_mut()
    }

    /// Runs `work` in one transaction that no other process can come between.
    pub(crate) fn writing<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(store_error)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(store_error)?;
        Ok(done)
    }
}

/// An instant as text that sorts as instants do.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub(crate) fn read_instant(text: &str) -> Result<DateTime<Utc>, StoreError> {
    text.parse().map_err(|error| unreadable("a time", error))
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable("a value", error))
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(what, error))
}

pub(crate) fn read_code<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, StoreError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| unreadable(what, error))
}

impl BulletinStore for SqliteStore {
    async fn months(&self) -> Result<Vec<Month>, StoreError> {
        stored_months(&self.connection())
    }

    async fn record(&self, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
        stored_record(&self.connection(), month)
    }

    async fn rows(&self, month: Month) -> Result<Vec<StoredRow>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached(
                "SELECT category, area, chart, value, raw_category, raw_area, raw_value, version
                 FROM cut_off WHERE month = ?",
            )
            .map_err(store_error)?;
        let mut found = statement.query([month.to_string()]).map_err(store_error)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
            let key = RowKey {
                chart: read_code("a chart", &text(2)?)?,
                category: read_code("a category", &text(0)?)?,
                area: read_code("an area", &text(1)?)?,
            };
            let reading = read_reading(row.get::<_, Option<String>>(3).map_err(store_error)?)?;
            let raw = RawCell {
                category: text(4)?.into(),
                area: text(5)?.into(),
                value: text(6)?.into(),
            };
            rows.push(StoredRow {
                row: Row { key, reading, raw },
                version: row.get(7).map_err(store_error)?,
            });
        }
        Ok(rows)
    }

    async fn standings(&self) -> Result<Vec<StoredStanding>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT standing, version FROM standing")
            .map_err(store_error)?;
        let mut found = statement.query([]).map_err(store_error)?;
        let mut standings = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            let text = row.get_ref(0).map_err(store_error)?;
            let text = text.as_str().map_err(|error| unreadable("a standing", error))?;
            let standing: Standing = from_json("a standing", text)?;
            standings.push(StoredStanding {
                standing,
                version: row.get(1).map_err(store_error)?,
            });
        }
        Ok(standings)
    }

    async fn write(&self, plan: &WritePlan) -> Result<(), StoreError> {
        self.writing(|transaction| {
            if stored_months(transaction)? != plan.months {
                return Err(StoreError::Conflict {
                    what: "another month".into(),
                });
            }
            if standing_count(transaction)? != plan.cases {
                return Err(StoreError::Conflict {
                    what: "another case".into(),
                });
            }
            for write in &plan.rows {
                write_row(transaction, plan, write)?;
            }
            for write in &plan.standings {
                let case = write.standing.case;
                // Logging what alerts nobody would be the largest part of reading a history.
                if is_finished(write.standing.newest.month, plan.at) {
                    replace_standing(transaction, write)?;
                    continue;
                }
                let before = stored_standing(transaction, case)?;
                replace_standing(transaction, write)?;
                log_change(
                    transaction,
                    plan.at,
                    &ChangeRecord::Standing {
                        before: before.map(Box::new),
                        after: Box::new(write.standing.clone()),
                    },
                )
                .map_err(|error| match error {
                    StoreError::Broken { reason, .. } => {
                        unreadable(&format!("the standing of {case}"), reason)
                    }
                    other => other,
                })?;
            }
            replace_record(transaction, plan.known.as_ref(), &plan.record)?;
            if is_finished(plan.record.month, plan.at) {
                return Ok(());
            }
            log_change(
                transaction,
                plan.at,
                &ChangeRecord::Bulletin {
                    before: plan.known.clone().map(Box::new),
                    after: Box::new(plan.record.clone()),
                },
            )
        })
    }

    async fn hold(&self, known: &BulletinRecord, pending: Option<&Pending>) -> Result<(), StoreError> {
        let held = BulletinRecord {
            pending: pending.cloned(),
            ..known.clone()
        };
        self.writing(|transaction| replace_record(transaction, Some(known), &held))
    }

    async fn history(
        &self,
        key: RowKey,
        range: Option<MonthRange>,
        limit: Option<usize>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let connection = self.connection();
        let (first, last) = match range {
            Some(range) => (range.first.to_string(), range.last.to_string()),
            None => ("0000-00".into(), "9999-99".into()),
        };
        let mut statement = connection
            .prepare_cached(
                "SELECT month, value, raw_category, raw_area, raw_value FROM cut_off
                 WHERE category = ? AND area = ? AND chart = ? AND month BETWEEN ? AND ? ORDER BY month DESC
                 LIMIT ?",
            )
            .map_err(store_error)?;
        let RowKey {
            chart,
            category,
            area,
        } = key;
        // A negative limit is none.
        let limit = limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let mut found = statement
            .query(params![
                category.code(),
                area.code(),
                chart.code(),
                first,
                last,
                limit
            ])
            .map_err(store_error)?;
        let mut earlier = earlier_values(&connection, key)?;
        let mut history = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
            let month: Month = read_code("a month", &text(0)?)?;
            let reading = read_reading(row.get::<_, Option<String>>(1).map_err(store_error)?)?;
            let raw = RawCell {
                category: text(2)?.into(),
                area: text(3)?.into(),
                value: text(4)?.into(),
            };
            let (of_month, others) = earlier.into_iter().partition(|(other, _)| *other == month);
            earlier = others;
            let of_month: Vec<(Month, EarlierValue)> = of_month;
            history.push(HistoryRow {
                month,
                row: Row { key, reading, raw },
                earlier: of_month.into_iter().map(|(_, value)| value).collect(),
            });
        }
        Ok(history)
    }

    async fn archived_rows(&self, month: Month) -> Result<Vec<ArchivedRow>, StoreError> {
        archive::rows(&self.connection(), month)
    }
}

pub(crate) fn read_reading(value: Option<String>) -> Result<Reading, StoreError> {
    match value {
        Some(value) => Ok(Reading::CutOff(read_code::<CutOff>("a cut-off", &value)?)),
        None => Ok(Reading::Unreadable),
    }
}

fn earlier_values(connection: &Connection, key: RowKey) -> Result<Vec<(Month, EarlierValue)>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT month, replaced_at, value, raw_value, host FROM earlier_value
             WHERE category = ? AND area = ? AND chart = ? ORDER BY rowid",
        )
        .map_err(store_error)?;
    let mut found = statement
        .query(params![key.category.code(), key.area.code(), key.chart.code()])
        .map_err(store_error)?;
    let mut values = Vec::new();
    while let Some(row) = found.next().map_err(store_error)? {
        let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
        let value = read_reading(row.get(2).map_err(store_error)?)?.cut_off();
        values.push((
            read_code("a month", &text(0)?)?,
            EarlierValue {
                value,
                raw: text(3)?,
                replaced_at: read_instant(&text(1)?)?,
                host: text(4)?,
            },
        ));
    }
    Ok(values)
}

fn stored_months(connection: &Connection) -> Result<Vec<Month>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT month FROM bulletin ORDER BY month")
        .map_err(store_error)?;
    let months = statement
        .query_map([], |row| row.get::<_, String>(0))
        .map_err(store_error)?;
    months
        .map(|month| read_code("a month", &month.map_err(store_error)?))
        .collect()
}

fn standing_count(connection: &Connection) -> Result<usize, StoreError> {
    connection
        .prepare_cached("SELECT count(*) FROM standing")
        .and_then(|mut statement| statement.query_row([], |row| row.get::<_, u32>(0)))
        .map(|count| count as usize)
        .map_err(store_error)
}

fn stored_record(connection: &Connection, month: Month) -> Result<Option<BulletinRecord>, StoreError> {
    let found: Option<String> = connection
        .prepare_cached("SELECT record FROM bulletin WHERE month = ?")
        .and_then(|mut statement| {
            statement
                .query_row([month.to_string()], |row| row.get(0))
                .optional()
        })
        .map_err(store_error)?;
    found
        .map(|text| from_json("the record of a bulletin", &text))
        .transpose()
}

/// Replaces a bulletin's record, if it is still the one that is known.
fn replace_record(
    transaction: &Transaction<'_>,
    known: Option<&BulletinRecord>,
    record: &BulletinRecord,
) -> Result<(), StoreError> {
    if stored_record(transaction, record.month)?.as_ref() != known {
        return Err(StoreError::Conflict {
            what: format!("the bulletin of {}", record.month),
        });
    }
    let json = to_json(record)?;
    transaction
        .prepare_cached("INSERT OR REPLACE INTO bulletin (month, record) VALUES (?, ?)")
        .and_then(|mut statement| statement.execute(params![record.month.to_string(), json]))
        .map_err(store_error)?;
    Ok(())
}

/// The standing that is stored of a case.
pub(crate) fn stored_standing(connection: &Connection, case: Case) -> Result<Option<Standing>, StoreError> {
    let stored: Option<String> = connection
        .prepare_cached("SELECT standing FROM standing WHERE category = ? AND area = ?")
        .and_then(|mut statement| {
            statement
                .query_row([case.category.code(), case.area.code()], |row| row.get(0))
                .optional()
        })
        .map_err(store_error)?;
    stored.map(|text| from_json("a standing", &text)).transpose()
}

/// Replaces a standing, if its version is still the one that is known.
fn replace_standing(transaction: &Transaction<'_>, write: &StandingWrite) -> Result<(), StoreError> {
    let Case { category, area } = write.standing.case;
    let json = to_json(&write.standing)?;
    let written = match write.version {
        Some(version) => transaction
            .prepare_cached(
                "UPDATE standing SET version = version + 1, standing = ?
                 WHERE category = ? AND area = ? AND version = ?",
            )
            .and_then(|mut statement| {
                statement.execute(params![json, category.code(), area.code(), version])
            }),
        None => transaction
            .prepare_cached(
                "INSERT INTO standing (category, area, version, standing) VALUES (?, ?, 1, ?)
                 ON CONFLICT DO NOTHING",
            )
            .and_then(|mut statement| statement.execute(params![category.code(), area.code(), json])),
    }
    .map_err(store_error)?;
    if written == 0 {
        return Err(StoreError::Conflict {
            what: format!("the standing of {category} {area}"),
        });
    }
    Ok(())
}

/// Writes, replaces or removes a row, if its version is still the one that is known. What it replaces is kept among
/// the earlier values, unless it is mended.
fn write_row(transaction: &Transaction<'_>, plan: &WritePlan, write: &RowWrite) -> Result<(), StoreError> {
    match (&write.row, write.version) {
        (Some(row), None) => insert_row(transaction, plan, write, row)?,
        (row, _) => replace_row(transaction, plan, write, row.as_ref())?,
    }
    match &write.carried {
        Some(carried) => archive::write_earlier(transaction, plan.record.month, write.key, &carried.earlier),
        None => Ok(()),
    }
}

/// Writes a row where there is none: nearly every row of a history, in one statement.
fn insert_row(
    transaction: &Transaction<'_>,
    plan: &WritePlan,
    write: &RowWrite,
    row: &Row,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO cut_off
                  (category, area, chart, month, value, raw_category, raw_area, raw_value, host, version)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)
                  ON CONFLICT DO NOTHING";
    if put_row(transaction, plan, write, row, insert).map_err(store_error)? == 0 {
        return Err(changed_meanwhile(plan, write));
    }
    Ok(())
}

/// Replaces a row, or removes it.
fn replace_row(
    transaction: &Transaction<'_>,
    plan: &WritePlan,
    write: &RowWrite,
    row: Option<&Row>,
) -> Result<(), StoreError> {
    let RowKey {
        chart,
        category,
        area,
    } = write.key;
    let month = plan.record.month.to_string();
    let key = params![category.code(), area.code(), chart.code(), month];
    let stored: Option<u32> = transaction
        .prepare_cached(
            "SELECT version FROM cut_off WHERE category = ? AND area = ? AND chart = ? AND month = ?",
        )
        .and_then(|mut statement| statement.query_row(key, |row| row.get(0)).optional())
        .map_err(store_error)?;
    if stored != write.version {
        return Err(changed_meanwhile(plan, write));
    }
    if !plan.mends {
        transaction
            .prepare_cached(
                "INSERT INTO earlier_value (category, area, chart, month, replaced_at, value, raw_value, host)
                 SELECT category, area, chart, month, ?5, value, raw_value, host FROM cut_off
                 WHERE category = ?1 AND area = ?2 AND chart = ?3 AND month = ?4",
            )
            .and_then(|mut statement| {
                statement.execute(params![category.code(), area.code(), chart.code(), month, instant(plan.at)])
            })
            .map_err(store_error)?;
    }
    let update = "UPDATE cut_off
                  SET value = ?5, raw_category = ?6, raw_area = ?7, raw_value = ?8, host = ?9, version = version + 1
                  WHERE category = ?1 AND area = ?2 AND chart = ?3 AND month = ?4";
    match row {
        Some(row) => put_row(transaction, plan, write, row, update),
        None => transaction
            .prepare_cached("DELETE FROM cut_off WHERE category = ? AND area = ? AND chart = ? AND month = ?")
            .and_then(|mut statement| statement.execute(key)),
    }
    .map_err(store_error)?;
    Ok(())
}

/// Runs a statement that writes a row, with the row's key in ?1 to ?4 and what stands there in ?5 to ?9.
fn put_row(
    transaction: &Transaction<'_>,
    plan: &WritePlan,
    write: &RowWrite,
    row: &Row,
    statement: &str,
) -> rusqlite::Result<usize> {
    let RowKey {
        chart,
        category,
        area,
    } = write.key;
    let carried = write.carried.as_ref().map(|carried| &carried.host);
    transaction.prepare_cached(statement)?.execute(params![
        category.code(),
        area.code(),
        chart.code(),
        plan.record.month.to_string(),
        row.reading.cut_off().map(|cut_off| cut_off.to_string()),
        row.raw.category.as_str(),
        row.raw.area.as_str(),
        row.raw.value.as_str(),
        carried.unwrap_or(&plan.record.host),
    ])
}

fn changed_meanwhile(plan: &WritePlan, write: &RowWrite) -> StoreError {
    let RowKey { category, area, .. } = write.key;
    StoreError::Conflict {
        what: format!("{category} {area} of {}", plan.record.month),
    }
}

pub(crate) fn log_change(
    connection: &Connection,
    at: DateTime<Utc>,
    record: &ChangeRecord,
) -> Result<(), StoreError> {
    let record = to_json(record)?;
    connection
        .prepare_cached("INSERT INTO change_log (record, written_at, visible_at) VALUES (?1, ?2, ?2)")
        .and_then(|mut statement| statement.execute(params![record, instant(at)]))
        .map_err(store_error)?;
    Ok(())
}

impl LinkTable for SqliteStore {
    async fn links(&self) -> Result<Vec<Link>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT month, path, state, failures, note FROM link ORDER BY month")
            .map_err(store_error)?;
        let mut found = statement.query([]).map_err(store_error)?;
        let mut links = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            links.push(read_link(row)?);
        }
        Ok(links)
    }

    async fn link(&self, month: Month) -> Result<Option<Link>, StoreError> {
        stored_link(&self.connection(), month)
    }

    async fn claim_link(
        &self,
        link: &PageLink,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.writing(|transaction| {
            let stored = stored_link(transaction, link.month)?;
            if let Some(stored) = &stored
                && !stored.is_due(now)
                && !(self.is_reading() && is_lost(transaction, stored)?)
            {
                return Ok(false);
            }
            let failures = stored.map_or(0, |stored| stored.failures);
            put_link(
                transaction,
                link,
                &LinkState::Queued { until },
                failures,
                "queued",
            )?;
            Ok(true)
        })
    }

    async fn settle(
        &self,
        link: &PageLink,
        state: &LinkState,
        failures: u32,
        note: &str,
    ) -> Result<(), StoreError> {
        self.writing(|transaction| put_link(transaction, link, state, failures, note))
    }

    async fn note_check(&self, check: &Check) -> Result<(), StoreError> {
        self.writing(|transaction| {
            transaction
                .execute(
                    "INSERT OR REPLACE INTO source_check (good, at, note) VALUES (?, ?, ?)",
                    params![check.good, instant(check.at), check.note],
                )
                .map_err(store_error)?;
            Ok(())
        })
    }
}

/// Whether the link was claimed and its page never queued, because whoever claimed it died in between.
fn is_lost(transaction: &Transaction<'_>, link: &Link) -> Result<bool, StoreError> {
    if !matches!(link.state, LinkState::Queued { .. }) {
        return Ok(false);
    }
    transaction
        .query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM message WHERE month = ?)",
            [link.link.month.to_string()],
            |row| row.get(0),
        )
        .map_err(store_error)
}

fn stored_link(connection: &Connection, month: Month) -> Result<Option<Link>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT month, path, state, failures, note FROM link WHERE month = ?")
        .map_err(store_error)?;
    let mut found = statement.query([month.to_string()]).map_err(store_error)?;
    found.next().map_err(store_error)?.map(read_link).transpose()
}

fn read_link(row: &rusqlite::Row<'_>) -> Result<Link, StoreError> {
    let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
    Ok(Link {
        link: PageLink {
            month: read_code("a month", &text(0)?)?,
            path: text(1)?,
        },
        state: from_json("the state of a link", &text(2)?)?,
        failures: row.get(3).map_err(store_error)?,
        note: text(4)?,
    })
}

fn put_link(
    transaction: &Transaction<'_>,
    link: &PageLink,
    state: &LinkState,
    failures: u32,
    note: &str,
) -> Result<(), StoreError> {
    let state_json = to_json(state)?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO link (month, path, state, due_from, failures, note) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .and_then(|mut statement| {
            let due_from = state.due_from().map(instant);
            statement.execute(params![link.month.to_string(), link.path, state_json, due_from, failures, note])
        })
        .map_err(store_error)?;
    Ok(())
}

impl AlertMarks for SqliteStore {
    /// Whoever holds the [`SendingLock`] knows that a mark in progress is that of a process which died, and takes it
    /// over at once. Without the lock it is taken over when it has expired.
    async fn claim_alert(
        &self,
        mark: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<Claim, StoreError> {
        self.writing(|transaction| {
            let stored: Option<(Option<String>, Option<String>)> = transaction
                .query_row(
                    "SELECT sent_at, expires FROM alert_mark WHERE mark = ?",
                    [mark],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()
                .map_err(store_error)?;
            match stored {
                Some((Some(_), _)) => return Ok(Claim::Sent),
                Some((None, Some(until)))
                    if !self.sending.get() && !skew::is_due(read_instant(&until)?, now) =>
                {
                    return Ok(Claim::InProgress);
                }
                Some(_) => tracing::warn!(
                    mark,
                    "whoever was sending this alert died or got no answer; it is sent again"
                ),
                None => {}
            }
            transaction
                .execute(
                    "INSERT OR REPLACE INTO alert_mark (mark, sent_at, expires) VALUES (?, NULL, ?)",
                    params![mark, instant(expires)],
                )
                .map_err(store_error)?;
            Ok(Claim::Granted)
        })
    }

    async fn is_sent(&self, mark: &str) -> Result<bool, StoreError> {
        self.connection()
            .query_row(
                "SELECT count(*) FROM alert_mark WHERE mark = ? AND sent_at IS NOT NULL",
                [mark],
                |row| row.get(0),
            )
            .map_err(store_error)
    }

    async fn sent(&self, mark: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.writing(|transaction| {
            transaction
                .execute(
                    "UPDATE alert_mark SET sent_at = ? WHERE mark = ?",
                    params![instant(now), mark],
                )
                .map_err(store_error)?;
            Ok(())
        })
    }

    async fn release(&self, mark: &str) -> Result<(), StoreError> {
        self.writing(|transaction| {
            transaction
                .execute(
                    "DELETE FROM alert_mark WHERE mark = ? AND sent_at IS NULL",
                    [mark],
                )
                .map_err(store_error)?;
            Ok(())
        })
    }
}
