//! A page that alternates between two versions: at most one correction is reported, and the operator is notified.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bulletin::{ChangeKind, Month};
use bulletin_samples::site;
use chrono::Duration;
use end_to_end::pages::{altered, page_of};
use end_to_end::run;
use end_to_end::world::World;
use fastrand::Rng;
use pipeline::port::BulletinStore;
use pipeline::testing::FixedClock;

const EB3_INDIA: [&str; 3] = ["final_action", "EB3", "INDIA"];

fn july() -> Month {
    "2024-07".parse().unwrap()
}

fn versions() -> [Vec<u8>; 2] {
    [
        page_of(&site::bulletin(july()).unwrap()),
        altered(july(), EB3_INDIA, "2012-10-01"),
    ]
}

/// June and July are stored.
async fn begun<'a>(clock: &'a FixedClock, hosts: &[&str]) -> World<'a> {
    let world = World::new(clock, hosts);
    for text in ["2024-06", "2024-07"] {
        let month: Month = text.parse().unwrap();
        world.publish(hosts, month, &page_of(&site::bulletin(month).unwrap()));
        world.deliver([month]).await;
    }
    world.announce().await;
    world
}

/// Polls a number of times, `pause` apart. `version` chooses the version that each host shows before each poll.
/// Returns the number of reported corrections and whether the page was found to alternate.
async fn poll(
    world: &World<'_>,
    hosts: &[&str],
    (times, pause): (usize, Duration),
    mut version: impl FnMut(usize, usize) -> usize,
) -> (usize, bool) {
    let versions = versions();
    let (mut corrections, mut alternates) = (0, false);
    for time in 0..times {
        for (number, host) in hosts.iter().enumerate() {
            world.publish(&[host], july(), &versions[version(time, number)]);
        }
        world.clock.pass(pause);
        world.deliver([july()]).await;
        for alert in world.announce().await {
            let is_summary = alert.case().is_none();
            let kind = match &alert {
                bulletin::Alert::Bulletin(alert) => alert.kind,
                bulletin::Alert::Case(alert) => alert.change.kind,
            };
            corrections += usize::from(is_summary && kind == ChangeKind::Correction);
        }
        let record = world.store.record(july()).await.unwrap().unwrap();
        alternates |= record.pending.is_some_and(|pending| pending.alternates());
    }
    (corrections, alternates)
}

#[test]
fn a_page_that_alternates_at_every_poll_is_never_believed_and_reported() {
    run(async {
        for hosts in [&["travel"][..], &["travel", "mirror"]] {
            let clock = FixedClock::noon("2024-06-11");
            let world = begun(&clock, hosts).await;
            let (corrections, alternates) = poll(&world, hosts, (30, Duration::minutes(30)), |time, _| {
                (time + 1) % 2
            })
            .await;
            assert!(corrections <= 1, "{corrections} corrections with {hosts:?}");
            assert!(alternates, "{hosts:?}");
        }
    });
}

#[test]
fn a_random_edge_of_a_network_causes_at_most_one_correction() {
    run(async {
        for seed in 0..12 {
            let hosts = ["travel", "mirror"];
            let clock = FixedClock::noon("2024-06-11");
            let world = begun(&clock, &hosts).await;
            let mut random = Rng::with_seed(seed);
            let (corrections, alternates) = poll(&world, &hosts, (30, Duration::minutes(30)), |_, _| {
                usize::from(random.bool())
            })
            .await;
            assert!(corrections <= 1, "seed {seed}: {corrections} corrections");
            assert!(alternates, "seed {seed}");
        }
    });
}

#[test]
fn a_version_that_stays_is_reported_once() {
    run(async {
        let hosts = ["travel"];
        let clock = FixedClock::noon("2024-06-11");
        let world = begun(&clock, &hosts).await;
        let (before, _) = poll(&world, &hosts, (9, Duration::minutes(30)), |time, _| time % 2).await;
        assert_eq!(before, 0);
        let (after, _) = poll(&world, &hosts, (20, Duration::minutes(30)), |_, _| 1).await;
        assert_eq!(after, 1);
        let (again, _) = poll(&world, &hosts, (20, Duration::minutes(30)), |_, _| 1).await;
        assert_eq!(again, 0);
        let record = world.store.record(july()).await.unwrap().unwrap();
        assert_eq!((record.pending, record.revision), (None, 1));
    });
}
