//! The colours of words: green for a current priority date and other good news, red for bad news, bold for headings.
//! Excludes the question if there are colours at all, see [`has_colour`].

use anstyle::{AnsiColor, Style};

use crate::screen::has_colour;

/// The meaning of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A priority date is current.
    Good,
    /// A priority date is not current, or a cut-off retrogressed.
    Bad,
    /// A heading.
    Heading,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Heading => Style::new().bold(),
        }
    }
}

/// Words in their colour. Each word is coloured by itself, so that a sentence can be wrapped afterwards.
pub(crate) fn words(text: &str, tone: Tone) -> String {
    if !has_colour() {
        return text.to_owned();
    }
    let style = tone.style();
    let words: Vec<String> = text
        .split(' ')
        .map(|word| format!("{style}{word}{style:#}"))
        .collect();
    words.join(" ")
}

/// A text with the first occurrence of a phrase in its colour. A text without the phrase stays plain.
pub(crate) fn phrase(text: &str, phrase: &str, tone: Tone) -> String {
    text.replacen(phrase, &words(phrase, tone), 1)
}

/// An alert for the terminal: its headline, the first line below the rule, stands out, and is red if it is bad news.
pub(crate) fn alert(text: &str) -> String {
    const BAD: [&str; 4] = ["retrogress", "not current", "no longer current", "unavailable"];
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if let Some(headline) = lines.get_mut(1) {
        let plain = headline.to_lowercase();
        let heading = words(headline, Tone::Heading);
        *headline = match BAD.iter().any(|bad| plain.contains(bad)) {
            true => words(&heading, Tone::Bad),
            false => heading,
        };
    }
    lines.join("\n")
}
