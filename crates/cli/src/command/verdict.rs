//! The state of a case in the bulletins that matter now, in sentences. `check`, `watch add` and `run` print them.
//! Excludes the words of a sentence, see `bulletin::text`. Start with [`verdict`].

use anyhow::bail;
use bulletin::{Bulletin, ByChart, Case, Chart, CutOff, Entry, Month, MonthRange, text};
use chrono::NaiveDate;
use operations::Store;
use pipeline::port::BulletinStore as _;

use crate::command::shipped::unknown_months;
use crate::command::{NOTHING_STORED, not_listed};
use crate::output::complain;
use crate::paint::{self, Tone};

/// The stored months that are in force or upcoming; if there are none, the newest stored one, with a warning.
///
/// # Errors
/// An error if nothing is stored.
pub(crate) async fn months_to_check(store: &Store, present: Month) -> anyhow::Result<Vec<Month>> {
    let stored = store.months().await?;
    let current: Vec<Month> = stored.iter().copied().filter(|month| *month >= present).collect();
    if !current.is_empty() {
        return Ok(current);
    }
    let Some(newest) = stored.last().copied() else {
        bail!(NOTHING_STORED);
    };
    // The answer from the shipped history begins with the months that it lacks.
    if !matches!(store, Store::Shipped(_)) {
        complain("warning", &outdated(newest, present));
    }
    Ok(vec![newest])
}

/// The warning that the bulletin in force is not stored.
fn outdated(newest: Month, present: Month) -> String {
    let unknown = MonthRange {
        first: newest.next(),
        last: present.next(),
    };
    format!(
        "the newest stored bulletin is {}; {} not known here. `bulletin run` fetches new bulletins",
        newest.title(),
        unknown_months(unknown)
    )
}

/// The sentence about a case in one bulletin: if its priority date is current, or without one, its cut-offs.
pub(crate) fn verdict(bulletin: &Bulletin, case: Case, priority_date: Option<NaiveDate>) -> String {
    let entry = Entry::of(bulletin, case);
    if entry.cells == ByChart::default() {
        return format!("{}.", not_listed(case, entry.month, &entry.successors));
    }
    if let Some(date) = priority_date {
        return text::priority_sentence(case, entry.month, &entry.cells, date);
    }
    let cut_offs: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| {
            let cell = entry.cells.of(chart).as_ref()?;
            let words = cell.cut_off().map_or_else(|| "unreadable".into(), CutOff::words);
            Some(format!("{words} under {}", chart.name()))
        })
        .collect();
    format!(
        "For {} in {}, the cut-off is {}. Without a priority date there is no verdict.",
        text::case_name(case),
        entry.month.title(),
        cut_offs.join(", and ")
    )
}

/// The same sentence with the verdict on each chart in colour, if there are colours.
pub(crate) fn coloured_verdict(bulletin: &Bulletin, case: Case, priority_date: Option<NaiveDate>) -> String {
    let mut sentence = verdict(bulletin, case, priority_date);
    let cells = Entry::of(bulletin, case).cells;
    for chart in Chart::ALL {
        let cut_off = cells.of(chart).as_ref().and_then(|cell| cell.cut_off());
        let Some((date, cut_off)) = priority_date.zip(cut_off) else {
            continue;
        };
        let name = chart.name();
        let (phrases, tone) = match cut_off.is_current(date) {
            true => (vec![format!("current under {name}")], Tone::Good),
            false => (
                vec![
                    format!("not current yet under {name}"),
                    format!("not current under {name}"),
                ],
                Tone::Bad,
            ),
        };
        for phrase in phrases {
            sentence = paint::phrase(&sentence, &phrase, tone);
        }
    }
    sentence
}

/// True if a priority date is current on every one of these charts of a bulletin that lists the case.
pub(crate) fn is_current_on(
    bulletin: &Bulletin,
    case: Case,
    priority_date: NaiveDate,
    charts: impl Iterator<Item = Chart>,
) -> bool {
    let cells = Entry::of(bulletin, case).cells;
    let mut listed = charts.filter_map(|chart| cells.of(chart).as_ref()).peekable();
    listed.peek().is_some()
        && listed.all(|cell| {
            cell.cut_off()
                .is_some_and(|cut_off| cut_off.is_current(priority_date))
        })
}
