//! The real pages next to the repository, and their known contents.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bulletin::{Month, RowKey};

/// The folder of the real pages; `None`, with a message, if they are not available.
pub(crate) fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("VISA_BULLETIN_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let bulletins = path.join("bulletins");
    if bulletins.join("cutoffs.csv").is_file() {
        return Some(bulletins);
    }
    // Not `eprintln!`: the test runner captures its output.
    let _ = writeln!(std::io::stderr(), "skipped: ../shared is not here");
    None
}

/// The fields of a line of CSV, in which fields with commas are quoted.
pub(crate) fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                fields.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

/// The known contents of a cell: its value, and the raw texts of its row, its column and itself.
pub(crate) type Known = (String, String, String, String);

pub(crate) fn truth(bulletins: &Path) -> BTreeMap<Month, BTreeMap<RowKey, Known>> {
    let text = std::fs::read_to_string(bulletins.join("cutoffs.csv")).unwrap();
    let mut months: BTreeMap<Month, BTreeMap<RowKey, Known>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f = fields(line);
        let key = RowKey {
            chart: f[1].parse().unwrap(),
            category: f[3].parse().unwrap(),
            area: f[4].parse().unwrap(),
        };
        let known = (f[5].clone(), f[6].clone(), f[7].clone(), f[8].clone());
        let twice = months
            .entry(f[0].parse().unwrap())
            .or_default()
            .insert(key, known);
        assert!(twice.is_none(), "{line}");
    }
    months
}

pub(crate) fn page(bulletins: &Path, month: Month) -> Vec<u8> {
    let name = month.name().to_lowercase();
    let path = format!(
        "pages/{}/visa-bulletin-for-{name}-{}.html",
        month.year(),
        month.year()
    );
    std::fs::read(bulletins.join(path)).unwrap()
}
