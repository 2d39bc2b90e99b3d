//! What was told of a bulletin, worked out again from what is stored.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{
    Alert, Bulletin, Case, CorrectedCell, Month, NeighbourNeeded, Neighbours, RawCell, Reading, Row, RowKey,
    Standing,
};
use chrono::{DateTime, NaiveTime, Utc};
use pipeline::port::{BulletinStore, Clock, StoreError, as_bulletin, present_month};
use pipeline::{BulletinRecord, ChangeRecord, Notifier};
use rusqlite::params;

use crate::error::{store_error, unreadable};
use crate::store::{SqliteStore, read_instant, to_json};
use crate::tell::Nobody;

/// The alerts of a stored bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retold {
    /// Those of the bulletin as it was stored first, then those of each correction.
    pub forms: Vec<Vec<Alert>>,
    /// Why nobody was told of it when it was stored, where that is so.
    pub silence: Option<Silence>,
}

/// Why nobody was told of a bulletin when it was stored.
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

/// An instant at which a month is in force.
struct During(Month);

impl Clock for During {
    fn now(&self) -> DateTime<Utc> {
        self.0.first_day().and_time(NaiveTime::MIN).and_utc() + chrono::Duration::days(1)
    }
}

impl SqliteStore {
    /// The alerts of a stored bulletin, as they were or would have been when it came in its turn; `None` where it is not
    /// stored. Standings are worked out anew from the months before it, and what becomes of them is told by the stage that
    /// tells it when a bulletin comes.
    ///
    /// A correction before the last that added a cell is not known as such: that cell then stands there from the beginning.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retell(&self, month: Month) -> Result<Option<Retold>, StoreError> {
        let Some(record) = self.record(month).await? else {
            return Ok(None);
        };
        let (mut standings, previous) = self.standings_before(month).await?;
        let bulletins = self.forms(&record).await?;
        let corrections = u32::try_from(bulletins.len() - 1).unwrap_or(u32::MAX);
        let mut forms = Vec::new();
        let mut known: Option<(BulletinRecord, &Bulletin)> = None;
        for (number, bulletin) in (0..).zip(&bulletins) {
            let before = standings.clone();
            apply(&mut standings, bulletin, previous.as_ref())?;
            let is_last = number == corrections;
            let after = BulletinRecord {
                revision: (record.revision + number).saturating_sub(corrections),
                came_in_order: previous.is_some(),
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
            forms.push(told(month, &before, &standings, known_record, &after).await?);
            known = Some((after, bulletin));
        }
        let silence = if previous.is_none() {
            Some(Silence::NothingBefore)
        } else if present_month(record.first_seen) > month {
            Some(Silence::Over)
        } else if !record.came_in_order {
            Some(Silence::FilledIn)
        } else {
            None
        };
        Ok(Some(Retold { forms, silence }))
    }

    /// The standings as the bulletins before this month leave them, and the last of those.
    async fn standings_before(&self, month: Month) -> Result<(Standings, Option<Bulletin>), StoreError> {
        let mut standings = Standings::new();
        let mut previous = None;
        for stored in self.months().await?.into_iter().filter(|stored| *stored < month) {
            let bulletin = as_bulletin(stored, self.rows(stored).await?)?;
            apply(&mut standings, &bulletin, previous.as_ref())?;
            previous = Some(bulletin);
        }
        Ok((standings, previous))
    }

    /// The bulletin as it was first, then after each correction.
    async fn forms(&self, record: &BulletinRecord) -> Result<Vec<Bulletin>, StoreError> {
        let month = record.month;
        let mut rows: BTreeMap<RowKey, Row> = self
            .rows(month)
            .await?
            .into_iter()
            .map(|stored| (stored.row.key, stored.row))
            .collect();
        let bulletin = |rows: &BTreeMap<RowKey, Row>| {
            Bulletin::new(month, rows.values().cloned()).map_err(|error| unreadable("a bulletin", error))
        };
        let mut forms = vec![bulletin(&rows)?];
        // Backwards in time: what the last correction added is taken away, what each replaced is put back.
        let mut earlier = self.earlier_rows(month)?;
        let mut added: Vec<RowKey> = record
            .corrected
            .iter()
            .filter(|cell| cell.before.is_none())
            .map(|cell| cell.key)
            .collect();
        let instants: BTreeSet<DateTime<Utc>> = earlier.iter().map(|(at, _)| *at).collect();
        let only_added = !added.is_empty() && added.len() == record.corrected.len();
        let steps = only_added.then_some(None).into_iter();
        for at in steps.chain(instants.into_iter().rev().map(Some)) {
            for key in std::mem::take(&mut added) {
                rows.remove(&key);
            }
            let (replaced, others) = earlier
                .into_iter()
                .partition(|(replaced_at, _)| Some(*replaced_at) == at);
            earlier = others;
            let replaced: Vec<(DateTime<Utc>, Row)> = replaced;
            rows.extend(replaced.into_iter().map(|(_, row)| (row.key, row)));
            forms.push(bulletin(&rows)?);
        }
        forms.reverse();
        Ok(forms)
    }

    /// What corrections of a month replaced, and when.
    fn earlier_rows(&self, month: Month) -> Result<Vec<(DateTime<Utc>, Row)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare(
                "SELECT chart, category, area, value, raw_value, replaced_at FROM earlier_value
                 WHERE month = ? ORDER BY replaced_at",
            )
            .map_err(store_error)?;
        let mut found = statement.query([month.to_string()]).map_err(store_error)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            let text = |index: usize| row.get::<_, String>(index).map_err(store_error);
            let unknown = |error: &dyn std::fmt::Display| unreadable("a replaced cell", error);
            let key = RowKey {
                chart: text(0)?.parse().map_err(|error| unknown(&error))?,
                category: text(1)?.parse().map_err(|error| unknown(&error))?,
                area: text(2)?.parse().map_err(|error| unknown(&error))?,
            };
            let reading = match row.get::<_, Option<String>>(3).map_err(store_error)? {
                Some(value) => Reading::CutOff(value.parse().map_err(|error| unknown(&error))?),
                None => Reading::Unreadable,
            };
            let raw = RawCell {
                category: key.category.code().into(),
                area: key.area.code().into(),
                value: text(4)?.into(),
            };
            rows.push((read_instant(&text(5)?)?, Row { key, reading, raw }));
        }
        Ok(rows)
    }

    /// A store of its own, in memory, in which only these standings are.
    fn of_standings(standings: &Standings) -> Result<Self, StoreError> {
        let store = Self::open(std::path::Path::new(":memory:")).map_err(|error| StoreError::Broken {
            what: "a database in memory".into(),
            reason: error.to_string(),
        })?;
        store.writing(|transaction| {
            for (case, standing) in standings {
                transaction
                    .prepare_cached(
                        "INSERT INTO standing (category, area, version, standing) VALUES (?, ?, 1, ?)",
                    )
                    .and_then(|mut statement| {
                        let json = to_json(standing).unwrap_or_default();
                        statement.execute(params![case.category.code(), case.area.code(), json])
                    })
                    .map_err(store_error)?;
            }
            Ok(())
        })?;
        Ok(store)
    }
}

/// What the stage that tells makes of this step.
async fn told(
    month: Month,
    before: &Standings,
    after: &Standings,
    known: Option<BulletinRecord>,
    record: &BulletinRecord,
) -> Result<Vec<Alert>, StoreError> {
    let store = SqliteStore::of_standings(after)?;
    let notifier = Notifier {
        store: &store,
        sink: &Nobody,
        clock: &During(month),
    };
    let mut alerts = notifier
        .alerts(&ChangeRecord::Bulletin {
            before: known.map(Box::new),
            after: Box::new(record.clone()),
        })
        .await?;
    for (case, standing) in after {
        let stood = before.get(case);
        if stood != Some(standing) {
            let record = ChangeRecord::Standing {
                before: stood.cloned().map(Box::new),
                after: Box::new(standing.clone()),
            };
            alerts.extend(notifier.alerts(&record).await?);
        }
    }
    Ok(alerts)
}

/// Lets a bulletin change the standings, as the newest of those stored.
fn apply(
    standings: &mut Standings,
    bulletin: &Bulletin,
    previous: Option<&Bulletin>,
) -> Result<(), StoreError> {
    let loaded: BTreeMap<Month, Bulletin> = previous
        .map(|previous| (previous.month(), previous.clone()))
        .into_iter()
        .collect();
    let neighbours = Neighbours {
        previous: previous.map(Bulletin::month),
        next: None,
        loaded: &loaded,
    };
    let cases: BTreeSet<Case> = bulletin
        .cases()
        .into_iter()
        .chain(standings.keys().copied())
        .collect();
    for case in cases {
        let standing = Standing::after(standings.get(&case), case, bulletin, neighbours)
            .map_err(|NeighbourNeeded(month)| unreadable("a standing", format!("{month} is needed")))?;
        if let Some(standing) = standing {
            standings.insert(case, standing);
        }
    }
    Ok(())
}

/// What one form of a bulletin replaces of another.
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
