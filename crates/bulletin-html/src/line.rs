//! The rows of a chart's table, classified: cut-offs, titles, notes or column labels. Start at [`lines`].

use std::borrow::Cow;

use bulletin::{Category, Month, Preference};

use crate::cell::is_written_as_cut_off;
use crate::column::{Columns, columns, labels_columns, last_header_row, unname_rivals};
use crate::grid::Grid;
use crate::label::{self, Named};
use crate::shape::is_number;
use crate::visibility::Hidden;

/// A row of a chart.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) label: Cow<'a, str>,
    pub(crate) named: Option<Named<Category>>,
    /// Its place in the grid.
    pub(crate) row: usize,
    /// The header that applies to it, by its number.
    pub(crate) header: usize,
    /// True if it has exactly one cell in each of the chart's columns.
    pub(crate) is_regular: bool,
    /// True if the label is struck through.
    pub(crate) is_struck: bool,
    /// True for a title of the chart's preference with values next to it.
    pub(crate) is_title: bool,
}

/// The rows of a table.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    pub(crate) lines: Vec<Line<'a>>,
    /// The columns of each header, in the order of the table.
    pub(crate) headers: Vec<Columns>,
    /// The texts of rows over all columns, which hold no cut-offs.
    pub(crate) notes: Vec<&'a str>,
}

/// Sorts the rows of a table. `header` is the first row that labels columns; without one, `inherited` are the columns.
///
/// # Errors
/// The reason why the table cannot be read.
pub(crate) fn lines<'a>(
    grid: &Grid<'a>,
    header: Option<usize>,
    inherited: Option<&Columns>,
    (month, preference): (Month, Preference),
) -> Result<Lines<'a>, &'static str> {
    let mut sorted = Lines {
        lines: Vec::with_capacity(grid.len()),
        headers: Vec::with_capacity(1),
        notes: Vec::new(),
    };
    let end_of_header = match (header, inherited) {
        (Some(header), _) => {
            let last = last_header_row(grid, header);
            sorted.headers.push(columns(grid, header..=last, preference)?);
            last + 1
        }
        (None, Some(inherited)) => {
            sorted.headers.push(inherited.clone());
            0
        }
        (None, None) => return Err("its columns have no labels"),
    };
    let mut row = 0;
    while row < grid.len() {
        let is_above = header.is_some_and(|header| row < header);
        if !is_above && row < end_of_header {
            row = end_of_header;
            continue;
        }
        if !is_above && labels_columns_again(grid, row) {
            let last = last_header_row(grid, row);
            let again = columns(grid, row..=last, preference)?;
            sorted.headers.push(again);
            row = last + 1;
            continue;
        }
        if !is_above || holds_cut_offs(grid, row) {
            sorted.take_row(grid, row, (month, preference))?;
        }
        row += 1;
    }
    unname_rivals(&mut sorted.lines, |line| &mut line.named);
    Ok(sorted)
}

/// True if a row between the others labels the columns again.
fn labels_columns_again(grid: &Grid<'_>, row: usize) -> bool {
    labels_columns(grid, row) && grid.distinct_cells(row) > 2
}

fn holds_cut_offs(grid: &Grid<'_>, row: usize) -> bool {
    (0..grid.width(row)).any(|column| is_written_as_cut_off(grid.text(row, column)))
}

impl<'a> Lines<'a> {
    /// The columns that apply to a line.
    pub(crate) fn columns(&self, line: &Line<'_>) -> &Columns {
        &self.headers[line.header]
    }

    /// Adds a row that does not label columns.
    fn take_row(
        &mut self,
        grid: &Grid<'a>,
        row: usize,
        (month, preference): (Month, Preference),
    ) -> Result<(), &'static str> {
        let header = self.headers.len() - 1;
        let Some(columns) = self.headers.last() else {
            return Ok(());
        };
        let width = grid.width(row);
        let texts = || (0..width).map(|column| grid.text(row, column));
        let reaches = grid.is_reached(row);
        if width == 0 || (!reaches && texts().all(str::is_empty) && !holds_hidden_text(grid, row)) {
            // The row is empty.
            return Ok(());
        }
        if reaches && row > 0 && is_blank_under_label(grid, row) && grid.slot(row, 0) == grid.slot(row - 1, 0)
        {
            return Ok(());
        }
        let (label, is_struck) = label_of(grid, row, columns.labels, preference);
        let has_values = (columns.labels..width)
            .filter(|column| grid.slot(row, *column) != grid.slot(row, 0))
            .any(|column| !grid.text(row, column).is_empty());
        let title = label::preference(&label);
        if title.is_some_and(|title| title != preference) {
            return Err("a row between its rows names the other preference");
        }
        if (title.is_some() && !has_values) || numbers_columns(grid, row) {
            return Ok(());
        }
        let named = label::category(preference, &label, Some(month));
        let covers_all = grid.distinct_cells(row) == 1 && width >= columns.width;
        let words = || label.split_whitespace();
        if covers_all && named.is_none() && !words().any(|word| word.len() > 1 && is_written_as_cut_off(word))
        {
            self.notes.push(grid.text(row, 0));
            return Ok(());
        }
        let label_reaches = columns.labels == 1
            && (grid
                .cell(row, 0)
                .is_some_and(|cell| !spans_blank_rows(grid, row, cell.rowspan))
                || (reaches && row > 0 && grid.slot(row, 0) == grid.slot(row - 1, 0)));
        self.lines.push(Line {
            label,
            named: named.filter(|_| title.is_none()),
            row,
            header,
            is_regular: (grid.fills(row, columns.width) || ends_in_blanks(grid, row, columns))
                && !label_reaches,
            is_struck,
            is_title: title.is_some(),
        });
        Ok(())
    }
}

/// True if all rows that the label of a row spans, apart from its own, exist and are otherwise blank.
fn spans_blank_rows(grid: &Grid<'_>, row: usize, rowspan: u16) -> bool {
    let end = row + usize::from(rowspan);
    end <= grid.len()
        && (row + 1..end)
            .all(|below| grid.slot(below, 0) == grid.slot(row, 0) && is_blank_under_label(grid, below))
}

/// True if a row is blank after its first column.
fn is_blank_under_label(grid: &Grid<'_>, row: usize) -> bool {
    let reached = |column| row > 0 && grid.slot(row, column) == grid.slot(row - 1, column);
    (1..grid.width(row)).all(|column| {
        grid.cell(row, column)
            .is_none_or(|cell| cell.text.is_empty() && !cell.holds_hidden && !reached(column))
    })
}

/// True if a row has a cut-off in each column, and only blank cells beyond the last.
fn ends_in_blanks(grid: &Grid<'_>, row: usize, columns: &Columns) -> bool {
    let width = grid.width(row);
    let is_blank = |column| {
        grid.cell(row, column)
            .is_some_and(|cell| cell.text.is_empty() && !cell.holds_hidden)
    };
    width > columns.width
        && !grid.is_reached(row)
        && grid.fills(row, width)
        && (columns.width..width).all(is_blank)
        && columns
            .values
            .iter()
            .all(|column| is_written_as_cut_off(grid.text(row, column.at)))
}

fn holds_hidden_text(grid: &Grid<'_>, row: usize) -> bool {
    (0..grid.width(row)).any(|column| grid.cell(row, column).is_some_and(|cell| cell.holds_hidden))
}

/// The label of a row, from the cells before its values, and true if it is struck through. Numbers and titles
/// next to it are ignored.
fn label_of<'a>(grid: &Grid<'a>, row: usize, labels: usize, preference: Preference) -> (Cow<'a, str>, bool) {
    let mut label: Cow<'a, str> = Cow::Borrowed("");
    let mut is_struck = false;
    let is_row_hidden = grid.table().is_row_hidden(row);
    for column in 0..labels {
        let Some(cell) = grid.cell(row, column) else {
            continue;
        };
        if column > 0 && grid.slot(row, column - 1) == grid.slot(row, column) {
            continue;
        }
        let is_hidden =
            cell.hidden == Some(Hidden::Blank) && !is_row_hidden && !grid.is_column_hidden(column);
        if cell.text.is_empty() || is_hidden {
            continue;
        }
        let says_nothing =
            labels > 1 && (is_number(cell.text) || label::preference(cell.text) == Some(preference));
        if says_nothing && (column + 1 < labels || !label.is_empty()) {
            continue;
        }
        is_struck |= cell.is_struck();
        if label.is_empty() {
            label = Cow::Borrowed(cell.text);
        } else {
            label = Cow::Owned(format!("{label} {}", cell.text));
        }
    }
    (label, is_struck)
}

/// True for a row that numbers the columns: `(1)`, `(2)`, `(3)`.
fn numbers_columns(grid: &Grid<'_>, row: usize) -> bool {
    let number = |text: &str| {
        let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
        (is_number(text) && digits.len() < 3)
            .then(|| digits.parse::<u32>().ok())
            .flatten()
    };
    let mut count = 0;
    let mut last = None;
    for column in 0..grid.width(row) {
        let text = grid.text(row, column);
        if text.is_empty() {
            continue;
        }
        let Some(number) = number(text) else { return false };
        if last.is_some_and(|last| number != last + 1) {
            return false;
        }
        last = Some(number);
        count += 1;
    }
    count >= 2
}
