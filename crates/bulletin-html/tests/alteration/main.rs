//! Altered pages: whatever the department, a host or a browser changes on a page next, no cell is misread,
//! and none is lost without a finding that names its chart and its row or column.
//!
//! Each module holds one group of alterations. A kind is *clear* if a person still reads the altered page
//! without doubt; at least 90% of those pages must be read completely. `page` splits a page into its parts,
//! `check` compares, `report` counts. Start with `columns`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints its table"
)]

mod ambiguity;
mod authors;
mod cells;
mod check;
mod column_labels;
mod columns;
mod control;
mod copies;
mod encoding;
mod headings;
mod hidden;
mod layouts;
mod markup;
mod months;
mod page;
#[path = "../shared/pages.rs"]
mod pages;
mod random;
mod report;
mod row_labels;
mod rows;
mod saved;
mod source;
mod table;
mod tables;
mod text;

use std::sync::LazyLock;

use report::{Kind, Tally, run, table};

/// Every kind of alteration.
fn kinds() -> Vec<Kind> {
    [
        control::KINDS,
        columns::KINDS,
        column_labels::KINDS,
        rows::KINDS,
        row_labels::KINDS,
        cells::KINDS,
        headings::KINDS,
        months::KINDS,
        layouts::KINDS,
        authors::KINDS,
        ambiguity::KINDS,
        tables::KINDS,
        copies::KINDS,
        hidden::KINDS,
        markup::KINDS,
        encoding::KINDS,
        saved::KINDS,
    ]
    .concat()
}

/// The results of all kinds, computed once by two threads.
static TALLIES: LazyLock<Vec<Tally>> = LazyLock::new(|| {
    let kinds = kinds();
    let (first, second) = kinds.split_at(kinds.len() / 2);
    let tallies = std::thread::scope(|scope| {
        let first = scope.spawn(|| run(first));
        let second = run(second);
        [first.join().unwrap(), second].concat()
    });
    println!("{}", table(&tallies));
    tallies
});

fn names_of(failed: impl Fn(&Tally) -> bool) -> Vec<&'static str> {
    TALLIES
        .iter()
        .filter(|tally| failed(tally))
        .map(|tally| tally.name)
        .collect()
}

#[test]
fn no_alteration_makes_a_cut_off_wrong() {
    assert_eq!(names_of(|tally| tally.wrong > 0), [""; 0]);
}

#[test]
fn no_cell_is_lost_without_a_finding_that_names_it() {
    assert_eq!(names_of(|tally| tally.silent > 0), [""; 0]);
}

#[test]
fn pages_that_a_person_reads_without_doubt_are_read() {
    let clear = || TALLIES.iter().filter(|tally| tally.is_clear);
    let right: usize = clear().map(|tally| tally.right).sum();
    let total: usize = clear().map(Tally::total).sum();
    println!("{right} of {total} unambiguous pages are read completely");
    assert!(right * 10 >= total * 9, "{right} of {total}");
}

#[test]
fn every_kind_is_applied_to_some_page() {
    assert_eq!(names_of(|tally| tally.total() == 0), [""; 0]);
}
