use std::collections::BTreeSet;

use bulletin::{Bulletin, Category, Chart, CutOff, Finding, Month, Preference, Row, RowKey};

use crate::chart::{Place, read_chart};
use crate::month::month_of_title;
use crate::recognise::recognise;
use crate::refusal::Refusal;
use crate::walk::{Candidate, Mention, Outline, walk};

/// A page that was read: the bulletin, and what an operator should know about the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPage {
    /// What the page says.
    pub bulletin: Bulletin,
    /// What could not be read as usual.
    pub findings: Vec<Finding>,
}

impl ReadPage {
    /// The page as an operator confirms it: Dates for Filing really repeats Final Action.
    #[must_use]
    pub fn confirm_identical_charts(self) -> Self {
        self
    }
}

/// Reads a bulletin's page. With `expected`, a page of another month is refused.
///
/// # Errors
/// [`Refusal`] when the page is no bulletin, or cannot be trusted as a whole.
pub fn read_page(html: &[u8], expected: Option<Month>) -> Result<ReadPage, Refusal> {
    recognise(html)?;
    let outline = walk(html);
    if !outline.has_text {
        return Err(if outline.title.is_empty() || outline.has_end {
            Refusal::Empty
        } else {
            Refusal::Truncated {
                place: "before any text",
            }
        });
    }
    let mut findings = Vec::new();
    let month = month_of(&outline, &mut findings)?;
    if let Some(expected) = expected.filter(|expected| *expected != month) {
        return Err(Refusal::WrongMonth {
            expected,
            found: month,
        });
    }
    if outline.ends_in_table {
        return Err(Refusal::Truncated {
            place: "inside a table",
        });
    }
    let charts = charts_of(&outline, month, &mut findings)?;
    let mut rows = Vec::with_capacity(256);
    for (candidate, chart, preference) in charts {
        let place = Place {
            month,
            chart,
            preference,
        };
        read_chart(
            &candidate.table,
            &candidate.shape,
            place,
            &mut rows,
            &mut findings,
        )
        .map_err(|why| Refusal::ChartUnreadable {
            chart,
            preference,
            why: why.to_owned(),
        })?;
    }
    // No cell is given twice: each chart stands once, and a chart's own doubles are reconciled.
    let bulletin = Bulletin::new(month, rows).map_err(|twice| Refusal::ChartTwice {
        chart: twice.0.chart,
        preference: twice.0.category.preference(),
    })?;
    refuse_swapped_charts(&bulletin)?;
    report_rows_of_one_chart(&bulletin, &mut findings);
    report_later_than_all(&bulletin, &mut findings);
    Ok(ReadPage { bulletin, findings })
}

/// Whether a bulletin of this month has two charts, as it does from October 2015 on.
pub fn has_both_charts(month: Month) -> bool {
    (month.year(), month.number()) >= (2015, 10)
}

/// The month of the page: that of its title, or where the title names none, that of the one other place which does.
fn month_of(outline: &Outline, findings: &mut Vec<Finding>) -> Result<Month, Refusal> {
    let Some(month) = month_of_title(&outline.title) else {
        let mut months: Vec<Month> = outline.mentions.iter().map(|(month, _)| *month).collect();
        months.dedup();
        let [month] = months[..] else {
            return Err(Refusal::NoMonth);
        };
        findings.push(Finding::Layout {
            what: format!(
                "The page's title names no month. A heading or its own address names {}, and it was read as that.",
                month.title()
            ),
        });
        return Ok(month);
    };
    for (other, place) in &outline.mentions {
        if *other != month {
            let place = match place {
                Mention::Heading => "a heading in its text",
                Mention::Address => "the address it gives as its own",
            };
            findings.push(Finding::MonthMismatch {
                month,
                elsewhere: format!("{place} names {}", other.title()),
            });
        }
    }
    Ok(month)
}

/// The tables that are the month's charts, in the order of the page.
fn charts_of<'a>(
    outline: &'a Outline,
    month: Month,
    findings: &mut Vec<Finding>,
) -> Result<Vec<(&'a Candidate, Chart, Preference)>, Refusal> {
    if outline.candidates.is_empty() {
        return Err(if outline.has_end {
            Refusal::NoCharts { month }
        } else {
            Refusal::Truncated {
                place: "before any chart",
            }
        });
    }
    let mut charts: Vec<(&Candidate, Chart, Preference)> = Vec::new();
    let mut unheaded: Option<Preference> = None;
    for candidate in &outline.candidates {
        let shown = candidate
            .shape
            .preference()
            .map_err(|(heading, table)| Refusal::HeadingContradicted { heading, table })?;
        let (chart, said) = if has_both_charts(month) {
            match candidate.heading {
                Some(heading) => {
                    if !heading.usual_letter {
                        findings.push(Finding::Layout {
                            what: format!(
                                "The heading of the {} chart, {}, has another letter than usual.",
                                heading.chart.name(),
                                heading.preference.name()
                            ),
                        });
                    }
                    (Some(heading.chart), Some(heading.preference))
                }
                None => (None, None),
            }
        } else {
            let said = candidate
                .heading
                .map(|heading| heading.preference)
                .or(candidate.title);
            let is_other = candidate
                .heading
                .is_some_and(|heading| heading.chart == Chart::DatesForFiling);
            ((!is_other).then_some(Chart::FinalAction), said)
        };
        if let (Some(heading), Some(table)) = (said, shown)
            && heading != table
        {
            return Err(Refusal::HeadingContradicted { heading, table });
        }
        let preference = said.or(shown);
        if candidate.in_other_section {
            findings.push(Finding::Layout {
                what: "A table that looks like a chart stands in another section of the page. It was passed over."
                    .to_owned(),
            });
            continue;
        }
        match (chart, preference) {
            (Some(chart), Some(preference)) => charts.push((candidate, chart, preference)),
            _ => unheaded = unheaded.or(Some(preference.unwrap_or(Preference::Family))),
        }
    }
    require_charts(&charts, month, outline.has_end)?;
    if let Some(preference) = unheaded.filter(|_| !charts.is_empty()) {
        // Nobody can say whether it, or the table under the heading, is the chart.
        return Err(Refusal::ChartTwice {
            chart: Chart::FinalAction,
            preference,
        });
    }
    if outline.too_many {
        return Err(Refusal::ChartTwice {
            chart: Chart::FinalAction,
            preference: Preference::Family,
        });
    }
    Ok(charts)
}

/// Each chart of the month must stand on the page once, and since there are two, in the order in which every
/// bulletin prints them.
fn require_charts(
    charts: &[(&Candidate, Chart, Preference)],
    month: Month,
    has_end: bool,
) -> Result<(), Refusal> {
    let expected: Vec<(Chart, Preference)> = Preference::ALL
        .into_iter()
        .flat_map(|preference| Chart::ALL.map(|chart| (chart, preference)))
        .filter(|(chart, _)| *chart == Chart::FinalAction || has_both_charts(month))
        .collect();
    for (chart, preference) in &expected {
        let count = charts
            .iter()
            .filter(|(_, its_chart, its_preference)| (its_chart, its_preference) == (chart, preference))
            .count();
        if count > 1 {
            return Err(Refusal::ChartTwice {
                chart: *chart,
                preference: *preference,
            });
        }
        if count == 0 {
            return Err(if has_end {
                Refusal::ChartMissing {
                    chart: *chart,
                    preference: *preference,
                }
            } else {
                Refusal::Truncated {
                    place: "before its last chart",
                }
            });
        }
    }
    if has_both_charts(month) {
        for ((_, chart, preference), expected) in charts.iter().zip(&expected) {
            if (*chart, *preference) != *expected {
                return Err(Refusal::OutOfOrder {
                    chart: *chart,
                    preference: *preference,
                });
            }
        }
    }
    Ok(())
}

/// The two charts of a month list the same categories. Where one lacks a row that the other has, it is reported.
fn report_rows_of_one_chart(bulletin: &Bulletin, findings: &mut Vec<Finding>) {
    if !has_both_charts(bulletin.month()) {
        return;
    }
    let of = |chart: Chart| -> BTreeSet<Category> {
        let rows = bulletin.rows().filter(|row| row.key.chart == chart);
        rows.map(|row| row.key.category).collect()
    };
    let [action, filing] = Chart::ALL.map(of);
    for category in action.symmetric_difference(&filing) {
        let (has, lacks) = if action.contains(category) {
            (Chart::FinalAction, Chart::DatesForFiling)
        } else {
            (Chart::DatesForFiling, Chart::FinalAction)
        };
        let lack = format!(
            "{}, {}: there is no row that can be read as {category}, which",
            lacks.name(),
            category.preference().name()
        );
        let is_known =
            |finding: &Finding| matches!(finding, Finding::Layout { what } if what.starts_with(&lack));
        if !findings.iter().any(is_known) {
            findings.push(Finding::Layout {
                what: format!("{lack} the {} chart has. Look at the page.", has.name()),
            });
        }
    }
}

/// How many cells must speak for it before charts are taken for swapped. A few genuine cells have Dates for Filing
/// before Final Action Dates.
const FEWEST_SWAPPED: usize = 4;

/// Papers can be filed before a visa can be issued, so nearly every Date for Filing lies after the Final Action
/// Date. Where most lie before it, the tables stand under each other's headings.
fn refuse_swapped_charts(bulletin: &Bulletin) -> Result<(), Refusal> {
    for preference in Preference::ALL {
        let mut earlier = 0;
        let mut later = 0;
        for row in bulletin.rows() {
            if row.key.chart != Chart::FinalAction || row.key.category.preference() != preference {
                continue;
            }
            let filing = bulletin.row(RowKey {
                chart: Chart::DatesForFiling,
                ..row.key
            });
            match (served(row), filing.and_then(served)) {
                (Some(action), Some(filing)) if filing < action => earlier += 1,
                (Some(action), Some(filing)) if filing > action => later += 1,
                _ => {}
            }
        }
        if earlier >= FEWEST_SWAPPED && earlier > later {
            return Err(Refusal::ChartsSwapped {
                preference,
                earlier,
                compared: earlier + later,
            });
        }
    }
    Ok(())
}

/// How many people a cut-off serves, in an order: none, those before a day, all.
fn served(row: &Row) -> Option<(u8, Option<chrono::NaiveDate>)> {
    Some(match row.reading.cut_off()? {
        CutOff::Unavailable => (0, None),
        CutOff::Date(date) => (1, Some(date)),
        CutOff::Current => (2, None),
    })
}

fn report_later_than_all(bulletin: &Bulletin, findings: &mut Vec<Finding>) {
    for row in bulletin.rows() {
        let all = bulletin.row(RowKey {
            area: bulletin::Area::ALL,
            ..row.key
        });
        if let (Some(own), Some(all)) = (served(row), all.and_then(served))
            && own > all
        {
            let RowKey {
                chart,
                category,
                area,
            } = row.key;
            findings.push(Finding::LaterThanAll {
                chart,
                category,
                area,
            });
        }
    }
}
