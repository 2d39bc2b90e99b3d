//! Subscribers with filter policies on the emulator get exactly the alerts that an oracle predicts from the
//! cut-offs alone, over three years of bulletins and a correction. Policies come from `FilterPolicy`; alerts
//! are published as by the notifier, through `SnsTopics`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod expected;
mod standings;

use std::collections::BTreeMap;
use std::io::Write as _;

use aws::SnsTopics;
use aws_harness::emulator::Emulator;
use aws_harness::process::project;
use aws_harness::run;
use aws_sdk_sqs::types::{Message, QueueAttributeName};
use bulletin::{Alert, Area, Case, Category, ChangeKind, FilterPolicy, Subscription, When};
use chrono::NaiveDate;
use end_to_end::oracle::{History, Value, alerts_of_correction, alerts_of_new, read_cells};
use expected::{Expected, Told, read_line};
use pipeline::port::{Channel, Recipient};
use serde_json::json;
use standings::Standings;

/// The number of announced bulletins, each compared with the one before.
const MONTHS: usize = 36;
/// The categories whose alerts are published.
const CATEGORIES: [&str; 3] = ["EB2", "EB3", "EB4"];
const CORRECTED: (&str, &str, &str) = ("final_action", "EB3", "INDIA");

/// The cut-offs of every bulletin: of the real ones if they are available, else of the samples.
fn history() -> History {
    let beside = project().join("../shared");
    let shared = std::env::var_os("VISA_BULLETIN_SHARED").map_or(beside, std::path::PathBuf::from);
    let real = shared.join("bulletins/cutoffs.csv");
    let csv = std::fs::read_to_string(real).unwrap_or_else(|_| {
        // Not `eprintln!`: the test runner captures its output.
        let _ = writeln!(
            std::io::stderr(),
            "../shared is not here: the shipped history is played instead"
        );
        std::fs::read_to_string(project().join("data/cutoffs.csv")).unwrap()
    });
    let history = read_cells(&csv);
    let first = history.len().saturating_sub(MONTHS + 1);
    history.into_iter().skip(first).collect()
}

type Rule = Box<dyn Fn(&Expected) -> bool>;

/// A subscriber with a separate queue: its topic, its policy, and the oracle's rule for it.
struct Subscriber {
    name: &'static str,
    topic: Option<Category>,
    policy: Option<String>,
    rule: Rule,
    url: String,
}

fn subscription(
    area: &str,
    category: &str,
    when: &str,
    date: Option<&str>,
    chart: Option<&str>,
) -> Subscription {
    Subscription {
        case: Case {
            category: category.parse().unwrap(),
            area: area.parse::<Area>().unwrap(),
        },
        priority_date: date.map(|date| date.parse().unwrap()),
        when: when.parse().unwrap(),
        chart: chart.map(|chart| chart.parse().unwrap()),
    }
}

fn subscriber(name: &'static str, subscriptions: &[Subscription], rule: Rule) -> Subscriber {
    Subscriber {
        name,
        topic: Some(subscriptions[0].case.category),
        policy: FilterPolicy::of(subscriptions).unwrap().json(),
        rule,
        url: String::new(),
    }
}

/// The first predicted alert that meets this condition.
fn find(expected: &[Expected], wanted: impl Fn(&Expected) -> bool) -> Expected {
    expected.iter().find(|one| wanted(one)).unwrap().clone()
}

fn day(text: &str, days: i64) -> String {
    (text.parse::<NaiveDate>().unwrap() + chrono::Duration::days(days)).to_string()
}

/// The subscribers, for dates that the played bulletins cross.
fn subscribers(expected: &[Expected]) -> Vec<Subscriber> {
    let advance = find(expected, |one| {
        one.category == "EB3"
            && one.area == "INDIA"
            && one.charts[0].movement == "advanced"
            && !one.correction
    });
    let reached = advance.charts[0].to.clone();
    let (before, after) = (day(&reached, -1), day(&reached, 1));
    let back = find(expected, |one| {
        CATEGORIES[..2].contains(&one.category.as_str()) && one.charts[0].movement == "retrogressed"
    });
    let (back_category, back_area) = (back.category.clone(), back.area.clone());
    let lost = back.charts[0].to.clone();
    let crosses = |date: &str, name| {
        let of = subscription("INDIA", "EB3", "current", Some(date), Some("final_action"));
        let date = date.to_owned();
        let rule = move |one: &Expected| {
            let chart = &one.charts[0];
            one.is_for("EB3", "INDIA")
                && (chart.misprinted() || chart.passes(&date) || chart.goes_back(&date))
        };
        subscriber(name, &[of], Box::new(rule))
    };
    let moves = |one: &Expected| one.correction || one.charts.iter().any(Told::moved);
    let beside = [&before, &reached, &after].map(|date| advance.charts[0].passes(date));
    assert_eq!(beside, [true, false, false], "the cut-off itself is not current");
    let near = day(&reached, 30);
    let numbers = json!({
        "area": ["INDIA"],
        "final_action_before": [{"numeric": ["<=", bulletin::attribute::day_number(before.parse().unwrap())]}],
        "final_action_after": [{"numeric": [">", bulletin::attribute::day_number(before.parse().unwrap())]}],
    });
    let mut all = vec![
        subscriber(
            "a case",
            &[subscription("INDIA", "EB3", "every", None, None)],
            Box::new(|one| one.is_for("EB3", "INDIA")),
        ),
        subscriber(
            "a country without a column",
            &[subscription("BRAZIL", "EB3", "moves", None, None)],
            Box::new(move |one| one.is_for("EB3", "BRAZIL") && moves(one)),
        ),
        subscriber(
            "one chart",
            &[subscription(
                "INDIA",
                "EB3",
                "moves",
                None,
                Some("dates_for_filing"),
            )],
            Box::new(|one| one.is_for("EB3", "INDIA") && one.charts[1].moved()),
        ),
        crosses(&before, "the day before the cut-off"),
        crosses(&reached, "the day of the cut-off"),
        crosses(&after, "the day after the cut-off"),
        subscriber(
            "goes back",
            &[subscription(
                &back_area,
                &back_category,
                "goes-back",
                Some(&lost),
                None,
            )],
            {
                let (category, area) = (back_category.clone(), back_area.clone());
                Box::new(move |one| {
                    one.is_for(&category, &area)
                        && one
                            .charts
                            .iter()
                            .any(|chart| chart.misprinted() || chart.goes_back(&lost))
                })
            },
        ),
        subscriber(
            "retrogression only",
            &[subscription(
                &back_area,
                &back_category,
                "only:retrogressed",
                None,
                Some("final_action"),
            )],
            Box::new(move |one| {
                let chart = &one.charts[0];
                let told = chart.misprinted() || chart.movement == "retrogressed";
                one.is_for(&back_category, &back_area) && (told || (one.correction && chart.moved()))
            }),
        ),
        subscriber(
            "corrections only",
            &[subscription("INDIA", "EB3", "corrected", None, None)],
            Box::new(|one| one.is_for("EB3", "INDIA") && one.correction),
        ),
        subscriber(
            "within 60 days",
            &[subscription("INDIA", "EB3", "within:60d", Some(&near), None)],
            Box::new(move |one| {
                let told = |chart: &Told| {
                    let crosses = chart.passes(&near) || chart.goes_back(&near);
                    chart.misprinted() || crosses || chart.comes_near(&near, 60)
                };
                one.is_for("EB3", "INDIA") && one.charts.iter().any(told)
            }),
        ),
        subscriber(
            "two cases merged",
            &[
                subscription("CHINA", "EB3", "moves", None, None),
                subscription("INDIA", "EB3", "passes", Some(&before), Some("final_action")),
            ],
            {
                let date = before.clone();
                Box::new(move |one| {
                    let chart = &one.charts[0];
                    let passes = chart.misprinted() || chart.passes(&date);
                    (one.is_for("EB3", "CHINA") && moves(one)) || (one.is_for("EB3", "INDIA") && passes)
                })
            },
        ),
    ];
    all.push(Subscriber {
        name: "a policy written by hand with numbers",
        topic: Some(Category::Eb3),
        policy: Some(numbers.to_string()),
        rule: Box::new(move |one| one.is_for("EB3", "INDIA") && one.charts[0].passes(&before)),
        url: String::new(),
    });
    for (name, when) in [
        ("whole bulletins", When::Every),
        ("corrected bulletins", When::Corrected),
    ] {
        all.push(Subscriber {
            name,
            topic: None,
            policy: FilterPolicy::of_bulletins(when).unwrap().json(),
            rule: Box::new(|_| false),
            url: String::new(),
        });
    }
    all
}

/// Creates a queue, and subscribes it to the topic with the policy.
async fn subscribe(emulator: &Emulator, topics: &SnsTopics, subscriber: &mut Subscriber) {
    let (sns, sqs) = clients(emulator);
    let name = format!("filters-{}", subscriber.name.replace(' ', "-"));
    let url = sqs
        .create_queue()
        .queue_name(name)
        .send()
        .await
        .unwrap()
        .queue_url
        .unwrap();
    let attributes = sqs.get_queue_attributes().queue_url(&url);
    let attributes = attributes
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .unwrap();
    let arn = attributes.attributes.unwrap()[&QueueAttributeName::QueueArn].clone();
    let mut request = sns
        .subscribe()
        .topic_arn(topics.arn(subscriber.topic))
        .protocol("sqs")
        .endpoint(arn)
        .attributes("RawMessageDelivery", "true");
    if let Some(policy) = &subscriber.policy {
        request = request.attributes("FilterPolicy", policy);
    }
    request.send().await.unwrap();
    subscriber.url = url;
}

fn clients(emulator: &Emulator) -> (aws_sdk_sns::Client, aws_sdk_sqs::Client) {
    let config = emulator.config();
    (
        aws_sdk_sns::Client::new(&config),
        aws_sdk_sqs::Client::new(&config),
    )
}

async fn received(sqs: &aws_sdk_sqs::Client, url: &str) -> Vec<Message> {
    let mut all = Vec::new();
    loop {
        let request = sqs.receive_message().queue_url(url).max_number_of_messages(10);
        let messages = request.message_attribute_names("All").send().await.unwrap();
        match messages.messages {
            Some(messages) if !messages.is_empty() => all.extend(messages),
            _ => return all,
        }
    }
}

/// Plays each month in order and one of them twice: the alerts, and the oracle's predictions.
fn play() -> (Vec<Alert>, Vec<Expected>, Vec<String>) {
    let history = history();
    let months: Vec<&String> = history.keys().collect();
    let corrected = months[months.len() / 2];
    let cell = (
        CORRECTED.0.to_owned(),
        CORRECTED.1.to_owned(),
        CORRECTED.2.to_owned(),
    );
    let mut first = history[corrected].clone();
    first.insert(cell, Value::Readable("1999-09-09".into()));

    let mut program = Standings::default();
    let mut stored = History::new();
    let (mut alerts, mut expected, mut summaries) = (Vec::new(), Vec::new(), Vec::new());
    let mut expect = |lines: Vec<String>, stored: &History| {
        let cases = lines.iter().filter(|line| !line.contains("whole bulletin"));
        expected.extend(cases.map(|line| read_line(line, stored)));
    };
    for (month, cells) in &history {
        let is_corrected = month == corrected;
        let printed = if is_corrected { &first } else { cells };
        stored.insert(month.clone(), printed.clone());
        if stored.len() > 1 {
            summaries.push(format!("BULLETIN#{month}#0"));
        }
        alerts.extend(program.alerts(standings::bulletin(month, printed), ChangeKind::NewMonth));
        expect(alerts_of_new(&stored, month), &stored);
        if is_corrected {
            stored.insert(month.clone(), cells.clone());
            alerts.extend(program.alerts(standings::bulletin(month, cells), ChangeKind::Correction));
            expect(alerts_of_correction(&stored, month, &first), &stored);
            summaries.push(format!("BULLETIN#{month}#1"));
        }
    }
    (alerts, expected, summaries)
}

#[test]
fn each_subscriber_hears_what_the_oracle_predicts() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    let (alerts, expected, summaries) = play();
    let published = |alert: &&Alert| {
        alert
            .case()
            .is_none_or(|case| CATEGORIES.contains(&case.category.code()))
    };
    let alerts: Vec<Alert> = alerts.into_iter().filter(|alert| published(&alert)).collect();
    let by_id: BTreeMap<String, &Alert> = alerts
        .iter()
        .map(|alert| (alert.id().to_string(), alert))
        .collect();
    run(async {
        let (sns, sqs) = clients(emulator);
        let mut prefix = String::new();
        for name in CATEGORIES.into_iter().chain(["BULLETINS"]) {
            let created = sns
                .create_topic()
                .name(format!("filters-{name}"))
                .send()
                .await
                .unwrap();
            prefix = created.topic_arn.unwrap().strip_suffix(name).unwrap().to_owned();
        }
        let topics = SnsTopics::new(sns, prefix);
        let mut subscribers = subscribers(&expected);
        for subscriber in &mut subscribers {
            subscribe(emulator, &topics, subscriber).await;
        }
        let recipient = Recipient {
            key: "SNS".into(),
            handle: 0,
        };
        for some in alerts.chunks(100) {
            let sending: Vec<(&Alert, &Recipient)> = some.iter().map(|alert| (alert, &recipient)).collect();
            for sent in topics.send_group(&sending).await {
                sent.unwrap();
            }
        }
        for subscriber in &subscribers {
            let messages = received(&sqs, &subscriber.url).await;
            let mut heard: Vec<String> = Vec::new();
            for message in &messages {
                let json: serde_json::Value = serde_json::from_str(message.body().unwrap()).unwrap();
                let id = json["id"].as_str().unwrap().to_owned();
                assert_attributes(message, by_id[&id], &json);
                heard.push(id);
            }
            let mut predicted: Vec<String> = match (subscriber.topic, &subscriber.policy) {
                (Some(_), _) => expected
                    .iter()
                    .filter(|one| (subscriber.rule)(one))
                    .map(Expected::id)
                    .collect(),
                (None, None) => summaries.clone(),
                (None, Some(_)) => summaries
                    .iter()
                    .filter(|id| id.ends_with("#1"))
                    .cloned()
                    .collect(),
            };
            heard.sort_unstable();
            predicted.sort_unstable();
            let name = subscriber.name;
            assert!(
                !predicted.is_empty(),
                "{name}: nothing is predicted, so that nothing is tested"
            );
            assert_eq!(heard, predicted, "{name}: {:?}", subscriber.policy);
            let _ = writeln!(
                std::io::stderr(),
                "{name}: {} of {} alerts",
                heard.len(),
                alerts.len()
            );
        }
    });
}

/// Asserts that a message has the alert's attributes with the right types, and that the JSON repeats them.
fn assert_attributes(message: &Message, alert: &Alert, json: &serde_json::Value) {
    let attributes = message.message_attributes().unwrap();
    let expected = alert.attributes();
    assert_eq!(attributes.len(), expected.len());
    assert!(expected.len() <= 10);
    for (name, value) in expected {
        let found = &attributes[name];
        assert_eq!(found.data_type(), value.data_type(), "{name}");
        assert_eq!(found.string_value(), Some(value.text().as_str()), "{name}");
        let repeated = &json["attributes"][name];
        let repeated = repeated
            .as_str()
            .map_or_else(|| repeated.to_string(), str::to_owned);
        assert_eq!(repeated, value.text(), "{name}");
    }
}
