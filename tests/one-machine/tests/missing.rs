//! A page that loses a column or a row: nobody is notified of a movement, and the department's own changes still
//! arrive.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bulletin::{
    Alert, Area, Bulletin, Case, Category, Change, Chart, Month, Preference, RowKey, Subscription,
};
use bulletin_samples::site;
use chrono::Duration;
use end_to_end::pages::page_of;
use end_to_end::run;
use end_to_end::world::{World, ids};
use pipeline::port::{BulletinStore, Clock as _, Fetched};
use pipeline::testing::FixedClock;
use pipeline::{Accept, Parsed, Parser};

const HOSTS: [&str; 2] = ["travel", "mirror"];

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn sample(text: &str) -> Bulletin {
    site::bulletin(month(text)).unwrap()
}

/// The page of a month without the cells for which `is_lost` is true.
fn page_without(text: &str, is_lost: impl Fn(RowKey) -> bool) -> Vec<u8> {
    let bulletin = sample(text);
    let rows = bulletin.rows().filter(|row| !is_lost(row.key)).cloned();
    page_of(&Bulletin::new(bulletin.month(), rows).unwrap())
}

fn is_lost_column(key: RowKey) -> bool {
    key.chart == Chart::FinalAction
        && key.area == Area::INDIA
        && key.category.preference() == Preference::Employment
}

/// May and June are stored and reported; it is the middle of June.
async fn begun(clock: &FixedClock) -> World<'_> {
    let world = World::new(clock, &HOSTS);
    for text in ["2024-05", "2024-06"] {
        world.publish(&HOSTS, month(text), &page_of(&sample(text)));
        world.deliver([month(text)]).await;
    }
    world.announce().await;
    clock.pass(Duration::days(31));
    world
}

/// July arrives without a column. Returns its alerts.
async fn lose_july(world: &World<'_>) -> Vec<Alert> {
    world.publish(&HOSTS, month("2024-07"), &page_without("2024-07", is_lost_column));
    world.deliver([month("2024-07")]).await;
    world.announce().await
}

fn clock() -> FixedClock {
    FixedClock::noon("2024-05-11")
}

fn change_of(alerts: &[Alert], case: Case) -> Option<&Change> {
    alerts.iter().find_map(|alert| match alert {
        Alert::Case(alert) if alert.change.case == case => Some(&alert.change),
        _ => None,
    })
}

const EB2_INDIA: Case = Case {
    category: Category::Eb2,
    area: Area::INDIA,
};

async fn feed(world: &World<'_>, page: Vec<u8>, accept: Accept) -> Parsed {
    let ingester = Parser {
        source: &world.source,
        store: &world.store,
        clock: world.clock,
    };
    let page = Fetched {
        body: page,
        host: "by hand".into(),
        at: world.clock.now(),
        by_hand: true,
    };
    ingester.parse_page(&page, None, accept).await.unwrap().2
}

#[test]
fn a_lost_column_is_unreadable_and_crosses_nobody() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        let alerts = lose_july(&world).await;
        let change = change_of(&alerts, EB2_INDIA).unwrap();
        let chart = &change.charts.final_action;
        assert_eq!(chart.movement, None);
        assert_eq!(chart.from.unwrap().month, month("2024-06"));
        assert!(chart.newly_current().is_none() && chart.no_longer_current().is_none());
        let text = Alert::body(&alerts[0], None);
        assert!(!text.contains("column dropped"));
        // Its subscribers are notified by the case's own alert and not by that of all others.
        let all = Case {
            area: Area::ALL,
            ..EB2_INDIA
        };
        assert!(change.concerns(EB2_INDIA));
        assert!(change_of(&alerts, all).is_none_or(|change| !change.concerns(EB2_INDIA)));
        let record = world.store.record(month("2024-07")).await.unwrap().unwrap();
        assert!(
            record
                .findings
                .iter()
                .any(|finding| finding.kind() == "missing_column")
        );
    });
}

#[test]
fn a_lost_column_that_comes_back_is_compared_with_what_was_read_before() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        lose_july(&world).await;
        feed(&world, page_of(&sample("2024-07")), Accept::default()).await;
        let alerts = world.announce().await;
        let change = change_of(&alerts, EB2_INDIA).unwrap();
        let chart = &change.charts.final_action;
        assert_eq!(chart.from.unwrap().month, month("2024-06"));
        assert_eq!(chart.to.as_ref().unwrap().column, Area::INDIA);
        assert_ne!(chart.movement.map(|movement| movement.code()), Some("first_seen"));
    });
}

#[test]
fn an_operator_confirms_that_a_column_is_gone() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        lose_july(&world).await;
        let ingester = Parser {
            source: &world.source,
            store: &world.store,
            clock: &clock,
        };
        assert_eq!(
            ingester.confirm_missing(month("2024-07")).await.unwrap(),
            Some(10)
        );
        assert_eq!(ingester.confirm_missing(month("2024-07")).await.unwrap(), Some(0));
        let alerts = world.announce().await;
        let change = change_of(&alerts, EB2_INDIA).unwrap();
        assert_eq!(change.charts.final_action.to.as_ref().unwrap().column, Area::ALL);
        // The page is the same: it is not held as a new version.
        world.deliver([month("2024-07")]).await;
        assert!(world.announce().await.is_empty());
    });
}

#[test]
fn the_next_bulletin_without_the_column_confirms_that_it_is_gone() {
    run(async {
        let clock = clock();
        let world = World::new(&clock, &HOSTS);
        world.publish(&HOSTS, month("2024-05"), &page_of(&sample("2024-05")));
        world.deliver([month("2024-05")]).await;
        for text in ["2024-06", "2024-07"] {
            world.publish(&HOSTS, month(text), &page_without(text, is_lost_column));
            world.deliver([month(text)]).await;
        }
        let mut alerts = world.announce().await;
        alerts.retain(|alert| alert.month() == month("2024-07"));
        let chart = &change_of(&alerts, EB2_INDIA).unwrap().charts.final_action;
        assert_eq!(chart.from.unwrap().month, month("2024-05"));
        assert_eq!(chart.to.as_ref().unwrap().column, Area::ALL);
    });
}

#[test]
fn a_fed_page_that_lost_a_column_replaces_no_stored_cell() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        world.publish(&HOSTS, month("2024-07"), &page_of(&sample("2024-07")));
        world.deliver([month("2024-07")]).await;
        world.announce().await;
        let rows = world.store.rows(month("2024-07")).await.unwrap();
        let lost = || page_without("2024-07", is_lost_column);
        assert_eq!(feed(&world, lost(), Accept::default()).await, Parsed::Unchanged);
        assert_eq!(world.store.rows(month("2024-07")).await.unwrap(), rows);
        assert_eq!(ids(&world.announce().await), [""; 0]);
        let accept = Accept {
            missing: true,
            ..Accept::default()
        };
        assert!(matches!(
            feed(&world, lost(), accept).await,
            Parsed::Stored { .. }
        ));
        assert!(change_of(&world.announce().await, EB2_INDIA).is_some());
    });
}

#[test]
fn the_finding_about_a_lost_column_ends_when_the_page_shows_it_again() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        let july = month("2024-07");
        let findings = async || world.store.record(july).await.unwrap().unwrap().findings;
        world.publish(&HOSTS, july, &page_of(&sample("2024-07")));
        world.deliver([july]).await;
        let complete = findings().await;
        for _ in 0..2 {
            world.publish(&HOSTS, july, &page_without("2024-07", is_lost_column));
            clock.pass(Duration::hours(1));
            world.deliver([july]).await;
            assert_ne!(findings().await, complete);
            world.publish(&HOSTS, july, &page_of(&sample("2024-07")));
            clock.pass(Duration::hours(1));
            world.deliver([july]).await;
            assert_eq!(findings().await, complete);
        }
    });
}

#[test]
fn a_column_that_leaves_every_chart_is_reported_as_gone() {
    run(async {
        // Vietnam left the employment charts in October 2021.
        let clock = FixedClock::noon("2021-09-15");
        let world = World::new(&clock, &HOSTS);
        let real = end_to_end::pages::shared();
        let Some(bulletins) = real else { return };
        let months = ["2021-09".to_owned(), "2021-10".to_owned()];
        let pages = end_to_end::pages::real_cells(&bulletins);
        if !months.iter().all(|month| pages.contains_key(month)) {
            return;
        }
        let pages = end_to_end::pages::real_pages(&bulletins, &months);
        world.publish_all("travel", &pages);
        world.deliver(pages.keys().copied()).await;
        let alerts = world.announce().await;
        let case = Case {
            category: Category::Eb5NonRegional,
            area: Area::VIETNAM,
        };
        let change = change_of(&alerts, case).unwrap();
        assert_eq!(change.charts.final_action.to.as_ref().unwrap().column, Area::ALL);
    });
}

/// Feeds the page of July with a lost column after the pages around it, in any order.
#[test]
fn what_is_missing_does_not_depend_on_the_order_of_the_months() {
    run(async {
        let texts = ["2024-05", "2024-06", "2024-07"];
        let orders: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let mut results = Vec::new();
        for order in orders {
            let clock = FixedClock::noon("2024-06-12");
            let world = World::new(&clock, &HOSTS);
            for index in order {
                let text = texts[index];
                let page = match text {
                    "2024-06" => page_without(text, is_lost_column),
                    _ => page_of(&sample(text)),
                };
                feed(&world, page, Accept::default()).await;
            }
            let mut rows = world.store.rows(month("2024-06")).await.unwrap();
            rows.sort_by_key(|stored| stored.row.key);
            let readings: Vec<_> = rows
                .into_iter()
                .map(|stored| (stored.row.key, stored.row.reading, stored.row.missing_part()))
                .collect();
            let mut standings: Vec<_> = world
                .store
                .standings()
                .await
                .unwrap()
                .into_iter()
                .map(|stored| (stored.standing.case, stored.standing.newest.cells))
                .collect();
            standings.sort_by_key(|(case, _)| *case);
            results.push((readings, standings));
        }
        for result in &results {
            assert!(result == &results[0]);
        }
        assert!(results[0].0.iter().any(|(_, _, missing)| missing.is_some()));
    });
}

fn subscription(when: &str, priority_date: &str) -> Subscription {
    Subscription {
        case: EB2_INDIA,
        priority_date: Some(priority_date.parse().unwrap()),
        when: when.parse().unwrap(),
        chart: None,
    }
}

#[test]
fn nobody_waiting_for_a_crossing_is_told_of_one_that_the_page_does_not_show() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        let alerts = lose_july(&world).await;
        for alert in &alerts {
            let headline = alert.headline_for(&subscription("current", "2014-01-01"));
            assert!(
                !headline.contains("BECOMES CURRENT") || alert.case().is_none_or(|case| case != EB2_INDIA),
                "{headline}"
            );
        }
    });
}

/// July with Dates for Filing as a copy of Final Action on the employment half.
fn page_with_copied_charts() -> Vec<u8> {
    let bulletin = sample("2024-07");
    let rows = bulletin.rows().cloned().map(|mut row| {
        let of_final_action = RowKey {
            chart: Chart::FinalAction,
            ..row.key
        };
        if row.key.category.preference() == Preference::Employment
            && let Some(original) = bulletin.row(of_final_action)
        {
            row.reading = original.reading;
            row.raw.value = original.raw.value.clone();
        }
        row
    });
    page_of(&Bulletin::new(bulletin.month(), rows).unwrap())
}

#[test]
fn copied_charts_are_held_until_an_operator_confirms_them() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        feed(&world, page_with_copied_charts(), Accept::default()).await;
        let alerts = world.announce().await;
        let charts = &change_of(&alerts, EB2_INDIA).unwrap().charts;
        assert_eq!(
            (charts.final_action.movement, charts.dates_for_filing.movement),
            (None, None)
        );
        let accept = Accept {
            identical_charts: true,
            ..Accept::default()
        };
        assert!(matches!(
            feed(&world, page_with_copied_charts(), accept).await,
            Parsed::Stored { .. }
        ));
        let alerts = world.announce().await;
        assert!(
            change_of(&alerts, EB2_INDIA)
                .unwrap()
                .charts
                .dates_for_filing
                .movement
                .is_some()
        );
    });
}

#[test]
fn copied_charts_replace_no_stored_cell() {
    run(async {
        let clock = clock();
        let world = begun(&clock).await;
        feed(&world, page_of(&sample("2024-07")), Accept::default()).await;
        world.announce().await;
        let rows = world.store.rows(month("2024-07")).await.unwrap();
        assert_eq!(
            feed(&world, page_with_copied_charts(), Accept::default()).await,
            Parsed::Unchanged
        );
        assert_eq!(world.store.rows(month("2024-07")).await.unwrap(), rows);
        assert_eq!(ids(&world.announce().await), [""; 0]);
    });
}
