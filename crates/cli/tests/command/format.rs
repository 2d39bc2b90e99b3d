//! Output for other programs: every command that prints data supports CSV and JSON.

use crate::sample::{self, EB3_CHINA, file, page};
use crate::tool::Folder;

const PARSE_HEADING: &str =
    "bulletin_month,chart,preference,category,area,value,raw_category,raw_area,raw_value";

#[test]
fn every_command_that_prints_data_gives_csv_and_json() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--priority-date", "2013-03-15"])
        .exits(0);
    folder.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    let page = format!("pages/{}", file("2024-05"));
    let date = ["--priority-date", "2013-03-15", "--month", "2024-05"];
    let commands: [(&[&str], usize); 8] = [
        (&["parse", &page], 151),
        (&["show", "2024-05"], 151),
        (&["show", "2024-05", "--chart", "filing"], 76),
        (&["diff", "2024-04", "2024-05", "--all"], 151),
        (&["history", "EB3", "India"], 5),
        (&["check", "EB3", "India", date[0], date[1], date[2], date[3]], 3),
        (&["watch", "list"], 3),
        (&["status", "--as-of", "2024-04-15"], 2),
    ];
    for (args, lines) in commands {
        let csv = folder
            .bulletin(&[args, &["--format", "csv"]].concat())
            .exits(0)
            .csv();
        assert_eq!(csv.len(), lines, "{args:?}: {csv:?}");
        let width = csv[0].len();
        assert!(csv.iter().all(|record| record.len() == width), "{args:?}");
        let json = folder
            .bulletin(&[args, &["--format", "json"]].concat())
            .exits(0)
            .json();
        assert!(json.is_array() || json.is_object(), "{args:?}");
        let table = folder.bulletin(args).exits(0);
        assert!(!table.out.contains('\u{1b}'), "no colour in a pipe: {args:?}");
        assert!(!table.out.contains('\u{a0}'), "{args:?}");
    }
}

#[test]
fn the_columns_of_parse_are_those_of_the_promise() {
    let folder = Folder::new();
    folder.write("a page.html", page("2024-04").render());
    let answer = folder
        .bulletin(&["parse", "a page.html", "--format", "csv"])
        .exits(0);
    assert_eq!(answer.out.lines().next(), Some(PARSE_HEADING));
    assert!(
        answer
            .out
            .contains("\n2024-04,final_action,employment,EB2,INDIA,2012-04-15,2nd,INDIA,15APR12\n"),
        "{}",
        answer.out
    );
    assert!(answer.out.contains(",C,") && answer.out.contains(",U,"));
    let values: Vec<String> = answer
        .csv()
        .into_iter()
        .skip(1)
        .map(|record| record[5].clone())
        .collect();
    let is_value = |value: &String| {
        matches!(value.as_str(), "C" | "U" | "")
            || chrono::NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok()
    };
    assert!(values.iter().all(is_value), "{values:?}");
}

#[test]
fn several_pages_are_printed_under_one_heading_and_a_bad_one_is_named() {
    let folder = Folder::new();
    for text in ["2024-04", "2024-06"] {
        folder.write(&file(text), page(text).render());
    }
    folder.write("bad.html", "<html><title>Page not found</title></html>");
    let args = [
        "parse",
        &file("2024-06"),
        "bad.html",
        &file("2024-04"),
        "--format",
    ];
    let csv = folder
        .bulletin(&[&args[..], &["csv"]].concat())
        .exits(1)
        .says_in_a_line(&["bad.html", "Page not found"]);
    assert_eq!(csv.out.matches(PARSE_HEADING).count(), 1);
    let months: Vec<String> = csv
        .csv()
        .into_iter()
        .skip(1)
        .map(|record| record[0].clone())
        .collect();
    assert_eq!(
        (months[0].as_str(), months[months.len() - 1].as_str()),
        ("2024-06", "2024-04")
    );
    let json = folder.bulletin(&[&args[..], &["json"]].concat()).exits(1).json();
    assert_eq!(json.as_array().map(Vec::len), Some(months.len()));
    // If nothing was read, there is a heading or an empty list.
    let csv = folder
        .bulletin(&["parse", "bad.html", "--format", "csv"])
        .exits(1);
    assert_eq!(csv.out.trim_end(), PARSE_HEADING);
    let json = folder
        .bulletin(&["parse", "bad.html", "--format", "json"])
        .exits(1);
    assert_eq!(json.json(), serde_json::json!([]));
}

#[test]
fn alerts_are_json_one_a_line() {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&["watch", "add", "F1", "India", "--when", "every"])
        .exits(0);
    folder.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    sample::save(&folder, &["2024-05"]);
    let answer = folder
        .bulletin(&[
            "run",
            "--source",
            "pages",
            "--as-of",
            "2024-04-12",
            "--format",
            "json",
        ])
        .exits(0);
    let alerts: Vec<serde_json::Value> = answer
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(alerts.len(), 2, "{answer:#?}");
    for alert in &alerts {
        assert!(
            alert["headline"].is_string() && alert["id"].is_string(),
            "{alert}"
        );
    }
    folder
        .bulletin(&["run", "--source", "pages", "--format", "csv"])
        .exits(2)
        .says(&["table", "json"]);
}

#[test]
fn a_drawing_is_made_in_the_terminal_and_in_a_file() {
    let folder = sample::stored(&["2024-04", "2024-05", "2024-06"]);
    let drawn = folder
        .bulletin(&["history", "EB2", "India", "--plot", "--svg", "drawing.svg"])
        .exits(0)
        .says(&["drawing.svg"])
        .prints(&["EB-2 India"]);
    assert!(drawn.out.lines().count() > 10, "{}", drawn.out);
    let svg = String::from_utf8(folder.read("drawing.svg")).unwrap();
    roxmltree::Document::parse(&svg).unwrap();
    // Only the file is written.
    let quiet = folder
        .bulletin(&["history", "EB2", "India", "--svg", "other.svg"])
        .exits(0);
    assert_eq!(quiet.out, "");
    folder
        .bulletin(&["history", "EB2", "India", "--svg", "none/drawing.svg"])
        .exits(1)
        .says(&["none/drawing.svg", "cannot write"]);
}

#[test]
fn a_cell_of_a_page_is_no_formula_to_a_spreadsheet() {
    let folder = Folder::new();
    for formula in ["=1+1", "+1+1", "-1+1", "@SUM(A1)"] {
        let mut page = page("2024-05");
        page.noise.misprints.push((EB3_CHINA, formula.into()));
        folder.write("page.html", page.render());
        let printed = format!("'{formula}");
        for args in [
            &["parse", "page.html", "--format", "csv"][..],
            &["show", "2024-05", "--format", "csv"],
            &["history", "EB3", "China", "--format", "csv"],
        ] {
            if args[0] == "show" {
                folder
                    .bulletin(&["ingest", "page.html", "--as-of", "2024-04-12"])
                    .exits(0);
            }
            let answer = folder.bulletin(args).exits(0);
            let cells: Vec<String> = answer.csv().into_iter().flatten().collect();
            assert!(cells.contains(&printed), "{args:?}: {}", answer.out);
            assert!(!cells.iter().any(|cell| cell == formula), "{args:?}");
        }
    }
}
