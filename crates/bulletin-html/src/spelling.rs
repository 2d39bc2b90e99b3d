//! The distinction between a misspelling and another word. Start at [`Spelling`].

use crate::text::squash;

/// A known spelling, prepared for comparison.
#[derive(Debug)]
pub(crate) struct Spelling {
    squashed: String,
    /// Its words of four letters and more, which distinguish it from others.
    words: Vec<String>,
}

impl Spelling {
    /// Prepares a spelling. A word with a hyphen is one word.
    pub(crate) fn new(text: &str) -> Self {
        let words = text
            .split(|c: char| !c.is_alphanumeric() && c != '-')
            .map(squash)
            .filter(|word| word.chars().count() >= 4)
            .collect();
        Self {
            squashed: squash(text),
            words,
        }
    }

    /// True if each of its words can be searched with slips.
    #[cfg(test)]
    pub(crate) fn has_only_short_words(&self) -> bool {
        self.words.iter().all(|word| word.chars().count() <= LONGEST_WORD)
    }

    /// The number of letters in which a label differs from this spelling, if it can be a misspelling of it:
    ///
    /// - the whole differs in at most one letter in five, and in at most four;
    /// - the same digits are in it, in the same order: a digit is never a slip;
    /// - every word of the spelling is there, with at most one slip in five letters, so that "Urban" is not
    ///   "Rural" because all else agrees;
    /// - the label has no additional word, so that "All DV Chargeability Areas" is not "All Chargeability
    ///   Areas".
    pub(crate) fn distance(&self, label: &Label<'_>) -> Option<usize> {
        let length = self.squashed.chars().count();
        if label.squashed == self.squashed {
            return Some(0);
        }
        let most = (length / 5).min(4);
        if label.length.abs_diff(length) > most
            || !lacks_at_most(most, letters_in(&label.squashed), letters_in(&self.squashed))
            || !same_digits(&label.squashed, &self.squashed)
        {
            return None;
        }
        let distance = strsim::osa_distance(&label.squashed, &self.squashed);
        let words_agree = || {
            self.words.iter().all(|word| occurs(word, &label.squashed))
                && !label.words().any(|word| self.is_extra(&word, label, distance))
        };
        (distance <= most && words_agree()).then_some(distance)
    }

    /// True if a word of a label is missing in the spelling: without it, the difference shrinks by all its
    /// letters.
    fn is_extra(&self, word: &str, label: &Label<'_>, distance: usize) -> bool {
        let length = word.chars().count();
        distance >= length
            && label.squashed.match_indices(word).any(|(at, _)| {
                let (before, after) = (&label.squashed[..at], &label.squashed[at + word.len()..]);
                let without = [before, after].concat();
                strsim::osa_distance(&without, &self.squashed) + length == distance
            })
    }
}

/// A label, prepared for comparison.
#[derive(Debug)]
pub(crate) struct Label<'a> {
    /// The original text.
    pub(crate) text: &'a str,
    /// Its letters and digits.
    pub(crate) squashed: String,
    length: usize,
}

impl<'a> Label<'a> {
    /// Prepares a label; `None` for a text that is too long to be one.
    pub(crate) fn new(text: &'a str) -> Option<Self> {
        if text.len() > 160 {
            return None;
        }
        let squashed = squash(text);
        Some(Self {
            text,
            length: squashed.chars().count(),
            squashed,
        })
    }

    /// The words of the label, without single letters, and without words with digits, which are compared
    /// separately.
    fn words(&self) -> impl Iterator<Item = String> {
        self.text
            .split(|c: char| !c.is_alphanumeric())
            .map(squash)
            .filter(|word| word.chars().count() >= 2 && !word.contains(|c: char| c.is_ascii_digit()))
    }
}

/// The length limit of a word in any known spelling, in letters. A longer one is found only without slips.
const LONGEST_WORD: usize = 24;

/// True if a word occurs somewhere in a text, with at most one slip in five letters. A word of four
/// letters may have one too.
pub(crate) fn occurs(word: &str, text: &str) -> bool {
    let most = (word.chars().count() / 5).max(1);
    text.contains(word) || (may_occur(word, text, most) && distance_within(word, text) <= most)
}

/// False if a word cannot occur in a text with this many slips: a quick check without false negatives.
///
/// A slip changes one letter, or swaps two neighbors. So of one piece more than twice the slips, at least one
/// occurs in the text unchanged.
fn may_occur(word: &str, text: &str, slips: usize) -> bool {
    if !word.is_ascii() {
        return true;
    }
    let pieces = 2 * slips + 1;
    (0..pieces).any(|piece| {
        let start = piece * word.len() / pieces;
        let end = (piece + 1) * word.len() / pieces;
        text.contains(&word[start..end])
    })
}

/// The number of letters in which a word differs from the most similar stretch of a text. Two swapped
/// neighbors are one difference.
fn distance_within(word: &str, text: &str) -> usize {
    let mut letters = ['\0'; LONGEST_WORD];
    let length = word.chars().count();
    if length > LONGEST_WORD {
        return length;
    }
    for (letter, c) in letters.iter_mut().zip(word.chars()) {
        *letter = c;
    }
    let word = &letters[..length];
    let mut current: [u8; LONGEST_WORD + 1] = std::array::from_fn(|at| at as u8);
    let mut previous = current;
    let mut best = current[length];
    let mut last = None;
    for c in text.chars() {
        let before = std::mem::replace(&mut previous, current);
        current[0] = 0;
        for i in 1..=length {
            let same = u8::from(word[i - 1] != c);
            let mut cost = (previous[i - 1] + same)
                .min(previous[i] + 1)
                .min(current[i - 1] + 1);
            if i > 1 && last == Some(word[i - 1]) && word[i - 2] == c {
                cost = cost.min(before[i - 2] + 1);
            }
            current[i] = cost;
        }
        best = best.min(current[length]);
        last = Some(c);
    }
    usize::from(best)
}

fn same_digits(a: &str, b: &str) -> bool {
    let digits = |text| str::bytes(text).filter(u8::is_ascii_digit);
    digits(a).eq(digits(b))
}

/// The letters in a text, in any case: a bit for each. Other characters may set any bit.
pub(crate) fn letters_in(text: &str) -> u32 {
    text.bytes()
        .fold(0, |letters, byte| letters | 1_u32.wrapping_shl(u32::from(byte)))
}

/// True if a text with these letters can contain the other one with this many slips: each letter that does
/// not occur in it is one.
pub(crate) fn lacks_at_most(slips: usize, letters: u32, of_other: u32) -> bool {
    (of_other & !letters).count_ones() as usize <= slips
}

/// The one candidate that a label is close to, with its distance, if no other candidate is nearly as close.
/// The distances are those of the candidates' spellings, in any order.
pub(crate) fn only_close<T: PartialEq>(
    distances: impl IntoIterator<Item = (usize, T)>,
) -> Option<(usize, T)> {
    let mut best: Option<(usize, T)> = None;
    let mut rival: Option<usize> = None;
    for (distance, candidate) in distances {
        match &mut best {
            None => best = Some((distance, candidate)),
            Some((least, same)) if *same == candidate => *least = distance.min(*least),
            Some((least, other)) if distance < *least => {
                rival = Some(rival.unwrap_or(*least).min(*least));
                *least = distance;
                *other = candidate;
            }
            Some(_) => rival = Some(rival.unwrap_or(distance).min(distance)),
        }
    }
    best.filter(|(distance, _)| rival.is_none_or(|rival| rival > distance + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(spelling: &str, label: &str) -> Option<usize> {
        Spelling::new(spelling).distance(&Label::new(label).unwrap())
    }

    #[test]
    fn a_slip_is_seen_through() {
        assert_eq!(distance("Other Workers", "Ohter Workers"), Some(1));
        assert_eq!(distance("Other Workers", "OtherWorkers"), Some(0));
        assert_eq!(
            distance("5th Set Aside: Rural (20%)", "5th Set Asides: Rurl (20%)"),
            Some(2)
        );
    }

    #[test]
    fn another_word_is_no_slip() {
        assert_eq!(
            distance("5th Set Aside: Rural (20%)", "5th Set Aside: Urban (20%)"),
            None
        );
        assert_eq!(
            distance("5th Set Aside: Rural (20%)", "5th Set Aside: Rural (10%)"),
            None
        );
        assert_eq!(
            distance(
                "All Areas Except Those Listed",
                "All DV Areas Except Those Listed"
            ),
            None
        );
        assert_eq!(distance("INDIA", "INDONESIA"), None);
    }

    #[test]
    fn nothing_is_taken_that_is_as_close_to_another() {
        assert_eq!(only_close([(1, 'a'), (1, 'b')]), None);
        assert_eq!(only_close([(1, 'a'), (2, 'b')]), None);
        assert_eq!(only_close([(1, 'a'), (3, 'b'), (2, 'a')]), Some((1, 'a')));
        assert_eq!(only_close([(3, 'b'), (1, 'a')]), Some((1, 'a')));
    }
}
