//! The fifth preference's labels: visa classes and percentages distinguish rows with the same words.

use bulletin::Category;

use crate::spelling::Label;
use crate::text::squash;

/// The word before the visa classes in a label, squashed.
const INCLUDING: &str = "including";

/// A fifth-preference label without visa classes, percentages and the words between them.
pub(crate) fn without_parentheses(label: &str) -> String {
    label
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| {
            let word = squash(word);
            word.len() > 2
                && word != "and"
                && !word.chars().all(|c| c.is_ascii_digit())
                && (word.len().abs_diff(INCLUDING.len()) > 2 || strsim::osa_distance(&word, INCLUDING) > 2)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The visa classes that a fifth-preference row names, and the share of visas set aside for it.
fn classes(category: Category) -> (&'static [&'static str], Option<&'static str>) {
    match category {
        Category::Eb5NonRegional | Category::Eb5UnreservedC5T5 => (&["c5", "t5"], None),
        Category::Eb5Regional | Category::Eb5UnreservedI5R5 => (&["i5", "r5"], None),
        Category::Eb5Unreserved => (&["c5", "t5", "i5", "r5", "nu", "ru"], None),
        Category::Eb5Rural => (&["nr", "rr"], Some("20")),
        Category::Eb5HighUnemployment => (&["nh", "rh"], Some("10")),
        Category::Eb5Infrastructure => (&["ri"], Some("2")),
        _ => (&[], None),
    }
}

/// True if the visa classes and the percentage in a label agree with its words. With `reworded`, the text in
/// the parentheses is not a known one, so that more of it must agree with the category.
pub(crate) fn fits(category: Category, label: &Label<'_>, reworded: bool) -> bool {
    const ALL_CLASSES: [&str; 11] = ["c5", "t5", "i5", "r5", "nu", "ru", "nr", "rr", "nh", "rh", "ri"];
    let (own, share) = classes(category);
    let words: Vec<String> = label
        .text
        .split(|c: char| !c.is_alphanumeric())
        .map(squash)
        .collect();
    let named = |class: &str| {
        // Classes with a digit are found even where words have run together.
        words.iter().any(|word| word == class) || (class.ends_with('5') && label.squashed.contains(class))
    };
    if ALL_CLASSES
        .iter()
        .any(|class| named(class) && !own.contains(class))
    {
        return false;
    }
    let shares = ["20", "10", "2"];
    if words
        .iter()
        .any(|word| shares.contains(&word.as_str()) && share != Some(word.as_str()))
    {
        return false;
    }
    let how_many = own.iter().filter(|class| named(class)).count();
    match category {
        // "Regional" is in both labels, and "Unreserved" in three: without a visa class, the words are not
        // enough.
        Category::Eb5NonRegional
        | Category::Eb5Regional
        | Category::Eb5UnreservedC5T5
        | Category::Eb5UnreservedI5R5 => how_many > 0,
        Category::Eb5Unreserved if reworded => {
            how_many == 0 || ["c5", "t5", "i5", "r5"].iter().all(|class| named(class))
        }
        _ => true,
    }
}
