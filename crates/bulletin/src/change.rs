//! The changes between two versions of a standing. Start reading at [`changes`].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::area::{Area, Case};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell, Entry, LastRead, Standing, Successor};

/// The difference between two versions of a standing: the effect of one bulletin, or of its correction, on one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The case.
    pub case: Case,
    /// The bulletin that changed it.
    pub month: Month,
    /// The version of this bulletin: 0 as first stored, then counting the corrections of this case.
    pub revision: u32,
    /// New month or correction.
    pub kind: ChangeKind,
    /// The effect on each chart.
    pub charts: ByChart<ChartChange>,
    /// The areas that have their own column in this half of the bulletin.
    pub columns: Vec<Area>,
    /// The same in the previous bulletin; equal to `columns` if none is stored.
    pub columns_before: Vec<Area>,
    /// If the category is no longer listed: the categories that replaced it, and their cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Successor>,
    /// The case's cells in the bulletin of the previous month, as printed; `None` if that is not one of the two of the
    /// standing, or nobody was notified of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month_before: Option<Box<ByChart<Option<Cell>>>>,
}

/// The origin of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A new month, compared with the last readable cut-offs before it.
    NewMonth,
    /// A new version of a stored month, compared with the version before.
    Correction,
}

impl ChangeKind {
    /// The code in data.
    pub fn code(self) -> &'static str {
        match self {
            Self::NewMonth => "new_month",
            Self::Correction => "correction",
        }
    }
}

/// The effect of a change on one chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartChange {
    /// The cut-off before. For a correction: the one of the same bulletin if it could be read; otherwise, as for a new
    /// month, the last readable one before it.
    pub from: Option<LastRead>,
    /// The cell now; `None` if the chart has no row for the category.
    pub to: Option<Cell>,
    /// The corrected cell, as it was before; `None` if the correction does not touch it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Cell>,
    /// The movement from one to the other; `None` if the cell cannot be read.
    pub movement: Option<Movement>,
}

/// Priority dates from one day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The earliest; `None` if there is no lower limit.
    pub first: Option<NaiveDate>,
    /// The latest; `None` if there is no upper limit.
    pub last: Option<NaiveDate>,
}

impl ChartChange {
    fn new(case: Case, from: Option<LastRead>, to: Option<Cell>, replaced: Option<Cell>) -> Self {
        let movement = movement(case, from, to.as_ref());
        Self {
            from,
            to,
            replaced,
            movement,
        }
    }

    /// True if a correction touches the chart: it replaces its cell, or moves the cut-off that applies.
    pub fn corrected(&self) -> bool {
        self.replaced.is_some() || self.moved()
    }

    /// The priority dates that became current; `None` if the movement makes none current.
    pub fn newly_current(&self) -> Option<Band> {
        let from = self.from?.cut_off;
        let to = self.to.as_ref()?.cut_off()?;
        let (first, last) = match (self.movement?, from, to) {
            (Movement::Advanced { .. }, CutOff::Date(from), CutOff::Date(to)) => (Some(from), to.pred_opt()),
            (Movement::BecameCurrent, CutOff::Date(from), _) => (Some(from), None),
            (Movement::BecameCurrent, CutOff::Unavailable, _) => (None, None),
            (Movement::BecameAvailable, _, CutOff::Date(to)) => (None, to.pred_opt()),
            _ => return None,
        };
        Some(Band { first, last })
    }

    /// The priority dates that stopped being current; `None` if the movement leaves all current ones current.
    pub fn no_longer_current(&self) -> Option<Band> {
        let from = self.from?.cut_off;
        let to = self.to.as_ref()?.cut_off()?;
        let (first, last) = match (self.movement?, from, to) {
            (Movement::Retrogressed { .. }, CutOff::Date(from), CutOff::Date(to)) => {
                (Some(to), from.pred_opt())
            }
            (Movement::LeftCurrent, _, CutOff::Date(to)) => (Some(to), None),
            (Movement::BecameUnavailable, CutOff::Date(from), _) => (None, from.pred_opt()),
            (Movement::BecameUnavailable, CutOff::Current, _) => (None, None),
            _ => return None,
        };
        Some(Band { first, last })
    }

    /// True if anything happened: a movement, or a cell that cannot be read.
    pub fn moved(&self) -> bool {
        self.movement != Some(Movement::Unchanged)
    }
}

/// The movement on one chart. A column that appears or vanishes for the case is only that: its cut-off and that of the
/// areas without a column are about different people.
fn movement(case: Case, from: Option<LastRead>, to: Option<&Cell>) -> Option<Movement> {
    let Some(cell) = to else {
        return Some(Movement::between(from.map(|from| from.cut_off), None));
    };
    let cut_off = cell.cut_off()?;
    Some(match from {
        Some(from) if from.column != cell.column && cell.column == case.area => Movement::FirstSeen,
        Some(from) if from.column != cell.column && from.column == case.area => Movement::Withdrawn,
        from => Movement::between(from.map(|from| from.cut_off), Some(cut_off)),
    })
}

impl Change {
    /// The effect of a bulletin on the case, compared with the bulletins before it. `None` if the standing does not
    /// reach that month, if the bulletin neither lists the case nor is the first without it, or if nothing was stored
    /// before.
    pub fn in_bulletin(standing: &Standing, month: Month) -> Option<Self> {
        let entry = standing.entry(month)?;
        let older = standing.older.as_ref().filter(|older| older.month < month);
        let listed_before = older.is_some_and(|older| older.lists(standing.case));
        let has_past = older.is_some()
            || Chart::ALL
                .into_iter()
                .any(|chart| standing.before.of(chart).is_some());
        let concerned = entry.lists(standing.case) || listed_before;
        (has_past && concerned).then(|| Self::new_month(standing, entry))
    }

    fn new_month(standing: &Standing, entry: &Entry) -> Self {
        let older = standing.older.as_ref().filter(|older| older.month < entry.month);
        let charts = ByChart::each(|chart| {
            let to = entry.cells.of(chart).clone();
            // A row leaves a chart once, not again in every month after.
            let baseline = standing.baseline(chart, entry);
            let left_unnoticed = |older: &Entry| older.over && baseline.is_some_and(|from| !from.over);
            let was_gone = to.is_none()
                && older.is_some_and(|older| older.cells.of(chart).is_none() && !left_unnoticed(older));
            let from = if was_gone { None } else { baseline };
            ChartChange::new(standing.case, from, to, None)
        });
        let columns_before = older.map_or(&entry.columns, |older| &older.columns);
        Self::of(
            standing,
            ChangeKind::NewMonth,
            entry,
            columns_before.clone(),
            charts,
        )
    }

    /// The effect of a corrected version of a bulletin on the case, compared with the version before.
    fn correction(standing: &Standing, before: &Entry, after: &Entry) -> Self {
        let charts = ByChart::each(|chart| {
            let (stood, stands) = (before.cells.of(chart), after.cells.of(chart));
            let read_before = stood.as_ref().and_then(|cell| {
                Some(LastRead {
                    month: before.month,
                    column: cell.column,
                    cut_off: cell.cut_off()?,
                    over: before.over,
                })
            });
            // A cell that was not there replaces nothing; one that could not be read leaves what was last read.
            let from = if stood.is_some() {
                read_before.or_else(|| standing.baseline(chart, after))
            } else {
                None
            };
            let replaced = stood.clone().filter(|_| stood != stands);
            ChartChange::new(standing.case, from, stands.clone(), replaced)
        });
        Self::of(
            standing,
            ChangeKind::Correction,
            after,
            before.columns.clone(),
            charts,
        )
    }

    fn of(
        standing: &Standing,
        kind: ChangeKind,
        entry: &Entry,
        columns_before: Vec<Area>,
        charts: ByChart<ChartChange>,
    ) -> Self {
        let month_before = standing
            .entry(entry.month.previous())
            .filter(|before| !before.over || entry.over);
        Self {
            case: standing.case,
            month: entry.month,
            revision: entry.revision,
            kind,
            charts,
            columns: entry.columns.clone(),
            columns_before,
            successors: entry.successors.clone(),
            month_before: month_before.map(|before| Box::new(before.cells.clone())),
        }
    }

    /// True if anything happened on either chart.
    pub fn moved(&self) -> bool {
        Chart::ALL.into_iter().any(|chart| self.charts.of(chart).moved())
    }

    /// True if people of this case should be notified of this change: it is about their category and the column that
    /// applies to their area. When that column vanishes, the change that says so concerns them; changes of the column
    /// that includes them do so from the next bulletin on.
    pub fn concerns(&self, case: Case) -> bool {
        let ruled_before = case.area.ruled_by(|column| self.columns_before.contains(&column));
        let ruled_now = case.area.ruled_by(|column| self.columns.contains(&column));
        let lost = !self.columns.contains(&ruled_before) && !self.columns.is_empty();
        let told_of = if lost { ruled_before } else { ruled_now };
        case.category == self.case.category && told_of == self.case.area
    }
}

/// The changes between two versions of a standing: a new month, or a correction of a stored month. Anything else, such
/// as added history, is not a change. `before` is `None` if the case had no standing.
///
/// Pure: the same two versions always give the same changes, at most two.
///
/// For a case without a standing before, tracking begins and nothing changes, unless an earlier bulletin is stored and
/// does not list it: then it is a new row or column, and news.
///
/// A month that is stored after a later one is a change too, if an earlier one was stored before. The caller decides if
/// its month is over, so that nobody is notified.
pub fn changes(before: Option<&Standing>, after: &Standing) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for entry in after.entries() {
        match before.and_then(|before| before.entry(entry.month)) {
            Some(stood) if stood.revision != entry.revision => {
                changes.push(Change::correction(after, stood, entry));
            }
            Some(_) => {}
            None if is_news(before, after, entry) => changes.push(Change::new_month(after, entry)),
            None => {}
        }
    }
    changes
}

/// True if an entry that the standing did not have before is news, and not history.
fn is_news(before: Option<&Standing>, after: &Standing, entry: &Entry) -> bool {
    let case = after.case;
    if entry.history {
        return false;
    }
    let Some(before) = before else {
        let lists = |entry: &Entry| entry.lists(case);
        let follows_another = after.older.as_ref().is_some_and(|older| !lists(older));
        return entry.month == after.newest.month && lists(entry) && follows_another;
    };
    if entry.month <= before.newest.month {
        return Change::in_bulletin(after, entry.month).is_some();
    }
    // A case vanishes once: from the last bulletin that lists it to the next one that people hear of. A later month at
    // which it vanishes comes from history that was filled in.
    let vanishes_now = before.is_listed() || (before.newest.over && !entry.over);
    let last_listed = if before.is_listed() {
        Some(before.newest.month)
    } else {
        before.older.as_ref().map(|older| older.month)
    };
    let follows = after.older.as_ref().map(|older| older.month) == last_listed;
    entry.lists(case) || (vanishes_now && follows)
}
