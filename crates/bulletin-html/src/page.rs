//! The parser of a bulletin's page. Start at [`read_page`].

use bulletin::{Bulletin, Chart, Finding, Month, Preference, Row};

use crate::chart::read_chart;
use crate::column::Columns;
use crate::compare::{Comparison, hold_identical, release_identical, report_later_than_all};
use crate::container::html_of;
use crate::era::has_both_charts;
use crate::page_month::month_of_page;
use crate::place::Place;
use crate::presence::{report_missing, without_doubtful_columns};
use crate::recognise::recognise_html;
use crate::refusal::Refusal;
use crate::selection::{Selected, select};
use crate::walk::walk;

/// A parsed page: the bulletin, and the findings for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPage {
    /// The bulletin as the page prints it.
    pub bulletin: Bulletin,
    /// Everything that could not be read in the usual manner.
    pub findings: Vec<Finding>,
}

impl ReadPage {
    /// Reads the cells of charts that are identical on the page, for an operator who confirms that the department
    /// printed them so. Drops [`Finding::IdenticalCharts`]; other unreadable cells stay unreadable.
    #[must_use]
    pub fn confirm_identical_charts(mut self) -> Self {
        let is_held = |finding: &Finding| matches!(finding, Finding::IdenticalCharts { .. });
        if self.findings.iter().any(is_held) {
            self.bulletin = release_identical(&self.bulletin, &self.findings);
            self.findings.retain(|finding| !is_held(finding));
        }
        self
    }
}

/// Parses a bulletin's page: HTML, or HTML in a container that [`recognise`](crate::recognise) describes.
/// With `expected`, a page of another month is refused.
///
/// # Errors
/// [`Refusal`] if the page is not a bulletin, or cannot be trusted as a whole.
pub fn read_page(page: &[u8], expected: Option<Month>) -> Result<ReadPage, Refusal> {
    let html = html_of(page)?;
    recognise_html(&html)?;
    let outline = walk(&html);
    if !outline.has_text && outline.hidden.is_empty() {
        return Err(if outline.title.is_empty() || outline.has_end {
            Refusal::Empty
        } else {
            Refusal::Truncated {
                place: "before any text",
            }
        });
    }
    let mut findings = Vec::new();
    let month = month_of_page(&outline, expected, &mut findings)?;
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
    let selected = select(&outline, month, &mut findings)?;
    let mut rows = Vec::with_capacity(256);
    for half in &selected {
        read_half(half, month, &mut rows, &mut findings)?;
    }
    let bulletin = Bulletin::new(month, rows).map_err(|twice| Refusal::ChartTwice {
        chart: twice.0.chart,
        preference: twice.0.category.preference(),
    })?;
    let comparisons = if has_both_charts(month) {
        compare_charts(&bulletin, &selected)?
    } else {
        Default::default()
    };
    report_missing(&bulletin, &mut findings);
    let bulletin = without_doubtful_columns(bulletin, &mut findings);
    report_later_than_all(&bulletin, &mut findings);
    let bulletin = hold_identical(bulletin, comparisons, &mut findings);
    Ok(ReadPage { bulletin, findings })
}

/// Parses one half of a chart, which can have several tables: a continued chart, or one that is printed twice
/// with the same values.
fn read_half(
    half: &Selected<'_>,
    month: Month,
    rows: &mut Vec<Row>,
    findings: &mut Vec<Finding>,
) -> Result<(), Refusal> {
    let place = Place {
        month,
        chart: half.chart,
        preference: half.preference,
    };
    let first_row = rows.len();
    let mut columns: Option<Columns> = None;
    for (at, table) in half.tables.iter().enumerate() {
        let mut more = Vec::new();
        let into = if at == 0 { &mut *rows } else { &mut more };
        let read = read_chart(
            (&table.table, &table.shape),
            place,
            columns.as_ref(),
            into,
            findings,
        );
        let read = read.map_err(|why| Refusal::ChartUnreadable {
            chart: place.chart,
            preference: place.preference,
            why: why.to_owned(),
        })?;
        columns = Some(read);
        for row in more {
            match rows[first_row..].iter().find(|known| known.key == row.key) {
                None => rows.push(row),
                Some(known) if known.reading == row.reading && known.raw.value == row.raw.value => {}
                Some(_) => {
                    return Err(Refusal::ChartTwice {
                        chart: place.chart,
                        preference: place.preference,
                    });
                }
            }
        }
    }
    Ok(())
}

/// Refuses charts under each other's headings. In the usual order only clear signs count; in another order,
/// the dates themselves must show which chart is which.
fn compare_charts(bulletin: &Bulletin, selected: &[Selected<'_>]) -> Result<[Comparison; 2], Refusal> {
    let comparisons = Preference::ALL.map(|preference| Comparison::new(bulletin, preference));
    for (preference, comparison) in Preference::ALL.into_iter().zip(comparisons) {
        comparison.refuse_swapped(preference)?;
        let mut of_it = selected.iter().filter(|half| half.preference == preference);
        let first = of_it.next().map(|half| half.chart);
        if first == Some(Chart::DatesForFiling) && !comparison.tells_charts_apart() {
            return Err(Refusal::OutOfOrder {
                chart: Chart::DatesForFiling,
                preference,
            });
        }
    }
    Ok(comparisons)
}
