//! The sample run, played on the compiled Lambdas and on the SQLite pipeline.

use std::collections::BTreeMap;
use std::rc::Rc;

use bulletin::Alert;
use bulletin_samples::site::{Step, steps};
use chrono::{DateTime, Duration, Utc};
use pipeline::Fetcher;
use pipeline::port::Clock;
use pipeline::testing::{FixedClock, RecordingChannel};
use sqlite::{SqliteStore, deliver_changes, parse_pages};
use web_source::{WebConfig, WebSource};

use crate::deployment::Deployment;
use crate::emulator::Emulator;
use crate::site::Site;

#[derive(Debug, Clone)]
struct SharedClock(Rc<FixedClock>);

impl Clock for SharedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }
}

/// Noon of a step's day.
///
/// # Panics
/// If the step has no day.
pub fn noon(step: &Step) -> DateTime<Utc> {
    format!("{}T12:00:00Z", step.as_of).parse().unwrap()
}

/// The polls of a day: at noon, and later, so that a correction is confirmed.
pub fn looks(step: &Step) -> [DateTime<Utc>; 2] {
    [noon(step), noon(step) + Duration::minutes(30)]
}

/// The alerts of the SQLite pipeline on each step.
///
/// # Panics
/// If the pipeline fails.
pub async fn alerts_by_step(steps: &[Step]) -> Vec<Vec<Alert>> {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("bulletins.db")).unwrap();
    let site = Site::default();
    let clock = SharedClock(Rc::new(FixedClock::noon("2023-01-01")));
    let config = WebConfig {
        hosts: site.hosts().into(),
        ..WebConfig::default()
    };
    let source = WebSource::new(config, clock.clone()).unwrap();
    let channel = RecordingChannel::default();
    let mut alerts = Vec::new();
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
            parse_pages(&store, &source, &clock, |_| ()).await.unwrap();
            deliver_changes(&store, &[&channel], &clock).await.unwrap();
        }
        alerts.push(channel.take());
    }
    alerts
}

/// The alerts of the SQLite pipeline on the same pages, as JSON text.
///
/// # Panics
/// If the pipeline fails.
pub async fn expected_alerts(steps: &[Step]) -> Vec<String> {
    let alerts = alerts_by_step(steps).await.concat();
    let mut alerts: Vec<String> = alerts.iter().map(|alert| alert.json().to_string()).collect();
    alerts.sort_unstable();
    alerts
}

/// The alerts that a subscriber of the deployment gets on the same pages.
///
/// # Panics
/// If a request to the deployment fails.
pub async fn heard_alerts(deployment: &mut Deployment, site: &Site, steps: &[Step]) -> Vec<String> {
    let mut heard = Vec::new();
    for step in steps {
        site.publish(&step.page);
        for now in looks(step) {
            let later = deployment.now() + (now - noon(step));
            deployment.set_clock(now.max(later));
            deployment.look().await;
            heard.extend(deployment.heard().await);
        }
    }
    heard.sort_unstable();
    heard
}

/// A month, its correction, and the months around it.
///
/// # Panics
/// If the samples cannot be generated.
pub fn few_steps() -> Vec<Step> {
    steps().unwrap().into_iter().skip(5).take(4).collect()
}

/// A deployment on the day of the first step, whose Lambdas call AWS at this endpoint.
///
/// # Panics
/// If it cannot be created.
pub async fn deployment(emulator: &Emulator, endpoint: String, site: &Site, steps: &[Step]) -> Deployment {
    let mut deployment = Deployment::new(emulator, endpoint, site).await;
    deployment.set_clock(noon(&steps[0]));
    deployment
}

/// The number of occurrences of each alert.
pub fn counted(alerts: &[String]) -> BTreeMap<&str, usize> {
    let mut counted = BTreeMap::new();
    for alert in alerts {
        *counted.entry(alert.as_str()).or_default() += 1;
    }
    counted
}
