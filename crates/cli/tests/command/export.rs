//! Stored cells as one table: on standard output, and in files that are whole or not there.

use aws_harness::emulator::Emulator;
use rusqlite::Connection;

use crate::confirm::with_a_lost_column;
use crate::sample;
use crate::stage::Stage;
use crate::table_file::with_everything;
use crate::tool::{Answer, Folder, answer};

const HISTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/cutoffs.csv");
const COLUMNS: &str = "bulletin_month,chart,preference,category,area,status,cutoff_date,raw_value,source";
const PAGE: &str = "https://travel.state.gov/content/travel/en/legal/visa-law0/visa-bulletin/2024/\
                    visa-bulletin-for-may-2024.html";

fn ask(folder: &Folder, args: &[&str]) -> Answer {
    answer(folder.new_user(args))
}

/// The rows of a table in a file, as text; NULL is empty.
pub(crate) fn rows(database: &Connection, sql: &str) -> Vec<Vec<String>> {
    let mut statement = database.prepare(sql).unwrap();
    let columns = statement.column_count();
    let text = |value: rusqlite::types::Value| match value {
        rusqlite::types::Value::Null => String::new(),
        rusqlite::types::Value::Text(text) => text,
        rusqlite::types::Value::Integer(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    statement
        .query_map([], |row| (0..columns).map(|at| Ok(text(row.get(at)?))).collect())
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// Every cell that is exported as JSON, with its fields as text; null is empty. Unlike CSV, JSON escapes no formulas.
pub(crate) fn exported(folder: &Folder) -> Vec<Vec<String>> {
    let json = folder.bulletin(&["export", "json"]).exits(0).json();
    let fields = |cell: &serde_json::Value| {
        COLUMNS
            .split(',')
            .map(|name| cell[name].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    json.as_array().unwrap().iter().map(fields).collect()
}

/// The cells of `data/cutoffs.csv` that pass.
fn history(passes: impl Fn(&[&str]) -> bool) -> usize {
    let text = std::fs::read_to_string(HISTORY).unwrap();
    let lines = text.lines().skip(1);
    lines
        .filter(|line| passes(&line.split(',').collect::<Vec<_>>()))
        .count()
}

#[test]
fn the_shipped_history_is_exported_byte_for_byte() {
    let folder = Folder::new();
    let exported = ask(&folder, &["export", "csv"])
        .exits(0)
        .says(&["shipped with this version"])
        .says_in_a_line(&["note: ", "left out: 5 cells missing from the page"]);
    assert!(exported.out.as_bytes() == std::fs::read(HISTORY).unwrap());
    ask(&folder, &["export", "csv", "cutoffs.csv"]).exits(0).prints(&[
        &format!("{} cells of ", history(|_| true)),
        "bulletins written to cutoffs.csv",
    ]);
    assert!(folder.read("cutoffs.csv") == std::fs::read(HISTORY).unwrap());
    // A database that is filled with it says the same.
    ask(&folder, &["table", "import", "--shipped"]).exits(0);
    let stored = ask(&folder, &["export", "csv"]).exits(0);
    assert!(stored.out == exported.out, "the stored history differs");
}

#[test]
fn every_format_has_the_same_cells() {
    let folder = Folder::new();
    let csv = ask(&folder, &["export", "csv", "--months", "2015-05..2015-11"])
        .exits(0)
        .csv();
    let json = ask(&folder, &["export", "json", "--months", "2015-05..2015-11"])
        .exits(0)
        .json();
    let names: Vec<&str> = csv[0].iter().map(String::as_str).collect();
    let objects = json.as_array().unwrap();
    assert_eq!(objects.len(), csv.len() - 1);
    for (object, record) in objects.iter().zip(&csv[1..]) {
        assert_eq!(object.as_object().unwrap().len(), names.len());
        for (name, value) in names.iter().zip(record) {
            assert_eq!(object[name].as_str().unwrap_or_default(), value, "{name}");
        }
    }
    ask(
        &folder,
        &["export", "sqlite", "cells.db", "--months", "2015-05..2015-11"],
    )
    .exits(0);
    let database = Connection::open(folder.path("cells.db")).unwrap();
    let mut expected = csv[1..].to_vec();
    expected.sort();
    assert_eq!(
        rows(&database, "SELECT * FROM cutoffs ORDER BY 1, 2, 3, 4, 5"),
        expected
    );
}

#[test]
fn months_category_and_country_choose_cells() {
    let folder = Folder::new();
    let export = |filters: &[&str]| {
        let cells = ask(&folder, &[&["export", "csv"], filters].concat())
            .exits(0)
            .csv();
        cells[1..].to_vec()
    };
    let of_2020 = export(&["--months", "2020-01..2020-12", "--category", "EB-3"]);
    let expected = history(|cell| cell[0].starts_with("2020-") && cell[3] == "EB3");
    assert_eq!(of_2020.len(), expected);
    let india = export(&["--country", "India", "--months", "2010-01..2026-08"]);
    let expected = history(|cell| cell[0] >= "2010-01" && cell[4] == "INDIA");
    assert_eq!(india.len(), expected);
    // China has no column in these months, and Brazil never had one.
    for (country, months) in [("China", "2003-01..2003-03"), ("Brazil", "2026-01..2026-03")] {
        let cells = export(&["--country", country, "--months", months]);
        assert!(!cells.is_empty() && cells.iter().all(|cell| cell[4] == "ALL"));
    }
    // What is missing from the page is not taken from another column.
    ask(
        &folder,
        &[
            "export",
            "csv",
            "--country",
            "India",
            "--category",
            "F1",
            "--months",
            "2002-08..2002-08",
        ],
    )
    .exits(1)
    .says(&["nothing to export"]);
    ask(&folder, &["export", "csv", "--months", "1990-01..1990-12"])
        .exits(1)
        .says(&["nothing to export", "Stored are 2001-12 to 2"]);
}

#[test]
fn a_cell_that_is_missing_from_its_page_is_left_out_and_noted() {
    let folder = with_a_lost_column();
    let answer = folder
        .bulletin(&["export", "csv"])
        .exits(0)
        .says_in_a_line(&["note: ", "left out: 10 cells missing from the page"]);
    let cells = answer.csv();
    let june = |area: &str| {
        cells
            .iter()
            .filter(|cell| cell[..3] == ["2024-06", "final_action", "employment"] && cell[4] == area)
            .count()
    };
    assert_eq!((june("INDIA"), june("CHINA")), (0, 10));
    let may = cells.iter().find(|cell| cell[0] == "2024-05").unwrap();
    assert_eq!(may[8], PAGE);
}

#[test]
fn a_misprint_is_exported_as_printed_and_is_no_formula() {
    let folder = with_everything();
    let fed = ["ingest", "odd.html", "--as-of", "2024-05-24", "--confirm-missing"];
    folder.bulletin(&fed).exits(0);
    let cells = folder.bulletin(&["export", "csv"]).exits(0).csv();
    let misprint = cells.iter().find(|cell| cell[5] == "unreadable").unwrap();
    assert_eq!(
        misprint[..],
        [
            "2024-05",
            "final_action",
            "employment",
            "EB2",
            "INDIA",
            "unreadable",
            "",
            "'=1+1",
            PAGE
        ]
    );
    let json = folder.bulletin(&["export", "json"]).exits(0);
    assert!(json.out.contains("\"raw_value\": \"=1+1\""));
}

#[test]
fn a_file_is_replaced_only_with_force_and_a_database_never() {
    let folder = Folder::new();
    ask(&folder, &["watch", "add", "EB3", "India", "--db", "own.db"]).exits(0);
    folder.write("taken.db", "something else");
    for format in ["csv", "sqlite"] {
        ask(&folder, &["export", format, "taken.db"])
            .exits(1)
            .says(&["taken.db exists", "--force"]);
        assert_eq!(folder.read("taken.db"), b"something else");
        ask(&folder, &["export", format, "own.db", "--force"])
            .exits(1)
            .says(&["own.db is a database of this program"]);
        ask(&folder, &["export", format, ".", "--force"])
            .exits(1)
            .says(&[". is not a file"]);
        ask(&folder, &["export", format, "none/cells", "--force"])
            .exits(1)
            .says(&["cannot write none/cells"]);
    }
    ask(&folder, &["export", "sqlite", "taken.db", "--force"]).exits(0);
    // What the export wrote is not the program's own database, and can be replaced.
    ask(&folder, &["latest", "--db", "taken.db"])
        .exits(1)
        .says(&["database of another program"]);
    ask(&folder, &["export", "csv", "taken.db", "--force"]).exits(0);
    assert!(folder.read("taken.db") == std::fs::read(HISTORY).unwrap());
    ask(&folder, &["export", "sqlite"]).exits(2).says(&["<FILE>"]);
    let left: Vec<_> = std::fs::read_dir(folder.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("export"))
        .collect();
    assert_eq!(left, [""; 0], "no temporary file is left");
}

#[test]
fn a_database_whose_header_is_still_in_its_log_is_not_replaced() {
    let folder = Folder::new();
    let other = Connection::open(folder.path("own.db")).unwrap();
    other
        .execute_batch(
            "PRAGMA journal_mode = wal; PRAGMA application_id = 0x5642756c; CREATE TABLE watch (id)",
        )
        .unwrap();
    let before = folder.read("own.db");
    ask(&folder, &["export", "csv", "own.db", "--force"])
        .exits(1)
        .says(&["own.db is a database"]);
    assert!(folder.read("own.db") == before);
}

#[cfg(unix)]
#[test]
fn an_exported_file_has_the_permissions_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.write("other", "");
    ask(
        &folder,
        &["export", "sqlite", "cells.db", "--months", "2026-08..2026-08"],
    )
    .exits(0);
    let mode = |name: &str| std::fs::metadata(folder.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("cells.db"), mode("other"));
}

#[test]
fn a_deployment_exports_what_one_machine_exports() {
    let months = ["2024-04", "2024-05"];
    let here = sample::stored(&months).bulletin(&["export", "csv"]).exits(0).out;
    for emulator in [Emulator::shared_ministack(), Emulator::shared_dynamodb_local()]
        .into_iter()
        .flatten()
    {
        let stage = Stage::of_tables(emulator);
        stage.ingest(&months);
        assert_eq!(stage.bulletin(&["export", "csv"]).exits(0).out, here);
    }
}
