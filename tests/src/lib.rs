//! What the end-to-end tests share: an [`oracle`] that predicts alerts, a [`world`] in which the real stages run on a
//! real SQLite file, the [`pages`] that are played, and [`tables`] to compare what is stored.

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

/// Runs a test's future to its end.
///
/// # Panics
/// When the test does.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

/// Panics where two lists of lines are not the same lines, each as often, in any order. Prints the first twenty lines
/// that only one of them has.
///
/// # Panics
/// When they differ.
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
