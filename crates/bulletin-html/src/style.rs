//! Whether an element can be seen, as far as its own attributes tell.

use crate::token::Attributes;

/// How an element is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// It takes no room: not displayed, or moved off the screen.
    Removed,
    /// It takes its room, but nothing is seen in it.
    Blank,
}

/// How far off the screen, in pixels, nothing is seen any more.
const OFF_SCREEN: f64 = -400.0;

/// Whether and how an element with these attributes is hidden.
pub(crate) fn hidden(attributes: &Attributes) -> Option<Hidden> {
    if attributes.hidden {
        return Some(Hidden::Removed);
    }
    if attributes.style.is_empty() {
        return None;
    }
    let style = String::from_utf8_lossy(&attributes.style).to_ascii_lowercase();
    let mut hidden = None;
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.trim().trim_end_matches("!important").trim();
        match property.trim() {
            "display" if value == "none" => return Some(Hidden::Removed),
            "left" | "right" | "top" | "bottom" | "margin-left" | "margin-top"
                if pixels(value) <= OFF_SCREEN =>
            {
                return Some(Hidden::Removed);
            }
            "visibility" if value == "hidden" || value == "collapse" => hidden = Some(Hidden::Blank),
            "opacity" | "font-size" if number(value) == Some(0.0) => hidden = Some(Hidden::Blank),
            "text-indent" if pixels(value) <= OFF_SCREEN => hidden = Some(Hidden::Blank),
            _ => {}
        }
    }
    hidden
}

/// Whether the style strikes text through.
pub(crate) fn strikes_through(attributes: &Attributes) -> bool {
    let struck = b"line-through";
    attributes
        .style
        .windows(struck.len())
        .any(|window| window.eq_ignore_ascii_case(struck))
}

/// A length in pixels; `em` and the like are taken for ten.
fn pixels(value: &str) -> f64 {
    let scale = if value.ends_with("em") || value.ends_with('%') {
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
    fn what_is_not_seen_is_hidden() {
        for style in [
            "position: absolute; left: -10000px; width: 9000px; top: 0px;",
            "POSITION:absolute;TOP:-1000px",
            "display:none",
            "color:red; display : none !important",
            "margin-left:-999em",
        ] {
            assert_eq!(of(style), Some(Hidden::Removed), "{style}");
        }
        assert_eq!(of("visibility: hidden"), Some(Hidden::Blank));
        assert_eq!(of("font-size:0"), Some(Hidden::Blank));
    }

    #[test]
    fn what_is_seen_is_not() {
        for style in [
            "",
            "position: absolute; left: 10px",
            "display: block",
            "margin-left: -15px",
            "left: -4px",
            "opacity: 1",
            "width: 100%; max-width: 520px",
            "font-size: 0.9em",
        ] {
            assert_eq!(of(style), None, "{style}");
        }
    }
}
