//! `watch`: adds, lists and removes watches.

use crate::sample;
use crate::tool::Folder;

#[test]
fn a_watch_is_added_listed_and_removed() {
    let folder = Folder::new();
    folder
        .bulletin(&[
            "watch",
            "add",
            "EB3",
            "India",
            "--priority-date",
            "15 Mar 2013",
            "--when",
            "within:60d",
        ])
        .exits(0)
        .prints(&["Watch 1: EB-3 India, priority date 15 Mar 2013", "within 60 days"]);
    folder
        .bulletin(&["watch", "add", "--bulletins"])
        .exits(0)
        .prints(&["Watch 2"]);
    folder
        .bulletin(&["watch", "add", "other workers", "Brazil"])
        .exits(0)
        .prints(&["Watch 3"]);
    let listed = folder.bulletin(&["watch", "list", "--format", "csv"]).exits(0);
    assert_eq!(
        listed.out,
        "watch,category,country,priority_date,when,chart,channel,target\n\
         1,EB3,INDIA,2013-03-15,within:60d,,terminal,\n\
         2,,,,bulletins,,terminal,\n\
         3,EW,BRAZIL,,moves,,terminal,\n"
    );
    folder
        .bulletin(&[
            "watch",
            "add",
            "--category",
            "F1",
            "--country",
            "Mexico",
            "--chart",
            "filing",
        ])
        .exits(0)
        .prints(&["Watch 4: F1 Mexico, Dates for Filing only, notified of every movement and correction, on the terminal"]);
    let listed = folder.bulletin(&["watch", "list", "--format", "csv"]).exits(0);
    assert!(
        listed
            .out
            .ends_with("4,F1,MEXICO,,moves,dates_for_filing,terminal,\n"),
        "{}",
        listed.out
    );
    folder.bulletin(&["watch", "remove", "4"]).exits(0);
    folder.bulletin(&["watch", "remove", "2"]).exits(0);
    folder
        .bulletin(&["watch", "remove", "2"])
        .exits(1)
        .says(&["watch 2 does not exist", "there are 1, 3"]);
    // The numbers of removed watches are not reused.
    folder
        .bulletin(&["watch", "add", "--bulletins"])
        .exits(0)
        .prints(&["Watch 5"]);
}

#[test]
fn the_same_watch_twice_is_one() {
    let folder = Folder::new();
    let add = ["watch", "add", "EB3", "India", "--priority-date", "2013-03-15"];
    folder.bulletin(&add).exits(0).prints(&["Watch 1"]);
    folder
        .bulletin(&add)
        .exits(0)
        .prints(&["Watch 1", "already exists"]);
    folder
        .bulletin(&[&add[..], &["--when", "current"]].concat())
        .exits(0)
        .prints(&["Watch 2"])
        .says(&["watch 1 covers the same case", "bulletin watch remove 1"]);
}

#[test]
fn contradictions_are_refused() {
    let folder = Folder::new();
    let cases: [(&[&str], &str); 9] = [
        (&["watch", "add"], "required"),
        (&["watch", "add", "EB3"], "COUNTRY"),
        (&["watch", "add", "EB3", "India", "--bulletins"], "--bulletins"),
        (
            &["watch", "add", "--bulletins", "--priority-date", "2013-03-15"],
            "CATEGORY",
        ),
        (&["watch", "add", "--bulletins", "--when", "moves"], "CATEGORY"),
        (
            &["watch", "add", "EB3", "India", "--when", "current"],
            "--priority-date DATE",
        ),
        (
            &["watch", "add", "EB3", "India", "--when", "within:60d"],
            "--priority-date DATE",
        ),
        (
            &["watch", "add", "EB3", "India", "--when", "within:x"],
            "within:60d",
        ),
        (
            &["watch", "add", "EB3", "India", "--when", "within:-3d"],
            "within:60d",
        ),
    ];
    for (args, says) in cases {
        folder.bulletin(args).exits(2).says(&[says]);
    }
    assert!(!folder.path("visa-bulletin.db").exists(), "nothing is made");
}

#[test]
fn where_a_country_is_counted_is_said_when_it_is_watched() {
    let folder = sample::stored(&["2023-03"]);
    folder
        .bulletin(&["watch", "add", "EB4", "Brazil"])
        .exits(0)
        .says(&["Brazil is counted under All Chargeability Areas Except Those Listed"]);
    folder
        .bulletin(&["watch", "add", "EB4", "Honduras"])
        .exits(0)
        .says(&["Honduras is counted under El Salvador, Guatemala and Honduras"]);
    folder
        .bulletin(&["watch", "add", "EB5", "India"])
        .exits(0)
        .says(&["March 2023 does not list EB5", "EB5_UNRESERVED"]);
}

#[test]
fn a_country_that_loses_its_column_is_told_what_rules_now() {
    let folder = sample::stored(&["2023-03"]);
    folder
        .bulletin(&["watch", "add", "EB4", "Honduras", "--priority-date", "2018-03-15"])
        .exits(0);
    sample::save(&folder, &["2023-05"]);
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", "2023-04-12"])
        .exits(0)
        .prints(&["Honduras", "All Chargeability Areas Except Those Listed"]);
}
