//! Style sheets in the page, and end tags where they do not belong.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "shared/small.rs"]
mod small;

use bulletin::{Finding, UnreadableReason};
use small::{
    ALL_CELLS, assert_nothing_wrong, assert_reads_as_usual, page, read, readable, replace, whole_page,
};

fn with_style(html: &str, css: &str) -> String {
    html.replacen("</head>", &format!("<style>{css}</style></head>"), 1)
}

#[test]
fn a_row_that_a_rule_strikes_through_is_not_read() {
    for (css, row) in [
        (".old { text-decoration: line-through }", "<tr class=old>"),
        ("del, #x { text-decoration-line: line-through }", "<tr id='x'>"),
        (
            "tr.old td { text-decoration: underline line-through }",
            "<tr class='a old'>",
        ),
        (
            "@media screen { .old { text-decoration: line-through } }",
            "<tr class=OLD>",
        ),
    ] {
        let marked = page(0, |table| {
            table.replacen("<tr><td>F3", &format!("{row}<td>F3"), 1)
        });
        let html = with_style(&marked, css);
        assert_eq!(assert_nothing_wrong(&html, css), 5, "{css}");
        let is_struck = |finding: &&Finding| {
            matches!(
                finding,
                Finding::UnreadableCell {
                    reason: UnreadableReason::StruckThrough,
                    ..
                }
            )
        };
        assert_eq!(read(&html).findings.iter().filter(is_struck).count(), 5, "{css}");
        // A style sheet counts wherever it stands.
        let html = format!("{marked}<style>{css}</style>");
        assert_eq!(assert_nothing_wrong(&html, css), 5, "{css}");
    }
}

#[test]
fn a_rule_for_every_cell_leaves_nothing_to_read() {
    for css in [
        "td { text-decoration: line-through }",
        "body { text-decoration: line-through }",
    ] {
        assert_eq!(
            assert_nothing_wrong(&with_style(&whole_page(), css), css),
            ALL_CELLS
        );
    }
}

#[test]
fn what_a_rule_hides_is_hidden() {
    let css = ".gone { display: none }";
    let twin = page(
        0,
        replace(
            "<td>08JAN15</td>",
            "<td>08JAN15<span class=gone>08JAN14</span></td>",
        ),
    );
    assert_eq!(assert_nothing_wrong(&with_style(&twin, css), css), 0);
    let row = page(0, replace("<tr><td>F3", "<tr class=gone><td>F3"));
    assert_reads_as_usual(&with_style(&row, css), css);
    // Another rule shows it, so that both dates stand in the cell.
    let shown = format!("{css} @media screen {{ .gone {{ display: inline }} }}");
    assert_eq!(assert_nothing_wrong(&with_style(&twin, &shown), &shown), 1);
    let inline = twin.replace("class=gone", "class=gone style='display:inline'");
    assert_eq!(assert_nothing_wrong(&with_style(&inline, css), css), 1);
}

#[test]
fn rows_after_a_stray_end_of_the_table_are_read_or_reported() {
    for chart in 0..4 {
        let rows = page(chart, str::to_owned).matches("<tr>").count();
        for at in 1..rows {
            let html = page(chart, |table| {
                let mut rows: Vec<String> = table.split("<tr>").map(str::to_owned).collect();
                if at + 1 < rows.len() {
                    rows[at].push_str("</table>");
                }
                rows.join("<tr>")
            });
            assert_nothing_wrong(&html, &format!("{chart} {at}"));
        }
    }
}

#[test]
fn a_row_of_no_known_category_after_a_stray_end_is_reported() {
    let html = page(3, |table| {
        let row = "</table><tr><td>6th</td><td>C</td><td>C</td><td>C</td><td>C</td><td>C</td></tr>";
        table.replacen(
            "<tr><td>5th Set Aside:<br>Inf",
            &format!("{row}<tr><td>5th Set Aside:<br>Inf"),
            1,
        )
    });
    let read = read(&html);
    assert_eq!(readable(&read), ALL_CELLS);
    let is_it =
        |finding: &Finding| matches!(finding, Finding::UnrecognisedRow { label, .. } if label == "6th");
    assert!(read.findings.iter().any(is_it), "{:?}", read.findings);
}
