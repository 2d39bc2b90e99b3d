//! The HTML part of a message with several parts (MHTML), as browsers save a page in a single file. Start at
//! [`html_part`].
//!
//! Supports only the contents of such files: nested `multipart` parts, quoted-printable and base64 content,
//! UTF-8 and Windows-1252.

/// Parts nested deeper than this are not read.
const DEEPEST: usize = 4;
/// The most bytes of headers before the first part.
const LONGEST_HEADERS: usize = 16 * 1024;

/// The HTML of a message with several parts: `None` if the body is not such a message, `Some(None)` if it has
/// no HTML part that can be decoded.
pub(crate) fn html_part(body: &[u8]) -> Option<Option<Vec<u8>>> {
    let body = body
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(body)
        .trim_ascii_start();
    // A header's name comes first, never markup.
    if !body.first()?.is_ascii_alphabetic() {
        return None;
    }
    let message = Part::new(body)?;
    let kind = message.header("content-type")?;
    if !is_kind(kind, "multipart/") {
        return None;
    }
    Some(message.html(0))
}

/// A part of a message: its headers and its content.
struct Part<'a> {
    /// Names and values, unfolded.
    headers: Vec<(String, String)>,
    content: &'a [u8],
}

impl<'a> Part<'a> {
    /// Splits a part; `None` if it does not begin with headers.
    fn new(part: &'a [u8]) -> Option<Self> {
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut rest = part;
        loop {
            if part.len() - rest.len() > LONGEST_HEADERS {
                return None;
            }
            let (line, after) = split_line(rest);
            if line.is_empty() {
                return Some(Self {
                    headers,
                    content: after,
                });
            }
            let text = String::from_utf8_lossy(line);
            if text.starts_with([' ', '\t']) {
                let (_, value) = headers.last_mut()?;
                value.push(' ');
                value.push_str(text.trim());
            } else {
                let (name, value) = text.split_once(':')?;
                if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return None;
                }
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            rest = after;
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The HTML of a part: of several, the one that the headers name as the start, else the first.
    fn html(&self, depth: usize) -> Option<Vec<u8>> {
        let kind = self.header("content-type").unwrap_or("text/plain");
        if is_kind(kind, "text/html") || is_kind(kind, "application/xhtml+xml") {
            return self.decoded(kind);
        }
        if !is_kind(kind, "multipart/") || depth >= DEEPEST {
            return None;
        }
        let boundary = parameter(kind, "boundary")?;
        let parts = split_parts(self.content, &boundary);
        let parts: Vec<Part<'_>> = parts.into_iter().filter_map(Part::new).collect();
        let start = parameter(kind, "start");
        let address = self.header("snapshot-content-location");
        let is_start = |part: &&Part<'_>| {
            (start.is_some() && part.header("content-id") == start.as_deref())
                || (address.is_some() && part.header("content-location") == address)
        };
        let first = parts.iter().filter(is_start);
        first.chain(parts.iter()).find_map(|part| part.html(depth + 1))
    }

    fn decoded(&self, kind: &str) -> Option<Vec<u8>> {
        let encoding = self.header("content-transfer-encoding").unwrap_or("7bit");
        let bytes = match encoding.to_ascii_lowercase().as_str() {
            "quoted-printable" => quoted_printable(self.content),
            "base64" => base64(self.content)?,
            "7bit" | "8bit" | "binary" => self.content.to_vec(),
            _ => return None,
        };
        let charset = parameter(kind, "charset").unwrap_or_default();
        let is_latin = ["windows-1252", "iso-8859-1", "latin1"]
            .iter()
            .any(|latin| charset.eq_ignore_ascii_case(latin));
        if is_latin && std::str::from_utf8(&bytes).is_err() {
            // The two character sets differ in quotes and dashes, which occur in no cell.
            return Some(
                bytes
                    .iter()
                    .map(|byte| char::from(*byte))
                    .collect::<String>()
                    .into_bytes(),
            );
        }
        Some(bytes)
    }
}

fn is_kind(value: &str, kind: &str) -> bool {
    value
        .get(..kind.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(kind))
}

/// A parameter of a header such as `multipart/related; boundary="x"`.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value;
    while let Some((_, after)) = rest.split_once(';') {
        let (key, after_key) = after.split_once('=')?;
        let after_key = after_key.trim_start();
        let (found, after_value) = match after_key.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let end = after_key.find(';').unwrap_or(after_key.len());
                after_key.split_at(end)
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(found.trim().to_owned());
        }
        rest = after_value;
    }
    None
}

/// The contents between the lines of a boundary.
fn split_parts<'a>(content: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut rest = content;
    while !rest.is_empty() {
        let at = content.len() - rest.len();
        let (line, after) = split_line(rest);
        let mark = line
            .strip_prefix(b"--")
            .and_then(|line| line.strip_prefix(boundary.as_bytes()))
            .map(<[u8]>::trim_ascii_end);
        if let Some(end @ (b"" | b"--")) = mark {
            if let Some(start) = start {
                parts.push(&content[start..at]);
            }
            start = (end == b"").then_some(content.len() - after.len());
            if start.is_none() {
                return parts;
            }
        }
        rest = after;
    }
    // The last boundary is missing: what follows the last but one may be incomplete, which the page itself shows.
    if let Some(start) = start {
        parts.push(&content[start..]);
    }
    parts
}

/// A line without its end, and what follows it.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', text) {
        Some(end) => {
            let line = &text[..end];
            (line.strip_suffix(b"\r").unwrap_or(line), &text[end + 1..])
        }
        None => (text, &[]),
    }
}

/// Decodes quoted-printable text. A damaged escape is left unchanged.
fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        decoded.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        match rest {
            [high, low, ..] if digit(high).is_some() && digit(low).is_some() => {
                let value = digit(high)
                    .zip(digit(low))
                    .map_or(0, |(high, low)| high * 16 + low);
                decoded.push(value as u8);
                rest = &rest[2..];
            }
            _ => {
                let (line, after) = split_line(rest);
                if line.trim_ascii().is_empty() {
                    // A soft line break.
                    rest = after;
                } else {
                    decoded.push(b'=');
                }
            }
        }
    }
    decoded.extend_from_slice(rest);
    decoded
}

/// Decodes base64, ignoring white space; `None` for any other character.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut count = 0;
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(message: &str) -> Option<String> {
        html_part(message.as_bytes())?.map(|html| String::from_utf8_lossy(&html).into_owned())
    }

    #[test]
    fn the_html_part_is_decoded() {
        let message = |headers: &str, content: &str| {
            format!(
                "From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype=\"text/html\";\n\t\
                 boundary=\"b\"\n\n\n--b\nContent-Type: text/css\n\nx\n--b\nContent-Type: text/html; charset=utf-8\n\
                 {headers}\n\n{content}\n--b--\n"
            )
        };
        let quoted = "Content-Transfer-Encoding: quoted-printable";
        for (headers, content, expected) in [
            (
                quoted,
                "<td>08=\nJAN=3D15 =C2=A0</td>",
                "<td>08JAN=15 \u{a0}</td>\n",
            ),
            (quoted, "a=zb=", "a=zb"),
            (
                "Content-Transfer-Encoding: BASE64",
                "PHRkPkM8\nL3RkPg==",
                "<td>C</td>",
            ),
            ("X-Other: y", "<td>", "<td>\n"),
        ] {
            let message = message(headers, content);
            assert_eq!(html(&message).as_deref(), Some(expected));
            assert_eq!(
                html(&message.replace('\n', "\r\n"))
                    .map(|html| html.replace("\r\n", "\n"))
                    .as_deref(),
                Some(expected)
            );
        }
    }

    #[test]
    fn parts_can_be_nested_and_the_start_can_be_named() {
        let nested = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\
                      Content-Type: multipart/related; boundary=i; start=\"<2>\"\n\n\
                      --i\nContent-Type: text/html\nContent-ID: <1>\n\nfirst\n\
                      --i\nContent-Type: text/html\nContent-ID: <2>\n\nsecond\n--i--\n--o--\n";
        assert_eq!(html(nested).as_deref(), Some("second\n"));
    }

    #[test]
    fn anything_else_is_no_message() {
        for body in [
            "",
            "<html>",
            "Note: text\n\n<html>",
            "Content-Type: text/html\n\n<html>",
            "Not Found",
        ] {
            assert_eq!(html_part(body.as_bytes()), None, "{body:?}");
        }
        let empty = "Content-Type: multipart/related; boundary=b\n\n--b--\n";
        assert_eq!(html_part(empty.as_bytes()), Some(None));
    }
}
