//! A table whose end tag has not been read yet: its open group, row and cell.

use crate::table::{Section, Table};
use crate::tag::Tag;
use crate::text::Folding;
use crate::token::Attributes;
use crate::visibility::Hidden;

/// A table whose end tag has not been read yet.
#[derive(Debug)]
pub(crate) struct OpenTable {
    pub(crate) table: Table,
    pub(crate) folding: Folding,
    pub(crate) in_cell: bool,
    /// The number of candidates there were when it began.
    pub(crate) candidates: usize,
    /// True for rows that follow the end of a chart, as after a stray `</table>` between its rows.
    pub(crate) is_stray: bool,
    in_row: bool,
    /// The number of row groups so far.
    groups: u16,
    section: Section,
    /// The style of the table, the row group, the row and the cell that are open.
    styles: [Style; 4],
}

/// The effect of a style on text.
#[derive(Debug, Clone, Copy, Default)]
struct Style {
    hidden: bool,
    struck: bool,
}

const TABLE: usize = 0;
const GROUP: usize = 1;
const ROW: usize = 2;
const CELL: usize = 3;

impl OpenTable {
    /// A table that begins. `struck` if its style strikes text through.
    pub(crate) fn new(table: Table, struck: bool, candidates: usize) -> Self {
        let mut styles = [Style::default(); 4];
        styles[TABLE].struck = struck;
        Self {
            table,
            folding: Folding::default(),
            in_cell: false,
            candidates,
            is_stray: false,
            in_row: false,
            groups: 0,
            section: Section::default(),
            styles,
        }
    }

    /// True if the style of the table, or of the open group, row or cell, strikes text through.
    pub(crate) fn is_struck(&self) -> bool {
        self.styles.iter().any(|style| style.struck)
    }

    /// True if the open group, row or cell is hidden.
    pub(crate) fn is_hidden(&self) -> bool {
        self.styles.iter().any(|style| style.hidden)
    }

    pub(crate) fn open_group(&mut self, tag: Tag, hidden: bool, struck: bool) {
        self.groups = self.groups.saturating_add(1);
        self.section = Section {
            number: self.groups,
            is_head: tag == Tag::Head,
        };
        self.styles[GROUP] = Style { hidden, struck };
    }

    pub(crate) fn open_row(&mut self, hidden: bool, struck: bool) {
        self.styles[ROW] = Style { hidden, struck };
        let hidden = hidden || self.styles[GROUP].hidden;
        self.table.begin_row(self.section, hidden);
        self.in_row = true;
    }

    pub(crate) fn open_cell(&mut self, attributes: &Attributes, hidden: Option<Hidden>, struck: bool) {
        if !self.in_row {
            self.open_row(false, false);
        }
        self.styles[CELL] = Style {
            hidden: hidden.is_some(),
            struck,
        };
        self.table.begin_cell(
            span(&attributes.colspan, 1),
            span(&attributes.rowspan, 1000),
            hidden,
        );
        self.folding = Folding::default();
        self.in_cell = true;
    }

    pub(crate) fn close_cell(&mut self) {
        self.in_cell = false;
        self.styles[CELL] = Style::default();
    }

    pub(crate) fn close_row(&mut self) {
        self.in_row = false;
        self.styles[ROW] = Style::default();
    }

    pub(crate) fn close_group(&mut self) {
        self.section = Section::default();
        self.styles[GROUP] = Style::default();
    }
}

/// A `colspan` or `rowspan`: 1 if there is none. A rowspan of 0 runs to the end of the group, a colspan of 0 is invalid
/// and counts as 1.
fn span(value: &[u8], zero: u16) -> u16 {
    let text = std::str::from_utf8(value).unwrap_or("").trim();
    if text.is_empty() {
        return 1;
    }
    match text.parse::<u32>() {
        Ok(0) => zero,
        Ok(number) => number.min(1000) as u16,
        // Browsers read the digits at the beginning, and ignore everything else.
        Err(_) => {
            let digits: String = text.chars().take_while(char::is_ascii_digit).take(4).collect();
            digits.parse::<u16>().map_or(1, |number| number.clamp(1, 1000))
        }
    }
}
