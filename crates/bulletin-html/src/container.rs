//! The HTML in a body's container: gzip that was not requested, UTF-16, or a browser's single file (MHTML).
//! Start at [`html_of`].

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use crate::MAX_PAGE_BYTES;
use crate::mhtml;
use crate::refusal::Refusal;

/// The HTML of a body. A body without a container is returned unchanged.
///
/// # Errors
/// [`Refusal`] if the body or its content is too large, or if a container is damaged.
pub(crate) fn html_of(body: &[u8]) -> Result<Cow<'_, [u8]>, Refusal> {
    if body.len() > MAX_PAGE_BYTES {
        return Err(Refusal::TooLarge { bytes: body.len() });
    }
    let body = if body.starts_with(b"\x1f\x8b") {
        Cow::Owned(gunzip(body)?)
    } else {
        Cow::Borrowed(body)
    };
    let body = match utf16_as_utf8(&body) {
        Some(text) => Cow::Owned(text),
        None => body,
    };
    match mhtml::html_of_message(&body) {
        None => Ok(body),
        Some(html) => html.map(|html| Cow::Owned(utf16_as_utf8(&html).unwrap_or(html))),
    }
}

fn gunzip(body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut html = Vec::new();
    let read = MultiGzDecoder::new(body)
        .take(MAX_PAGE_BYTES as u64 + 1)
        .read_to_end(&mut html);
    match read {
        Ok(bytes) if bytes > MAX_PAGE_BYTES => Err(Refusal::TooLarge { bytes }),
        Ok(_) => Ok(html),
        Err(_) => Err(Refusal::Binary),
    }
}

/// UTF-16 as UTF-8; `None` for anything else. Without a byte order mark, every second of the first bytes is
/// zero: a page begins with markup.
fn utf16_as_utf8(body: &[u8]) -> Option<Vec<u8>> {
    const HEAD: usize = 16;
    let zeros = |from: usize| {
        let head = body.get(..HEAD).unwrap_or_default();
        !head.is_empty() && head.iter().skip(from).step_by(2).all(|byte| *byte == 0)
    };
    let (body, is_little) = match body {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        _ if zeros(1) && !zeros(0) => (body, true),
        _ if zeros(0) && !zeros(1) => (body, false),
        _ => return None,
    };
    let units = body.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if is_little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }
    });
    let mut text = String::with_capacity(body.len() / 2);
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const PAGE: &str = "<html><body>caf\u{e9} 08JAN15</body></html>";

    fn gzipped(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_html_is_not_copied() {
        assert!(matches!(html_of(PAGE.as_bytes()), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn gzip_is_decompressed_within_bounds() {
        assert_eq!(&*html_of(&gzipped(PAGE.as_bytes())).unwrap(), PAGE.as_bytes());
        let bomb = gzipped(&vec![b' '; MAX_PAGE_BYTES + 1]);
        assert!(matches!(html_of(&bomb), Err(Refusal::TooLarge { .. })));
        let whole = gzipped(PAGE.as_bytes());
        assert_eq!(html_of(&whole[..whole.len() - 9]), Err(Refusal::Binary));
        assert_eq!(html_of(b"\x1f\x8b\x08\x00abc"), Err(Refusal::Binary));
    }

    #[test]
    fn utf16_is_read_in_both_orders_with_and_without_a_mark() {
        for little in [true, false] {
            let bytes = |text: &str| -> Vec<u8> {
                let units = text.encode_utf16();
                units
                    .flat_map(|unit| {
                        if little {
                            unit.to_le_bytes()
                        } else {
                            unit.to_be_bytes()
                        }
                    })
                    .collect()
            };
            assert_eq!(&*html_of(&bytes(PAGE)).unwrap(), PAGE.as_bytes());
            assert_eq!(
                &*html_of(&bytes(&format!("\u{feff}{PAGE}"))).unwrap(),
                PAGE.as_bytes()
            );
        }
        assert!(matches!(html_of(&[0; 64]), Ok(Cow::Borrowed(_))));
    }
}
