//! One pass over a page that collects its title, its headings and the tables that look like charts.
//!
//! It does not read the tables: `selection.rs` decides which chart a table is, and `chart.rs` reads it. Text lines are
//! in `line.rs`, hidden content in `shadow.rs`, rows outside a table in `stray.rs`. Start reading at [`walk`].

mod line;
mod shadow;
mod stray;

use bulletin::Preference;

use crate::heading::{Heading, LONGEST_HEADING};
use crate::open_table::OpenTable;
use crate::outline::{Candidate, Outline};
use crate::shape::{Shape, continuation_of, shape_of, stray_rows_of};
use crate::skip::Skipped;
use crate::strike::Strikes;
use crate::style;
use crate::table::Table;
use crate::tag::Tag;
use crate::text::{Folding, Text};
use crate::token::{Attributes, TokenSink, tokenize};
use crate::visibility::Hidden;

/// A page with more tables that look like charts than this is not a bulletin.
const MOST_CANDIDATES: usize = 16;
/// The limit of nesting. Deeper tables are not examined.
const DEEPEST: usize = 64;
const MOST_MENTIONS: usize = 8;
/// The limit of the page's title, in bytes.
const LONGEST_TITLE: usize = 300;

/// Collects the outline of a page.
pub(crate) fn walk(html: &[u8]) -> Outline {
    let mut walker = Walker::default();
    let broke_off = tokenize(html, &mut walker);
    walker.finish(broke_off)
}

#[derive(Default)]
struct Walker {
    outline: Outline,
    title: TitleState,
    title_folding: Folding,
    /// The hidden element that is being skipped.
    skipped: Option<Skipped>,
    skipped_name: Vec<u8>,
    /// Reads the hidden parts of the page: a collapsed accordion may contain charts.
    shadow: Option<Box<Walker>>,
    /// True if this walker is the shadow of another one.
    is_shadow: bool,
    /// True if the element being skipped goes to the shadow.
    to_shadow: bool,
    /// The open tables, outermost first.
    open: Vec<OpenTable>,
    /// Tables whose memory can be reused.
    spare: Vec<Table>,
    /// The number of open tables beyond the limit of nesting.
    too_deep: usize,
    line: String,
    line_folding: Folding,
    line_too_long: bool,
    /// True if part of the line is a link.
    line_has_link: bool,
    unfinished: String,
    /// True if the unfinished text is a heading even without the next line.
    unfinished_is_heading: bool,
    squashed: String,
    heading: Option<Heading>,
    preference: Option<Preference>,
    in_other_section: bool,
    /// True if no heading has followed the last chart.
    after_chart: bool,
    /// True if a chart has ended and no text has followed.
    is_past_chart: bool,
    strikes: Strikes,
    superscript: u32,
}

#[derive(Default, PartialEq, Eq)]
enum TitleState {
    #[default]
    Before,
    Inside,
    After,
}

impl TokenSink for Walker {
    fn start_tag(&mut self, name: &[u8], attributes: &Attributes) {
        let tag = Tag::from_name(name);
        if self.skipped.is_some() && !self.skip_ends_at_start(name, tag, attributes) {
            return;
        }
        let hidden = match tag {
            Tag::Drawing if attributes.self_closing => None,
            Tag::Drawing | Tag::NeverSeen => Some(Hidden::OffScreen),
            tag if tag.has_content() => style::hidden(attributes),
            _ => None,
        };
        if let Some(hidden) = hidden
            && !tag.is_part_of_table()
        {
            self.skip(name, tag, hidden, attributes);
            return;
        }
        let strikes = tag.has_content() && style::strikes_through(attributes);
        match tag {
            Tag::Table => self.open_table(strikes),
            Tag::Head | Tag::Group => self.open_group(tag, hidden.is_some(), strikes),
            Tag::Row => self.open_row(hidden.is_some(), strikes),
            Tag::Cell => self.open_cell(attributes, hidden, strikes),
            Tag::Caption | Tag::Break | Tag::Block => self.break_line(),
            Tag::Title if self.title == TitleState::Before && !self.is_shadow => {
                self.title = TitleState::Inside;
            }
            // A second title is not part of the page's text.
            Tag::Title => self.skip(name, tag, Hidden::OffScreen, attributes),
            Tag::Superscript => {
                self.superscript += 1;
                self.mark_superscript(true);
            }
            Tag::Link => self.note_address(attributes),
            Tag::Anchor => self.line_has_link |= !attributes.href.is_empty(),
            _ => {}
        }
        if tag.has_content() && !tag.is_part_of_table() && tag != Tag::Table {
            self.strikes
                .start(name, tag, strikes || tag == Tag::Struck, self.place());
        }
    }

    fn end_tag(&mut self, name: &[u8]) {
        let tag = Tag::from_name(name);
        if self.skipped.is_some() && !self.skip_ends_at_end(name, tag) {
            return;
        }
        match tag {
            Tag::Table => self.close_table(),
            Tag::Head | Tag::Group => self.close_group(),
            Tag::Row => self.close_row(),
            Tag::Cell => {
                self.is_past_chart = false;
                self.close_cell();
            }
            Tag::Caption | Tag::Block | Tag::Break => self.break_line(),
            Tag::Title if self.title == TitleState::Inside => self.title = TitleState::After,
            Tag::Superscript if self.superscript > 0 => {
                self.superscript -= 1;
                self.mark_superscript(false);
            }
            Tag::Emphasis => self.end_emphasis(),
            Tag::Page => self.outline.has_end = true,
            _ => {}
        }
        if self.strikes.is_struck() {
            self.strikes.end(name, self.open.len());
        }
    }

    fn text(&mut self, text: &[u8]) {
        if self.title == TitleState::Inside {
            if self.outline.title.len() < LONGEST_TITLE {
                self.title_folding
                    .push(&mut self.outline.title, 0, &Text::new(text));
            }
            return;
        }
        if self.skipped.is_some() {
            self.skip_text(text);
            return;
        }
        if self.too_deep > 0 {
            return;
        }
        let text = Text::new(text);
        let length = text.len();
        if length > 0 {
            self.outline.has_text = true;
            self.is_past_chart = false;
            if self.strikes.is_struck() || self.open.iter().any(OpenTable::is_struck) {
                self.mark_struck();
            }
            self.line_too_long |= self.line.len() > LONGEST_HEADING || length > 2 * LONGEST_HEADING;
        }
        let cell = self.open.last_mut().filter(|open| open.in_cell);
        if cell.is_none() && self.line_too_long {
            return;
        }
        if !self.line_too_long {
            self.line_folding.push(&mut self.line, 0, &text);
        }
        if let Some(open) = cell {
            open.table
                .write(|buffer, start| open.folding.push(buffer, start, &text));
        }
    }
}

impl Walker {
    fn finish(mut self, broke_off: bool) -> Outline {
        self.end_line();
        self.outline.ends_in_table = !self.open.is_empty() || self.too_deep > 0;
        if self.outline.has_end && !broke_off {
            // The page is complete; the end tag of an open table is missing.
            self.outline.ends_in_table = false;
            while !self.open.is_empty() {
                self.close_table();
            }
        }
        self.end_shadow();
        self.outline
    }

    /// The number of open tables, and whether a cell of the innermost is open.
    fn place(&self) -> (usize, bool) {
        (self.open.len(), self.open.last().is_some_and(|open| open.in_cell))
    }

    /// The innermost table, unless tables are nested too deeply.
    fn innermost(&mut self) -> Option<&mut OpenTable> {
        self.open.last_mut().filter(|_| self.too_deep == 0)
    }

    fn open_table(&mut self, struck: bool) {
        self.end_line();
        self.is_past_chart = false;
        if self
            .open
            .last()
            .is_some_and(|open| !open.in_cell || open.is_stray)
        {
            // A table outside the cells of another: the other's end tag is missing.
            self.close_table();
        }
        if self.unfinished_is_heading {
            // A heading over a group of tables is complete: the first label of a table does not continue it.
            self.unfinished.clear();
        }
        if self.open.len() >= DEEPEST {
            self.too_deep += 1;
            return;
        }
        self.strikes
            .start(b"table", Tag::Table, false, (self.open.len(), true));
        let mut table = self.spare.pop().unwrap_or_default();
        table.clear();
        self.open
            .push(OpenTable::new(table, struck, self.outline.candidates.len()));
    }

    fn open_group(&mut self, tag: Tag, hidden: bool, struck: bool) {
        self.close_row();
        if let Some(open) = self.innermost() {
            open.open_group(tag, hidden, struck);
        }
    }

    fn open_row(&mut self, hidden: bool, struck: bool) {
        self.open_stray_rows();
        self.close_row();
        if let Some(open) = self.innermost() {
            open.open_row(hidden, struck);
        }
    }

    fn open_cell(&mut self, attributes: &Attributes, hidden: Option<Hidden>, struck: bool) {
        self.open_stray_rows();
        self.close_cell();
        if let Some(open) = self.innermost() {
            open.open_cell(attributes, hidden, struck);
        }
    }

    fn close_cell(&mut self) {
        self.end_line();
        self.superscript = 0;
        if self.strikes.is_struck() {
            self.strikes.end_cell(self.open.len());
        }
        if let Some(open) = self.innermost() {
            open.close_cell();
        }
    }

    fn close_row(&mut self) {
        self.close_cell();
        if let Some(open) = self.innermost() {
            open.close_row();
        }
    }

    fn close_group(&mut self) {
        self.close_row();
        if let Some(open) = self.innermost() {
            open.close_group();
        }
    }

    fn close_table(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        self.close_row();
        self.strikes.end_table(self.open.len());
        let Some(closed) = self.open.pop() else {
            return;
        };
        let mut table = closed.table;
        self.write_into_outer(&table);
        table.order_rows();
        let shape = self.shape_of_closed(&table, closed.is_stray);
        let Some(shape) = shape else {
            self.spare.push(table);
            return;
        };
        if closed.is_stray && shape.header.is_none() {
            self.add_stray_rows(table, shape);
            return;
        }
        // Tables nested in a chart are not charts.
        self.outline.candidates.truncate(closed.candidates);
        let candidate = Candidate {
            table,
            shape,
            heading: self.heading,
            title: self.preference,
            in_other_section: self.in_other_section,
            follows_chart: self.after_chart,
        };
        if self.open.iter().any(OpenTable::is_hidden) {
            self.hide(candidate);
            return;
        }
        if self.outline.candidates.len() >= MOST_CANDIDATES {
            self.outline.too_many = true;
        } else {
            self.outline.candidates.push(candidate);
        }
        // A heading for one chart applies once; a heading for a group of charts applies until the next heading.
        self.heading = self.heading.filter(|heading| heading.preference.is_none());
        self.preference = None;
        self.after_chart = true;
        self.is_past_chart = true;
    }

    /// Appends the text of a nested table to its cell, because a reader sees it as part of the cell.
    fn write_into_outer(&mut self, table: &Table) {
        let outer = self.open.last_mut();
        let Some(outer) = outer.filter(|outer| outer.in_cell && table.has_text()) else {
            return;
        };
        outer.folding.break_line();
        outer.table.write(|buffer, start| {
            let text = Text::new(table.beginning().as_bytes());
            outer.folding.push(buffer, start, &text);
        });
        outer.folding.break_line();
    }

    /// The shape of a closed table; `None` if it neither looks like a chart nor continues one.
    fn shape_of_closed(&self, table: &Table, is_stray: bool) -> Option<Shape> {
        shape_of(table).or_else(|| {
            let before = self.outline.candidates.last()?;
            match (is_stray, self.after_chart) {
                (true, _) => stray_rows_of(table, &before.shape),
                (false, true) => continuation_of(table, &before.shape),
                (false, false) => None,
            }
        })
    }

    /// Keeps a hidden table that looks like a chart. The heading before it still applies to the next visible table.
    fn hide(&mut self, candidate: Candidate) {
        if self.outline.hidden.len() < MOST_CANDIDATES {
            self.outline.hidden.push(candidate);
        }
    }

    fn break_line(&mut self) {
        self.end_line();
        if let Some(open) = self.open.last_mut().filter(|open| open.in_cell) {
            open.folding.break_line();
        }
    }

    fn mark_superscript(&mut self, begins: bool) {
        if let Some(open) = self.open.last_mut().filter(|open| open.in_cell) {
            open.table
                .write(|buffer, start| open.folding.mark_superscript(buffer, start, begins));
        }
    }

    fn mark_struck(&mut self) {
        if let Some(open) = self.open.last_mut().filter(|open| open.in_cell) {
            open.table
                .write(|buffer, start| open.folding.mark_struck(buffer, start));
        }
    }
}
