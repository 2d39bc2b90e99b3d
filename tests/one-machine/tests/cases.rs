//! The pairs of pages in `../shared/cases`: one is stored, the next one has lost something.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use bulletin::{Alert, Change, Movement, Subscription};
use chrono::Duration;
use end_to_end::pages::shared;
use end_to_end::run;
use end_to_end::world::World;
use pipeline::port::{Clock as _, Fetched};
use pipeline::testing::FixedClock;
use pipeline::{Accept, Parser};

/// The folder of a pair; `None` if it is not available.
fn pair(name: &str) -> Option<PathBuf> {
    let folder = shared()?.parent()?.join("cases").join(name);
    folder.is_dir().then_some(folder)
}

/// Feeds February and then March of a pair. Returns the change of a case in March.
async fn told(folder: PathBuf, category: &str) -> Option<Change> {
    let clock = FixedClock::noon("2026-02-10");
    let world = World::new(&clock, &[]);
    let mut alerts = Vec::new();
    for month in ["february", "march"] {
        let body = std::fs::read(folder.join(format!("visa-bulletin-for-{month}-2026.html"))).unwrap();
        let page = Fetched {
            body,
            host: "by hand".into(),
            at: clock.now(),
            by_hand: true,
        };
        let parser = Parser {
            source: &world.source,
            store: &world.store,
            clock: &clock,
        };
        parser.parse_page(&page, None, Accept::default()).await.unwrap();
        alerts = world.announce().await;
        clock.pass(Duration::days(1));
    }
    alerts.into_iter().find_map(|alert| match alert {
        Alert::Case(alert) if alert.change.case.to_string() == format!("{category} INDIA") => {
            Some(alert.change)
        }
        _ => None,
    })
}

fn crosses_nobody(change: &Change) {
    let chart = &change.charts.final_action;
    assert_eq!(chart.movement, None);
    assert_eq!(chart.from.unwrap().cut_off.to_string(), "2013-09-15");
    assert!(chart.to.as_ref().unwrap().cut_off().is_none());
    let subscription = Subscription {
        case: change.case,
        priority_date: "2014-01-01".parse().ok(),
        when: "current".parse().unwrap(),
        chart: None,
    };
    assert!(subscription.wants(change), "nobody knows what the page hides");
}

#[test]
fn a_column_that_one_chart_lost_is_no_movement() {
    for name in [
        "india-column-dropped",
        "column-label-blank",
        "row-dropped-in-both-charts",
    ] {
        let Some(folder) = pair(name) else { return };
        let change = run(told(folder, "EB2")).unwrap_or_else(|| panic!("{name}: no alert"));
        crosses_nobody(&change);
    }
}

#[test]
fn a_row_with_a_wrong_ordinal_is_that_row() {
    let Some(folder) = pair("label-4rd") else { return };
    let change = run(told(folder, "EB4"));
    let unchanged = |change: &Change| {
        change.charts.final_action.movement == Some(Movement::Unchanged)
            && change.charts.dates_for_filing.movement == Some(Movement::Unchanged)
    };
    assert!(change.is_none_or(|change| unchanged(&change)));
}
