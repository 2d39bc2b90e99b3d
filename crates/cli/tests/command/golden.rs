//! Files that a test compares with generated text.

use std::path::Path;

/// Compares a text with a file, whose path is relative to this crate. With `UPDATE_GOLDEN=1`, rewrites the file.
#[track_caller]
pub(crate) fn assert_golden(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    let remedy = "UPDATE_GOLDEN=1 cargo test -p visa-bulletin --test command rewrites it";
    for (number, (line, golden)) in text.lines().zip(golden.lines()).enumerate() {
        assert_eq!(line, golden, "{path} is stale in line {}; {remedy}", number + 1);
    }
    assert_eq!(text.len(), golden.len(), "{path} is stale; {remedy}");
}
