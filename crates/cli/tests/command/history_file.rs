//! `tools/write-history`, which `make history` runs: it adds months to the shipped history, and loses and changes
//! nothing without being told.

use std::process::Command;

use bulletin::Bulletin;
use bulletin_samples::{Layout, Page};
use shipped_history::ShippedHistory;

use crate::sample;
use crate::shipped_page::{ingest, page, seeded};
use crate::tool::{Answer, Folder, answer};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const FILES: [&str; 3] = ["cutoffs.csv", "SHA256SUMS", "README.md"];

/// Copies the shipped files into the folder.
fn with_data(folder: &Folder) {
    for name in FILES {
        let bytes = std::fs::read(format!("{ROOT}/data/{name}")).unwrap();
        folder.write(&format!("data/{name}"), bytes);
    }
}

fn data(folder: &Folder) -> [Vec<u8>; 3] {
    FILES.map(|name| folder.read(&format!("data/{name}")))
}

/// Runs the script in the folder, in the environment of a new user.
fn write_history(folder: &Folder, args: &[&str]) -> Answer {
    let mut command = Command::new("python3");
    command
        .arg(format!("{ROOT}/tools/write-history"))
        .args([env!("CARGO_BIN_EXE_bulletin"), "--data", "data"])
        .args(args)
        .current_dir(folder.path("."))
        .env("HOME", folder.path("."))
        .env_remove("XDG_DATA_HOME")
        .env_remove("VISA_BULLETIN_DB");
    answer(command)
}

/// The months after the newest shipped one, as if nothing moved.
fn next_page() -> (bulletin::Month, String) {
    let history = ShippedHistory::load();
    let newest = history.newest().unwrap();
    let month = newest.next();
    let layout = Layout::of(month).unwrap();
    let bulletin = history.bulletin(newest).unwrap().0;
    let rows = bulletin
        .rows()
        .map(|row| layout.row(month, row.key, row.reading.cut_off().unwrap()));
    let page = Page::new(Bulletin::new(month, rows.collect::<Vec<_>>()).unwrap()).unwrap();
    (month, page.render())
}

#[test]
fn a_database_without_news_gives_the_present_files() {
    let folder = seeded();
    with_data(&folder);
    let before = data(&folder);
    write_history(&folder, &["--db", "visa-bulletin.db"])
        .exits(0)
        .prints(&["new: none"]);
    assert!(data(&folder) == before);
}

#[test]
fn a_new_month_is_added_with_its_figures() {
    let folder = seeded();
    with_data(&folder);
    let before = data(&folder);
    let (month, page) = next_page();
    ingest(&folder, &page, &format!("{}-14", month.previous()));
    write_history(&folder, &["--db", "visa-bulletin.db"])
        .exits(0)
        .prints(&[&format!("new: {month}")]);
    let [cutoffs, sums, readme] = data(&folder);
    assert!(cutoffs.starts_with(&before[0]), "the present rows stay");
    let added = String::from_utf8(cutoffs[before[0].len()..].to_vec()).unwrap();
    let is_new = |line: &str| line.starts_with(&format!("{month},")) && line.ends_with(",shipped");
    assert!(
        added.lines().count() > 100 && added.lines().all(is_new),
        "{added}"
    );
    let text = String::from_utf8(readme).unwrap();
    let rows = cutoffs.iter().filter(|byte| **byte == b'\n').count() - 1;
    let thousands = format!("{},{:03} rows.", rows / 1000, rows % 1000);
    let figures = format!("December 2001 to {}: {thousands}", month.title());
    assert!(text.contains(&figures), "{figures}: {text}");
    assert!(sums != before[1]);
    let mut check = Command::new("sha256sum");
    check
        .args(["--check", "SHA256SUMS"])
        .current_dir(folder.path("data"));
    answer(check).exits(0);
}

#[test]
fn a_value_that_would_change_is_refused_and_listed() {
    let folder = seeded();
    with_data(&folder);
    let before = data(&folder);
    ingest(&folder, &page("2026-08", Some("2011-11-11")), "2026-11-28");
    let difference = "2026-08 final_action employment EB3 INDIA: date '01JAN14' -> date '11NOV11'";
    write_history(&folder, &["--db", "visa-bulletin.db"])
        .exits(1)
        .says(&[
            difference,
            "1 cell of the present file would change",
            "--accept-differences",
        ]);
    assert!(data(&folder) == before);
    write_history(&folder, &["--db", "visa-bulletin.db", "--accept-differences"])
        .exits(0)
        .says(&[difference]);
    let cutoffs = String::from_utf8(data(&folder)[0].clone()).unwrap();
    assert!(cutoffs.contains("2026-08,final_action,employment,EB3,INDIA,date,2011-11-11,11NOV11,shipped"));
}

#[test]
fn a_month_that_would_be_lost_is_refused() {
    let folder = sample::stored(&["2024-05"]);
    with_data(&folder);
    let before = data(&folder);
    for flags in [&[][..], &["--accept-differences"]] {
        write_history(&folder, &[&["--db", "visa-bulletin.db"], flags].concat())
            .exits(1)
            .says(&["months of the present file: 2001-12", "Nothing was written"]);
    }
    // Without a database, the program answers from the very file.
    let empty = Folder::new();
    with_data(&empty);
    write_history(&empty, &[])
        .exits(1)
        .says(&["no bulletin is stored", "make history DB=FILE"]);
    assert!(data(&folder) == before && data(&empty) == before);
}
