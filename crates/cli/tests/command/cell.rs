//! Cells, rows and columns that cannot be read are reported, and the rest is stored.

use bulletin_samples::Page;

use crate::sample::{self, EB3_CHINA, file, page};
use crate::tool::Folder;

/// The printed text of the cell, and the reason why it is not a cut-off.
const CELLS: [(&str, &str); 7] = [
    ("", "it is blank"),
    ("1SEP20", "not exactly a date"),
    ("soon", "not exactly a date"),
    ("31FEB20", "no such day"),
    ("01JAN30", "after the bulletin"),
    ("01JUN24", "after the bulletin"),
    ("C*", "not exactly a date"),
];

fn misprinted(month: &str, text: &str) -> Page {
    let mut page = page(month);
    page.noise.misprints.push((EB3_CHINA, text.to_owned()));
    page
}

fn relabelled(from: &str, to: &str) -> String {
    let mut page = page("2024-05");
    page.noise.relabelled.push((from.into(), to.into()));
    page.render()
}

#[test]
fn an_unreadable_cell_is_empty_in_parse_and_named_in_a_line() {
    let folder = Folder::new();
    let name = file("2024-05");
    folder.write(&name, page("2024-05").render());
    let whole = folder.bulletin(&["parse", &name, "--format", "csv"]).exits(0);
    for (text, why) in CELLS {
        folder.write(&name, misprinted("2024-05", text).render());
        let answer = folder
            .bulletin(&["parse", &name, "--format", "csv"])
            .exits(0)
            .says_in_a_line(&[
                "warning: ",
                &name,
                "Final Action Dates, row EB3, column CHINA",
                &format!("\"{text}\""),
                why,
            ]);
        let records = answer.csv();
        let differing: Vec<_> = records
            .iter()
            .zip(whole.csv())
            .filter(|(record, whole)| *record != whole)
            .collect();
        let [(record, _)] = differing[..] else {
            panic!("one cell differs for {text:?}: {differing:?}")
        };
        assert_eq!(
            record[..6],
            ["2024-05", "final_action", "employment", "EB3", "CHINA", ""]
        );
        assert_eq!(record[8], text);
        assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
        folder.bulletin(&["parse", &name]).exits(0).prints(&["?"]);
    }
}

#[test]
fn the_last_readable_cut_off_stays_the_baseline() {
    for (text, why) in CELLS {
        let folder = sample::stored(&["2024-04"]);
        folder.bulletin(&["watch", "add", "EB3", "China"]).exits(0);
        folder.write(
            &format!("pages/{}", file("2024-05")),
            misprinted("2024-05", text).render(),
        );
        let told = folder
            .bulletin(&["run", "--source", "pages", "--as-of", "2024-04-12"])
            .exits(0)
            .says_in_a_line(&["row EB3, column CHINA", why])
            .prints(&["EB-3 China"]);
        assert_eq!(
            folder.count("SELECT count(*) FROM cut_off WHERE month = '2024-05' AND value IS NULL"),
            1,
            "{told:#?}"
        );
        assert_eq!(
            folder.count("SELECT count(*) FROM cut_off WHERE month = '2024-05'"),
            150
        );
        // It has the same value as in April: nothing has moved.
        sample::save(&folder, &["2024-06"]);
        folder
            .bulletin(&["run", "--source", "pages", "--as-of", "2024-05-14"])
            .exits(0);
        let history = folder
            .bulletin(&["history", "EB3", "China", "--chart", "final", "--format", "csv"])
            .exits(0);
        let movements: Vec<[String; 3]> = history
            .csv()
            .into_iter()
            .skip(1)
            .map(|record| [record[0].clone(), record[4].clone(), record[6].clone()])
            .collect();
        assert_eq!(
            movements,
            [
                ["2024-06", "2020-09-01", "unchanged"],
                ["2024-05", "", "unreadable"],
                ["2024-04", "2020-09-01", "first_seen"],
            ]
        );
        folder
            .bulletin(&["status", "--as-of", "2024-05-14"])
            .prints(&["2024-05: Final Action Dates, row EB3, column CHINA"]);
    }
}

#[test]
fn an_unknown_row_or_column_is_reported_and_the_rest_is_stored() {
    for (from, to, what, lost) in [
        ("3rd", "Ninth Workers", "row", "category = 'EB3'"),
        ("INDIA", "ATLANTIS", "column", "area = 'INDIA'"),
    ] {
        let folder = sample::stored(&["2024-04"]);
        let name = format!("pages/{}", file("2024-05"));
        folder.write(&name, relabelled(from, to));
        let parsed = folder
            .bulletin(&["parse", &name, "--format", "csv"])
            .exits(0)
            .says_in_a_line(&["warning: ", &name, what, &format!("\"{to}\"")]);
        assert!(parsed.csv().len() > 100, "{to}");
        folder
            .bulletin(&["ingest", &name, "--as-of", "2024-04-12"])
            .exits(0);
        let of_may = "SELECT count(*) FROM cut_off WHERE month = '2024-05'";
        assert_eq!(
            folder.count(&format!("{of_may} AND {lost} AND value IS NOT NULL")),
            0,
            "{to}"
        );
        assert!(folder.count(of_may) > 100, "{to}");
        let record = "SELECT count(*) FROM bulletin WHERE month = '2024-05' AND record LIKE ?";
        let kept: i64 = folder
            .database()
            .query_row(record, [format!("%{to}%01%")], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, 1, "{to}: its cells are kept as they are printed");
    }
}
