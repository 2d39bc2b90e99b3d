//! The test if a table looks like a chart, from its cells alone. Start at [`shape_of`].

use bulletin::Preference;

use crate::cell::is_written_as_cut_off;
use crate::label;
use crate::table::{CellText, Table};
use crate::text::without_footnote_marks;

/// The properties of a table that looks like a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The first row that labels columns; `None` for a table that continues a chart without labelling them again.
    pub(crate) header: Option<usize>,
    /// The preference that its first cell, or a row of titles, names.
    pub(crate) title: Option<Preference>,
    /// The preference to which its rows belong.
    pub(crate) rows: Option<Preference>,
}

impl Shape {
    /// The preference that the table itself shows. `Err` if its title and its rows differ: title first.
    pub(crate) fn preference(&self) -> Result<Option<Preference>, (Preference, Preference)> {
        match (self.title, self.rows) {
            (Some(title), Some(rows)) if title != rows => Err((title, rows)),
            (title, rows) => Ok(title.or(rows)),
        }
    }
}

/// The most rows above the one that labels the columns.
const MOST_TITLE_ROWS: usize = 6;
/// More rows than any chart has.
const MOST_ROWS: usize = 120;

/// The shape of a table; `None` if it does not look like a chart: its columns are not areas, its rows are not
/// categories, or most of its cells do not have the format of cut-offs.
///
/// Spellings without a slip are tried first, so that most tables are classified quickly; the meaning of each
/// label is determined later.
pub(crate) fn shape_of(table: &Table) -> Option<Shape> {
    if table.is_too_large() || table.len() < 3 || table.len() > MOST_ROWS {
        return None;
    }
    let header = (0..table.len().min(MOST_TITLE_ROWS)).find(|row| {
        table.row(*row).skip(1).any(|cell| {
            cell.text.len() < 80 && label::exact_area(&without_footnote_marks(cell.text)).is_some()
        })
    })?;
    let (rows, title) = Rows::count_in(table, Some(header));
    (rows.known >= 2 && rows.is_mostly_cut_offs(3)).then(|| Shape {
        header: Some(header),
        title,
        rows: rows.preference(),
    })
}

/// The shape of a table that continues the chart before it without new column labels; `None` if it does not
/// look like that.
pub(crate) fn continuation_of(table: &Table, chart: &Shape) -> Option<Shape> {
    if table.is_too_large() || table.len() > MOST_ROWS {
        return None;
    }
    let (rows, title) = Rows::count_in(table, None);
    let preference = rows.preference();
    let before = chart.rows;
    let fits = preference.is_none() || before.is_none() || preference == before;
    (rows.known >= 1 && rows.is_mostly_cut_offs(1) && fits).then_some(Shape {
        header: None,
        title,
        rows: preference.or(before),
    })
}

/// The evidence in rows that follow the end of a chart; `None` if no cell of theirs is written as a cut-off.
pub(crate) fn stray_rows_of(table: &Table, chart: &Shape) -> Option<Shape> {
    let (rows, title) = Rows::count_in(table, None);
    (rows.cut_offs > 0 || table.is_too_large()).then(|| Shape {
        header: None,
        title,
        rows: rows.preference().or(chart.rows),
    })
}

/// Counts of a table's rows and cells.
#[derive(Default)]
struct Rows {
    known: usize,
    family: usize,
    employment: usize,
    cells: usize,
    cut_offs: usize,
}

impl Rows {
    /// Counts the rows below the header, and finds the preference in a row of titles.
    fn count_in(table: &Table, header: Option<usize>) -> (Self, Option<Preference>) {
        let mut rows = Self::default();
        let mut title = None;
        let labels = (0..table.len()).filter(|row| Some(*row) != header);
        for row in labels {
            let cells = table.row(row).filter(|cell| !cell.text.is_empty());
            for (at, cell) in cells.enumerate() {
                let is_cut_off = is_written_as_cut_off(cell.text);
                rows.cells += usize::from(at > 0);
                rows.cut_offs += usize::from(at > 0 && is_cut_off);
            }
        }
        if !rows.is_mostly_cut_offs(1) {
            return (rows, None);
        }
        for row in 0..table.len() {
            let Some(label) = label_of(table, row, 0) else {
                continue;
            };
            let preference = label::preference(label);
            title = title.or(preference);
            // A title can be in a column next to the labels.
            let label = match preference {
                Some(_) => label_of(table, row, 1),
                None => Some(label),
            };
            if let Some(label) = label.filter(|_| Some(row) != header) {
                rows.count(&without_footnote_marks(label), false);
            }
        }
        let names_area = |cell: &CellText<'_>| label::exact_area(cell.text).is_some();
        if rows.known < 2 && header.is_some_and(|header| table.row(header).filter(names_area).count() > 2) {
            // Under the columns of a chart, labels with a gloss or a slip are compared with every spelling.
            for label in (0..table.len()).filter_map(|row| label_of(table, row, 0)) {
                rows.count(label, true);
            }
        }
        (rows, title)
    }

    fn is_mostly_cut_offs(&self, fewest: usize) -> bool {
        self.cut_offs >= fewest && self.cut_offs * 2 >= self.cells
    }

    fn count(&mut self, label: &str, with_slips: bool) {
        if label.len() > 120 {
            return;
        }
        let is_of = |preference| {
            if with_slips {
                label::category(preference, label, None).is_some()
            } else {
                label::exact_category(preference, label).is_some()
            }
        };
        let (family, employment) = (is_of(Preference::Family), is_of(Preference::Employment));
        self.known += usize::from(family || employment);
        // "1st", "3rd" and "4th" are in both.
        self.family += usize::from(family && !employment);
        self.employment += usize::from(employment && !family);
    }

    fn preference(&self) -> Option<Preference> {
        match self.family.cmp(&self.employment) {
            std::cmp::Ordering::Greater => Some(Preference::Family),
            std::cmp::Ordering::Less => Some(Preference::Employment),
            std::cmp::Ordering::Equal => None,
        }
    }
}

/// The text of a row that is not a number, after this many others: its label, unless it is one of the
/// cut-offs.
fn label_of(table: &Table, row: usize, others: usize) -> Option<&str> {
    let mut texts = table
        .row(row)
        .map(|cell| cell.text)
        .filter(|text| !is_number(text));
    let first = texts.nth(others)?;
    (first.len() < 120 && !is_written_as_cut_off(first)).then_some(first)
}

/// True for nothing but digits and punctuation, such as `(2)`.
pub(crate) fn is_number(text: &str) -> bool {
    !text.chars().any(char::is_alphabetic)
}
