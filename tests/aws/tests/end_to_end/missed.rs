//! Missing columns, skipped months and two new months on one day, on the compiled Lambdas and on one machine.

use aws_harness::deployment::Deployment;
use aws_harness::emulator::Emulator;
use aws_harness::play::{deployment, expected_alerts, heard_alerts, noon};
use aws_harness::run;
use aws_harness::site::Site;
use bulletin::{Area, Bulletin, Chart, Month, Preference, Row, RowKey};
use bulletin_samples::site::{self, Step};
use bulletin_samples::{Layout, Page};
use chrono::Duration;
use serde_json::{Value, json};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// A month's page on a day.
fn step(day: &str, bulletin: Bulletin) -> Step {
    Step {
        folder: day.into(),
        as_of: day.parse().unwrap(),
        page: Page::new(bulletin).unwrap(),
    }
}

fn sample(text: &str) -> Bulletin {
    site::bulletin(month(text)).unwrap()
}

/// The sample of a month with this Final Action Date of EB-3 India.
fn saying(text: &str, cut_off: &str) -> Bulletin {
    let key = RowKey {
        chart: Chart::FinalAction,
        category: "EB3".parse().unwrap(),
        area: Area::INDIA,
    };
    let layout = Layout::of(month(text)).unwrap();
    let other = layout.row(month(text), key, cut_off.parse().unwrap());
    let sample = sample(text);
    let rows = sample.rows().filter(|row| row.key != key).cloned();
    Bulletin::new(month(text), rows.chain([other])).unwrap()
}

fn without_india(text: &str) -> Bulletin {
    let is_lost = |row: &&Row| {
        row.key.chart == Chart::FinalAction
            && row.key.area == Area::INDIA
            && row.key.category.preference() == Preference::Employment
    };
    let sample = sample(text);
    let rows: Vec<Row> = sample.rows().filter(|row| !is_lost(row)).cloned().collect();
    Bulletin::new(month(text), rows).unwrap()
}

/// Plays the pages on both sides and compares all alerts. Returns the alerts of a case, by month.
async fn play(emulator: &Emulator, steps: &[Step], case: [&str; 2]) -> Vec<(String, Value)> {
    let expected = expected_alerts(steps).await;
    let site = Site::default();
    let mut deployment: Deployment = deployment(emulator, emulator.endpoint(), &site, steps).await;
    let heard = heard_alerts(&mut deployment, &site, steps).await;
    assert!(heard == expected, "{} alerts for {}", heard.len(), expected.len());
    assert!(deployment.take_all(&deployment.dead_pages).await.is_empty());
    let alerts = heard
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).unwrap());
    alerts
        .filter(|alert| [&alert["case"]["category"], &alert["case"]["area"]] == case)
        .map(|alert| (alert["month"].as_str().unwrap().to_owned(), alert))
        .collect()
}

#[test]
fn a_lost_column_is_unreadable_and_after_repeats_before() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = [
            step("2024-05-11", sample("2024-05")),
            step("2024-05-12", sample("2024-06")),
            step("2024-06-12", without_india("2024-07")),
        ];
        let alerts = play(emulator, &steps, ["EB2", "INDIA"]).await;
        let (_, july) = alerts.iter().find(|(month, _)| month == "2024-07").unwrap();
        let chart = &july["charts"]["final_action"];
        assert_eq!(chart["movement"], "unreadable");
        assert_eq!(chart["after"]["missing"], "column");
        let attributes = &july["attributes"];
        assert_eq!(
            attributes["final_action_after"],
            attributes["final_action_before"]
        );
        let movement = attributes["movement"].as_array().unwrap();
        assert!(movement.contains(&json!("final_action:unreadable")));
    });
}

#[test]
fn a_crossing_in_a_skipped_month_reaches_its_band_of_subscribers() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = [
            step("2024-02-10", sample("2024-02")),
            step("2024-04-11", sample("2024-04")),
            step("2024-07-03", saying("2024-05", "2013-01-01")),
            step("2024-07-04", saying("2024-06", "2013-01-01")),
            step("2024-07-05", saying("2024-07", "2013-01-01")),
        ];
        let alerts = play(emulator, &steps, ["EB3", "INDIA"]).await;
        let months: Vec<&str> = alerts.iter().map(|(month, _)| month.as_str()).collect();
        assert_eq!(months, ["2024-04", "2024-07"]);
        let july = &alerts[1].1;
        assert_eq!(july["charts"]["final_action"]["before"]["month"], "2024-04");
        let crossed = july["attributes"]["crossed"].as_array().unwrap();
        assert!(
            crossed.contains(&json!("final_action:forward:2012-12")),
            "{crossed:?}"
        );
    });
}

#[test]
fn two_new_months_on_one_day_are_both_reported_although_the_later_is_stored_first() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = [
            step("2024-03-11", sample("2024-04")),
            step("2024-05-10", saying("2024-06", "2013-02-01")),
            step("2024-05-11", saying("2024-05", "2013-01-01")),
        ];
        let alerts = play(emulator, &steps, ["EB3", "INDIA"]).await;
        let mut months: Vec<&str> = alerts.iter().map(|(month, _)| month.as_str()).collect();
        months.sort_unstable();
        assert_eq!(months, ["2024-05", "2024-06"]);
        for (_, alert) in &alerts {
            assert_eq!(alert["charts"]["final_action"]["before"]["month"], "2024-04");
        }
    });
}

#[test]
fn a_page_that_is_listed_and_missing_is_reported_as_missing() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = [step("2024-04-11", sample("2024-04"))];
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        heard_alerts(&mut deployment, &site, &steps).await;
        site.list_without_page(month("2024-05"));
        deployment.set_clock(noon(&steps[0]) + Duration::hours(6));
        deployment.look().await;
        let report = deployment.invoke("fetcher", &json!({})).unwrap();
        assert!(
            report["missing"].as_array().unwrap().contains(&json!("2024-05")),
            "{report}"
        );
    });
}

#[test]
fn a_page_that_alternates_causes_at_most_one_correction() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    run(async {
        let steps = [
            step("2024-04-10", sample("2024-04")),
            step("2024-04-11", sample("2024-05")),
        ];
        let site = Site::default();
        let mut deployment = deployment(emulator, emulator.endpoint(), &site, &steps).await;
        heard_alerts(&mut deployment, &site, &steps).await;
        let versions = [sample("2024-05"), saying("2024-05", "2013-01-01")];
        let mut corrections = 0;
        for poll in 1..16 {
            site.publish(&Page::new(versions[poll % 2].clone()).unwrap());
            deployment.set_clock(deployment.now() + Duration::hours(5));
            deployment.look().await;
            for text in deployment.heard().await {
                let alert: Value = serde_json::from_str(&text).unwrap();
                let is_summary = alert["alert"] == "bulletin" && alert["kind"] == "correction";
                corrections += usize::from(is_summary);
            }
        }
        assert!(corrections <= 1, "{corrections} corrections");
        let items = deployment.items().await;
        let record = &items["BULLETIN#2024-05-01 BULLETIN"];
        assert!(record.contains("returns"), "{record}");
    });
}
