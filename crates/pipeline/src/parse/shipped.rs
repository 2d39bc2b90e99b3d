//! The first page that is read of a bulletin that was shipped with the program.
//!
//! No page was read for the shipped values, and nobody was notified of them. So a page that differs is neither a
//! correction by the department nor news: its values replace the shipped ones, which are not kept, and each difference
//! is a finding. From then on the bulletin is one like any other: a page that differs from this one is a correction.
//! Excludes the rule that a fetched page which differs needs a second fetch, see [`correction`](super::correction).

use bulletin::Finding;

use super::storing::{Candidate, Draft};
use crate::SHIPPED;
use crate::parse::Parser;
use crate::plan::plan_standings;
use crate::port::{BulletinStore, Clock, StoreError, StoredRow};
use crate::record::{BulletinRecord, RowWrite};

impl BulletinRecord {
    /// True if the bulletin was shipped with the program and no page of it was read yet.
    pub fn is_shipped(&self) -> bool {
        self.host == SHIPPED
    }
}

impl<Source, Store, C> Parser<'_, Source, Store, C>
where
    Store: BulletinStore,
    C: Clock,
{
    /// Records that a page was read and has the shipped cells.
    pub(super) async fn confirm_shipped(
        &self,
        candidate: Candidate<'_>,
        known: BulletinRecord,
    ) -> Result<BulletinRecord, StoreError> {
        let draft = self.draft(candidate, Some(&known)).await?;
        let planned = plan_standings(self.store, &draft.bulletin, &draft.around, known.was_over()).await?;
        let record = BulletinRecord {
            path: candidate.path(Some(&known)),
            host: candidate.page.host.clone(),
            fetched_at: candidate.page.at,
            findings: draft.findings,
            ..known.clone()
        };
        let plan = planned
            .mending()
            .write(Vec::new(), record, Some(known), self.clock.now());
        self.store.write(&plan).await?;
        Ok(plan.record)
    }
}

/// The findings about a page with these differences from the shipped cells.
pub(super) fn differences(draft: &Draft, rows: &[RowWrite]) -> Vec<Finding> {
    let shipped = |write: &RowWrite| {
        let is_of_key = |stored: &&StoredRow| stored.row.key == write.key;
        let row = &draft.stored.iter().find(is_of_key)?.row;
        row.missing_part().is_none().then(|| row.raw.value.to_string())
    };
    rows.iter()
        .map(|write| Finding::DiffersFromShipped {
            chart: write.key.chart,
            category: write.key.category,
            area: write.key.area,
            shipped: shipped(write),
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
