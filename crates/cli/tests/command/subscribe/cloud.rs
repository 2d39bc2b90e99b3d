//! A deployment's topics on an emulator, the command against them, and alerts to publish there. Start with
//! [`Cloud`].

use std::collections::BTreeMap;
use std::process::Command;

use aws::SnsTopics;
use aws_harness::emulator::Emulator;
use aws_harness::run;
use bulletin::{
    Alert, Area, Bulletin, Case, CaseAlert, Category, Chart, Month, Neighbours, RawCell, Reading, Row,
    RowKey, Standing, changes,
};
use pipeline::port::{Channel, Recipient};
use serde_json::Value;

use super::PREFIX;
use crate::tool::{Answer, Folder, answer};

/// A deployment's topics on a separate emulator, and a queue.
pub(super) struct Cloud {
    pub(super) emulator: Emulator,
    pub(super) folder: Folder,
    queue: String,
}

impl Cloud {
    pub(super) fn new() -> Option<Self> {
        let emulator = Emulator::ministack()?;
        let queue = run(async {
            let config = emulator.config();
            let sns = aws_sdk_sns::Client::new(&config);
            let others = ["VisaBulletin-test-operator", "somebody-elses-BULLETINS"];
            let own = ["EB2", "EB3", "BULLETINS"].map(|code| format!("VisaBulletin-test-alerts-{code}"));
            for name in others.into_iter().map(str::to_owned).chain(own) {
                sns.create_topic().name(name).send().await.unwrap();
            }
            let sqs = aws_sdk_sqs::Client::new(&config);
            sqs.create_queue()
                .queue_name("alerts")
                .send()
                .await
                .unwrap()
                .queue_url
                .unwrap()
        });
        Some(Self {
            emulator,
            folder: Folder::new(),
            queue,
        })
    }

    pub(super) fn command(&self, args: &[&str]) -> Command {
        command(&self.folder, &self.emulator.endpoint(), args)
    }

    pub(super) fn bulletin(&self, args: &[&str]) -> Answer {
        answer(self.command(args))
    }

    /// The listed subscriptions, of the queue or of others; the first case of each.
    pub(super) fn listed(&self) -> Vec<Value> {
        let listed = self
            .bulletin(&["subscriptions", "--format", "json"])
            .exits(0)
            .json();
        let mut listed = listed.as_array().unwrap().clone();
        listed.dedup_by_key(|one| (one["topic"].clone(), one["endpoint"].clone()));
        listed
    }

    pub(super) fn policy(&self) -> Value {
        run(async {
            let sns = aws_sdk_sns::Client::new(&self.emulator.config());
            let all = sns.list_subscriptions().send().await.unwrap();
            let arn = all.subscriptions()[0].subscription_arn().unwrap();
            let answer = sns
                .get_subscription_attributes()
                .subscription_arn(arn)
                .send()
                .await
                .unwrap();
            serde_json::from_str(&answer.attributes().unwrap()["FilterPolicy"]).unwrap()
        })
    }

    /// Publishes these alerts like the notifier, and returns the ids of the messages in the queue.
    pub(super) fn heard(&self, alerts: &[Alert]) -> Vec<String> {
        run(async {
            let config = self.emulator.config();
            let topics = SnsTopics::new(aws_sdk_sns::Client::new(&config), PREFIX);
            let recipient = Recipient {
                key: "SNS".into(),
                handle: 0,
            };
            for alert in alerts {
                topics.send_alert(alert, &recipient).await.unwrap();
            }
            let sqs = aws_sdk_sqs::Client::new(&config);
            let mut heard = Vec::new();
            loop {
                let request = sqs
                    .receive_message()
                    .queue_url(&self.queue)
                    .max_number_of_messages(10);
                let messages = request.send().await.unwrap().messages.unwrap_or_default();
                if messages.is_empty() {
                    heard.sort();
                    return heard;
                }
                for message in messages {
                    let alert: Value = serde_json::from_str(message.body().unwrap()).unwrap();
                    heard.push(alert["id"].as_str().unwrap().to_owned());
                    let handle = message.receipt_handle().unwrap();
                    sqs.delete_message()
                        .queue_url(&self.queue)
                        .receipt_handle(handle)
                        .send()
                        .await
                        .unwrap();
                }
            }
        })
    }
}

pub(super) fn command(folder: &Folder, endpoint: &str, args: &[&str]) -> Command {
    let mut command = folder.command(args);
    command.env_clear();
    command
        .args(["--endpoint-url", endpoint, "--region", "us-east-1"])
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", folder.path(""));
    command
}

/// The alert of a bulletin in which one cell of EB-3 moves from one cut-off to another.
fn alert(area: Area, from: &str, to: &str) -> Alert {
    let case = Case {
        category: Category::Eb3,
        area,
    };
    let bulletin = |month: &str, cut_off: &str| {
        let rows = [Area::ALL, Area::CHINA, Area::INDIA].into_iter().map(|column| {
            let value = if column == area { cut_off } else { "2015-01-01" };
            Row {
                key: RowKey {
                    chart: Chart::FinalAction,
                    category: Category::Eb3,
                    area: column,
                },
                reading: Reading::CutOff(value.parse().unwrap()),
                raw: RawCell {
                    category: "3rd".into(),
                    area: column.code().into(),
                    value: value.into(),
                },
            }
        });
        Bulletin::new(month.parse().unwrap(), rows).unwrap()
    };
    let (first, second) = (bulletin("2026-11", from), bulletin("2026-12", to));
    let loaded = BTreeMap::from([(first.month(), first.clone())]);
    let neighbours = |previous: Option<Month>| Neighbours {
        previous,
        next: None,
        loaded: &loaded,
        next_news: None,
        over: Neighbours::NONE_OVER,
        history: false,
    };
    let before = Standing::after(None, case, &first, neighbours(None)).unwrap();
    let after = Standing::after(before.as_ref(), case, &second, neighbours(Some(first.month()))).unwrap();
    let change = changes(before.as_ref(), &after.unwrap()).pop().unwrap();
    Alert::Case(CaseAlert {
        change,
        page: "https://example.com/bulletin".into(),
    })
}

/// The alerts that are published in each test: India advances without reaching the date, passes it, and moves back;
/// China and all others advance.
pub(super) fn alerts() -> [Alert; 5] {
    [
        alert(Area::INDIA, "2012-01-01", "2012-02-01"),
        alert(Area::INDIA, "2013-03-01", "2013-04-01"),
        alert(Area::INDIA, "2013-04-01", "2013-03-15"),
        alert(Area::CHINA, "2016-01-01", "2016-02-01"),
        alert(Area::ALL, "2020-01-01", "2020-02-01"),
    ]
}
