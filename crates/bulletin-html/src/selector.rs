//! The selectors of style rules: which elements one selects, or at most selects.

/// A selector without combinators: `tr`, `.old`, `tr.old`, `#x`. Without any name it selects every element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Compound<'a> {
    tag: &'a [u8],
    /// The last of its classes.
    class: &'a [u8],
    id: &'a [u8],
}

impl<'a> Compound<'a> {
    /// Reads the names of a compound up to the first character that belongs to none. Returns the rest.
    fn read(text: &'a [u8]) -> (Self, &'a [u8]) {
        let mut compound = Self::default();
        let mut rest = text;
        loop {
            let (slot, after) = match rest {
                [b'.', after @ ..] => (&mut compound.class, after),
                [b'#', after @ ..] => (&mut compound.id, after),
                [b'*' | b'&', after @ ..] => {
                    rest = after;
                    continue;
                }
                [first, ..] if is_in_name(*first) => (&mut compound.tag, rest),
                _ => break,
            };
            let length = after
                .iter()
                .position(|byte| !is_in_name(*byte))
                .unwrap_or(after.len());
            if after.get(length) == Some(&b'\\') {
                // A name with an escape is not known.
                return (compound, &after[length..]);
            }
            *slot = &after[..length];
            rest = &after[length..];
        }
        if [&b"html"[..], b"body"]
            .iter()
            .any(|name| compound.tag.eq_ignore_ascii_case(name))
        {
            compound = Self::default();
        }
        (compound, rest)
    }

    /// Its specificity: a class or an id says more than the name of an element.
    fn weight(&self) -> usize {
        usize::from(!self.tag.is_empty())
            + 2 * usize::from(!self.class.is_empty())
            + 2 * usize::from(!self.id.is_empty())
    }

    /// True if it selects an element. Names of classes are compared as in standards mode.
    pub(crate) fn matches(&self, name: &[u8], class: &[u8], id: &[u8]) -> bool {
        self.may_match(name, class, id)
            && (self.class.is_empty() || words(class).any(|word| word == self.class))
            && (self.id.is_empty() || id.trim_ascii() == self.id)
    }

    /// True if it selects an element in standards mode or in quirks mode.
    pub(crate) fn may_match(&self, name: &[u8], class: &[u8], id: &[u8]) -> bool {
        (self.class.is_empty()
            || (class.len() >= self.class.len()
                && words(class).any(|word| word.eq_ignore_ascii_case(self.class))))
            && (self.tag.is_empty() || name.eq_ignore_ascii_case(self.tag))
            && (self.id.is_empty() || id.trim_ascii().eq_ignore_ascii_case(self.id))
    }

    /// True if one of its names is used in other selectors.
    pub(crate) fn is_named_in(&self, selectors: &[u8]) -> bool {
        let name = match (self.class, self.id) {
            ([], []) => self.tag,
            ([], id) => id,
            (class, _) => class,
        };
        selectors
            .split(|byte| !is_in_name(*byte))
            .any(|word| word.eq_ignore_ascii_case(name))
    }
}

/// The compound of a selector that selects nothing else than the compound does; `None` for other selectors.
pub(crate) fn hides_exactly(selector: &[u8]) -> Option<Compound<'_>> {
    let selector = selector.trim_ascii();
    let is_simple = |byte: &u8| is_in_name(*byte) || matches!(byte, b'.' | b'#');
    let marks = selector.iter().filter(|byte| matches!(byte, b'.' | b'#')).count();
    let (compound, _) = Compound::read(selector);
    (compound.weight() > 0 && marks <= 1 && selector.iter().all(is_simple)).then_some(compound)
}

/// A compound so that each element whose text a selector strikes through is one that the compound selects, or is in
/// one; `None` if there is none but the whole page.
pub(crate) fn struck_by(selector: &[u8]) -> Option<Compound<'_>> {
    let selector = selector.trim_ascii();
    let bracket = selector
        .iter()
        .position(|byte| matches!(byte, b'[' | b'(' | b'"' | b'\'' | b'\\'));
    let has_siblings = selector.iter().any(|byte| matches!(byte, b'+' | b'~'));
    if bracket.is_some() && has_siblings {
        return None;
    }
    let known = &selector[..bracket.unwrap_or(selector.len())];
    let mut compounds = known
        .split(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'+' | b'~'))
        .filter(|text| !text.is_empty())
        .map(|text| {
            let (compound, rest) = Compound::read(text);
            // A pseudo-class selects fewer elements; anything else is not known.
            if rest.is_empty() || rest.starts_with(b":") {
                compound
            } else {
                Compound::default()
            }
        });
    let best = if has_siblings {
        compounds.next_back()
    } else {
        compounds.max_by_key(Compound::weight)
    };
    best.filter(|compound| compound.weight() > 0)
}

fn words(class: &[u8]) -> impl Iterator<Item = &[u8]> {
    class.split(u8::is_ascii_whitespace)
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | 0x80..)
}
