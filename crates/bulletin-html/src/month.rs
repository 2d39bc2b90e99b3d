//! Months in titles, lines and URLs. See `page_month` for the month of a whole page.

use bulletin::Month;

use crate::text::words;

/// The month in a page's title: `Visa Bulletin For March 2026`. `None` if it names no month, or several of
/// which not exactly one follows the word "for".
pub(crate) fn month_of_title(title: &str) -> Option<Month> {
    let words: Vec<&str> = words(title).collect();
    let mut named: Vec<(Month, bool)> = Vec::new();
    for at in 0..words.len().saturating_sub(1) {
        if let Some(month) = month_of_words(words[at], words[at + 1]) {
            let after_for = at > 0 && words[at - 1].eq_ignore_ascii_case("for");
            match named.iter_mut().find(|(known, _)| *known == month) {
                Some((_, known_after_for)) => *known_after_for |= after_for,
                None => named.push((month, after_for)),
            }
        }
    }
    if let [(month, _)] = named[..] {
        return Some(month);
    }
    named.retain(|(_, after_for)| *after_for);
    match named[..] {
        [(month, _)] => Some(month),
        _ => None,
    }
}

/// The month of a line that consists of a bulletin's title: `Visa Bulletin for March 2026`, `IMMIGRANT
/// NUMBERS FOR MARCH 2026`.
pub(crate) fn month_of_line(line: &str) -> Option<Month> {
    if line.len() > 60 || !line.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut words = words(line);
    let first = words.find(|word| !word.eq_ignore_ascii_case("the"))?;
    let second = words.next()?;
    let is_title = (first.eq_ignore_ascii_case("visa") && second.eq_ignore_ascii_case("bulletin"))
        || (first.eq_ignore_ascii_case("immigrant") && second.eq_ignore_ascii_case("numbers"));
    let mut rest = words.filter(|word| !word.eq_ignore_ascii_case("for"));
    let month = month_of_words(rest.next()?, rest.next()?)?;
    (is_title && rest.next().is_none()).then_some(month)
}

/// The month of a name and a year of four digits.
pub(crate) fn month_of_words(name: &str, year: &str) -> Option<Month> {
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i32 = year.parse().ok()?;
    // The Visa Bulletin has been published under this name since the nineties.
    (1990..=2199)
        .contains(&year)
        .then(|| Month::from_name(name, year))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(text: &str) -> Option<String> {
        month_of_title(text).map(|month| month.to_string())
    }

    #[test]
    fn the_title_names_one_month() {
        assert_eq!(title("Visa Bulletin For March 2026").as_deref(), Some("2026-03"));
        assert_eq!(
            title("Visa Bulletin for Sept. 2003 | Travel").as_deref(),
            Some("2003-09")
        );
        assert_eq!(
            title("Visa Bulletin for MAY 2003 (updated April 2003)").as_deref(),
            Some("2003-05")
        );
        assert_eq!(title("The Visa Bulletin"), None);
        assert_eq!(title("April 2003 and May 2003"), None);
        assert_eq!(title("Visa Bulletin For Marhc 2026"), None);
        assert_eq!(title("Visa Bulletin For March 20266"), None);
    }

    #[test]
    fn only_a_line_that_is_a_title_names_the_month() {
        assert!(month_of_line("Visa Bulletin for March 2026").is_some());
        assert!(month_of_line("IMMIGRANT NUMBERS FOR MARCH 2026").is_some());
        assert!(month_of_line("Visa Bulletin for March 2026 was late").is_none());
        assert!(month_of_line("See March 2026").is_none());
    }
}
