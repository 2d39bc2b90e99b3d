//! Removes addresses and secrets from text that other programs wrote.

/// Removes from a text the names and secrets it knows, everything that looks like an e-mail
/// address, and every character that could control a terminal.
///
/// Mail servers repeat the address that they reject, and their replies are printed, stored and
/// logged.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    /// Lower case, the longest first.
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    /// True if the word is also removed inside of longer words.
    everywhere: bool,
}

/// The rest of a longer text is dropped.
const LONGEST: usize = 200;
/// Shorter names and secrets are parts of ordinary words, and reveal nothing.
const SHORTEST_WORD: usize = 3;
/// The length from which on a secret is not part of an ordinary word.
const LONG_SECRET: usize = 8;
/// Mailbox names that replies use as words. Without the domain they identify nobody.
const ORDINARY: [&str; 24] = [
    "account",
    "address",
    "admin",
    "alert",
    "alerts",
    "bulletin",
    "for",
    "from",
    "full",
    "info",
    "limit",
    "mail",
    "mailbox",
    "message",
    "new",
    "not",
    "recipient",
    "sender",
    "server",
    "the",
    "user",
    "visa",
    "you",
    "your",
];

impl Redaction {
    /// A redaction without names and secrets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also removes this name as a separate word, in any case. A name that is an ordinary word of replies,
    /// such as `you` or `mailbox`, stays: an address with it is removed because of its `@`.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        let is_ordinary = ORDINARY.iter().any(|word| word.eq_ignore_ascii_case(name));
        if is_ordinary { self } else { self.with(name, false) }
    }

    /// Also removes this secret. A secret that could be an ordinary word is removed only as a separate word.
    #[must_use]
    pub fn without_secret(self, secret: &str) -> Self {
        let everywhere = secret.len() >= LONG_SECRET || secret.chars().any(|c| !c.is_ascii_alphabetic());
        self.with(secret, everywhere)
    }

    fn with(mut self, text: &str, everywhere: bool) -> Self {
        if text.len() >= SHORTEST_WORD {
            let text = text
                .chars()
                .map(harmless)
                .collect::<String>()
                .to_ascii_lowercase();
            self.words.push(Word { text, everywhere });
            self.words.sort_by_key(|word| std::cmp::Reverse(word.text.len()));
        }
        self
    }

    /// The rest of a text, on one line and of at most 200 characters.
    pub fn apply(&self, text: &str) -> String {
        // ASCII only from here on, so that bytes are characters.
        let text: String = text.chars().map(harmless).collect();
        let left = self.without_words(&text);
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

    fn without_words(&self, text: &str) -> String {
        let lower = text.to_ascii_lowercase();
        let (mut left, mut at) = (String::with_capacity(text.len()), 0);
        while at < text.len() {
            match self.words.iter().find(|word| word.is_at(&lower, at)) {
                Some(word) => {
                    left.push_str("..");
                    at += word.text.len();
                }
                None => {
                    left.push_str(&text[at..=at]);
                    at += 1;
                }
            }
        }
        left
    }
}

impl Word {
    /// True if a text, in lower case, has this word at a position.
    fn is_at(&self, text: &str, at: usize) -> bool {
        let is_inside = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let (bytes, word) = (text.as_bytes(), self.text.as_bytes());
        let end = at + word.len();
        let cuts_before = at > 0 && is_inside(word.first()) && is_inside(bytes.get(at - 1));
        let cuts_after = is_inside(word.last()) && is_inside(bytes.get(end));
        bytes[at..].starts_with(word) && (self.everywhere || !(cuts_before || cuts_after))
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
    fn addresses_names_and_control_characters_are_removed() {
        let redaction = Redaction::new()
            .without("jane.doe")
            .without_secret("s3cret")
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
            (
                "jane.doe%40example.com jane.doe, jane_doe",
                "..%40example.com .., jane_doe",
            ),
        ] {
            assert_eq!(redaction.apply(text), left, "{text}");
        }
        assert_eq!(redaction.apply(&"long ".repeat(100)).len(), 203);
    }

    #[test]
    fn ordinary_words_stay_whole() {
        let redaction = Redaction::new()
            .without("you")
            .without("mail")
            .without("jan")
            .without_secret("pass");
        for text in [
            "550 we do not like your mail, thank you",
            "the mailbox is full since January",
            "the message was passed on",
        ] {
            assert_eq!(redaction.apply(text), text);
        }
        assert_eq!(
            redaction.apply("<you@example.com> is not jan, and PASS is no password"),
            "(address) is not .., and .. is no password"
        );
    }

    #[test]
    fn a_secret_is_removed_inside_of_words_too() {
        let redaction = Redaction::new().without_secret("hunter22").without_secret("a-b");
        assert_eq!(redaction.apply("xHunter22y za-bz"), "x..y z..z");
    }

    #[test]
    fn a_secret_beyond_ascii_is_removed() {
        let redaction = Redaction::new().without_secret("p\u{e4}ssw\u{f6}rd");
        assert_eq!(redaction.apply("not p\u{e4}ssw\u{f6}rd"), "not ..");
    }

    #[test]
    fn a_replacement_is_not_replaced_again() {
        assert_eq!(Redaction::new().without_secret("...").apply("a.....b"), "a....b");
    }
}
