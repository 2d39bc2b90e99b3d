//! The month of a page, from everything on it that names one. Start at [`month_of_page`].

use bulletin::{Finding, Month};

use crate::month::month_of_title;
use crate::outline::{Mention, Outline};
use crate::refusal::Refusal;

/// The month of a page, from its title, a heading in its text and its canonical URL. They must agree, or two
/// of them must; the requested month counts as a vote for the title.
///
/// # Errors
/// [`Refusal`] if nothing names a month, or if the title stands alone against another source.
pub(crate) fn month_of_page(
    outline: &Outline,
    expected: Option<Month>,
    findings: &mut Vec<Finding>,
) -> Result<Month, Refusal> {
    let Some(month) = month_of_title(&outline.title) else {
        return month_without_title(outline, findings);
    };
    let named_in = |place: Mention| {
        let mentions = outline.mentions.iter();
        mentions
            .filter(move |(_, mention)| *mention == place)
            .map(|(month, _)| *month)
    };
    let contradicts =
        |place: Mention| named_in(place).next().is_some() && !named_in(place).any(|other| other == month);
    let agrees = |place: Mention| named_in(place).any(|other| other == month);
    let is_contradicted = contradicts(Mention::Heading) || contradicts(Mention::Address);
    let is_supported = agrees(Mention::Heading) || agrees(Mention::Address);
    let is_alone = !is_supported
        && (expected != Some(month) || (contradicts(Mention::Heading) && contradicts(Mention::Address)));
    if is_contradicted && is_alone && expected.is_none_or(|expected| expected == month) {
        return Err(Refusal::MonthContradicted {
            sources: sources(month, outline),
        });
    }
    for (other, place) in outline.mentions.iter().filter(|(other, _)| *other != month) {
        findings.push(Finding::MonthMismatch {
            month,
            elsewhere: format!("{} names {}", place.name(), other.title()),
        });
    }
    Ok(month)
}

impl Mention {
    fn name(self) -> &'static str {
        match self {
            Self::Heading => "a heading in its text",
            Self::Address => "its canonical address",
        }
    }
}

/// The month of a page whose title names none: that of the other sources, if they agree.
fn month_without_title(outline: &Outline, findings: &mut Vec<Finding>) -> Result<Month, Refusal> {
    let mut months = outline.mentions.iter().map(|(month, _)| *month);
    let month = months.next().ok_or(Refusal::NoMonth)?;
    if months.any(|other| other != month) {
        return Err(Refusal::NoMonth);
    }
    findings.push(Finding::Layout {
        what: format!(
            "The page's title names no month. A heading or its own address names {}, and it was read as that.",
            month.title()
        ),
    });
    Ok(month)
}

/// Each source that names a month, with the month.
fn sources(month: Month, outline: &Outline) -> String {
    let mut sources = format!("its title names {}", month.title());
    for (other, place) in &outline.mentions {
        sources.push_str(&format!(", {} names {}", place.name(), other.title()));
    }
    sources
}
