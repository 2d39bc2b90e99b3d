//! Real pages, served on this machine, through the compiled Lambdas: the table then holds the printed
//! cut-offs.
#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::collections::BTreeMap;

use aws_harness::deployment::Deployment;
use aws_harness::emulator::Emulator;
use aws_harness::run;
use aws_harness::site::Site;
use aws_sdk_dynamodb::types::AttributeValue;
use bulletin::Month;
use end_to_end::oracle::Value;
use end_to_end::pages::{real_cells, real_pages, shared};
use serde_json::json;

/// The number of the newest bulletins, each of which takes a moment: a year, which includes a change of the fiscal
/// year.
const MONTHS: usize = 12;

/// The cells of the table, by month and key, as text: a date, `C`, `U`, or the unreadable text.
async fn stored(deployment: &Deployment) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    let mut from = None;
    loop {
        let scan = deployment.dynamo.scan().table_name(&deployment.tables.data);
        let answer = scan.set_exclusive_start_key(from).send().await.unwrap();
        for item in answer.items() {
            let text = |name: &str| match item.get(name) {
                Some(AttributeValue::S(text)) => text.as_str(),
                _ => "",
            };
            if text("filing_type").is_empty() {
                continue;
            }
            let value = match text("status") {
                "date" => text("date"),
                "current" => "C",
                "unavailable" => "U",
                _ => text("raw_value"),
            };
            let month = &text("bulletin_date")[..7];
            let key = format!(
                "{month} {} {} {}",
                text("filing_type"),
                text("category"),
                text("country")
            );
            cells.insert(key, value.to_owned());
        }
        from = answer.last_evaluated_key;
        if from.is_none() {
            return cells;
        }
    }
}

#[test]
fn what_stands_on_real_pages_is_what_the_table_holds() {
    let (Some(emulator), Some(bulletins)) = (Emulator::shared_ministack(), shared()) else {
        return;
    };
    run(async {
        let history = real_cells(&bulletins);
        let months: Vec<&String> = history.keys().rev().take(MONTHS).collect();
        let site = Site::default();
        for (month, page) in real_pages(&bulletins, months.iter().copied()) {
            site.publish_html(month, page);
        }
        let newest: Month = months[0].parse().unwrap();
        let mut deployment = Deployment::new(emulator, emulator.endpoint(), &site).await;
        let noon = format!("{}T12:00:00Z", newest.first_day());
        deployment.set_clock(noon.parse().unwrap());
        let wanted = json!({"from": months[MONTHS - 1], "to": months[0]});
        // First the newest page, then the backfill.
        for _ in 0..2 {
            deployment.invoke("fetcher", &wanted).unwrap();
            deployment.drain_pages().await;
            deployment.drain_stream().await;
        }
        let mut expected = BTreeMap::new();
        for month in months {
            for ((chart, category, area), value) in &history[month] {
                let text = match value {
                    Value::Readable(text) | Value::Unreadable(text) => text.clone(),
                    Value::Missing => String::new(),
                };
                expected.insert(format!("{month} {chart} {category} {area}"), text);
            }
        }
        let stored = stored(&deployment).await;
        println!("{} cells of {MONTHS} real pages", stored.len());
        for (key, value) in &expected {
            assert_eq!(stored.get(key), Some(value), "{key}");
        }
        assert_eq!(stored.len(), expected.len());
        assert!(deployment.heard().await.is_empty(), "a history alerts nobody");
        assert!(deployment.take_all(&deployment.dead_pages).await.is_empty());
    });
}
