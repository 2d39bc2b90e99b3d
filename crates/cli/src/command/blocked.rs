//! The lines of `run` and `status` about pages that no host serves, and the next step of the user.

use bulletin::{Month, MonthRange};
use bulletin_html::{INDEX_PATH, predicted_path};
use pipeline::OFFICIAL_SITE;

use crate::output::complain;

/// The longest answer of a host in a line.
const LONGEST_ANSWER: usize = 48;

/// The answers of the hosts in short: the first, without its details, and the number of the others.
pub(crate) fn in_short(answers: &str) -> String {
    let mut answers = answers.split("; ");
    let first = answers.next().unwrap_or_default();
    let first = first.split(" (").next().unwrap_or(first);
    let mut short: String = first.chars().take(LONGEST_ANSWER).collect();
    if short.len() < first.len() {
        short.push('…');
    }
    match answers.count() {
        0 => short,
        1 => format!("{short}; 1 more host"),
        others => format!("{short}; {others} more hosts"),
    }
}

/// Prints the answer of each host on a line, for `--verbose`.
pub(crate) fn print_answers(answers: &str) {
    for answer in answers.split("; ") {
        complain("note", answer);
    }
}

/// The months in words: `September to December 2026`, or `October 2025, December 2025`.
pub(crate) fn in_words(months: &[Month]) -> String {
    let (Some(first), Some(last)) = (months.first().copied(), months.last().copied()) else {
        return String::new();
    };
    let is_range = MonthRange { first, last }.months().eq(months.iter().copied());
    let is_short = months.len() == 2 && first.year() != last.year();
    if months.len() > 1 && is_range && !is_short {
        return from_to(first, last);
    }
    let titles: Vec<String> = months.iter().map(|month| month.title()).collect();
    titles.join(", ")
}

/// Two different months as the ends of a range: `September to December 2026`.
pub(crate) fn from_to(first: Month, last: Month) -> String {
    if first.year() == last.year() {
        format!("{} to {}", first.name(), last.title())
    } else {
        format!("{} to {}", first.title(), last.title())
    }
}

/// The lines that say how to store these months without the hosts; empty if there are none.
pub(crate) fn next_step(months: &[Month]) -> Vec<String> {
    let (page, what) = match months {
        [] => return Vec::new(),
        [month] => (predicted_path(*month), "save this page with a browser"),
        _ => (
            INDEX_PATH.to_owned(),
            "open this list in a browser, save the page of each missing month",
        ),
    };
    vec![
        format!("{what}, then run the command below"),
        format!("  {OFFICIAL_SITE}{page}"),
        "  bulletin ingest ~/Downloads/*isa*ulletin*.*htm*".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(texts: &[&str]) -> Vec<Month> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_first_answer_stands_for_all() {
        assert_eq!(in_short("a.gov: 403 Forbidden"), "a.gov: 403 Forbidden");
        assert_eq!(
            in_short("a.gov: no connection (no such name) (asked 3 times); b.gov: 403; c.gov: 403"),
            "a.gov: no connection; 2 more hosts"
        );
        assert!(in_short(&"é".repeat(90)).chars().count() <= LONGEST_ANSWER + 1);
    }

    #[test]
    fn months_are_a_range_if_none_is_left_out() {
        assert_eq!(
            in_words(&months(&["2026-09", "2026-10"])),
            "September to October 2026"
        );
        assert_eq!(
            in_words(&months(&["2026-11", "2026-12", "2027-01"])),
            "November 2026 to January 2027"
        );
        assert_eq!(
            in_words(&months(&["2026-09", "2026-11"])),
            "September 2026, November 2026"
        );
        assert_eq!(in_words(&months(&["2026-09"])), "September 2026");
    }

    #[test]
    fn no_line_but_an_address_is_longer_than_100_columns() {
        for months in [months(&["2026-09"]), months(&["2025-09", "2025-11", "2026-01"])] {
            for line in next_step(&months) {
                assert!(line.len() <= 92 || line.trim().starts_with("https:"), "{line}");
            }
        }
    }
}
