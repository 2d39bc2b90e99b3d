//! The fuzzer's seeds and its finds, checked again as tests.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../fuzz/invariants.rs"]
mod invariants;

use std::path::Path;

fn each(target: &str, read: impl Fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        read(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 3);
}

#[test]
fn what_holds_for_every_page_holds() {
    each("read_page", invariants::of_page);
}

#[test]
fn what_holds_for_every_index_holds() {
    each("read_index", invariants::of_index);
}

#[test]
fn each_reader_bears_the_other_s_pages() {
    each("read_page", invariants::of_index);
    each("read_index", invariants::of_page);
}
