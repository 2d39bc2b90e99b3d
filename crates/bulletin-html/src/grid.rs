//! A table as a browser lays it out: the row and column of each cell, after `colspan` and `rowspan`.

use crate::table::{CellText, EMPTY, Table};
use crate::visibility::Hidden;

/// A table's cells by row and column.
#[derive(Debug)]
pub(crate) struct Grid<'a> {
    table: &'a Table,
    stride: usize,
    /// For each row and column, the index of the cell plus one; 0 if there is none.
    slots: Vec<u16>,
    rows: Vec<GridRow>,
    /// The columns that are hidden in every row, as bits.
    hidden_columns: u64,
    /// True if hidden cells are left out, because they do not make up whole columns.
    leaves_out: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct GridRow {
    /// The number of columns up to its last cell.
    width: usize,
    /// True if its cells overlap, leave a gap, or do not fit.
    is_broken: bool,
    /// True if a cell from a row above reaches into it.
    is_reached: bool,
}

/// More columns than any chart has.
const MOST_COLUMNS: usize = 64;

impl<'a> Grid<'a> {
    /// Lays out a table. Hidden cells take their place if they make up whole columns, as a column toggle leaves them;
    /// otherwise they take none.
    pub(crate) fn new(table: &'a Table) -> Self {
        let mut grid = Self::lay_out(table, true);
        if !table.has_hidden() {
            return grid;
        }
        match grid.columns_hidden_throughout() {
            Some(columns) => grid.hidden_columns = columns,
            None => {
                grid = Self::lay_out(table, false);
                grid.leaves_out = true;
                grid.hidden_columns = grid.columns_hidden_throughout().unwrap_or(0);
            }
        }
        grid
    }

    fn lay_out(table: &'a Table, with_hidden: bool) -> Self {
        let mut widest = 0;
        let mut spanning = 0;
        for row in 0..table.len() {
            let cells = table.row(row);
            widest = widest.max(cells.clone().map(|cell| usize::from(cell.colspan)).sum());
            spanning += cells.filter(|cell| cell.rowspan > 1).count();
        }
        let stride = (widest + spanning).min(MOST_COLUMNS);
        let mut grid = Self {
            table,
            stride,
            slots: vec![0; stride * table.len()],
            rows: Vec::with_capacity(table.len()),
            hidden_columns: 0,
            leaves_out: false,
        };
        // For each column, the cell from above that reaches down, and for how many more rows.
        let mut above = [(0_u16, 0_u16); MOST_COLUMNS];
        for row in 0..table.len() {
            if row > 0 && table.section(row) != table.section(row - 1) {
                above = [(0, 0); MOST_COLUMNS];
            }
            let laid_out = grid.lay_out_row(row, &mut above, with_hidden || table.is_row_hidden(row));
            grid.rows.push(laid_out);
        }
        grid
    }

    fn lay_out_row(
        &mut self,
        row: usize,
        above: &mut [(u16, u16); MOST_COLUMNS],
        with_hidden: bool,
    ) -> GridRow {
        let mut laid_out = GridRow::default();
        let slots = &mut self.slots[row * self.stride..(row + 1) * self.stride];
        for (slot, (cell, left)) in slots.iter_mut().zip(above.iter_mut()) {
            if *left > 0 {
                *left -= 1;
                *slot = *cell;
                laid_out.is_reached = true;
            }
        }
        let (start, end) = self.table.range(row);
        let mut at = 0;
        for index in start..end {
            let cell = self.table.cell(index);
            if !with_hidden && takes_no_room(&cell) {
                continue;
            }
            while slots.get(at).is_some_and(|slot| *slot > 0) {
                at += 1;
            }
            if at >= self.stride {
                laid_out.is_broken = true;
                break;
            }
            let cell_end = (at + usize::from(cell.colspan)).min(self.stride);
            for column in at..cell_end {
                laid_out.is_broken |= slots[column] > 0;
                slots[column] = index as u16 + 1;
                above[column] = (index as u16 + 1, cell.rowspan - 1);
            }
            at = cell_end;
        }
        laid_out.width = slots
            .iter()
            .rposition(|slot| *slot > 0)
            .map_or(0, |last| last + 1);
        laid_out.is_broken |= slots[..laid_out.width].contains(&0);
        laid_out
    }

    /// The columns that are hidden in every visible row, as bits; `None` if some hidden cell is in no such
    /// column. Rows of one cell, such as titles, do not count.
    fn columns_hidden_throughout(&self) -> Option<u64> {
        let mut all: Option<u64> = None;
        for row in 0..self.rows.len() {
            if self.table.is_row_hidden(row) || self.distinct_cells(row) < 2 {
                continue;
            }
            let mut columns = 0_u64;
            for column in 0..self.rows[row].width {
                let is_hidden = self.cell(row, column).is_some_and(|cell| cell.hidden.is_some());
                columns |= u64::from(is_hidden) << column;
            }
            if all.is_some_and(|all| all != columns) {
                return None;
            }
            all = Some(columns);
        }
        Some(all.unwrap_or(0))
    }

    /// The table.
    pub(crate) fn table(&self) -> &'a Table {
        self.table
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The number of columns up to the last cell of a row.
    pub(crate) fn width(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |row| row.width)
    }

    /// True if the cells of a row fill this many columns, one after the other.
    pub(crate) fn fills(&self, row: usize, width: usize) -> bool {
        self.rows
            .get(row)
            .is_some_and(|row| row.width == width && !row.is_broken)
    }

    /// True if a cell from a row above reaches into a row.
    pub(crate) fn is_reached(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.is_reached)
    }

    /// True if a column is hidden in every visible row.
    pub(crate) fn is_column_hidden(&self, column: usize) -> bool {
        column < MOST_COLUMNS && self.hidden_columns >> column & 1 == 1
    }

    /// True if hidden cells are left out.
    pub(crate) fn leaves_out(&self) -> bool {
        self.leaves_out
    }

    /// The cell in a row and a column; `None` if there is none.
    pub(crate) fn cell(&self, row: usize, column: usize) -> Option<CellText<'a>> {
        let slot = self.slot(row, column)?;
        Some(self.table.cell(slot))
    }

    /// The index of the cell in a row and a column.
    pub(crate) fn slot(&self, row: usize, column: usize) -> Option<usize> {
        if column >= self.stride {
            return None;
        }
        let slot = *self.slots.get(row * self.stride + column)?;
        usize::from(slot).checked_sub(1)
    }

    /// The text in a row and a column.
    pub(crate) fn text(&self, row: usize, column: usize) -> &'a str {
        self.cell(row, column).unwrap_or(EMPTY).text
    }

    /// The number of different cells in a row.
    pub(crate) fn distinct_cells(&self, row: usize) -> usize {
        (0..self.width(row))
            .filter(|column| {
                let slot = self.slot(row, *column);
                slot.is_some() && (*column == 0 || self.slot(row, column - 1) != slot)
            })
            .count()
    }
}

/// True for a cell that a browser leaves no room for.
fn takes_no_room(cell: &CellText<'_>) -> bool {
    matches!(cell.hidden, Some(Hidden::Removed | Hidden::OffScreen))
}
