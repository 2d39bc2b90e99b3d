//! The page as a stream of tags and text. Start at [`tokenize`].
//!
//! `html5gum` does the tokenizing by the standard's state machine. This is its emitter, written for pages of
//! which only a little is needed: it keeps nothing of comments, scripts and other attributes, and reuses one
//! buffer each for every name, attribute and text.

use html5gum::{Emitter, Error, State, Tokenizer};

use crate::input::Input;
use crate::style_sheet::StyleSheets;
use crate::visibility::Hidden;

/// The receiver of the page's tags and text, in the order of the page.
pub(crate) trait TokenSink {
    /// A start tag. Its name is in lower case.
    fn start_tag(&mut self, name: &[u8], attributes: &Attributes);
    /// An end tag. Its name is in lower case.
    fn end_tag(&mut self, name: &[u8]);
    /// Text with its entities decoded; never that of scripts, styles and the like. Two texts can follow each
    /// other.
    fn text(&mut self, text: &[u8]);
}

/// Tokenizes a page to its end. True if it ends inside a tag.
pub(crate) fn tokenize(html: &[u8], sink: &mut impl TokenSink) -> bool {
    let mut broke_off = false;
    let sheets = StyleSheets::of_page(html);
    let emitter = PageEmitter {
        sink,
        has_rules: !sheets.is_empty(),
        sheets,
        broke_off: &mut broke_off,
        tag: TagKind::None,
        name: Vec::with_capacity(32),
        last_start_tag: Vec::with_capacity(32),
        attributes: Attributes::default(),
        attribute: Vec::with_capacity(32),
        slot: Slot::Unknown,
        text: Vec::with_capacity(4096),
        raw_text: false,
        foreign_depth: 0,
    };
    let Ok(()) = Tokenizer::new_with_emitter(Input::new(html), emitter).finish();
    broke_off
}

/// The attributes of a start tag that matter for charts or links.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    /// `style`, as written; empty if it is missing.
    pub(crate) style: Vec<u8>,
    /// `class` and `id`, as written; empty where no rule of the page's style sheets could apply.
    pub(crate) class: Vec<u8>,
    pub(crate) id: Vec<u8>,
    /// True if a rule of the page's style sheets may strike through the element's text.
    pub(crate) struck_by_rule: bool,
    /// The way in which a rule of the page's style sheets hides the element, unless its own style shows it.
    pub(crate) hidden_by_rule: Option<Hidden>,
    /// `href`, as written.
    pub(crate) href: Vec<u8>,
    /// `rel`.
    pub(crate) rel: Vec<u8>,
    /// `colspan`.
    pub(crate) colspan: Vec<u8>,
    /// `rowspan`.
    pub(crate) rowspan: Vec<u8>,
    /// True if `hidden` is there, with any value.
    pub(crate) hidden: bool,
    /// True if the tag ends in `/>`, which counts only inside of drawings.
    pub(crate) self_closing: bool,
}

impl Attributes {
    fn clear(&mut self) {
        self.style.clear();
        self.class.clear();
        self.id.clear();
        self.struck_by_rule = false;
        self.hidden_by_rule = None;
        self.href.clear();
        self.rel.clear();
        self.colspan.clear();
        self.rowspan.clear();
        self.hidden = false;
        self.self_closing = false;
    }

    fn slot(&mut self, slot: Slot) -> Option<&mut Vec<u8>> {
        match slot {
            Slot::Style => Some(&mut self.style),
            Slot::Class => Some(&mut self.class),
            Slot::Id => Some(&mut self.id),
            Slot::Href => Some(&mut self.href),
            Slot::Rel => Some(&mut self.rel),
            Slot::Colspan => Some(&mut self.colspan),
            Slot::Rowspan => Some(&mut self.rowspan),
            Slot::Unknown | Slot::Unwanted => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TagKind {
    None,
    Start,
    End,
}

/// The destination of the current attribute's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Its name is not complete yet.
    Unknown,
    Unwanted,
    Style,
    Class,
    Id,
    Href,
    Rel,
    Colspan,
    Rowspan,
}

struct PageEmitter<'a, S> {
    sink: &'a mut S,
    sheets: StyleSheets<'a>,
    has_rules: bool,
    broke_off: &'a mut bool,
    tag: TagKind,
    name: Vec<u8>,
    last_start_tag: Vec<u8>,
    attributes: Attributes,
    attribute: Vec<u8>,
    slot: Slot,
    text: Vec<u8>,
    /// True inside an element whose text is not for readers.
    raw_text: bool,
    /// The number of open `svg` and `math` elements: a `title` in them is not the page's, and is ordinary
    /// markup.
    foreign_depth: u32,
}

impl<S: TokenSink> PageEmitter<'_, S> {
    fn flush_text(&mut self) {
        if !self.text.is_empty() {
            self.sink.text(&self.text);
            self.text.clear();
        }
    }

    /// Chooses the destination of an attribute's value once its name is complete. If an attribute is written
    /// twice, the first one counts.
    fn resolve_slot(&mut self) {
        if self.slot != Slot::Unknown {
            return;
        }
        let slot = match self.attribute.as_slice() {
            b"style" => Slot::Style,
            b"class" if self.has_rules => Slot::Class,
            b"id" if self.has_rules => Slot::Id,
            b"href" => Slot::Href,
            b"rel" => Slot::Rel,
            b"colspan" => Slot::Colspan,
            b"rowspan" => Slot::Rowspan,
            b"hidden" => {
                self.attributes.hidden = true;
                Slot::Unwanted
            }
            _ => Slot::Unwanted,
        };
        let free =
            self.tag == TagKind::Start && self.attributes.slot(slot).is_some_and(|value| value.is_empty());
        self.slot = if free { slot } else { Slot::Unwanted };
    }

    fn finish_attribute(&mut self) {
        if !self.attribute.is_empty() {
            self.resolve_slot();
            self.attribute.clear();
        }
        self.slot = Slot::Unknown;
    }

    fn apply_rules(&mut self) {
        let Attributes { class, id, .. } = &self.attributes;
        let is_struck = self.sheets.strike(&self.name, class, id);
        let hidden = self.sheets.hide(&self.name, class, id);
        self.attributes.struck_by_rule = is_struck;
        self.attributes.hidden_by_rule = hidden;
    }

    /// The tokenizer's state after a start tag whose element does not contain markup.
    fn content_state(&mut self) -> Option<State> {
        let state = match self.name.as_slice() {
            b"script" => State::ScriptData,
            b"style" | b"iframe" | b"xmp" | b"noembed" | b"noframes" | b"noscript" => State::RawText,
            b"plaintext" => State::PlainText,
            b"textarea" => State::RcData,
            b"title" if self.foreign_depth == 0 => State::RcData,
            _ => return None,
        };
        self.raw_text = self.name != b"title";
        Some(state)
    }
}

impl<S: TokenSink> Emitter for PageEmitter<'_, S> {
    type Token = std::convert::Infallible;

    fn set_last_start_tag(&mut self, last_start_tag: Option<&[u8]>) {
        self.last_start_tag.clear();
        self.last_start_tag
            .extend_from_slice(last_start_tag.unwrap_or_default());
    }

    fn emit_eof(&mut self) {
        self.flush_text();
        *self.broke_off = self.tag != TagKind::None;
    }

    fn emit_error(&mut self, _error: Error) {}

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<Self::Token> {
        None
    }

    fn emit_string(&mut self, text: &[u8]) {
        if !self.raw_text {
            self.text.extend_from_slice(text);
        }
    }

    fn init_start_tag(&mut self) {
        self.tag = TagKind::Start;
        self.name.clear();
        self.attributes.clear();
        self.attribute.clear();
        self.slot = Slot::Unknown;
    }

    fn init_end_tag(&mut self) {
        self.tag = TagKind::End;
        self.name.clear();
        self.attribute.clear();
        self.slot = Slot::Unknown;
    }

    fn init_comment(&mut self) {}

    fn emit_current_tag(&mut self) -> Option<State> {
        self.finish_attribute();
        self.flush_text();
        let kind = std::mem::replace(&mut self.tag, TagKind::None);
        match kind {
            TagKind::Start => {
                if matches!(self.name.as_slice(), b"svg" | b"math") && !self.attributes.self_closing {
                    self.foreign_depth += 1;
                }
                let state = self.content_state();
                if self.has_rules {
                    self.apply_rules();
                }
                self.sink.start_tag(&self.name, &self.attributes);
                std::mem::swap(&mut self.last_start_tag, &mut self.name);
                state
            }
            TagKind::End => {
                if matches!(self.name.as_slice(), b"svg" | b"math") {
                    self.foreign_depth = self.foreign_depth.saturating_sub(1);
                }
                self.raw_text = false;
                self.last_start_tag.clear();
                self.sink.end_tag(&self.name);
                None
            }
            TagKind::None => None,
        }
    }

    fn emit_current_comment(&mut self) {}

    fn emit_current_doctype(&mut self) {}

    fn set_self_closing(&mut self) {
        self.attributes.self_closing = true;
    }

    fn set_force_quirks(&mut self) {}

    fn push_tag_name(&mut self, name: &[u8]) {
        self.name.extend_from_slice(name);
    }

    fn push_comment(&mut self, _comment: &[u8]) {}

    fn push_doctype_name(&mut self, _name: &[u8]) {}

    fn init_doctype(&mut self) {}

    fn init_attribute(&mut self) {
        self.finish_attribute();
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        self.attribute.extend_from_slice(name);
    }

    fn push_attribute_value(&mut self, value: &[u8]) {
        self.resolve_slot();
        if let Some(slot) = self.attributes.slot(self.slot) {
            slot.extend_from_slice(value);
        }
    }

    fn set_doctype_public_identifier(&mut self, _value: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _value: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _value: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _value: &[u8]) {}

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.tag == TagKind::End && !self.last_start_tag.is_empty() && self.last_start_tag == self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Log(String);

    impl TokenSink for Log {
        fn start_tag(&mut self, name: &[u8], attributes: &Attributes) {
            self.0.push_str(&format!(
                "<{}{}{}{}>",
                String::from_utf8_lossy(name),
                String::from_utf8_lossy(&attributes.style),
                String::from_utf8_lossy(&attributes.colspan),
                if attributes.hidden { "!" } else { "" }
            ));
        }

        fn end_tag(&mut self, name: &[u8]) {
            self.0.push_str(&format!("</{}>", String::from_utf8_lossy(name)));
        }

        fn text(&mut self, text: &[u8]) {
            self.0.push_str(&String::from_utf8_lossy(text));
        }
    }

    fn log(html: &str) -> (String, bool) {
        let mut log = Log::default();
        let broke_off = tokenize(html.as_bytes(), &mut log);
        (log.0, broke_off)
    }

    #[test]
    fn only_what_a_reader_sees_is_text() {
        let (text, _) = log("a<!-- <td>x</td> -->b<SCRIPT>'<td>'</SCRIPT><style>td</style>c&nbsp;&amp;d");
        assert_eq!(text, "ab<script></script><style></style>c\u{a0}&d");
    }

    #[test]
    fn the_first_of_two_equal_attributes_counts() {
        let (text, _) = log("<TD HIDDEN colspan=2 COLSPAN='3' style=\"a:b\">");
        assert_eq!(text, "<tda:b2!>");
    }

    #[test]
    fn a_drawing_s_title_does_not_swallow_the_page() {
        let (text, _) = log("<svg><title/></svg><td>C</td>");
        assert_eq!(text, "<svg><title></svg><td>C</td>");
    }

    #[test]
    fn breaking_off_inside_a_tag_is_noticed() {
        assert!(log("<td>C</td").1);
        assert!(log("<td style=\"").1);
        assert!(!log("<td>C").1);
    }
}
