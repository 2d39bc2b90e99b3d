//! The problems of a run. With `--quiet`, a problem is printed once and then once a day, and its end is printed too.
//! Excludes finding them, see `poll.rs` and `close.rs`. Start with [`Problems`].

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use pipeline::port::StoreError;
use sqlite::{ReportedProblem, SqliteStore};

use crate::output::complain;

/// The time after which a problem that lasts is printed again.
const AGAIN: TimeDelta = TimeDelta::hours(24);

/// The problems that a run has found so far, and those that earlier quiet runs have reported.
#[derive(Debug)]
pub(super) struct Problems {
    now: DateTime<Utc>,
    is_quiet: bool,
    earlier: BTreeMap<String, ReportedProblem>,
    found: BTreeMap<String, Problem>,
    /// Problems that are gone, which the run has said already.
    solved: Vec<ReportedProblem>,
}

/// A problem of this run.
#[derive(Debug)]
struct Problem {
    summary: String,
    /// True if the run prints it.
    is_printed: bool,
    /// True if the run exits with 1.
    fails: bool,
}

impl Problems {
    /// The problems that earlier quiet runs have reported, of the keys that `is_mine` selects.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn load(
        store: &SqliteStore,
        now: DateTime<Utc>,
        is_quiet: bool,
        is_mine: impl Fn(&str) -> bool,
    ) -> Result<Self, StoreError> {
        let earlier = store.reported_problems()?.into_iter();
        Ok(Self {
            now,
            is_quiet,
            earlier: earlier
                .filter(|report| is_mine(&report.problem))
                .map(|report| (report.problem.clone(), report))
                .collect(),
            found: BTreeMap::new(),
            solved: Vec::new(),
        })
    }

    /// Records a problem that makes the run exit with 1. Returns true if it is to be printed now.
    pub(super) fn found(&mut self, key: &str, summary: &str) -> bool {
        self.record(key, summary, true)
    }

    /// Records a problem that does not make the run exit with 1. Returns true if it is to be printed now.
    pub(super) fn noted(&mut self, key: &str, summary: &str) -> bool {
        self.record(key, summary, false)
    }

    /// Keeps a problem that cannot be checked in this run, if an earlier run has reported it.
    pub(super) fn unchecked(&mut self, key: &str) {
        self.earlier.remove(key);
    }

    /// Forgets a problem that is gone. The run has said so.
    pub(super) fn solved(&mut self, key: &str) {
        self.solved.extend(self.earlier.remove(key));
    }

    /// True if this run has found the problem.
    pub(super) fn is_found(&self, key: &str) -> bool {
        self.found.contains_key(key)
    }

    fn record(&mut self, key: &str, summary: &str, fails: bool) -> bool {
        let is_due = !self.is_quiet
            || self.earlier.get(key).is_none_or(|report| {
                let age = self.now - report.reported_at;
                // A clock that was ahead must not silence the problem.
                age >= AGAIN || age < TimeDelta::zero()
            });
        let problem = self.found.entry(key.to_owned()).or_insert_with(|| Problem {
            summary: summary.to_owned(),
            is_printed: is_due,
            fails,
        });
        problem.fails |= fails;
        problem.is_printed
    }

    /// Stores the reports of this run. If it was complete, prints the problems that are gone. Returns the summaries of the
    /// problems that make the run exit with 1.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn close(self, store: &SqliteStore, is_complete: bool) -> Result<Vec<String>, StoreError> {
        let mut reported = Vec::new();
        for (key, problem) in &self.found {
            if self.is_quiet && problem.is_printed {
                reported.push(ReportedProblem {
                    problem: key.clone(),
                    summary: problem.summary.clone(),
                    reported_at: self.now,
                });
            }
        }
        let mut gone: Vec<ReportedProblem> = self.earlier.into_values().collect();
        gone.retain(|report| is_complete && !self.found.contains_key(&report.problem));
        store.update_reported_problems(&reported, &[&gone[..], &self.solved].concat())?;
        for report in gone {
            complain("note", &format!("solved: {}", report.summary));
        }
        let failing = self.found.into_values().filter(|problem| problem.fails);
        Ok(failing.map(|problem| problem.summary).collect())
    }
}

/// The key of the problem that the page of a month cannot be fetched or was refused.
pub(super) fn about_page(month: impl std::fmt::Display) -> String {
    format!("PAGE#{month}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    /// Runs at this hour with these problems; returns which of them are printed.
    fn run(store: &SqliteStore, hour: i64, is_quiet: bool, keys: &[&str]) -> Vec<bool> {
        let mut problems = Problems::load(store, at(hour), is_quiet, |_| true).unwrap();
        let printed = keys.iter().map(|key| problems.found(key, key)).collect();
        assert_eq!(problems.close(store, true).unwrap().len(), keys.len());
        printed
    }

    #[test]
    fn a_problem_is_printed_once_and_then_once_a_day_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("a.db")).unwrap();
        assert_eq!(run(&store, 0, true, &["a"]), [true]);
        assert_eq!(run(&store, 1, true, &["a", "b"]), [false, true]);
        // Others see every problem, and leave the memory of quiet runs as it is.
        assert_eq!(run(&store, 2, false, &["a", "b"]), [true, true]);
        assert_eq!(run(&store, 24, true, &["a", "b"]), [true, false]);
        assert_eq!(run(&store, 25, true, &["a", "b"]), [false, true]);
        assert_eq!(run(&store, 26, true, &["b"]), [false]);
        assert_eq!(run(&store, 27, true, &["a", "b"]), [true, false]);
        // The clock was ahead.
        assert_eq!(run(&store, 3, true, &["a", "b"]), [true, true]);
        assert_eq!(run(&store, 4, true, &[]), Vec::<bool>::new());
        assert!(store.reported_problems().unwrap().is_empty());
    }

    #[test]
    fn an_incomplete_run_solves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("a.db")).unwrap();
        run(&store, 0, true, &["a", "b"]);
        let problems = Problems::load(&store, at(1), true, |_| true).unwrap();
        problems.close(&store, false).unwrap();
        let mut problems = Problems::load(&store, at(1), true, |_| true).unwrap();
        problems.unchecked("b");
        assert!(!problems.noted("a", "a"));
        assert!(problems.close(&store, true).unwrap().is_empty());
        assert_eq!(run(&store, 2, true, &["a", "b"]), [false, false]);
    }
}
