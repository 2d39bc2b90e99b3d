//! Reads the content of a database as lines of text, bypassing the program that wrote it. Start with [`query`].

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// Opens a separate connection to a database.
///
/// # Panics
/// If it cannot be opened.
pub fn open(path: &Path) -> Connection {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    connection
        .busy_timeout(std::time::Duration::from_secs(10))
        .unwrap();
    connection
}

/// The result of a query as lines.
///
/// # Panics
/// If the query is invalid.
pub fn query(path: &Path, sql: &str) -> Vec<String> {
    let connection = open(path);
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let cells: Vec<String> = (0..columns)
            .map(|column| match row.get_ref(column).unwrap() {
                ValueRef::Null => "-".to_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                ValueRef::Blob(bytes) => format!("{bytes:?}"),
            })
            .collect();
        lines.push(cells.join(" | "));
    }
    lines
}

/// Rows, earlier values, standings and the records of bulletins, with every version and instant, and the marks of
/// sent alerts.
pub fn everything(path: &Path) -> Vec<String> {
    let tables = [
        "SELECT 'row', * FROM cut_off",
        "SELECT 'earlier', * FROM earlier_value",
        "SELECT 'standing', * FROM standing",
        "SELECT 'bulletin', * FROM bulletin",
        "SELECT 'mark', mark, sent_at IS NOT NULL FROM alert_mark",
    ];
    tables.iter().flat_map(|sql| query(path, sql)).collect()
}

/// Rows, standings and the records of bulletins, without the data that depends on the time and order of arrival:
/// versions of writes, instants, and whether a bulletin came in order.
///
/// # Panics
/// If a record is not JSON.
pub fn content(path: &Path) -> Vec<String> {
    let tables = [
        "SELECT 'row', category, area, chart, month, value, raw_category, raw_area, raw_value, host FROM cut_off",
        "SELECT 'standing', category, area, standing FROM standing",
    ];
    let mut lines: Vec<String> = tables
        .iter()
        .flat_map(|sql| query(path, sql))
        .map(|line| {
            line.replace(",\"over\":true", "")
                .replace(",\"history\":true", "")
        })
        .collect();
    for line in query(path, "SELECT record FROM bulletin") {
        let mut record: Value = serde_json::from_str(&line).unwrap();
        for field in ["first_seen", "fetched_at", "came_in_order"] {
            let gone = record.as_object_mut().unwrap().remove(field);
            assert!(gone.is_some(), "a bulletin's record has no {field}");
        }
        lines.push(format!("bulletin | {record}"));
    }
    lines
}

/// Asserts that the file is intact and that the queue and the change log are empty, including dead letters.
///
/// # Panics
/// If it is not.
pub fn assert_sound_and_settled(path: &Path) {
    assert_eq!(query(path, "PRAGMA integrity_check"), ["ok"]);
    assert_eq!(query(path, "SELECT id, month, failure FROM message"), [""; 0]);
    assert_eq!(query(path, "SELECT seq, failure FROM change_log"), [""; 0]);
    let unsent = "SELECT mark FROM alert_mark WHERE sent_at IS NULL";
    assert_eq!(query(path, unsent), [""; 0]);
}
