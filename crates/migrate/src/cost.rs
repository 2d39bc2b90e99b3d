//! Estimates the DynamoDB cost of a migration. Start with [`Cost`].

use crate::month::OldMonth;

/// Read units to check and store one bulletin: rows and standings are read by their keys, including absent ones,
/// and the rows again when they are stored.
const READ_A_MONTH: f64 = 2000.0;
/// Read units to compare a bulletin that is stored already.
const COMPARE_A_MONTH: f64 = 800.0;
/// Write units to store one row: in a transaction, plus one in the index.
const WRITE_A_ROW: f64 = 3.0;
/// Write units to store a bulletin except for its rows; most of them are standings.
const WRITE_A_MONTH: f64 = 150.0;
/// Write units to delete one item in a transaction.
const DELETE_AN_ITEM: f64 = 2.0;
/// On-demand list prices per unit in us-east-1, in US dollars (as in docs/COST.md).
const READ_PRICE: f64 = 0.125e-6;
const WRITE_PRICE: f64 = 0.625e-6;

/// The capacity that DynamoDB charges for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}

impl Cost {
    /// The cost of a consistent read of so many bytes: one unit per 4 KB.
    pub(super) fn of_reading(bytes: usize) -> Self {
        Self {
            read_units: (bytes as f64 / 4096.0).ceil(),
            write_units: 0.0,
        }
    }

    /// Adds the cost of storing a month.
    pub(super) fn add_storing(&mut self, old: &OldMonth) {
        self.read_units += READ_A_MONTH;
        self.write_units += WRITE_A_MONTH + WRITE_A_ROW * old.items.len() as f64;
    }

    /// Adds the cost of comparing a month.
    pub(super) fn add_comparing(&mut self) {
        self.read_units += COMPARE_A_MONTH;
    }

    /// Adds the cost of deleting a month's items. In the table of the present layout they may also be in its index.
    pub(super) fn add_clearing(&mut self, old: &OldMonth, own: bool) {
        let index = if own { 1.0 } else { 0.0 };
        self.write_units += (DELETE_AN_ITEM + index) * old.items.len() as f64;
    }

    /// The cost in US dollars at the on-demand list prices of us-east-1.
    pub fn dollars(&self) -> f64 {
        self.read_units * READ_PRICE + self.write_units * WRITE_PRICE
    }
}
