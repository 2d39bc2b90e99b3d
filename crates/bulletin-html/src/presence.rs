//! The rows and columns that a page must have but lacks. Start at [`report_missing`].
//!
//! A missing cell is never evidence of anything. Each gap is reported; the pipeline counts its cells as
//! unreadable.

use bulletin::{Area, Bulletin, Category, Chart, Finding, Month, Preference, Row};

use crate::era;
use crate::era::has_both_charts;

/// Reports the missing rows and columns of each half chart: those of its era, and those of the other chart of
/// the same preference.
pub(crate) fn report_missing(bulletin: &Bulletin, findings: &mut Vec<Finding>) {
    let month = bulletin.month();
    for preference in Preference::ALL {
        let [action, filing] = Chart::ALL.map(|chart| Half::new(bulletin, chart, preference));
        if has_both_charts(month) {
            action.report(month, Some(&filing), findings);
            filing.report(month, Some(&action), findings);
        } else {
            action.report(month, None, findings);
        }
    }
}

/// Removes the columns of countries that had none before if a required column is missing: the label may be
/// above the missing column's cells.
pub(crate) fn without_doubtful_columns(bulletin: Bulletin, findings: &mut [Finding]) -> Bulletin {
    let missing = |findings: &[Finding], half: (Chart, Preference)| {
        findings.iter().any(|finding| {
            matches!(finding, Finding::MissingColumn { chart, preference, .. } if (*chart, *preference) == half)
        })
    };
    let mut doubtful: Vec<(Chart, Preference, Area)> = Vec::new();
    for at in 0..findings.len() {
        if let Finding::NewColumn {
            chart,
            preference,
            area,
        } = findings[at]
            && missing(findings, (chart, preference))
        {
            let is_of_it = |row: &&Row| {
                let key = row.key;
                (key.chart, key.category.preference(), key.area) == (chart, preference, area)
            };
            let rows = || bulletin.rows().filter(is_of_it);
            findings[at] = Finding::UnrecognisedColumn {
                chart,
                preference,
                label: rows()
                    .next()
                    .map_or_else(String::new, |row| row.raw.area.to_string()),
                cells: rows()
                    .map(|row| (row.raw.category.to_string(), row.raw.value.to_string()))
                    .collect(),
            };
            doubtful.push((chart, preference, area));
        }
    }
    if doubtful.is_empty() {
        return bulletin;
    }
    let is_kept = |row: &&Row| {
        let key = row.key;
        !doubtful.contains(&(key.chart, key.category.preference(), key.area))
    };
    let rows: Vec<Row> = bulletin.rows().filter(is_kept).cloned().collect();
    Bulletin::new(bulletin.month(), rows).unwrap_or(bulletin)
}

/// The rows and columns of one half of a chart, each once.
struct Half {
    chart: Chart,
    preference: Preference,
    categories: Vec<Category>,
    areas: Vec<Area>,
}

impl Half {
    fn new(bulletin: &Bulletin, chart: Chart, preference: Preference) -> Self {
        let mut half = Self {
            chart,
            preference,
            categories: Vec::with_capacity(12),
            areas: Vec::with_capacity(8),
        };
        for key in bulletin.rows().map(|row| row.key) {
            if key.chart != chart || key.category.preference() != preference {
                continue;
            }
            // Rows come in the order of their keys.
            if half.categories.last() != Some(&key.category) {
                half.categories.push(key.category);
            }
            if !half.areas.contains(&key.area) {
                half.areas.push(key.area);
            }
        }
        half
    }

    fn report(&self, month: Month, other: Option<&Self>, findings: &mut Vec<Finding>) {
        let (chart, preference) = (self.chart, self.preference);
        let has = |category| self.categories.contains(&category);
        let mut areas: Vec<Area> = era::required_areas(month, chart, preference)
            .filter(|area| !self.areas.contains(area))
            .collect();
        let mut categories: Vec<Category> = era::missing_categories(month, preference, has).collect();
        if let Some(other) = other {
            let lacking = other.areas.iter().filter(|area| !self.areas.contains(area));
            // For years, Final Action has had columns that Dates for Filing lacked; never the other way
            // round.
            areas.extend(lacking.filter(|_| chart == Chart::FinalAction));
            let words_fifth_alike = self.words_fifth_as(other);
            let lacking = other.categories.iter().filter(|category| !has(**category));
            categories.extend(lacking.filter(|category| words_fifth_alike || !is_fifth(**category)));
        }
        areas.sort_unstable();
        areas.dedup();
        categories.sort_unstable();
        categories.dedup();
        findings.extend(areas.into_iter().map(|area| Finding::MissingColumn {
            chart,
            preference,
            area,
        }));
        findings.extend(categories.into_iter().map(|category| Finding::MissingRow {
            chart,
            preference,
            category,
        }));
        if preference == Preference::Employment
            && month.year() < era::RELIGIOUS_WORKERS_ALWAYS
            && !has(Category::ReligiousWorkers)
        {
            findings.push(Finding::Layout {
                what: format!(
                    "{}, {}: the page has no SR row here. January 2003 had none either; check the page.",
                    chart.name(),
                    preference.name()
                ),
            });
        }
    }

    /// True unless the two charts divide the fifth preference differently: each has rows of it, and none in common, as
    /// in October 2015.
    fn words_fifth_as(&self, other: &Self) -> bool {
        let fifth = |half: &Self| half.categories.iter().any(|category| is_fifth(*category));
        let in_common = |category: &Category| is_fifth(*category) && other.categories.contains(category);
        !fifth(self) || !fifth(other) || self.categories.iter().any(in_common)
    }
}

fn is_fifth(category: Category) -> bool {
    category.code().starts_with("EB5")
}
