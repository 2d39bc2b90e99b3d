//! The lines that a run prints about pages and watches.

use std::path::Path;

use bulletin::Month;
use pipeline::port::{BulletinStore as _, as_bulletin};
use pipeline::{ParseError, Parsed};
use sqlite::{SqliteStore, WatchKind};

use super::tally::Tally;
use crate::command::blocked::{in_short, print_answers};
use crate::command::verdict::coloured_verdict;
use crate::output::{complain, counted};

/// The problem with a page that alternates between two versions, and its remedy.
pub(crate) const ALTERNATES: &str = "the page alternates between two versions, so neither is stored. Open it in a \
     browser, save it, and store it with `bulletin ingest FILE`";

/// The largest number of pages for which no progress bar is shown.
pub(super) const WORTH_A_BAR: usize = 3;

/// The largest number of gaps in the history that are listed.
const MOST_RANGES: usize = 6;

/// Reports that no host served the page of a month.
pub(super) fn report_unfetched(month: Month, answers: &str, is_verbose: bool) {
    complain(
        "error",
        &format!("cannot fetch {}: {}", month.title(), in_short(answers)),
    );
    if is_verbose {
        print_answers(answers);
    }
}

/// Prints the verdict on each watched case in the newest bulletin, on standard error: standard output is for alerts.
pub(super) async fn report_verdicts(store: &SqliteStore) -> anyhow::Result<()> {
    let Some(newest) = store.months().await?.pop() else {
        return Ok(());
    };
    let bulletin = as_bulletin(newest, store.rows(newest).await?)?;
    for watch in store.watches()? {
        if let WatchKind::Case(subscription) = watch.kind {
            let sentence = coloured_verdict(&bulletin, subscription.case, subscription.priority_date);
            complain(&format!("watch {}", watch.id), &sentence);
        }
    }
    Ok(())
}

/// Prints how many pages were read, stored, refused, not fetched and not published.
pub(super) fn report_totals(tally: &Tally) {
    let mut totals = format!("{} read, {} stored", counted(tally.read, "page"), tally.stored);
    let refused = tally.failed - tally.unfetched.len();
    for (count, outcome) in [(refused, "refused"), (tally.unfetched.len(), "not fetched")] {
        if count > 0 {
            totals.push_str(&format!(", {count} {outcome}"));
        }
    }
    if tally.not_there > 0 {
        totals.push_str(&format!(", {} not published", tally.not_there));
    }
    complain("note", &totals);
}

/// Months as ranges: `2002-03 to 2002-05, 2003-01`.
pub(super) fn ranges(months: &[Month]) -> String {
    let mut runs: Vec<(Month, Month)> = Vec::new();
    for month in months {
        match runs.last_mut() {
            Some((_, last)) if last.next() == *month => *last = *month,
            _ => runs.push((*month, *month)),
        }
    }
    let texts: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            }
        })
        .collect();
    match texts.len().checked_sub(MOST_RANGES) {
        None | Some(0) => texts.join(", "),
        Some(more) => format!("{}, and {more} more gaps", texts[..MOST_RANGES].join(", ")),
    }
}

/// The sentence about a page that could not be stored. A folder has no host name, so the sentence names the folder.
pub(super) fn page_error(month: Month, error: &ParseError, folder: Option<&Path>) -> String {
    match (error, folder) {
        (ParseError::Refused { refusal, .. }, Some(folder)) => {
            format!("{}, bulletin of {}: {refusal}", folder.display(), month.title())
        }
        _ => error.to_string(),
    }
}

/// Reports the outcome of a page.
pub(crate) fn report_parsed(month: Month, parsed: &Parsed, quiet: bool) {
    let title = month.title();
    match parsed {
        Parsed::Stored { record, changed } => {
            for finding in &record.findings {
                complain("warning", &format!("{title}: {finding}"));
            }
            if !quiet {
                let what = if record.revision == 0 {
                    "stored"
                } else {
                    "corrected"
                };
                complain(
                    "note",
                    &format!("{title}: {what}, {changed} of {} cells written", record.cells),
                );
            }
        }
        // A quiet run reports it at its end, once a day.
        Parsed::Held { alternates: true, .. } if quiet => {}
        Parsed::Held { alternates: true, .. } => {
            complain("warning", &format!("{title}: {ALTERNATES}"));
        }
        Parsed::Held { differs: 0, .. } if quiet => {}
        Parsed::Held { differs, .. } => {
            complain(
                "note",
                &format!("{title}: {differs} cells differ from the stored ones; waiting for confirmation"),
            );
        }
        Parsed::Outdated => complain(
            "note",
            &format!("{title}: the page is older than the stored one; ignored"),
        ),
        Parsed::Unchanged | Parsed::NotThere { .. } if quiet => {}
        Parsed::Unchanged => complain("note", &format!("{title}: nothing new")),
        Parsed::NotThere { is_stored: true } => complain(
            "note",
            &format!("{title}: no host has the page any longer; the stored bulletin is kept"),
        ),
        Parsed::NotThere { is_stored: false } => complain("note", &format!("{title}: not published yet")),
    }
}
