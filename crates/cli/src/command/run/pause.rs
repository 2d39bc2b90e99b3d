//! The pause of `run --every auto`, from what is stored. The rule is [`pipeline::pause`].

use std::time::Duration;

use bulletin::Month;
use chrono::{DateTime, Utc};
use operations::doctor::failed_look;
use pipeline::port::{BulletinStore as _, LinkTable as _};
use pipeline::{LinkState, present_month};
use sqlite::SqliteStore;

use crate::output::complain;

/// The pause until the next poll. If the database cannot be read, the short one.
pub(super) async fn pause(store: &SqliteStore, now: DateTime<Utc>) -> Duration {
    let (months, is_retrying) = match stored(store, now).await {
        Ok(stored) => stored,
        Err(error) => {
            complain("error", &format!("{error:#}"));
            (Vec::new(), true)
        }
    };
    pipeline::pause(now, &months, is_retrying, fastrand::f64())
}

/// The stored months, and true if a page, an alert or a correction is to be tried again.
async fn stored(store: &SqliteStore, now: DateTime<Utc>) -> anyhow::Result<(Vec<Month>, bool)> {
    let months = store.months().await?;
    let mut is_retrying = store.undelivered()?.retried > 0 || failed_look(&store.checks()?).is_some();
    is_retrying |= store
        .links()
        .await?
        .iter()
        .any(|link| link.failures > 0 && matches!(link.state, LinkState::Due { .. }));
    for month in months.iter().filter(|month| **month >= present_month(now)) {
        let record = store.record(*month).await?;
        is_retrying |= record.is_some_and(|record| record.pending.is_some());
    }
    Ok((months, is_retrying))
}
