//! The operator's replays on a deployment whose Lambdas have failed.

#[path = "replay/late.rs"]
mod late;

use std::collections::BTreeSet;

use aws_harness::deployment::Deployment;
use aws_harness::emulator::Emulator;
use aws_harness::play::{deployment, expected_alerts, few_steps, heard_alerts, looks, noon};
use aws_harness::run;
use aws_harness::site::Site;
use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::Month;
use bulletin_samples::site::Step;
use chrono::{DateTime, Duration, Utc};
use operations::Store;
use operations::deployment::Queue;
use operations::replay::alert::{rebuild, unsent};
use operations::replay::page::{Redriven, add_reasons};
use operations::replay::record::months_given_up;
use operations::replay::{Queues, topics};
use pipeline::port::LinkTable as _;
use pipeline::testing::FixedClock;
use pipeline::{Dispatcher, Notified, Notifier};
use serde_json::{Value, json};

use crate::half_a_page;

/// The operator's access to a deployment.
fn operator(emulator: &Emulator, deployment: &Deployment) -> (operations::Deployment, Store, Queues) {
    let stage: operations::Deployment = deployment.stage.parse().unwrap();
    let config = emulator.config();
    let store = Store::of(&stage, &config, None);
    let queues = Queues::new(&stage, &config);
    (stage, store, queues)
}

#[test]
fn a_page_whose_form_was_mended_comes_through_and_its_alerts_go_out_once() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = few_steps();
        let expected = expected_alerts(&steps).await;
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (_, store, queues) = operator(emulator, &deployment);
        let mut heard = heard_alerts(&mut deployment, &site, &steps[..1]).await;

        let month = steps[1].page.bulletin.month();
        site.publish_html(month, half_a_page(&steps[1], month));
        for now in looks(&steps[1]) {
            deployment.set_clock(now);
            deployment.look().await;
        }
        assert!(deployment.heard().await.is_empty());
        let mut letters = queues.list(Queue::RefusedPages).await.unwrap();
        add_reasons(&store, &mut letters).await.unwrap();
        let [letter] = letters.as_slice() else {
            panic!("{letters:?}");
        };
        assert_eq!(letter.month(), Some(month));
        let reason = letter.reason.as_deref().unwrap();
        assert!(reason.starts_with("link dead: "), "{reason}");

        site.publish(&steps[1].page);
        let redriven = queues.redrive_pages(&letters, None, |_| (), || false).await;
        let whole = Redriven {
            moved: 1,
            stopped: false,
        };
        assert_eq!(redriven.unwrap(), whole);
        for _ in 0..2 {
            deployment.drain_pages().await;
            deployment.drain_stream().await;
        }
        let of_month = deployment.heard().await;
        assert!(of_month.len() > 50, "{}", of_month.len());
        heard.extend(of_month);
        let link = store.link(month).await.unwrap().unwrap();
        assert_eq!(link.state.code(), "done");
        assert!(queues.list(Queue::RefusedPages).await.unwrap().is_empty());

        heard.extend(heard_alerts(&mut deployment, &site, &steps[2..]).await);
        heard.sort_unstable();
        assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
    });
}

/// Deletes the marks of alerts that contain this, and returns their number.
async fn forget(deployment: &Deployment, part: &str) -> usize {
    let marks = &deployment.tables.marks;
    let answer = deployment.dynamo.scan().table_name(marks).send().await.unwrap();
    let mut forgotten = 0;
    for item in answer.items() {
        let AttributeValue::S(mark) = &item["pk"] else {
            panic!("{item:?}");
        };
        if mark.contains(part) {
            forgotten += 1;
            let delete = deployment.dynamo.delete_item().table_name(marks);
            let delete = delete.key("pk", AttributeValue::S(mark.clone()));
            delete.send().await.unwrap();
        }
    }
    forgotten
}

fn months(steps: &[Step]) -> BTreeSet<Month> {
    steps.iter().map(|step| step.page.bulletin.month()).collect()
}

/// The marks of a live run are those of the alerts that are worked out again: so nothing is sent that was, and of what was
/// not the same text. Corrections and a bulletin with which tracking began are among these months.
fn dispatcher<'a>(store: &'a Store, clock: &'a FixedClock) -> Dispatcher<'a, Store, FixedClock> {
    Dispatcher {
        marks: store,
        clock,
        run: None,
    }
}

#[test]
fn alerts_that_are_worked_out_again_are_those_that_were_sent() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = few_steps();
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (stage, store, _) = operator(emulator, &deployment);
        let mut told = heard_alerts(&mut deployment, &site, &steps).await;
        let now = noon(steps.last().unwrap()) + Duration::hours(1);
        let clock = clock_at(now);
        let months = months(&steps);
        let newest = *months.last().unwrap();
        let rebuilt = rebuild(&store, &months, now).await.unwrap();
        assert!(rebuilt.forgotten.is_empty());
        let due = rebuilt.due();
        assert!(due.len() > 150, "{}", due.len());
        let topics = topics(&stage, &emulator.config()).await.unwrap();
        assert_eq!(unsent(&store, &topics, &due).await.unwrap(), []);
        let again = dispatcher(&store, &clock).send_alerts(&topics, &due).await;
        assert_eq!((again.sent, again.sent_before), (0, due.len()));
        assert!(deployment.heard().await.is_empty());

        // The marks of the newest month are lost: its alerts are sent with their original text.
        let part = format!("#{newest}#");
        let lost = forget(&deployment, &part).await;
        assert!(lost > 50, "{lost}");
        assert_eq!(unsent(&store, &topics, &due).await.unwrap().len(), lost);
        let sent = dispatcher(&store, &clock).send_alerts(&topics, &due).await;
        assert_eq!((sent.sent, sent.is_whole()), (lost, true));
        let heard = deployment.heard().await;
        assert_eq!(heard.len(), lost);
        told.sort_unstable();
        for text in &heard {
            assert!(told.binary_search(text).is_ok(), "in other words: {text:.300}");
        }

        // After the marks have expired nothing is reported as due, because nobody can know.
        let later = now + Duration::days(401);
        let rebuilt = rebuild(&store, &months, later).await.unwrap();
        assert_eq!(rebuilt.forgotten.keys().copied().collect::<BTreeSet<_>>(), months);
        assert!(rebuilt.due().is_empty());
    });
}

#[test]
fn an_announcement_goes_out_once_for_each_run() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = few_steps();
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (stage, store, _) = operator(emulator, &deployment);
        heard_alerts(&mut deployment, &site, &steps).await;
        let newest = *months(&steps).last().unwrap();
        let now = noon(steps.last().unwrap());
        let clock = clock_at(now);
        let rebuilt = rebuild(&store, &BTreeSet::from([newest]), now).await.unwrap();
        let alerts = rebuilt.months[&newest].newest();
        let topics = topics(&stage, &emulator.config()).await.unwrap();
        let announce = async |run: &str| {
            let dispatcher = Dispatcher {
                run: Some(run),
                ..dispatcher(&store, &clock)
            };
            dispatcher.send_alerts(&topics, &alerts).await
        };
        let all = |sent: &Notified| (sent.sent, sent.sent_before, sent.is_whole());
        assert_eq!(all(&announce("one").await), (alerts.len(), 0, true));
        assert_eq!(deployment.heard().await.len(), alerts.len());
        assert_eq!(all(&announce("one").await), (0, alerts.len(), true));
        assert!(deployment.heard().await.is_empty());
        // The process died before it had sent all alerts: only the rest is sent.
        let lost = forget(&deployment, &format!("EB3#COUNTRY#INDIA#{newest}")).await;
        assert_eq!(lost, 2, "of the live run, and of this");
        assert_eq!(all(&announce("one").await), (1, alerts.len() - 1, true));
        assert_eq!(deployment.heard().await.len(), 1);
        assert_eq!(all(&announce("two").await), (alerts.len(), 0, true));
    });
}

/// Stores the second of two steps without the notifier: returns its records, and the alerts that are due.
async fn unheard(deployment: &mut Deployment, site: &Site, steps: &[Step]) -> (Vec<Value>, Vec<String>) {
    let mut expected = expected_alerts(steps).await;
    let heard = heard_alerts(deployment, site, &steps[..1]).await;
    expected.retain(|alert| !heard.contains(alert));
    site.publish(&steps[1].page);
    deployment.set_clock(noon(&steps[1]));
    deployment.invoke("fetcher", &json!({})).unwrap();
    deployment.drain_pages().await;
    (deployment.take_records().await, expected)
}

/// Asserts that the subscriber got exactly these alerts.
async fn assert_heard(deployment: &Deployment, expected: &[String]) {
    let mut heard = deployment.heard().await;
    heard.sort_unstable();
    assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
}

/// A clock stopped at this instant.
fn clock_at(now: DateTime<Utc>) -> FixedClock {
    let clock = FixedClock::noon("2024-01-01");
    clock.set(now);
    clock
}

#[test]
fn records_that_were_not_understood_are_told_once() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().take(2).collect();
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (stage, store, queues) = operator(emulator, &deployment);
        let (records, expected) = unheard(&mut deployment, &site, &steps).await;
        assert!(expected.len() > 50, "{}", expected.len());
        let strange = json!({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "SOMETHING#ELSE"}}}});
        // Each record twice, as two notifiers may have left it.
        for record in records.iter().chain(&records).chain([&strange]) {
            let send = deployment.sqs.send_message().queue_url(&deployment.dead_records);
            let send = send.message_body(record.to_string());
            send.send().await.unwrap();
        }
        let topics = topics(&stage, &emulator.config()).await.unwrap();
        let clock = clock_at(deployment.now());
        let notifier = Notifier {
            store: &store,
            channel: &topics,
            clock: &clock,
        };
        let letters = queues.list(Queue::UnreadRecords).await.unwrap();
        assert_eq!(letters.len(), 2 * records.len() + 1);
        let told = queues.tell_unread(&letters, &notifier).await.unwrap();
        assert_eq!((told.done, told.sent), (2 * records.len(), expected.len()));
        assert_eq!(told.sent_before, expected.len());
        let [(about, reason)] = told.left.as_slice() else {
            panic!("{:?}", told.left);
        };
        assert_eq!(about, "SOMETHING#ELSE");
        assert!(reason.contains("SOMETHING#ELSE"), "{reason}");
        assert_heard(&deployment, &expected).await;
        let left = deployment.take_all(&deployment.dead_records).await;
        assert_eq!(left, [strange.to_string()]);
    });
}

#[test]
fn records_that_were_given_up_are_made_up_for_from_what_is_stored() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().take(2).collect();
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (stage, store, queues) = operator(emulator, &deployment);
        let (records, expected) = unheard(&mut deployment, &site, &steps).await;
        let given_up = json!({"requestContext": {"condition": "RecordAgeExceeded"}, "DDBStreamBatchInfo": {
            "shardId": "shard", "startSequenceNumber": "1", "batchSize": records.len(),
            "approximateArrivalOfFirstRecord": deployment.now(),
        }});
        let message = deployment
            .sqs
            .send_message()
            .queue_url(&deployment.dead_positions);
        message.message_body(given_up.to_string()).send().await.unwrap();
        let letters = queues.list(Queue::GivenUpRecords).await.unwrap();
        // A week later, the stream no longer has the records.
        let now = deployment.now() + Duration::days(7);
        let months = months_given_up(&store, &letters).await.unwrap().unwrap();
        assert!(months.contains(&steps[1].page.bulletin.month()), "{months:?}");
        let clock = clock_at(now);
        let topics = topics(&stage, &emulator.config()).await.unwrap();
        let due = rebuild(&store, &months, now).await.unwrap().due();
        let sent = dispatcher(&store, &clock).send_alerts(&topics, &due).await;
        assert_eq!((sent.sent, sent.is_whole()), (expected.len(), true));
        assert_heard(&deployment, &expected).await;
        // The stream still had the records: nothing is sent twice.
        let event = json!({"Records": records});
        assert_eq!(
            deployment.invoke("notifier", &event).unwrap(),
            json!({"batchItemFailures": []})
        );
        assert!(deployment.heard().await.is_empty());
    });
}
