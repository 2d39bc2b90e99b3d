//! The page's own `<style>` elements, as far as their rules strike text through or hide elements.
//!
//! Only what a rule certainly hides is hidden. Content that a rule may strike through counts as struck through: a selector that
//! is not understood is taken for a wider one. Style sheets outside the page are not read.

use memchr::memmem;

use crate::selector::{Compound, hides_exactly, struck_by};
use crate::visibility::Hidden;

/// More selectors than this are not compared with each element.
const MOST_SELECTORS: usize = 64;
/// Longer lists of selectors than this, in bytes, are not taken apart.
const LONGEST_LIST: usize = 4096;
/// If more rules than this show elements, nothing is hidden by a rule.
const MOST_SHOWN: usize = 1024;
/// Blocks nested deeper than this are not told apart.
const DEEPEST: usize = 16;

/// The selectors of rules that strike text through or hide elements.
#[derive(Debug, Default)]
pub(crate) struct StyleSheets<'a> {
    struck: Vec<Compound<'a>>,
    hidden: Vec<(Compound<'a>, Hidden)>,
    /// Selectors of rules that show elements, or change them on some screens only.
    shown: Vec<&'a [u8]>,
    /// True if a rule strikes text through whose selector is not known.
    strikes_all: bool,
}

impl<'a> StyleSheets<'a> {
    /// Reads the style elements of a page.
    pub(crate) fn of_page(html: &'a [u8]) -> Self {
        let mut sheets = Self::default();
        let mut end = 0;
        for at in memchr::memchr_iter(b'<', html) {
            let rest = &html[at..];
            let skipped = match rest.get(1).map_or(0, u8::to_ascii_lowercase) {
                _ if at < end => continue,
                b'!' if rest.starts_with(b"<!--") => memmem::find(&rest[2..], b"-->"),
                b's' if begins(rest, b"<script") => find_end(rest, b"</script"),
                b'n' if begins(rest, b"<noscript") => find_end(rest, b"</noscript"),
                b's' if begins(rest, b"<style") => {
                    let length = find_end(rest, b"</style").unwrap_or(rest.len());
                    sheets.read_element(&rest[b"<style".len()..length]);
                    Some(length)
                }
                _ => continue,
            };
            end = skipped.map_or(html.len(), |length| at + length);
        }
        let shown = std::mem::take(&mut sheets.shown);
        if shown.len() > MOST_SHOWN || shown.iter().any(|selectors| selectors.len() > LONGEST_LIST) {
            sheets.hidden.clear();
        }
        sheets
            .hidden
            .retain(|(hidden, _)| !shown.iter().any(|selector| hidden.is_named_in(selector)));
        sheets
    }

    /// True if no rule strikes or hides anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.struck.is_empty() && self.hidden.is_empty() && !self.strikes_all
    }

    /// True if a rule may strike through the text of an element.
    pub(crate) fn strike(&self, name: &[u8], class: &[u8], id: &[u8]) -> bool {
        self.strikes_all
            || self
                .struck
                .iter()
                .any(|selector| selector.may_match(name, class, id))
    }

    /// The way in which a rule hides an element.
    pub(crate) fn hide(&self, name: &[u8], class: &[u8], id: &[u8]) -> Option<Hidden> {
        let known = self.hidden.iter();
        let mut matching = known.filter(|(selector, _)| selector.matches(name, class, id));
        matching.next().map(|(_, hidden)| *hidden)
    }

    /// Reads what follows `<style`: its attributes and its text.
    fn read_element(&mut self, element: &'a [u8]) {
        let Some(end) = memchr::memchr(b'>', element) else {
            return;
        };
        let (attributes, text) = (&element[..end], &element[end + 1..]);
        if !may_strike(text) && !may_hide(text) {
            return;
        }
        // With `media`, it need not apply.
        let always = !occurs(attributes, b"media");
        let mut blocks: Vec<&'a [u8]> = Vec::with_capacity(4);
        let mut start = 0;
        let mut end = 0;
        for at in memchr::memchr3_iter(b'{', b'}', b'/', text) {
            if at < end {
                continue;
            }
            match text[at] {
                b'{' => {
                    let before = &text[start..at];
                    let own = memchr::memrchr(b';', before).map_or(0, |last| last + 1);
                    self.read_declarations(&before[..own], &blocks, always);
                    if blocks.len() < DEEPEST {
                        blocks.push(before[own..].trim_ascii());
                    } else {
                        self.strikes_all |= may_strike(&text[at..]);
                        return;
                    }
                    start = at + 1;
                }
                b'}' => {
                    self.read_declarations(&text[start..at], &blocks, always);
                    blocks.pop();
                    start = at + 1;
                }
                _ if text[at..].starts_with(b"/*") && at - start > LONGEST_LIST => {
                    self.strikes_all |= may_strike(text);
                    self.hidden.clear();
                    return;
                }
                _ if text[at..].starts_with(b"/*") && !is_in_string(&text[start..at]) => {
                    end = memmem::find(&text[at + 2..], b"*/").map_or(text.len(), |length| at + length + 4);
                    if text[start..at].trim_ascii().is_empty() {
                        start = end;
                    }
                }
                _ => {}
            }
        }
        // A block that is not closed ends with the style element.
        self.read_declarations(&text[start..], &blocks, always);
    }

    /// Takes declarations of the innermost of these blocks, which are known by what stands before their braces.
    fn read_declarations(&mut self, declarations: &'a [u8], blocks: &[&'a [u8]], always: bool) {
        if declarations.len() < b"display:a".len() {
            return;
        }
        let is_at_rule = |block: &&&[u8]| block.starts_with(b"@");
        let selectors = blocks.iter().rev().find(|block| !is_at_rule(block));
        if may_strike(declarations) {
            match selectors {
                Some(selectors) => self.add_struck(selectors),
                None => self.strikes_all = true,
            }
        }
        let Some(selectors) = selectors else { return };
        match visibility(declarations) {
            None => {}
            Some(Visibility::Hidden(how))
                if always && blocks.len() == 1 && selectors.len() <= LONGEST_LIST =>
            {
                let known = selectors.split(|byte| *byte == b',').filter_map(hides_exactly);
                let room = MOST_SELECTORS.saturating_sub(self.hidden.len());
                self.hidden
                    .extend(known.take(room).map(|selector| (selector, how)));
            }
            Some(_) if self.shown.len() <= MOST_SHOWN => self.shown.push(selectors),
            Some(_) => {}
        }
    }

    fn add_struck(&mut self, selectors: &'a [u8]) {
        if self.strikes_all || selectors.len() > LONGEST_LIST || memmem::find(selectors, b"/*").is_some() {
            self.strikes_all = true;
            return;
        }
        for selector in selectors.split(|byte| *byte == b',') {
            match struck_by(selector) {
                Some(compound) if self.struck.len() < MOST_SELECTORS => self.struck.push(compound),
                _ => self.strikes_all = true,
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visibility {
    Hidden(Hidden),
    Shown,
}

/// The visibility that declarations give an element; `None` if they do not mention it.
fn visibility(declarations: &[u8]) -> Option<Visibility> {
    let mut said = None;
    for declaration in declarations.split(|byte| *byte == b';') {
        let declaration = declaration.trim_ascii_start();
        if !declaration.first().is_some_and(|first| b"dDvV".contains(first)) {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', declaration) else {
            continue;
        };
        let property = declaration[..colon].trim_ascii_end();
        let value = declaration[colon + 1..].trim_ascii();
        let (hiding, how): (&[&[u8]], _) = if property.eq_ignore_ascii_case(b"display") {
            (&[b"none"], Hidden::Removed)
        } else if property.eq_ignore_ascii_case(b"visibility") {
            (&[b"hidden", b"collapse"], Hidden::Blank)
        } else {
            continue;
        };
        let hides = hiding.iter().any(|word| {
            let rest = value.get(word.len()..).unwrap_or_default().trim_ascii_start();
            begins(value, word) && (rest.is_empty() || rest.starts_with(b"!"))
        });
        let says = if hides {
            Visibility::Hidden(how)
        } else {
            Visibility::Shown
        };
        // Two declarations that differ are not resolved.
        said = Some(if said.is_none_or(|said| said == says) {
            says
        } else {
            Visibility::Shown
        });
    }
    said
}

/// True if a string is open at the end of a text.
fn is_in_string(text: &[u8]) -> bool {
    text.iter().filter(|byte| matches!(byte, b'"' | b'\'')).count() % 2 == 1
}

fn begins(text: &[u8], beginning: &[u8]) -> bool {
    text.get(..beginning.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(beginning))
}

fn find_end(text: &[u8], tag: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'<', text).find(|at| begins(&text[*at..], tag))
}

fn occurs(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len())
        .any(|found| found.eq_ignore_ascii_case(word))
}

/// True if text of a style sheet mentions `line-through`, also with an escape in it.
fn may_strike(text: &[u8]) -> bool {
    memchr::memchr_iter(b'-', text).any(|at| begins(&text[at + 1..], b"through"))
}

fn may_hide(text: &[u8]) -> bool {
    memchr::memchr2_iter(b'd', b'D', text).any(|at| begins(&text[at..], b"display"))
        || memchr::memchr2_iter(b'v', b'V', text).any(|at| begins(&text[at..], b"visibility"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets(css: &str) -> String {
        format!("<html><STYLE type='text/css'>{css}</Style><p class=old>")
    }

    fn strikes(css: &str, (name, class, id): (&str, &str, &str)) -> bool {
        let page = sheets(css);
        StyleSheets::of_page(page.as_bytes()).strike(name.as_bytes(), class.as_bytes(), id.as_bytes())
    }

    fn hides(css: &str) -> bool {
        let page = sheets(css);
        StyleSheets::of_page(page.as_bytes())
            .hide(b"tr", b"a gone", b"x")
            .is_some()
    }

    #[test]
    fn a_rule_strikes_what_it_may_apply_to() {
        let row = ("tr", "even old", "x");
        for css in [
            ".old{text-decoration:line-through}",
            "a{}/* } */ tr.old, td { color: red; TEXT-DECORATION: underline Line-Through }",
            "#x{text-decoration-line:line-through",
            "tr { text-decoration: line-through }",
            "@media screen { .old { text-decoration: line-through } }",
            ".old { color: red; & td { color: blue } text-decoration: line-through }",
            ".old { @media screen { text-decoration: line-through } }",
            ".b .old > td { text-decoration: line-through }",
            ".b + .old { text-decoration: line-through }",
            ".old:not(.new) { text-decoration: line-through }",
            "[data-old='a b'] { text-decoration: line-through }",
            "* { text-decoration: line-through }",
            "body { text-decoration: line-through }",
            ".b::after { content: \"}\"; text-decoration: line-through }",
            ".b /* { */ , .old { text-decoration: line-through }",
        ] {
            assert!(strikes(css, row), "{css}");
        }
    }

    #[test]
    fn a_rule_strikes_nothing_else() {
        let row = ("tr", "even old", "x");
        for css in [
            ".older { text-decoration: line-through }",
            "td.old { text-decoration: line-through }",
            "#y, s, del { text-decoration: line-through }",
            ".old { text-decoration: underline }",
            ".list > li.done .old { text-decoration: line-through }",
            "/* .old { text-decoration: line-through } */ p {}",
        ] {
            assert!(!strikes(css, row), "{css}");
        }
    }

    #[test]
    fn more_selectors_than_any_page_has_strike_everything() {
        let css: String = (0..100)
            .map(|number| format!(".c{number} {{ text-decoration: line-through }}"))
            .collect();
        assert!(strikes(&css, ("p", "", "")));
        assert!(strikes(
            &format!("{}text-decoration:line-through", ".a{".repeat(100)),
            ("p", "", "")
        ));
    }

    #[test]
    fn a_hostile_sheet_is_read_in_linear_time() {
        let nested = "display:none;text-decoration:line-through;x{}".repeat(20_000);
        for css in [
            format!("{}{{{nested}", ".a,".repeat(500_000)),
            format!(".a{{{nested}"),
            format!("a{}{{text-decoration:line-through}}", "/**/a".repeat(500_000)),
            format!("{}a{{text-decoration:line-through}}", "/* x */".repeat(300_000)),
        ] {
            assert!(strikes(&css, ("a", "a", "")), "{}", &css[..20]);
        }
    }

    #[test]
    fn only_a_simple_rule_hides() {
        for css in [
            ".gone{display:none}",
            "td.gone, TR.gone { visibility : Hidden !important; color: red }",
            "#x{display:none}",
        ] {
            assert!(hides(css), "{css}");
        }
        for css in [
            ".b .gone { display: none }",
            "@media print { .gone { display: none } }",
            ".gone { display: none } .gone.open { display: block }",
            ".gone { display: none } @media print { .gone { display: none } }",
            ".gone { display: block }",
            ".gone:empty { display: none }",
            "/* .gone { display: none } */",
        ] {
            assert!(!hides(css), "{css}");
        }
    }

    #[test]
    fn style_elements_in_comments_and_scripts_do_not_count() {
        let css = "<style>.old{text-decoration:line-through}</style>";
        for page in [
            format!("<!-- {css} --><p>"),
            format!("<script>'{css}'</script>"),
            format!("<noscript>{css}</noscript>"),
        ] {
            assert!(StyleSheets::of_page(page.as_bytes()).is_empty(), "{page}");
        }
        assert!(!StyleSheets::of_page(format!("<!-- a --><table>{css}").as_bytes()).is_empty());
    }
}
