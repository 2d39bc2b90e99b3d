//! The selection of the tables that are the month's charts: by their headings, their labels and their place
//! on the page. Start at [`select`].

use bulletin::{Chart, Finding, Month, Preference};

use crate::era::has_both_charts;
use crate::heading::Letter;
use crate::outline::{Candidate, Outline};
use crate::refusal::Refusal;

/// One half of a chart, and the tables that print it, in the order of the page.
#[derive(Debug)]
pub(crate) struct Selected<'a> {
    pub(crate) chart: Chart,
    pub(crate) preference: Preference,
    pub(crate) tables: Vec<&'a Candidate>,
}

/// A table with its chart and preference; the chart is `None` if nothing names it.
struct Named<'a> {
    table: &'a Candidate,
    chart: Option<Chart>,
    preference: Option<Preference>,
}

/// The half charts of the month, in the order of the page.
///
/// # Errors
/// [`Refusal`] if one is missing, or if the evidence about one conflicts.
pub(crate) fn select<'a>(
    outline: &'a Outline,
    month: Month,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Selected<'a>>, Refusal> {
    if outline.candidates.is_empty() && outline.hidden.is_empty() {
        return Err(without_tables(outline, month));
    }
    let mut selected: Vec<Selected<'a>> = Vec::with_capacity(4);
    let mut unheaded: Option<Preference> = None;
    for candidate in &outline.candidates {
        let named = name(candidate, month)?;
        if candidate.in_other_section {
            findings.push(Finding::Layout {
                what: "A table that looks like a chart stands in another section of the page. It was passed over."
                    .to_owned(),
            });
            continue;
        }
        if named.chart.is_some()
            && candidate
                .heading
                .is_some_and(|heading| heading.letter == Letter::Unusual)
        {
            report_letter(&named, findings);
        }
        match (named.chart, named.preference) {
            (Some(chart), Some(preference))
                if candidate.shape.header.is_some() || !candidate.follows_chart =>
            {
                add(&mut selected, chart, preference, candidate);
            }
            _ => match selected.last_mut() {
                // A table without a heading continues the chart before it.
                Some(last)
                    if candidate.follows_chart
                        && named
                            .preference
                            .is_none_or(|preference| preference == last.preference) =>
                {
                    last.tables.push(candidate);
                }
                _ => unheaded = unheaded.or(Some(named.preference.unwrap_or(Preference::Family))),
            },
        }
    }
    add_hidden(&mut selected, (outline, month), findings)?;
    require(&selected, month, outline.has_end)?;
    if unheaded.is_some() || outline.too_many {
        // Either this table or the one under the heading could be the chart.
        return Err(Refusal::ChartTwice {
            chart: Chart::FinalAction,
            preference: unheaded.unwrap_or(Preference::Family),
        });
    }
    Ok(selected)
}

/// The refusal of a page that has no table like a chart.
fn without_tables(outline: &Outline, month: Month) -> Refusal {
    if outline.has_end {
        Refusal::NoCharts { month }
    } else {
        Refusal::Truncated {
            place: "before any chart",
        }
    }
}

fn add<'a>(selected: &mut Vec<Selected<'a>>, chart: Chart, preference: Preference, table: &'a Candidate) {
    let known = selected
        .iter_mut()
        .find(|known| (known.chart, known.preference) == (chart, preference));
    match known {
        Some(known) => known.tables.push(table),
        None => selected.push(Selected {
            chart,
            preference,
            tables: vec![table],
        }),
    }
}

/// The chart and preference of a table, from its heading and its labels.
fn name(candidate: &Candidate, month: Month) -> Result<Named<'_>, Refusal> {
    let shown = candidate
        .shape
        .preference()
        .map_err(|(heading, table)| Refusal::HeadingContradicted { heading, table })?;
    let heading = candidate.heading;
    let said = heading.and_then(|heading| heading.preference);
    let (chart, said) = if has_both_charts(month) {
        (heading.map(|heading| heading.chart), said)
    } else {
        let is_other = heading.is_some_and(|heading| heading.chart == Chart::DatesForFiling);
        (
            (!is_other).then_some(Chart::FinalAction),
            said.or(candidate.title),
        )
    };
    if let (Some(heading), Some(table)) = (said, shown)
        && heading != table
    {
        return Err(Refusal::HeadingContradicted { heading, table });
    }
    let preference = said.or(shown);
    if let Some(heading) = heading
        && heading.letter == Letter::Contradicting
    {
        let (letter, other) = match heading.chart {
            Chart::FinalAction => ('B', Chart::DatesForFiling),
            Chart::DatesForFiling => ('A', Chart::FinalAction),
        };
        return Err(Refusal::LetterContradicted {
            chart: heading.chart,
            preference: preference.unwrap_or(Preference::Family),
            letter,
            other,
        });
    }
    Ok(Named {
        table: candidate,
        chart,
        preference,
    })
}

fn report_letter(named: &Named<'_>, findings: &mut Vec<Finding>) {
    if let (Some(heading), Some(preference)) = (named.table.heading, named.preference) {
        findings.push(Finding::Layout {
            what: format!(
                "The heading of the {} chart, {}, has another letter than usual.",
                heading.chart.name(),
                preference.name()
            ),
        });
    }
}

/// The half charts that a bulletin of this month has.
fn expected(month: Month) -> impl Iterator<Item = (Chart, Preference)> {
    Preference::ALL
        .into_iter()
        .flat_map(|preference| Chart::ALL.map(|chart| (chart, preference)))
        .filter(move |(chart, _)| *chart == Chart::FinalAction || has_both_charts(month))
}

/// Adds charts that are only in hidden parts of the page, such as collapsed accordions. A hidden table never
/// counts if there is a visible one.
fn add_hidden<'a>(
    selected: &mut Vec<Selected<'a>>,
    (outline, month): (&'a Outline, Month),
    findings: &mut Vec<Finding>,
) -> Result<(), Refusal> {
    for (chart, preference) in expected(month) {
        let is_it = |known: &Selected<'_>| (known.chart, known.preference) == (chart, preference);
        if selected.iter().any(is_it) {
            continue;
        }
        let mut is_found = false;
        for candidate in outline
            .hidden
            .iter()
            .filter(|candidate| !candidate.in_other_section)
        {
            let named = name(candidate, month)?;
            let is_it = (named.chart, named.preference) == (Some(chart), Some(preference));
            if is_it && (candidate.heading.is_some() || !has_both_charts(month)) {
                add(selected, chart, preference, candidate);
                is_found = true;
            }
        }
        if is_found {
            findings.push(Finding::Layout {
                what: format!(
                    "The {} chart, {}, is hidden on the page, and was read all the same.",
                    chart.name(),
                    preference.name()
                ),
            });
        }
    }
    Ok(())
}

/// Refuses a page without every chart of the month.
fn require(selected: &[Selected<'_>], month: Month, has_end: bool) -> Result<(), Refusal> {
    for (chart, preference) in expected(month) {
        let is_there = selected
            .iter()
            .any(|known| (known.chart, known.preference) == (chart, preference));
        if !is_there {
            return Err(if has_end {
                Refusal::ChartMissing { chart, preference }
            } else {
                Refusal::Truncated {
                    place: "before its last chart",
                }
            });
        }
    }
    Ok(())
}
