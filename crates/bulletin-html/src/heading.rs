//! The headings of charts: parses a line of text into what it says about the tables below it. Start at
//! [`read_line`].

mod words;

use bulletin::{Chart, Preference};

use crate::label;
use crate::spelling::{lacks_at_most, letters_in};
use crate::text::squash_into;
use words::{may_name_chart, other_heading};

/// The meaning of a line for the text below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// The heading of a chart.
    Chart(Heading),
    /// The beginning of a chart heading, which the next line may complete.
    Unfinished,
    /// The title of a table of one preference, from the years with one chart.
    Preference(Preference),
    /// The heading of a section without charts.
    Section,
    /// Anything else.
    Prose,
}

/// The heading of a chart, such as `A. FINAL ACTION DATES FOR FAMILY-SPONSORED PREFERENCE CASES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) chart: Chart,
    /// The half of the chart; `None` if the heading names none, as over a group of tables.
    pub(crate) preference: Option<Preference>,
    pub(crate) letter: Letter,
}

/// The agreement between the letter in a heading and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letter {
    /// There is no letter, or it is the usual one: A for Final Action Dates, B for Dates for Filing.
    Usual,
    /// An enumeration has another letter, as in `B. FINAL ACTION DATES`.
    Unusual,
    /// The heading calls the chart by the other chart's letter, as in `Chart B: Final Action Dates`.
    Contradicting,
}

/// The longest line that can be a heading, in bytes. The longest so far has 71.
pub(crate) const LONGEST_HEADING: usize = 120;

/// The shortest line that can be a heading, in bytes.
const SHORTEST_HEADING: usize = 12;

/// The beginnings of headings, squashed.
const FINAL_ACTION: &str = "finalactiondates";
const FILING: &str = "datesforfiling";
const PRIORITY_DATES: &str = "prioritydatesfor";
const BEGINNINGS: [&str; 3] = [FINAL_ACTION, FILING, PRIORITY_DATES];

/// Parses a line with folded white space. `squashed` is a buffer that is reused for many lines.
pub(crate) fn read_line(line: &str, squashed: &mut String) -> Line {
    if line.len() > LONGEST_HEADING || line.len() < SHORTEST_HEADING {
        return Line::Prose;
    }
    let (letter, rest) = without_enumeration(line);
    // Nearly every line is prose, which is recognized by the letters that it lacks.
    let letters = letters_in(rest);
    if !BEGINNINGS
        .iter()
        .any(|beginning| lacks_at_most(2, letters, letters_in(beginning)))
    {
        return section_or_prose(letter, rest);
    }
    squash_into(squashed, rest);
    let squashed = squashed.as_str();
    let names = squashed.strip_prefix("application").unwrap_or(squashed);
    if begins_like(names, FINAL_ACTION) {
        return usual_heading(Chart::FinalAction, letter, squashed);
    }
    if begins_like(names, FILING) {
        return usual_heading(Chart::DatesForFiling, letter, squashed);
    }
    if begins_like(squashed, PRIORITY_DATES)
        && let Some(preference) = label::preference(rest)
    {
        return Line::Preference(preference);
    }
    // Most lines lack every word that could name a chart.
    match may_name_chart(squashed.as_bytes())
        .then(|| other_heading(line, letter))
        .flatten()
    {
        Some(heading) => Line::Chart(heading),
        None => section_or_prose(letter, rest),
    }
}

/// The meaning of a line with a usual beginning of a heading.
fn usual_heading(chart: Chart, letter: Option<char>, squashed: &str) -> Line {
    let other = match chart {
        Chart::FinalAction => "datesforfiling",
        Chart::DatesForFiling => "finalaction",
    };
    if squashed.contains(other) {
        return Line::Prose;
    }
    let preference = match preferences_in(squashed) {
        (true, true) => return Line::Prose,
        (true, false) => Some(Preference::Family),
        (false, true) => Some(Preference::Employment),
        (false, false) if only_heading_words(squashed) => None,
        (false, false) => return Line::Unfinished,
    };
    let letter = match (chart, letter) {
        (_, None) | (Chart::FinalAction, Some('A')) | (Chart::DatesForFiling, Some('B')) => Letter::Usual,
        (_, Some(_)) => Letter::Unusual,
    };
    Line::Chart(Heading {
        chart,
        preference,
        letter,
    })
}

/// True if a squashed line that names a chart says nothing else, as in `FINAL ACTION DATES`.
fn only_heading_words(squashed: &str) -> bool {
    [FINAL_ACTION, FILING, "datesforfilingvisaapplications"].contains(&squashed)
}

fn section_or_prose(letter: Option<char>, rest: &str) -> Line {
    if letter.is_some_and(|letter| letter != 'A') && is_in_capitals(rest) {
        return Line::Section;
    }
    Line::Prose
}

/// The letter of a heading such as `A.` or `4.B.`, and what follows it.
fn without_enumeration(line: &str) -> (Option<char>, &str) {
    let mut letter = None;
    let mut rest = line;
    for _ in 0..2 {
        let Some((mark, after)) = rest.split_once(['.', ')']) else {
            break;
        };
        let mark = mark.trim_start_matches('(').trim();
        match mark.as_bytes() {
            // A second letter is no enumeration, but an abbreviation such as "U.S."
            [one] if one.is_ascii_uppercase() && letter.is_none() => letter = Some(char::from(*one)),
            [one] if one.is_ascii_uppercase() => return (None, line),
            [one] if one.is_ascii_digit() => {}
            _ => break,
        }
        rest = after;
    }
    (letter, rest.trim())
}

/// True if a text begins with these letters, with at most two slips.
fn begins_like(text: &str, beginning: &str) -> bool {
    if text.len() + 2 < beginning.len() {
        return false;
    }
    if text.starts_with(beginning) {
        return true;
    }
    if !text.is_ascii() {
        return false;
    }
    // Two cheap checks first.
    let length = beginning.len();
    let text = &text[..text.len().min(length + 2)];
    if !lacks_at_most(2, letters_in(text), letters_in(beginning)) {
        return false;
    }
    // Two slips leave all letters but two where they belong, or within two places of it.
    let mut misplaced = beginning.bytes().enumerate().filter(|(at, letter)| {
        let near = at.saturating_sub(2).min(text.len())..(at + 3).min(text.len());
        !text.as_bytes()[near].contains(letter)
    });
    if misplaced.nth(2).is_some() {
        return false;
    }
    (length - 2..=length + 2).any(|end| {
        text.get(..end)
            .is_some_and(|start| strsim::osa_distance(start, beginning) <= 2)
    })
}

/// True, first, if a squashed heading names the family preference and, second, if it names the employment
/// preference.
fn preferences_in(squashed: &str) -> (bool, bool) {
    let names = |word: &str| squashed.contains(word) || crate::spelling::occurs(word, squashed);
    (names("family"), names("employment"))
}

fn is_in_capitals(text: &str) -> bool {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let small = text.chars().filter(|c| c.is_lowercase()).count();
    capitals >= 8 && small * 4 <= capitals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Line {
        super::read_line(line, &mut String::new())
    }

    fn chart(line: &str) -> Option<(Chart, Preference, bool)> {
        match read_line(line) {
            Line::Chart(heading) => Some((
                heading.chart,
                heading.preference?,
                heading.letter == Letter::Usual,
            )),
            _ => None,
        }
    }

    #[test]
    fn every_heading_is_read() {
        use Chart::{DatesForFiling, FinalAction};
        use Preference::{Employment, Family};
        for (line, expected) in [
            (
                "A. FINAL ACTION DATES FOR FAMILY-SPONSORED PREFERENCE CASES",
                (FinalAction, Family, true),
            ),
            (
                "A. APPLICATION FINAL ACTION DATES FOR EMPLOYMENT-BASED PREFERENCE CASES",
                (FinalAction, Employment, true),
            ),
            (
                "B. DATES FOR FILING OF EMPLOYMENT-BASED VISA APPLICATIONS",
                (DatesForFiling, Employment, true),
            ),
            (
                "B. DATES FOR FILING FAMILY-SPONSORED VISA APPLICATIONS",
                (DatesForFiling, Family, true),
            ),
            (
                "B.DATES FOR FILLING OF EMPLOYMENTBASED VISA APPLICATION",
                (DatesForFiling, Employment, true),
            ),
            (
                "Final Acton Dates for Famliy-Sponsored Preference Cases",
                (FinalAction, Family, true),
            ),
            (
                "4.A. FINAL ACTION DATE FOR FAMILY PREFERENCES",
                (FinalAction, Family, true),
            ),
            (
                "B. FINAL ACTION DATES FOR FAMILY-SPONSORED PREFERENCE CASES",
                (FinalAction, Family, false),
            ),
        ] {
            assert_eq!(chart(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn prose_is_no_heading() {
        for line in [
            "The final action date for this category has been listed as \"Unavailable\" for January.",
            "On the chart below, the listing of a date for any class indicates that the class is oversubscribed",
            "FAMILY-SPONSORED PREFERENCES",
            "A. (F2A) Spouses and Children of Permanent Residents",
            "FINAL ACTION DATES FOR FAMILY-SPONSORED AND EMPLOYMENT-BASED PREFERENCE CASES",
        ] {
            assert_eq!(chart(line), None, "{line}");
        }
        assert_eq!(
            read_line("B. (F2B) Unmarried Sons and Daughters (21 years of age or older)"),
            Line::Prose
        );
    }

    #[test]
    fn another_section_is_noticed() {
        assert_eq!(read_line("B. DIVERSITY IMMIGRANT (DV) CATEGORY"), Line::Section);
        assert_eq!(
            read_line("D. RETROGRESSION OF FAMILY PREFERENCE FINAL ACTION DATES"),
            Line::Section
        );
    }

    #[test]
    fn a_title_over_one_chart_is_read() {
        assert_eq!(
            read_line("Priority Dates for Employment-Based Immigrant Visas"),
            Line::Preference(Preference::Employment)
        );
    }
}
