//! Late replays: corrections, months and other operators came in between.

use std::collections::BTreeSet;

use aws::SnsTopics;
use aws_harness::deployment::Deployment;
use aws_harness::emulator::Emulator;
use aws_harness::play::{deployment, expected_alerts, few_steps, heard_alerts, looks, noon};
use aws_harness::run;
use aws_harness::site::Site;
use bulletin_samples::site::{Step, steps};
use operations::Store;
use operations::deployment::Queue;
use operations::replay::alert::rebuild;
use operations::replay::record::{Told, months_given_up};
use operations::replay::{Queues, topics};
use pipeline::Notifier;
use pipeline::testing::FixedClock;
use serde_json::{Value, json};

use super::{assert_heard, clock_at, dispatcher, operator, unheard};

async fn leave_unread(deployment: &Deployment, records: &[Value]) {
    for record in records {
        let send = deployment.sqs.send_message().queue_url(&deployment.dead_records);
        send.message_body(record.to_string()).send().await.unwrap();
    }
}

/// Replays the dead-lettered records, with this clock.
async fn tell_unread(store: &Store, queues: &Queues, topics: &SnsTopics, clock: &FixedClock) -> Told {
    let notifier = Notifier {
        store,
        channel: topics,
        clock,
    };
    let letters = queues.list(Queue::UnreadRecords).await.unwrap();
    queues.tell_unread(&letters, &notifier).await.unwrap()
}

/// Tracking begins with a month. While the notifier is down the month is corrected, and its records are given
/// up.
#[test]
fn a_correction_of_the_month_with_which_tracking_began_is_made_up_for() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().skip(1).take(2).collect();
        let expected = expected_alerts(&steps).await;
        assert!(!expected.is_empty());
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (stage, store, queues) = operator(emulator, &deployment);
        assert!(heard_alerts(&mut deployment, &site, &steps[..1]).await.is_empty());
        site.publish(&steps[1].page);
        for now in looks(&steps[1]) {
            deployment.set_clock(now);
            deployment.invoke("fetcher", &json!({})).unwrap();
            deployment.drain_pages().await;
        }
        let records = deployment.take_records().await;
        let given_up = json!({"DDBStreamBatchInfo": {"batchSize": records.len(),
            "approximateArrivalOfFirstRecord": deployment.now()}});
        let message = deployment
            .sqs
            .send_message()
            .queue_url(&deployment.dead_positions);
        message.message_body(given_up.to_string()).send().await.unwrap();
        let letters = queues.list(Queue::GivenUpRecords).await.unwrap();
        let months = months_given_up(&store, &letters).await.unwrap().unwrap();
        assert_eq!(months, BTreeSet::from([steps[1].page.bulletin.month()]));
        let clock = clock_at(deployment.now());
        let topics = topics(&stage, &emulator.config()).await.unwrap();
        let due = rebuild(&store, &months, deployment.now()).await.unwrap().due();
        let sent = dispatcher(&store, &clock).send_alerts(&topics, &due).await;
        assert_eq!((sent.sent, sent.is_whole()), (expected.len(), true));
        assert_heard(&deployment, &expected).await;
    });
}

#[test]
fn what_a_correction_overtook_is_not_told_any_more() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps: Vec<Step> = few_steps().into_iter().take(3).collect();
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (stage, store, queues) = operator(emulator, &deployment);
        let (records, expected) = unheard(&mut deployment, &site, &steps[..2]).await;
        let corrections = heard_alerts(&mut deployment, &site, &steps[2..]).await;
        assert!(corrections.len() >= 2, "a case and the whole bulletin");
        leave_unread(&deployment, &records).await;
        let topics = topics(&stage, &emulator.config()).await.unwrap();
        let clock = clock_at(noon(&steps[1]));
        let told = tell_unread(&store, &queues, &topics, &clock).await;
        assert_eq!((told.done, told.left.as_slice()), (records.len(), &[][..]));
        assert_eq!(told.overtaken, corrections.len());
        assert_eq!(told.sent, expected.len() - corrections.len());
        let heard = deployment.heard().await;
        assert_eq!(heard.len(), told.sent);
        for text in &heard {
            assert!(expected.contains(text), "in other words: {text:.300}");
        }
    });
}

#[test]
fn a_whole_bulletin_that_cannot_be_told_of_any_more_keeps_its_record_until_it_is_sent() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let mut steps: Vec<Step> = steps().unwrap().into_iter().skip(5).take(5).collect();
        steps.remove(1);
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        let (stage, store, queues) = operator(emulator, &deployment);
        let (records, expected) = unheard(&mut deployment, &site, &steps[..2]).await;
        heard_alerts(&mut deployment, &site, &steps[2..]).await;
        leave_unread(&deployment, &records).await;
        let topics = topics(&stage, &emulator.config()).await.unwrap();
        let clock = clock_at(noon(&steps[1]));
        let told = tell_unread(&store, &queues, &topics, &clock).await;
        assert_eq!(
            (told.done, told.sent, told.overtaken),
            (records.len() - 1, expected.len() - 1, 0)
        );
        let [(about, reason)] = told.left.as_slice() else {
            panic!("{:?}", told.left);
        };
        let month = steps[1].page.bulletin.month();
        assert_eq!(about, &format!("BULLETIN#{}", month.first_day()));
        assert!(
            reason.contains(&format!("replay --alerts --months {month}")),
            "{reason}"
        );

        let due = rebuild(&store, &BTreeSet::from([month]), deployment.now())
            .await
            .unwrap()
            .due();
        assert_eq!(
            dispatcher(&store, &clock).send_alerts(&topics, &due).await.sent,
            1
        );
        let told = tell_unread(&store, &queues, &topics, &clock).await;
        assert_eq!((told.done, told.sent, told.sent_before), (1, 0, 1));
        assert_heard(&deployment, &expected).await;
    });
}
