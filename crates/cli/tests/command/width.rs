//! Tables fit the terminal, and no date is broken.

use bulletin::{Area, Bulletin, Category, Chart, CutOff, Preference, RowKey};
use bulletin_samples::Layout;
use chrono::NaiveDate;

use crate::sample::{self, month};
use crate::tool::{Answer, Folder, answer};

fn at_width(folder: &Folder, columns: &str, args: &[&str]) -> Answer {
    let mut command = folder.command(args);
    command.env("COLUMNS", columns);
    answer(command).exits(0)
}

/// Asserts that every date of the CSV is unbroken in the table.
fn assert_fits(folder: &Folder, columns: usize, args: &[&str]) {
    let table = at_width(folder, &columns.to_string(), args);
    for line in table.out.lines() {
        assert!(line.chars().count() <= columns, "{args:?}: {line}\n{}", table.out);
        assert_eq!(line.trim_end(), line, "{args:?}");
    }
    let csv = folder.bulletin(&[args, &["--format", "csv"]].concat()).exits(0);
    let is_date = |text: &&String| NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    let records = csv.csv();
    let dates: Vec<&String> = records.iter().flatten().filter(is_date).collect();
    for date in &dates {
        assert!(table.out.contains(date.as_str()), "no {date} in {}", table.out);
    }
    assert!(!dates.is_empty(), "{args:?}");
}

#[test]
fn tables_fit_80_columns() {
    let folder = sample::stored(&["2023-03", "2023-05"]);
    folder
        .bulletin(&[
            "watch",
            "add",
            "EB5_HIGH_UNEMPLOYMENT",
            "EL_SALVADOR_GUATEMALA_HONDURAS",
            "--priority-date",
            "2013-03-15",
            "--when",
            "within:60d",
        ])
        .exits(0);
    let page = format!("pages/{}", sample::file("2023-03"));
    for args in [
        &["show", "2023-03"][..],
        &["parse", &page],
        &["diff", "2023-03", "2023-05"],
        &["diff", "2023-03", "2023-05", "--all"],
        &["history", "EB4", "Honduras"],
        &["watch", "list"],
    ] {
        assert_fits(&folder, 80, args);
        assert_fits(&folder, 100, args);
        assert_fits(&folder, 200, args);
    }
    for line in at_width(
        &folder,
        "80",
        &[
            "check",
            "EB4",
            "Honduras",
            "--priority-date",
            "2018-03-15",
            "--month",
            "2023-03",
        ],
    )
    .out
    .lines()
    {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_bulletin_of_eight_columns_fits_80_columns() {
    let areas = [
        Area::ALL,
        Area::CHINA,
        "DOMINICAN_REPUBLIC".parse().unwrap(),
        "EL_SALVADOR_GUATEMALA_HONDURAS".parse().unwrap(),
        Area::INDIA,
        Area::MEXICO,
        Area::PHILIPPINES,
        "VIETNAM".parse().unwrap(),
    ];
    let month = month("2024-05");
    let layout = Layout::of(month).unwrap();
    let mut rows = Vec::new();
    for chart in Chart::ALL {
        for preference in Preference::ALL {
            for category in Layout::categories(month, chart, preference) {
                for (index, area) in areas.into_iter().enumerate() {
                    let date = NaiveDate::from_ymd_opt(
                        2010 + index as i32,
                        2,
                        3 + category as u32 % 20 + chart as u32,
                    )
                    .unwrap();
                    let key = RowKey {
                        chart,
                        category,
                        area,
                    };
                    rows.push(layout.row(month, key, CutOff::Date(date)));
                }
            }
        }
    }
    assert!(
        rows.iter()
            .any(|row| row.key.category == Category::Eb5HighUnemployment)
    );
    let page = bulletin_samples::Page::new(Bulletin::new(month, rows).unwrap()).unwrap();
    let folder = Folder::new();
    folder.write("wide.html", page.render());
    folder
        .bulletin(&["ingest", "wide.html", "--as-of", "2024-04-14"])
        .exits(0);
    assert_fits(&folder, 80, &["show", "2024-05"]);
    assert_fits(&folder, 80, &["parse", "wide.html"]);
}

#[test]
fn a_pipe_without_a_width_gets_whole_lines() {
    let folder = sample::stored(&["2023-03"]);
    let shown = folder.bulletin(&["show", "2023-03", "--chart", "final"]).exits(0);
    assert!(
        shown.out.lines().any(|line| line.chars().count() > 100),
        "{}",
        shown.out
    );
    assert_eq!(shown.out.matches("category").count(), 2, "{}", shown.out);
}
