//! Pages that a browser saved as a single file: they have the cells of the page, and a damaged file has none.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::Range;
use std::sync::LazyLock;

use bulletin_html::{ReadPage, Refusal, read_page};
use bulletin_samples::{Page, TransferEncoding, mhtml, site};
use proptest::prelude::*;

static HTML: LazyLock<String> = LazyLock::new(|| {
    let bulletin = site::bulletin("2024-05".parse().unwrap()).unwrap();
    Page::new(bulletin).unwrap().render()
});
static READ: LazyLock<ReadPage> = LazyLock::new(|| read_page(HTML.as_bytes(), None).unwrap());

fn any_encoding() -> impl Strategy<Value = TransferEncoding> {
    prop::sample::select(&TransferEncoding::ALL[..])
}

/// The places of the headers and boundaries.
fn structure(file: &str) -> Vec<usize> {
    let page = file
        .find("<!DOCTYPE")
        .map(|start| start..file.find("</html>").unwrap());
    let page = page.unwrap_or_else(|| {
        let start = file.find("x.html\r\n\r\n").unwrap();
        start + 10..start + 10 + file[start + 10..].find("\r\n--").unwrap()
    });
    let Range { start, end } = page;
    (0..start).chain(end..file.len()).collect()
}

#[test]
fn a_single_file_has_the_cells_of_the_page() {
    for encoding in TransferEncoding::ALL {
        let file = mhtml(&HTML, encoding);
        assert_eq!(
            read_page(file.as_bytes(), None).as_ref(),
            Ok(&*READ),
            "{encoding:?}"
        );
        let file = file.replace("\r\n", "\n");
        assert_eq!(
            read_page(file.as_bytes(), None).as_ref(),
            Ok(&*READ),
            "{encoding:?}"
        );
    }
}

#[test]
fn a_single_file_that_ends_early_says_so() {
    for encoding in TransferEncoding::ALL {
        let file = mhtml(&HTML, encoding);
        let page = file.find("Content-ID").unwrap();
        let end = file.rfind("--").unwrap();
        for cut in [page, page + 2000, end - 200, end, end + 1] {
            assert_eq!(
                read_page(&file.as_bytes()[..cut], None),
                Err(Refusal::DamagedMhtml {
                    why: "it ends before its last part is complete"
                }),
                "{encoding:?} cut at {cut} of {}",
                file.len()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_cell_is_read_from_a_truncated_file(encoding in any_encoding(), share in 0.0..1.0f64) {
        let file = mhtml(&HTML, encoding);
        let whole = file.trim_end().len();
        let cut = (share * whole as f64) as usize;
        prop_assert!(read_page(&file.as_bytes()[..cut], None).is_err(), "cut at {} of {}", cut, whole);
    }

    #[test]
    fn damaged_headers_and_boundaries_change_no_cell(
        encoding in any_encoding(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut file = mhtml(&HTML, encoding).into_bytes();
        let places = structure(std::str::from_utf8(&file).unwrap());
        for (place, byte) in damage {
            file[*place.get(&places)] = byte;
        }
        if let Ok(read) = read_page(&file, None) {
            for row in read.bulletin.rows() {
                let original = READ.bulletin.row(row.key).and_then(|row| row.reading.cut_off());
                let cut_off = row.reading.cut_off();
                prop_assert!(cut_off.is_none() || cut_off == original, "{:?}", row);
            }
        }
    }

    #[test]
    fn any_bytes_in_a_single_file_are_read_or_refused(
        encoding in any_encoding(),
        start in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        is_inserted: bool,
    ) {
        let mut file = mhtml(&HTML, encoding).into_bytes();
        let start = start.index(file.len());
        let end = if is_inserted { start } else { file.len().min(start + bytes.len()) };
        file.splice(start..end, bytes);
        let _ = read_page(&file, None);
    }
}
