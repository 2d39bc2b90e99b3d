//! Decides if an element is hidden or struck through, from its attributes and the rules that apply to it.
//!
//! The page's style sheets are read in `style_sheet.rs`; layout is not computed. Start reading at [`hidden`].

use crate::token::Attributes;
use crate::visibility::Hidden;

/// The offset in pixels at which an element counts as off the screen.
const OFF_SCREEN: f64 = -400.0;

/// The kind of hiding that these attributes cause; `None` if the element is visible.
pub(crate) fn hidden(attributes: &Attributes) -> Option<Hidden> {
    if attributes.hidden {
        return Some(Hidden::Removed);
    }
    if attributes.style.is_empty() {
        return attributes.hidden_by_rule;
    }
    by_own_style(attributes).or_else(|| {
        let says = |property: &[u8]| {
            let mut found = attributes.style.windows(property.len());
            found.any(|found| found.eq_ignore_ascii_case(property))
        };
        attributes
            .hidden_by_rule
            .filter(|_| !says(b"display") && !says(b"visibility"))
    })
}

fn by_own_style(attributes: &Attributes) -> Option<Hidden> {
    let Ok(style) = std::str::from_utf8(&attributes.style) else {
        return None;
    };
    let mut hidden = None;
    let mut has_no_size = false;
    let mut clips = false;
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let property = property.trim();
        let is = |names: &[&str]| names.iter().any(|name| property.eq_ignore_ascii_case(name));
        let value = value.split('!').next().unwrap_or("").trim();
        let says = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
        if is(&["left", "right", "top", "bottom", "margin-left", "margin-top"]) && pixels(value) <= OFF_SCREEN
        {
            return Some(Hidden::OffScreen);
        }
        if (is(&["display"]) && says(&["none"])) || (is(&["content-visibility"]) && says(&["hidden"])) {
            hidden = Some(Hidden::Removed);
        }
        has_no_size |= is(&["height", "max-height", "width", "max-width"])
            && number(value).is_some_and(|size| size <= 1.0)
            && !value.ends_with('%')
            && !value.ends_with("em");
        clips |= (is(&["overflow", "overflow-x", "overflow-y"]) && says(&["hidden", "clip"]))
            || is(&["clip", "clip-path"]);
        if hidden.is_none()
            && ((is(&["visibility"]) && says(&["hidden", "collapse"]))
                || (is(&["opacity", "font-size"]) && number(value) == Some(0.0))
                || (is(&["text-indent"]) && pixels(value) <= OFF_SCREEN))
        {
            hidden = Some(Hidden::Blank);
        }
    }
    if has_no_size && clips {
        return Some(Hidden::Removed);
    }
    hidden
}

/// True if the element's style, or possibly a rule of the page's style sheets, strikes text through.
pub(crate) fn strikes_through(attributes: &Attributes) -> bool {
    if attributes.struck_by_rule {
        return true;
    }
    let rest = b"through";
    memchr::memchr_iter(b'-', &attributes.style).any(|at| {
        attributes.style[at + 1..]
            .get(..rest.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(rest))
    })
}

/// A length in pixels. `em`, `rem` and `%` count as ten pixels.
fn pixels(value: &str) -> f64 {
    let unit = value.as_bytes().last().map(u8::to_ascii_lowercase);
    let scale = if matches!(unit, Some(b'm' | b'%')) {
        10.0
    } else {
        1.0
    };
    number(value).unwrap_or(0.0) * scale
}

fn number(value: &str) -> Option<f64> {
    let end = value
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.'))
        .unwrap_or(value.len());
    value[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(style: &str) -> Option<Hidden> {
        hidden(&Attributes {
            style: style.as_bytes().to_vec(),
            ..Attributes::default()
        })
    }

    #[test]
    fn invisible_elements_are_hidden() {
        for style in [
            "display:none",
            "color:red; display : none !important",
            "height: 0; overflow: hidden",
            "max-height:0px;overflow:hidden;transition:max-height .2s",
            "position:absolute;width:1px;height:1px;clip:rect(0,0,0,0)",
            "visibility:hidden;display:none",
        ] {
            assert_eq!(of(style), Some(Hidden::Removed), "{style}");
        }
        for style in [
            "position: absolute; left: -10000px; width: 9000px; top: 0px;",
            "POSITION:absolute;TOP:-1000px",
            "margin-left:-999em",
        ] {
            assert_eq!(of(style), Some(Hidden::OffScreen), "{style}");
        }
        assert_eq!(of("visibility: hidden"), Some(Hidden::Blank));
        assert_eq!(of("font-size:0"), Some(Hidden::Blank));
    }

    #[test]
    fn visible_elements_are_not_hidden() {
        for style in [
            "",
            "position: absolute; left: 10px",
            "display: block",
            "margin-left: -15px",
            "left: -4px",
            "opacity: 1",
            "width: 100%; max-width: 520px",
            "font-size: 0.9em",
            "height: 1px",
            "max-height: 400px; overflow: hidden",
        ] {
            assert_eq!(of(style), None, "{style}");
        }
    }
}
