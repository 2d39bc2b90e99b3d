//! The names of countries in other languages, for options. Data and pages have English names and codes, which
//! [`Area`]'s `FromStr` parses without this table, so that the Lambdas do not contain it. Start with [`parse_area`].
//!
//! The names are those of the Unicode CLDR; `tools/write-country-names` writes the two files and says which languages.

use std::collections::HashMap;

use super::Area;
use crate::spelling::{UnknownSpelling, squash};

/// A line for each area: its code and its names, separated by tabs.
const NAMES: &str = include_str!("names.tsv");

/// A line for each letter: the letter, a tab, and the letters that differ from it only in an accent.
const LETTERS: &str = include_str!("letters.tsv");

/// Parses a country as people write it, in English like [`Area`]'s `FromStr`, or in another language: `México`,
/// `mexique`, `印度`, `Viet Nam`. Case, accents and punctuation do not matter.
///
/// ```
/// assert_eq!(bulletin::parse_area("भारत"), Ok(bulletin::Area::INDIA));
/// assert_eq!(bulletin::parse_area("filipinas"), Ok(bulletin::Area::PHILIPPINES));
/// ```
///
/// # Errors
/// [`UnknownSpelling`] if no area has this name, or several have.
pub fn parse_area(text: &str) -> Result<Area, UnknownSpelling> {
    let unknown = match text.parse() {
        Ok(area) => return Ok(area),
        Err(unknown) => unknown,
    };
    let letters = Letters::new();
    let wanted = letters.fold(text);
    // The table leaves out names that are English but for their accents.
    if let Ok(area) = wanted.parse() {
        return Ok(area);
    }
    let codes = codes_of(&wanted, NAMES, &letters);
    match (&codes[..], codes.first().map(|code| code.parse())) {
        ([_], Some(Ok(area))) => Ok(area),
        // The line of Hong Kong or Macau, which are no areas.
        ([_], Some(Err(_))) => Err(undecided(text)),
        ([], _) => Err(unknown),
        _ => {
            let candidates = codes.iter().map(|code| (*code).to_owned());
            let reason = format!("{} means several countries.", text.trim());
            Err(UnknownSpelling::new("country or area", text, candidates).because(reason))
        }
    }
}

/// The error for Hong Kong and Macau.
pub(super) fn undecided(text: &str) -> UnknownSpelling {
    let reason = format!(
        "This program cannot decide which column applies to {}: that has changed, and the consular officer decides.",
        text.trim()
    );
    UnknownSpelling::new("area", text, ["CHINA".into(), "ALL".into()]).because(reason)
}

/// The codes of the areas that have this name, without accents.
fn codes_of<'a>(wanted: &str, names: &'a str, letters: &Letters) -> Vec<&'a str> {
    if wanted.is_empty() {
        return Vec::new();
    }
    lines(names)
        .filter_map(|line| line.split_once('\t'))
        .filter(|(_, names)| names.split('\t').any(|name| letters.fold(name) == wanted))
        .map(|(code, _)| code)
        .collect()
}

/// The letters with accents, with those without.
struct Letters(HashMap<char, char>);

impl Letters {
    fn new() -> Self {
        let lines = lines(LETTERS).filter_map(|line| line.split_once('\t'));
        let pairs = lines.flat_map(|(bare, accented)| {
            let bare = bare.chars().next();
            accented.chars().filter_map(move |letter| Some((letter, bare?)))
        });
        Self(pairs.collect())
    }

    /// The letters and digits of a name, in lower case and without accents.
    fn fold(&self, name: &str) -> String {
        squash(name)
            .chars()
            .filter(|letter| !is_accent(*letter))
            .map(|letter| self.0.get(&letter).copied().unwrap_or(letter))
            .collect()
    }
}

/// True for the combining accents of Latin and Cyrillic, and of Arabic.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{655}')
}

/// The lines of a table without its comments.
fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_country_is_understood_in_the_language_of_its_people() {
        for (names, area) in [
            (
                &[
                    "México",
                    "Mexico",
                    "MÉXICO",
                    "me\u{301}xico",
                    "Mexique",
                    "墨西哥",
                    "멕시코",
                ][..],
                Area::MEXICO,
            ),
            (
                &[
                    "印度",
                    "भारत",
                    "ভারত",
                    "بھارت",
                    "Indien",
                    "Índia",
                    "Inde",
                    "Ấn Độ",
                    "an do",
                    "இந்தியா",
                ],
                Area::INDIA,
            ),
            (
                &["中国", "中國", "Chine", "Trung Quốc", "الصين", "Китай"],
                Area::CHINA,
            ),
            (
                &["Filipinas", "Pilipinas", "菲律宾", "Philippinen"],
                Area::PHILIPPINES,
            ),
            (&["Viet Nam", "Việt Nam", "越南"], Area::VIETNAM),
            (
                &[
                    "República Dominicana",
                    "republica dominicana",
                    "REPUBLICA DOMINICANA",
                ],
                Area::DOMINICAN_REPUBLIC,
            ),
        ] {
            for name in names {
                assert_eq!(parse_area(name), Ok(area), "{name}");
            }
        }
        for (name, code) in [
            ("Côte d'Ivoire", "COTE_D_IVOIRE"),
            ("Côte d’Ivoire", "COTE_D_IVOIRE"),
            ("cote divoire", "COTE_D_IVOIRE"),
            ("Guinea", "GUINEA"),
            ("Guinea Ecuatorial", "EQUATORIAL_GUINEA"),
            ("Papua-Neuguinea", "PAPUA_NEW_GUINEA"),
            ("Guinée-Bissau", "GUINEA_BISSAU"),
            ("Indonesien", "INDONESIA"),
            ("Dominique", "DOMINICA"),
            ("Nigéria", "NIGERIA"),
            ("Níger", "NIGER"),
            ("台湾", "TAIWAN"),
            ("대한민국", "SOUTH_KOREA"),
            ("الاردن", "JORDAN"),
            ("नेपाल", "NEPAL"),
            ("ایران", "IRAN"),
            ("পাকিস্তান", "PAKISTAN"),
            ("ኢትዮጵያ", "ETHIOPIA"),
        ] {
            assert_eq!(parse_area(name).map(Area::code), Ok(code), "{name}");
        }
    }

    #[test]
    fn hong_kong_and_macau_are_decided_in_no_language() {
        for name in ["香港", "澳門", "澳门", "Hongkong", "홍콩", "中国香港特别行政区"] {
            let refusal = parse_area(name).unwrap_err();
            assert_eq!(refusal.nearest, ["CHINA", "ALL"], "{name}");
            assert!(refusal.to_string().contains(name), "{refusal}");
        }
    }

    #[test]
    fn no_name_of_one_country_is_taken_for_another() {
        let letters = Letters::new();
        let mut meanings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for area in Area::every() {
            let (code, name, aliases) = area.entry();
            for spelling in [code, name].iter().chain(aliases) {
                meanings.entry(letters.fold(spelling)).or_default().insert(code);
            }
        }
        for line in lines(NAMES) {
            let (code, names) = line.split_once('\t').unwrap();
            assert!(
                code.parse::<Area>().is_ok() || ["HONG_KONG", "MACAU"].contains(&code),
                "{code}"
            );
            for name in names.split('\t') {
                meanings.entry(letters.fold(name)).or_default().insert(code);
            }
            let name = names.split('\t').next_back().unwrap();
            match parse_area(name) {
                Ok(area) => assert_eq!(area.code(), code, "{name}"),
                Err(refusal) => assert!(!refusal.reason.is_empty(), "{refusal}"),
            }
        }
        assert!(meanings.len() > 5000, "{}", meanings.len());
        for (name, codes) in meanings {
            assert_eq!(codes.len(), 1, "{name} means {codes:?}");
        }
        let has_names = |area: &Area| lines(NAMES).any(|line| line.starts_with(&format!("{area}\t")));
        let without: Vec<&str> = Area::every()
            .filter(|area| !has_names(area))
            .map(Area::code)
            .collect();
        assert_eq!(without, ["ALL", "EL_SALVADOR_GUATEMALA_HONDURAS"]);
    }

    #[test]
    fn a_name_of_two_countries_is_found_twice() {
        let names = "# comment\nCONGO_BRAZZAVILLE\tKongo\nCONGO_KINSHASA\tKinshasa\tkóngo\n";
        let codes = |wanted| codes_of(wanted, names, &Letters::new());
        assert_eq!(codes("kongo"), ["CONGO_BRAZZAVILLE", "CONGO_KINSHASA"]);
        assert_eq!(codes("kinshasa"), ["CONGO_KINSHASA"]);
        assert!(codes("comment").is_empty());
    }

    #[test]
    fn an_unknown_name_is_answered_like_an_unknown_english_one() {
        for text in ["Mexica", "", "?!", "भा", "Latveria"] {
            assert_eq!(parse_area(text), text.parse(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = parse_area(&text);
        }
    }
}
