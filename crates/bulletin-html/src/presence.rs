//! Rows and columns that a page must have and has not.
//!
//! A missing cell is never evidence of anything. Each gap is reported; the pipeline counts its cells as unreadable.

use std::collections::BTreeSet;

use bulletin::{Area, Bulletin, Category, Chart, Finding, Month, Preference};

use crate::era;
use crate::page::has_both_charts;

/// Reports the rows and columns that each half chart must have and has not: those of its era, and those that the other
/// chart of the same preference has.
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

/// The rows and columns of one half of a chart.
struct Half {
    chart: Chart,
    preference: Preference,
    categories: BTreeSet<Category>,
    areas: BTreeSet<Area>,
}

impl Half {
    fn new(bulletin: &Bulletin, chart: Chart, preference: Preference) -> Self {
        let keys = || {
            let keys = bulletin.rows().map(|row| row.key);
            keys.filter(move |key| key.chart == chart && key.category.preference() == preference)
        };
        Self {
            chart,
            preference,
            categories: keys().map(|key| key.category).collect(),
            areas: keys().map(|key| key.area).collect(),
        }
    }

    fn report(&self, month: Month, other: Option<&Self>, findings: &mut Vec<Finding>) {
        let has = |category| self.categories.contains(&category);
        let (chart, preference) = (self.chart, self.preference);
        let mut areas: Vec<Area> = era::required_areas(month, chart, preference).collect();
        let mut categories: Vec<Category> = era::missing_categories(month, preference, has).collect();
        if let Some(other) = other {
            // Final Action has had columns that Dates for Filing had not, for years; never the other way round.
            let more_areas = other.areas.iter().filter(|_| chart == Chart::FinalAction);
            areas.extend(more_areas);
            let words_fifth_alike = self.words_fifth_as(other);
            let lacking = other.categories.difference(&self.categories);
            categories.extend(lacking.filter(|category| words_fifth_alike || !is_fifth(**category)));
        }
        areas.retain(|area| !self.areas.contains(area));
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
    }

    /// True unless the two charts divide the fifth preference differently: each has rows of it, and none in common, as
    /// in October 2015.
    fn words_fifth_as(&self, other: &Self) -> bool {
        let of = |half: &Self| -> BTreeSet<Category> {
            let fifth = half.categories.iter().filter(|category| is_fifth(**category));
            fifth.copied().collect()
        };
        let (own, other) = (of(self), of(other));
        own.is_empty() || other.is_empty() || !own.is_disjoint(&other)
    }
}

fn is_fifth(category: Category) -> bool {
    category.code().starts_with("EB5")
}
