//! The harness of the end-to-end tests, which are in `tests` next to it. Start with [`world`], which runs the real
//! stages on a real SQLite file; [`oracle`] predicts alerts, [`pages`] provides the pages to play, and [`tables`]
//! compares stored data.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "this crate is all tests; what goes wrong in it should stop the test at once and be seen"
)]

pub mod oracle;
pub mod pages;
pub mod tables;
pub mod world;

use std::collections::BTreeMap;

/// Runs the future of a test.
///
/// # Panics
/// If the test panics.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

/// Asserts that two lists have the same lines, each as often, in any order. Prints the first twenty lines that only
/// one of them has.
///
/// # Panics
/// If they differ.
pub fn assert_same<'a>(
    what: &str,
    expected: impl IntoIterator<Item = &'a String>,
    found: impl IntoIterator<Item = &'a String>,
) {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for line in expected {
        counts.entry(line).or_default().0 += 1;
    }
    for line in found {
        counts.entry(line).or_default().1 += 1;
    }
    let total = counts.len();
    counts.retain(|_, (expected, found)| expected != found);
    for (line, (expected, found)) in counts.iter().take(20) {
        println!("expected {expected} times, found {found} times: {line}");
    }
    assert!(
        counts.is_empty(),
        "{what}: {} of {total} lines differ; the first are printed above",
        counts.len()
    );
}
