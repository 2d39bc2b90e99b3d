//! The real template with the real binaries on an emulator: the state after `make deploy` and `make destroy`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where something goes wrong"
)]

mod cloud;
mod department;
mod deployed;
mod passage;
mod permission;

use std::collections::BTreeMap;

use aws_harness::play::{alerts_by_step, few_steps, looks};
use bulletin::{Alert, Subscription};
use bulletin_samples::site::Step;
use serde_json::{Value, json};

use crate::cloud::between;
use crate::deployed::{Deployed, codes};

const PERSON: &str = "subscriber-person";
const EVERYTHING: &str = "subscriber-bulletins";

fn person() -> Subscription {
    Subscription {
        case: bulletin::Case {
            category: "EB2".parse().unwrap(),
            area: "INDIA".parse().unwrap(),
        },
        priority_date: None,
        when: "moves".parse().unwrap(),
        chart: None,
    }
}

/// The expected messages of the subscribers for these alerts: the person's, and those about whole bulletins.
fn expected(alerts: &[Alert]) -> (Vec<Value>, Vec<Value>) {
    let json = |alerts: Vec<&Alert>| alerts.iter().map(|alert| alert.json()).collect();
    let (mut persons, mut bulletins) = (Vec::new(), Vec::new());
    for alert in alerts {
        match alert {
            Alert::Case(case) if person().wants(&case.change) => persons.push(alert),
            Alert::Case(_) => {}
            Alert::Bulletin(_) => bulletins.push(alert),
        }
    }
    (json(persons), json(bulletins))
}

/// All resources of a deployment, except the tables and their stack.
fn left_behind(deployed: &Deployed) -> BTreeMap<&'static str, String> {
    let cloud = &deployed.cloud;
    let mut left = BTreeMap::new();
    let mut note = |what: &'static str, found: Vec<String>| {
        let found: Vec<String> = found
            .into_iter()
            .filter(|name| name.contains("VisaBulletin"))
            .collect();
        if !found.is_empty() {
            left.insert(what, found.join(" "));
        }
    };
    let names = |answer: &Value, list: &str| -> Vec<String> {
        let list = answer[list].as_array().cloned().unwrap_or_default();
        list.iter().map(Value::to_string).collect()
    };
    let functions = cloud.rest("lambda", "GET", "/2015-03-31/functions/", &Value::Null);
    note("functions", names(&functions, "Functions"));
    let sources = cloud.rest(
        "lambda",
        "GET",
        "/2015-03-31/event-source-mappings/",
        &Value::Null,
    );
    note("event sources", names(&sources, "EventSourceMappings"));
    let queues = cloud.json("sqs", "AmazonSQS.ListQueues", &json!({}));
    note("queues", names(&queues, "QueueUrls"));
    let groups = cloud.json("logs", "Logs_20140328.DescribeLogGroups", &json!({}));
    note("log groups", names(&groups, "logGroups"));
    let schedules = cloud.rest("scheduler", "GET", "/schedules", &Value::Null);
    note("schedules", names(&schedules, "Schedules"));
    for (what, service, action, version, tag) in [
        ("topics", "sns", "ListTopics", "2010-03-31", "TopicArn"),
        ("roles", "iam", "ListRoles", "2010-05-08", "RoleName"),
        (
            "alarms",
            "monitoring",
            "DescribeAlarms",
            "2010-08-01",
            "AlarmName",
        ),
    ] {
        let (status, answer) = cloud.form(service, &[("Action", action), ("Version", version)]);
        assert!(status == 200, "{action}: {answer}");
        note(
            what,
            between(&answer, tag).into_iter().map(str::to_owned).collect(),
        );
    }
    left
}

fn tables(deployed: &Deployed) -> Vec<String> {
    let answer = deployed
        .cloud
        .json("dynamodb", "DynamoDB_20120810.ListTables", &json!({}));
    let names = answer["TableNames"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> = names
        .iter()
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect();
    names.sort_unstable();
    names
}

/// The properties that distinguish a table from one that replaced it.
fn identity(deployed: &Deployed, table: &str) -> Value {
    let asked = json!({"TableName": table});
    let answer = deployed
        .cloud
        .json("dynamodb", "DynamoDB_20120810.DescribeTable", &asked);
    let table = &answer["Table"];
    assert!(!table["TableId"].is_null() || !table["CreationDateTime"].is_null());
    json!([
        table["TableId"],
        table["CreationDateTime"],
        table["LatestStreamArn"]
    ])
}

/// Plays a step and compares the subscribers' messages with the expected ones.
fn play(deployed: &Deployed, step: &Step, alerts: &[Alert]) {
    deployed.site.publish(&step.page);
    for now in looks(step) {
        deployed.set_clock(now);
        deployed.look().unwrap();
    }
    let (persons, bulletins) = expected(alerts);
    deployed.has_heard(PERSON, &persons).unwrap();
    deployed.has_heard(EVERYTHING, &bulletins).unwrap();
}

const TABLES: [&str; 3] = ["AlertMarks-prod", "ProcessedURLs-prod", "VisaBulletinData-prod"];

#[test]
fn what_is_deployed_alerts_and_leaves_nothing_but_its_tables() {
    let Some(deployed) = Deployed::nowhere(false) else {
        return;
    };
    let steps = few_steps();
    let alerts = aws_harness::run(alerts_by_step(&steps));
    let subscribe = || {
        deployed.subscribe(PERSON, Some(&person()));
        deployed.subscribe(EVERYTHING, None);
    };
    deployed.deploy(&[]);
    assert!(
        left_behind(&deployed).len() >= 8,
        "{:?}",
        left_behind(&deployed).keys()
    );
    subscribe();
    for (step, alerts) in steps.iter().zip(&alerts).take(2) {
        play(&deployed, step, alerts);
    }
    let (persons, _) = expected(&alerts[1]);
    assert!(!persons.is_empty(), "the second step has an alert for the person");

    // Deployed again with another setting: the tables are the same ones.
    let identities = TABLES.map(|table| identity(&deployed, table));
    let stored = deployed.items("VisaBulletinData-prod").len();
    deployed.deploy(&["logRetentionDays=30"]);
    assert_eq!(TABLES.map(|table| identity(&deployed, table)), identities);
    play(&deployed, &steps[2], &alerts[2]);

    // Destroyed: the tables remain. A new deployment around them continues and repeats no alert.
    deployed.destroy("");
    assert_eq!(left_behind(&deployed), BTreeMap::new());
    assert_eq!(tables(&deployed), TABLES);
    deployed.deploy(&[]);
    subscribe();
    assert_eq!(TABLES.map(|table| identity(&deployed, table)), identities);
    assert!(deployed.items("VisaBulletinData-prod").len() >= stored);
    play(&deployed, &steps[3], &alerts[3]);
    for queue in [
        "refused-pages",
        "given-up-records",
        "failed-looks",
        "missed-looks",
    ] {
        assert_eq!(deployed.waiting(queue), 0, "{queue}");
    }
    assert!(deployed.unread().is_empty(), "unread-records");
    assert_eq!(codes().count(), 25);

    deployed.destroy("delete");
    assert_eq!(left_behind(&deployed), BTreeMap::new());
    assert!(tables(&deployed).is_empty());
    let (_, stacks) = deployed.cloud.form(
        "cloudformation",
        &[("Action", "DescribeStacks"), ("Version", "2010-05-15")],
    );
    assert_eq!(between(&stacks, "StackName"), ["CDKToolkit"]);
}
