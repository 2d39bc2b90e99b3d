//! Identifies the category, area or preference that a label names.
//!
//! The known spellings are in `wording.rs`, the distance between spellings in `spelling.rs`, compound category
//! designators in `designator.rs`. Start reading at [`category`] and [`area`].

mod designator;

use std::sync::LazyLock;

use bulletin::{Area, Category, Month, Preference};

use crate::era;
use crate::fifth::{fits, without_parentheses};
use crate::spelling::{Label, Spelling, only_close};
use crate::text::{without_footnote_marks, words};
use crate::wording::{
    AREA_SYNONYMS, AREAS, CATEGORIES, FIFTH_WITHOUT_PARENTHESES, NOTE_WORDS, PREFERENCES, SYNONYMS,
};

/// The match of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named<T> {
    /// A known spelling, apart from case, spaces, hyphens and footnote marks.
    Exactly(T),
    /// Not a known spelling, but close to exactly one.
    Nearly(T),
}

impl<T: Copy> Named<T> {
    pub(crate) fn what(self) -> T {
        match self {
            Self::Exactly(what) | Self::Nearly(what) => what,
        }
    }
}

/// The categories that a row's label may name if the half of the chart is unknown: none, one, or one of each half for a
/// bare rank such as `3rd`. If the label is a known spelling in one half, near matches in the other do not count.
pub fn categories_of_label(label: &str) -> Vec<Category> {
    let named: Vec<Named<Category>> = Preference::ALL
        .into_iter()
        .filter_map(|preference| category(preference, label, None))
        .collect();
    let has_exact = named.iter().any(|named| matches!(named, Named::Exactly(_)));
    named
        .into_iter()
        .filter(|named| !has_exact || matches!(named, Named::Exactly(_)))
        .map(Named::what)
        .collect()
}

/// The area that a column's label names: a known spelling, a spelling close to exactly one, or the exact name of a
/// country that never had a column.
pub fn area_of_label(label: &str) -> Option<Area> {
    area(label).map(Named::what)
}

/// The category that a row's label names in a table of this preference: a known spelling, one close to exactly one, a
/// synonym, or the beginning of exactly one category that exists in the bulletin's month.
pub(crate) fn category(preference: Preference, label: &str, month: Option<Month>) -> Option<Named<Category>> {
    let text = without_footnote_marks(label);
    if let Some(category) = exact_category(preference, &text) {
        return Some(Named::Exactly(category));
    }
    let label = Label::new(&text)?;
    near_category(preference, &label)
        .or_else(|| designator::category(preference, &text))
        .or_else(|| beginning_of_category(preference, &label, month?))
        .map(Named::Nearly)
}

/// The category of a known or nearly known spelling.
pub(crate) fn spelt_category(preference: Preference, label: &str) -> Option<Category> {
    exact_category(preference, label).or_else(|| near_category(preference, &Label::new(label)?))
}

/// The only category of the month whose label begins with these words; at least two words are required.
fn beginning_of_category(preference: Preference, label: &Label<'_>, month: Month) -> Option<Category> {
    let mut found = None;
    for (category, spelling) in CATEGORIES {
        if category.preference() == preference
            && era::has(category, month)
            && begins_with_words(spelling, label.text)
        {
            if found.is_some_and(|found| found != category) {
                return None;
            }
            found = Some(category);
        }
    }
    found.filter(|category| fits(*category, label, true))
}

/// True if the spelling begins with these words, of which there are at least two, and continues.
fn begins_with_words(spelling: &str, beginning: &str) -> bool {
    let mut spelt = words(spelling);
    let mut count = 0;
    for word in words(beginning) {
        count += 1;
        if !spelt.next().is_some_and(|known| known.eq_ignore_ascii_case(word)) {
            return false;
        }
    }
    count >= 2 && spelt.next().is_some()
}

/// The category with this known spelling.
pub(crate) fn exact_category(preference: Preference, label: &str) -> Option<Category> {
    let first = first_letter(label)?;
    CATEGORIES
        .iter()
        .find(|(category, spelling)| {
            begins_with(spelling, first) && category.preference() == preference && reads_as(label, spelling)
        })
        .map(|(category, _)| *category)
}

/// The area that a column's label names. A country that never had a column must be spelled exactly.
pub(crate) fn area(label: &str) -> Option<Named<Area>> {
    let text = without_footnote_marks(label);
    if let Some(area) = exact_area(&text) {
        return Some(Named::Exactly(area));
    }
    if let Some(area) = Area::by_name(&text) {
        return Some(Named::Exactly(area));
    }
    let label = Label::new(&text)?;
    if let Some(area) = area_in_other_words(&text).or_else(|| area_with_note(&text)) {
        return Some(Named::Nearly(area));
    }
    let (_, area) = only_close(
        AREA_SPELLINGS
            .iter()
            .filter_map(|(area, spelling)| Some((spelling.distance(&label)?, *area))),
    )?;
    // A country without a column is never the result, but makes a label ambiguous.
    Area::listed()
        .any(|listed| listed == area)
        .then_some(Named::Nearly(area))
}

/// The area of a synonym that no bulletin has used, or of a shortened known label.
fn area_in_other_words(label: &str) -> Option<Area> {
    let trimmed = label.trim_start();
    let label = match trimmed.get(..4) {
        Some(article) if article.eq_ignore_ascii_case("the ") => &trimmed[4..],
        _ => trimmed,
    };
    let synonym = AREA_SYNONYMS
        .iter()
        .find(|(_, spellings)| spellings.iter().any(|spelling| reads_as(label, spelling)));
    if let Some((area, _)) = synonym {
        return Some(*area);
    }
    // Only these two labels may be shortened. Part of a list of countries would name other countries.
    let begins = AREAS.iter().find(|(area, spelling)| {
        [Area::ALL, Area::CHINA].contains(area) && begins_with_words(spelling, label)
    });
    begins.map(|(area, _)| *area).or_else(|| exact_area(label))
}

/// The area of a known label with an irrelevant note in parentheses, as in `INDIA (see note D)`, or with a zero
/// instead of an O.
fn area_with_note(label: &str) -> Option<Area> {
    if label.contains('0') {
        return exact_area(&label.replace('0', "O"));
    }
    let (label, note) = label.trim_end().strip_suffix(')')?.split_once('(')?;
    let says_nothing =
        |word: &str| word.len() == 1 || NOTE_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    words(note).all(says_nothing).then(|| exact_area(label)).flatten()
}

/// The area with this known spelling.
pub(crate) fn exact_area(label: &str) -> Option<Area> {
    let first = first_letter(label)?;
    AREAS
        .iter()
        .find(|(_, spelling)| begins_with(spelling, first) && reads_as(label, spelling))
        .map(|(area, _)| *area)
}

/// The preference that a title names, such as `Family-Sponsored` or `Employment- based`. The title is the first cell
/// of a table, or a row above or between its rows.
pub(crate) fn preference(label: &str) -> Option<Preference> {
    // Fast path: most labels are not titles. A title begins with F, E or P, or with the next letter if a typo dropped
    // it.
    let first = label.chars().find(|c| c.is_alphabetic())?.to_ascii_lowercase();
    if label.len() < 5 || !matches!(first, 'f' | 'a' | 'e' | 'm' | 'p' | 'r') {
        return None;
    }
    let exact = PREFERENCES.iter().find(|(_, spelling)| reads_as(label, spelling));
    if let Some((preference, _)) = exact {
        return Some(*preference);
    }
    let label = without_footnote_marks(label);
    let label = Label::new(&label)?;
    let (_, preference) = only_close(
        PREFERENCE_SPELLINGS
            .iter()
            .filter_map(|(preference, spelling)| Some((spelling.distance(&label)?, *preference))),
    )?;
    Some(preference)
}

static CATEGORY_SPELLINGS: LazyLock<Vec<(Category, Spelling)>> = LazyLock::new(|| prepared(&CATEGORIES));
static FIFTH_SPELLINGS: LazyLock<Vec<(Category, Spelling)>> =
    LazyLock::new(|| prepared(&FIFTH_WITHOUT_PARENTHESES));
static PREFERENCE_SPELLINGS: LazyLock<Vec<(Preference, Spelling)>> = LazyLock::new(|| prepared(&PREFERENCES));
static AREA_SPELLINGS: LazyLock<Vec<(Area, Spelling)>> = LazyLock::new(|| {
    let mut spellings = prepared(&AREAS);
    let others = Area::every().filter(|area| *area != Area::ALL);
    spellings.extend(others.map(|area| (area, Spelling::new(area.name()))));
    spellings
});

fn prepared<T: Copy>(spellings: &[(T, &str)]) -> Vec<(T, Spelling)> {
    spellings
        .iter()
        .map(|(what, spelling)| (*what, Spelling::new(spelling)))
        .collect()
}

/// The first letter or digit of a label; `None` if it has none or if it is not ASCII, as in every spelling.
fn first_letter(label: &str) -> Option<u8> {
    let first = label.chars().find(|c| c.is_alphanumeric())?;
    u8::try_from(first).ok().filter(u8::is_ascii)
}

/// True if the spelling begins with this letter or digit, ignoring case.
fn begins_with(spelling: &str, first: u8) -> bool {
    spelling
        .as_bytes()
        .first()
        .is_some_and(|own| own.eq_ignore_ascii_case(&first))
}

/// True if two labels have the same letters and digits in the same order, ignoring case.
fn reads_as(label: &str, spelling: &str) -> bool {
    let mut label = label.chars().filter(|c| c.is_alphanumeric());
    spelling.bytes().filter(u8::is_ascii_alphanumeric).all(|byte| {
        label
            .next()
            .is_some_and(|c| c.is_ascii() && (c as u8).eq_ignore_ascii_case(&byte))
    }) && label.next().is_none()
}

fn near_category(preference: Preference, label: &Label<'_>) -> Option<Category> {
    let synonym = SYNONYMS.iter().find(|(category, spellings)| {
        category.preference() == preference
            && spellings
                .iter()
                .any(|spelling| reads_as(&label.squashed, spelling))
    });
    if let Some((category, _)) = synonym {
        return Some(*category);
    }
    let near = |spellings: &[(Category, Spelling)], label: &Label<'_>| {
        only_close(
            spellings
                .iter()
                .filter(|(category, _)| category.preference() == preference)
                .filter_map(|(category, spelling)| Some((spelling.distance(label)?, *category))),
        )
    };
    if let Some((_, category)) = near(&CATEGORY_SPELLINGS, label) {
        return fits(category, label, false).then_some(category);
    }
    let bare = without_parentheses(label.text);
    let bare = Label::new(&bare)?;
    let (_, category) = near(&FIFTH_SPELLINGS, &bare)?;
    fits(category, label, true).then_some(category)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All typos that drop, double or swap one letter.
    fn slips(label: &str) -> Vec<String> {
        let letters: Vec<char> = label.chars().collect();
        let mut slips = Vec::new();
        for at in 0..letters.len() {
            let mut dropped = letters.clone();
            dropped.remove(at);
            slips.push(dropped);
            let mut doubled = letters.clone();
            doubled.insert(at, letters[at]);
            slips.push(doubled);
            if at > 0 {
                let mut swapped = letters.clone();
                swapped.swap(at - 1, at);
                slips.push(swapped);
            }
        }
        slips.into_iter().map(String::from_iter).collect()
    }

    #[test]
    fn a_label_without_its_half_may_name_a_category_of_each_half() {
        for (label, expected) in [
            ("3rd", &[Category::F3, Category::Eb3][..]),
            ("2nd", &[Category::Eb2]),
            ("2A*", &[Category::F2a]),
            ("F4", &[Category::F4]),
            ("Other Workers", &[Category::OtherWorkers]),
            ("Other Wokers", &[Category::OtherWorkers]),
            ("Category", &[]),
        ] {
            assert_eq!(categories_of_label(label), expected, "{label}");
        }
        assert_eq!(area_of_label("CHINA-mainland born"), Some(Area::CHINA));
        assert_eq!(area_of_label("Somewhere"), None);
    }

    #[test]
    fn every_word_is_short_enough_to_be_compared() {
        let categories = CATEGORY_SPELLINGS.iter().chain(FIFTH_SPELLINGS.iter());
        let spellings = categories
            .map(|(_, spelling)| spelling)
            .chain(PREFERENCE_SPELLINGS.iter().map(|(_, spelling)| spelling))
            .chain(AREA_SPELLINGS.iter().map(|(_, spelling)| spelling));
        for spelling in spellings {
            assert!(spelling.has_only_short_words(), "{spelling:?}");
        }
    }

    #[test]
    fn no_slip_turns_one_category_into_another() {
        let mut lost = Vec::new();
        for (category, spelling) in CATEGORIES {
            let found = super::category(category.preference(), spelling, None);
            assert_eq!(found, Some(Named::Exactly(category)), "{spelling}");
            for label in slips(spelling) {
                match super::category(category.preference(), &label, None) {
                    Some(named) => assert_eq!(named.what(), category, "{label}"),
                    None => lost.push(label),
                }
            }
        }
        // Typos are not recognised in short labels, in digits, and in the classes that distinguish two rows.
        let lost_words: Vec<&String> = lost
            .iter()
            .filter(|label| label.len() > 5 && !label.starts_with("th ") && !label.contains(['5', '%']))
            .collect();
        assert_eq!(lost_words, [""; 0]);
    }

    #[test]
    fn no_slip_turns_one_area_into_another() {
        for (area, spelling) in AREAS {
            assert_eq!(super::area(spelling), Some(Named::Exactly(area)), "{spelling}");
            for label in slips(spelling) {
                let found = super::area(&label).map(Named::what);
                if spelling.len() > 2 {
                    assert_eq!(found, Some(area), "{label}");
                } else {
                    assert!(found.is_none_or(|found| found == area), "{label}");
                }
            }
        }
    }
}
