//! The compiled Lambdas on the emulator, from the page to the subscriber, beside the pipeline of one machine.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::collections::BTreeMap;
use std::rc::Rc;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_tests::deployment::Deployment;
use aws_tests::emulator::Emulator;
use aws_tests::proxy::Proxy;
use aws_tests::run;
use aws_tests::site::Site;
use bulletin::{Bulletin, Chart};
use bulletin_samples::site::{Step, steps};
use bulletin_samples::{Page, page_path};
use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use local::{SqliteStore, drain_changes, drain_pages};
use pipeline::Fetcher;
use pipeline::port::Clock;
use pipeline::testing::{FixedClock, RecordingSink};
use serde_json::json;
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
        .map(|alert| alert.json().to_string())
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
fn few_steps() -> Vec<Step> {
    steps().unwrap().into_iter().skip(5).take(4).collect()
}

async fn deployment(emulator: &Emulator, endpoint: String, site: &Site, steps: &[Step]) -> Deployment {
    let mut deployment = Deployment::new(emulator, endpoint, site).await;
    deployment.set_clock(noon(&steps[0]));
    deployment
}

/// How often each stands there.
fn counted(alerts: &[String]) -> BTreeMap<&str, usize> {
    let mut counted = BTreeMap::new();
    for alert in alerts {
        *counted.entry(alert.as_str()).or_default() += 1;
    }
    counted
}

async fn send(deployment: &Deployment, body: &str) {
    let send = deployment.sqs.send_message().queue_url(&deployment.pages);
    send.message_body(body).send().await.unwrap();
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
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let heard = heard_alerts(&mut deployment, &site, &steps).await;
        assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
        assert!(deployment.take_all(&deployment.dead_pages).await.is_empty());
        assert!(deployment.take_all(&deployment.dead_records).await.is_empty());
    });
}

#[test]
fn what_comes_twice_and_in_disorder_ends_the_same() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = few_steps();
        let (site, other_site) = (Site::default(), Site::default());
        let mut once = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let expected = heard_alerts(&mut once, &site, &steps).await;
        let mut twice = deployment(emulator, emulator.endpoint(), &other_site, &steps).await;
        twice.delivery.twice_and_shuffled = Some(Rng::with_seed(7));
        let heard = heard_alerts(&mut twice, &other_site, &steps).await;
        assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
        assert!(once.items().await == twice.items().await);
    });
}

/// Three seeds can be given in `FAULT_SEEDS`, separated by commas.
fn seeds() -> Vec<u64> {
    let seeds = std::env::var("FAULT_SEEDS").unwrap_or_else(|_| "1".into());
    seeds
        .split(',')
        .map(|seed| seed.trim().parse().unwrap())
        .collect()
}

#[test]
fn nothing_is_lost_when_a_fifth_of_all_calls_fail() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().take(3).collect();
        let expected = expected_alerts(&steps).await;
        for seed in seeds() {
            let site = Site::default();
            let proxy = Proxy::before(emulator.port(), 0.2, seed);
            let mut deployment = deployment(emulator, proxy.endpoint(), &site, &steps).await;
            let heard = heard_alerts(&mut deployment, &site, &steps).await;
            let heard = counted(&heard);
            for alert in &expected {
                let times = heard.get(alert.as_str()).copied().unwrap_or(0);
                let most = 1 + proxy.lost(alert);
                assert!(
                    (1..=most).contains(&times),
                    "seed {seed}: heard {times} times: {alert}"
                );
            }
            assert_eq!(heard.len(), counted(&expected).len(), "seed {seed}");
            assert!(proxy.faults() > 50, "seed {seed}: {} faults", proxy.faults());
            assert!(deployment.given_up.is_empty(), "seed {seed}");
            assert!(deployment.take_all(&deployment.dead_pages).await.is_empty());
        }
    });
}

#[test]
fn a_poison_message_ends_among_the_dead_letters_and_holds_nobody_back() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = few_steps();
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        site.publish(&steps[0].page);
        let month = steps[0].page.bulletin.month();
        let good = json!({"link": {"month": month, "path": page_path(month)}, "trace": "x"}).to_string();
        let other = |month: &str, path: &str| {
            json!({"link": {"month": month, "path": path}, "trace": "x"}).to_string()
        };
        let refused_page = "2024-03".parse().unwrap();
        // A page without its second chart, which is read and refused.
        let rows = steps[1].page.bulletin.rows();
        let first_chart = rows.filter(|row| row.key.chart == Chart::FinalAction).cloned();
        let half = Bulletin::new(refused_page, first_chart).unwrap();
        site.publish_html(refused_page, Page::new(half).unwrap().render().into_bytes());
        let mut poison = vec![
            "{}".to_owned(),
            "no json at all".to_owned(),
            other("2024-13", &page_path(month)),
            other("2024-04", "/etc/passwd"),
            other(
                "2024-05",
                "//example.com/content/travel/en/legal/visa-law0/visa-bulletin/x.html",
            ),
            other("2024-03", &page_path(refused_page)),
        ];
        for body in [&good].into_iter().chain(&poison).chain([&good]) {
            send(&deployment, body).await;
        }
        deployment.drain_pages().await;
        let mut dead = deployment.take_all(&deployment.dead_pages).await;
        dead.sort_unstable();
        poison.sort_unstable();
        assert_eq!(dead, poison);
        let items = deployment.items().await;
        assert!(items.contains_key("BULLETIN#2024-02-01 BULLETIN"));
        let versions = items
            .values()
            .filter(|item| item.contains("\"version\": N(\"2\")"));
        assert_eq!(versions.count(), 0, "nothing is written twice");
        let allowed = [page_path(month), page_path(refused_page)];
        assert!(site.asked().iter().all(|path| allowed.contains(path)));
    });
}

#[test]
fn a_poison_record_is_kept_whole_and_holds_nobody_back() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().take(2).collect();
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        deployment.delivery.unfiltered = true;
        for key in ["SOMETHING#ELSE", "STANDING#CATEGORY#EB3#COUNTRY#NOWHERE"] {
            let put = deployment.dynamo.put_item().table_name(&deployment.tables.data);
            let put = put.item("pk", AttributeValue::S(key.into()));
            put.item("sk", AttributeValue::S("X".into()))
                .send()
                .await
                .unwrap();
        }
        let heard = heard_alerts(&mut deployment, &site, &steps).await;
        assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
        let dead = deployment.take_all(&deployment.dead_records).await;
        assert_eq!(dead.len(), 2);
        assert!(
            dead.iter()
                .all(|record| record.contains("NewImage") && record.contains("SequenceNumber"))
        );
        assert!(deployment.given_up.is_empty());
    });
}

#[test]
fn an_outage_of_sns_for_an_hour_loses_no_alert() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().take(2).collect();
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let proxy = Proxy::before(emulator.port(), 0.0, 0);
        let mut deployment = deployment(emulator, proxy.endpoint(), &site, &steps).await;
        let first = heard_alerts(&mut deployment, &site, &steps[..1]).await;
        proxy.break_sns(true);
        site.publish(&steps[1].page);
        deployment.set_clock(noon(&steps[1]));
        deployment.invoke("fetcher", &json!({})).unwrap();
        deployment.drain_pages().await;
        for _ in 0..6 {
            deployment.poll_stream_once().await;
            assert!(deployment.waiting() > 0);
            deployment.set_clock(deployment.now() + Duration::minutes(10));
        }
        assert!(deployment.heard().await.is_empty());
        proxy.break_sns(false);
        deployment.drain_stream().await;
        let mut heard = deployment.heard().await;
        heard.extend(first);
        heard.sort_unstable();
        assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
    });
}

#[test]
fn a_history_fills_in_behind_and_alerts_nobody() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().take(2).collect();
        let site = Site::default();
        let proxy = Proxy::before(emulator.port(), 0.0, 0);
        let mut deployment = deployment(emulator, proxy.endpoint(), &site, &steps).await;
        for step in &steps {
            site.publish(&step.page);
        }
        deployment.set_clock(noon(&steps[1]));
        let wanted = json!({"from": "2023-12", "to": "2024-04"});
        let report = deployment.invoke("fetcher", &wanted).unwrap();
        assert_eq!(report["queued"], json!(["2024-04"]));
        proxy.calls();
        deployment.drain_pages().await;
        let calls = proxy.calls();
        println!("calls for a first bulletin: {calls:?}");
        assert!(calls.values().sum::<usize>() <= 20);
        deployment.drain_stream().await;
        let report = deployment.invoke("fetcher", &wanted).unwrap();
        assert!(report["queued"].as_array().unwrap().contains(&json!("2024-02")));
        proxy.calls();
        deployment.drain_pages().await;
        deployment.drain_stream().await;
        assert!(deployment.heard().await.is_empty());
        assert!(
            deployment
                .items()
                .await
                .contains_key("BULLETIN#2024-02-01 BULLETIN")
        );
        // The page again: nothing is written to the data table.
        deployment.set_clock(deployment.now() + Duration::hours(5));
        deployment.invoke("fetcher", &json!({})).unwrap();
        proxy.calls();
        deployment.drain_pages().await;
        let calls = proxy.calls();
        println!("calls when nothing changed: {calls:?}");
        assert!(!calls.contains_key("DynamoDB_20120810.TransactWriteItems"));
        assert!(!calls.contains_key("DynamoDB_20120810.BatchGetItem"));
    });
}
