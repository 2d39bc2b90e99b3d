//! Pages of bulletins that were shipped with the program: a page counts more, and a difference is a finding but no
//! correction.

use bulletin::{Area, Bulletin, Category, Chart, CutOff, Preference, RowKey};
use bulletin_samples::{Layout, Page};
use shipped_history::ShippedHistory;

use crate::sample::month;
use crate::tool::{Answer, Folder};

const EB3_INDIA: RowKey = RowKey {
    chart: Chart::FinalAction,
    category: Category::Eb3,
    area: Area::INDIA,
};

/// The page of a shipped bulletin, with this cut-off for EB-3 India.
pub(crate) fn page(text: &str, eb3_india: Option<&str>) -> String {
    let month = month(text);
    let layout = Layout::of(month).unwrap();
    let shipped = ShippedHistory::load().bulletin(month).unwrap().0;
    let rows = shipped.rows().map(|row| {
        let altered = eb3_india.filter(|_| row.key == EB3_INDIA);
        let cut_off: CutOff =
            altered.map_or_else(|| row.reading.cut_off().unwrap(), |text| text.parse().unwrap());
        layout.row(month, row.key, cut_off)
    });
    Page::new(Bulletin::new(month, rows.collect::<Vec<_>>()).unwrap())
        .unwrap()
        .render()
}

/// A folder with the shipped history in its database, and a watch.
pub(crate) fn seeded() -> Folder {
    let folder = Folder::new();
    folder.bulletin(&["table", "import", "--shipped"]).exits(0);
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--when", "every"])
        .exits(0);
    folder
}

pub(crate) fn ingest(folder: &Folder, page: &str, day: &str) -> Answer {
    folder.write("page.html", page);
    folder.bulletin(&["ingest", "page.html", "--as-of", day]).exits(0)
}

fn corrections(folder: &Folder) -> String {
    folder.bulletin(&["corrections", "EB3", "India"]).exits(0).out
}

#[test]
fn a_page_that_differs_is_stored_and_is_a_finding_but_no_correction() {
    // A bulletin that is over, and one that is in force.
    for (text, day, shipped) in [
        ("2024-05", "2026-11-28", "15AUG12"),
        ("2026-08", "2026-08-10", "01JAN14"),
    ] {
        let folder = seeded();
        let printed = page(text, Some("2011-11-11"));
        let answer = ingest(&folder, &printed, day)
            .says_in_a_line(&[
                "warning: ",
                "Final Action Dates, row EB3, column INDIA",
                "the page has \"11NOV11\"",
                &format!("shipped had \"{shipped}\""),
            ])
            .says_in_a_line(&["note: ", "stored, 1 of"]);
        assert_eq!(answer.out, "", "nobody is alerted");
        folder
            .bulletin(&["history", "EB3", "India", "--months", &format!("{text}..{text}")])
            .exits(0)
            .prints(&["2011-11-11"]);
        assert_eq!(corrections(&folder), "No correction of EB-3 India is stored.\n");
        assert_eq!(folder.count("SELECT count(*) FROM corrections"), 0);
        let months = format!("{text}..{text}");
        let cells = folder
            .bulletin(&[
                "export",
                "csv",
                "--months",
                &months,
                "--country",
                "India",
                "--category",
                "EB3",
            ])
            .exits(0)
            .csv();
        assert_eq!(cells[1][6], "2011-11-11");
        assert!(cells[1][8].starts_with("https://travel.state.gov/"), "{cells:?}");
        let findings = folder.count(&format!(
            "SELECT json_array_length(record, '$.findings') FROM bulletin WHERE month = '{text}'"
        ));
        assert_eq!(findings, 1);
        // The same page again changes nothing, and its difference is not forgotten.
        let again = ingest(&folder, &printed, day).says(&["nothing new"]);
        assert_eq!(again.out, "");
        assert_eq!(corrections(&folder), "No correction of EB-3 India is stored.\n");
        let doctor = folder.bulletin(&["doctor", "--offline"]);
        assert!(
            doctor.out.contains("unchanged since they were stored, in ")
                && doctor.out.contains("consistent with the rows of")
        );
    }
}

#[test]
fn a_page_that_agrees_makes_the_next_difference_a_correction() {
    let folder = seeded();
    let day = "2026-08-10";
    let agreed = ingest(&folder, &page("2026-08", None), day).says(&["nothing new"]);
    assert_eq!(agreed.out, "");
    let host = "SELECT record ->> '$.host' = 'by hand' FROM bulletin WHERE month = '2026-08'";
    assert_eq!(folder.count(host), 1);
    let corrected = ingest(&folder, &page("2026-08", Some("2011-11-11")), day).says(&["corrected, 1 of"]);
    assert!(corrected.out.contains("CORRECTED"), "{corrected:?}");
    assert!(corrections(&folder).contains("01JAN14"));
}

#[test]
fn a_column_that_was_not_shipped_is_a_finding_and_no_news() {
    let folder = seeded();
    let month = month("2026-08");
    let layout = Layout::of(month).unwrap();
    let brazil: Area = "Brazil".parse().unwrap();
    let is_ruling = |key: RowKey| {
        (key.chart, key.category.preference(), key.area)
            == (Chart::FinalAction, Preference::Employment, Area::ALL)
    };
    let shipped = ShippedHistory::load().bulletin(month).unwrap().0;
    let keys = shipped.rows().flat_map(|row| {
        let of_brazil = is_ruling(row.key).then_some(RowKey {
            area: brazil,
            ..row.key
        });
        let cut_off = row.reading.cut_off().unwrap();
        std::iter::once(row.key)
            .chain(of_brazil)
            .map(move |key| layout.row(month, key, cut_off))
    });
    let page = Page::new(Bulletin::new(month, keys.collect::<Vec<_>>()).unwrap()).unwrap();
    folder
        .bulletin(&["watch", "add", "EB3", "Brazil", "--when", "every"])
        .exits(0);
    let answer = ingest(&folder, &page.render(), "2026-08-10")
        .says_in_a_line(&["row EB3, column BRAZIL", "shipped had no such cell"]);
    assert_eq!(answer.out, "", "nobody is alerted");
}

#[test]
fn a_page_that_lost_a_column_replaces_no_shipped_cell() {
    let folder = seeded();
    let month = month("2024-05");
    let layout = Layout::of(month).unwrap();
    let shipped = ShippedHistory::load().bulletin(month).unwrap().0;
    let is_lost = |key: RowKey| {
        (key.chart, key.category.preference(), key.area)
            == (Chart::FinalAction, Preference::Employment, Area::INDIA)
    };
    let rows = shipped
        .rows()
        .filter(|row| !is_lost(row.key))
        .map(|row| layout.row(month, row.key, row.reading.cut_off().unwrap()));
    let lost = Page::new(Bulletin::new(month, rows.collect::<Vec<_>>()).unwrap()).unwrap();
    ingest(&folder, &lost.render(), "2026-11-28").says(&["no INDIA column", "nothing new"]);
    folder
        .bulletin(&["history", "EB3", "India", "--months", "2024-05..2024-05"])
        .exits(0)
        .prints(&["2012-08-15"]);
}

#[test]
fn corrections_and_backups_need_no_database() {
    let folder = Folder::new();
    let ask = |args: &[&str]| crate::tool::answer(folder.new_user(args));
    ask(&["corrections", "EB3", "India"]).exits(0).prints(&[
        "shipped with this version",
        "No correction of EB-3 India is known: the shipped history has one value for each cell.",
    ]);
    let csv = ask(&["corrections", "EB3", "India", "--format", "csv"])
        .exits(0)
        .says(&["No correction of EB-3 India is known"]);
    assert_eq!(csv.csv().len(), 1);
    ask(&["corrections", "EB3", "India", "1999-01"])
        .exits(1)
        .says(&["no stored bulletin has a cut-off for EB-3 India"]);
    ask(&["table", "export", "backup.jsonl"])
        .exits(0)
        .says(&["shipped with this version"])
        .prints(&[" bulletins with ", "written to backup.jsonl"]);
    // The backup is imported like the shipped history itself.
    let cells = |args: &[&str]| {
        let other = Folder::new();
        other.write("backup.jsonl", folder.read("backup.jsonl"));
        other.bulletin(args).exits(0);
        assert_eq!(other.count("SELECT count(*) FROM change_log"), 0);
        other.bulletin(&["export", "csv"]).exits(0).out
    };
    assert!(cells(&["table", "import", "backup.jsonl"]) == cells(&["table", "import", "--shipped"]));
}
