//! Text as a reader sees it: white space folded, invisible characters left out.

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
            Text::Plain { words, before, after } => {
                self.pending_space |= before;
                self.push_plain(buffer, start, words);
                self.pending_space = *after;
            }
            Text::Other(text) => self.push_other(buffer, start, text),
        }
    }

    /// Nearly all text is plain ASCII: it is appended at once, or word by word where its spaces must be folded.
    fn push_plain(&mut self, buffer: &mut String, start: usize, words: &str) {
        let bytes = words.as_bytes();
        let neighbours = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
        let is_folded = neighbours.fold(true, |folded, (one, next)| {
            folded & (*one > b' ' || (*one == b' ' && *next > b' '))
        });
        if is_folded {
            self.space(buffer, start);
            buffer.push_str(words);
        } else {
            for word in words.split_ascii_whitespace() {
                self.space(buffer, start);
                buffer.push_str(word);
                self.pending_space = true;
            }
        }
    }

    fn push_other(&mut self, buffer: &mut String, start: usize, text: &[u8]) {
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                if matches!(c, '!'..='~') {
                    self.space(buffer, start);
                    buffer.push(c);
                } else if c.is_whitespace() {
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
            if chunk.invalid() == b"\xa0" {
                // A non-breaking space of Latin-1 and windows-1252.
                self.pending_space = true;
            } else if !chunk.invalid().is_empty() {
                self.space(buffer, start);
                buffer.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    /// Marks the beginning or the end of superscript.
    pub(crate) fn mark_superscript(&mut self, buffer: &mut String, start: usize, begins: bool) {
        if !begins && buffer.ends_with(SUPERSCRIPT) {
            // The superscript is empty.
            buffer.pop();
            return;
        }
        self.space(buffer, start);
        buffer.push(if begins { SUPERSCRIPT } else { END_OF_SUPERSCRIPT });
    }

    /// Marks the text that follows as struck through.
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

/// A stretch of a page's text, classified once.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    /// White space only.
    Blank,
    /// Printable ASCII and white space, and not only that.
    Plain {
        /// The text without the white space around it.
        words: &'a str,
        /// True if there is white space before it.
        before: bool,
        /// True if there is white space after it.
        after: bool,
    },
    /// Anything else.
    Other(&'a [u8]),
}

impl<'a> Text<'a> {
    /// Classifies a stretch of text.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let after_blank = text.trim_ascii_start();
        let words = after_blank.trim_ascii_end();
        if words.is_empty() {
            return Self::Blank;
        }
        // Without an early end, this takes many bytes at a time.
        let odd = words
            .iter()
            .fold(0_u8, |odd, byte| odd | u8::from(!is_plain_byte(*byte)));
        match std::str::from_utf8(words) {
            Ok(words) if odd == 0 => Self::Plain {
                words,
                before: after_blank.len() < text.len(),
                after: words.len() < after_blank.len(),
            },
            _ => Self::Other(text),
        }
    }

    /// Its length in bytes without the white space around it.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Blank => 0,
            Self::Plain { words, .. } => words.len(),
            Self::Other(text) => text.trim_ascii().len(),
        }
    }
}

/// Printable ASCII and white space.
fn is_plain_byte(byte: u8) -> bool {
    byte.wrapping_sub(0x20) <= 0x5e || byte.is_ascii_whitespace()
}

/// Soft hyphens, zero-width characters and the like, which are in text without being part of it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Control characters and those that change the direction of writing: it is unknown what a reader sees.
fn is_deceptive(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// True for a mark in a cell's text; none of them can come from the page.
pub(crate) fn is_mark(byte: u8) -> bool {
    matches!(byte, 1..=3)
}

fn is_mark_char(c: char) -> bool {
    matches!(c, SUPERSCRIPT | END_OF_SUPERSCRIPT | STRUCK)
}

/// A cell's text as printed: without the marks of superscript and struck-through text.
pub(crate) fn printed(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let plain: String = text.chars().filter(|c| !is_mark_char(*c)).collect();
    Cow::Owned(plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// True if none of a cell's text is superscript or struck through.
pub(crate) fn is_plain(text: &str) -> bool {
    // The marks are the only characters below 4 that a cell's text can hold.
    text.bytes().all(|byte| byte > STRUCK as u8)
}

/// True if any of a cell's text is struck through.
pub(crate) fn is_struck(text: &str) -> bool {
    text.as_bytes().contains(&(STRUCK as u8))
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
    plain.retain(|c| !is_mark_char(c));
    Cow::Owned(plain)
}

/// The letters and digits of a label in lower case, so that spelling habits do not matter.
pub(crate) fn squash(text: &str) -> String {
    let mut squashed = String::with_capacity(text.len());
    squash_into(&mut squashed, text);
    squashed
}

/// The same, written into a buffer whose content is replaced.
pub(crate) fn squash_into(squashed: &mut String, text: &str) {
    squashed.clear();
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                squashed.push(c.to_ascii_lowercase());
            }
        } else if c.is_alphanumeric() {
            squashed.extend(c.to_lowercase());
        }
    }
}

/// The words of a text: its runs of letters and digits.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
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
