//! The month of a page: its title, a heading in its text and its canonical address.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "shared/small.rs"]
mod small;

use bulletin::Month;
use bulletin_html::{Refusal, read_page};
use small::{kinds_of, read, refusal, whole_page};

/// The small page with this title, heading and canonical address.
fn page(title: &str, heading: &str, address: &str) -> String {
    let mut top = String::new();
    if !heading.is_empty() {
        top.push_str(&format!("<h1>{heading}</h1>"));
    }
    if !address.is_empty() {
        top.push_str(&format!(
            "<link rel=canonical href='/content/visa-bulletin/2025/visa-bulletin-for-{address}.html'>"
        ));
    }
    whole_page()
        .replace("Visa Bulletin For January 2025", title)
        .replace("<body>", &format!("<body>{top}"))
}

const MARCH: &str = "Visa Bulletin for March 2025";
const APRIL: &str = "Visa Bulletin for April 2025";

fn month(html: &str) -> String {
    read(html).bulletin.month().to_string()
}

#[test]
fn sources_that_agree_name_the_month() {
    for html in [
        page(MARCH, "", ""),
        page(MARCH, MARCH, ""),
        page(MARCH, "", "march-2025"),
        page(MARCH, MARCH, "march-2025"),
    ] {
        assert_eq!(month(&html), "2025-03");
        assert_eq!(kinds_of(&read(&html)), [""; 0]);
    }
}

#[test]
fn two_sources_outvote_a_third_that_is_not_the_title() {
    for html in [page(MARCH, APRIL, "march-2025"), page(MARCH, MARCH, "april-2025")] {
        assert_eq!(month(&html), "2025-03");
        assert_eq!(kinds_of(&read(&html)), ["month_mismatch"]);
    }
}

#[test]
fn a_stale_title_is_refused_with_every_source() {
    let refusal = refusal(&page(MARCH, APRIL, "april-2025"));
    assert_eq!(refusal.kind(), "month_contradicted");
    let sentence = refusal.to_string();
    for part in [
        "title names March 2025",
        "heading in its text names April 2025",
        "address names April 2025",
    ] {
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[test]
fn one_source_against_the_title_needs_the_month_that_was_asked_for() {
    for html in [page(MARCH, APRIL, ""), page(MARCH, "", "april-2025")] {
        assert_eq!(refusal(&html).kind(), "month_contradicted");
        let march: Month = "2025-03".parse().unwrap();
        let read = read_page(html.as_bytes(), Some(march)).unwrap();
        assert_eq!(kinds_of(&read), ["month_mismatch"]);
        let april = march.next();
        assert_eq!(
            read_page(html.as_bytes(), Some(april)),
            Err(Refusal::WrongMonth {
                expected: april,
                found: march
            })
        );
    }
}

#[test]
fn a_link_to_another_bulletin_is_not_a_heading() {
    let link = format!("<li><a href='/content/visa-bulletin-for-april-2025.html'>{APRIL}</a></li>");
    let html = page(MARCH, MARCH, "").replace("<body>", &format!("<body>{link}"));
    assert_eq!(kinds_of(&read(&html)), [""; 0]);
}

#[test]
fn without_a_title_the_other_sources_name_the_month() {
    let html = page("Travel", APRIL, "");
    assert_eq!(month(&html), "2025-04");
    assert_eq!(kinds_of(&read(&html)), ["layout"]);
    assert_eq!(refusal(&page("Travel", APRIL, "march-2025")), Refusal::NoMonth);
    assert_eq!(refusal(&page("Travel", "x", "")), Refusal::NoMonth);
    assert_eq!(refusal(&page("", "", "")), Refusal::NoMonth);
}
