//! One walk over a page: its title, its headings and the tables that look like charts.

use bulletin::{Month, Preference};

use crate::heading::{Heading, LONGEST_HEADING, Line, read_line};
use crate::index::month_of_path;
use crate::month::month_of_line;
use crate::shape::{Shape, shape_of};
use crate::style::{self, Hidden};
use crate::table::Table;
use crate::text::{Folding, Text};
use crate::token::{Attributes, TokenSink, tokenize};

/// What a walk over a page found.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// The text of the page's title; empty where it has none.
    pub(crate) title: String,
    /// Months named by other places that name the page's month, with where they stand; each place once.
    pub(crate) mentions: Vec<(Month, Mention)>,
    /// The tables that look like charts, in the order of the page.
    pub(crate) candidates: Vec<Candidate>,
    /// Whether there were more such tables than could ever be charts.
    pub(crate) too_many: bool,
    /// Whether the page broke off inside a table.
    pub(crate) ends_in_table: bool,
    /// Whether the page's own end was there.
    pub(crate) has_end: bool,
    /// Whether there was any text to see.
    pub(crate) has_text: bool,
}

/// Where a page names its month beside its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mention {
    /// A line of its text.
    Heading,
    /// The address that the page gives as its own.
    Address,
}

/// A table that looks like a chart.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) table: Table,
    pub(crate) shape: Shape,
    /// The last chart heading since the chart before.
    pub(crate) heading: Option<Heading>,
    /// The last title for one preference since the chart before.
    pub(crate) title: Option<Preference>,
    /// Whether another section has begun since the last chart heading.
    pub(crate) in_other_section: bool,
}

/// More tables that look like charts than this are no bulletin.
const MOST_CANDIDATES: usize = 16;
/// Tables nested deeper than this are not looked into.
const DEEPEST: usize = 64;
const MOST_MENTIONS: usize = 8;
/// How much of a page's title is looked at, in bytes.
const LONGEST_TITLE: usize = 300;

/// Walks over a page.
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
    /// What is being skipped because it cannot be seen.
    skipped: Option<Skipped>,
    skipped_name: Vec<u8>,
    /// The open tables, outermost first.
    open: Vec<OpenTable>,
    /// Tables whose room can be used again.
    spare: Vec<Table>,
    /// Tables open beyond the deepest that are looked into.
    too_deep: usize,
    line: String,
    line_folding: Folding,
    line_too_long: bool,
    unfinished: String,
    squashed: String,
    heading: Option<Heading>,
    preference: Option<Preference>,
    in_other_section: bool,
    struck: u32,
    superscript: u32,
}

#[derive(Default, PartialEq, Eq)]
enum TitleState {
    #[default]
    Before,
    Inside,
    After,
}

/// A hidden element, up to where it ends.
struct Skipped {
    /// Elements of its name that are open, itself included.
    open: u32,
    /// Tables open inside it.
    tables: u32,
    ends: Ending,
    in_cell: bool,
}

/// What can end an element beside its end tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Nothing.
    EndTag,
    /// The next cell or row.
    Cell,
    /// The next row or group of rows.
    Row,
    /// The next group of rows.
    Group,
    /// The next block.
    Paragraph,
}

struct OpenTable {
    table: Table,
    folding: Folding,
    in_row: bool,
    in_cell: bool,
    /// How many candidates there were when it began.
    candidates: usize,
}

/// What an element does to the text around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Table,
    Group,
    Row,
    Cell,
    Caption,
    Break,
    Block,
    Title,
    Superscript,
    Struck,
    Emphasis,
    Link,
    Page,
    Drawing,
    NeverSeen,
    Void,
    Other,
}

fn tag(name: &[u8]) -> Tag {
    match name {
        b"table" => Tag::Table,
        b"thead" | b"tbody" | b"tfoot" => Tag::Group,
        b"tr" => Tag::Row,
        b"td" | b"th" => Tag::Cell,
        b"caption" => Tag::Caption,
        b"br" | b"hr" => Tag::Break,
        b"p" | b"div" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"li" | b"ul" | b"ol" | b"dl"
        | b"dt" | b"dd" | b"section" | b"article" | b"aside" | b"header" | b"footer" | b"main" | b"nav"
        | b"center" | b"blockquote" | b"pre" | b"address" | b"figure" | b"figcaption" | b"fieldset"
        | b"form" | b"details" | b"summary" | b"hgroup" | b"menu" | b"legend" => Tag::Block,
        b"title" => Tag::Title,
        b"sup" => Tag::Superscript,
        b"s" | b"del" | b"strike" => Tag::Struck,
        b"b" | b"strong" | b"u" | b"em" | b"i" => Tag::Emphasis,
        b"link" => Tag::Link,
        b"html" | b"body" => Tag::Page,
        b"svg" | b"math" => Tag::Drawing,
        b"template" | b"dialog" | b"datalist" => Tag::NeverSeen,
        b"img" | b"input" | b"meta" | b"area" | b"base" | b"col" | b"embed" | b"param" | b"source"
        | b"track" | b"wbr" => Tag::Void,
        _ => Tag::Other,
    }
}

impl TokenSink for Walker {
    fn start_tag(&mut self, name: &[u8], attributes: &Attributes) {
        let tag = tag(name);
        if self.skipped.is_some() && !self.skip_ends_at_start(name, tag) {
            return;
        }
        let hidden = match tag {
            Tag::Drawing if attributes.self_closing => None,
            Tag::Drawing | Tag::NeverSeen => Some(Hidden::Removed),
            Tag::Page | Tag::Void | Tag::Break | Tag::Link | Tag::Title => None,
            _ => style::hidden(attributes),
        };
        match (hidden, tag) {
            (None, _) => {}
            (Some(Hidden::Blank), Tag::Cell) => {
                self.open_cell(attributes);
                self.skip(name, tag);
                return;
            }
            // What is hidden still ends what stands before it.
            (Some(_), Tag::Cell) => {
                self.close_cell();
                self.skip(name, tag);
                return;
            }
            (Some(_), Tag::Row | Tag::Group) => {
                self.close_row();
                self.skip(name, tag);
                return;
            }
            (Some(_), _) => {
                self.skip(name, tag);
                return;
            }
        }
        match tag {
            Tag::Table => self.open_table(),
            Tag::Group => self.close_row(),
            Tag::Row => self.open_row(),
            Tag::Cell => self.open_cell(attributes),
            Tag::Caption | Tag::Break | Tag::Block => self.break_line(),
            Tag::Title if self.title == TitleState::Before => self.title = TitleState::Inside,
            // Another title is no text of the page.
            Tag::Title => self.skip(name, tag),
            Tag::Superscript => {
                self.superscript += 1;
                self.mark_superscript(true);
            }
            Tag::Struck => self.struck += 1,
            Tag::Link => self.note_address(attributes),
            _ => {}
        }
        if !matches!(tag, Tag::Void | Tag::Break | Tag::Page) && style::strikes_through(attributes) {
            self.mark_struck();
        }
    }

    fn end_tag(&mut self, name: &[u8]) {
        let tag = tag(name);
        if self.skipped.is_some() && !self.skip_ends_at_end(name, tag) {
            return;
        }
        match tag {
            Tag::Table => self.close_table(),
            Tag::Group | Tag::Row => self.close_row(),
            Tag::Cell => self.close_cell(),
            Tag::Caption | Tag::Block | Tag::Break => self.break_line(),
            Tag::Title if self.title == TitleState::Inside => self.title = TitleState::After,
            Tag::Superscript if self.superscript > 0 => {
                self.superscript -= 1;
                self.mark_superscript(false);
            }
            Tag::Struck => self.struck = self.struck.saturating_sub(1),
            Tag::Emphasis => self.end_emphasis(),
            Tag::Page => self.outline.has_end = true,
            _ => {}
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
        if self.skipped.is_some() || self.too_deep > 0 {
            return;
        }
        let text = Text::new(text);
        let length = text.len();
        if length > 0 {
            self.outline.has_text = true;
            if self.struck > 0 {
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
            // The page is all there; a table that is still open was only never closed.
            self.outline.ends_in_table = false;
            while !self.open.is_empty() {
                self.close_table();
            }
        }
        self.outline
    }

    fn open_table(&mut self) {
        self.end_line();
        if self.open.last().is_some_and(|open| !open.in_cell) {
            // A table cannot stand between the cells of another: the other was never closed.
            self.close_table();
        }
        if self.open.len() >= DEEPEST {
            self.too_deep += 1;
            return;
        }
        let mut table = self.spare.pop().unwrap_or_default();
        table.clear();
        self.open.push(OpenTable {
            table,
            folding: Folding::default(),
            in_row: false,
            in_cell: false,
            candidates: self.outline.candidates.len(),
        });
    }

    fn open_row(&mut self) {
        self.close_row();
        if let Some(open) = self.open.last_mut().filter(|_| self.too_deep == 0) {
            open.table.begin_row();
            open.in_row = true;
        }
    }

    fn open_cell(&mut self, attributes: &Attributes) {
        self.close_cell();
        if let Some(open) = self.open.last_mut().filter(|_| self.too_deep == 0) {
            if !open.in_row {
                open.table.begin_row();
                open.in_row = true;
            }
            open.table
                .begin_cell(span(&attributes.colspan), span(&attributes.rowspan));
            open.folding = Folding::default();
            open.in_cell = true;
        }
    }

    fn close_cell(&mut self) {
        self.end_line();
        self.superscript = 0;
        self.struck = 0;
        if let Some(open) = self.open.last_mut().filter(|_| self.too_deep == 0) {
            open.in_cell = false;
        }
    }

    fn close_row(&mut self) {
        self.close_cell();
        if let Some(open) = self.open.last_mut().filter(|_| self.too_deep == 0) {
            open.in_row = false;
        }
    }

    fn close_table(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        self.close_row();
        let Some(closed) = self.open.pop() else {
            return;
        };
        let table = closed.table;
        if let Some(outer) = self
            .open
            .last_mut()
            .filter(|outer| outer.in_cell && table.has_text())
        {
            // To a reader, a table in a cell is part of what the cell says.
            outer.folding.break_line();
            outer.table.write(|buffer, start| {
                let text = Text::new(table.beginning().as_bytes());
                outer.folding.push(buffer, start, &text);
            });
            outer.folding.break_line();
        }
        match shape_of(&table) {
            Some(shape) => {
                // A chart's own cells hold no charts.
                self.outline.candidates.truncate(closed.candidates);
                if self.outline.candidates.len() >= MOST_CANDIDATES {
                    self.outline.too_many = true;
                } else {
                    self.outline.candidates.push(Candidate {
                        table,
                        shape,
                        heading: self.heading,
                        title: self.preference,
                        in_other_section: self.in_other_section,
                    });
                }
                self.heading = None;
                self.preference = None;
            }
            None => self.spare.push(table),
        }
    }

    fn break_line(&mut self) {
        self.end_line();
        if let Some(open) = self.open.last_mut().filter(|open| open.in_cell) {
            open.folding.break_line();
        }
    }

    /// Emphasis ends: a heading that prose follows on the same line is one all the same.
    fn end_emphasis(&mut self) {
        if self.line_too_long {
            return;
        }
        if let Line::Chart(heading) = read_line(&self.line, &mut self.squashed) {
            self.heading = Some(heading);
            self.in_other_section = false;
        }
    }

    /// A line of text ends: what it says counts for the tables that follow.
    fn end_line(&mut self) {
        if !self.line.is_empty() && !self.line_too_long {
            self.read_line();
        }
        self.line.clear();
        self.line_too_long = false;
        self.line_folding = Folding::default();
    }

    fn read_line(&mut self) {
        if self.outline.mentions.len() < MOST_MENTIONS
            && let Some(month) = month_of_line(&self.line)
        {
            self.mention(month, Mention::Heading);
        }
        let mut said = read_line(&self.line, &mut self.squashed);
        if !self.unfinished.is_empty() {
            // The line before began a heading: the two may be one.
            if !matches!(said, Line::Chart(_)) {
                self.unfinished.push(' ');
                self.unfinished.push_str(&self.line);
                if let heading @ Line::Chart(_) = read_line(&self.unfinished, &mut self.squashed) {
                    said = heading;
                }
            }
            self.unfinished.clear();
        }
        match said {
            Line::Chart(heading) => {
                self.heading = Some(heading);
                self.in_other_section = false;
            }
            Line::Unfinished => self.unfinished.push_str(&self.line),
            Line::Preference(preference) => {
                self.preference = Some(preference);
                self.in_other_section = false;
            }
            Line::Section => {
                self.heading = None;
                self.preference = None;
                self.in_other_section = true;
            }
            Line::Prose => {}
        }
    }

    fn mention(&mut self, month: Month, place: Mention) {
        if !self.outline.mentions.contains(&(month, place)) && self.outline.mentions.len() < MOST_MENTIONS {
            self.outline.mentions.push((month, place));
        }
    }

    fn note_address(&mut self, attributes: &Attributes) {
        if attributes.rel.eq_ignore_ascii_case(b"canonical") {
            let path = String::from_utf8_lossy(&attributes.href);
            if let Some(month) = month_of_path(&path) {
                self.mention(month, Mention::Address);
            }
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

    /// Skips an element that cannot be seen, and all in it.
    fn skip(&mut self, name: &[u8], tag: Tag) {
        self.skipped_name.clear();
        self.skipped_name.extend_from_slice(name);
        let ends = match tag {
            Tag::Cell => Ending::Cell,
            Tag::Row => Ending::Row,
            Tag::Group => Ending::Group,
            _ if name == b"p" => Ending::Paragraph,
            _ => Ending::EndTag,
        };
        self.skipped = Some(Skipped {
            open: 1,
            tables: u32::from(tag == Tag::Table),
            ends,
            in_cell: self.open.last().is_some_and(|open| open.in_cell),
        });
    }

    /// Whether a start tag ends what is skipped, so that it counts itself.
    fn skip_ends_at_start(&mut self, name: &[u8], tag: Tag) -> bool {
        let Some(skipped) = &mut self.skipped else {
            return true;
        };
        let inside_table = skipped.tables > 0;
        let ends = !inside_table
            && match skipped.ends {
                Ending::EndTag => false,
                Ending::Cell => matches!(tag, Tag::Cell | Tag::Row | Tag::Group),
                Ending::Row => matches!(tag, Tag::Row | Tag::Group),
                Ending::Group => tag == Tag::Group,
                Ending::Paragraph => {
                    matches!(tag, Tag::Block | Tag::Table | Tag::Cell | Tag::Row | Tag::Group)
                }
            };
        // A hidden element that is never closed ends with the cell it stands in.
        let cell_ends = !inside_table && skipped.in_cell && matches!(tag, Tag::Cell | Tag::Row | Tag::Group);
        if ends || cell_ends {
            self.skipped = None;
            return true;
        }
        if tag == Tag::Table {
            skipped.tables += 1;
        }
        if name == self.skipped_name.as_slice() {
            skipped.open += 1;
        }
        false
    }

    /// Whether an end tag ends what is skipped and counts itself.
    fn skip_ends_at_end(&mut self, name: &[u8], tag: Tag) -> bool {
        let Some(skipped) = &mut self.skipped else {
            return true;
        };
        if name == self.skipped_name.as_slice() {
            skipped.open -= 1;
            if tag == Tag::Table {
                skipped.tables = skipped.tables.saturating_sub(1);
            }
            if skipped.open == 0 {
                self.skipped = None;
                // Its own end tag ends a cell or a row that was opened for it, and nothing else.
                return matches!(tag, Tag::Cell);
            }
            return false;
        }
        let inside_table = skipped.tables > 0;
        if tag == Tag::Table && inside_table {
            skipped.tables -= 1;
            return false;
        }
        let in_table = skipped.in_cell || matches!(skipped.ends, Ending::Cell | Ending::Row | Ending::Group);
        if !inside_table && in_table && matches!(tag, Tag::Cell | Tag::Row | Tag::Group | Tag::Table) {
            // The table around it goes on, or ends.
            let ends = match skipped.ends {
                Ending::Row => matches!(tag, Tag::Group | Tag::Table) || skipped.in_cell,
                Ending::Group => tag == Tag::Table || skipped.in_cell,
                _ => true,
            };
            if ends {
                self.skipped = None;
                return true;
            }
        }
        false
    }
}

/// A `colspan` or `rowspan`: 1 where there is none; at least 2 for what is neither 1 nor a usual number.
fn span(value: &[u8]) -> u16 {
    let text = std::str::from_utf8(value).unwrap_or("").trim();
    if text.is_empty() {
        return 1;
    }
    match text.parse::<u32>() {
        // A rowspan of 0 runs to the table's end.
        Ok(0) => 1000,
        Ok(number) => number.min(1000) as u16,
        // Browsers read the digits at the beginning, and ignore all else.
        Err(_) => {
            let digits: String = text.chars().take_while(char::is_ascii_digit).take(4).collect();
            digits.parse::<u16>().map_or(1, |number| number.clamp(1, 1000))
        }
    }
}
