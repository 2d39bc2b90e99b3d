//! The compiled Lambdas on the emulator, from the page to the subscriber, compared with the SQLite pipeline.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

#[path = "end_to_end/missed.rs"]
mod missed;
#[path = "end_to_end/replay.rs"]
mod replay;

use std::collections::{BTreeMap, BTreeSet};

use aws_harness::deployment::Deployment;
use aws_harness::emulator::Emulator;
use aws_harness::play::{deployment, expected_alerts, few_steps, heard_alerts, noon};
use aws_harness::proxy::Proxy;
use aws_harness::run;
use aws_harness::site::Site;
use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::{Bulletin, Chart, Month};
use bulletin_samples::site::{Step, steps};
use bulletin_samples::{Page, page_path};
use chrono::Duration;
use fastrand::Rng;
use serde_json::{Value, json};

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

/// Invariant 3 across months: the order of the pages does not change what is stored, no alert repeats, and
/// every month that is later than all stored ones is alerted, the newest in any case.
#[test]
fn months_in_any_order_are_stored_the_same_and_alert_once() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = steps().unwrap();
        let site = Site::default();
        for step in &steps {
            site.publish(&step.page);
        }
        let months: BTreeSet<Month> = steps.iter().map(|step| step.page.bulletin.month()).collect();
        let months: Vec<Month> = months.into_iter().collect();
        let newest = *months.last().unwrap();
        // A day on which none of these months is over.
        let now = noon(&steps[0]) + Duration::hours(1);
        let mut contents = Vec::new();
        for seed in 0..2 {
            let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
            deployment.set_clock(now);
            let mut order = months.clone();
            if seed > 0 {
                let mut rng = Rng::with_seed(seed);
                order.extend(months.clone());
                rng.shuffle(&mut order);
                deployment.delivery.twice_and_shuffled = Some(rng);
            }
            for month in &order {
                let link = json!({"month": month, "path": page_path(*month)});
                send(&deployment, &json!({"link": link, "trace": "x"}).to_string()).await;
            }
            deployment.drain_pages().await;
            deployment.drain_stream().await;
            let mut told: BTreeMap<Month, BTreeSet<String>> = BTreeMap::new();
            for text in deployment.heard().await {
                let alert: Value = serde_json::from_str(&text).unwrap();
                let month: Month = alert["month"].as_str().unwrap().parse().unwrap();
                let is_new = told.entry(month).or_default().insert(text);
                assert!(is_new, "seed {seed}: told twice: {}", alert["id"]);
            }
            let stored = deployment.items().await;
            for month in &months {
                let record = &stored[&format!("BULLETIN#{} BULLETIN", month.first_day())];
                let came_in_order = record.contains("\"came_in_order\": \"Bool(true)\"");
                assert_eq!(
                    told.contains_key(month),
                    came_in_order,
                    "seed {seed}: {month} {record}"
                );
                if came_in_order {
                    assert!(
                        told[month].len() > 50,
                        "seed {seed}: {month}: {}",
                        told[month].len()
                    );
                }
            }
            if order[0] != newest {
                assert!(
                    told.contains_key(&newest),
                    "seed {seed}: the newest month is silent"
                );
            }
            contents.push(deployment.content().await);
            assert!(deployment.take_all(&deployment.dead_pages).await.is_empty());
        }
        assert!(contents[1] == contents[0]);
    });
}

/// A step's page without its second chart, which the parser refuses.
fn half_a_page(step: &Step, month: Month) -> Vec<u8> {
    let rows = step.page.bulletin.rows();
    let first_chart = rows.filter(|row| row.key.chart == Chart::FinalAction).cloned();
    let half = Bulletin::new(month, first_chart).unwrap();
    Page::new(half).unwrap().render().into_bytes()
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
        site.publish_html(refused_page, half_a_page(&steps[1], refused_page));
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
        // The same pages again: nothing is written to the data table. Each takes one read of the bulletin's
        // record and one note among the links.
        deployment.set_clock(deployment.now() + Duration::hours(5));
        let report = deployment.invoke("fetcher", &json!({})).unwrap();
        let pages = report["queued"].as_array().unwrap().len();
        assert!(pages > 0);
        proxy.calls();
        deployment.drain_pages().await;
        let calls = proxy.calls();
        println!("calls when nothing changed on {pages} pages: {calls:?}");
        assert_eq!(calls.values().sum::<usize>(), 2 * pages);
        assert!(!calls.contains_key("DynamoDB_20120810.TransactWriteItems"));
        assert!(!calls.contains_key("DynamoDB_20120810.BatchGetItem"));
    });
}
