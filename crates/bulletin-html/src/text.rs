//! Text as a reader sees it: white space folded, what is invisible left out.

use std::borrow::Cow;

/// Marks where superscript begins in the text of a cell.
const SUPERSCRIPT: char = '\u{1}';
/// Marks where superscript ends in the text of a cell.
const END_OF_SUPERSCRIPT: char = '\u{2}';
/// Marks that text of a cell is struck through.
const STRUCK: char = '\u{3}';

/// Appends text to a buffer, folding every run of white space to one space and leaving out soft hyphens and other
/// characters that take no room. A break counts as a space.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Folding {
    pending_space: bool,
}

impl Folding {
    /// A line or a paragraph ends here.
    pub(crate) fn break_line(&mut self) {
        self.pending_space = true;
    }

    /// Appends more text to what begins at `start` in the buffer.
    pub(crate) fn push(&mut self, buffer: &mut String, start: usize, text: &Text<'_>) {
        match text {
            Text::Blank => self.pending_space = true,
            Text::Plain(text) => self.push_plain(buffer, start, text),
            Text::Other(text) => self.push_other(buffer, start, text),
        }
    }

    /// Nearly all text is plain ASCII: it is appended word by word.
    fn push_plain(&mut self, buffer: &mut String, start: usize, text: &str) {
        let is_space = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
        self.pending_space |= is_space(text.as_bytes().first());
        for word in text.split_ascii_whitespace() {
            self.space(buffer, start);
            buffer.push_str(word);
            self.pending_space = true;
        }
        self.pending_space = is_space(text.as_bytes().last());
    }

    fn push_other(&mut self, buffer: &mut String, start: usize, text: &[u8]) {
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c.is_whitespace() {
                    self.pending_space = true;
                } else if !is_invisible(c) {
                    self.space(buffer, start);
                    buffer.push(if is_deceptive(c) {
                        char::REPLACEMENT_CHARACTER
                    } else {
                        c
                    });
                }
            }
            if !chunk.invalid().is_empty() {
                self.space(buffer, start);
                buffer.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    /// Superscript begins or ends here.
    pub(crate) fn mark_superscript(&mut self, buffer: &mut String, start: usize, begins: bool) {
        if !begins && buffer.ends_with(SUPERSCRIPT) {
            // Nothing stood between.
            buffer.pop();
            return;
        }
        self.space(buffer, start);
        buffer.push(if begins { SUPERSCRIPT } else { END_OF_SUPERSCRIPT });
    }

    /// What follows is struck through.
    pub(crate) fn mark_struck(&mut self, buffer: &mut String, start: usize) {
        self.space(buffer, start);
        buffer.push(STRUCK);
    }

    fn space(&mut self, buffer: &mut String, start: usize) {
        if self.pending_space {
            self.pending_space = false;
            if buffer.len() > start {
                buffer.push(' ');
            }
        }
    }
}

/// A stretch of a page's text, looked through once for what it needs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    /// White space only.
    Blank,
    /// Printable ASCII and white space, and not only that.
    Plain(&'a str),
    /// Anything else.
    Other(&'a [u8]),
}

impl<'a> Text<'a> {
    /// Looks a stretch of text through.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        if text.trim_ascii_start().is_empty() {
            return Self::Blank;
        }
        // Without an early end, this takes many bytes at a time.
        let is_plain = text.iter().fold(true, |plain, byte| {
            plain & (matches!(*byte, 0x20..=0x7e) | byte.is_ascii_whitespace())
        });
        match std::str::from_utf8(text) {
            Ok(text) if is_plain => Self::Plain(text),
            _ => Self::Other(text),
        }
    }
}

/// Soft hyphens, zero-width characters and the like, which stand in text without being part of it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Control characters and those that turn the direction of writing: nobody can say what a reader sees.
fn is_deceptive(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// Marks in a cell's text; none of them can come from the page.
fn is_mark(c: char) -> bool {
    matches!(c, SUPERSCRIPT | END_OF_SUPERSCRIPT | STRUCK)
}

/// A cell's text as printed: without the marks of what is superscript or struck through.
pub(crate) fn printed(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let plain: String = text.chars().filter(|c| !is_mark(*c)).collect();
    Cow::Owned(plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether none of a cell's text is superscript or struck through.
pub(crate) fn is_plain(text: &str) -> bool {
    // The marks are the only characters below 4 that a cell's text can hold.
    text.bytes().all(|byte| byte > STRUCK as u8)
}

/// A label without its footnote marks: superscript that holds no letter, such as `1` or `(2)`.
pub(crate) fn without_footnote_marks(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(SUPERSCRIPT) {
        plain.push_str(before);
        let (raised, after) = after.split_once(END_OF_SUPERSCRIPT).unwrap_or((after, ""));
        if raised.contains(char::is_alphabetic) {
            plain.push_str(raised);
        }
        rest = after;
    }
    plain.push_str(rest);
    plain.retain(|c| !is_mark(c));
    Cow::Owned(plain)
}

/// What is left of a label when spelling habits are taken away: its letters and digits in lower case.
pub(crate) fn squash(text: &str) -> String {
    let mut squashed = String::with_capacity(text.len());
    squash_into(&mut squashed, text);
    squashed
}

/// The same, into a buffer whose content is replaced.
pub(crate) fn squash_into(squashed: &mut String, text: &str) {
    squashed.clear();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            squashed.push(c.to_ascii_lowercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            squashed.extend(c.to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(parts: &[&[u8]]) -> String {
        let mut text = String::new();
        let mut folding = Folding::default();
        for part in parts {
            folding.push(&mut text, 0, &Text::new(part));
        }
        text
    }

    #[test]
    fn white_space_is_folded_and_the_invisible_left_out() {
        assert_eq!(folded(&[b" \n a\xc2\xa0 b", b" ", b"c "]), "a b c");
        assert_eq!(folded(&["01\u{ad}JAN\u{200b}14".as_bytes()]), "01JAN14");
        assert_eq!(folded(&[b"a\xffb"]), "a\u{fffd}b");
    }

    #[test]
    fn superscript_is_a_footnote_mark_only_without_letters() {
        let marked = |base: &str, raised: &str| format!("{base}\u{1}{raised}\u{2}");
        assert_eq!(without_footnote_marks(&marked("F2A", "1")), "F2A");
        assert_eq!(without_footnote_marks(&marked("1", "st")), "1st");
        assert_eq!(printed(&marked("F2A", "1")), "F2A1");
        assert!(!is_plain(&marked("01JAN1", "4")));
    }
}
