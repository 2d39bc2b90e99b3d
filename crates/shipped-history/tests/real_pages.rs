//! `data/cutoffs.csv` against the real pages: their known contents, and what the reader reads. The pages are not part
//! of the repository, see the tests of `bulletin-html`.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says what it looked at"
)]

#[path = "../../bulletin-html/tests/shared/pages.rs"]
mod pages;

use std::collections::BTreeMap;

use bulletin::{Month, RowKey};
use bulletin_html::read_page;
use pages::{page, shared, truth};

/// The cut-off of a cell, empty if it is unreadable, and the cell as printed.
type Value = (String, String);
type Cells = BTreeMap<RowKey, Value>;

fn shipped() -> BTreeMap<Month, Cells> {
    let mut months: BTreeMap<Month, Cells> = BTreeMap::new();
    let mut file = csv::Reader::from_path("../../data/cutoffs.csv").unwrap();
    for record in file.records() {
        let record = record.unwrap();
        let key = RowKey {
            chart: record[1].parse().unwrap(),
            category: record[3].parse().unwrap(),
            area: record[4].parse().unwrap(),
        };
        let value = match &record[5] {
            "current" => "C",
            "unavailable" => "U",
            "unreadable" => "",
            _ => &record[6],
        };
        let cells = months.entry(record[0].parse().unwrap()).or_default();
        let twice = cells.insert(key, (value.to_owned(), record[7].to_owned()));
        assert!(twice.is_none(), "{record:?}");
    }
    months
}

/// The keys at which two versions of a month differ.
fn differing(one: &Cells, other: &Cells) -> Vec<RowKey> {
    let keys = one.keys().chain(other.keys()).copied();
    let mut keys: Vec<RowKey> = keys.filter(|key| one.get(key) != other.get(key)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[test]
fn the_shipped_cells_are_those_of_the_real_pages() {
    let Some(bulletins) = shared() else { return };
    let shipped = shipped();
    let mut count = 0;
    for (month, known) in truth(&bulletins) {
        let known: Cells = known
            .into_iter()
            .map(|(key, (value, _, _, raw))| (key, (value, raw)))
            .collect();
        assert_eq!(differing(&shipped[&month], &known), [], "{month}, known contents");
        let read = read_page(&page(&bulletins, month), Some(month)).unwrap();
        let value = |row: &bulletin::Row| {
            let cut_off = row.reading.cut_off().map(|cut_off| cut_off.to_string());
            (cut_off.unwrap_or_default(), row.raw.value.to_string())
        };
        let read: Cells = read.bulletin.rows().map(|row| (row.key, value(row))).collect();
        assert_eq!(differing(&shipped[&month], &read), [], "{month}, as read");
        count += known.len();
    }
    assert_eq!(count, 17_819);
}
