//! The text of a table, cell by cell.

/// A table's cells, row by row, in one buffer that serves many tables.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    text: String,
    cells: Vec<Cell>,
    /// For each row, the index of its first cell.
    rows: Vec<usize>,
    /// Whether it has more text or cells than any chart could have, so that no more of it is kept.
    too_large: bool,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    colspan: u16,
    rowspan: u16,
}

/// One cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellText<'a> {
    /// Its text, with white space folded.
    pub(crate) text: &'a str,
    /// How many columns it takes.
    pub(crate) colspan: u16,
    /// How many rows it takes.
    pub(crate) rowspan: u16,
}

/// The most bytes of text that are kept of one cell. The longest label so far has 68.
const LONGEST_CELL: usize = 512;
const MOST_CELLS: usize = 4096;

/// Has room for a usual chart.
impl Default for Table {
    fn default() -> Self {
        Self {
            text: String::with_capacity(1024),
            cells: Vec::with_capacity(96),
            rows: Vec::with_capacity(16),
            too_large: false,
        }
    }
}

impl Table {
    /// Forgets everything but the room it takes.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.rows.clear();
        self.too_large = false;
    }

    /// Whether it has more text or cells than any chart could have.
    pub(crate) fn is_too_large(&self) -> bool {
        self.too_large
    }

    /// How many rows it has.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The cells of a row.
    pub(crate) fn row(&self, row: usize) -> impl ExactSizeIterator<Item = CellText<'_>> + Clone {
        let start = self.rows.get(row).copied().unwrap_or(self.cells.len());
        let end = self.rows.get(row + 1).copied().unwrap_or(self.cells.len());
        self.cells[start..end].iter().map(|cell| CellText {
            text: &self.text[cell.start..cell.end],
            colspan: cell.colspan,
            rowspan: cell.rowspan,
        })
    }

    /// Whether any cell holds text.
    pub(crate) fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// The beginning of its text, all cells run together.
    pub(crate) fn beginning(&self) -> &str {
        let mut end = self.text.len().min(100);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[..end]
    }

    /// Begins a row.
    pub(crate) fn begin_row(&mut self) {
        if self.rows.len() >= MOST_CELLS {
            self.too_large = true;
            return;
        }
        self.rows.push(self.cells.len());
    }

    /// Begins a cell, and a row if there is none.
    pub(crate) fn begin_cell(&mut self, colspan: u16, rowspan: u16) {
        if self.cells.len() >= MOST_CELLS {
            self.too_large = true;
            return;
        }
        if self.rows.is_empty() {
            self.begin_row();
        }
        self.cells.push(Cell {
            start: self.text.len(),
            end: self.text.len(),
            colspan,
            rowspan,
        });
    }

    /// Writes into the cell that was begun last: `write` is given the buffer and where the cell starts in it.
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut String, usize)) {
        let Some(cell) = self.cells.last_mut().filter(|_| !self.too_large) else {
            return;
        };
        if cell.end - cell.start > LONGEST_CELL {
            return;
        }
        write(&mut self.text, cell.start);
        // One long text may overshoot; what is kept stays longer than any label, and so none.
        let mut end = self.text.len().min(cell.start + LONGEST_CELL + 4);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.truncate(end);
        cell.end = end;
    }
}
