use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{OpenError, open_error};

/// The layout of the file that this program writes. A file of an older layout is brought up to it when opened, in one
/// transaction; one of a newer layout is refused.
pub const SCHEMA_VERSION: i64 = 3;

/// Marks the file as ours (`PRAGMA application_id`): the letters `VBul`.
const APPLICATION_ID: i64 = 0x5642_756c;

/// The steps from each layout to the next.
const STEPS: [&str; SCHEMA_VERSION as usize] = [
    include_str!("schema-1.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
];

/// How long a statement waits for another process to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How many pages the log beside the file holds before they are moved into it. The pages of a history are written again
/// and again, and are moved four times less often than with SQLite's own 1000.
const PAGES_IN_LOG: i64 = 4000;

/// The number of prepared statements that a connection keeps: more than one run uses.
const STATEMENTS: usize = 64;

/// Opens a file, or makes it, and brings it to today's layout.
///
/// Some steps of making a file answer at once that it is locked, without waiting: they are begun anew.
pub(crate) fn open(path: &Path) -> Result<Connection, OpenError> {
    let began = Instant::now();
    loop {
        match try_to_open(path) {
            Err(OpenError::Locked { .. }) if began.elapsed() < BUSY_TIMEOUT => {
                std::thread::sleep(Duration::from_millis(20));
            }
            done => return done,
        }
    }
}

/// Opens a file to read from it. One that may be written is opened as by [`open`] and brought to today's layout; one that
/// may not, or that lies in a folder or on a medium that may not be written, is read as it is.
pub(crate) fn open_to_read(path: &Path) -> Result<Connection, OpenError> {
    match open(path) {
        Err(OpenError::NotWritable { .. }) if path.is_file() => read_only(path),
        done => done,
    }
}

fn read_only(path: &Path) -> Result<Connection, OpenError> {
    let failed = |error: rusqlite::Error| open_error(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    let (connection, found) = match version(path, &connection) {
        Ok(found) => (connection, found),
        // The files that readers share with a writer cannot be made beside it. Without a log nobody writes.
        Err(OpenError::NotWritable { .. }) if !has_log(path) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            let connection = Connection::open_with_flags(immutable(path), flags).map_err(failed)?;
            let found = version(path, &connection)?;
            (connection, found)
        }
        Err(error) => return Err(error),
    };
    if found < SCHEMA_VERSION {
        return Err(OpenError::NotWritable {
            path: path.to_owned(),
            reason: "it is read-only, and has a layout that must be brought up to date before it is read"
                .into(),
        });
    }
    Ok(connection)
}

/// True if a log beside the file holds what is not in the file yet.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// The address under which SQLite reads a file without locks and without files beside it.
fn immutable(path: &Path) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                address.push(char::from(*byte))
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address + "?immutable=1"
}

fn try_to_open(path: &Path) -> Result<Connection, OpenError> {
    let failed = |error: rusqlite::Error| open_error(path, &error);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;

    // Nothing is written before it is known that the file is ours: neither here, nor by closing it again, which would
    // move what a log beside it holds into the file.
    let untouched = |on| {
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on)
            .map_err(failed)
    };
    untouched(true)?;
    let found = version(path, &connection)?;
    untouched(false)?;
    if found < SCHEMA_VERSION {
        connection
            .pragma_update(None, "journal_mode", "wal")
            .map_err(failed)?;
        migrate(path, &mut connection)?;
    }
    connection
        .pragma_update(None, "synchronous", "normal")
        .map_err(failed)?;
    connection
        .pragma_update(None, "wal_autocheckpoint", PAGES_IN_LOG)
        .map_err(failed)?;
    connection
        .pragma_update(None, "foreign_keys", "on")
        .map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    if connection.is_readonly("main").map_err(failed)? {
        return Err(OpenError::NotWritable {
            path: path.to_owned(),
            reason: "it is read-only".into(),
        });
    }
    Ok(connection)
}

/// Looks through the whole file for damage that reading a part of it would not meet.
pub(crate) fn check(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| open_error(path, &error))?;
    if found == "ok" {
        return Ok(());
    }
    Err(OpenError::Damaged {
        path: path.to_owned(),
        reason: found.split_whitespace().collect::<Vec<_>>().join(" "),
    })
}

/// The layout of the file; 0 for an empty one.
fn version(path: &Path, connection: &Connection) -> Result<i64, OpenError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    // All three from one state of the file: another process may be making it at this moment.
    let read = || {
        connection.execute_batch("SAVEPOINT look")?;
        // Nothing is asked after what failed: of a locked file each question would wait as long as the first.
        let numbers = number("SELECT count(*) FROM sqlite_schema").and_then(|tables| {
            Ok((
                tables,
                number("PRAGMA application_id")?,
                number("PRAGMA user_version")?,
            ))
        });
        connection.execute_batch("RELEASE look")?;
        numbers
    };
    let (tables, application, found) = read().map_err(|error| open_error(path, &error))?;
    match (application, tables) {
        (APPLICATION_ID, _) if found > SCHEMA_VERSION => Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known: SCHEMA_VERSION,
        }),
        (APPLICATION_ID, _) => Ok(found),
        (0, 0) => Ok(0),
        _ => Err(OpenError::Foreign {
            path: path.to_owned(),
        }),
    }
}

fn migrate(path: &Path, connection: &mut Connection) -> Result<(), OpenError> {
    let failed = |error: rusqlite::Error| open_error(path, &error);
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(failed)?;
    // Another process may have done it in between.
    let found = version(path, &transaction)?;
    for step in &STEPS[usize::try_from(found).unwrap_or(STEPS.len()).min(STEPS.len())..] {
        transaction.execute_batch(step).map_err(failed)?;
    }
    transaction
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(failed)?;
    transaction
        .pragma_update(None, "user_version", SCHEMA_VERSION)
        .map_err(failed)?;
    transaction.commit().map_err(failed)
}
