//! Unknown words on the command line: the nearest known ones are suggested, and the command exits with 2.

use crate::sample;
use crate::tool::Folder;

#[test]
fn an_unknown_word_is_answered_with_the_nearest() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    let date = ["--priority-date", "2013-03-15"];
    let cases: [(&[&str], &[&str]); 25] = [
        (&["check", "EB7", "India", date[0], date[1]], &["EB7", "EB1"]),
        (&["check", "EB3", "Inda", date[0], date[1]], &["Inda", "INDIA"]),
        (
            &["check", "EB3", "India", "--priority-date", "03/04/2013"],
            &["2013-03-04 (month first) or 2013-04-03 (day first)"],
        ),
        (
            &["check", "EB3", "India", "--priority-date", "2999-01-01"],
            &["future"],
        ),
        (
            &["check", "EB3", "India", date[0], date[1], "--month", "2024-13"],
            &["2024-13", "expected 20"],
        ),
        (&["history", "F2C", "Mexico"], &["F2C", "F2A"]),
        (&["history", "F2A", "Mexica"], &["Mexica", "MEXICO"]),
        (
            &["history", "F2A", "Mexico", "--chart", "fnal"],
            &["fnal", "final_action"],
        ),
        (
            &["history", "F2A", "Mexico", "--months", "2024-05..2024-01"],
            &["2024-01..2024-05"],
        ),
        (
            &["history", "F2A", "Mexico", "--months", "2024"],
            &["\"2024\"", "expected"],
        ),
        (&["show", "Marhc 2024"], &["Marhc 2024", "March 2024"]),
        (&["show", "2024-05", "--chart", "action dates"], &["final_action"]),
        (&["show", "2024-05", "--format", "yaml"], &["yaml", "csv", "json"]),
        (&["diff", "2024-04", "Mai 2024"], &["Mai 2024", "May 2024"]),
        (&["diff", "Aprl 2024", "2024-05"], &["Aprl 2024", "April 2024"]),
        (&["watch", "add", "EBB3", "India"], &["EBB3", "EB3"]),
        (&["watch", "add", "EB3", "Brazzil"], &["Brazzil", "BRAZIL"]),
        (
            &["watch", "add", "EB3", "India", "--when", "sometimes"],
            &["sometimes", "moves", "corrected"],
        ),
        (
            &["watch", "add", "EB3", "India", "--priority-date", "15.3.2013"],
            &["15.3.2013", "2013-03-15"],
        ),
        (
            &["watch", "remove", "first"],
            &["\"first\"", "bulletin watch list"],
        ),
        (
            &["run", "--source", "pages", "--backfill", "2024-05..2024-01"],
            &["2024-01..2024-05"],
        ),
        (
            &["run", "--source", "pages", "--as-of", "2024-02-30"],
            &["2024-02-30", "February 2024 has 29 days"],
        ),
        (&["run", "--every", "5"], &["30m"]),
        (&["run", "--every", "5s"], &["5s", "30s"]),
        (&["status", "--as-of", "today"], &["today", "2013-03-15"]),
    ];
    let before = folder.content();
    for (args, says) in cases {
        let answer = folder.bulletin(args).exits(2).says(says);
        assert_eq!(answer.out, "", "{args:?}");
    }
    assert_eq!(folder.content(), before);
}

#[test]
fn what_people_write_is_understood() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    for category in ["EB3", "EB-3", "eb3", "Eb 3"] {
        for area in ["India", "INDIA", "india"] {
            folder
                .bulletin(&[
                    "check",
                    category,
                    area,
                    "--priority-date",
                    "15 Mar 2013",
                    "--month",
                    "May 2024",
                ])
                .exits(0)
                .prints(&["For EB-3 India in May 2024"]);
        }
    }
    for args in [
        ["history", "other workers", "mainland China"],
        ["history", "EB5 HIGH UNEMPLOYMENT", "all"],
        ["history", "f2a", "EL SALVADOR GUATEMALA HONDURAS"],
        ["diff", "April 2024", "2024-5"],
    ] {
        folder.bulletin(&args).exits(0);
    }
}

#[test]
fn a_bulletin_that_is_not_stored_is_answered_with_those_that_are() {
    let folder = sample::stored(&["2024-04", "2024-06"]);
    for args in [
        vec!["show", "2024-05"],
        vec!["diff", "2024-05", "2024-06"],
        vec!["diff", "2024-04", "2024-05"],
        vec![
            "check",
            "F1",
            "India",
            "--priority-date",
            "2013-03-15",
            "--month",
            "2024-05",
        ],
    ] {
        folder.bulletin(&args).exits(1).says(&[
            "May 2024 is not stored",
            "2024-04 and 2024-06",
            "bulletin run --backfill 2024-05",
        ]);
    }
    folder
        .bulletin(&["history", "SI", "India"])
        .exits(1)
        .says(&["no stored bulletin has a cut-off", "--backfill"]);
}

#[test]
fn a_chart_that_a_bulletin_does_not_have_is_no_empty_table() {
    let folder = sample::stored(&["2002-05"]);
    folder.bulletin(&["show", "2002-05"]).exits(0);
    for format in ["table", "csv", "json"] {
        let shown = folder
            .bulletin(&["show", "2002-05", "--chart", "filing", "--format", format])
            .exits(1)
            .says(&["May 2002 has no Dates for Filing chart"]);
        assert_eq!(shown.out, "");
    }
}

#[test]
fn where_there_is_no_database_none_is_made() {
    let folder = Folder::new();
    for args in [
        vec!["show", "2024-05"],
        vec!["diff", "2024-04", "2024-05"],
        vec!["history", "EB3", "India"],
        vec!["check", "EB3", "India", "--priority-date", "2013-03-15"],
        vec!["watch", "list"],
        vec!["watch", "remove", "1"],
        vec!["status"],
    ] {
        folder
            .bulletin(&args)
            .exits(1)
            .says(&["the database visa-bulletin.db does not exist", "bulletin run"]);
        assert!(!folder.path("visa-bulletin.db").exists(), "{args:?}");
    }
}
