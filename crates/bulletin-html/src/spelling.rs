//! Telling a misspelling from another word.

use crate::text::squash;

/// A spelling that is known, prepared for comparing.
#[derive(Debug)]
pub(crate) struct Spelling {
    squashed: String,
    /// Its words of four letters and more, by which it is told from others.
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

    /// In how many letters a label differs from this spelling, where it can be a misspelling of it at all:
    ///
    /// - the whole differs in at most one letter in five, and in at most four;
    /// - the same digits stand in it, in the same order: a digit is never a slip that can be seen through;
    /// - every word of the spelling is there, with at most one slip in five letters, so that "Urban" is not "Rural"
    ///   because all else agrees;
    /// - the label has no word of its own, so that "All DV Chargeability Areas" is not "All Chargeability Areas".
    pub(crate) fn distance(&self, label: &Label) -> Option<usize> {
        let length = self.squashed.chars().count();
        if label.squashed == self.squashed {
            return Some(0);
        }
        let most = (length / 5).min(4);
        if label.length.abs_diff(length) > most || !same_digits(&label.squashed, &self.squashed) {
            return None;
        }
        let distance = strsim::osa_distance(&label.squashed, &self.squashed);
        let words_agree = || {
            self.words.iter().all(|word| occurs(word, &label.squashed))
                && !label
                    .words
                    .iter()
                    .any(|word| self.is_extra(word, label, distance))
        };
        (distance <= most && words_agree()).then_some(distance)
    }

    /// Whether a word of a label is one that the spelling lacks: without it, all its letters are gone from the
    /// difference.
    fn is_extra(&self, word: &str, label: &Label, distance: usize) -> bool {
        let length = word.chars().count();
        distance >= length
            && label.squashed.match_indices(word).any(|(at, _)| {
                let (before, after) = (&label.squashed[..at], &label.squashed[at + word.len()..]);
                let without = [before, after].concat();
                strsim::osa_distance(&without, &self.squashed) + length == distance
            })
    }
}

/// A label, prepared for comparing.
#[derive(Debug)]
pub(crate) struct Label {
    /// As it was given.
    pub(crate) text: String,
    /// Its letters and digits.
    pub(crate) squashed: String,
    length: usize,
    words: Vec<String>,
}

impl Label {
    /// Prepares a label, or `None` for what is too long to be one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        if text.len() > 160 {
            return None;
        }
        let squashed = squash(text);
        let words = text
            .split(|c: char| !c.is_alphanumeric())
            .map(squash)
            // A single letter is no word, and digits are compared by themselves.
            .filter(|word| word.chars().count() >= 2 && !word.contains(|c: char| c.is_ascii_digit()))
            .collect();
        Some(Self {
            text: text.to_owned(),
            length: squashed.chars().count(),
            squashed,
            words,
        })
    }
}

/// Whether a word stands somewhere in a text, with at most one slip in five letters, and one in a word of four.
pub(crate) fn occurs(word: &str, text: &str) -> bool {
    let most = (word.chars().count() / 5).max(1);
    text.contains(word) || distance_within(word, text) <= most
}

/// In how many letters a word differs from the most similar stretch of a text, where two swapped neighbours are one
/// difference.
fn distance_within(word: &str, text: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=word.len()).collect();
    let mut best = word.len();
    for (j, &c) in text.iter().enumerate() {
        let mut current = Vec::with_capacity(word.len() + 1);
        current.push(0);
        for i in 1..=word.len() {
            let same = usize::from(word[i - 1] != c);
            let mut cost = (previous[i - 1] + same)
                .min(previous[i] + 1)
                .min(current[i - 1] + 1);
            if i > 1 && j > 0 && word[i - 1] == text[j - 1] && word[i - 2] == c {
                cost = cost.min(before[i - 2] + 1);
            }
            current.push(cost);
        }
        best = best.min(current[word.len()]);
        before = previous;
        previous = current;
    }
    best
}

fn same_digits(a: &str, b: &str) -> bool {
    let digits = |text: &'_ str| -> Vec<char> { text.chars().filter(char::is_ascii_digit).collect() };
    digits(a) == digits(b)
}

/// The one candidate that a label is close to: its distance, where no other candidate is nearly as close. The
/// distances are those of the candidates' spellings, in any order.
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
