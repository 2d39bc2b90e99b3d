//! The rules by which a page that differs from the stored version replaces it.
//!
//! A different version is held until a second fetch agrees, from another host where one answers. A version that comes
//! and goes is not believed until it stays: a page that alternates between two versions must not produce one alert
//! after another, and neither of its versions can be trusted.

use bulletin::MonthRange;
use chrono::{DateTime, Duration, Utc};

use crate::parse::{Parsed, Parser};
use crate::port::{BulletinStore, Clock, Fetched, StoreError};
use crate::record::{BulletinRecord, CellDigest, Pending, RowWrite};

/// The shortest time between the two fetches that confirm a correction.
const CONFIRM_AFTER: Duration = Duration::minutes(10);
/// The time for which a version must be seen without interruption if it came and went, or was replaced, before.
const STABLE_FOR: Duration = Duration::hours(6);
/// The pause before the next of two hosts that disagree is asked.
const ASK_IN_TURN: Duration = Duration::minutes(30);
/// The time for which a correction that is not seen again is remembered. Its host may have gone back without being
/// asked; if it has not, it will show the correction again.
const FORGET_DENIED: Duration = Duration::hours(24);

/// True if a page that differs from the stored version may replace it: a person fed it, or it is the second fetch of
/// the same cells, ten minutes after the first and from another host. The source is asked to avoid the first host;
/// where it gives that one all the same, no other answers, and the first is believed. A version that came and went
/// before must have stayed for six hours.
pub(crate) fn is_confirmed(known: &BulletinRecord, page: &Fetched, digest: &CellDigest) -> bool {
    if page.by_hand {
        return true;
    }
    let Some(pending) = known.pending.as_ref().filter(|pending| pending.digest == *digest) else {
        return false;
    };
    let same_host = page.host == pending.host;
    let must_stay = was_replaced(known, digest) || (same_host && came_and_went(pending));
    let wait = if must_stay { STABLE_FOR } else { CONFIRM_AFTER };
    // Where its own host showed the stored version since, the version starts over.
    let starts_over = pending.interrupted && (must_stay || !pending.contested);
    page.at - pending.at >= wait && !starts_over && !(same_host && pending.contested)
}

/// True if a correction replaced this version before.
fn was_replaced(known: &BulletinRecord, digest: &CellDigest) -> bool {
    known.earlier_versions.contains(digest)
}

/// The time of the first fetch of a pending correction. It cannot be later than a page that was fetched after it.
fn first_sight(pending: &Pending, page: &Fetched) -> DateTime<Utc> {
    pending.at.min(page.at)
}

fn came_and_went(pending: &Pending) -> bool {
    pending.interrupted || pending.returns > 0
}

impl<Source, Store, C> Parser<'_, Source, Store, C>
where
    Store: BulletinStore,
    C: Clock,
{
    /// Takes note that the page is the stored version. A correction that waits is contested when another host than its
    /// own shows that: from then on its host alone is not believed. After a day it is dropped.
    pub(crate) async fn seen_as_stored(
        &self,
        known: &BulletinRecord,
        page: &Fetched,
    ) -> Result<Parsed, StoreError> {
        let Some(pending) = &known.pending else {
            return Ok(Parsed::Unchanged);
        };
        if page.by_hand || page.at - pending.at >= FORGET_DENIED {
            self.store.hold(known, None).await?;
            return Ok(Parsed::Unchanged);
        }
        let same_host = pending.host == page.host;
        let seen = Pending {
            contested: pending.contested || !same_host,
            first_host_next: pending.first_host_next || !same_host,
            interrupted: true,
            at: first_sight(pending, page),
            ..pending.clone()
        };
        if *pending != seen {
            self.store.hold(known, Some(&seen)).await?;
        }
        if same_host && !seen.contested && !seen.alternates() {
            return Ok(Parsed::Unchanged);
        }
        Ok(Parsed::Held {
            until: self.clock.now() + ASK_IN_TURN,
            differs: 0,
            alternates: seen.alternates(),
        })
    }

    /// Holds a version that differs from the stored one until it is confirmed.
    pub(crate) async fn hold(
        &self,
        known: &BulletinRecord,
        page: &Fetched,
        digest: CellDigest,
        rows: &[RowWrite],
    ) -> Result<Parsed, StoreError> {
        let must_stay = was_replaced(known, &digest);
        let pending = match &known.pending {
            // Seen again too early, or by the first host although another denies it: now it is the other's turn.
            Some(pending) if pending.digest == digest => Pending {
                first_host_next: false,
                at: if pending.interrupted {
                    page.at
                } else {
                    first_sight(pending, page)
                },
                host: if pending.interrupted && !pending.contested {
                    page.host.clone()
                } else {
                    pending.host.clone()
                },
                interrupted: false,
                returns: pending.returns + u32::from(pending.interrupted),
                ..pending.clone()
            },
            other => Pending {
                digest,
                host: page.host.clone(),
                at: page.at,
                contested: self.is_stale_copy(known, page, rows).await?,
                first_host_next: false,
                interrupted: false,
                returns: other.as_ref().map_or(0, |other| other.returns) + u32::from(must_stay),
            },
        };
        if known.pending.as_ref() != Some(&pending) {
            self.store.hold(known, Some(&pending)).await?;
        }
        let wait = if pending.contested || pending.returns > 0 {
            ASK_IN_TURN
        } else {
            Duration::minutes(1)
        };
        let until: DateTime<Utc> = (pending.at + CONFIRM_AFTER).max(self.clock.now() + wait);
        Ok(Parsed::Held {
            until,
            differs: rows.len(),
            alternates: pending.alternates(),
        })
    }

    /// True if the page may be a copy from before a correction: another host gave the corrected version, and every cell
    /// that differs from it has the value from before. A host that shows that alone is not believed.
    async fn is_stale_copy(
        &self,
        known: &BulletinRecord,
        page: &Fetched,
        rows: &[RowWrite],
    ) -> Result<bool, StoreError> {
        if known.revision == 0 || page.host == known.host {
            return Ok(false);
        }
        let month = Some(MonthRange {
            first: known.month,
            last: known.month,
        });
        for write in rows {
            let Some(row) = &write.row else { return Ok(false) };
            let history = self.store.history(write.key, month, None).await?;
            let stood = history.iter().flat_map(|stored| &stored.earlier);
            if !stood.into_iter().any(|earlier| earlier.raw == row.raw.value) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
