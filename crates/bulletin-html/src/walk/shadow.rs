//! Hidden elements: the shadow, a second walker, reads the collapsed ones.

use super::Walker;
use crate::open_table::OpenTable;
use crate::skip::{End, Skipped};
use crate::strike::Strikes;
use crate::style;
use crate::tag::Tag;
use crate::token::{Attributes, TokenSink as _};
use crate::visibility::Hidden;

impl Walker {
    /// Skips a hidden element and everything in it. Collapsed elements go to the shadow.
    pub(super) fn skip(&mut self, name: &[u8], tag: Tag, hidden: Hidden, attributes: &Attributes) {
        if matches!(tag, Tag::Block | Tag::Table) {
            // The line before it may be its heading.
            self.end_line();
        }
        self.skipped_name.clear();
        self.skipped_name.extend_from_slice(name);
        let (_, in_cell) = self.place();
        self.skipped = Some(Skipped::new(name, tag, in_cell));
        let is_struck = self.strikes.is_struck() || self.open.iter().any(OpenTable::is_struck);
        self.to_shadow = hidden != Hidden::OffScreen && !self.is_shadow && !is_struck;
        if !self.to_shadow {
            return;
        }
        let shadow = self.shadow.get_or_insert_default();
        shadow.is_shadow = true;
        shadow.heading = self.heading;
        shadow.preference = self.preference;
        shadow.in_other_section = self.in_other_section;
        shadow.after_chart = false;
        if tag == Tag::Table {
            shadow.open_table(style::strikes_through(attributes));
        }
    }

    pub(super) fn skip_text(&mut self, text: &[u8]) {
        if self.skipped.as_ref().is_some_and(Skipped::is_in_cell)
            && !text.trim_ascii().is_empty()
            && let Some(open) = self.innermost()
        {
            open.table.note_hidden_text();
        }
        if let Some(shadow) = self.shadow.as_mut().filter(|_| self.to_shadow) {
            shadow.text(text);
        }
    }

    /// Adds the shadow's results since the hidden element began.
    pub(super) fn end_shadow(&mut self) {
        let Some(mut shadow) = self.shadow.take_if(|_| self.to_shadow) else {
            return;
        };
        self.to_shadow = false;
        shadow.skipped = None;
        shadow.end_line();
        while !shadow.open.is_empty() {
            shadow.close_table();
        }
        shadow.unfinished.clear();
        shadow.strikes = Strikes::default();
        shadow.too_deep = 0;
        let found = shadow.outline.candidates.drain(..);
        for candidate in found.chain(shadow.outline.hidden.drain(..)) {
            self.hide(candidate);
        }
        self.shadow = Some(shadow);
    }

    /// True if a start tag ends the skipped element, so that the tag itself counts.
    pub(super) fn skip_ends_at_start(&mut self, name: &[u8], tag: Tag, attributes: &Attributes) -> bool {
        let same_name = name == self.skipped_name.as_slice();
        let Some(skipped) = &mut self.skipped else {
            return true;
        };
        if skipped.ends_at_start(tag, same_name) {
            self.skipped = None;
            self.end_shadow();
            return true;
        }
        if let Some(shadow) = self.shadow.as_mut().filter(|_| self.to_shadow) {
            shadow.start_tag(name, attributes);
        }
        false
    }

    /// True if an end tag ends the skipped element, and counts outside it.
    pub(super) fn skip_ends_at_end(&mut self, name: &[u8], tag: Tag) -> bool {
        let same_name = name == self.skipped_name.as_slice();
        let Some(skipped) = &mut self.skipped else {
            return true;
        };
        let end = skipped.take_end(tag, same_name);
        if end == End::Inside {
            if let Some(shadow) = self.shadow.as_mut().filter(|_| self.to_shadow) {
                shadow.end_tag(name);
            }
            return false;
        }
        self.skipped = None;
        self.end_shadow();
        end == End::Outer
    }
}
