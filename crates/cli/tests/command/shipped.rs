//! The answers of a new user without a database, and what the first run stores.

use std::time::Instant;

use crate::server::Site;
use crate::tool::{Answer, Folder, answer};
use crate::web::{listed, serve, well};

const DATABASE: &str = ".local/share/visa-bulletin/visa-bulletin.db";

fn ask(folder: &Folder, args: &[&str]) -> Answer {
    answer(folder.new_user(args))
}

#[test]
fn a_new_user_gets_an_answer_that_begins_with_its_month() {
    let folder = Folder::new();
    let check = ["check", "EB3", "India", "--priority-date", "2013-03-15"];
    let out = ask(&folder, &check).exits(0).out;
    let first = out.lines().next().unwrap();
    assert!(first.contains(" bulletin (shipped with this version"), "{out}");
    // The newest month that is shipped depends on the release. This one never changes.
    ask(&folder, &[&check[..], &["--month", "2026-08"]].concat())
        .exits(0)
        .prints(&[
            "For EB-3 India in August 2026, the priority date 15 Mar 2013 is current",
            "292 days before the cut-off 01 Jan 2014",
        ]);
    assert!(!folder.path(DATABASE).exists());
}

#[test]
fn every_question_about_bulletins_is_answered_without_a_database() {
    let folder = Folder::new();
    for (args, prints) in [
        (vec!["show", "2009-05"], "2004-02-15"),
        (
            vec!["history", "EB2", "India", "--months", "2024-01..2024-12"],
            "2012-07-15",
        ),
        (vec!["history", "EB2", "India", "--plot"], "EB-2 India"),
        (vec!["diff", "2026-07", "2026-08"], "2024-09-01"),
        (
            vec!["standings", "--category", "EB3", "--country", "India"],
            "EB3",
        ),
        (vec!["latest"], "shipped"),
    ] {
        ask(&folder, &args)
            .exits(0)
            .prints(&["shipped with this version", prints]);
    }
    let csv = ask(&folder, &["show", "2009-05", "--format", "csv"]).exits(0);
    assert!(csv.out.starts_with("bulletin_month,"), "{csv:?}");
    assert!(csv.err.contains("shipped with this version"), "{csv:?}");
}

#[test]
fn the_latest_bulletin_is_the_newest_shipped_one_where_none_is_stored() {
    let folder = Folder::new();
    let latest = ask(&folder, &["show", "latest"]).exits(0).out;
    let csv = ask(&folder, &["latest", "--format", "csv"]).exits(0).csv();
    assert_eq!(csv[0][0], "bulletin_month");
    assert_eq!(latest, ask(&folder, &["show", &csv[1][0]]).exits(0).out);
}

#[test]
fn a_database_that_the_user_names_must_exist() {
    let folder = Folder::new();
    ask(&folder, &["--db", "mistyped.db", "latest"])
        .exits(1)
        .says(&["the database mistyped.db does not exist"]);
}

#[test]
fn the_first_run_stores_the_history_and_alerts_nobody() {
    let (site, folder) = (Site::start(), Folder::new());
    site.answer("*", 403, "<html><title>Forbidden</title></html>");
    ask(&folder, &["watch", "add", "EB3", "India"]).exits(0);
    let run = ["run", "--host", &site.host()];
    let began = Instant::now();
    let first = ask(&folder, &run)
        .exits(1)
        .says(&["bulletins shipped with this version"]);
    println!("the first run took {:?}", began.elapsed());
    assert!(!first.out.contains("EB-3 India: "), "{first:?}");
    let database = rusqlite::Connection::open(folder.path(DATABASE)).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert!(count("SELECT count(*) FROM cut_off WHERE raw_value <> ''") >= 29_593);
    assert!(count("SELECT count(*) FROM bulletin") >= 292);
    // A second run changes nothing, and the answers come from the database.
    let second = ask(&folder, &run).exits(1);
    assert!(!second.err.contains("shipped"), "{second:?}");
    let out = ask(&folder, &["show", "2009-05"]).exits(0).out;
    assert!(!out.contains("shipped"), "{out}");
}

#[test]
fn after_failed_polls_alone_the_source_was_polled() {
    let (site, folder) = (Site::start(), Folder::new());
    site.answer("*", 403, "<html><title>Forbidden</title></html>");
    let run = ask(&folder, &["run", "--host", &site.host()])
        .exits(1)
        .says(&["0 pages read, 0 stored, ", " not fetched"]);
    assert!(!run.err.contains(" refused"), "{run:?}");
    let status = ask(&folder, &["status"])
        .exits(1)
        .prints(&["UTC, failed; none has succeeded yet", "the last poll failed"]);
    let doctor = ask(&folder, &["doctor", "--offline"])
        .exits(1)
        .prints(&["the last poll, "]);
    for out in [&status.out, &doctor.out] {
        assert!(!out.contains("never polled"), "{out}");
    }
}

#[test]
fn the_bulletin_in_force_after_the_history_is_reported_once() {
    let (site, folder) = (Site::start(), Folder::new());
    ask(&folder, &["watch", "add", "EB3", "India", "--when", "every"]).exits(0);
    let run = ["run", "--host", &site.host()];
    site.answer("*", 403, "");
    ask(&folder, &run).exits(1);
    let listed = listed();
    serve(&site, &listed);
    let database = rusqlite::Connection::open(folder.path(DATABASE)).unwrap();
    database.execute("DELETE FROM link", []).unwrap();
    let out = ask(&folder, &run).exits(well()).out;
    // The months between that are over are stored and alert nobody.
    let now = listed[0].title();
    assert!(out.contains(&format!("EB-3 India, {now}")), "{out}");
    for over in &listed[1..] {
        assert!(
            !out.contains(&format!("Visa Bulletin for {}", over.title())),
            "{out}"
        );
    }
    assert!(
        !ask(&folder, &run).exits(well()).out.contains("EB-3 India"),
        "no alert repeats"
    );
}

#[test]
fn a_run_can_start_without_the_history() {
    let (site, folder) = (Site::start(), Folder::new());
    site.answer("*", 403, "");
    ask(&folder, &["run", "--no-history", "--host", &site.host()]).exits(1);
    let database = rusqlite::Connection::open(folder.path(DATABASE)).unwrap();
    let stored: i64 = database
        .query_row("SELECT count(*) FROM bulletin", [], |row| row.get(0))
        .unwrap();
    assert_eq!(stored, 0);
}

#[test]
fn the_shipped_history_can_be_imported() {
    let folder = Folder::new();
    ask(&folder, &["table", "import", "--shipped"]).exits(0);
    ask(&folder, &["table", "import", "--shipped"]).exits(0);
    ask(&folder, &["table", "import"]).exits(2);
}

#[test]
fn a_database_in_the_folder_of_the_command_stays_in_use() {
    let folder = Folder::new();
    let old = folder.path("visa-bulletin.db");
    answer(folder.command(&["watch", "add", "EB3", "India"])).exits(0);
    assert!(old.exists());
    ask(&folder, &["watch", "list"])
        .exits(0)
        .prints(&["EB3"])
        .says(&["using ./visa-bulletin.db", "mv visa-bulletin.db* "]);
    let checked = ask(&folder, &["check"]).exits(0);
    assert_eq!(
        checked.err.matches("using ./visa-bulletin.db").count(),
        1,
        "{checked:?}"
    );
    assert!(!folder.path(DATABASE).exists());
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_a_new_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    ask(&folder, &["watch", "add", "EB3", "India"]).exits(0);
    let mode = std::fs::metadata(folder.path(DATABASE))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_watch_says_at_once_where_it_stands() {
    let folder = Folder::new();
    ask(&folder, &["check"])
        .exits(1)
        .says(&["no watches", "--priority-date 2013-03-15"]);
    let add = [
        "watch",
        "add",
        "EB3",
        "India",
        "--priority-date",
        "2001-01-01",
        "--when",
        "passes",
    ];
    ask(&folder, &add)
        .exits(0)
        .prints(&[
            "shipped with this version",
            "the priority date 01 Jan 2001 is current",
        ])
        .says(&["is current already", "--when current"]);
    ask(&folder, &["watch", "add", "F4", "Mexico"]).exits(0).prints(&[
        "For F4 Mexico in ",
        "the cut-off is",
        "Without a priority date",
    ]);
    let checked = ask(&folder, &["check"]).exits(0).out;
    for sentence in ["Watch 1: For EB-3 India in ", "Watch 2: For F4 Mexico in "] {
        assert!(checked.contains(sentence), "{checked}");
    }
    let json = ask(&folder, &["check", "--format", "json"]).exits(0).json();
    assert_eq!(json[0]["watch"], 1);
    assert_eq!(json[0]["is_current"], true);
    assert_eq!(json[2]["is_current"], serde_json::Value::Null);
}

#[test]
fn a_run_ends_with_a_verdict_for_each_watch() {
    let (site, folder) = (Site::start(), Folder::new());
    site.answer("*", 403, "");
    ask(
        &folder,
        &["watch", "add", "EB3", "India", "--priority-date", "2001-01-01"],
    )
    .exits(0);
    let run = ["run", "--host", &site.host()];
    let verdict = "watch 1: For EB-3 India in ";
    ask(&folder, &run)
        .exits(1)
        .says(&[verdict, "the priority date 01 Jan 2001 is current"]);
    let quiet = ask(&folder, &[&run[..], &["--quiet"]].concat()).exits(1);
    assert!(!quiet.err.contains(verdict), "{quiet:?}");
}

#[test]
fn status_says_that_nobody_is_alerted() {
    let folder = Folder::new();
    ask(&folder, &["table", "import", "--shipped"]).exits(0);
    let nobody = "nobody is alerted: there are no watches";
    assert!(ask(&folder, &["status"]).out.contains(nobody));
    ask(&folder, &["watch", "add", "EB3", "India"]).exits(0);
    assert!(!ask(&folder, &["status"]).out.contains(nobody));
}
