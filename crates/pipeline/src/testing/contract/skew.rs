//! Times that a clock which ran ahead leaves in a store.

use chrono::Duration;

use super::{bulletin, day, feed, month, ok};
use crate::link::LinkState;
use crate::parse::Parsed;
use crate::port::{AlertMarks, BulletinStore, Claim, Clock, LinkTable};
use crate::testing::{FixedClock, link_of};

/// The lead of the wrong clock.
const AHEAD: Duration = Duration::days(400);

/// A link that is due further ahead than anything is scheduled is due now, and so is one that is never due again
/// although its month is in force or to come.
pub async fn a_link_from_a_clock_ahead_is_due<Store: LinkTable>(store: &Store) {
    let now = FixedClock::noon("2024-03-13").now();
    let until = now + Duration::hours(1);
    let far = now + AHEAD;
    let link = link_of(month("2024-04"));
    for state in [
        LinkState::Due { at: far },
        LinkState::Queued { until: far },
        LinkState::Done { again: Some(far) },
        LinkState::Done { again: None },
        LinkState::Dead { again: Some(far) },
        LinkState::Dead { again: None },
    ] {
        ok(store.settle(&link, &state, 0, "settled")).await;
        assert!(ok(store.claim_link(&link, now, until)).await, "{state:?}");
        assert!(!ok(store.claim_link(&link, now, until)).await, "{state:?}");
    }
    let over = link_of(month("2024-02"));
    ok(store.settle(&over, &LinkState::Done { again: None }, 0, "settled")).await;
    assert!(!ok(store.claim_link(&over, now, until)).await);
}

/// A right to send that ends further ahead than anything is scheduled is free.
pub async fn a_mark_from_a_clock_ahead_is_free<Store: AlertMarks>(store: &Store) {
    let now = FixedClock::noon("2024-03-13").now();
    let far = now + AHEAD;
    let claimed = store.claim_alert("a", far, far + Duration::minutes(5));
    assert_eq!(ok(claimed).await, Claim::Granted);
    let expires = now + Duration::minutes(5);
    assert_eq!(ok(store.claim_alert("a", now, expires)).await, Claim::Granted);
    assert_eq!(ok(store.claim_alert("a", now, expires)).await, Claim::InProgress);
}

/// A page is not outdated by one that claims to have been fetched in the future.
pub async fn a_page_beats_one_from_the_future<Store: BulletinStore + LinkTable>(store: &Store) {
    let clock = FixedClock::noon("2024-03-13");
    let right = clock.now();
    clock.pass(AHEAD);
    feed(store, &clock, &bulletin("2024-04", day("2012-07-01"))).await;
    clock.set(right);
    let corrected = feed(store, &clock, &bulletin("2024-04", day("2012-07-15"))).await;
    assert!(matches!(corrected, Parsed::Stored { .. }), "{corrected:?}");
    let record = ok(store.record(month("2024-04"))).await;
    assert_eq!(record.map(|record| record.fetched_at), Some(right));
}
