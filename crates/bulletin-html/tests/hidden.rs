//! Hidden and struck-through content: every cell of a chart is read or named in a finding.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "shared/small.rs"]
mod small;

use bulletin::{Finding, UnreadableReason};
use small::{
    ALL_CELLS, FAMILY, assert_nothing_wrong, assert_reads_as_usual, kinds, kinds_of, page, page_with, read,
    replace, tables, whole_page,
};

/// Attributes that hide an element whose content is still in the page.
const HIDDEN: [&str; 5] = [
    "style='display:none'",
    "style='visibility: hidden'",
    "hidden",
    "style='height:0;overflow:hidden'",
    "style='opacity:0'",
];

/// A table with an attribute on the cells of some columns.
fn with_columns(table: &str, columns: &[usize], attribute: &str) -> String {
    table
        .split_inclusive("</tr>")
        .map(|row| {
            let mut cells = row.split("<td>");
            let mut marked = cells.next().unwrap().to_owned();
            for (at, cell) in cells.enumerate() {
                if columns.contains(&at) {
                    marked.push_str(&format!("<td {attribute}>{cell}"));
                } else {
                    marked.push_str(&format!("<td>{cell}"));
                }
            }
            marked
        })
        .collect()
}

#[test]
fn hidden_columns_are_read() {
    for attribute in HIDDEN {
        for columns in [&[3][..], &[1, 2], &[3, 4, 5]] {
            for chart in 0..4 {
                let html = page(chart, |table| with_columns(table, columns, attribute));
                assert_reads_as_usual(&html, attribute);
                assert_eq!(kinds_of(&read(&html)), ["layout"], "{attribute}");
            }
        }
    }
}

#[test]
fn hidden_rows_are_read() {
    for attribute in HIDDEN {
        for (from, to) in [
            ("<tr><td>F3", "<tr @><td>F3"),
            ("<tr><td>F4", "<tbody @><tr><td>F4"),
        ] {
            let to = to.replace('@', attribute);
            let html = page(0, |table| table.replacen(from, &to, 1));
            assert_reads_as_usual(&html, &to);
            assert_eq!(kinds_of(&read(&html)), ["layout"], "{to}");
        }
        let every_cell = page(0, |table| {
            let (before, row) = table.split_once("<tr><td>F3").unwrap();
            let (row, after) = row.split_once("</tr>").unwrap();
            let row = format!("<tr><td>F3{row}").replace("<td>", &format!("<td {attribute}>"));
            format!("{before}{row}</tr>{after}")
        });
        assert_reads_as_usual(&every_cell, attribute);
    }
}

#[test]
fn a_hidden_cell_alone_is_not_read() {
    for attribute in HIDDEN {
        for (from, to) in [
            ("<td>22NOV04", "<td @>22NOV04"),
            ("<td>F3", "<td @>F3"),
            ("<td>INDIA", "<td @>INDIA"),
            ("<td>22NOV04</td>", "<td @>01JAN99</td><td>22NOV04</td>"),
        ] {
            let to = to.replace('@', attribute);
            let html = page(0, |table| table.replacen(from, &to, 1));
            assert_nothing_wrong(&html, &to);
            assert!(!read(&html).findings.is_empty(), "{to}");
        }
    }
}

#[test]
fn hidden_content_of_another_value_never_wins() {
    for (from, to) in [
        (
            "<tr><td>F3",
            "<tr hidden><td>F3</td><td>C</td><td>C</td><td>C</td><td>C</td><td>C</td></tr><tr><td>F3",
        ),
        ("<td>INDIA</td>", "<td hidden>INDIA</td><td>INDIA</td>"),
    ] {
        assert_nothing_wrong(&page(0, |table| table.replacen(from, to, 1)), to);
    }
    let decoy = page(0, |table| {
        format!("<div hidden>{}</div>{table}", table.replace("08JAN15", "08JAN14"))
    });
    assert_reads_as_usual(&decoy, "a hidden copy");
    assert_eq!(kinds_of(&read(&decoy)), [""; 0]);
}

#[test]
fn a_collapsed_accordion_is_read() {
    for attribute in HIDDEN {
        let panel = |table: &str| format!("<div {attribute}><p>Text.</p>{table}</div>");
        for charts in [&[0][..], &[3], &[0, 1, 2, 3]] {
            let mut tables = tables();
            for chart in charts {
                tables[*chart] = panel(&tables[*chart]);
            }
            let html = page_with(&tables);
            assert_reads_as_usual(&html, attribute);
            assert_eq!(kinds_of(&read(&html)).len(), charts.len(), "{attribute}");
        }
        let whole = whole_page()
            .replace("<p><b>", &format!("<div {attribute}><p><b>"))
            .replace("</table>", "</table></div>");
        assert_reads_as_usual(&whole, attribute);
        let buttons = whole_page()
            .replace("<p><b><u>", "<button>")
            .replace("</u></b></p>", "</button>")
            .replace("<table", &format!("<div {attribute}><table"))
            .replace("</table>", "</table></div>");
        assert_reads_as_usual(&buttons, attribute);
    }
    let details = whole_page()
        .replace("<table", "<details><summary>Open</summary><table")
        .replace("</table>", "</table></details>");
    assert_reads_as_usual(&details, "details");
}

#[test]
fn an_old_chart_in_an_off_screen_part_is_never_read() {
    let mut tables = tables();
    tables[1] = format!("<div style='position:absolute;left:-10000px'>{}</div>", tables[1]);
    assert_eq!(small::refusal(&page_with(&tables)).kind(), "chart_missing");
}

/// Asserts that cells are unreadable because they are struck through.
fn assert_struck(html: &str, cells: usize, what: &str) {
    assert_eq!(assert_nothing_wrong(html, what), cells, "{what}");
    let read = read(html);
    let struck = read.findings.iter().filter(|finding| {
        matches!(finding, Finding::UnreadableCell { reason, .. } if *reason == UnreadableReason::StruckThrough)
    });
    assert_eq!(struck.count(), cells, "{what}");
}

#[test]
fn what_is_struck_through_is_not_read() {
    let style = "style='text-decoration:line-through'";
    for (from, to, cells) in [
        ("<td>22NOV04", "<td @>22NOV04", 1),
        ("<td>F3", "<td @>F3", 5),
        ("<td>F3", "<td><s>F3</s>", 5),
        ("<td>INDIA", "<td @>INDIA", 5),
        ("<tr><td>F3", "<tr @><td>F3", 5),
        ("<tbody>", "<tbody @>", 25),
        ("<table", "<table @", 25),
    ] {
        let to = to.replace('@', style);
        assert_struck(&page(0, |table| table.replacen(from, &to, 1)), cells, &to);
    }
    for (before, after) in [
        ("<del>", "</del>"),
        ("<s>", "</s>"),
        ("<strike><div>", "</div></strike>"),
        (
            "<div style='text-decoration: line-through red'><div>x</div>",
            "</div>",
        ),
        (
            "<table><tr style='text-decoration:line-through'><td>",
            "</td></tr></table>",
        ),
    ] {
        let html = page(3, |table| format!("{before}{table}{after}"));
        assert_struck(&html, 50, before);
    }
}

#[test]
fn a_struck_element_that_ended_strikes_nothing() {
    for before in [
        "<p><s>old</s> new</p>",
        "<del>old</del>",
        "<p style='text-decoration:line-through'>old",
        "<table><tr><td><s>old</td></tr></table>",
    ] {
        let html = page(0, |table| format!("{before}{table}"));
        assert_reads_as_usual(&html, before);
    }
}

#[test]
fn a_cell_whose_text_is_hidden_is_blank() {
    let hidden = "<span hidden>08JAN15</span>";
    assert_eq!(
        kinds(0, replace("08JAN15", hidden)),
        (vec!["unreadable_cell"], ALL_CELLS - 1)
    );
    let column = FAMILY.replace("<td>INDIA", "<td><b hidden>INDIA</b>");
    let html = page(0, |_| column.clone());
    assert_nothing_wrong(&html, "a hidden label");
    assert!(kinds_of(&read(&html)).contains(&"unrecognised_column"));
}
