//! The alerts of whole years, compared with the predictions of a separate, simple oracle.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where something goes wrong, and says what it looked at"
)]

use bulletin::Month;
use chrono::Duration;
use end_to_end::oracle::{Cells, History, alerts_in_order, alerts_of_correction, alerts_of_new};
use end_to_end::pages::{real_cells, real_pages, sample_steps, shared};
use end_to_end::world::{World, assert_none_twice, lines, release_day};
use end_to_end::{assert_same, run, tables};
use pipeline::port::Clock;
use pipeline::testing::FixedClock;

/// Plays the real pages of these months in order, and compares every alert.
async fn play_real_pages(wanted: impl Fn(&str) -> bool) {
    let Some(bulletins) = shared() else { return };
    let mut history = real_cells(&bulletins);
    history.retain(|month, _| wanted(month));
    let pages = real_pages(&bulletins, history.keys());
    let clock = FixedClock::noon("2001-01-01");
    let world = World::new(&clock, &["travel"]);
    let mut alerts = Vec::new();
    for (month, page) in &pages {
        clock.set(release_day(*month));
        world.publish(&["travel"], *month, page);
        for outcome in world.deliver([*month]).await {
            outcome.result.unwrap();
        }
        let sent = world.announce().await;
        assert!(sent.iter().all(|alert| alert.month() == *month));
        alerts.extend(sent);
    }
    let predicted = alerts_in_order(&history, history.keys().cloned());
    println!(
        "{} pages, {} alerts; {} lines predicted",
        pages.len(),
        alerts.len(),
        predicted.len()
    );
    assert!(predicted.len() > pages.len() * 50);
    assert_none_twice(&alerts);
    assert_same("alerts of real pages", &predicted, &lines(&alerts));
    tables::assert_sound_and_settled(&world.path());
}

#[test]
fn the_years_2024_to_2026_alert_what_the_oracle_predicts() {
    run(play_real_pages(|month| month >= "2024"));
}

#[test]
fn every_real_page_since_2001_alerts_what_the_oracle_predicts() {
    run(play_real_pages(|_| true));
}

/// The samples have a misprint, and a correction on the day after its month was first seen.
#[test]
fn the_sample_pages_alert_what_the_oracle_predicts() {
    run(async {
        let clock = FixedClock::noon("2023-01-01");
        let world = World::new(&clock, &["travel"]);
        let mut stored = History::new();
        let (mut predicted, mut alerts) = (Vec::new(), Vec::new());
        for step in sample_steps() {
            let month = step.month.to_string();
            clock.set(FixedClock::noon(&step.as_of).now());
            world.publish(&["travel"], step.month, &step.page);
            world.deliver([step.month]).await;
            // The second poll, without which no correction is accepted.
            clock.pass(Duration::minutes(10));
            world.deliver([step.month]).await;
            let first: Option<Cells> = stored.insert(month.clone(), step.cells);
            predicted.extend(match first {
                Some(first) => alerts_of_correction(&stored, &month, &first),
                None => alerts_of_new(&stored, &month),
            });
            alerts.extend(world.announce().await);
        }
        let of = |kind: &str| predicted.iter().filter(|line| line.contains(kind)).count();
        assert_eq!((of(" unknown"), of("EB2 INDIA correction 1")), (2, 1));
        assert_none_twice(&alerts);
        assert_same("alerts of the samples", &predicted, &lines(&alerts));
        let april: Month = "2024-04".parse().unwrap();
        let told = lines(&alerts);
        assert!(told.contains(&format!(
            "{april} EB2 INDIA correction 1: final_action 2012-04-01 (INDIA {april}) -> 2012-04-15 (INDIA) advanced 14; \
             dates_for_filing 2012-05-15 (INDIA {april}) -> 2012-05-15 (INDIA) unchanged"
        )));
        tables::assert_sound_and_settled(&world.path());
    });
}
