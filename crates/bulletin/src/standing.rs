//! The standing of a case: the cells that apply now and next month, and the last readable cut-offs before them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::area::{Area, Case};
use crate::bulletin::Bulletin;
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;

mod entry;

pub use entry::{ByChart, Cell, CellState, Entry, Successor};

/// The last cut-off that could be read, and its bulletin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LastRead {
    /// The bulletin that printed it.
    pub month: Month,
    /// The column that printed it.
    pub column: Area,
    /// The cut-off.
    pub cut_off: CutOff,
    /// True if the bulletin was over when it was first seen: see [`Entry::over`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub over: bool,
}

/// The cut-offs that apply to one case: its two newest bulletins, and the last readable cut-offs before them.
///
/// A listed case has the two newest stored bulletins. A case that has vanished keeps the last bulletin that listed it
/// and the first one after that (of those that people were notified of, if they were notified of the last that listed
/// it), and does not change until it is listed again. Either way a standing depends only on which bulletins are stored,
/// never on the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The case.
    pub case: Case,
    /// The last cut-offs read in bulletins before `older`.
    pub before: ByChart<Option<LastRead>>,
    /// The bulletin before the newest; `None` if only one is stored.
    pub older: Option<Entry>,
    /// The newest bulletin.
    pub newest: Entry,
}

/// The bulletins stored directly before and after a month that is being stored.
#[derive(Debug, Clone, Copy)]
pub struct Neighbours<'a> {
    /// The newest stored bulletin of an earlier month.
    pub previous: Option<Month>,
    /// The oldest stored bulletin of a later month.
    pub next: Option<Month>,
    /// The oldest stored bulletin of a later month that was not over when it was first seen.
    pub next_news: Option<Month>,
    /// The neighbours that were read from the store so far. Usually none is needed.
    pub loaded: &'a BTreeMap<Month, Bulletin>,
    /// The months, of this one and its neighbours, that were over when they were first seen: see [`Entry::over`].
    pub over: &'a BTreeSet<Month>,
    /// True if the bulletin that is being stored is history: see [`Entry::history`].
    pub history: bool,
}

/// An error: a neighbouring bulletin is needed and was not read from the store yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored bulletin of {0} is needed")]
pub struct NeighbourNeeded(pub Month);

impl Neighbours<'_> {
    /// No month was over when it was first seen.
    pub const NONE_OVER: &'static BTreeSet<Month> = &BTreeSet::new();

    fn entry(&self, standing: Option<&Standing>, case: Case, month: Month) -> Result<Entry, NeighbourNeeded> {
        if let Some(known) = standing.and_then(|standing| standing.entry(month)) {
            return Ok(known.clone());
        }
        self.loaded
            .get(&month)
            .map(|bulletin| self.entry_of(bulletin, case))
            .ok_or(NeighbourNeeded(month))
    }

    /// The month in which a case vanishes that this entry is the last to list; `None` if no later bulletin is stored.
    fn vanishes_in(&self, last_listed: &Entry) -> Option<Month> {
        let news = self.next_news.filter(|_| !last_listed.over);
        news.or(self.next)
    }

    fn entry_of(&self, bulletin: &Bulletin, case: Case) -> Entry {
        Entry {
            over: self.over.contains(&bulletin.month()),
            ..Entry::of(bulletin, case)
        }
    }
}

impl Standing {
    /// The standing of a case after `bulletin` is stored; `None` if the case has never been listed. `standing` is the
    /// one before. The bulletin may be new, older than others, or a corrected version of one that is stored already:
    /// then the revision of its entry counts up if a cell of the case differs.
    ///
    /// # Errors
    /// [`NeighbourNeeded`] if a neighbouring bulletin must be loaded first.
    pub fn after(
        standing: Option<&Self>,
        case: Case,
        bulletin: &Bulletin,
        neighbours: Neighbours<'_>,
    ) -> Result<Option<Self>, NeighbourNeeded> {
        let entry = Entry {
            history: neighbours.history,
            ..neighbours.entry_of(bulletin, case)
        };
        if let Some(standing) = standing {
            return standing.with(entry, neighbours).map(Some);
        }
        if !entry.lists(case) {
            return Ok(None);
        }
        let (older, newest) = match neighbours.vanishes_in(&entry) {
            Some(next) => (Some(entry), neighbours.entry(None, case, next)?),
            None => {
                let previous = neighbours
                    .previous
                    .map(|previous| neighbours.entry(None, case, previous));
                (previous.transpose()?, entry)
            }
        };
        Ok(Some(Self {
            case,
            before: ByChart::default(),
            older,
            newest,
        }))
    }

    /// The cut-off that this bulletin's entry is compared with: the last readable one on this chart in an earlier
    /// bulletin that people were notified of, or if there is none, in any earlier bulletin.
    pub fn baseline(&self, chart: Chart, entry: &Entry) -> Option<LastRead> {
        let older = self.older.as_ref().filter(|older| older.month < entry.month);
        let of_older = older.and_then(|older| read_in(older, chart));
        match (of_older, *self.before.of(chart)) {
            (Some(older), Some(before)) if older.over && !before.over => Some(before),
            (older, before) => older.or(before),
        }
    }

    /// The entries, newest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// The entry of this month, if it is one of the two.
    pub fn entry(&self, month: Month) -> Option<&Entry> {
        self.entries().find(|entry| entry.month == month)
    }

    /// True if the newest entry lists the case; otherwise it has vanished.
    pub fn is_listed(&self) -> bool {
        self.newest.lists(self.case)
    }

    fn with(&self, entry: Entry, neighbours: Neighbours<'_>) -> Result<Self, NeighbourNeeded> {
        let case = self.case;
        if let Some(stored) = self.entry(entry.month) {
            let revision = stored.revision + u32::from(stored.cells != entry.cells);
            let mut corrected = self.clone();
            let entry = Entry {
                revision,
                over: stored.over,
                history: stored.history,
                ..entry
            };
            if corrected.newest.month == entry.month {
                corrected.newest = entry;
            } else {
                corrected.older = Some(entry);
            }
            return Ok(corrected);
        }
        let vanished = !self.is_listed();
        let last_listed = if vanished {
            self.older.as_ref()
        } else {
            Some(&self.newest)
        };
        let is_behind = last_listed.is_some_and(|last| entry.month < last.month);
        let older_month = self.older.as_ref().map(|older| older.month);

        if is_behind {
            // History: it can become the older of the two, or the last that was read before them.
            if vanished || older_month.is_some_and(|older| entry.month < older) {
                let mut filled = self.clone();
                remember(&mut filled.before, case, &entry);
                return Ok(filled);
            }
            return Ok(self.arranged(Some(entry), self.newest.clone()));
        }
        if entry.lists(case) {
            if let Some(next) = neighbours.vanishes_in(&entry) {
                let newest = neighbours.entry(Some(self), case, next)?;
                return Ok(self.arranged(Some(entry), newest));
            }
            let older = neighbours
                .previous
                .map(|previous| neighbours.entry(Some(self), case, previous));
            return Ok(self.arranged(older.transpose()?, entry));
        }
        if vanished && !self.vanishes_rather_in(&entry) {
            return Ok(self.clone());
        }
        Ok(self.arranged(last_listed.cloned(), entry))
    }

    /// True if a case that has vanished should be reported as vanishing in this bulletin: an earlier one, or the first
    /// that people are notified of, if they were notified of the last that listed it.
    fn vanishes_rather_in(&self, entry: &Entry) -> bool {
        let was_news = self.older.as_ref().is_some_and(|older| !older.over);
        let rank = |entry: &Entry| (was_news && entry.over, entry.month);
        rank(entry) < rank(&self.newest)
    }

    /// The standing with these two entries; older cut-offs move to `before`.
    fn arranged(&self, older: Option<Entry>, newest: Entry) -> Self {
        let mut before = self.before;
        let first_kept = older.as_ref().map_or(newest.month, |older| older.month);
        for entry in self.entries().filter(|entry| entry.month < first_kept) {
            remember(&mut before, self.case, entry);
        }
        Self {
            case: self.case,
            before,
            older,
            newest,
        }
    }
}

/// Records the cut-offs of this entry as last read, if it is later than the recorded bulletin or a corrected version of
/// it. A cut-off of which people were notified takes precedence over one that was over. Bulletins that do not list the
/// case leave no trace, because the order of arrival decides if one of them is met.
fn remember(before: &mut ByChart<Option<LastRead>>, case: Case, entry: &Entry) {
    if !entry.lists(case) {
        return;
    }
    for chart in Chart::ALL {
        let Some(read) = read_in(entry, chart) else {
            continue;
        };
        let rank = |read: &LastRead| (!read.over, read.month);
        let slot = before.of_mut(chart);
        if slot.as_ref().is_none_or(|known| rank(known) <= rank(&read)) {
            *slot = Some(read);
        }
    }
}

/// The cut-off of a bulletin's entry on this chart, if it can be read.
fn read_in(entry: &Entry, chart: Chart) -> Option<LastRead> {
    let cell = entry.cells.of(chart).as_ref()?;
    Some(LastRead {
        month: entry.month,
        column: cell.column,
        cut_off: cell.cut_off()?,
        over: entry.over,
    })
}

#[cfg(test)]
mod tests;
