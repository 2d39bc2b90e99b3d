use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::area::{Area, Case};
use crate::bulletin::{Bulletin, MissingPart, Reading};
use crate::category::Category;
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;

/// One thing for each of the two charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct ByChart<T> {
    /// What it is on the Final Action chart.
    pub final_action: T,
    /// What it is on the Dates for Filing chart.
    pub dates_for_filing: T,
}

impl<T> ByChart<T> {
    /// One for each chart, made by `make`.
    pub fn each(mut make: impl FnMut(Chart) -> T) -> Self {
        Self {
            final_action: make(Chart::FinalAction),
            dates_for_filing: make(Chart::DatesForFiling),
        }
    }

    /// That of this chart.
    pub fn of(&self, chart: Chart) -> &T {
        match chart {
            Chart::FinalAction => &self.final_action,
            Chart::DatesForFiling => &self.dates_for_filing,
        }
    }

    /// That of this chart, to be changed.
    pub fn of_mut(&mut self, chart: Chart) -> &mut T {
        match chart {
            Chart::FinalAction => &mut self.final_action,
            Chart::DatesForFiling => &mut self.dates_for_filing,
        }
    }
}

/// What rules a case on one chart of one bulletin: what is printed, and in whose column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The column it stands in. Not the case's own area where the chart has no column for that: then that of
    /// the areas which take it in.
    pub column: Area,
    /// What is printed there.
    pub state: CellState,
}

/// Whether a ruling cell could be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellState {
    /// It is a cut-off.
    CutOff(CutOff),
    /// It is no cut-off; the text as printed.
    Unreadable(String),
    /// The page should have the cell and does not: its row or its column is missing.
    Missing(MissingPart),
}

impl Cell {
    /// The cut-off, where it could be read.
    pub fn cut_off(&self) -> Option<CutOff> {
        match self.state {
            CellState::CutOff(cut_off) => Some(cut_off),
            CellState::Unreadable(_) | CellState::Missing(_) => None,
        }
    }
}

/// What one bulletin says of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The bulletin.
    pub month: Month,
    /// How often this case's cells were corrected after the bulletin was first stored; 0 for the first form.
    pub revision: u32,
    /// What rules on each chart; `None` where the chart has no row for the category.
    pub cells: ByChart<Option<Cell>>,
    /// The areas that have a column of their own in this half of the bulletin, on either chart.
    pub columns: Vec<Area>,
    /// Where the category has no row any more: the categories that took its place, and what rules there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Successor>,
    /// True if the bulletin was over when it was first seen, after an earlier one: nobody was notified of it, so it is no
    /// baseline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
}

/// A category that took the place of another, and what rules the same area there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// The category.
    pub category: Category,
    /// What rules on each chart.
    pub cells: ByChart<Option<Cell>>,
}

impl Entry {
    /// What this bulletin says of this case.
    pub fn of(bulletin: &Bulletin, case: Case) -> Self {
        let cells = |category| ByChart::each(|chart| ruling_cell(bulletin, chart, category, case.area));
        let own = cells(case.category);
        let mut columns: Vec<Area> = Chart::ALL
            .into_iter()
            .flat_map(|chart| bulletin.areas(chart, case.category.preference()))
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let mut successors = Vec::new();
        if own == ByChart::default() {
            let mut heirs = case.category.heirs().to_vec();
            while let Some(category) = heirs.pop() {
                let cells = cells(category);
                if cells == ByChart::default() {
                    heirs.extend_from_slice(category.heirs());
                } else if !successors
                    .iter()
                    .any(|known: &Successor| known.category == category)
                {
                    successors.push(Successor { category, cells });
                }
            }
            successors.sort_by_key(|successor| successor.category);
        }
        Self {
            month: bulletin.month(),
            revision: 0,
            cells: own,
            columns,
            successors,
            skipped: false,
        }
    }

    /// Whether the bulletin lists the case itself: its category has a row, and its area a column of its own, on
    /// at least one chart.
    pub fn lists(&self, case: Case) -> bool {
        Chart::ALL.into_iter().any(|chart| {
            self.cells
                .of(chart)
                .as_ref()
                .is_some_and(|cell| cell.column == case.area)
        })
    }
}

fn ruling_cell(bulletin: &Bulletin, chart: Chart, category: Category, area: Area) -> Option<Cell> {
    let row = bulletin.ruling(chart, category, area)?;
    let state = match (row.reading, row.missing_part()) {
        (Reading::CutOff(cut_off), _) => CellState::CutOff(cut_off),
        (Reading::Unreadable, Some(part)) => CellState::Missing(part),
        (Reading::Unreadable, None) => CellState::Unreadable(row.raw.value.to_string()),
    };
    Some(Cell {
        column: row.key.area,
        state,
    })
}

/// The last cut-off that could be read, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LastRead {
    /// The bulletin in which it stood.
    pub month: Month,
    /// The column in which it stood.
    pub column: Area,
    /// What it was.
    pub cut_off: CutOff,
}

/// What rules one case: its two newest bulletins, and the last readable cut-offs before them.
///
/// A case that is listed has the newest two bulletins stored. A case that has vanished keeps the last bulletin that listed
/// it and the first one after that, preferring one that was not skipped, and is left alone until it is listed again.
/// Either way a standing depends only on which bulletins are stored, never on the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whose standing it is.
    pub case: Case,
    /// The last cut-offs read in bulletins before `older`.
    pub before: ByChart<Option<LastRead>>,
    /// The bulletin before the newest; `None` where only one is stored.
    pub older: Option<Entry>,
    /// The newest bulletin.
    pub newest: Entry,
}

/// The bulletins stored right before and right after a month that is being stored.
#[derive(Debug, Clone, Copy)]
pub struct Neighbours<'a> {
    /// The newest stored bulletin of an earlier month.
    pub previous: Option<Month>,
    /// The oldest stored bulletin of a later month that was not skipped; the oldest of all where every one was.
    pub next: Option<Month>,
    /// Those of them that were read from the store so far. Seldom is any needed.
    pub loaded: &'a BTreeMap<Month, Bulletin>,
    /// The months, of this one and its neighbours, that were over when they were first seen: see [`Entry::skipped`].
    pub skipped: &'a BTreeSet<Month>,
}

/// A neighbouring bulletin is needed and was not read from the store yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored bulletin of {0} is needed")]
pub struct NeighbourNeeded(pub Month);

impl Neighbours<'_> {
    /// No month was skipped.
    pub const NONE_SKIPPED: &'static BTreeSet<Month> = &BTreeSet::new();

    fn entry(&self, standing: Option<&Standing>, case: Case, month: Month) -> Result<Entry, NeighbourNeeded> {
        if let Some(known) = standing.and_then(|standing| standing.entry(month)) {
            return Ok(known.clone());
        }
        self.loaded
            .get(&month)
            .map(|bulletin| self.entry_of(bulletin, case))
            .ok_or(NeighbourNeeded(month))
    }

    fn entry_of(&self, bulletin: &Bulletin, case: Case) -> Entry {
        Entry {
            skipped: self.skipped.contains(&bulletin.month()),
            ..Entry::of(bulletin, case)
        }
    }
}

impl Standing {
    /// The standing of a case after `bulletin` is stored beside what was there: `None` where the case has never
    /// been listed. `standing` is what it was; the bulletin may be new, older than others, or a corrected form of
    /// one that is stored already, whose entry's revision then counts up if a cell of the case differs.
    ///
    /// # Errors
    /// [`NeighbourNeeded`] where a neighbouring bulletin must be loaded first.
    pub fn after(
        standing: Option<&Self>,
        case: Case,
        bulletin: &Bulletin,
        neighbours: Neighbours<'_>,
    ) -> Result<Option<Self>, NeighbourNeeded> {
        let entry = neighbours.entry_of(bulletin, case);
        if let Some(standing) = standing {
            return standing.with(entry, neighbours).map(Some);
        }
        if !entry.lists(case) {
            return Ok(None);
        }
        let (older, newest) = match neighbours.next {
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

    /// The cut-off that this bulletin's entry is compared with: the last one on this chart before it that was readable, in
    /// a bulletin that was not skipped.
    pub fn baseline(&self, chart: Chart, entry: &Entry) -> Option<LastRead> {
        let of_older = self
            .older
            .as_ref()
            .filter(|older| older.month < entry.month && !older.skipped)
            .and_then(|older| {
                let cell = older.cells.of(chart).as_ref()?;
                Some(LastRead {
                    month: older.month,
                    column: cell.column,
                    cut_off: cell.cut_off()?,
                })
            });
        of_older.or(*self.before.of(chart))
    }

    /// The entries, newest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// What this bulletin says of the case, where it is one of the two.
    pub fn entry(&self, month: Month) -> Option<&Entry> {
        self.entries().find(|entry| entry.month == month)
    }

    /// Whether the newest entry lists the case; otherwise it has vanished.
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
                skipped: stored.skipped,
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
            if let Some(next) = neighbours.next {
                let newest = neighbours.entry(Some(self), case, next)?;
                return Ok(self.arranged(Some(entry), newest));
            }
            let older = neighbours
                .previous
                .map(|previous| neighbours.entry(Some(self), case, previous));
            return Ok(self.arranged(older.transpose()?, entry));
        }
        // A skipped bulletin only stands in until there is one that people hear of.
        let rank = |entry: &Entry| (entry.skipped, entry.month);
        if vanished && rank(&entry) > rank(&self.newest) {
            return Ok(self.clone());
        }
        Ok(self.arranged(last_listed.cloned(), entry))
    }

    /// A standing of these two entries; what falls out of the window is remembered before it.
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

/// Takes what could be read in this entry as last read, where it is later than what is remembered, or a corrected form
/// of it. Bulletins that do not list the case leave no trace, because the order of arrival decides whether one of them is
/// met, and skipped bulletins are no baseline.
fn remember(before: &mut ByChart<Option<LastRead>>, case: Case, entry: &Entry) {
    if !entry.lists(case) || entry.skipped {
        return;
    }
    for chart in Chart::ALL {
        let Some(cell) = entry.cells.of(chart) else {
            continue;
        };
        let Some(cut_off) = cell.cut_off() else { continue };
        let slot = before.of_mut(chart);
        if slot.is_none_or(|known| known.month <= entry.month) {
            *slot = Some(LastRead {
                month: entry.month,
                column: cell.column,
                cut_off,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bulletin::{RawCell, Row, RowKey};

    const CATEGORY: Category = Category::Eb3;
    const VIETNAM: Case = Case {
        category: CATEGORY,
        area: Area::VIETNAM,
    };

    fn row(chart: Chart, area: Area, state: Option<i32>) -> Row {
        let reading = state.map_or(Reading::Unreadable, |day| {
            Reading::CutOff(
                chrono::NaiveDate::from_num_days_from_ce_opt(day).map_or(CutOff::Current, CutOff::Date),
            )
        });
        let raw = RawCell {
            category: "3rd".into(),
            area: area.code().into(),
            value: format!("{state:?}").into(),
        };
        Row {
            key: RowKey {
                chart,
                category: CATEGORY,
                area,
            },
            reading,
            raw,
        }
    }

    /// `own`: whether there is a Vietnam column on each chart, and whether its cell can be read.
    fn any_bulletin(month: Month) -> impl Strategy<Value = Bulletin> {
        let column = || proptest::option::of(proptest::option::of(730_000..730_400i32));
        (column(), column(), proptest::option::of(730_000..730_400i32)).prop_map(
            move |(action, filing, all)| {
                let mut rows = vec![
                    row(Chart::FinalAction, Area::ALL, all),
                    row(Chart::DatesForFiling, Area::ALL, all),
                ];
                rows.extend(action.map(|state| row(Chart::FinalAction, Area::VIETNAM, state)));
                rows.extend(filing.map(|state| row(Chart::DatesForFiling, Area::VIETNAM, state)));
                Bulletin::new(month, rows).unwrap()
            },
        )
    }

    /// Some months with a bulletin each, and an order in which they arrive.
    fn history() -> impl Strategy<Value = (Vec<Bulletin>, Vec<usize>, BTreeSet<Month>)> {
        let start = Month::new(2020, 1).unwrap();
        let months: Vec<Month> = start.through(Month::new(2020, 8).unwrap()).collect();
        let bulletins: Vec<_> = months.iter().copied().map(any_bulletin).collect();
        let order = Just((0..bulletins.len()).collect::<Vec<_>>()).prop_shuffle();
        let skipped = proptest::sample::subsequence(months, 0..=4);
        (
            bulletins,
            order,
            skipped.prop_map(|months| months.into_iter().collect()),
        )
    }

    fn play<'a>(arrivals: impl Iterator<Item = &'a Bulletin>, skipped: &BTreeSet<Month>) -> Option<Standing> {
        let mut stored = BTreeMap::new();
        let mut standing = None;
        for bulletin in arrivals {
            let month = bulletin.month();
            let later = || stored.range(month.next()..).map(|(month, _)| *month);
            let neighbours = Neighbours {
                previous: stored.range(..month).next_back().map(|(month, _)| *month),
                next: later()
                    .find(|month| !skipped.contains(month))
                    .or_else(|| later().next()),
                loaded: &stored,
                skipped,
            };
            standing = Standing::after(standing.as_ref(), VIETNAM, bulletin, neighbours).unwrap();
            stored.insert(month, bulletin.clone());
        }
        standing
    }

    /// What a standing is by its definition, from all bulletins at once.
    fn by_definition(bulletins: &[Bulletin], skipped: &BTreeSet<Month>) -> Option<Standing> {
        let entries: Vec<Entry> = bulletins
            .iter()
            .map(|bulletin| Entry {
                skipped: skipped.contains(&bulletin.month()),
                ..Entry::of(bulletin, VIETNAM)
            })
            .collect();
        let last_listed = entries.iter().rposition(|entry| entry.lists(VIETNAM))?;
        let (older, newest) = if last_listed + 1 < entries.len() {
            let heard = entries[last_listed + 1..].iter().position(|entry| !entry.skipped);
            (Some(last_listed), last_listed + 1 + heard.unwrap_or(0))
        } else {
            (last_listed.checked_sub(1), last_listed)
        };
        let before = ByChart::each(|chart| {
            entries[..older.unwrap_or(0)]
                .iter()
                .rev()
                .filter(|entry| entry.lists(VIETNAM) && !entry.skipped)
                .find_map(|entry| {
                    let cell = entry.cells.of(chart).as_ref()?;
                    Some(LastRead {
                        month: entry.month,
                        column: cell.column,
                        cut_off: cell.cut_off()?,
                    })
                })
        });
        Some(Standing {
            case: VIETNAM,
            before,
            older: older.map(|index| entries[index].clone()),
            newest: entries[newest].clone(),
        })
    }

    proptest! {
        #[test]
        fn a_standing_depends_on_what_is_stored_and_not_on_the_order((bulletins, order, skipped) in history()) {
            let shuffled = play(order.iter().map(|index| &bulletins[*index]), &skipped);
            prop_assert_eq!(&shuffled, &by_definition(&bulletins, &skipped));
        }

        #[test]
        fn the_same_bulletin_again_changes_nothing((bulletins, order, skipped) in history()) {
            let once = play(bulletins.iter(), &skipped);
            let again = play(bulletins.iter().chain(order.iter().map(|index| &bulletins[*index])), &skipped);
            prop_assert_eq!(once, again);
        }
    }

    #[test]
    fn a_vanished_category_names_its_successors() {
        let month = Month::new(2015, 9).unwrap();
        let cell = |category| {
            let mut row = row(Chart::FinalAction, Area::CHINA, Some(735_000));
            row.key.category = category;
            row
        };
        let rows = [Category::Eb5NonRegional, Category::Eb5Regional].map(cell);
        let bulletin = Bulletin::new(month, rows).unwrap();
        // Two steps: EB5 went into EB5_TEA, and that into the two kinds of centers.
        let entry = Entry::of(
            &bulletin,
            Case {
                category: Category::Eb5,
                area: Area::CHINA,
            },
        );
        let successors: Vec<Category> = entry
            .successors
            .iter()
            .map(|successor| successor.category)
            .collect();
        assert_eq!(successors, [Category::Eb5NonRegional, Category::Eb5Regional]);
    }
}
