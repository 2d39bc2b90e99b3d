//! The layout of the database file: creating, migrating and recognizing it. The layouts are in `schema-1.sql` and its
//! successors. Excludes the data. Start with [`open`].

use std::fs::OpenOptions;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{OpenError, open_error};

/// The layout that this program writes. Opening a file of an older layout migrates it, in one transaction; a file of a
/// newer layout is refused.
pub const SCHEMA_VERSION: i64 = 4;

/// The oldest layout that can be read without a migration. Later layouts add views for people, and a table that only
/// `bulletin run` uses.
const READABLE_VERSION: i64 = 3;

/// The mark of a file of this program (`PRAGMA application_id`): the letters `VBul`.
const APPLICATION_ID: i64 = 0x5642_756c;

/// The migrations from each layout to the next.
const STEPS: [&str; SCHEMA_VERSION as usize] = [
    include_str!("schema-1.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    concat!(include_str!("schema-4.sql"), include_str!("views.sql")),
];

/// The time that a statement waits for another process to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of pages in the write-ahead log at which SQLite moves them into the file. Storing a history rewrites the
/// same pages, so this is four times SQLite's default of 1000.
const PAGES_IN_LOG: i64 = 4000;

/// The number of prepared statements that a connection keeps: more than one run uses.
const STATEMENTS: usize = 64;

/// Opens a file, or creates it, and migrates it to the present layout.
///
/// While a file is created, some steps report a lock without waiting. They are retried.
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

/// Opens a file for reading. A writable file is opened and migrated as by [`open`]. Any other is read unchanged, for
/// example on a read-only medium.
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
        // SQLite cannot create the files that readers share with a writer. Without a log there is no writer.
        Err(OpenError::NotWritable { .. }) if !has_log(path) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            let connection = Connection::open_with_flags(immutable(path), flags).map_err(failed)?;
            let found = version(path, &connection)?;
            (connection, found)
        }
        Err(error) => return Err(error),
    };
    if found < READABLE_VERSION {
        return Err(OpenError::NotWritable {
            path: path.to_owned(),
            reason: "it is read-only, and its layout is too old to be read without a migration".into(),
        });
    }
    Ok(connection)
}

/// True if the log next to the file has writes that are not in the file yet.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// The URI with which SQLite reads a file without locks and without other files.
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
    create_private(path);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;

    // Until it is certain that this program wrote the file, nothing may write to it. That includes closing it, which
    // would move the log into the file.
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

/// Creates an empty file that only its owner can read, because watches contain addresses. SQLite gives its log the same
/// permissions. If that fails, SQLite reports the reason.
fn create_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// True if the file is a database of this program, of any layout, or a database in use: until the log next to it is
/// moved into the file, its header does not tell whose it is. Reads only the header.
pub fn is_database(path: &Path) -> bool {
    // Offset and length of `application_id` in the header of a SQLite file.
    const AT: usize = 68;
    let mut header = [0; AT + 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    let application = || header.last_chunk().map(|bytes| u32::from_be_bytes(*bytes));
    has_log(path) || (read.is_ok() && application().map(i64::from) == Some(APPLICATION_ID))
}

/// Checks the whole file for damage.
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
    // One savepoint, so that all three are from one state: another process may be creating the file.
    let read = || {
        connection.execute_batch("SAVEPOINT version")?;
        // Stop at the first error: on a locked file, each query would wait for the whole timeout.
        let numbers = number("SELECT count(*) FROM sqlite_schema").and_then(|tables| {
            Ok((
                tables,
                number("PRAGMA application_id")?,
                number("PRAGMA user_version")?,
            ))
        });
        connection.execute_batch("RELEASE version")?;
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
    // Another process may have migrated the file meanwhile.
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
