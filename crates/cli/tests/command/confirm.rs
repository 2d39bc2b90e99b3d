//! Missing columns at the command: what `ingest` says, and how an operator confirms that they are gone.

use bulletin::{Area, Bulletin, Chart, Preference};
use bulletin_samples::Page;

use crate::sample;
use crate::tool::Folder;

/// A folder in which May is stored and June was fed without its India column on one chart.
pub(crate) fn with_a_lost_column() -> Folder {
    let folder = sample::stored(&["2024-05"]);
    let june = sample::page("2024-06").bulletin;
    let is_kept = |row: &&bulletin::Row| {
        row.key.chart != Chart::FinalAction
            || row.key.area != Area::INDIA
            || row.key.category.preference() != Preference::Employment
    };
    let rows: Vec<_> = june.rows().filter(is_kept).cloned().collect();
    let page = Page::new(Bulletin::new(june.month(), rows).unwrap()).unwrap();
    folder.write("june.html", page.render());
    folder
        .bulletin(&["ingest", "june.html", "--as-of", "2024-05-14"])
        .exits(0)
        .says_in_a_line(&["warning: ", "no INDIA column"])
        .says_in_a_line(&["note: ", "--confirm-missing june.html"]);
    folder
}

const MISSING: &str = "SELECT count(*) FROM cut_off WHERE month = '2024-06' AND area = 'INDIA' \
                       AND chart = 'final_action' AND value IS NULL";

#[test]
fn a_missing_column_is_unreadable_in_every_answer() {
    let folder = with_a_lost_column();
    assert_eq!(folder.count(MISSING), 10);
    let check = [
        "check",
        "EB2",
        "India",
        "--priority-date",
        "2012-01-01",
        "--month",
        "2024-06",
    ];
    folder
        .bulletin(&check)
        .exits(0)
        .prints(&["it is unknown whether", "INDIA column"]);
    folder
        .bulletin(&["standings", "--country", "India", "--category", "EB2"])
        .exits(0)
        .prints(&["? missing"]);
}

#[test]
fn a_missing_column_is_confirmed_once() {
    let folder = with_a_lost_column();
    let confirm = ["confirm-missing", "2024-06", "--as-of", "2024-05-15"];
    folder
        .bulletin(&confirm)
        .exits(0)
        .says_in_a_line(&["note: ", "June 2024", "10 missing cells"]);
    assert_eq!(folder.count(MISSING), 0);
    folder.bulletin(&confirm).exits(1).says_in_a_line(&[
        "error: ",
        "no cell is missing",
        "nothing to confirm",
    ]);
    folder
        .bulletin(&["confirm-missing", "2024-07"])
        .exits(1)
        .says_in_a_line(&["error: ", "July 2024 is not stored"]);
}
