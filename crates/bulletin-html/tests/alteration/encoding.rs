//! Changes to the bytes in transit: other encodings, compression, truncation, residue of a transfer.

use std::io::Write as _;
use std::rc::Rc;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};

pub(crate) const KINDS: &[Kind] = &[
    unclear("truncated anywhere", truncated),
    unclear("truncated inside a chart", truncated_in_chart),
    unclear("chunk sizes left in the body", chunk_sizes),
    unclear("truncated gzip body", truncated_gzip),
    unclear("gzip body in a gzip body", gzip_twice),
    unclear("deflate body", deflate),
    unclear("UTF-16 without a byte order mark", utf16_without_mark),
    unclear("wrongly decoded non-breaking spaces", mojibake),
    unclear("zero bytes in the body", zero_bytes),
    clear("UTF-8 byte order mark", utf8_mark),
    clear("UTF-16 little endian", utf16_le),
    clear("UTF-16 big endian", utf16_be),
    clear("windows-1252 bytes", windows_1252),
    clear("gzip body", gzip),
    clear("Windows line ends", crlf),
    clear("old Macintosh line ends", cr),
    clear("text after the end", trailing),
];

fn encode(page: &mut Page, encode: impl Fn(&str) -> Vec<u8> + 'static) -> bool {
    page.encode = Rc::new(encode);
    true
}

/// The page up to a position, which is given in thousandths between two other positions.
fn cut(html: &str, from: usize, to: usize, thousandths: usize) -> Vec<u8> {
    html.as_bytes()[..from + (to - from) * thousandths / 1000].to_vec()
}

fn truncated(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    let at = random.below(1000);
    encode(page, move |html| cut(html, 0, html.len(), at))
}

/// From the first chart to the end of the last one.
fn charts_of(html: &str) -> (usize, usize) {
    let tables = crate::table::chart_tables(html);
    match (tables.first(), tables.last()) {
        (Some(first), Some(last)) => (first.start, last.end),
        _ => (0, html.len()),
    }
}

fn truncated_in_chart(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    let at = random.below(1000);
    encode(page, move |html| {
        let (from, to) = charts_of(html);
        cut(html, from, to, at)
    })
}

/// A proxy passes the sizes of chunks through as text.
fn chunk_sizes(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    page.is_garbled = true;
    let size = 1024 << random.below(4);
    encode(page, move |html| {
        let mut body = Vec::new();
        for chunk in html.as_bytes().chunks(size) {
            body.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
            body.extend(chunk);
            body.extend(b"\r\n");
        }
        body
    })
}

fn gzipped(html: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(html).unwrap();
    encoder.finish().unwrap()
}

fn gzip(page: &mut Page, _: &mut Random) -> bool {
    encode(page, |html| gzipped(html.as_bytes()))
}

fn gzip_twice(page: &mut Page, _: &mut Random) -> bool {
    encode(page, |html| gzipped(&gzipped(html.as_bytes())))
}

fn truncated_gzip(page: &mut Page, random: &mut Random) -> bool {
    let at = 300 + random.below(690);
    encode(page, move |html| {
        let body = gzipped(html.as_bytes());
        body[..body.len() * at / 1000].to_vec()
    })
}

fn deflate(page: &mut Page, _: &mut Random) -> bool {
    encode(page, |html| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(html.as_bytes()).unwrap();
        encoder.finish().unwrap()
    })
}

fn utf16_without_mark(page: &mut Page, _: &mut Random) -> bool {
    encode(page, |html| {
        html.encode_utf16().flat_map(u16::to_le_bytes).collect()
    })
}

fn utf16_le(page: &mut Page, _: &mut Random) -> bool {
    encode(page, |html| {
        let units = std::iter::once(0xfeff).chain(html.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    })
}

fn utf16_be(page: &mut Page, _: &mut Random) -> bool {
    encode(page, |html| {
        let units = std::iter::once(0xfeff).chain(html.encode_utf16());
        units.flat_map(u16::to_be_bytes).collect()
    })
}

fn utf8_mark(page: &mut Page, _: &mut Random) -> bool {
    page.rewrite(|html| format!("\u{feff}{html}"));
    true
}

/// Characters that windows-1252 has are one byte, others are question marks.
fn windows_1252(page: &mut Page, _: &mut Random) -> bool {
    encode(page, |html| {
        let html = html
            .replace("charset=\"UTF-8\"", "charset=\"windows-1252\"")
            .replace("&nbsp;", "\u{a0}");
        let byte = |c: char| match c {
            '\u{2018}' => 0x91,
            '\u{2019}' => 0x92,
            '\u{201c}' => 0x93,
            '\u{201d}' => 0x94,
            '\u{2013}' => 0x96,
            c => u8::try_from(c).unwrap_or(b'?'),
        };
        html.chars().map(byte).collect()
    })
}

/// UTF-8 that was taken for windows-1252 and encoded again.
fn mojibake(page: &mut Page, _: &mut Random) -> bool {
    page.rewrite(|html| {
        html.replace("&nbsp;", "\u{c2}\u{a0}")
            .replace("</td>", "\u{c2}\u{a0}</td>")
    });
    true
}

fn zero_bytes(page: &mut Page, random: &mut Random) -> bool {
    let every = 40 + random.below(4000);
    encode(page, move |html| {
        let mut body = Vec::new();
        for chunk in html.as_bytes().chunks(every) {
            body.extend(chunk);
            body.push(0);
        }
        body
    })
}

fn crlf(page: &mut Page, _: &mut Random) -> bool {
    page.rewrite(|html| html.replace('\n', "\r\n"));
    true
}

fn cr(page: &mut Page, _: &mut Random) -> bool {
    page.rewrite(|html| html.replace('\n', "\r"));
    true
}

fn trailing(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "\n<!-- served by cache 12 -->",
        "\n\n\n",
        "<script>x()</script>",
        "<p>ad</p>",
        "\0\0\0",
    ]);
    page.rewrite(move |html| format!("{html}{text}"));
    true
}
