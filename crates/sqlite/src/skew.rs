//! Repairs the times that a clock that ran ahead left in the file. Excludes judging a time, see `pipeline::skew`. Start
//! with [`SqliteStore::repair_times`].
//!
//! While the clock was ahead, a bulletin can have been stored as one whose month is over, and then its changes were not
//! logged. The repair corrects the times and logs those changes, in one transaction: the alerts are then sent like any
//! others, under marks that keep them from being sent twice.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::Month;
use chrono::{DateTime, Duration, Utc};
use pipeline::port::{BulletinStore, StoreError};
use pipeline::present_month;
use pipeline::{BulletinRecord, ChangeRecord, LinkState, is_finished, retell, skew};

use crate::change_log::log_change;
use crate::error::store_error;
use crate::store::SqliteStore;
use crate::value::instant;
use crate::{link, query, record};

/// The state of this machine's clock, judged by the stored times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockState {
    /// No stored time is in the future.
    Plausible,
    /// The clock is behind: this bulletin is stored, and was published after the time that the clock shows. Nothing was
    /// changed.
    Behind(Month),
    /// The clock ran ahead. The times are corrected.
    RanAhead {
        /// The latest time that was stored.
        latest: DateTime<Utc>,
        /// The bulletins whose changes had not been logged, and are now.
        unsilenced: Vec<Month>,
    },
}

/// The times in the future, each with the time that replaces it.
type Corrected = BTreeMap<DateTime<Utc>, DateTime<Utc>>;

impl SqliteStore {
    /// Corrects every time in the future to now, and logs the changes that were not logged because their month seemed to
    /// be over. Nothing is changed while the clock itself is behind.
    ///
    /// # Errors
    /// [`StoreError`]. Then nothing was changed.
    pub async fn repair_times(&self, now: DateTime<Utc>) -> Result<ClockState, StoreError> {
        if self.future_times(now)?.is_empty() {
            return Ok(ClockState::Plausible);
        }
        if let Some(newest) = self.months().await?.last().copied()
            && newest > present_month(now).next().next()
        {
            return Ok(ClockState::Behind(newest));
        }
        // `writing` borrows the connection, and deriving the changes reads from it.
        self.execute("BEGIN IMMEDIATE")?;
        let repaired = self.repair(now).await;
        match repaired.and_then(|state| self.execute("COMMIT").map(|()| state)) {
            Ok(state) => Ok(state),
            Err(error) => {
                // It fails only if SQLite has rolled back already.
                let _ = self.execute("ROLLBACK");
                Err(error)
            }
        }
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.connection().execute_batch(sql).map_err(store_error)
    }

    async fn repair(&self, now: DateTime<Utc>) -> Result<ClockState, StoreError> {
        let times = self.future_times(now)?;
        let corrected = corrected(&times, now);
        let records = self.records_ahead(now)?;
        let silenced: BTreeSet<Month> = records
            .iter()
            .filter(|record| is_silenced(record, now))
            .map(|record| record.month)
            .collect();
        for record in records {
            self.correct_record(record, &corrected)?;
        }
        self.correct_earlier_values(&corrected)?;
        self.correct_schedule(now)?;
        self.correct_links(now)?;
        let unsilenced = self.log_silenced(&silenced, now).await?;
        let latest = times.last().copied().unwrap_or(now);
        Ok(ClockState::RanAhead { latest, unsilenced })
    }

    /// Every time in the file that is in the future: those of the records and of replaced values, which are corrected
    /// in their order, and those that something waits for.
    fn future_times(&self, now: DateTime<Utc>) -> Result<BTreeSet<DateTime<Utc>>, StoreError> {
        let mut times: BTreeSet<DateTime<Utc>> = self
            .records_ahead(now)?
            .iter()
            .flat_map(times_of)
            .filter(|at| skew::is_ahead(*at, now))
            .collect();
        let (past, waits) = (
            instant(now + skew::CLOCK_TOLERANCE),
            instant(skew::latest_schedule(now)),
        );
        let sql = "SELECT replaced_at AS at FROM earlier_value WHERE replaced_at > ?1
                   UNION SELECT at FROM source_check WHERE at > ?1
                   UNION SELECT written_at FROM change_log WHERE written_at > ?1
                   UNION SELECT tried_from FROM change_log WHERE tried_from > ?1
                   UNION SELECT visible_at FROM change_log WHERE visible_at > ?2
                   UNION SELECT visible_at FROM message WHERE visible_at > ?2
                   UNION SELECT due_from FROM link WHERE due_from > ?2";
        times.extend(query::all(&self.connection(), sql, [past, waits], |columns| {
            columns.instant("at")
        })?);
        Ok(times)
    }

    fn records_ahead(&self, now: DateTime<Utc>) -> Result<Vec<BulletinRecord>, StoreError> {
        let mut records = record::all(&self.connection())?;
        records.retain(|record| times_of(record).any(|at| skew::is_ahead(at, now)));
        Ok(records)
    }

    fn correct_record(&self, mut record: BulletinRecord, corrected: &Corrected) -> Result<(), StoreError> {
        let right = |at: DateTime<Utc>| corrected.get(&at).copied().unwrap_or(at);
        record.first_seen = right(record.first_seen);
        record.fetched_at = right(record.fetched_at);
        if let Some(pending) = &mut record.pending {
            pending.at = right(pending.at);
        }
        record::put(&self.connection(), &record)
    }

    fn correct_earlier_values(&self, corrected: &Corrected) -> Result<(), StoreError> {
        for (wrong, right) in corrected {
            let sql = "UPDATE earlier_value SET replaced_at = ? WHERE replaced_at = ?";
            query::execute(&self.connection(), sql, [instant(*right), instant(*wrong)])?;
        }
        Ok(())
    }

    /// Shortens waits that no stage schedules, and deletes polls of the source in the future.
    fn correct_schedule(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (past, waits) = (
            instant(now + skew::CLOCK_TOLERANCE),
            instant(skew::latest_schedule(now)),
        );
        let now = instant(now);
        for (sql, limit) in [
            (
                "UPDATE change_log SET written_at = ?1 WHERE written_at > ?2",
                &past,
            ),
            (
                "UPDATE change_log SET tried_from = ?1 WHERE tried_from > ?2",
                &past,
            ),
            (
                "UPDATE change_log SET visible_at = ?1 WHERE visible_at > ?2",
                &waits,
            ),
            ("UPDATE message SET visible_at = ?1 WHERE visible_at > ?2", &waits),
        ] {
            query::execute(&self.connection(), sql, [&now, limit])?;
        }
        let sql = "DELETE FROM source_check WHERE at > ?";
        query::execute(&self.connection(), sql, [past]).map(drop)
    }

    /// Makes links due that wait too long, and deletes those of bulletins that cannot be published yet.
    fn correct_links(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let connection = self.connection();
        let horizon = present_month(now).next().next();
        let sql = "DELETE FROM link WHERE month > ? AND month NOT IN (SELECT month FROM bulletin)";
        query::execute(&connection, sql, [horizon.to_string()])?;
        for found in link::due_after(&connection, skew::latest_schedule(now))? {
            let state = match found.state {
                LinkState::Due { .. } => LinkState::Due { at: now },
                LinkState::Queued { .. } => LinkState::Queued { until: now },
                LinkState::Done { .. } => LinkState::Done { again: Some(now) },
                LinkState::Dead { .. } => LinkState::Dead { again: Some(now) },
            };
            link::put(&connection, &found.link, &state, found.failures, &found.note)?;
        }
        Ok(())
    }

    /// Logs the changes of these bulletins that a right clock would have logged, and returns the months with changes.
    async fn log_silenced(
        &self,
        silenced: &BTreeSet<Month>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Month>, StoreError> {
        let retold = retell(self, silenced, async |month| self.rows(month).await).await?;
        let mut logged = Vec::new();
        for (month, retold) in retold {
            let (bulletins, standings): (Vec<&ChangeRecord>, Vec<&ChangeRecord>) = retold
                .due_changes()
                .partition(|record| matches!(record, ChangeRecord::Bulletin { .. }));
            if !bulletins.is_empty() || !standings.is_empty() {
                logged.push(month);
            }
            for record in standings.into_iter().chain(bulletins) {
                log_change(&self.connection(), now, record)?;
            }
        }
        Ok(logged)
    }
}

fn times_of(record: &BulletinRecord) -> impl Iterator<Item = DateTime<Utc>> + use<> {
    let pending = record.pending.as_ref().map(|pending| pending.at);
    [record.first_seen, record.fetched_at].into_iter().chain(pending)
}

/// True if the changes of this bulletin were not logged because the clock was ahead, although its month is not over.
fn is_silenced(record: &BulletinRecord, now: DateTime<Utc>) -> bool {
    !is_finished(record.month, now)
        && [record.first_seen, record.fetched_at]
            .into_iter()
            .any(|at| skew::is_ahead(at, now) && is_finished(record.month, at))
}

/// Times just before now, in the order of those that they replace.
fn corrected(times: &BTreeSet<DateTime<Utc>>, now: DateTime<Utc>) -> Corrected {
    times
        .iter()
        .rev()
        .zip(0..)
        .map(|(at, later)| (*at, now - Duration::microseconds(later)))
        .collect()
}
