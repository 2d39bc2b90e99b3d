//! Pages in a container, and small index pages.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "shared/small.rs"]
mod small;

use bulletin_html::{ReadPage, Refusal, read_index, read_page, recognise};
use bulletin_samples::{TransferEncoding, mhtml};
use small::{ALL_CELLS, read, readable, whole_page};

fn assert_same(body: &[u8], what: &str) {
    assert_eq!(recognise(body), Ok(()), "{what}");
    let found: ReadPage = match read_page(body, None) {
        Ok(found) => found,
        Err(refusal) => panic!("{what}: {refusal}"),
    };
    assert_eq!(found, read(&whole_page()), "{what}");
    assert_eq!(readable(&found), ALL_CELLS);
}

#[test]
fn a_page_saved_as_a_single_file_is_read() {
    for encoding in TransferEncoding::ALL {
        assert_same(mhtml(&whole_page(), encoding).as_bytes(), encoding.name());
    }
    let page = whole_page();
    let truncated = mhtml(&page[..page.len() / 2], TransferEncoding::EightBit);
    assert_eq!(
        read_page(truncated.as_bytes(), None).unwrap_err().kind(),
        "truncated"
    );
    let without = mhtml(&page, TransferEncoding::EightBit)
        .replace("Content-Type: text/html\r\n", "Content-Type: text/css\r\n");
    assert_eq!(
        read_page(without.as_bytes(), None).unwrap_err().to_string(),
        "The single file (MHTML) is damaged: it contains no HTML page. Save the page again."
    );
}

#[test]
fn a_page_in_utf_16_is_read() {
    let units: Vec<u16> = whole_page().encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    assert_same(&little, "little-endian");
    assert_same(&big, "big-endian");
    assert_same(
        &[&[0xff, 0xfe][..], &little].concat(),
        "little-endian with a mark",
    );
    assert_same(&[&[0xfe, 0xff][..], &big].concat(), "big-endian with a mark");
}

#[test]
fn a_short_index_page_is_not_a_challenge() {
    let page = |title: &str, body: &str| {
        format!(
            "<html><head><title>{title}</title><script src='/recaptcha.js'></script></head><body>{body}</body></html>"
        )
    };
    let link = "<a href='/content/visa-bulletin-for-march-2026.html'>March 2026</a>";
    for (title, body) in [
        ("Visa Bulletin", link.to_owned()),
        ("Travel", format!("<h1>The Visa Bulletin</h1>{link}")),
        (
            "Travel",
            format!("<h1>Visa&nbsp;Bulletin</h1>{link}<script>window.location.hash</script>"),
        ),
        ("", format!("<ul id='recent_bulletins'>{link}</ul>")),
    ] {
        let links = read_index(page(title, &body).as_bytes()).unwrap();
        assert_eq!(links.len(), 1, "{title} {body}");
    }
    assert_eq!(
        read_index(page("Travel", "<h1>Visa Bulletin</h1>Coming soon").as_bytes()),
        Err(Refusal::NoLinks)
    );
    for body in [
        "Prove that you are human.",
        "<div class='captcha' data-url='/visa-bulletin-for-march-2026.html'>",
    ] {
        let refusal = read_index(page("Travel", body).as_bytes()).unwrap_err();
        assert_eq!(refusal.kind(), "challenge", "{body}");
    }
}
