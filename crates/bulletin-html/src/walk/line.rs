//! Lines of text during the walk: headings, titles, and places that name the page's month.

use bulletin::Month;

use super::{MOST_MENTIONS, Walker};
use crate::heading::{Heading, Line, read_line};
use crate::index::month_of_path;
use crate::month::month_of_line;
use crate::open_table::OpenTable;
use crate::outline::Mention;
use crate::text::Folding;
use crate::token::Attributes;

impl Walker {
    /// Emphasis ends: a heading can be followed by prose on the same line.
    pub(super) fn end_emphasis(&mut self) {
        if self.line_too_long {
            return;
        }
        if let Line::Chart(heading) = read_line(&self.line, &mut self.squashed)
            && heading.preference.is_some()
        {
            self.begin_chart(heading);
        }
    }

    /// Ends a line of text: its meaning applies to the tables that follow.
    pub(super) fn end_line(&mut self) {
        if !self.line.is_empty() && !self.line_too_long && !self.open.iter().any(OpenTable::is_hidden) {
            self.read_line();
        }
        self.line.clear();
        self.line_too_long = false;
        self.line_has_link = false;
        self.line_folding = Folding::default();
    }

    fn read_line(&mut self) {
        if self.outline.mentions.len() < MOST_MENTIONS
            && !self.line_has_link
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
        self.unfinished_is_heading = matches!(said, Line::Chart(_));
        match said {
            Line::Chart(heading) => {
                if heading.preference.is_none() {
                    self.unfinished.push_str(&self.line);
                }
                self.begin_chart(heading);
            }
            Line::Unfinished => self.unfinished.push_str(&self.line),
            Line::Preference(preference) => {
                self.preference = Some(preference);
                self.in_other_section = false;
                self.after_chart = false;
            }
            Line::Section => {
                self.heading = None;
                self.preference = None;
                self.in_other_section = true;
                self.after_chart = false;
            }
            Line::Prose => {}
        }
    }

    /// Begins the range of a chart heading. A heading without a preference never replaces the full heading of
    /// a chart that has not come yet.
    fn begin_chart(&mut self, heading: Heading) {
        let is_pending = self.heading.is_some_and(|known| known.preference.is_some());
        if heading.preference.is_some() || !is_pending {
            self.heading = Some(heading);
        }
        self.in_other_section = false;
        self.after_chart = false;
    }

    fn mention(&mut self, month: Month, place: Mention) {
        if !self.outline.mentions.contains(&(month, place)) && self.outline.mentions.len() < MOST_MENTIONS {
            self.outline.mentions.push((month, place));
        }
    }

    pub(super) fn note_address(&mut self, attributes: &Attributes) {
        if !self.is_shadow && attributes.rel.eq_ignore_ascii_case(b"canonical") {
            let path = String::from_utf8_lossy(&attributes.href);
            if let Some(month) = month_of_path(&path) {
                self.mention(month, Mention::Address);
            }
        }
    }
}
