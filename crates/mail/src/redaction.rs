/// Takes out of a text what must not be seen: words that stand for a person or a secret, whatever looks like an address,
/// and every character that could steer a terminal.
///
/// Servers repeat the address that they refuse, and their answers are printed, kept and logged.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    words: Vec<String>,
}

/// No more of a text is kept.
const LONGEST: usize = 200;
/// Shorter words stand everywhere.
const SHORTEST_WORD: usize = 3;

impl Redaction {
    /// A redaction that knows no words yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, which takes out this word too wherever it stands, whatever its case.
    #[must_use]
    pub fn without(mut self, word: &str) -> Self {
        if word.len() >= SHORTEST_WORD {
            self.words.push(word.to_lowercase());
        }
        self.words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        self
    }

    /// What is left of a text, on one line and of at most 200 characters.
    pub fn apply(&self, text: &str) -> String {
        let mut left: String = text.chars().map(harmless).collect();
        for word in &self.words {
            // ASCII only by now: lower case has the same length, and each round makes it shorter.
            while let Some(at) = left.to_lowercase().find(word) {
                left.replace_range(at..at + word.len(), "..");
            }
        }
        let words = left
            .split_ascii_whitespace()
            .map(|word| if word.contains('@') { "(address)" } else { word });
        let left = words.collect::<Vec<_>>().join(" ");
        if left.len() > LONGEST {
            format!("{}...", &left[..LONGEST])
        } else {
            left
        }
    }
}

fn harmless(c: char) -> char {
    match c {
        '!'..='~' => c,
        _ if c.is_control() || c.is_whitespace() => ' ',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_words_and_steering_characters_are_taken_out() {
        let redaction = Redaction::new()
            .without("jane.doe")
            .without("s3cret")
            .without("")
            .without("two words")
            .without("x");
        for (text, left) in [
            (
                "5.1.1 <jane.doe@example.com>: Recipient address rejected",
                "5.1.1 (address) Recipient address rejected",
            ),
            ("user JANE.DOE unknown", "user .. unknown"),
            ("No such user: 'Jane.Doe's3cret'", "No such user: '..'..'"),
            ("bad\r\n\u{1b}[31mred\u{7f}", "bad [31mred"),
            ("x y z", "x y z"),
            ("m\u{fc}ller@example.com", "(address)"),
            ("it was two words", "it was .."),
        ] {
            assert_eq!(redaction.apply(text), left, "{text}");
        }
        assert_eq!(redaction.apply(&"long ".repeat(100)).len(), 203);
    }

    #[test]
    fn a_replacement_is_not_replaced_for_ever() {
        assert_eq!(Redaction::new().without("...").apply("a.....b"), "a..b");
    }
}
