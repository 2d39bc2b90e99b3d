//! Labels of rows that name a category by its code or its rank and explain it: `F2A - Spouses`, `1st
//! Preference`, `EB-1 Priority Workers`, `Other Workers (EW)`, or `4rd`.
//!
//! Every word must agree with the category: a label that says anything else is not read.

use bulletin::{Category, Preference};

use super::spelt_category;
use crate::text::words;

/// The category that such a label names.
pub(crate) fn category(preference: Preference, label: &str) -> Option<Category> {
    let mut named: Option<Category> = None;
    let mut rest: Vec<String> = Vec::new();
    for word in merged_words(label) {
        match meaning(preference, &word)? {
            Meaning::Category(category) => {
                named = Some(match named {
                    None => category,
                    Some(known) => more_particular(known, category)?,
                });
            }
            Meaning::Filler => {}
            Meaning::Other => rest.push(word),
        }
    }
    let category = match named {
        Some(category) => category,
        // The set-aside rows are unmistakable without their rank.
        None if preference == Preference::Employment
            && matches!(
                rest.first().map(String::as_str),
                Some("unreserved" | "set" | "rural" | "infrastructure" | "high")
            ) =>
        {
            Category::Eb5
        }
        None => return None,
    };
    if category == Category::Eb5 {
        return fifth(label, &rest);
    }
    if rest.is_empty() {
        return Some(category);
    }
    let kind = kind_within(category, &rest).unwrap_or(category);
    let gloss = gloss(kind);
    let agrees = rest.iter().all(|word| gloss.words.contains(&word.as_str()))
        && rest.iter().any(|word| gloss.telling.contains(&word.as_str()));
    agrees.then_some(kind)
}

/// A kind of the fifth preference, recognized by the words next to its rank.
fn fifth(label: &str, rest: &[String]) -> Option<Category> {
    if rest.is_empty() {
        return Some(Category::Eb5);
    }
    // The original words of the label, so that the ones in parentheses are compared as well.
    let of_rank = |word: &&str| {
        matches!(
            meaning(Preference::Employment, &word.to_ascii_lowercase()),
            Some(Meaning::Category(_) | Meaning::Filler)
        ) && !word.eq_ignore_ascii_case("and")
    };
    let mut text = String::from("5th");
    for word in words(label).filter(|word| !of_rank(word) && !matches!(*word, "EB" | "5")) {
        text.push(' ');
        text.push_str(word);
    }
    spelt_category(Preference::Employment, &text).filter(|category| category.code().starts_with("EB5_"))
}

/// The meaning of a word of a label.
enum Meaning {
    Category(Category),
    /// Nothing that the chart does not say already.
    Filler,
    Other,
}

/// The meaning of a word in a chart of this preference; `None` if it is a word of the other preference.
fn meaning(preference: Preference, word: &str) -> Option<Meaning> {
    let is_family = preference == Preference::Family;
    if let Some(category) = code(preference, word).or_else(|| rank(preference, word)) {
        return Some(Meaning::Category(category));
    }
    match word {
        "preference" | "preferences" | "class" | "category" | "the" | "visa" | "visas" | "and" | "or"
        | "of" => Some(Meaning::Filler),
        "family" | "sponsored" => is_family.then_some(Meaning::Filler),
        "employment" => (!is_family).then_some(Meaning::Filler),
        "based" => Some(Meaning::Filler),
        _ => Some(Meaning::Other),
    }
}

fn code(preference: Preference, word: &str) -> Option<Category> {
    Some(match (preference, word) {
        (Preference::Family, "f1" | "fb1") => Category::F1,
        (Preference::Family, "2a" | "f2a" | "fb2a") => Category::F2a,
        (Preference::Family, "2b" | "f2b" | "fb2b") => Category::F2b,
        (Preference::Family, "f3" | "fb3") => Category::F3,
        (Preference::Family, "f4" | "fb4") => Category::F4,
        (Preference::Employment, "e1" | "eb1") => Category::Eb1,
        (Preference::Employment, "e2" | "eb2") => Category::Eb2,
        (Preference::Employment, "e3" | "eb3") => Category::Eb3,
        (Preference::Employment, "e4" | "eb4") => Category::Eb4,
        (Preference::Employment, "e5" | "eb5") => Category::Eb5,
        (Preference::Employment, "ew") => Category::OtherWorkers,
        (Preference::Employment, "sr") => Category::ReligiousWorkers,
        _ => return None,
    })
}

/// The category of a rank such as `3rd`, also with a wrong ending, as in `3th`.
fn rank(preference: Preference, word: &str) -> Option<Category> {
    let number = match word {
        "first" => 1,
        "second" => 2,
        "third" => 3,
        "fourth" => 4,
        "fifth" => 5,
        "1rst" => 1,
        _ => match word.as_bytes() {
            [digit @ b'1'..=b'5', b's', b't']
            | [digit @ b'1'..=b'5', b'n' | b'r', b'd']
            | [digit @ b'1'..=b'5', b't', b'h'] => digit - b'0',
            _ => return None,
        },
    };
    Some(match (preference, number) {
        (Preference::Family, 1) => Category::F1,
        (Preference::Family, 3) => Category::F3,
        (Preference::Family, 4) => Category::F4,
        (Preference::Employment, 1) => Category::Eb1,
        (Preference::Employment, 2) => Category::Eb2,
        (Preference::Employment, 3) => Category::Eb3,
        (Preference::Employment, 4) => Category::Eb4,
        (Preference::Employment, 5) => Category::Eb5,
        _ => return None,
    })
}

/// The words of a label in lower case, with codes in one piece: `EB-1` and `F 2A` are one word each.
fn merged_words(label: &str) -> Vec<String> {
    let mut merged: Vec<String> = Vec::new();
    for word in words(label) {
        let word = word.to_ascii_lowercase();
        let belongs = merged.last().is_some_and(|last| {
            let digit_first = word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 2;
            (matches!(last.as_str(), "f" | "fb" | "e" | "eb") && digit_first)
                || (matches!(last.as_str(), "2" | "f2" | "fb2") && matches!(word.as_str(), "a" | "b"))
        });
        match merged.last_mut().filter(|_| belongs) {
            Some(last) => last.push_str(&word),
            None => merged.push(word),
        }
    }
    merged
}

/// Of two categories that a label names, the kind within the other, as in `3rd Other Workers (EW)`; `None` if they
/// contradict each other.
fn more_particular(one: Category, other: Category) -> Option<Category> {
    use Category::{Eb3, Eb4, OtherWorkers, ReligiousWorkers};
    match (one, other) {
        (one, other) if one == other => Some(one),
        (Eb3, OtherWorkers) | (OtherWorkers, Eb3) => Some(OtherWorkers),
        (Eb4, ReligiousWorkers) | (ReligiousWorkers, Eb4) => Some(ReligiousWorkers),
        _ => None,
    }
}

/// The kind within a category that these words name: `other workers` within the third preference.
fn kind_within(category: Category, rest: &[String]) -> Option<Category> {
    let only = |known: &[&str]| rest.iter().all(|word| known.contains(&word.as_str()));
    match category {
        Category::Eb3 if only(&["other", "workers"]) => Some(Category::OtherWorkers),
        Category::Eb4 if only(&["certain", "religious", "workers"]) => Some(Category::ReligiousWorkers),
        _ => None,
    }
}

/// The words that explain a category, and those of them of which at least one must be there.
struct Gloss {
    words: &'static [&'static str],
    telling: &'static [&'static str],
}

#[rustfmt::skip]
fn gloss(category: Category) -> Gloss {
    let (words, telling): (&[&str], &[&str]) = match category {
        Category::F1 => (
            &["unmarried", "sons", "daughters", "u", "s", "us", "united", "states", "citizens", "adult"],
            &["unmarried"],
        ),
        Category::F2a => (
            &["spouses", "children", "permanent", "residents", "lawful", "minor"],
            &["spouses", "children"],
        ),
        Category::F2b => (
            &["unmarried", "sons", "daughters", "21", "years", "age", "older", "adult", "permanent", "residents", "lawful"],
            &["unmarried"],
        ),
        Category::F3 => (
            &["married", "sons", "daughters", "u", "s", "us", "united", "states", "citizens"],
            &["married"],
        ),
        Category::F4 => (
            &["brothers", "sisters", "siblings", "adult", "u", "s", "us", "united", "states", "citizens"],
            &["brothers", "sisters", "siblings"],
        ),
        Category::Eb1 => (&["priority", "workers"], &["priority"]),
        Category::Eb2 => (
            &["members", "professions", "professionals", "holding", "advanced", "degree", "degrees", "persons", "exceptional", "ability"],
            &["advanced", "exceptional"],
        ),
        Category::Eb3 => (
            &["skilled", "workers", "professionals", "other"],
            &["skilled", "professionals"],
        ),
        Category::OtherWorkers => (&["other", "workers", "unskilled"], &["other", "unskilled"]),
        Category::Eb4 => (&["certain", "special", "immigrants"], &["special"]),
        Category::ReligiousWorkers => (&["certain", "religious", "workers"], &["religious"]),
        _ => (&[], &[]),
    };
    Gloss { words, telling }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_or_a_rank_can_be_explained() {
        use Category as C;
        for (preference, label, expected) in [
            (Preference::Family, "F2A - Spouses", C::F2a),
            (
                Preference::Family,
                "F2B: Unmarried Sons and Daughters (21 years of age or older)",
                C::F2b,
            ),
            (Preference::Family, "1st Preference", C::F1),
            (Preference::Family, "Family Fourth", C::F4),
            (Preference::Family, "F-2A", C::F2a),
            (Preference::Family, "4rd", C::F4),
            (Preference::Employment, "4rd", C::Eb4),
            (Preference::Employment, "3th", C::Eb3),
            (Preference::Employment, "EB-1 Priority Workers", C::Eb1),
            (Preference::Employment, "First Preference", C::Eb1),
            (Preference::Employment, "Employment 2nd", C::Eb2),
            (
                Preference::Employment,
                "3rd: Skilled Workers, Professionals, and Other Workers",
                C::Eb3,
            ),
            (Preference::Employment, "3rd Other Workers", C::OtherWorkers),
            (Preference::Employment, "Other Workers (EW)", C::OtherWorkers),
            (
                Preference::Employment,
                "4th Certain Religious Workers",
                C::ReligiousWorkers,
            ),
            (
                Preference::Employment,
                "Certain Religious Workers (SR)",
                C::ReligiousWorkers,
            ),
            (Preference::Employment, "EB-5", C::Eb5),
            (Preference::Employment, "EB-5 Unreserved", C::Eb5Unreserved),
            (Preference::Employment, "EB-5 Set Aside: Rural (20%)", C::Eb5Rural),
            (
                Preference::Employment,
                "Unreserved (including C5, T5, I5, R5)",
                C::Eb5Unreserved,
            ),
        ] {
            assert_eq!(category(preference, label), Some(expected), "{label}");
        }
    }

    #[test]
    fn a_word_that_does_not_agree_is_not_read() {
        for (preference, label) in [
            (Preference::Family, "F1 - Married Sons and Daughters"),
            (Preference::Family, "F2A or F2B"),
            (Preference::Family, "Employment 1st"),
            (Preference::Family, "2nd"),
            (Preference::Family, "F3 (old)"),
            (Preference::Employment, "3rd Religious Workers"),
            (Preference::Employment, "1st and 2nd"),
            (Preference::Employment, "Certain Workers"),
            (Preference::Employment, "6th"),
            (Preference::Employment, "EB-5 Urban"),
            (Preference::Employment, "EB-5 Set Aside: Rural (10%)"),
            (Preference::Employment, "EB-5 Regional Center"),
            (Preference::Employment, "High-skilled"),
        ] {
            assert_eq!(category(preference, label), None, "{label}");
        }
    }
}
