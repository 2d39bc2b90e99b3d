//! Compresses `data/cutoffs.csv` into the file that the crate embeds. The format is in `src/encoding.rs`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a build script stops at an error"
)]

#[path = "src/encoding.rs"]
#[expect(dead_code, reason = "the crate uses the decoder, and this script the encoder")]
mod encoding;

use std::env;
use std::fs;
use std::path::Path;

use encoding::{Cell, Key, Value};

const FILE: &str = "../../data/cutoffs.csv";
const COLUMNS: &str = "bulletin_month,chart,preference,category,area,status,cutoff_date,raw_value,source";

fn main() {
    println!("cargo::rerun-if-changed={FILE}");
    println!("cargo::rerun-if-changed=src/encoding.rs");
    let text = fs::read_to_string(FILE).expect("data/cutoffs.csv can be read");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(COLUMNS), "the columns of data/cutoffs.csv");
    let cells: Vec<Cell<'_>> = lines
        .enumerate()
        .map(|(index, line)| {
            cell(line).unwrap_or_else(|| panic!("data/cutoffs.csv, line {}: {line}", index + 2))
        })
        .collect();
    let bytes = miniz_oxide::deflate::compress_to_vec(&encoding::encode(cells), 10);
    let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&folder).join("cutoffs.bin"), bytes).expect("the output can be written");
}

/// The cell of a line. No value contains a comma or a quote, so that a line can be split.
fn cell(line: &str) -> Option<Cell<'_>> {
    let fields: Vec<&str> = line.split(',').collect();
    let [month, chart, _, category, area, status, date, raw, _] = *fields else {
        return None;
    };
    let (year, number) = month.split_once('-')?;
    let value = match status {
        "current" => Value::Current,
        "unavailable" => Value::Unavailable,
        "unreadable" => Value::Unreadable(raw),
        "date" => {
            let mut parts = date.split('-').map(str::parse);
            let mut next = || parts.next()?.ok();
            Value::date(next()?, next()?, next()?)
        }
        _ => return None,
    };
    Some(Cell {
        month: encoding::month(year.parse().ok()?, number.parse().ok()?),
        key: Key {
            chart,
            category,
            area,
        },
        value,
    })
}
