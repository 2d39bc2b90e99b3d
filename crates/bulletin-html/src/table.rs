//! The text of a table's cells, in the order of the markup.
//!
//! Spans are not resolved here: [`crate::grid`] places the cells in columns. Start reading at [`Table`].

use crate::text::is_struck;
use crate::visibility::Hidden;

/// A table's cells, row by row, in one buffer that is reused for many tables.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    text: String,
    cells: Vec<Cell>,
    rows: Vec<RowCells>,
    /// True if it has more text or cells than any chart could have. The excess is dropped.
    too_large: bool,
    /// True if any row or cell is hidden.
    has_hidden: bool,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    colspan: u16,
    rowspan: u16,
    hidden: Option<Hidden>,
    holds_hidden: bool,
}

/// The cells of a row: a range of indices.
#[derive(Debug, Clone, Copy)]
struct RowCells {
    start: usize,
    end: usize,
    section: Section,
    hidden: bool,
}

/// The row group of a row: `thead`, `tbody`, `tfoot`, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Section {
    /// Its number in the table, from 1; 0 for rows outside any group.
    pub(crate) number: u16,
    /// True for a `thead`.
    pub(crate) is_head: bool,
}

/// One cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellText<'a> {
    /// Its text, with white space folded.
    pub(crate) text: &'a str,
    /// The number of columns it spans.
    pub(crate) colspan: u16,
    /// The number of rows it spans.
    pub(crate) rowspan: u16,
    /// The kind of hiding of the cell itself. Its row may be hidden as well.
    pub(crate) hidden: Option<Hidden>,
    /// True if it contains hidden text, which is not part of `text`.
    pub(crate) holds_hidden: bool,
}

impl CellText<'_> {
    /// True if any of its text is struck through.
    pub(crate) fn is_struck(&self) -> bool {
        is_struck(self.text)
    }
}

/// The placeholder for an absent cell.
pub(crate) const EMPTY: CellText<'static> = CellText {
    text: "",
    colspan: 1,
    rowspan: 1,
    hidden: None,
    holds_hidden: false,
};

/// The limit of text per cell, in bytes. The longest known label has 68.
const LONGEST_CELL: usize = 512;
const MOST_CELLS: usize = 4096;

/// An empty table with capacity for a typical chart.
impl Default for Table {
    fn default() -> Self {
        Self {
            text: String::with_capacity(1024),
            cells: Vec::with_capacity(96),
            rows: Vec::with_capacity(16),
            too_large: false,
            has_hidden: false,
        }
    }
}

impl Table {
    /// Removes the content and keeps the allocated memory.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.rows.clear();
        self.too_large = false;
        self.has_hidden = false;
    }

    /// True if any row or cell is hidden.
    pub(crate) fn has_hidden(&self) -> bool {
        self.has_hidden
    }

    /// True if it has more text or cells than any chart could have.
    pub(crate) fn is_too_large(&self) -> bool {
        self.too_large
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The cells of a row.
    pub(crate) fn row(&self, row: usize) -> impl ExactSizeIterator<Item = CellText<'_>> + Clone {
        let (start, end) = self.range(row);
        self.cells[start..end].iter().map(|cell| self.cell_text(cell))
    }

    /// The indices of a row's cells: the first, and the one after the last.
    pub(crate) fn range(&self, row: usize) -> (usize, usize) {
        self.rows.get(row).map_or((0, 0), |row| (row.start, row.end))
    }

    /// The cell with this index.
    pub(crate) fn cell(&self, index: usize) -> CellText<'_> {
        self.cells.get(index).map_or(EMPTY, |cell| self.cell_text(cell))
    }

    fn cell_text(&self, cell: &Cell) -> CellText<'_> {
        CellText {
            text: &self.text[cell.start..cell.end],
            colspan: cell.colspan,
            rowspan: cell.rowspan,
            hidden: cell.hidden,
            holds_hidden: cell.holds_hidden,
        }
    }

    /// The row group of a row.
    pub(crate) fn section(&self, row: usize) -> Section {
        self.rows
            .get(row)
            .map_or_else(Section::default, |row| row.section)
    }

    /// True if a row is hidden as a whole: by itself, by its group, or cell by cell.
    pub(crate) fn is_row_hidden(&self, row: usize) -> bool {
        let Some(range) = self.rows.get(row).filter(|_| self.has_hidden) else {
            return false;
        };
        let cells = &self.cells[range.start..range.end];
        range.hidden || (!cells.is_empty() && cells.iter().all(|cell| cell.hidden.is_some()))
    }

    /// True if any cell holds text.
    pub(crate) fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// The beginning of its text, with all cells concatenated.
    pub(crate) fn beginning(&self) -> &str {
        let mut end = self.text.len().min(100);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[..end]
    }

    /// Begins a row.
    pub(crate) fn begin_row(&mut self, section: Section, hidden: bool) {
        if self.rows.len() >= MOST_CELLS {
            self.too_large = true;
            return;
        }
        self.has_hidden |= hidden;
        self.rows.push(RowCells {
            start: self.cells.len(),
            end: self.cells.len(),
            section,
            hidden,
        });
    }

    /// Begins a cell, and a row if there is none.
    pub(crate) fn begin_cell(&mut self, colspan: u16, rowspan: u16, hidden: Option<Hidden>) {
        if self.cells.len() >= MOST_CELLS {
            self.too_large = true;
            return;
        }
        if self.rows.is_empty() {
            self.begin_row(Section::default(), false);
        }
        self.has_hidden |= hidden.is_some();
        self.cells.push(Cell {
            start: self.text.len(),
            end: self.text.len(),
            colspan,
            rowspan,
            hidden,
            holds_hidden: false,
        });
        if let Some(row) = self.rows.last_mut() {
            row.end = self.cells.len();
        }
    }

    /// Notes that the cell begun last contains hidden text.
    pub(crate) fn note_hidden_text(&mut self) {
        if let Some(cell) = self.cells.last_mut() {
            cell.holds_hidden = true;
        }
    }

    /// Writes into the cell that was begun last. `write` receives the buffer and the start of the cell in it.
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut String, usize)) {
        let Some(cell) = self.cells.last_mut().filter(|_| !self.too_large) else {
            return;
        };
        if cell.end - cell.start > LONGEST_CELL {
            return;
        }
        write(&mut self.text, cell.start);
        // One long text may exceed the limit. The truncated cell is still longer than any label.
        let mut end = self.text.len().min(cell.start + LONGEST_CELL + 4);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.truncate(end);
        cell.end = end;
    }

    /// Sorts the rows as a browser shows them: those of the first `thead` before all others.
    pub(crate) fn order_rows(&mut self) {
        let Some(first) = self.rows.iter().find(|row| row.section.is_head) else {
            return;
        };
        let head = first.section.number;
        let is_head = |row: &RowCells| row.section.number == head;
        if !self.rows.is_sorted_by_key(|row| !is_head(row)) {
            self.rows.sort_by_key(|row| !is_head(row));
        }
    }
}
