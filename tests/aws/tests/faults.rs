//! Faults of AWS during the sample run: calls that fail, Lambdas that die, services that are down.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::rc::Rc;
use std::time::Duration as Wait;

use aws_harness::deployment::{Death, Deployment};
use aws_harness::emulator::Emulator;
use aws_harness::play::{counted, deployment, expected_alerts, few_steps, heard_alerts, noon};
use aws_harness::proxy::{Proxy, Untaken};
use aws_harness::run;
use aws_harness::site::Site;
use bulletin_samples::site::{Step, steps};
use chrono::Duration;
use serde_json::json;

/// The limit of alerts in one call to SNS.
const A_CALL: usize = 10;

/// The seeds, from `FAULT_SEEDS` (separated by commas) if it is set.
fn seeds() -> Vec<u64> {
    let seeds = std::env::var("FAULT_SEEDS").unwrap_or_else(|_| "1".into());
    seeds
        .split(',')
        .map(|seed| seed.trim().parse().unwrap())
        .collect()
}

fn first_steps(count: usize) -> Vec<Step> {
    few_steps().into_iter().take(count).collect()
}

/// The beginning of an alert, which is enough to identify it.
fn brief(alert: &str) -> String {
    alert.chars().take(200).collect()
}

/// Panics if an alert did not arrive, or if an unexpected one did. Returns the number of repeated
/// deliveries.
fn assert_each_heard(expected: &[String], heard: &[String]) -> usize {
    let (expected, heard) = (counted(expected), counted(heard));
    for alert in expected.keys() {
        assert!(heard.contains_key(alert), "not heard: {}", brief(alert));
    }
    assert_eq!(heard.len(), expected.len());
    heard.values().map(|times| times - 1).sum()
}

async fn play_with_faults(emulator: &Emulator, steps: &[Step], expected: &[String], seed: u64) {
    let site = Site::default();
    let proxy = Proxy::before(emulator.port(), 0.2, seed);
    let mut deployment = deployment(emulator, proxy.endpoint(), &site, steps).await;
    let heard = heard_alerts(&mut deployment, &site, steps).await;
    let heard = counted(&heard);
    for alert in expected {
        let times = heard.get(alert.as_str()).copied().unwrap_or(0);
        let most = 1 + proxy.lost(alert);
        assert!(
            (1..=most).contains(&times),
            "seed {seed}: heard {times} times: {}",
            brief(alert)
        );
    }
    assert_eq!(heard.len(), counted(expected).len(), "seed {seed}");
    assert!(proxy.faults() > 200, "seed {seed}: {} faults", proxy.faults());
    assert!(deployment.given_up.is_empty(), "seed {seed}");
    assert!(deployment.take_all(&deployment.dead_pages).await.is_empty());
    let items = deployment.items().await;
    for step in steps {
        let bulletin = format!("BULLETIN#{} BULLETIN", step.page.bulletin.month().first_day());
        assert!(items.contains_key(&bulletin), "seed {seed}: no {bulletin}");
    }
}

#[test]
fn nothing_is_lost_when_a_fifth_of_all_calls_fail() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    let steps = steps().unwrap();
    let expected = run(expected_alerts(&steps));
    // Most of the time is spent waiting for retries.
    std::thread::scope(|scope| {
        for seed in seeds() {
            let (steps, expected) = (&steps, &expected);
            scope.spawn(move || run(play_with_faults(emulator, steps, expected, seed)));
        }
    });
}

/// A deployment whose Lambda of this name is killed each time this many more calls of this kind were made.
async fn killed_each(
    emulator: &Emulator,
    site: &Site,
    steps: &[Step],
    of: &'static str,
    kind: &'static str,
    calls: usize,
) -> Deployment {
    let proxy = Rc::new(Proxy::before(emulator.port(), 0.0, 0));
    let mut deployment = deployment(emulator, proxy.endpoint(), site, steps).await;
    let mut next = calls;
    deployment.death = Some(Death {
        of,
        when: Box::new(move |_| {
            let now = proxy.total(kind) >= next;
            if now {
                next = proxy.total(kind) + calls;
            }
            now
        }),
    });
    deployment
}

#[test]
fn a_notifier_that_dies_in_the_middle_of_batches_loses_no_alert() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = first_steps(3);
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let mut deployment = killed_each(emulator, &site, &steps, "notifier", "SNS.Publish", 3).await;
        let heard = heard_alerts(&mut deployment, &site, &steps).await;
        let again = assert_each_heard(&expected, &heard);
        let deaths = deployment.deaths;
        assert!(deaths >= 4, "{deaths} deaths");
        assert!(
            again <= A_CALL * deaths,
            "{again} came again after {deaths} deaths"
        );
        assert!(deployment.given_up.is_empty());
    });
}

#[test]
fn a_parser_that_dies_in_the_middle_of_bulletins_writes_each_once() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = first_steps(3);
        let (site, other_site) = (Site::default(), Site::default());
        let mut undisturbed = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let expected = heard_alerts(&mut undisturbed, &site, &steps).await;
        let write = "DynamoDB_20120810.TransactWriteItems";
        let mut killed = killed_each(emulator, &other_site, &steps, "parser", write, 2).await;
        let heard = heard_alerts(&mut killed, &other_site, &steps).await;
        assert!(killed.deaths >= 4, "{} deaths", killed.deaths);
        assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
        assert!(killed.items().await == undisturbed.items().await);
        assert!(killed.take_all(&killed.dead_pages).await.is_empty());
    });
}

/// A failure that nothing in the Lambda can catch, such as running out of memory. The halves of the batch
/// before the record are sent. The record blocks its shard for six hours, as AWS permits; then it and the
/// records that waited behind it are given up, and their numbers are left for the operator. Every lost alert
/// is reported.
#[test]
fn a_record_that_kills_is_cut_out_of_its_batch_and_given_up_after_six_hours() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = first_steps(2);
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let first = heard_alerts(&mut deployment, &site, &steps[..1]).await;
        let killer = "STANDING#CATEGORY#EB3#COUNTRY#INDIA";
        deployment.death = Some(Death {
            of: "notifier",
            when: Box::new(move |event| event.to_string().contains(killer)),
        });
        let began = noon(&steps[1]);
        let mut heard = heard_alerts(&mut deployment, &site, &steps[1..]).await;
        heard.extend(first);
        assert!(heard.iter().all(|alert| expected.contains(alert)));
        // Each record is an alert: one of each case, and the summary.
        assert_eq!(heard.len() + deployment.given_up.len(), expected.len());
        assert!(
            deployment
                .given_up
                .iter()
                .all(|record| !record.sequence.is_empty())
        );
        assert!(heard.len() > 30, "{} heard", heard.len());
        let waited = deployment.now() - began;
        assert!(
            waited >= Duration::hours(6) && waited < Duration::hours(8),
            "{waited}"
        );
        // A batch of 50 is halved six times.
        assert!(deployment.deaths > 6, "{} deaths", deployment.deaths);
    });
}

#[test]
fn a_notifier_whose_time_runs_out_answers_before_and_goes_on_later() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = first_steps(2);
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let proxy = Proxy::before(emulator.port(), 0.0, 0);
        let mut deployment = deployment(emulator, proxy.endpoint(), &site, &steps).await;
        // Two of these five seconds are reserved for the answer.
        deployment.timeout = Wait::from_secs(5);
        proxy.slow_sns(Wait::from_millis(500));
        let began = noon(&steps[1]);
        let heard = heard_alerts(&mut deployment, &site, &steps).await;
        let again = assert_each_heard(&expected, &heard);
        let rounds = usize::try_from((deployment.now() - began).num_minutes() / 6).unwrap();
        assert!(rounds > 1, "{rounds} rounds");
        assert!(again <= A_CALL * rounds, "{again} came again in {rounds} rounds");
        assert!(deployment.given_up.is_empty());
    });
}

#[test]
fn an_entry_that_sns_refuses_comes_again_alone() {
    an_entry_that_is_not_taken_comes_again_alone(Untaken::Named);
}

/// Only the alerts that the answer lists as successful were sent.
#[test]
fn an_entry_that_the_answer_does_not_name_comes_again_alone() {
    an_entry_that_is_not_taken_comes_again_alone(Untaken::Unnamed);
}

fn an_entry_that_is_not_taken_comes_again_alone(untaken: Untaken) {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = first_steps(2);
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let proxy = Proxy::before(emulator.port(), 0.0, 0);
        let mut deployment = deployment(emulator, proxy.endpoint(), &site, &steps).await;
        let first = heard_alerts(&mut deployment, &site, &steps[..1]).await;
        // An alert that is sent in a batch with others of its category.
        let month = steps[1].page.bulletin.month();
        let refused = format!("CATEGORY#EB3#COUNTRY#INDIA#{month}#0");
        proxy.refuse_entry(Some((refused.as_str(), untaken)));
        site.publish(&steps[1].page);
        deployment.set_clock(noon(&steps[1]));
        deployment.invoke("fetcher", &json!({})).unwrap();
        deployment.drain_pages().await;
        deployment.poll_stream_once().await;
        let mut heard = deployment.heard().await;
        heard.extend(first);
        assert!(heard.iter().all(|alert| !alert.contains(&refused)));
        assert!(deployment.waiting() > 0);
        proxy.refuse_entry(None);
        deployment.set_clock(deployment.now() + Duration::minutes(6));
        deployment.drain_stream().await;
        heard.extend(deployment.heard().await);
        heard.sort_unstable();
        assert!(heard.iter().any(|alert| alert.contains(&refused)));
        assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
    });
}

#[test]
fn an_outage_of_sns_for_an_hour_loses_no_alert() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = first_steps(2);
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
