//! A clock that ran ahead for one poll of several hosts.

use chrono::Duration;
use end_to_end::pages::{altered, sample_months};
use end_to_end::run;
use end_to_end::world::World;
use pipeline::port::{BulletinStore as _, Clock as _};
use pipeline::testing::FixedClock;

const HOSTS: [&str; 2] = ["travel", "mirror"];

#[test]
fn a_correction_first_seen_by_a_clock_ahead_is_confirmed_minutes_after() {
    run(async {
        let clock = FixedClock::noon("2024-06-11");
        let (pages, _) = sample_months();
        let world = World::new(&clock, &HOSTS);
        for text in ["2024-06", "2024-07"] {
            let month = text.parse().unwrap();
            world.publish(&HOSTS, month, &pages[&month]);
            world.deliver([month]).await;
        }
        world.announce().await;
        let july = "2024-07".parse().unwrap();
        let corrected = altered(july, ["final_action", "EB3", "INDIA"], "2012-10-01");
        world.publish(&HOSTS, july, &corrected);

        let right = clock.now();
        clock.pass(Duration::days(10));
        assert_eq!(world.look().await.alerts, []);
        let record = world.store.record(july).await.unwrap().unwrap();
        assert_eq!(record.pending.unwrap().at, clock.now());

        clock.set(right);
        let mut alerts = Vec::new();
        for _ in 0..3 {
            clock.pass(Duration::minutes(10));
            alerts.extend(world.look().await.alerts);
        }
        let record = world.store.record(july).await.unwrap().unwrap();
        assert_eq!((record.revision, record.pending), (1, None));
        assert!(!alerts.is_empty());
    });
}
