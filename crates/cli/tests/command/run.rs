//! `run`: the stored data, the alerts, and that a repetition changes nothing.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::sample::{self, EB3_CHINA, file, page};
use crate::server::Site;
use crate::tool::Folder;
use crate::web::serve;

#[test]
fn the_same_run_again_writes_nothing() {
    let folder = Folder::new();
    sample::save(&folder, &["2024-02", "2024-04", "2024-05", "2024-06", "2024-07"]);
    folder
        .bulletin(&["watch", "add", "EB2", "India", "--when", "every"])
        .exits(0);
    let run = [
        "run",
        "--source",
        "pages",
        "--as-of",
        "2024-06-14",
        "--backfill",
        "2024-01..2024-07",
    ];
    folder.bulletin(&run).exits(0).says(&[
        "5 pages read, 5 stored",
        "the source lacks 2 months of these: 2024-01, 2024-03",
    ]);
    let first = folder.content();
    assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 5);
    let again = folder.bulletin(&run).exits(0);
    assert_eq!((folder.content(), again.out.as_str()), (first.clone(), ""));
    // Some hours later the bulletins in force and to come are fetched again, unchanged.
    let later = ["run", "--source", "pages", "--as-of", "2024-06-15"];
    let again = folder.bulletin(&later).exits(0).says(&["July 2024: nothing new"]);
    assert_eq!((folder.content(), again.out.as_str()), (first, ""));
}

#[test]
fn the_newest_bulletin_comes_first_and_history_alerts_nobody() {
    let folder = Folder::new();
    sample::save(&folder, &["2024-04", "2024-05", "2024-06", "2024-07"]);
    folder
        .bulletin(&["watch", "add", "EB2", "India", "--when", "every"])
        .exits(0);
    folder.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    let first = folder
        .bulletin(&[
            "run",
            "--source",
            "pages",
            "--as-of",
            "2024-06-14",
            "--backfill",
            "2024-04..2024-07",
        ])
        .exits(0);
    assert_eq!(first.out, "", "tracking begins, and nobody is told");
    assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 4);
    assert_eq!(folder.count("SELECT count(*) FROM change_log"), 0);
}

#[test]
fn a_bulletin_after_the_first_is_told_once_to_each_watch() {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&["watch", "add", "F1", "India", "--when", "every"])
        .exits(0);
    folder
        .bulletin(&["watch", "add", "EB3", "China", "--when", "corrected"])
        .exits(0);
    sample::save(&folder, &["2024-05"]);
    let run = ["run", "--source", "pages", "--as-of", "2024-04-12"];
    let told = folder.bulletin(&run).exits(0).prints(&["F1 India"]);
    assert!(!told.out.contains("EB-3 China"), "{}", told.out);
    assert_eq!(folder.bulletin(&run).exits(0).out, "");
    // The department corrects a cell.
    let mut corrected = page("2024-05");
    corrected.noise.misprints.push((EB3_CHINA, "15AUG20".into()));
    folder.write(&format!("pages/{}", file("2024-05")), corrected.render());
    let told = folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2024-04-13"])
        .exits(0)
        .says(&["May 2024: corrected, 1 of 150 cells written"])
        .prints(&["EB-3 China"]);
    assert!(!told.out.contains("F1 India"), "{}", told.out);
    folder
        .bulletin(&["history", "EB3", "China"])
        .exits(0)
        .prints(&["was 01SEP20 until 2024-04-13"]);
}

#[test]
fn quiet_says_what_went_wrong_and_nothing_else() {
    let folder = Folder::new();
    sample::save(&folder, &["2024-05"]);
    let run = ["run", "--source", "pages", "--as-of", "2024-04-12", "--quiet"];
    let first = folder.bulletin(&run).exits(0);
    assert_eq!((first.out.as_str(), first.err.as_str()), ("", ""));
    folder.write(
        &format!("pages/{}", file("2024-06")),
        "<html><title>Page not found</title></html>",
    );
    let run = ["run", "--source", "pages", "--as-of", "2024-05-14", "--quiet"];
    let second = folder.bulletin(&run).exits(1);
    assert!(
        second
            .err
            .lines()
            .all(|line| line.starts_with("error: ") || line.starts_with("warning: ")),
        "{}",
        second.err
    );
    // Nothing is due for now, and the error is not repeated. The bulletin is still missing.
    let third = folder.bulletin(&run).exits(1);
    assert_eq!((third.out.as_str(), third.err.as_str()), ("", ""));
}

#[test]
fn of_many_pages_none_is_left_unmentioned() {
    let folder = sample::stored(&["2024-04"]);
    let site = Site::start();
    serve(&site, &["2024-05", "2024-06", "2024-07"].map(sample::month));
    // Four pages are queued, and that of August is not published yet.
    folder
        .bulletin(&["run", "--host", &site.host(), "--as-of", "2024-07-14"])
        .exits(0)
        .says(&["3 pages read, 3 stored, 1 not published"]);
}

#[test]
fn status_exits_with_1_when_something_needs_a_look() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    folder
        .bulletin(&["status", "--as-of", "2024-04-14"])
        .exits(0)
        .prints(&[
            "2 bulletins, April 2024 to May 2024",
            "In force:     April 2024",
            "No problems.",
        ]);
    let stale = folder
        .bulletin(&["status", "--as-of", "2024-04-17", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(stale["problems"].as_array().map(Vec::len), Some(1), "{stale}");
    folder.bulletin(&["watch", "list"]).exits(0);
    let empty = Folder::new();
    empty.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    empty
        .bulletin(&["status"])
        .exits(1)
        .prints(&["nothing yet", "never polled", "bulletin run"]);
}

#[test]
fn what_a_dead_process_left_is_completed_by_the_next_run() {
    let folder = sample::stored(&["2024-04"]);
    sample::save(&folder, &["2024-05", "2024-06"]);
    // One process died after it had claimed a link, another after it had taken a page from the queue.
    let database = folder.database();
    let queued = r#"{"state":"queued","until":"2024-05-14T12:59:00Z"}"#;
    for (month, path) in [
        ("2024-05", "2024/visa-bulletin-for-may-2024.html"),
        ("2024-06", "2024/visa-bulletin-for-june-2024.html"),
    ] {
        let path = format!("/content/travel/en/legal/visa-law0/visa-bulletin/{path}");
        database
            .execute(
                "INSERT OR REPLACE INTO link VALUES (?, ?, ?, '2024-05-14T12:59:00.000000Z', 0, 'queued')",
                [month, &path, queued],
            )
            .unwrap();
        if month == "2024-06" {
            let message = format!(r#"{{"link":{{"month":"2024-06","path":"{path}"}},"trace":"t"}}"#);
            database
                .execute(
                    "INSERT INTO message (message, month, sent_at, visible_at, receives)
                     VALUES (?, '2024-06', '2024-05-14T11:59:00.000000Z', '2024-05-14T12:09:00.000000Z', 1)",
                    [message],
                )
                .unwrap();
        }
    }
    drop(database);
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2024-05-14"])
        .exits(0)
        .says(&["May 2024: stored", "June 2024: stored"]);
}

#[test]
fn two_runs_at_once_store_and_tell_once() {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&["watch", "add", "F1", "India", "--when", "every"])
        .exits(0);
    sample::save(&folder, &["2024-05", "2024-06"]);
    let spawn = || {
        let mut command = folder.command(&["run", "--source", "pages", "--as-of", "2024-05-14"]);
        command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(|_| spawn()).collect();
    let mut out = String::new();
    for child in children {
        let ended = child.wait_with_output().unwrap();
        assert_eq!(
            ended.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
        out.push_str(&String::from_utf8(ended.stdout).unwrap());
    }
    let last = folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2024-05-15"])
        .exits(0);
    out.push_str(&last.out);
    assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 3);
    assert_eq!(folder.count("SELECT count(*) FROM earlier_value"), 0);
    assert_eq!(folder.count("SELECT count(*) FROM change_log"), 0);
    let headlines = out.lines().filter(|line| line.starts_with("=====")).count();
    assert_eq!(headlines, 2, "May and June, once each: {out}");
}

#[test]
fn a_run_at_an_interval_polls_at_once_and_stops_cleanly() {
    for every in ["auto", "30m"] {
        let folder = Folder::new();
        sample::save(&folder, &["2024-05"]);
        let args = [
            "run",
            "--source",
            "pages",
            "--as-of",
            "2024-04-12",
            "--every",
            every,
        ];
        let mut command = folder.command(&args);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let is_last = |line: &str| line.contains("the newest stored bulletin is");
        assert!(lines.any(|line| is_last(&line.unwrap())), "{every}");
        // The signal can come before the pause: until somebody waits for it, it stops the process.
        let pid = child.id().to_string();
        std::thread::sleep(std::time::Duration::from_millis(500));
        Command::new("kill").arg(pid).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{every}");
        assert_eq!(folder.count("SELECT count(*) FROM bulletin"), 1);
    }
}
