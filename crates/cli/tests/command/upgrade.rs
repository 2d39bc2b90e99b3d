//! A database that version 0.1 wrote: today's program opens it, keeps its watches, and repeats no alert. The fixture
//! `tests/database-0.1.sql` is the dump of such a file.

use crate::sample;
use crate::tool::{Folder, answer};

/// A folder with the database of version 0.1.
fn folder() -> Folder {
    let folder = Folder::new();
    let dump = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/database-0.1.sql"));
    folder.database().execute_batch(&dump.unwrap()).unwrap();
    folder
}

#[test]
fn the_watches_of_version_0_1_are_kept() {
    let folder = folder();
    let listed = folder.bulletin(&["watch", "list", "--format", "csv"]).exits(0);
    assert_eq!(
        listed.out,
        "watch,category,country,priority_date,when,chart,channel,target\n\
         1,EB3,INDIA,2013-03-15,every,,terminal,\n\
         2,F1,MEXICO,,every,final_action,exec,cat ...\n\
         3,,,,bulletins,,terminal,\n"
    );
    folder
        .bulletin(&["check", "--month", "2009-12"])
        .exits(0)
        .prints(&[
            "Watch 1: For EB-3 India in December 2009",
            "Watch 2: For F1 Mexico",
        ]);
}

#[test]
fn a_run_on_a_database_of_version_0_1_repeats_no_alert() {
    let folder = folder();
    sample::save(&folder, &["2002-05", "2009-12"]);
    let marks = folder.count("SELECT count(*) FROM alert_mark WHERE sent_at IS NOT NULL");
    assert_eq!(marks, 3);
    let run = ["run", "--source", "pages", "--as-of"];
    let same = folder.bulletin(&[&run[..], &["2009-11-15"]].concat()).exits(0);
    assert_eq!(same.out, "");
    // A new bulletin reaches every watch once.
    sample::save(&folder, &["2016-01"]);
    let mut command = folder.command(&[&run[..], &["2015-12-15", "--format", "json"]].concat());
    command.env("COLUMNS", "80");
    let new = answer(command).exits(0);
    let alerts = new.out.lines().filter(|line| line.contains("2016-01"));
    assert_eq!(alerts.count(), 3, "{new:#?}");
    let again = folder.bulletin(&[&run[..], &["2015-12-15"]].concat()).exits(0);
    assert_eq!(again.out, "");
}

#[test]
fn zz_write_pages() {
    for text in ["2002-05", "2009-12", "2016-01"] {
        std::fs::create_dir_all("/tmp/v01/pages").unwrap();
        std::fs::write(
            format!("/tmp/v01/pages/{}", sample::file(text)),
            sample::page(text).render(),
        )
        .unwrap();
    }
}
