//! The half of a chart that a table belongs to, for findings about it.

use bulletin::{Chart, Finding, Month, Preference};

/// The bulletin, chart and preference of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) month: Month,
    pub(crate) chart: Chart,
    pub(crate) preference: Preference,
}

impl Place {
    /// A finding about the half chart, as a sentence.
    pub(crate) fn layout(self, what: &str) -> Finding {
        Finding::Layout {
            what: format!("{}, {}: {what}", self.chart.name(), self.preference.name()),
        }
    }
}
