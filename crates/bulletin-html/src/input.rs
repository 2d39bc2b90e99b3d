//! The reader that hands a page's bytes to the tokenizer.

use std::convert::Infallible;

use html5gum::Reader;

/// A reader of a page in memory that finds the ends of texts and attribute values many bytes at a time.
///
/// The library's reader tests eight bytes at a time for each character that can end a text.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    rest: &'a [u8],
    /// True if the page contains a zero byte, so that the search has to include it.
    has_zero: bool,
}

impl<'a> Input<'a> {
    pub(crate) fn new(page: &'a [u8]) -> Self {
        Self {
            rest: page,
            has_zero: memchr::memchr(0, page).is_some(),
        }
    }
}

impl Reader for Input<'_> {
    type Error = Infallible;

    #[inline(always)]
    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        Ok(self.rest.split_off_first().copied())
    }

    #[inline(always)]
    fn try_read_string(&mut self, wanted: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        let is_there = self.rest.get(..wanted.len()).is_some_and(|found| {
            if case_sensitive {
                found == wanted
            } else {
                found.eq_ignore_ascii_case(wanted)
            }
        });
        if is_there {
            self.rest = &self.rest[wanted.len()..];
        }
        Ok(is_there)
    }

    #[inline(always)]
    fn read_until<'b>(&'b mut self, ends: &[u8], _: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Infallible> {
        let end = match self.rest.first() {
            None => return Ok(None),
            Some(first) if ends.contains(first) => 1,
            Some(_) => match *ends {
                // Without a zero byte in the page, the search for one would only cost time.
                [a, b, 0, c] if !self.has_zero => memchr::memchr3(a, b, c, self.rest),
                [a, 0, b] if !self.has_zero => memchr::memchr2(a, b, self.rest),
                _ => self.rest.iter().position(|byte| ends.contains(byte)),
            }
            .unwrap_or(self.rest.len()),
        };
        let (read, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Some(read))
    }
}

#[cfg(test)]
mod tests {
    use html5gum::{DefaultEmitter, Tokenizer};

    use super::*;

    #[test]
    fn it_is_read_as_the_library_reads_it() {
        for page in [
            "",
            "a<b c=\"d&amp;e\" f='g' h>i&nbsp;j</b>",
            "\r\n<td>\r\r\nC\r</td>\r",
            "a\0b<p q=\"r\0s\0\">\0</p><!-- \0 -->",
            "<script>'<\0td>'</script><title>a&lt;b</title><td",
            "<!DOCTYPE html><A HREF=\"x\r\ny\">\u{a0}\u{2019}&#8217;</A>",
        ] {
            let own =
                Tokenizer::new_with_emitter(Input::new(page.as_bytes()), DefaultEmitter::<()>::default());
            let library = Tokenizer::new(page);
            let own: Vec<String> = own.map(|token| format!("{token:?}")).collect();
            let library: Vec<String> = library.map(|token| format!("{token:?}")).collect();
            assert_eq!(own, library, "{page:?}");
        }
    }
}
