//! Subscriptions on AWS: the command against the emulator, and what it refuses before anybody is asked.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};

use aws::SnsTopics;
use aws_tests::emulator::Emulator;
use aws_tests::http::{Response, Server};
use aws_tests::run;
use bulletin::{
    Alert, Area, Bulletin, Case, CaseAlert, Category, Chart, Month, Neighbours, RawCell, Reading, Row,
    RowKey, Standing, changes,
};
use pipeline::port::{AlertSink, Recipient};
use serde_json::Value;

use crate::tool::{Answer, Folder, answer};

const PREFIX: &str = "arn:aws:sns:us-east-1:000000000000:VisaBulletin-test-alerts-";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:alerts";
/// Addresses that nobody has.
const PHONE: &str = "+12025550100";
const MAILBOX: &str = "anna.b@example.com";

/// A deployment's topics on an emulator of their own, and a queue.
struct Cloud {
    emulator: Emulator,
    folder: Folder,
    queue: String,
}

impl Cloud {
    fn new() -> Option<Self> {
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

    fn command(&self, args: &[&str]) -> Command {
        command(&self.folder, &self.emulator.endpoint(), args)
    }

    fn bulletin(&self, args: &[&str]) -> Answer {
        answer(self.command(args))
    }

    /// What the queue is subscribed to, or somebody else.
    fn listed(&self) -> Vec<Value> {
        let listed = self
            .bulletin(&["subscriptions", "--format", "json"])
            .exits(0)
            .json();
        listed.as_array().unwrap().clone()
    }

    fn policy(&self) -> Value {
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

    /// Publishes these as the notifier does, and gives the ids of what arrives in the queue.
    fn heard(&self, alerts: &[Alert]) -> Vec<String> {
        run(async {
            let config = self.emulator.config();
            let topics = SnsTopics::new(aws_sdk_sns::Client::new(&config), PREFIX);
            let recipient = Recipient {
                key: "SNS".into(),
                handle: 0,
            };
            for alert in alerts {
                topics.send(alert, &recipient).await.unwrap();
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

fn command(folder: &Folder, endpoint: &str, args: &[&str]) -> Command {
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

/// The alert of a bulletin in which one cell of EB-3 goes from one cut-off to another.
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
    };
    let before = Standing::after(None, case, &first, neighbours(None)).unwrap();
    let after = Standing::after(before.as_ref(), case, &second, neighbours(Some(first.month()))).unwrap();
    let change = changes(before.as_ref(), &after.unwrap()).pop().unwrap();
    Alert::Case(CaseAlert {
        change,
        page: "https://example.com/bulletin".into(),
    })
}

/// The alerts that are published in each test: India advances and does not reach the date, passes it, and goes back;
/// China and all others advance.
fn alerts() -> [Alert; 5] {
    [
        alert(Area::INDIA, "2012-01-01", "2012-02-01"),
        alert(Area::INDIA, "2013-03-01", "2013-04-01"),
        alert(Area::INDIA, "2013-04-01", "2013-03-15"),
        alert(Area::CHINA, "2016-01-01", "2016-02-01"),
        alert(Area::ALL, "2020-01-01", "2020-02-01"),
    ]
}

#[test]
fn a_queue_hears_what_it_is_subscribed_to_and_no_more() {
    let Some(cloud) = Cloud::new() else { return };
    let india = "CATEGORY#EB3#COUNTRY#INDIA#2026-12#0";
    let china = "CATEGORY#EB3#COUNTRY#CHINA#2026-12#0";
    let to = ["--sqs", QUEUE];
    let date = ["--priority-date", "2013-03-15"];

    let subscribe = [
        "subscribe",
        to[0],
        to[1],
        "--category",
        "EB3",
        "--country",
        "India",
        date[0],
        date[1],
    ];
    cloud.bulletin(&[&subscribe[..], &["--when", "current"]].concat()).exits(0).prints(&[
        "sqs ***:alerts is subscribed to EB-3",
        "EB-3 India, priority date 15 Mar 2013, told when the date comes to be served, or is served no more",
        "\"final_action:forward:2013-03-15\"",
        "2 of 5 keys, 18 of 150 combinations",
        "Of 200 subscriptions with a filter policy that AWS allows a topic by default, EB-3 has 1",
        "Confirmed",
        "15 minutes",
        "sqs:SendMessage",
        "An example, with invented dates",
        "\"headline\"",
    ]);
    assert_eq!(cloud.heard(&alerts()), [india, india], "it passes, and goes back");

    // The same again changes nothing; another case is merged.
    cloud
        .bulletin(&[&subscribe[..], &["--when", "current"]].concat())
        .exits(0)
        .prints(&["Nothing is changed", "Nothing was done"]);
    let china_moves = ["subscribe", to[0], to[1], "eb-3", "mainland China"];
    cloud.bulletin(&china_moves).exits(0).prints(&[
        "The filter policy of sqs ***:alerts for EB-3 is changed",
        "- EB-3 China (mainland born), told of whatever moves",
        "- EB-3 India, priority date 15 Mar 2013, told when",
        "EB-3 has 1 at most",
    ]);
    assert_eq!(cloud.heard(&alerts()), [china, india, india]);
    assert_eq!(cloud.listed().len(), 1);

    // What it does not wait for is not taken away; what it does is, alone.
    let unsubscribe = ["unsubscribe", to[0], to[1], "EB3", "India"];
    cloud
        .bulletin(&[&unsubscribe[..], &["--when", "moves", "--yes"]].concat())
        .exits(1)
        .says(&[
            "does not wait for that",
            "EB3 INDIA --when current --priority-date 2013-03-15",
        ]);
    cloud.bulletin(&unsubscribe).exits(2).says(&["--yes"]);
    assert_eq!(cloud.heard(&alerts()).len(), 3);
    cloud
        .bulletin(&[&unsubscribe[..], &["--yes"]].concat())
        .exits(0)
        .prints(&[
            "no more of EB-3 India",
            "still EB-3 China (mainland born), told of whatever moves",
            "15 minutes",
        ]);
    assert_eq!(cloud.heard(&alerts()), [china]);
    cloud
        .bulletin(&["unsubscribe", to[0], to[1], "EB3", "China", "--yes"])
        .exits(0)
        .prints(&["its subscription to EB-3 ends"]);
    assert!(cloud.heard(&alerts()).is_empty());
    assert!(cloud.listed().is_empty());
    cloud
        .bulletin(&["unsubscribe", to[0], to[1], "EB3", "China", "--yes"])
        .exits(1)
        .says(&["is not subscribed there"]);
}

#[test]
fn a_dry_run_does_nothing() {
    let Some(cloud) = Cloud::new() else { return };
    let dry = |area: &str| {
        cloud
            .bulletin(&["subscribe", "--sqs", QUEUE, "EB3", area, "--dry-run"])
            .exits(0)
    };
    dry("India").prints(&[
        "would be subscribed to EB-3",
        "Nothing was done",
        "1 with this one",
    ]);
    assert!(cloud.listed().is_empty());
    cloud
        .bulletin(&["subscribe", "--sqs", QUEUE, "EB3", "India"])
        .exits(0);
    let policy = cloud.policy();
    dry("Mexico").prints(&[
        "would change",
        "- EB-3 Mexico",
        "- EB-3 India",
        "Nothing was done",
    ]);
    assert_eq!(cloud.policy(), policy);
    let log = cloud.folder.path("consent.jsonl");
    cloud
        .bulletin(&[
            "subscribe",
            "--sms",
            PHONE,
            "EB3",
            "India",
            "--consent",
            "said yes",
            "--consent-log",
            "consent.jsonl",
            "--dry-run",
        ])
        .exits(0);
    assert!(!log.exists());
    assert_eq!(cloud.listed().len(), 1);
}

#[test]
fn what_cannot_be_merged_is_refused_with_the_reason() {
    let Some(cloud) = Cloud::new() else { return };
    let subscribe = |area: &str, date: &str| {
        let args = [
            "subscribe",
            "--sqs",
            QUEUE,
            "EB3",
            area,
            "--priority-date",
            date,
            "--when",
            "passes",
        ];
        cloud.bulletin(&args)
    };
    subscribe("India", "2013-03-15").exits(0);
    subscribe("China", "2016-01-01").exits(0);
    let policy = cloud.policy();
    subscribe("Mexico", "2020-01-01").exits(2).says(&[
        "***:alerts waits for EB3 CHINA --when passes --priority-date 2016-01-01 and EB3 INDIA",
        "6 keys of a filter policy, and SNS allows 5",
    ]);
    assert_eq!(cloud.policy(), policy);
    // Another category has a topic, and a policy, of its own.
    cloud
        .bulletin(&["subscribe", "--sqs", QUEUE, "EB2", "Mexico"])
        .exits(0);
    assert_eq!(cloud.listed().len(), 2);

    // What somebody else wrote stays as it is.
    run(async {
        let sns = aws_sdk_sns::Client::new(&cloud.emulator.config());
        let subscribe = sns.subscribe().topic_arn(format!("{PREFIX}EB3")).protocol("sqs");
        let by_hand = subscribe
            .endpoint(format!("{QUEUE}2"))
            .attributes("FilterPolicy", r#"{"month":["2026-12"]}"#);
        by_hand.send().await.unwrap();
    });
    cloud
        .bulletin(&["subscribe", "--sqs", &format!("{QUEUE}2"), "EB3", "India"])
        .exits(1)
        .says(&["did not write", r#"{"month":["2026-12"]}"#]);
}

#[test]
fn whole_bulletins_need_no_filter_policy() {
    let Some(cloud) = Cloud::new() else { return };
    cloud
        .bulletin(&["subscribe", "--email", MAILBOX, "--bulletins"])
        .exits(0)
        .prints(&[
            "subscribed to whole bulletins",
            "- a summary of every bulletin",
            "none is needed",
            "Subject: ",
        ]);
    let listed = cloud.listed();
    assert_eq!(listed[0]["topic"], "BULLETINS");
    cloud
        .bulletin(&["subscribe", "--email", MAILBOX, "EB3", "India"])
        .exits(0);
    cloud
        .bulletin(&[
            "unsubscribe",
            "--email",
            "ANNA.B@example.com",
            "--everything",
            "--yes",
        ])
        .exits(0)
        .prints(&[
            "its subscription to EB-3 ends",
            "its subscription to whole bulletins ends",
        ]);
    assert!(cloud.listed().is_empty());
}

#[test]
fn who_has_not_confirmed_is_left_alone() {
    let Some(cloud) = Cloud::new() else { return };
    // Nobody listens there.
    let hook = ["--https", "https://127.0.0.1:9/hook?key=secret"];
    let subscribe = ["subscribe", hook[0], hook[1], "EB3", "India"];
    cloud.bulletin(&subscribe).exits(0).prints(&[
        "https https://127.0.0.1:9/*** is subscribed",
        "Pending",
        "SubscribeURL",
    ]);
    assert_eq!(cloud.listed()[0]["state"], "pending");
    cloud
        .bulletin(&subscribe)
        .exits(1)
        .says(&["has not confirmed", "three days"]);
    cloud
        .bulletin(&["unsubscribe", hook[0], hook[1], "EB3", "India", "--yes"])
        .exits(1)
        .says(&["has not confirmed"]);
    assert_eq!(cloud.listed().len(), 1);
}

#[test]
fn the_list_masks_addresses_and_no_log_has_one() {
    let Some(cloud) = Cloud::new() else { return };
    let mut everything = String::new();
    let mut ask = |args: &[&str]| {
        let mut command = cloud.command(args);
        command.env("RUST_LOG", "trace");
        let told = answer(command).exits(0);
        everything.push_str(&format!("{}{}", told.out, told.err));
        told
    };
    ask(&[
        "subscribe",
        "--email",
        MAILBOX,
        "EB3",
        "India",
        "--when",
        "corrected",
        "--chart",
        "final",
    ]);
    ask(&[
        "subscribe",
        "--sms",
        PHONE,
        "EB3",
        "Brazil",
        "--consent",
        "asked on 2026-11-20, said yes",
        "--consent-log",
        "consent.jsonl",
    ])
    .prints(&[
        "sms +1******0100 is subscribed",
        "VisaBull> ",
        "Consent, to be kept",
    ])
    .says(&[
        "whether the number has opted out of SMS could not be checked",
        "whether this account is in the SMS sandbox could not be checked",
        "whether this account has a number to send SMS from could not be checked",
        "how much SMS may cost a month could not be checked",
        "STOP",
    ]);
    ask(&["subscriptions"]).prints(&[
        "a***@example.com",
        "+1******0100",
        "confirmed",
        "EB-3 Brazil, told of",
    ]);
    ask(&["subscriptions", "--format", "csv"]).prints(&[
        "topic,protocol,endpoint,state,waits_for",
        "EB3,email,a***@example.com,confirmed,\"EB-3 India, Final Action Dates only, told of corrections\"",
    ]);
    ask(&["subscriptions", "--format", "json"]);
    ask(&["unsubscribe", "--sms", PHONE, "EB3", "Brazil", "--yes"]);
    assert!(
        !everything.contains(PHONE) && !everything.contains(MAILBOX),
        "{everything}"
    );
    let shown = cloud.bulletin(&["subscriptions", "--show-endpoints"]).exits(0);
    shown.prints(&[MAILBOX]);

    // The record says which subscription, and not whose.
    let log = String::from_utf8(cloud.folder.read("consent.jsonl")).unwrap();
    let record: Value = serde_json::from_str(&log).unwrap();
    assert_eq!(record["consent"], "asked on 2026-11-20, said yes");
    assert!(
        record["subscription"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{PREFIX}EB3:"))
    );
    assert!(
        record["at"].as_str().unwrap().ends_with('Z') && !log.contains("0100"),
        "{log}"
    );
}

#[test]
fn a_deployment_that_is_not_there_is_named() {
    let Some(cloud) = Cloud::new() else { return };
    run(async {
        let sns = aws_sdk_sns::Client::new(&cloud.emulator.config());
        let other = sns.create_topic().name("VisaBulletin-dev-alerts-BULLETINS");
        other.send().await.unwrap();
    });
    cloud.bulletin(&["subscriptions"]).exits(1).says(&[
        "more than one deployment",
        "VisaBulletin-dev-alerts-",
        PREFIX,
        "--topic-prefix",
    ]);
    cloud
        .bulletin(&["subscriptions", "--topic-prefix", PREFIX])
        .exits(0)
        .prints(&["Nobody is subscribed"]);
    let none = PREFIX.replace("test", "prod");
    cloud
        .bulletin(&["subscriptions", "--topic-prefix", &none])
        .exits(1)
        .says(&["no topic", &none]);
    cloud
        .bulletin(&[
            "subscribe",
            "--email",
            MAILBOX,
            "EB3",
            "India",
            "--topic-prefix",
            &none,
        ])
        .exits(1)
        .says(&[&format!("{none}EB3 cannot be asked")]);
}

/// What SNS answers to the questions before an SMS, as its API reference has it.
fn sms_service(opted_out: bool, asked: Arc<Mutex<Vec<String>>>) -> Server {
    Server::start(move |request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let action = body
            .split('&')
            .find_map(|pair| pair.strip_prefix("Action="))
            .unwrap_or_default()
            .to_owned();
        let result = match action.as_str() {
            "CheckIfPhoneNumberIsOptedOut" => format!("<isOptedOut>{opted_out}</isOptedOut>"),
            "GetSMSSandboxAccountStatus" => "<IsInSandbox>true</IsInSandbox>".into(),
            "ListOriginationNumbers" => "<PhoneNumbers></PhoneNumbers>".into(),
            "GetSMSAttributes" => {
                "<attributes><entry><key>MonthlySpendLimit</key><value>1</value></entry></attributes>".into()
            }
            "ListSubscriptionsByTopic" => "<Subscriptions></Subscriptions>".into(),
            "Subscribe" => format!("<SubscriptionArn>{PREFIX}EB3:1</SubscriptionArn>"),
            other => panic!("nobody should ask {other}"),
        };
        asked.lock().unwrap().push(action.clone());
        let xml = format!(
            "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{action}Result>{result}</{action}Result></{action}Response>"
        );
        Response::new(200, xml)
    })
}

#[test]
fn what_stands_in_the_way_of_sms_is_said_and_who_said_stop_is_not_subscribed() {
    for opted_out in [true, false] {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let server = sms_service(opted_out, Arc::clone(&asked));
        let folder = Folder::new();
        let args = [
            "subscribe",
            "--sms",
            PHONE,
            "EB3",
            "India",
            "--consent",
            "said yes",
            "--topic-prefix",
            PREFIX,
        ];
        let told = answer(command(
            &folder,
            &format!("http://127.0.0.1:{}", server.port()),
            &args,
        ));
        let subscribed = asked.lock().unwrap().iter().any(|action| action == "Subscribe");
        assert_eq!(subscribed, !opted_out, "{told:?}");
        if opted_out {
            told.exits(1)
                .says(&["+1******0100 was opted out of SMS, by STOP. Nothing is subscribed"]);
        } else {
            told.exits(0).says(&[
                "the number has not opted out",
                "warning: this account is in the SMS sandbox",
                "warning: this account has no number to send SMS from",
                "SMS of this account may cost 1 US dollars a month",
            ]);
        }
    }
}

#[test]
fn bad_words_are_refused_before_anybody_is_asked() {
    let folder = Folder::new();
    let mail = ["--email", MAILBOX];
    let sms = ["--sms", PHONE];
    let case = ["EB3", "India"];
    let cases: [(&[&str], &str); 24] = [
        (&[], "required"),
        (&mail, "required"),
        (&case, "--email"),
        (&[mail[0], "anna", case[0], case[1]], "you@example.com"),
        (
            &["--sms", "2025550100", case[0], case[1], "--consent", "yes"],
            "E.164",
        ),
        (
            &["--sms", "+1 202 555 0100", case[0], case[1], "--consent", "yes"],
            "E.164",
        ),
        (&["--https", "http://example.com", case[0], case[1]], "https://"),
        (&["--sqs", "alerts", case[0], case[1]], "arn:aws:sqs"),
        (&[mail[0], mail[1], "EB7", "India"], "EB7"),
        (&[mail[0], mail[1], "EB3", "Inda"], "INDIA"),
        (&[mail[0], mail[1], "EB3"], "COUNTRY"),
        (
            &[mail[0], mail[1], "F2A", "el salvador guatemala honduras"],
            "Only the employment charts",
        ),
        (
            &[
                mail[0],
                mail[1],
                case[0],
                case[1],
                "--priority-date",
                "2099-01-01",
            ],
            "future",
        ),
        (
            &[
                mail[0],
                mail[1],
                case[0],
                case[1],
                "--priority-date",
                "03/15/2013",
            ],
            "2013-03-15",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--when", "current"],
            "needs a priority date",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--when", "sometimes"],
            "corrected",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--bulletins"],
            "cannot be used with",
        ),
        (
            &[mail[0], mail[1], "--bulletins", "--when", "corrected"],
            "--category",
        ),
        (
            &[mail[0], mail[1], sms[0], sms[1], case[0], case[1]],
            "cannot be used with",
        ),
        (&[sms[0], sms[1], case[0], case[1]], "--consent"),
        (&[sms[0], sms[1], case[0], case[1], "--consent", " "], "--consent"),
        (
            &[
                sms[0],
                sms[1],
                case[0],
                case[1],
                "--consent",
                "202-555-0100 agreed",
            ],
            "no number",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--consent", "yes"],
            "cannot be used with",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--topic-prefix", "alerts-"],
            "TopicPrefix",
        ),
    ];
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let server = Server::start(move |_| {
        *count.lock().unwrap() += 1;
        Response::new(500, "")
    });
    let endpoint = format!("http://127.0.0.1:{}", server.port());
    for (args, says) in cases {
        let told = answer(command(&folder, &endpoint, &[&["subscribe"], args].concat()))
            .exits(2)
            .says(&[says]);
        assert_eq!(told.out, "", "{args:?}");
    }
    let both = [
        "unsubscribe",
        mail[0],
        mail[1],
        case[0],
        case[1],
        "--everything",
        "--yes",
    ];
    answer(command(&folder, &endpoint, &both))
        .exits(2)
        .says(&["cannot be used with"]);
    assert_eq!(*asked.lock().unwrap(), 0);
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 0);

    let mut nowhere = folder.command(&["subscriptions"]);
    nowhere
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", folder.path(""));
    answer(nowhere).exits(2).says(&["AWS_REGION"]);
}
