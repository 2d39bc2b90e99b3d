//! Subscriptions on AWS: the command against the emulator.

mod bad_word;
mod cloud;
mod sms;

use aws_harness::run;
use serde_json::Value;

use self::cloud::{Cloud, alerts};
use crate::tool::answer;

const PREFIX: &str = "arn:aws:sns:us-east-1:000000000000:VisaBulletin-test-alerts-";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:alerts";
/// Addresses that are not in use.
const PHONE: &str = "+12025550100";
const MAILBOX: &str = "anna.b@example.com";

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
        "EB-3 India, priority date 15 Mar 2013, notified when the date becomes current, or stops being current",
        "\"final_action:forward:2013-03-15\"",
        "2 of 5 keys, 18 of 150 combinations",
        "AWS allows 200 subscriptions with a filter policy per topic by default; EB-3 has at most 1",
        "Confirmed",
        "15 minutes",
        "sqs:SendMessage",
        "An example, with invented dates",
        "\"headline\"",
    ]);
    assert_eq!(cloud.heard(&alerts()), [india, india], "it passes, and goes back");

    // The same command again changes nothing; another case is merged.
    cloud
        .bulletin(&[&subscribe[..], &["--when", "current"]].concat())
        .exits(0)
        .prints(&["Nothing to change", "Nothing was done"]);
    let china_moves = ["subscribe", to[0], to[1], "eb-3", "mainland China"];
    cloud.bulletin(&china_moves).exits(0).prints(&[
        "The filter policy of sqs ***:alerts for EB-3 is changed",
        "- EB-3 China (mainland born), notified of every movement and correction",
        "- EB-3 India, priority date 15 Mar 2013, notified when",
        "EB-3 has at most 1",
    ]);
    assert_eq!(cloud.heard(&alerts()), [china, india, india]);
    assert_eq!(cloud.listed().len(), 1);

    // A filter that it does not have is not removed; one that it has is removed alone.
    let unsubscribe = ["unsubscribe", to[0], to[1], "EB3", "India"];
    cloud
        .bulletin(&[&unsubscribe[..], &["--when", "moves", "--yes"]].concat())
        .exits(1)
        .says(&[
            "has no such subscription",
            "EB3 INDIA --when current --priority-date 2013-03-15",
        ]);
    cloud.bulletin(&unsubscribe).exits(2).says(&["--yes"]);
    assert_eq!(cloud.heard(&alerts()).len(), 3);
    cloud
        .bulletin(&[&unsubscribe[..], &["--yes"]].concat())
        .exits(0)
        .prints(&[
            "remove EB-3 India",
            "keep EB-3 China (mainland born), notified of every movement and correction",
            "15 minutes",
        ]);
    assert_eq!(cloud.heard(&alerts()), [china]);
    cloud
        .bulletin(&["unsubscribe", to[0], to[1], "EB3", "China", "--yes"])
        .exits(0)
        .prints(&["remove the subscription to EB-3"]);
    assert!(cloud.heard(&alerts()).is_empty());
    assert!(cloud.listed().is_empty());
    cloud
        .bulletin(&["unsubscribe", to[0], to[1], "EB3", "China", "--yes"])
        .exits(1)
        .says(&["is not subscribed"]);
}

#[test]
fn a_dry_run_does_nothing() {
    let Some(cloud) = Cloud::new() else { return };
    let dry = |area: &str| {
        cloud
            .bulletin(&["subscribe", "--sqs", QUEUE, "EB3", area, "--dry-run"])
            .exits(0)
    };
    dry("India").prints(&["would be subscribed to EB-3", "Nothing was done", "would have 1"]);
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
        "***:alerts is already subscribed with EB3 CHINA --when passes --priority-date 2016-01-01 and EB3 INDIA",
        "6 keys of a filter policy, and SNS allows 5",
    ]);
    assert_eq!(cloud.policy(), policy);
    // Another category has a separate topic and policy.
    cloud
        .bulletin(&["subscribe", "--sqs", QUEUE, "EB2", "Mexico"])
        .exits(0);
    assert_eq!(cloud.listed().len(), 2);

    // A subscription that another program created is unchanged.
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
            "none needed",
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
            "remove the subscription to EB-3",
            "remove the subscription to whole bulletins",
        ]);
    assert!(cloud.listed().is_empty());
}

#[test]
fn who_has_not_confirmed_is_left_alone() {
    let Some(cloud) = Cloud::new() else { return };
    // No server listens there.
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
        "Consent, keep this record",
    ])
    .says(&[
        "cannot check if the number has opted out of SMS",
        "cannot check if this account is in the SMS sandbox",
        "cannot check if this account has an origination number for SMS",
        "cannot check the monthly SMS spending limit",
        "STOP",
    ]);
    ask(&[
        "subscribe",
        "--sms",
        PHONE,
        "EB3",
        "Brazil",
        "--consent",
        "said yes again",
    ])
    .prints(&["Nothing to change", "said yes again"]);
    ask(&["subscriptions"]).prints(&[
        "a***@example.com",
        "+1******0100",
        "confirmed",
        "EB-3 Brazil, notified of",
    ]);
    ask(&["subscriptions", "--format", "csv"]).prints(&[
        "topic,protocol,endpoint,state,category,country,priority_date,when,chart,filter",
        "EB3,email,a***@example.com,confirmed,EB3,INDIA,,corrected,final_action,\"EB-3 India, Final Action Dates only, notified of corrections\"",
    ]);
    ask(&["subscriptions", "--format", "json"]);
    ask(&["unsubscribe", "--sms", PHONE, "EB3", "Brazil", "--yes"]);
    assert!(
        !everything.contains(PHONE) && !everything.contains(MAILBOX),
        "{everything}"
    );
    let shown = cloud.bulletin(&["subscriptions", "--show-endpoints"]).exits(0);
    shown.prints(&[MAILBOX]);

    // The record names the subscription, and not the subscriber.
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
        .says(&["no alert topic", &none]);
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
