//! A hidden element that is skipped, and where it ends.

use crate::tag::Tag;

/// A hidden element, up to its end.
#[derive(Debug)]
pub(crate) struct Skipped {
    /// Open elements with its name, itself included.
    open: u32,
    /// Tables open inside it.
    tables: u32,
    /// True for a `p`, which the next block ends.
    is_paragraph: bool,
    in_cell: bool,
}

impl Skipped {
    /// A hidden element that begins here; `in_cell` if it is in a cell.
    pub(crate) fn new(name: &[u8], tag: Tag, in_cell: bool) -> Self {
        Self {
            open: 1,
            tables: u32::from(tag == Tag::Table),
            is_paragraph: name == b"p",
            in_cell,
        }
    }

    /// True if it is in a cell.
    pub(crate) fn is_in_cell(&self) -> bool {
        self.in_cell
    }

    /// True if a start tag ends the element, so that the tag itself counts. `same_name` if it has the same name.
    pub(crate) fn ends_at_start(&mut self, tag: Tag, same_name: bool) -> bool {
        if self.tables == 0 {
            let block = matches!(tag, Tag::Block | Tag::Table);
            // A hidden element that is never closed ends with its cell.
            if (self.is_paragraph && (block || tag.is_part_of_table()))
                || (self.in_cell && tag.is_part_of_table())
            {
                return true;
            }
        }
        self.tables += u32::from(tag == Tag::Table);
        self.open += u32::from(same_name);
        false
    }

    /// Handles an end tag inside the element.
    pub(crate) fn take_end(&mut self, tag: Tag, same_name: bool) -> End {
        if same_name {
            self.open -= 1;
            if tag == Tag::Table {
                self.tables = self.tables.saturating_sub(1);
            }
            return if self.open == 0 { End::Own } else { End::Inside };
        }
        if tag == Tag::Table && self.tables > 0 {
            self.tables -= 1;
            return End::Inside;
        }
        if self.tables == 0 && self.in_cell && (tag.is_part_of_table() || tag == Tag::Table) {
            return End::Outer;
        }
        End::Inside
    }
}

/// The meaning of an end tag for a skipped element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is the element's own end tag.
    Own,
    /// It ends something inside the element.
    Inside,
    /// It ends the cell around the element, and so the element.
    Outer,
}
