//! Whether a table looks like a chart, told by its own words.

use bulletin::Preference;

use crate::cell::is_written_as_cut_off;
use crate::label;
use crate::table::Table;
use crate::text::without_footnote_marks;

/// What a table that looks like a chart shows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The row in which its columns are labelled.
    pub(crate) header: usize,
    /// The preference that its first cell, or a row of titles, names.
    pub(crate) title: Option<Preference>,
    /// The preference to which its rows belong.
    pub(crate) rows: Option<Preference>,
}

impl Shape {
    /// The preference that the table itself shows. `Err` where its title and its rows differ: title first.
    pub(crate) fn preference(&self) -> Result<Option<Preference>, (Preference, Preference)> {
        match (self.title, self.rows) {
            (Some(title), Some(rows)) if title != rows => Err((title, rows)),
            (title, rows) => Ok(title.or(rows)),
        }
    }
}

/// How many rows can stand above that in which the columns are labelled.
const MOST_TITLE_ROWS: usize = 6;
/// More rows than any chart has.
const MOST_ROWS: usize = 120;

/// What a table shows of itself; `None` where it does not look like a chart: its columns are no areas, its rows are
/// no categories, or most of its cells are written as no cut-offs.
///
/// It takes spellings without a slip to tell that a table is a chart, so that this is quick; what each label means
/// is looked into later.
pub(crate) fn shape_of(table: &Table) -> Option<Shape> {
    if table.is_too_large() || table.len() < 3 || table.len() > MOST_ROWS {
        return None;
    }
    let header = (0..table.len().min(MOST_TITLE_ROWS)).find(|row| {
        table
            .row(*row)
            .skip(1)
            .any(|cell| cell.text.len() < 80 && label::exact_area(cell.text).is_some())
    })?;
    let mut title = None;
    let mut rows = Rows::default();
    let mut cells = 0_usize;
    let mut cut_offs = 0_usize;
    for row in 0..table.len() {
        let mut of_row = table.row(row);
        let Some(first) = of_row.next() else {
            continue;
        };
        if first.text.len() < 80
            && let Some(preference) = label::preference(first.text)
        {
            title = title.or(Some(preference));
            continue;
        }
        if row <= header {
            continue;
        }
        rows.count(&without_footnote_marks(first.text));
        for cell in of_row.filter(|cell| !cell.text.is_empty()) {
            cells += 1;
            cut_offs += usize::from(is_written_as_cut_off(cell.text));
        }
    }
    let looks_like_chart = rows.known >= 2 && cut_offs >= 3 && cut_offs * 2 >= cells;
    looks_like_chart.then(|| Shape {
        header,
        title,
        rows: rows.preference(),
    })
}

#[derive(Default)]
struct Rows {
    known: usize,
    family: usize,
    employment: usize,
}

impl Rows {
    fn count(&mut self, label: &str) {
        if label.len() > 120 {
            return;
        }
        let family = label::exact_category(Preference::Family, label).is_some();
        let employment = label::exact_category(Preference::Employment, label).is_some();
        self.known += usize::from(family || employment);
        // "1st", "3rd" and "4th" stand in both.
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
