//! Text of a page: the text that a reader sees in a stretch of HTML, and its position in the source.
//!
//! Deliberately independent of the crate under test.

use std::ops::Range;

/// The visible characters of a stretch of HTML, each with its range in the source. Tags and comments are skipped;
/// `&nbsp;`, `&amp;` and numeric references are decoded.
fn characters(html: &str) -> Vec<(char, Range<usize>)> {
    let mut characters = Vec::new();
    let mut at = 0;
    while let Some(c) = html[at..].chars().next() {
        let end = if html[at..].starts_with("<!--") {
            html[at..].find("-->").map_or(html.len(), |end| at + end + 3)
        } else if c == '<' {
            html[at..].find('>').map_or(html.len(), |end| at + end + 1)
        } else {
            let (decoded, length) = decoded(&html[at..], c);
            characters.push((decoded, at..at + length));
            at + length
        };
        at = end;
    }
    characters
}

/// The first character of a text, references decoded, and its length in bytes.
fn decoded(text: &str, first: char) -> (char, usize) {
    if first == '&'
        && let Some(end) = text.bytes().take(12).position(|byte| byte == b';')
    {
        let name = &text[1..end];
        let number = name
            .strip_prefix('#')
            .and_then(|number| match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            });
        let named = match name {
            "nbsp" => Some('\u{a0}'),
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "shy" => Some('\u{ad}'),
            _ => number.and_then(char::from_u32),
        };
        if let Some(named) = named {
            return (named, end + 1);
        }
    }
    (first, first.len_utf8())
}

/// The letters and digits that a reader sees, in lower case.
pub(crate) fn squashed(html: &str) -> String {
    let visible = characters(html).into_iter().map(|(c, _)| c);
    visible
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The text that a reader sees, with single spaces.
pub(crate) fn visible(html: &str) -> String {
    let text: String = characters(html).into_iter().map(|(c, _)| c).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The source range of the last occurrence of these letters and digits in a row.
pub(crate) fn find_last(html: &str, letters: &str) -> Option<Range<usize>> {
    let found: Vec<(char, Range<usize>)> = characters(html)
        .into_iter()
        .filter(|(c, _)| c.is_alphanumeric())
        .collect();
    let squashed: String = found.iter().map(|(c, _)| c.to_ascii_lowercase()).collect();
    let at = squashed.rfind(letters)?;
    let first = squashed[..at].chars().count();
    let last = first + letters.chars().count() - 1;
    Some(found[first].1.start..found[last].1.end)
}

/// The block around a position: from the end of the last block-level tag before it to the next one after it.
pub(crate) fn block_around(html: &str, place: &Range<usize>) -> Range<usize> {
    const BLOCKS: [&str; 9] = ["p", "/p", "div", "/div", "br", "br/", "td", "/td", "tr"];
    let is_block = |tag: &str| {
        let name = tag.split([' ', '>', '\n']).next().unwrap_or("");
        BLOCKS.contains(&name.to_ascii_lowercase().as_str())
    };
    let start = html[..place.start]
        .rmatch_indices('<')
        .find(|(at, _)| is_block(&html[at + 1..]))
        .and_then(|(at, _)| html[at..].find('>').map(|end| at + end + 1));
    let end = html[place.end..]
        .match_indices('<')
        .find(|(at, _)| is_block(&html[place.end + at + 1..]))
        .map(|(at, _)| place.end + at);
    start.unwrap_or(0)..end.unwrap_or(html.len())
}

/// Replaces every tag of a page by the result of `edit`. Comments, scripts and declarations are kept.
pub(crate) fn edit_tags(html: &str, mut edit: impl FnMut(&str) -> String) -> String {
    let mut edited = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, from_tag) = rest.split_at(start);
        edited.push_str(text);
        let until = |end: &str| from_tag.find(end).map(|at| at + end.len());
        let opaque =
            from_tag.starts_with("<!") || from_tag.starts_with("<script") || from_tag.starts_with("<style");
        let end = if from_tag.starts_with("<!--") {
            until("-->")
        } else if from_tag.starts_with("<script") {
            until("</script>")
        } else if from_tag.starts_with("<style") {
            until("</style>")
        } else {
            until(">")
        };
        let (tag, after) = from_tag.split_at(end.unwrap_or(from_tag.len()));
        if opaque {
            edited.push_str(tag);
        } else {
            edited.push_str(&edit(tag));
        }
        rest = after;
    }
    edited + rest
}
