//! About what moving a table costs.

use super::month::OldMonth;

/// What reading and storing one bulletin reads, in units: rows and standings are read by their keys, also those that are
/// not there, and the rows again when they are stored.
const READ_A_MONTH: f64 = 2000.0;
/// The same of a bulletin that is there already and only compared.
const COMPARE_A_MONTH: f64 = 800.0;
/// What storing one row writes: in a transaction, and once more in the index.
const WRITE_A_ROW: f64 = 3.0;
/// What storing a bulletin writes beside its rows, most of it standings.
const WRITE_A_MONTH: f64 = 150.0;
/// What taking one item away writes: in a transaction.
const DELETE_AN_ITEM: f64 = 2.0;
/// List prices of a unit on demand in us-east-1, in US dollars (as in docs/COST.md).
const READ_PRICE: f64 = 0.125e-6;
const WRITE_PRICE: f64 = 0.625e-6;

/// What DynamoDB charges for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}

impl Cost {
    /// What reading a table of so many bytes costs, consistently: a unit for each 4 KB.
    pub(super) fn of_reading(bytes: usize) -> Self {
        Self {
            read_units: (bytes as f64 / 4096.0).ceil(),
            write_units: 0.0,
        }
    }

    /// What storing a month adds.
    pub(super) fn add_storing(&mut self, old: &OldMonth) {
        self.read_units += READ_A_MONTH;
        self.write_units += WRITE_A_MONTH + WRITE_A_ROW * old.items.len() as f64;
    }

    /// What comparing a month adds.
    pub(super) fn add_comparing(&mut self) {
        self.read_units += COMPARE_A_MONTH;
    }

    /// What taking away a month's items adds. Those in the table of today's items may stand in its index as well.
    pub(super) fn add_clearing(&mut self, old: &OldMonth, own: bool) {
        let index = if own { 1.0 } else { 0.0 };
        self.write_units += (DELETE_AN_ITEM + index) * old.items.len() as f64;
    }

    /// In US dollars, on demand, at the list prices of us-east-1.
    pub fn dollars(&self) -> f64 {
        self.read_units * READ_PRICE + self.write_units * WRITE_PRICE
    }
}
