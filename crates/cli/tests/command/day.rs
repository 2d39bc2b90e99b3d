//! Days and months as people write them in options.

use crate::sample;

#[test]
fn a_priority_date_in_any_usual_form_is_the_same_day() {
    let folder = sample::stored(&["2024-05"]);
    let check = |date| {
        let args = [
            "check",
            "EB3",
            "India",
            "--priority-date",
            date,
            "--month",
            "2024-05",
        ];
        folder.bulletin(&args).exits(0).out
    };
    let iso = check("2013-03-15");
    assert!(iso.contains("the priority date 15 Mar 2013"), "{iso}");
    for date in [
        "15MAR13",
        "15MAR2013",
        "15-Mar-2013",
        "15 Mar 2013",
        "03/15/2013",
        "15/03/2013",
        "March 15, 2013",
        "Mar 15 2013",
        "2013/03/15",
    ] {
        assert_eq!(check(date), iso, "{date}");
    }
}

#[test]
fn a_watch_shows_the_day_that_was_understood() {
    let folder = sample::stored(&["2024-05"]);
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--priority-date", "15/03/2013"])
        .exits(0)
        .prints(&["15 Mar 2013"]);
    folder
        .bulletin(&["watch", "list"])
        .exits(0)
        .prints(&["2013-03-15"]);
}

#[test]
fn as_of_takes_the_same_forms() {
    let folder = sample::stored(&["2024-05"]);
    let status = |day| {
        folder
            .bulletin(&["status", "--as-of", day, "--format", "json"])
            .out
    };
    assert_eq!(status("05/20/2024"), status("2024-05-20"));
    assert_ne!(status("2024-05-20"), status("2024-09-20"));
}

#[test]
fn a_month_is_understood_in_every_usual_form() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    let shown = folder.bulletin(&["show", "2024-05"]).exits(0).out;
    for month in ["May 2024", "2024-5", "05/2024", "MAY2024", "latest", "Latest"] {
        assert_eq!(folder.bulletin(&["show", month]).exits(0).out, shown, "{month}");
    }
    let differences = folder.bulletin(&["diff", "2024-04", "2024-05"]).exits(0).out;
    for months in [["APR2024", "latest"], ["04/2024", "MAY2024"]] {
        let args = ["diff", months[0], months[1]];
        assert_eq!(folder.bulletin(&args).exits(0).out, differences, "{args:?}");
    }
}
