//! Bulletins that were missed while they were in force, and bulletins that arrive behind a later one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bulletin::{Alert, Change, Month, Subscription};
use bulletin_samples::site;
use chrono::Duration;
use end_to_end::pages::{altered, page_of};
use end_to_end::run;
use end_to_end::world::{World, assert_none_twice};
use pipeline::port::BulletinStore;
use pipeline::testing::FixedClock;

const HOSTS: [&str; 2] = ["travel", "mirror"];
const EB3_INDIA: [&str; 3] = ["final_action", "EB3", "INDIA"];

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// The page of a month with this cut-off of EB-3 India under Final Action.
fn saying(text: &str, cut_off: &str) -> Vec<u8> {
    altered(month(text), EB3_INDIA, cut_off)
}

/// April is stored and reported in April.
async fn begun(clock: &FixedClock) -> World<'_> {
    let world = World::new(clock, &HOSTS);
    for text in ["2024-02", "2024-04"] {
        world.publish(
            &HOSTS,
            month(text),
            &page_of(&site::bulletin(month(text)).unwrap()),
        );
        world.deliver([month(text)]).await;
    }
    world.announce().await;
    world
}

async fn arrive(world: &World<'_>, pages: &[(&str, &str)]) -> Vec<Alert> {
    for (text, cut_off) in pages {
        world.publish(&HOSTS, month(text), &saying(text, cut_off));
        world.deliver([month(text)]).await;
    }
    let alerts = world.announce().await;
    assert_none_twice(&alerts);
    alerts
}

/// The change that a bulletin brings for EB-3 India.
fn change<'a>(alerts: &'a [Alert], text: &str) -> Option<&'a Change> {
    alerts.iter().find_map(|alert| match alert {
        Alert::Case(alert)
            if alert.change.case.to_string() == "EB3 INDIA" && alert.change.month == month(text) =>
        {
            Some(&alert.change)
        }
        _ => None,
    })
}

fn waiting(when: &str, priority_date: &str) -> Subscription {
    Subscription {
        case: bulletin::Case {
            category: "EB3".parse().unwrap(),
            area: "INDIA".parse().unwrap(),
        },
        priority_date: Some(priority_date.parse().unwrap()),
        when: when.parse().unwrap(),
        chart: None,
    }
}

#[test]
fn a_date_that_became_current_in_a_skipped_month_is_reported_with_the_next() {
    run(async {
        let clock = FixedClock::noon("2024-04-11");
        let world = begun(&clock).await;
        // The bulletins of May, June and July arrive together in July.
        clock.pass(Duration::days(85));
        let alerts = arrive(
            &world,
            &[
                ("2024-05", "2013-01-01"),
                ("2024-06", "2013-01-01"),
                ("2024-07", "2013-01-01"),
            ],
        )
        .await;
        assert!(change(&alerts, "2024-05").is_none() && change(&alerts, "2024-06").is_none());
        let july = change(&alerts, "2024-07").unwrap();
        let from = july.charts.final_action.from.unwrap();
        assert_eq!(
            (from.month, from.cut_off.to_string()),
            (month("2024-04"), "2012-08-15".into())
        );
        for when in ["current", "passes", "moves", "within:400d"] {
            assert!(waiting(when, "2012-12-01").wants(july), "{when}");
        }
        // The attributes that SNS filters by cover the whole band.
        let alert = alerts
            .iter()
            .find(|alert| alert.case() == Some(july.case))
            .unwrap();
        let crossed = alert.attributes()["crossed"].text();
        assert!(crossed.contains("final_action:forward:2012-12"), "{crossed}");
        let text = alert.body(None);
        assert!(
            text.contains("no bulletin in between was") || text.contains("April 2024"),
            "{text}"
        );
    });
}

#[test]
fn the_baseline_after_skipped_months_does_not_depend_on_their_order() {
    run(async {
        for order in [[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 1, 0]] {
            let clock = FixedClock::noon("2024-04-11");
            let world = begun(&clock).await;
            clock.pass(Duration::days(85));
            let pages = [
                ("2024-05", "2013-01-01"),
                ("2024-06", "2013-02-01"),
                ("2024-07", "2013-03-01"),
            ];
            let alerts = arrive(&world, &order.map(|index| pages[index])).await;
            let july = change(&alerts, "2024-07").unwrap();
            assert_eq!(
                july.charts.final_action.from.unwrap().month,
                month("2024-04"),
                "{order:?}"
            );
        }
    });
}

#[test]
fn two_months_that_are_new_on_one_day_are_both_reported_in_any_order() {
    run(async {
        for late in [false, true] {
            let clock = FixedClock::noon("2024-04-11");
            let world = begun(&clock).await;
            clock.pass(Duration::days(30));
            let mut pages = [("2024-05", "2013-01-01"), ("2024-06", "2013-02-01")];
            if late {
                pages.reverse();
            }
            let alerts = arrive(&world, &pages).await;
            for text in ["2024-05", "2024-06"] {
                let change = change(&alerts, text).unwrap();
                assert!(waiting("moves", "2012-12-01").wants(change), "{text}");
                let summary = alerts
                    .iter()
                    .any(|alert| alert.case().is_none() && alert.month() == month(text));
                assert!(summary, "{text}, late: {late}");
            }
            let may = change(&alerts, "2024-05").unwrap();
            assert_eq!(may.charts.final_action.from.unwrap().month, month("2024-04"));
        }
    });
}

#[test]
fn a_column_that_left_in_a_skipped_month_is_reported_once() {
    run(async {
        let clock = FixedClock::noon("2023-03-10");
        let world = World::new(&clock, &HOSTS);
        let publish = async |text: &str| {
            world.publish(
                &HOSTS,
                month(text),
                &page_of(&site::bulletin(month(text)).unwrap()),
            );
            world.deliver([month(text)]).await;
        };
        publish("2023-03").await;
        world.announce().await;
        // El Salvador, Guatemala and Honduras have no column from April 2023 on.
        clock.pass(Duration::days(130));
        publish("2023-05").await;
        publish("2023-07").await;
        let gone = |alerts: &[Alert]| {
            let of_area = |alert: &&Alert| {
                alert
                    .case()
                    .is_some_and(|case| case.area.code() == "EL_SALVADOR_GUATEMALA_HONDURAS")
            };
            alerts.iter().filter(of_area).count()
        };
        let alerts = world.announce().await;
        assert!(gone(&alerts) > 0);
        assert!(alerts.iter().all(|alert| alert.month() == month("2023-07")));
        clock.pass(Duration::days(20));
        publish("2023-08").await;
        assert_eq!(gone(&world.announce().await), 0);
    });
}

#[test]
fn history_that_nobody_was_notified_of_is_a_silent_baseline() {
    run(async {
        let clock = FixedClock::noon("2024-07-03");
        let world = World::new(&clock, &HOSTS);
        let alerts = arrive(
            &world,
            &[
                ("2024-05", "2012-09-01"),
                ("2024-06", "2012-10-01"),
                ("2024-07", "2012-11-01"),
            ],
        )
        .await;
        let july = change(&alerts, "2024-07").unwrap();
        assert_eq!(july.charts.final_action.from.unwrap().month, month("2024-06"));
        assert!(
            world
                .store
                .record(month("2024-05"))
                .await
                .unwrap()
                .unwrap()
                .was_over()
        );
    });
}
