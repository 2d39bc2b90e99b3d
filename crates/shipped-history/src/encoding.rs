//! The format of the embedded history, before compression. `build.rs` uses it too, so this file needs no other crate.
//!
//! Cells follow each other by chart, category, area and month. A cut-off rarely changes from one month to the next, and
//! then by some days or months, so that differences compress to a hundredth of the CSV. All numbers are variable-length.
//!
//! ```text
//! number of series
//! for each: chart, category, area (each a length and its bytes), number of cells
//!   for each cell: months since the cell before, value
//! value: 0 current, 1 unavailable, 2 unreadable (length and text), else 3 + the zigzag difference in days from the
//!        last date of the series
//! ```

use std::collections::BTreeMap;

/// The chart, row and column of a cell, by their codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key<'a> {
    pub(crate) chart: &'a str,
    pub(crate) category: &'a str,
    pub(crate) area: &'a str,
}

/// The value of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Current,
    Unavailable,
    /// Not a cut-off: the printed text.
    Unreadable(&'a str),
    /// A day as one number: see [`Value::date`].
    Date(i64),
}

/// A cell of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    /// A month as one number: see [`month`].
    pub(crate) month: u64,
    pub(crate) key: Key<'a>,
    pub(crate) value: Value<'a>,
}

/// The number of a month, which counts up by 1 from month to month.
pub(crate) fn month(year: u64, month: u64) -> u64 {
    year * 12 + month - 1
}

/// The year and month of a number.
pub(crate) fn year_and_month(number: u64) -> (u64, u64) {
    (number / 12, number % 12 + 1)
}

/// The number of days in each month of the numbering of dates, which has gaps.
const DAYS: i64 = 31;

impl Value<'_> {
    /// The value of a date. As a number it needs no calendar.
    pub(crate) fn date(year: i64, month: i64, day: i64) -> Self {
        Self::Date((year * 12 + month - 1) * DAYS + day - 1)
    }

    /// The year, month and day of a date's number.
    pub(crate) fn year_month_day(number: i64) -> (i64, i64, i64) {
        let months = number.div_euclid(DAYS);
        (
            months.div_euclid(12),
            months.rem_euclid(12) + 1,
            number.rem_euclid(DAYS) + 1,
        )
    }
}

/// Encodes cells in any order.
pub(crate) fn encode<'a>(cells: impl IntoIterator<Item = Cell<'a>>) -> Vec<u8> {
    let mut series: BTreeMap<Key<'_>, BTreeMap<u64, Value<'_>>> = BTreeMap::new();
    for cell in cells {
        series.entry(cell.key).or_default().insert(cell.month, cell.value);
    }
    let mut bytes = Vec::new();
    write_number(&mut bytes, series.len() as u64);
    for (key, values) in series {
        for code in [key.chart, key.category, key.area] {
            write_text(&mut bytes, code);
        }
        write_number(&mut bytes, values.len() as u64);
        let (mut month_before, mut date_before) = (0, 0);
        for (month, value) in values {
            write_number(&mut bytes, month - month_before);
            month_before = month;
            match value {
                Value::Current => write_number(&mut bytes, 0),
                Value::Unavailable => write_number(&mut bytes, 1),
                Value::Unreadable(text) => {
                    write_number(&mut bytes, 2);
                    write_text(&mut bytes, text);
                }
                Value::Date(date) => {
                    let difference = date - date_before;
                    date_before = date;
                    write_number(
                        &mut bytes,
                        3 + ((difference << 1) ^ (difference >> 63)).cast_unsigned(),
                    );
                }
            }
        }
    }
    bytes
}

/// Decodes all cells, by chart, category, area and month; `None` if the bytes are not what [`encode`] writes.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<Cell<'_>>> {
    let mut rest = bytes;
    let mut cells = Vec::new();
    for _ in 0..read_number(&mut rest)? {
        let key = Key {
            chart: read_text(&mut rest)?,
            category: read_text(&mut rest)?,
            area: read_text(&mut rest)?,
        };
        let (mut month, mut date) = (0, 0);
        for _ in 0..read_number(&mut rest)? {
            month += read_number(&mut rest)?;
            let value = match read_number(&mut rest)? {
                0 => Value::Current,
                1 => Value::Unavailable,
                2 => Value::Unreadable(read_text(&mut rest)?),
                number => {
                    let zigzag = number - 3;
                    date += (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
                    Value::Date(date)
                }
            };
            cells.push(Cell { month, key, value });
        }
    }
    rest.is_empty().then_some(cells)
}

/// Seven bits a byte, the lowest first; the highest bit says that another byte follows.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    write_number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn read_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(read_number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok()
}
