//! A database in the layout of version 0.1: today's program opens it, keeps its watches, and repeats no alert. The
//! fixture `tests/database-0.1.sql` is the dump of such a file.

use crate::sample;
use crate::tool::Folder;

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
    let marks = || folder.count("SELECT count(*) FROM alert_mark WHERE sent_at IS NOT NULL");
    assert_eq!(marks(), 3);
    let run = ["run", "--source", "pages", "--as-of"];
    let same = folder.bulletin(&[&run[..], &["2009-11-15"]].concat()).exits(0);
    assert_eq!(same.out, "");
    assert_eq!(marks(), 3);
    // A new bulletin reaches every watch once: two in the terminal, one through its command.
    sample::save(&folder, &["2016-01"]);
    let new = folder
        .bulletin(&[&run[..], &["2015-12-15", "--format", "json"]].concat())
        .exits(0);
    assert_eq!(new.out.lines().count(), 2, "{}", new.err);
    assert_eq!(marks(), 6);
    let again = folder.bulletin(&[&run[..], &["2015-12-15"]].concat()).exits(0);
    assert_eq!(again.out, "");
}
