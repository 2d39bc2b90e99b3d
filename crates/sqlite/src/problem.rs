//! The table `reported_problem`: what was last reported, so that a problem is not reported with each run. Excludes the
//! decision when to report it again, which is the command's.

use chrono::{DateTime, Utc};
use pipeline::port::StoreError;
use rusqlite::params;

use crate::query::{self, Columns};
use crate::store::SqliteStore;
use crate::value::instant;

/// A problem that was reported and not found to be gone yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedProblem {
    /// The key of the problem, such as `OVERDUE#2026-12`.
    pub problem: String,
    /// The problem in a sentence.
    pub summary: String,
    /// The time of the last report.
    pub reported_at: DateTime<Utc>,
}

fn read(columns: &Columns<'_, '_>) -> Result<ReportedProblem, StoreError> {
    Ok(ReportedProblem {
        problem: columns.get("problem")?,
        summary: columns.get("summary")?,
        reported_at: columns.instant("reported_at")?,
    })
}

impl SqliteStore {
    /// The reported problems.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn reported_problems(&self) -> Result<Vec<ReportedProblem>, StoreError> {
        let sql = "SELECT * FROM reported_problem ORDER BY problem";
        query::all(&self.connection(), sql, [], read)
    }

    /// Stores reports, and removes the problems that are gone, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn update_reported_problems(
        &self,
        reported: &[ReportedProblem],
        gone: &[ReportedProblem],
    ) -> Result<(), StoreError> {
        if reported.is_empty() && gone.is_empty() {
            return Ok(());
        }
        self.writing(|transaction| {
            for one in reported {
                let sql =
                    "INSERT OR REPLACE INTO reported_problem (problem, summary, reported_at) VALUES (?, ?, ?)";
                let row = params![one.problem, one.summary, instant(one.reported_at)];
                query::execute(transaction, sql, row)?;
            }
            for one in gone {
                let sql = "DELETE FROM reported_problem WHERE problem = ?";
                query::execute(transaction, sql, [&one.problem])?;
            }
            Ok(())
        })
    }
}
