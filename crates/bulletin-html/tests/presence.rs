//! Rows and columns that a page must have, and charts that contradict their headings.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "shared/small.rs"]
mod small;

use bulletin::{Area, Category, Chart, Finding, Preference, Reading};
use small::{
    ALL_CELLS, EMPLOYMENT, FAMILY, assert_nothing_wrong, kinds, kinds_of, moved, page, page_of, page_with,
    read, readable, replace, tables,
};

/// A table without one of its rows.
fn without_row(table: &str, label: &str) -> String {
    let start = table.find(&format!("<tr><td>{label}<")).unwrap();
    let end = start + table[start..].find("</tr>").unwrap() + 5;
    format!("{}{}", &table[..start], &table[end..])
}

/// A table without one of its columns.
fn without_column(table: &str, column: usize) -> String {
    let row = |row: &str| -> String {
        let mut cells = row.split("<td>").collect::<Vec<_>>();
        if cells.len() > column + 1 {
            cells.remove(column + 1);
        }
        cells.join("<td>")
    };
    table.split_inclusive("</tr>").map(row).collect()
}

#[test]
fn a_column_that_every_chart_has_is_missed() {
    for (column, area) in [(2, Area::CHINA), (3, Area::INDIA), (4, Area::MEXICO)] {
        for chart in 0..4 {
            let html = page(chart, |table| without_column(table, column));
            let half = if chart < 2 {
                Preference::Family
            } else {
                Preference::Employment
            };
            let missing = Finding::MissingColumn {
                chart: Chart::ALL[chart % 2],
                preference: half,
                area,
            };
            assert_eq!(read(&html).findings, [missing], "{chart} {area}");
        }
        let everywhere = page_with(&tables().map(|table| without_column(&table, column)));
        assert_eq!(kinds_of(&read(&everywhere)), ["missing_column"; 4]);
    }
}

#[test]
fn a_row_that_every_chart_has_is_missed() {
    for (chart, label, category) in [
        (0, "F2B", Category::F2b),
        (1, "F4", Category::F4),
        (2, "2nd", Category::Eb2),
        (3, "Other Workers", Category::OtherWorkers),
        (2, "Certain Religious Workers", Category::ReligiousWorkers),
        (3, "5th Set Aside:<br>Rural (20%)", Category::Eb5Rural),
    ] {
        let (label, _) = label.split_once('<').unwrap_or((label, ""));
        let missing = |chart: Chart| Finding::MissingRow {
            chart,
            preference: category.preference(),
            category,
        };
        let html = page(chart, |table| without_row(table, label));
        assert_eq!(read(&html).findings, [missing(Chart::ALL[chart % 2])], "{label}");
        let mut both = tables();
        for at in [chart - chart % 2, chart - chart % 2 + 1] {
            both[at] = without_row(&both[at], label);
        }
        assert_eq!(
            read(&page_with(&both)).findings,
            Chart::ALL.map(missing),
            "{label}"
        );
    }
}

#[test]
fn the_columns_of_the_time_are_missed() {
    let of = |month: &str| {
        let family = moved(FAMILY, -21);
        let employment = moved(EMPLOYMENT, -22)
            .replace("5th Unreserved<br>(including C5, T5, I5, R5)", "5th")
            .replace(
                "5th Set Aside:<br>Rural (20%)",
                "Targeted Employment Areas/Regional Centers",
            );
        let set_aside = employment.find("<tr><td>5th Set").unwrap();
        let employment = format!("{}</table>", &employment[..set_aside]);
        let charts = [without_column(&family, 2), without_column(&employment, 2)];
        let html = page_of(
            &format!("Visa Bulletin For {month}"),
            &[("A. STATUTORY NUMBERS", &charts[0]), ("", &charts[1])],
        );
        kinds_of(&read(&html))
    };
    assert_eq!(of("December 2004"), [""; 0]);
    assert_eq!(of("January 2005"), ["missing_column"; 2]);
}

#[test]
fn a_code_that_ended_is_not_read() {
    let unreserved = "5th Unreserved<br>(including C5, T5, I5, R5)";
    for label in [
        "5th",
        "EB-5",
        "5th Regional Center (I5 and R5)",
        "5th Pilot Programs",
    ] {
        let html = page(2, |table| table.replace(unreserved, label));
        let read = read(&html);
        assert_eq!(kinds_of(&read), ["row_of_another_era", "missing_row"], "{label}");
        assert_eq!(readable(&read), ALL_CELLS - 5, "{label}");
        let finding = &read.findings[0];
        assert!(finding.loses_a_cut_off());
        assert_eq!(
            finding.hides_a_row(),
            Some((Chart::FinalAction, Preference::Employment))
        );
        assert!(finding.to_string().contains("5") && finding.to_string().contains("names EB5"));
    }
}

#[test]
fn a_title_with_values_is_reported() {
    for (chart, label, title) in [
        (
            2,
            "5th Unreserved<br>(including C5, T5, I5, R5)",
            "Employment-Based",
        ),
        (2, "1st", "Employment"),
        (0, "F1", "Family-Sponsored"),
    ] {
        let html = page(chart, |table| {
            table.replacen(&format!("<td>{label}<"), &format!("<td>{title}<"), 1)
        });
        let read = read(&html);
        assert_eq!(kinds_of(&read), ["unrecognised_row", "missing_row"], "{title}");
        assert_nothing_wrong(&html, title);
    }
    let added = "<tr><td>Employment-Based</td><td>C</td><td>C</td><td>01JAN20</td><td>C</td><td>C</td></tr><tr><td>1st";
    assert_eq!(
        kinds(2, replace("<tr><td>1st", added)),
        (vec!["unrecognised_row"], ALL_CELLS)
    );
}

#[test]
fn a_repeated_label_hides_what_is_missing() {
    let read = read(&page(0, replace(">INDIA<", ">MEXICO<")));
    let repeated: Vec<&Finding> = read
        .findings
        .iter()
        .filter(|finding| finding.hides_a_column().is_some())
        .collect();
    assert_eq!(
        repeated,
        [&Finding::RepeatedColumn {
            chart: Chart::FinalAction,
            preference: Preference::Family,
            area: Area::MEXICO
        }]
    );
    assert!(kinds_of(&read).contains(&"missing_column"));
    assert_eq!(
        assert_nothing_wrong(&page(0, replace(">INDIA<", ">MEXICO<")), "a repeated column"),
        10
    );
    let row = page(0, replace("<td>F3<", "<td>F4<"));
    let read = small::read(&row);
    let hides: Vec<_> = read.findings.iter().filter_map(Finding::hides_a_row).collect();
    assert_eq!(hides, [(Chart::FinalAction, Preference::Family)]);
    assert_nothing_wrong(&row, "a repeated row");
}

#[test]
fn a_column_of_filing_that_final_action_lacks_is_missed() {
    let vietnam = |table: &str| {
        let mut first = true;
        table
            .split_inclusive("</tr>")
            .map(|row| {
                let cell = if std::mem::take(&mut first) {
                    "VIETNAM"
                } else {
                    "01JAN20"
                };
                row.replace("</tr>", &format!("<td>{cell}</td></tr>"))
            })
            .collect::<String>()
    };
    let read = read(&page(3, vietnam));
    assert!(read.findings.contains(&Finding::MissingColumn {
        chart: Chart::FinalAction,
        preference: Preference::Employment,
        area: Area::VIETNAM
    }));
    assert!(!kinds_of(&small::read(&page(2, vietnam))).contains(&"missing_column"));
}

#[test]
fn identical_charts_are_held_until_they_are_confirmed() {
    for (preference, chart) in [(Preference::Family, 0), (Preference::Employment, 2)] {
        let mut tables = tables();
        tables[chart + 1] = tables[chart].clone();
        let page = page_with(&tables);
        let read = read(&page);
        assert_eq!(read.findings, [Finding::IdenticalCharts { preference }]);
        for row in read.bulletin.rows() {
            let is_held = row.key.category.preference() == preference;
            assert_eq!(row.reading == Reading::Unreadable, is_held, "{row:?}");
        }
        let confirmed = read.confirm_identical_charts();
        assert_eq!(confirmed.findings, []);
        assert_eq!(readable(&confirmed), ALL_CELLS);
    }
}

#[test]
fn a_copy_with_misprints_is_held_as_well() {
    let mut tables = tables();
    tables[3] = tables[2]
        .replacen("15MAR23", "15MAR22", 1)
        .replacen("22APR20", "22APR2", 1)
        .replacen("<td>Other Workers", "<td>Other", 1);
    let read = read(&page_with(&tables));
    assert!(
        kinds_of(&read).contains(&"identical_charts"),
        "{:?}",
        read.findings
    );
    let confirmed = read.confirm_identical_charts();
    assert!(!kinds_of(&confirmed).contains(&"identical_charts"));
    let misprinted = confirmed.bulletin.rows().find(|row| row.raw.value == "22APR2");
    assert_eq!(misprinted.unwrap().reading, Reading::Unreadable);
    // A confirmation does not read a cell that another finding makes unreadable.
    tables[3] = tables[2].replacen("<td>15MAR23</td>", "<td><s>15MAR23</s></td>", 1);
    let confirmed = small::read(&page_with(&tables)).confirm_identical_charts();
    assert_eq!(readable(&confirmed), ALL_CELLS - 1);
}

#[test]
fn charts_with_few_differences_are_genuine() {
    let mut tables = tables();
    tables[3] = tables[2]
        .replace("15MAR23", "15MAR24")
        .replace("15NOV22", "15NOV23");
    assert_eq!(read(&page_with(&tables)).findings, []);
}
