//! The result of a walk over a page: its months, its headings and the tables that look like charts.

use bulletin::{Month, Preference};

use crate::heading::Heading;
use crate::shape::Shape;
use crate::table::Table;

/// The result of a walk over a page.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// The text of the page's title; empty if it has none.
    pub(crate) title: String,
    /// Months in other places that name the page's month; each place once.
    pub(crate) mentions: Vec<(Month, Mention)>,
    /// The visible tables that look like charts, in the order of the page.
    pub(crate) candidates: Vec<Candidate>,
    /// The same for tables in hidden parts of the page, such as collapsed accordions.
    pub(crate) hidden: Vec<Candidate>,
    /// True if there were more such tables than could ever be charts.
    pub(crate) too_many: bool,
    /// True if the page ends inside a table.
    pub(crate) ends_in_table: bool,
    /// True if the page has its end tag.
    pub(crate) has_end: bool,
    /// True if there is any visible text.
    pub(crate) has_text: bool,
}

/// The place in which a page names its month, apart from its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mention {
    /// A line of its text.
    Heading,
    /// The canonical URL of the page.
    Address,
}

/// A table that looks like a chart, or like the continuation of one.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) table: Table,
    pub(crate) shape: Shape,
    /// The chart heading that applies to it.
    pub(crate) heading: Option<Heading>,
    /// The last title for one preference since the previous chart.
    pub(crate) title: Option<Preference>,
    /// True if another section has begun since the last chart heading.
    pub(crate) in_other_section: bool,
    /// True if there is no heading between the previous chart and this table.
    pub(crate) follows_chart: bool,
}
