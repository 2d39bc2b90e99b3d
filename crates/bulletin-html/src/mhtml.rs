//! The HTML of a page that a browser saved as a single file (MHTML), or that was sent as an e-mail. The crate
//! `mailparse` reads the message; this module finds the page in it, and refuses a file that is damaged. Start at
//! [`html_of_message`].

use crate::refusal::Refusal;

/// The most bytes of headers before the first part.
const LONGEST_HEADERS: usize = 16 * 1024;

/// The HTML of a message with several parts; `None` if the body is not such a message.
///
/// # Errors
/// [`Refusal::DamagedMhtml`] if the message is incomplete, or its HTML cannot be decoded.
pub(crate) fn html_of_message(body: &[u8]) -> Option<Result<Vec<u8>, Refusal>> {
    let body = body
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(body)
        .trim_ascii_start();
    is_multipart(body).then(|| message::html(body).map_err(|why| Refusal::DamagedMhtml { why }))
}

/// True if the body begins with the headers of a message with several parts.
fn is_multipart(body: &[u8]) -> bool {
    const CONTENT_TYPE: &[u8] = b"content-type";
    let head = &body[..body.len().min(LONGEST_HEADERS)];
    let mut is_type = false;
    let mut is_multipart = false;
    for line in head.split(|byte| *byte == b'\n') {
        let value = match line {
            [] | [b'\r'] => return is_multipart,
            // A header that continues on the next line.
            [b' ' | b'\t', ..] => line,
            _ => {
                let Some(colon) = memchr::memchr(b':', line) else {
                    return false;
                };
                let (name, value) = (&line[..colon], &line[colon + 1..]);
                // Headers have a name and no markup.
                if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) || name.contains(&b'<') {
                    return false;
                }
                is_type = name.eq_ignore_ascii_case(CONTENT_TYPE);
                value
            }
        };
        let kind = value.trim_ascii_start().get(..b"multipart/".len());
        is_multipart |= is_type && kind.is_some_and(|kind| kind.eq_ignore_ascii_case(b"multipart/"));
    }
    is_multipart
}

#[cfg(feature = "mhtml")]
mod message {
    use mailparse::body::Body;
    use mailparse::{MailHeaderMap as _, ParsedMail};

    /// The HTML of a complete message: of several parts, the one that the headers name as the start, else the first.
    pub(super) fn html(body: &[u8]) -> Result<Vec<u8>, &'static str> {
        let message = mailparse::parse_mail(body).map_err(|_| "its headers are invalid")?;
        let is_whole = |part: &ParsedMail<'_>| !is_multipart(part) || is_closed(part);
        if !message.parts().all(is_whole) {
            return Err("it ends before its last part is complete");
        }
        let address = message.headers.get_first_value("Snapshot-Content-Location");
        let starts = message.parts().filter(|part| is_multipart(part));
        let starts: Vec<&String> = starts.filter_map(|part| part.ctype.params.get("start")).collect();
        let is_start = |part: &&ParsedMail<'_>| {
            let id = part.headers.get_first_value("Content-ID");
            id.is_some_and(|id| starts.contains(&&id))
                || address.is_some() && part.headers.get_first_value("Content-Location") == address
        };
        let pages = || message.parts().filter(|part| is_html(part));
        let page = pages().find(is_start).or_else(|| pages().next());
        page.ok_or("it contains no HTML page").and_then(decoded)
    }

    fn is_multipart(part: &ParsedMail<'_>) -> bool {
        part.ctype.mimetype.starts_with("multipart/")
    }

    fn is_html(part: &ParsedMail<'_>) -> bool {
        matches!(
            part.ctype.mimetype.as_str(),
            "text/html" | "application/xhtml+xml"
        )
    }

    /// True if the last part has its end. Without it, the rest of the file is missing.
    fn is_closed(part: &ParsedMail<'_>) -> bool {
        let Some(boundary) = part.ctype.params.get("boundary") else {
            return false;
        };
        let end = format!("--{boundary}--");
        let mut lines = part.raw_bytes.split(|byte| *byte == b'\n');
        lines.any(|line| line.trim_ascii_end() == end.as_bytes())
    }

    fn decoded(page: &ParsedMail<'_>) -> Result<Vec<u8>, &'static str> {
        const DAMAGED: &str = "the encoding of its HTML page is damaged";
        let encoding = page.headers.get_first_value("Content-Transfer-Encoding");
        let bytes = match page.get_body_encoded() {
            Body::Base64(body) => body.get_decoded().map_err(|_| DAMAGED)?,
            Body::QuotedPrintable(body) if is_quoted_printable(body.get_raw()) => {
                body.get_decoded().map_err(|_| DAMAGED)?
            }
            Body::QuotedPrintable(_) => return Err(DAMAGED),
            Body::EightBit(body) => body.get_raw().to_vec(),
            Body::Binary(body) => body.get_raw().to_vec(),
            // Also returned for an unknown encoding.
            Body::SevenBit(body) if encoding.is_none_or(|name| name.eq_ignore_ascii_case("7bit")) => {
                body.get_raw().to_vec()
            }
            Body::SevenBit(_) => return Err("the encoding of its HTML page is unknown"),
        };
        let is_latin = ["windows-1252", "iso-8859-1", "latin1"]
            .iter()
            .any(|latin| page.ctype.charset.eq_ignore_ascii_case(latin));
        if is_latin && std::str::from_utf8(&bytes).is_err() {
            // The two character sets differ in quotes and dashes, which occur in no cell.
            let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            return Ok(text.into_bytes());
        }
        Ok(bytes)
    }

    /// True if every escape is complete. `mailparse` keeps a damaged one as text.
    fn is_quoted_printable(text: &[u8]) -> bool {
        memchr::memchr_iter(b'=', text).all(|at| match &text[at + 1..] {
            [high, low, ..] if high.is_ascii_hexdigit() => low.is_ascii_hexdigit(),
            // A soft line break, perhaps after spaces, or the end of the part.
            rest => {
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                rest[..end].trim_ascii().is_empty()
            }
        })
    }
}

#[cfg(not(feature = "mhtml"))]
mod message {
    pub(super) fn html(_: &[u8]) -> Result<Vec<u8>, &'static str> {
        Err("this program does not read single files")
    }
}

#[cfg(all(test, feature = "mhtml"))]
mod tests {
    use super::*;

    fn html(message: &str) -> Option<Result<String, &'static str>> {
        Some(match html_of_message(message.as_bytes())? {
            Ok(html) => Ok(String::from_utf8_lossy(&html).into_owned()),
            Err(Refusal::DamagedMhtml { why }) => Err(why),
            Err(other) => panic!("{other}"),
        })
    }

    fn message(headers: &str, content: &str) -> String {
        format!(
            "From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype=\"text/html\";\n\t\
             boundary=\"b\"\n\n\n--b\nContent-Type: text/css\n\nx\n--b\nContent-Type: text/html; charset=utf-8\n\
             {headers}\n\n{content}\n--b--\n"
        )
    }

    const QUOTED: &str = "Content-Transfer-Encoding: quoted-printable";
    const BASE64: &str = "Content-Transfer-Encoding: BASE64";

    #[test]
    fn the_html_part_is_decoded() {
        for (headers, content, expected) in [
            (
                QUOTED,
                "<td>08=\nJAN=3D15 =C2=A0</td>",
                "<td>08JAN=15 \u{a0}</td>",
            ),
            (QUOTED, "<td>08= \nJAN15</td>=", "<td>08JAN15</td>"),
            (BASE64, "PHRkPkM8\nL3RkPg==", "<td>C</td>"),
            ("X-Other: y", "<td>", "<td>"),
        ] {
            let message = message(headers, content);
            assert_eq!(html(&message), Some(Ok(expected.to_owned())));
            assert_eq!(
                html(&message.replace('\n', "\r\n")),
                Some(Ok(expected.to_owned()))
            );
        }
    }

    #[test]
    fn a_damaged_encoding_is_refused() {
        for (headers, content) in [
            (QUOTED, "a=zb"),
            (QUOTED, "a=4zb"),
            (QUOTED, "a=4"),
            (BASE64, "PHRkPkM8\nL3Rk!g=="),
            (BASE64, "PHRkPkM8\nL3RkP"),
            ("Content-Transfer-Encoding: x-uuencode", "<td>"),
        ] {
            let refused = html(&message(headers, content));
            assert!(refused.is_some_and(|html| html.is_err()), "{headers} {content}");
        }
    }

    #[test]
    fn parts_can_be_nested_and_the_start_can_be_named() {
        let nested = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\
                      Content-Type: multipart/related; boundary=i; start=\"<2>\"\n\n\
                      --i\nContent-Type: text/html\nContent-ID: <1>\n\nfirst\n\
                      --i\nContent-Type: text/html\nContent-ID: <2>\n\nsecond\n--i--\n--o--\n";
        assert_eq!(html(nested), Some(Ok("second".to_owned())));
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
            assert_eq!(html(body), None, "{body:?}");
        }
    }

    #[test]
    fn a_message_without_a_page_is_refused() {
        let empty = "Content-Type: multipart/related; boundary=b\n\n--b--\n";
        assert_eq!(html(empty), Some(Err("it contains no HTML page")));
        let open = "Content-Type: multipart/related; boundary=b\n\n--b\n\nx";
        assert_eq!(html(open), Some(Err("it ends before its last part is complete")));
    }
}
