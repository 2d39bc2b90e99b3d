//! The views for people with their own tools, in the database and in an exported file, against the commands.

use std::collections::BTreeSet;

use rusqlite::{Connection, OpenFlags};

use crate::confirm::with_a_lost_column;
use crate::database::{set_rights, without_rights};
use crate::export::{exported, rows};
use crate::sample;
use crate::table_file::with_everything;
use crate::tool::{Answer, Folder};

const DATABASE: &str = "visa-bulletin.db";
const EXPORT: &str = "cells.db";

/// Makes a database one of layout 3, which had neither the views nor the table of reported problems.
const TO_LAYOUT_3: &str = "DROP VIEW corrections; DROP VIEW movement; DROP VIEW latest;
                     DROP VIEW replaced_values; DROP VIEW missing_cells; DROP VIEW cutoffs;
                     DROP TABLE reported_problem; PRAGMA user_version = 3";

/// The database of the folder and an export of it, both opened like Datasette opens them.
fn files(folder: &Folder) -> [Connection; 2] {
    folder.bulletin(&["export", "sqlite", EXPORT, "--force"]).exits(0);
    [DATABASE, EXPORT]
        .map(|name| Connection::open_with_flags(folder.path(name), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap())
}

fn records(answer: &Answer) -> Vec<Vec<String>> {
    let mut records = answer.csv()[1..].to_vec();
    records.sort();
    records
}

/// A folder with the shipped history in its database.
fn with_history() -> Folder {
    let folder = Folder::new();
    folder.bulletin(&["table", "import", "--shipped"]).exits(0);
    folder
}

#[test]
fn cutoffs_are_what_is_exported() {
    for folder in [with_history(), with_everything(), with_a_lost_column()] {
        let mut exported = exported(&folder);
        exported.sort();
        for file in files(&folder) {
            assert_eq!(
                rows(&file, "SELECT * FROM cutoffs ORDER BY 1, 2, 3, 4, 5"),
                exported
            );
        }
    }
}

/// Asserts that the view in these files has the rows of `bulletin diff`, and returns the kinds of movement.
fn compare_with_diff(folder: &Folder, files: &[Connection], from: &str, to: &str) -> BTreeSet<String> {
    let diff = folder.bulletin(&["diff", from, to, "--all", "--format", "csv"]);
    let mut expected = records(&diff.exits(0));
    expected.sort_by(|a, b| a[2..5].cmp(&b[2..5]));
    let value = |status: &str, date: &str| {
        format!("CASE {status} WHEN 'current' THEN 'C' WHEN 'unavailable' THEN 'U' ELSE {date} END")
    };
    let sql = format!(
        "SELECT previous_month, bulletin_month, chart, category, area, {}, {}, movement, days FROM movement
         WHERE bulletin_month = '{to}' AND previous_month = '{from}' ORDER BY 3, 4, 5",
        value("previous_status", "previous_cutoff_date"),
        value("status", "cutoff_date"),
    );
    for file in files {
        assert_eq!(rows(file, &sql), expected, "{from} to {to}");
    }
    expected.into_iter().map(|mut row| row.swap_remove(7)).collect()
}

#[test]
fn movement_is_what_diff_prints() {
    let pairs = [
        ("2002-07", "2002-08"),
        ("2002-08", "2002-09"),
        ("2008-10", "2008-11"),
        ("2009-02", "2009-04"),
        ("2013-09", "2013-10"),
        ("2015-09", "2015-10"),
        ("2022-04", "2022-05"),
        ("2026-07", "2026-08"),
    ];
    let history = with_history();
    let of_history = files(&history);
    let mut kinds = BTreeSet::new();
    for (from, to) in pairs {
        kinds.extend(compare_with_diff(&history, &of_history, from, to));
    }
    for (folder, from, to) in [
        (with_everything(), "2024-04", "2024-05"),
        (with_everything(), "2024-05", "2024-06"),
        (with_a_lost_column(), "2024-05", "2024-06"),
    ] {
        kinds.extend(compare_with_diff(&folder, &files(&folder), from, to));
    }
    assert_eq!(kinds.len(), 10, "every kind of movement: {kinds:?}");
    for file in &of_history {
        let first = "SELECT DISTINCT bulletin_month FROM movement WHERE movement IS NULL";
        assert_eq!(rows(file, first), [["2001-12"]]);
    }
}

#[test]
fn latest_is_the_newest_bulletin_and_what_it_does_not_list() {
    for folder in [with_history(), with_everything()] {
        let newest = folder.bulletin(&["latest", "--format", "json"]).exits(0).json();
        let newest = newest["bulletin_month"].as_str().unwrap();
        let shown = folder.bulletin(&["show", newest, "--format", "csv"]).exits(0);
        let history = folder.bulletin(&["history", "EB5", "India", "--limit", "1", "--format", "csv"]);
        for file in files(&folder) {
            let sql = "SELECT bulletin_month, chart, preference, category, area,
                       CASE status WHEN 'current' THEN 'C' WHEN 'unavailable' THEN 'U' ELSE cutoff_date END,
                       raw_value FROM latest WHERE in_newest_bulletin ORDER BY 1, 2, 3, 4, 5";
            assert_eq!(rows(&file, sql), records(&shown));
            if history.code == 0 {
                let sql = "SELECT bulletin_month, in_newest_bulletin FROM latest
                           WHERE category = 'EB5' AND area = 'INDIA'";
                assert_eq!(rows(&file, sql), [[history.csv()[1][0].clone(), "0".to_owned()]]);
            }
            let twice = "SELECT chart FROM latest GROUP BY chart, category, area HAVING count(*) > 1";
            assert_eq!(rows(&file, twice), [[""; 0]; 0]);
        }
    }
}

#[test]
fn corrections_are_what_the_command_prints() {
    let folder = with_everything();
    for (category, country, area) in [("EB2", "India", "INDIA"), ("EB3", "Philippines", "PHILIPPINES")] {
        let printed = folder
            .bulletin(&["corrections", category, country, "--format", "csv"])
            .exits(0);
        let mut expected: Vec<Vec<String>> = records(&printed)
            .into_iter()
            .filter(|record| record[3] == area)
            // The view has the exact instant in another notation, and CSV escapes formulas.
            .map(|record| [&record[..6], &record[7..]].concat())
            .map(|record| {
                record
                    .iter()
                    .map(|field| field.trim_start_matches('\'').to_owned())
                    .collect()
            })
            .collect();
        expected.sort();
        assert!(expected.len() > 1, "{printed:?}");
        for file in files(&folder) {
            let sql = format!(
                "SELECT bulletin_month, chart, category, area,
                 CASE status WHEN 'current' THEN 'C' WHEN 'unavailable' THEN 'U' ELSE cutoff_date END,
                 raw_value, host, raw_value_now
                 FROM corrections WHERE category = '{category}' AND area = '{area}'"
            );
            let mut found = rows(&file, &sql);
            found.sort();
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_database_of_the_layout_before_gains_the_views() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    folder.database().execute_batch(TO_LAYOUT_3).unwrap();
    folder.bulletin(&["show", "2024-05"]).exits(0);
    assert_eq!(folder.count("PRAGMA user_version"), 4);
    assert!(folder.count("SELECT count(*) FROM movement WHERE movement = 'advanced'") > 0);
}

#[test]
fn a_read_only_database_of_the_layout_before_is_read() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    let shown = folder.bulletin(&["show", "2024-05"]).exits(0).out;
    folder.database().execute_batch(TO_LAYOUT_3).unwrap();
    let before = folder.read(DATABASE);
    set_rights(&folder, DATABASE, 0o444);
    set_rights(&folder, ".", 0o555);
    let Some(read) = without_rights(&folder, &["show", "2024-05"]) else {
        return;
    };
    assert_eq!(read.exits(0).out, shown);
    let exported = without_rights(&folder, &["export", "csv"]).unwrap().exits(0);
    assert!(exported.out.contains("2024-05,final_action,family,F1,ALL"));
    assert!(folder.read(DATABASE) == before, "the file is left unchanged");
    set_rights(&folder, ".", 0o755);
}
