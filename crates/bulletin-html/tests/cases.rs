//! The cases next to the repository: small pages with the correct result in their README. Skipped if they are
//! not there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "shared/pages.rs"]
mod pages;

use std::path::PathBuf;

use bulletin::{Finding, Reading};
use bulletin_html::{ReadPage, Refusal, read_page};

fn cases() -> Option<PathBuf> {
    let cases = pages::shared()?.parent()?.join("cases");
    cases.is_dir().then_some(cases)
}

fn case(name: &str) -> Option<Result<ReadPage, Refusal>> {
    let page = std::fs::read(cases()?.join(name)).unwrap();
    Some(read_page(&page, None))
}

/// The number of cells read, and the kinds of findings, each once.
fn outcome(name: &str) -> Option<(usize, Vec<&'static str>)> {
    let read = case(name)?.unwrap();
    let rows = read.bulletin.rows();
    let readable = rows.filter(|row| row.reading != Reading::Unreadable).count();
    let mut kinds: Vec<&str> = read.findings.iter().map(Finding::kind).collect();
    kinds.dedup();
    Some((readable, kinds))
}

#[test]
fn each_page_gives_the_result_that_is_right() {
    for (name, cells, kinds) in [
        ("base.html", 150, &[][..]),
        ("cols-hidden-inline.html", 150, &["layout"]),
        ("rows-hidden-setaside.html", 150, &["layout"]),
        ("strike-tr.html", 140, &["unreadable_cell"]),
        (
            "eb5-unreserved-as-5th.html",
            140,
            &["row_of_another_era", "missing_row"],
        ),
        ("charts-identical.html", 0, &["identical_charts"]),
        ("title-like-row.html", 140, &["unrecognised_row", "missing_row"]),
        (
            "india-column-unknown.html",
            120,
            &["unrecognised_column", "missing_column"],
        ),
        (
            "header-rowspan-colspan/visa-bulletin-for-march-2026.html",
            150,
            &[],
        ),
        ("saved-as-mhtml/visa-bulletin-for-march-2026.mhtml", 150, &[]),
        (
            "label-4rd/visa-bulletin-for-march-2026.html",
            150,
            &["approximate_label"],
        ),
        (
            "india-column-dropped/visa-bulletin-for-march-2026.html",
            140,
            &["missing_column"],
        ),
        (
            "column-label-blank/visa-bulletin-for-march-2026.html",
            140,
            &["unrecognised_column", "missing_column"],
        ),
        (
            "row-dropped-in-both-charts/visa-bulletin-for-march-2026.html",
            140,
            &["missing_row"],
        ),
    ] {
        let Some(outcome) = outcome(name) else { return };
        assert_eq!(outcome, (cells, kinds.to_vec()), "{name}");
    }
}

#[test]
fn a_stale_title_is_refused_with_all_three_sources() {
    let Some(read) = case("month-title-stale.html") else {
        return;
    };
    let refusal = read.unwrap_err();
    assert_eq!(refusal.kind(), "month_contradicted");
    let sentence = refusal.to_string();
    assert_eq!(sentence.matches("November 2025").count(), 2, "{sentence}");
    assert_eq!(sentence.matches("October 2025").count(), 1, "{sentence}");
}
