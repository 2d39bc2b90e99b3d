//! The alerts of stored bulletins, worked out again from what is stored.
//!
//! [`retell`] reads the bulletins, earliest first. Everything after that is pure: [`Past`] applies one bulletin after
//! the other to the standings, and [`alerts_of`] makes the alerts, as when each bulletin came.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{
    Alert, Bulletin, Case, CorrectedCell, Month, NeighbourNeeded, Neighbours, RawCell, Reading, Row, RowKey,
    Standing,
};
use chrono::{DateTime, NaiveTime, Utc};

use crate::alert::alerts_of;
use crate::calendar::is_finished;
use crate::port::{BulletinStore, StoreError, StoredRow, as_bulletin};
use crate::record::{ArchivedRow, BulletinRecord, ChangeRecord, EarlierValue};

/// The alerts of a stored bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retold {
    /// Those of the bulletin as it was stored first, then those of each correction.
    pub forms: Vec<Vec<Alert>>,
    /// The reason why nobody was notified when it was stored; `None` if people were.
    pub silence: Option<Silence>,
    /// The changes from which the alerts of each form are made.
    pub changes: Vec<Vec<ChangeRecord>>,
    /// The times of the corrections, oldest first.
    pub corrected_at: Vec<DateTime<Utc>>,
    /// The bulletin.
    pub month: Month,
    /// The time at which it was first stored anywhere.
    pub first_seen: DateTime<Utc>,
}

/// The reason why nobody was notified of a bulletin when it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// No earlier bulletin is stored: there is nothing from which anything moved.
    NothingBefore,
    /// It was filled in as history: a later one was stored already, or tracking began with it.
    FilledIn,
    /// Its month was over when it was stored.
    Over,
}

type Standings = BTreeMap<Case, Standing>;

impl Silence {
    /// The reason for the bulletin of this record; `None` if people were notified. `is_first` means that no earlier one
    /// is stored.
    fn of(record: &BulletinRecord, is_first: bool) -> Option<Self> {
        if is_first {
            Some(Self::NothingBefore)
        } else if record.was_over() {
            Some(Self::Over)
        } else if !record.came_in_order {
            Some(Self::FilledIn)
        } else {
            None
        }
    }
}

impl Retold {
    /// Of each alert the newest form: that of the last correction which concerned it.
    pub fn newest(&self) -> Vec<Alert> {
        self.newest_forms().map(|(_, alert)| alert.clone()).collect()
    }

    /// The alerts that were due, each in its newest form: one that a correction overtook would say what is wrong by
    /// now.
    ///
    /// If nobody was notified of the bulletin when it was stored, its corrections are still news, unless its month
    /// was over when they came. A correction counts only if it came after the bulletin was first stored. An import
    /// carries that instant and the corrections of the store where it was made, and when it was brought in is not
    /// noted: what was corrected there counts as due here too, for an alert too many is better than one too few.
    pub fn due(&self) -> Vec<Alert> {
        self.newest_forms()
            .filter(|(form, _)| self.is_due(*form))
            .map(|(_, alert)| alert.clone())
            .collect()
    }

    /// The changes whose alerts were due.
    pub fn due_changes(&self) -> impl Iterator<Item = &ChangeRecord> {
        let forms = self.changes.iter().enumerate();
        forms.flat_map(move |(form, changes)| changes.iter().filter(move |_| self.is_due(form)))
    }

    /// Of each alert the newest form, with its place among the forms.
    fn newest_forms(&self) -> impl Iterator<Item = (usize, &Alert)> {
        let alerts = self
            .forms
            .iter()
            .enumerate()
            .flat_map(|(form, alerts)| alerts.iter().map(move |alert| (alert.case(), (form, alert))));
        let newest: BTreeMap<Option<Case>, (usize, &Alert)> = alerts.collect();
        newest.into_values()
    }

    fn is_due(&self, form: usize) -> bool {
        match self.silence {
            None => true,
            Some(Silence::Over) => false,
            Some(Silence::NothingBefore | Silence::FilledIn) => form
                .checked_sub(1)
                .and_then(|correction| self.corrected_at.get(correction))
                .is_some_and(|at| *at >= self.first_seen && !is_finished(self.month, *at)),
        }
    }
}

/// The forms that a bulletin had.
struct Forms {
    /// As it was first, then after each correction.
    bulletins: Vec<Bulletin>,
    /// The times of the corrections, oldest first.
    corrected_at: Vec<DateTime<Utc>>,
}

/// The alerts of stored bulletins, as they were or would have been when each came in its turn; those that are not
/// stored are left out. Standings are worked out again from the months before. `rows` gives the rows of a month that
/// is only passed on the way.
///
/// A correction before the last that added a cell is not known as such: that cell then stands there from the beginning.
///
/// # Errors
/// [`StoreError`].
pub async fn retell<Store: BulletinStore>(
    store: &Store,
    wanted: &BTreeSet<Month>,
    rows: impl AsyncFn(Month) -> Result<Vec<StoredRow>, StoreError>,
) -> Result<BTreeMap<Month, Retold>, StoreError> {
    let mut retold = BTreeMap::new();
    let mut past = Past::default();
    let Some(last) = wanted.last() else {
        return Ok(retold);
    };
    for month in store.months().await?.into_iter().filter(|month| month <= last) {
        let Some(record) = store.record(month).await? else {
            continue;
        };
        if record.was_over() {
            past.over.insert(month);
        }
        let bulletin = if wanted.contains(&month) {
            let mut forms = forms(&record, store.archived_rows(month).await?)?;
            let told = retell_forms(&record, &forms, past.clone())?;
            retold.insert(month, told);
            forms.bulletins.pop()
        } else {
            Some(as_bulletin(month, rows(month).await?)?)
        };
        if let Some(bulletin) = bulletin {
            past.apply(&bulletin)?;
            past.previous = Some(bulletin);
        }
    }
    Ok(retold)
}

/// The alerts of each form of a bulletin, from the standings that the bulletins before it leave.
fn retell_forms(
    record: &BulletinRecord,
    Forms {
        bulletins,
        corrected_at,
    }: &Forms,
    mut past: Past,
) -> Result<Retold, StoreError> {
    let is_first = past.previous.is_none();
    let corrections = u32::try_from(bulletins.len() - 1).unwrap_or(u32::MAX);
    let (mut forms, mut changes) = (Vec::new(), Vec::new());
    let mut known: Option<(BulletinRecord, &Bulletin)> = None;
    for (number, bulletin) in (0..).zip(bulletins) {
        let before = past.standings.clone();
        past.apply(bulletin)?;
        let is_last = number == corrections;
        let after = BulletinRecord {
            revision: (record.revision + number).saturating_sub(corrections),
            came_in_order: !is_first,
            corrected: known
                .as_ref()
                .map_or_else(Vec::new, |(_, stood)| corrected(stood, bulletin)),
            // Of those of an earlier form nothing is known.
            findings: if is_last {
                record.findings.clone()
            } else {
                Vec::new()
            },
            ..record.clone()
        };
        let known_record = known.take().map(|(record, _)| record);
        let step = step(&before, &past.standings, known_record, &after);
        forms.push(alerts(record.month, &past.standings, &step));
        changes.push(step);
        known = Some((after, bulletin));
    }
    Ok(Retold {
        forms,
        changes,
        silence: Silence::of(record, is_first),
        corrected_at: corrected_at.clone(),
        month: record.month,
        first_seen: record.first_seen,
    })
}

/// The bulletin as it was first, then after each correction.
fn forms(record: &BulletinRecord, archived: Vec<ArchivedRow>) -> Result<Forms, StoreError> {
    let mut rows: BTreeMap<RowKey, Row> = BTreeMap::new();
    // What corrections replaced, by when.
    let mut earlier: BTreeMap<DateTime<Utc>, Vec<Row>> = BTreeMap::new();
    for ArchivedRow {
        key,
        current,
        earlier: replaced,
    } in archived
    {
        rows.extend(current.map(|(row, _)| (key, row)));
        for value in replaced {
            let row = earlier_row(key, &value);
            earlier.entry(value.replaced_at).or_default().push(row);
        }
    }
    let bulletin = |rows: &BTreeMap<RowKey, Row>| {
        Bulletin::new(record.month, rows.values().cloned()).map_err(|error| unusable(record.month, error))
    };
    let mut bulletins = vec![bulletin(&rows)?];
    let mut corrected_at = Vec::new();
    // Backwards in time: what the last correction added is taken away, what each replaced is put back.
    let mut added: Vec<RowKey> = record
        .corrected
        .iter()
        .filter(|cell| cell.before.is_none())
        .map(|cell| cell.key)
        .collect();
    let only_added = !added.is_empty() && added.len() == record.corrected.len();
    // What replaced nothing came with the page that is stored.
    let steps = only_added.then(|| (record.fetched_at, Vec::new())).into_iter();
    for (at, replaced) in steps.chain(earlier.into_iter().rev()) {
        for key in std::mem::take(&mut added) {
            rows.remove(&key);
        }
        rows.extend(replaced.into_iter().map(|row| (row.key, row)));
        bulletins.push(bulletin(&rows)?);
        corrected_at.push(at);
    }
    bulletins.reverse();
    corrected_at.reverse();
    Ok(Forms {
        bulletins,
        corrected_at,
    })
}

fn earlier_row(key: RowKey, value: &EarlierValue) -> Row {
    let raw = RawCell {
        category: key.category.code().into(),
        area: key.area.code().into(),
        value: value.raw.as_str().into(),
    };
    Row {
        key,
        reading: value.value.map_or(Reading::Unreadable, Reading::CutOff),
        raw,
    }
}

/// The changes that a form of a bulletin makes: the bulletin's own, then those of standings.
fn step(
    before: &Standings,
    after: &Standings,
    known: Option<BulletinRecord>,
    record: &BulletinRecord,
) -> Vec<ChangeRecord> {
    let mut changes = vec![ChangeRecord::Bulletin {
        before: known.map(Box::new),
        after: Box::new(record.clone()),
    }];
    for (case, standing) in after {
        let stood = before.get(case);
        if stood != Some(standing) {
            changes.push(ChangeRecord::Standing {
                before: stood.cloned().map(Box::new),
                after: Box::new(standing.clone()),
            });
        }
    }
    changes
}

/// The alerts of these changes while the month is in force, if these standings are stored.
fn alerts(month: Month, after: &Standings, changes: &[ChangeRecord]) -> Vec<Alert> {
    let in_force = month.first_day().and_time(NaiveTime::MIN).and_utc() + chrono::Duration::days(1);
    let standings: Vec<Standing> = after.values().cloned().collect();
    let alerts = changes
        .iter()
        .flat_map(|change| alerts_of(change, in_force, &standings));
    alerts.collect()
}

/// The bulletins before the one whose alerts are worked out.
#[derive(Debug, Clone, Default)]
struct Past {
    standings: Standings,
    previous: Option<Bulletin>,
    /// The months that were over when they were first seen.
    over: BTreeSet<Month>,
}

impl Past {
    /// Lets a bulletin change the standings, as the newest of those stored.
    fn apply(&mut self, bulletin: &Bulletin) -> Result<(), StoreError> {
        let loaded: BTreeMap<Month, Bulletin> = self
            .previous
            .iter()
            .map(|previous| (previous.month(), previous.clone()))
            .collect();
        let neighbours = Neighbours {
            previous: self.previous.as_ref().map(Bulletin::month),
            next: None,
            loaded: &loaded,
            next_news: None,
            over: &self.over,
            history: false,
        };
        let cases: BTreeSet<Case> = bulletin
            .cases()
            .into_iter()
            .chain(self.standings.keys().copied())
            .collect();
        for case in cases {
            let standing = Standing::after(self.standings.get(&case), case, bulletin, neighbours)
                .map_err(|NeighbourNeeded(month)| unusable(bulletin.month(), format!("{month} is needed")))?;
            if let Some(standing) = standing {
                self.standings.insert(case, standing);
            }
        }
        Ok(())
    }
}

fn unusable(month: Month, reason: impl std::fmt::Display) -> StoreError {
    StoreError::Broken {
        what: format!("the stored bulletin of {month}"),
        reason: reason.to_string(),
    }
}

/// The cells that one version of a bulletin replaces in another.
fn corrected(stood: &Bulletin, stands: &Bulletin) -> Vec<CorrectedCell> {
    let keys: BTreeSet<RowKey> = stood.rows().chain(stands.rows()).map(|row| row.key).collect();
    let printed = |bulletin: &Bulletin, key| bulletin.row(key).map(|row| row.raw.value.to_string());
    keys.into_iter()
        .map(|key| (key, stood.row(key), stands.row(key)))
        .filter(|(_, before, after)| {
            before.map(|row| row.reading) != after.map(|row| row.reading)
                || before.zip(*after).is_some_and(|(before, after)| {
                    before.reading == Reading::Unreadable && before.raw.value != after.raw.value
                })
        })
        .map(|(key, _, _)| CorrectedCell {
            key,
            before: printed(stood, key),
            after: printed(stands, key),
        })
        .collect()
}
