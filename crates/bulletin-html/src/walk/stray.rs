//! Rows after the end of a chart, as a stray `</table>` between its rows leaves them.

use super::{MOST_CANDIDATES, Walker};
use crate::open_table::OpenTable;
use crate::outline::Candidate;
use crate::shape::Shape;
use crate::table::Table;

impl Walker {
    /// Begins to collect rows that follow the end of a chart with nothing between.
    pub(super) fn open_stray_rows(&mut self) {
        if !self.is_past_chart {
            return;
        }
        self.is_past_chart = false;
        if self.too_deep > 0 || self.open.last().is_some_and(|open| !open.in_cell) {
            return;
        }
        let mut table = self.spare.pop().unwrap_or_default();
        table.clear();
        let mut rows = OpenTable::new(table, false, self.outline.candidates.len());
        rows.is_stray = true;
        self.open.push(rows);
    }

    /// Keeps such rows, which continue the chart before them. A heading that has come since belongs to the next chart.
    pub(super) fn add_stray_rows(&mut self, table: Table, shape: Shape) {
        if self.outline.candidates.len() >= MOST_CANDIDATES {
            self.outline.too_many = true;
            return;
        }
        self.outline.candidates.push(Candidate {
            table,
            shape,
            heading: None,
            title: None,
            in_other_section: false,
            follows_chart: true,
        });
        self.is_past_chart = true;
    }
}
