//! The compiled Lambdas on the emulator, from the page to the subscriber, beside the pipeline of one machine.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::rc::Rc;

use aws_tests::deployment::Deployment;
use aws_tests::emulator::Emulator;
use aws_tests::run;
use aws_tests::site::Site;
use bulletin_samples::site::{Step, steps};
use chrono::{DateTime, Duration, Utc};
use local::{SqliteStore, drain_changes, drain_pages};
use pipeline::Fetcher;
use pipeline::port::Clock;
use pipeline::testing::{FixedClock, RecordingSink};
use web_source::{WebConfig, WebSource};

#[derive(Debug, Clone)]
struct SharedClock(Rc<FixedClock>);

impl Clock for SharedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }
}

fn noon(step: &Step) -> DateTime<Utc> {
    format!("{}T12:00:00Z", step.as_of).parse().unwrap()
}

/// When the schedule strikes on a day: at noon, and often enough that a correction is confirmed.
fn looks(step: &Step) -> [DateTime<Utc>; 2] {
    [noon(step), noon(step) + Duration::minutes(30)]
}

/// The alerts of the pipeline of one machine on the same pages, as text for machines.
async fn expected_alerts(steps: &[Step]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("bulletins.db")).unwrap();
    let site = Site::default();
    let clock = SharedClock(Rc::new(FixedClock::noon("2023-01-01")));
    let config = WebConfig {
        hosts: site.hosts().into(),
        ..WebConfig::default()
    };
    let source = WebSource::new(config, clock.clone()).unwrap();
    let sink = RecordingSink::default();
    for step in steps {
        site.publish(&step.page);
        for now in looks(step) {
            clock.0.set(now);
            let fetcher = Fetcher {
                source: &source,
                store: &store,
                queue: &store,
                clock: &clock,
            };
            fetcher.fetch(None).await.unwrap();
            drain_pages(&store, &source, &clock, |_| ()).await.unwrap();
            drain_changes(&store, &sink, &clock).await.unwrap();
        }
    }
    let mut alerts: Vec<String> = sink
        .take()
        .iter()
        .map(|alert| serde_json::to_string(alert).unwrap())
        .collect();
    alerts.sort_unstable();
    alerts
}

/// The alerts that a subscriber hears of the deployment on the same pages.
async fn heard_alerts(deployment: &mut Deployment, site: &Site, steps: &[Step]) -> Vec<String> {
    let mut heard = Vec::new();
    for step in steps {
        site.publish(&step.page);
        for now in looks(step) {
            deployment.set_clock(now.max(deployment.now()));
            deployment.look().await;
            heard.extend(deployment.heard().await);
        }
    }
    heard.sort_unstable();
    heard
}

#[test]
fn the_alerts_are_those_of_one_machine_byte_for_byte() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = steps().unwrap();
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let mut deployment = Deployment::new(emulator, emulator.endpoint(), &site).await;
        deployment.set_clock(noon(&steps[0]));
        let heard = heard_alerts(&mut deployment, &site, &steps).await;
        println!("{} alerts", heard.len());
        assert_eq!(heard, expected);
    });
}
