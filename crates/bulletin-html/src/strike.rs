//! Open elements that strike their text through, inside or outside a table.

use crate::tag::Tag;

/// The open elements that strike text through.
#[derive(Debug, Default)]
pub(crate) struct Strikes {
    open: Vec<Strike>,
}

#[derive(Debug)]
struct Strike {
    name: Vec<u8>,
    /// Open elements with its name, itself included.
    count: u32,
    /// The number of tables that are open around it.
    tables: usize,
    in_cell: bool,
}

/// More open elements than this are not counted; the text stays struck through.
const MOST_OPEN: usize = 64;

impl Strikes {
    /// True if text is struck through here.
    pub(crate) fn is_struck(&self) -> bool {
        !self.open.is_empty()
    }

    /// Handles a start tag. `strikes` if the element strikes its text through; `tables` is the number of open
    /// tables.
    pub(crate) fn start(&mut self, name: &[u8], tag: Tag, strikes: bool, (tables, in_cell): (usize, bool)) {
        if !self.open.is_empty() {
            let ends_paragraph = matches!(tag, Tag::Block | Tag::Table) || tag.is_part_of_table();
            if ends_paragraph {
                self.open
                    .retain(|strike| strike.name != b"p" || strike.tables != tables);
            }
            let known = self.open.iter_mut().rev();
            let mut same = known.filter(|strike| strike.name == name && strike.tables == tables);
            if let Some(strike) = same.next() {
                strike.count += 1;
                return;
            }
        }
        if strikes && self.open.len() < MOST_OPEN {
            self.open.push(Strike {
                name: name.to_vec(),
                count: 1,
                tables,
                in_cell,
            });
        }
    }

    /// Handles an end tag.
    pub(crate) fn end(&mut self, name: &[u8], tables: usize) {
        let same = |strike: &Strike| strike.name == name && strike.tables == tables;
        if let Some(at) = self.open.iter().rposition(same) {
            self.open[at].count -= 1;
            if self.open[at].count == 0 {
                self.open.remove(at);
            }
        }
    }

    /// Ends everything that began in the cell that ends.
    pub(crate) fn end_cell(&mut self, tables: usize) {
        self.open
            .retain(|strike| strike.tables < tables || (strike.tables == tables && !strike.in_cell));
    }

    /// Ends everything that began in the table that ends.
    pub(crate) fn end_table(&mut self, tables: usize) {
        self.open.retain(|strike| strike.tables < tables);
    }
}
