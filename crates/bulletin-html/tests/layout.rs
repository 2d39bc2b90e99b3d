//! Tables and headings that a person reads without difficulty.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "shared/small.rs"]
mod small;

use small::{
    ALL_CELLS, HEADINGS, assert_nothing_wrong, assert_reads_as_usual, kinds_of, moved, page, page_of,
    page_with, read, readable, refusal, tables, whole_page,
};

/// A table with each row rewritten: the first is the header.
fn with_rows(table: &str, rewrite: impl Fn(usize, &str) -> String) -> String {
    let rows = table.split_inclusive("</tr>").enumerate();
    rows.map(|(at, row)| {
        if row.contains("<td>") {
            rewrite(at, row)
        } else {
            row.to_owned()
        }
    })
    .collect()
}

/// The small page with every table rewritten.
fn page_of_tables(rewrite: impl Fn(&str) -> String) -> String {
    page_with(&tables().map(|table| rewrite(&table)))
}

/// A table split in two before its row `at`: the part before, and the rows after.
fn cut(table: &str, at: usize) -> (String, String) {
    let rows: Vec<&str> = table.split_inclusive("</tr>").collect();
    (rows[..at].concat(), rows[at..].concat())
}

fn header(table: &str) -> String {
    let start = table.find("<tr>").unwrap();
    table[start..table.find("</tr>").unwrap() + 5].to_owned()
}

#[test]
fn a_header_can_take_two_rows() {
    let two_rows = |table: &str| {
        let header = header(table);
        let cells: Vec<&str> = header.split_inclusive("</td>").collect();
        let wide = |cell: &str| cell.replace("<tr>", "").replace("<td>", "<td rowspan=2>");
        let first = format!(
            "<tr>{}{}<td colspan=4>Oversubscribed</td></tr>",
            wide(cells[0]),
            wide(cells[1])
        );
        table.replacen(&header, &format!("{first}<tr>{}", cells[2..].concat()), 1)
    };
    assert_reads_as_usual(&page_of_tables(two_rows), "rowspan and colspan");
    let numbered = |table: &str| {
        let numbers = (1..=6)
            .map(|number| format!("<td>({number})</td>"))
            .collect::<String>();
        table.replacen("</tr>", &format!("</tr><tr>{numbers}</tr>"), 1)
    };
    assert_reads_as_usual(&page_of_tables(numbered), "a numbered row");
    let split = |table: &str| {
        table
            .replacen("<td>CHINA-mainland born</td>", "<td>CHINA</td>", 1)
            .replacen(
                "</tr>",
                "</tr><tr><td></td><td></td><td>mainland born</td><td></td><td></td><td></td></tr>",
                1,
            )
    };
    let read = read(&page(0, split));
    assert_eq!(readable(&read), ALL_CELLS, "{:?}", read.findings);
}

#[test]
fn empty_columns_and_numbers_beside_the_labels_say_nothing() {
    for (what, first) in [
        ("blank", "<td></td>"),
        ("number", "<td>1.</td>"),
        ("title", "<td>Family</td>"),
    ] {
        let html = page(0, |table| {
            with_rows(table, |_, row| row.replacen("<tr>", &format!("<tr>{first}"), 1))
        });
        assert_reads_as_usual(&html, what);
    }
    let spacers = |table: &str| {
        with_rows(table, |_, row| {
            row.replace("</td><td>", "</td><td>&nbsp;</td><td>")
        })
    };
    assert_reads_as_usual(&page_of_tables(spacers), "spacers between all columns");
    let wide_labels = |table: &str| {
        with_rows(table, |at, row| {
            if at == 0 {
                row.replace("<td>", "<td colspan=2>")
            } else {
                row.replace("</td><td>", "</td><td></td><td>")
                    .replace("</td></tr>", "</td><td></td></tr>")
            }
        })
    };
    assert_reads_as_usual(
        &page_of_tables(wide_labels),
        "labels over a column and its spacer",
    );
    let doubled = |table: &str| with_rows(table, |_, row| row.replace("<td>", "<td colspan=2>"));
    assert_reads_as_usual(&page_of_tables(doubled), "every cell over two columns");
}

#[test]
fn a_label_can_stand_in_two_columns() {
    let html = page(2, |table| {
        with_rows(table, |_, row| match row.split_once("<td>5th ") {
            Some((before, rest)) => {
                let first = if rest.starts_with("Unreserved") {
                    "<td rowspan=4>5th</td>"
                } else {
                    ""
                };
                format!("{before}{first}<td>{rest}")
            }
            None => row.replacen("<td>", "<td colspan=2>", 1),
        })
    });
    assert_reads_as_usual(&html, "the fifth preference's rows under one rank");
}

#[test]
fn the_order_of_row_groups_is_the_browser_s() {
    let last = |table: &str| {
        let header = header(table);
        table
            .replacen(&header, "", 1)
            .replacen("</tbody>", &format!("</tbody><thead>{header}</thead>"), 1)
    };
    assert_reads_as_usual(&page_of_tables(last), "thead last");
    let foot = |table: &str| {
        let header = header(table);
        table.replacen("</tbody>", &format!("</tbody><tfoot>{header}</tfoot>"), 1)
    };
    assert_reads_as_usual(&page_of_tables(foot), "the header again in the foot");
}

#[test]
fn equal_cells_can_be_merged() {
    let across = |table: &str| {
        let merged = table.replace("<td>C</td><td>C</td>", "<td colspan=2>C</td>");
        merged.replace(
            "<td>01JAN21</td>".repeat(5).as_str(),
            "<td colspan=5>01JAN21</td>",
        )
    };
    assert_reads_as_usual(&page(2, across), "across");
    let down = |table: &str| {
        let row = "<td>C</td>".repeat(5);
        let at = table.find("<tr><td>5th Set").unwrap();
        let (before, after) = table.split_at(at);
        let after = after.replacen(&row, &"<td rowspan=3>C</td>".repeat(5), 1);
        let (first, rest) = after.split_at(after.find("</tr>").unwrap());
        format!("{before}{first}{}", rest.replace(&row, ""))
    };
    assert_reads_as_usual(&page(2, down), "down");
}

#[test]
fn a_table_can_be_continued() {
    for at in [3, 4, 5] {
        let repeated = |table: &str| {
            let (before, after) = cut(table, at);
            format!("{before}{}{after}", header(table))
        };
        assert_reads_as_usual(&page_of_tables(repeated), "the header again");
        for between in ["", "<p>Continued on the next page.</p>"] {
            for with_header in [false, true] {
                let continued = |table: &str| {
                    let (before, after) = cut(table, at);
                    let header = if with_header { header(table) } else { String::new() };
                    format!("{before}</table>{between}<table>{header}{after}")
                };
                assert_reads_as_usual(&page_of_tables(continued), "a second table");
            }
        }
    }
    let narrower = page(0, |table| {
        let (before, after) = cut(table, 4);
        format!(
            "{before}</table><table>{}",
            after
                .replace("<td>08DEC02</td>", "")
                .replace("<td>01JAN04</td>", "")
        )
    });
    assert_eq!(
        assert_nothing_wrong(&narrower, "a continuation of another width"),
        10
    );
}

#[test]
fn columns_can_stand_in_another_order_under_a_second_header() {
    let html = page(0, |table| {
        let (before, after) = cut(table, 4);
        let swap = |row: &str| {
            let mut cells: Vec<&str> = row.split("<td>").collect();
            cells.swap(4, 5);
            cells.join("<td>")
        };
        let after: String = after
            .split_inclusive("</tr>")
            .map(|row| {
                if row.contains("<td>") {
                    swap(row)
                } else {
                    row.to_owned()
                }
            })
            .collect();
        format!("{before}{}{after}", swap(&header(table)))
    });
    assert_reads_as_usual(&html, "INDIA and MEXICO swapped from F3 on");
}

#[test]
fn the_same_table_can_stand_twice() {
    let twice = page_of_tables(|table| format!("{table}{table}"));
    assert_reads_as_usual(&twice, "without a heading");
    let mut charts: Vec<(&str, String)> = HEADINGS.into_iter().zip(tables()).collect();
    charts.insert(1, charts[0].clone());
    let charts: Vec<(&str, &str)> = charts
        .iter()
        .map(|(heading, table)| (*heading, table.as_str()))
        .collect();
    let html = page_of("Visa Bulletin For January 2025", &charts);
    assert_reads_as_usual(&html, "under the same heading");
    let other = page(0, |table| format!("{table}{}", moved(table, -1)));
    assert_eq!(refusal(&other).kind(), "chart_twice");
}

#[test]
fn blocks_can_stand_in_any_order() {
    let tables = tables();
    for order in [[2, 3, 0, 1], [0, 2, 1, 3], [1, 0, 3, 2], [3, 1, 2, 0]] {
        let charts: Vec<(&str, &str)> = order
            .into_iter()
            .map(|at: usize| (HEADINGS[at], tables[at].as_str()))
            .collect();
        let html = page_of("Visa Bulletin For January 2025", &charts);
        assert_reads_as_usual(&html, &format!("{order:?}"));
    }
    // Without a date that distinguishes the charts, the order must be the usual one.
    let same = [
        (HEADINGS[1], &tables[0]),
        (HEADINGS[0], &tables[0]),
        (HEADINGS[2], &tables[2]),
        (HEADINGS[3], &tables[3]),
    ];
    let same = same.map(|(heading, table)| (heading, table.as_str()));
    assert_eq!(
        refusal(&page_of("Visa Bulletin For January 2025", &same)).kind(),
        "out_of_order"
    );
}

#[test]
fn a_heading_can_be_worded_differently() {
    for headings in [
        [
            "Family-Sponsored Preferences: Final Action Dates",
            "Family-Sponsored Preferences: Filing Dates",
            "Employment-Based Preferences: Final Action Dates",
            "Employment-Based Preferences: Filing Dates",
        ],
        [
            "Chart A: Final Action Dates for Family-Sponsored Preference Class",
            "Chart B: Dates for Filing Visa Applications (Family-Sponsored)",
            "Table A. Employment-Based Preference Class, Final Action Dates",
            "Table B - Employment-Based - Dates for Filing",
        ],
        [
            "FINAL ACTION DATES",
            "DATES FOR FILING",
            "FINAL ACTION DATES",
            "DATES FOR FILING",
        ],
        [
            "Chart A - Family-Sponsored",
            "Chart B - Family-Sponsored",
            "Chart A - Employment-Based",
            "Chart B - Employment-Based",
        ],
    ] {
        let mut html = whole_page();
        for (usual, heading) in HEADINGS.into_iter().zip(headings) {
            html = html.replacen(usual, heading, 1);
        }
        assert_reads_as_usual(&html, headings[0]);
        assert_eq!(kinds_of(&read(&html)), [""; 0], "{}", headings[0]);
    }
}

#[test]
fn one_heading_can_stand_over_both_preferences() {
    let tables = tables();
    let html = page_of(
        "Visa Bulletin For January 2025",
        &[
            ("A. FINAL ACTION DATES", &tables[0]),
            ("Employment", &tables[2]),
            ("B. DATES FOR FILING", &tables[1]),
            ("Employment", &tables[3]),
        ],
    );
    assert_reads_as_usual(&html, "sections by chart");
}

#[test]
fn a_letter_that_contradicts_the_words_is_refused() {
    let html = whole_page().replace(HEADINGS[0], "Chart B: Final Action Dates, Family-Sponsored");
    let refusal = refusal(&html);
    assert_eq!(refusal.kind(), "letter_contradicted");
    let sentence = refusal.to_string();
    assert!(
        sentence.contains("Final Action Dates") && sentence.contains("Dates for Filing"),
        "{sentence}"
    );
}

#[test]
fn the_first_cell_can_say_class_and_prose_can_explain_u() {
    let html = page_of_tables(|table| {
        table
            .replace("Family-<br>Sponsored", "Preference Class")
            .replace("Employment-<br>based", "Class")
    });
    let html = html.replace("On the chart below ...", "U means unauthorized.");
    assert_reads_as_usual(&html, "Preference Class");
}

#[test]
fn labels_can_be_worded_differently() {
    for (chart, from, to) in [
        (
            0,
            "All Chargeability<br>Areas Except<br>Those Listed",
            "All Chargeability Areas",
        ),
        (
            0,
            "All Chargeability<br>Areas Except<br>Those Listed",
            "Worldwide",
        ),
        (0, ">CHINA-mainland born<", ">People's Republic of China<"),
        (0, ">CHINA-mainland born<", ">China, mainland<"),
        (0, ">PHILIPPINES<", ">The Philippines<"),
        (0, ">F2A<", ">F2A - Spouses<"),
        (0, ">F1<", ">First<"),
        (2, ">1st<", ">1st Preference<"),
        (2, ">1st<", ">EB-1<"),
        (2, ">4th<", ">4rd<"),
        (2, ">3rd<", ">3th<"),
        (2, ">Other Workers<", ">Other Workers (EW)<"),
        (
            2,
            "5th Unreserved<br>(including C5, T5, I5, R5)",
            "EB-5 Unreserved",
        ),
        (2, ">Certain Religious Workers<", ">Certain Religious<"),
    ] {
        let html = page(chart, |table| {
            assert!(table.contains(from), "{from}");
            table.replacen(from, to, 1)
        });
        assert_reads_as_usual(&html, to);
    }
    for (chart, from, to) in [
        (0, ">INDIA<", ">Republic of India<"),
        (0, ">CHINA-mainland born<", ">Republic of China<"),
        (2, ">4th<", ">th<"),
    ] {
        let html = page(chart, |table| table.replacen(from, to, 1));
        assert_eq!(assert_nothing_wrong(&html, to) % 5, 0);
        assert!(!read(&html).findings.is_empty());
    }
}
