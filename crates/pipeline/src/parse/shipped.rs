//! The first page that is read of a bulletin that was shipped with the program.
//!
//! No page was read for the shipped values, and nobody was notified of them. So a page that differs is neither a
//! correction by the department nor news: its values replace the shipped ones, which are not kept, and each difference
//! is a finding. From then on the bulletin is one like any other: a page that differs from this one is a correction.
//! Excludes the write, see [`storing`](super::storing), and the rule that a fetched page which differs needs a second
//! fetch, see [`correction`](super::correction).

use bulletin::Finding;

use crate::SHIPPED;
use crate::port::StoredRow;
use crate::record::{BulletinRecord, RowWrite};

impl BulletinRecord {
    /// True if the bulletin was shipped with the program and no page of it was read yet.
    pub fn is_shipped(&self) -> bool {
        self.host == SHIPPED
    }
}

/// The findings about a page that replaces these of the shipped rows.
pub(super) fn differences(rows: &[RowWrite], shipped: &[StoredRow]) -> Vec<Finding> {
    let text = |write: &RowWrite| {
        let is_of_key = |stored: &&StoredRow| stored.row.key == write.key;
        let row = &shipped.iter().find(is_of_key)?.row;
        row.missing_part().is_none().then(|| row.raw.value.to_string())
    };
    rows.iter()
        .map(|write| Finding::DiffersFromShipped {
            chart: write.key.chart,
            category: write.key.category,
            area: write.key.area,
            shipped: text(write),
            page: write.row.as_ref().map(|row| row.raw.value.to_string()),
        })
        .collect()
}

/// These findings, and those of the stored ones that say how the page differs from what was shipped: they are about
/// cells that are stored no longer, so that nothing can find them again.
pub(super) fn with_differences(known: &BulletinRecord, mut findings: Vec<Finding>) -> Vec<Finding> {
    let kept = |finding: &&Finding| matches!(finding, Finding::DiffersFromShipped { .. });
    findings.extend(known.findings.iter().filter(kept).cloned());
    findings
}
