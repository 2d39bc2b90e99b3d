//! The invariants of every body, regardless of its bytes. The fuzzer checks them, and so do the crate's tests
//! on its corpus.

use bulletin::{CutOff, Finding, Month, Reading};
use bulletin_html::{Refusal, month_of_path, read_index, read_page, recognise};

/// Parses a body as a bulletin's page, and checks the invariants.
pub(crate) fn of_page(body: &[u8]) {
    let read = read_page(body, None);
    if let Err(refusal) = recognise(body) {
        assert_eq!(read, Err(refusal));
    }
    let read = match read {
        Ok(read) => read,
        Err(refusal) => return of_refusal(&refusal),
    };
    let month = read.bulletin.month();
    assert_eq!(read_page(body, Some(month)).as_ref(), Ok(&read));
    let expected = month.next();
    assert_eq!(
        read_page(body, Some(expected)),
        Err(Refusal::WrongMonth {
            expected,
            found: month
        })
    );
    assert!(read.bulletin.rows().len() > 0);
    for row in read.bulletin.rows() {
        match row.reading {
            Reading::CutOff(CutOff::Date(date)) => {
                assert!(Month::of(date) <= month, "{row:?} lies after {month}");
                assert_eq!(row.raw.value.len(), 7, "{row:?}");
            }
            Reading::CutOff(CutOff::Current) => assert_eq!(&*row.raw.value, "C"),
            Reading::CutOff(CutOff::Unavailable) => assert_eq!(&*row.raw.value, "U"),
            Reading::Unreadable => {
                let is_reported = read.findings.iter().any(|finding| match finding {
                    Finding::UnreadableCell {
                        chart,
                        category,
                        area,
                        ..
                    }
                    | Finding::ConflictingCells {
                        chart,
                        category,
                        area,
                        ..
                    } => (*chart, *category, *area) == (row.key.chart, row.key.category, row.key.area),
                    Finding::RaggedRow { chart, .. } => *chart == row.key.chart,
                    Finding::IdenticalCharts { preference } => *preference == row.key.category.preference(),
                    _ => false,
                });
                assert!(is_reported, "{row:?} is not reported");
            }
        }
    }
    let confirmed = read.clone().confirm_identical_charts();
    assert_eq!(confirmed.clone().confirm_identical_charts(), confirmed);
    assert_eq!(confirmed.bulletin.rows().len(), read.bulletin.rows().len());
    for finding in &read.findings {
        assert!(finding.to_string().ends_with('.'), "{finding}");
        assert!(
            !finding.to_string().contains(|c: char| c.is_control()),
            "{finding:?}"
        );
    }
}

/// Parses a body as the index page, and checks the invariants.
pub(crate) fn of_index(body: &[u8]) {
    let links = match read_index(body) {
        Ok(links) => links,
        Err(refusal) => return of_refusal(&refusal),
    };
    assert!(!links.is_empty());
    assert!(links.is_sorted_by(|a, b| a.month > b.month));
    for link in links {
        assert!(
            link.path.starts_with("/content/") && !link.path.contains(".."),
            "{link:?}"
        );
        assert_eq!(month_of_path(&link.path), Some(link.month));
    }
}

fn of_refusal(refusal: &Refusal) {
    let sentence = refusal.to_string();
    assert!(sentence.ends_with('.'), "{sentence}");
    assert!(!sentence.contains(|c: char| c.is_control()), "{sentence:?}");
    assert!(!refusal.kind().is_empty());
}
