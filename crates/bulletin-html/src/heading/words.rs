//! Headings that name their chart in other words or in another order than all headings so far.

use bulletin::{Chart, Month, Preference};

use super::{Heading, Letter};
use crate::text;

/// True if a squashed line has a word that can name a chart.
pub(crate) fn may_name_chart(squashed: &[u8]) -> bool {
    let begins = |at: usize, word: &[u8]| squashed[at..].starts_with(word);
    memchr::memchr3_iter(b'f', b'c', b't', squashed).any(|at| {
        [&b"final"[..], b"filing", b"file", b"chart", b"table"]
            .iter()
            .any(|word| begins(at, word))
    })
}

/// The words of which a heading can consist, apart from numbers, single letters and the names of months.
const HEADING_WORDS: [&str; 49] = [
    "a",
    "action",
    "and",
    "application",
    "applications",
    "based",
    "bulletin",
    "cases",
    "categories",
    "category",
    "chart",
    "charts",
    "class",
    "classes",
    "continued",
    "cut",
    "cutoff",
    "date",
    "dates",
    "employment",
    "family",
    "file",
    "filing",
    "final",
    "for",
    "immigrant",
    "in",
    "number",
    "numbers",
    "of",
    "off",
    "offs",
    "on",
    "part",
    "preference",
    "preferences",
    "priority",
    "section",
    "sponsored",
    "statutory",
    "table",
    "tables",
    "the",
    "to",
    "under",
    "visa",
    "visas",
    "with",
    "cont",
];

/// A heading that names its chart in other words or in another order: `Chart A: Family-Sponsored Preference Class, Final
/// Action Dates`. It consists of the words of headings only, so that no sentence is taken for one.
pub(crate) fn other_heading(line: &str, letter: Option<char>) -> Option<Heading> {
    let mut words = [""; 24];
    let mut count = 0;
    for word in text::words(line) {
        *words.get_mut(count)? = word;
        count += 1;
    }
    let words = &words[..count];
    let has = |wanted: &str| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
    let final_action = has("final") && has("action");
    let filing = has("filing") || (has("file") && has("dates"));
    let called = words.windows(2).find_map(|pair| {
        let is_chart = ["chart", "table"]
            .iter()
            .any(|noun| pair[0].eq_ignore_ascii_case(noun));
        match pair[1] {
            "A" | "a" if is_chart => Some(Chart::FinalAction),
            "B" | "b" if is_chart => Some(Chart::DatesForFiling),
            _ => None,
        }
    });
    let chart = match (final_action, filing) {
        (true, true) => return None,
        (true, false) => Chart::FinalAction,
        (false, true) => Chart::DatesForFiling,
        (false, false) => called?,
    };
    if !words.iter().all(|word| is_heading_word(word)) {
        return None;
    }
    let preference = match (has("family"), has("employment")) {
        (true, true) => return None,
        (true, false) => Some(Preference::Family),
        (false, true) => Some(Preference::Employment),
        (false, false) => None,
    };
    let usual = match chart {
        Chart::FinalAction => 'A',
        Chart::DatesForFiling => 'B',
    };
    let letter = if called.is_some_and(|called| called != chart) {
        Letter::Contradicting
    } else if called.is_none() && letter.is_some_and(|letter| letter != usual) {
        Letter::Unusual
    } else {
        Letter::Usual
    };
    Some(Heading {
        chart,
        preference,
        letter,
    })
}

fn is_heading_word(word: &str) -> bool {
    let roman = || word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'));
    word.len() == 1
        || word.bytes().all(|byte| byte.is_ascii_digit())
        || roman()
        || HEADING_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
        || Month::from_name(word, 2000).is_some()
}
