//! Removes the permissions of the deployed roles one by one, on an emulator that enforces them. The run from
//! the page to the subscriber must fail without each.

use std::collections::BTreeMap;
use std::io::Write as _;

use aws_harness::play::{alerts_by_step, few_steps, looks};
use aws_harness::run;
use bulletin_samples::site::Step;
use chrono::Duration;
use serde_json::{Value, json};

use crate::cloud::{between, percent_decoded};
use crate::deployed::{DATA, Deployed};
use crate::passage::REFUSED;
use crate::{EVERYTHING, PERSON, expected, person};

/// The variable that enables this test, which takes some minutes: `few` for the permissions in `FEW`,
/// anything else for all.
const EVERY: &str = "EVERY_PERMISSION";
/// One permission of each role and service, and those that only a rare part of the run needs.
const FEW: [&str; 6] = [
    "fetcher sqs:SendMessage QueuePages",
    "parser dynamodb:ConditionCheckItem StoreBulletins",
    "parser dynamodb:Query StoreBulletins",
    "notifier dynamodb:DeleteItem MarkAlerts",
    "notifier dynamodb:GetItem ReadStandings",
    "notifier sns:Publish Publish",
];

/// The permission that AWS requires to publish a batch, and the one that the emulator requires instead. AWS
/// has no such action.
const OF_BATCHES: (&str, &str) = ("sns:Publish", "sns:PublishBatch");

/// The permissions that the emulator does not enforce, so that this test cannot check them;
/// `infra-cdk/test/permission.test.ts` checks them exactly.
const NOT_ENFORCED: [(&str, &str); 6] = [
    ("WriteLogs", "the emulator writes logs itself"),
    ("TakePages", "the emulator's poller takes messages by itself"),
    ("ReadStream", "the emulator's poller reads the stream by itself"),
    ("ListStreams", "the emulator's poller knows the stream by itself"),
    (
        "KeepFailedLooks",
        "the emulator keeps the event of a failed invocation by itself",
    ),
    (
        "KeepGivenUpRecords",
        "the emulator keeps the number of a record that is given up by itself",
    ),
];

/// One action on one kind of resource, of one role.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Permission {
    function: &'static str,
    statement: String,
    action: String,
}

impl Permission {
    fn name(&self) -> String {
        format!("{} {} {}", self.function, self.action, self.statement)
    }
}

/// The deployed inline policy of a role.
struct Policy {
    role: String,
    name: String,
    document: Value,
}

fn iam(deployed: &Deployed, fields: &[(&str, &str)]) -> String {
    let mut all = vec![("Version", "2010-05-08")];
    all.extend(fields);
    let (status, answer) = deployed.cloud.form("iam", &all);
    assert!(status == 200, "{answer}");
    answer
}

/// The policy of a function's role.
fn policy(deployed: &Deployed, function: &str) -> Policy {
    let path = format!("/2015-03-31/functions/VisaBulletin-prod-{function}/configuration");
    let configuration = deployed.cloud.rest("lambda", "GET", &path, &Value::Null);
    let role = configuration["Role"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let listed = iam(deployed, &[("Action", "ListRolePolicies"), ("RoleName", &role)]);
    let [name] = between(&listed, "member")[..] else {
        panic!("a role has one policy: {listed}");
    };
    let found = [
        ("Action", "GetRolePolicy"),
        ("RoleName", &role),
        ("PolicyName", name),
    ];
    let found = iam(deployed, &found);
    let document = percent_decoded(between(&found, "PolicyDocument")[0]);
    Policy {
        name: name.to_owned(),
        document: serde_json::from_str(&document.replace("&quot;", "\"")).expect("a policy"),
        role,
    }
}

/// Sets the policy of a role to this document.
fn put(deployed: &Deployed, policy: &Policy, document: &Value) {
    let document = with_batches(document).to_string();
    let fields = [
        ("Action", "PutRolePolicy"),
        ("RoleName", policy.role.as_str()),
        ("PolicyName", policy.name.as_str()),
        ("PolicyDocument", document.as_str()),
    ];
    iam(deployed, &fields);
}

fn actions(statement: &Value) -> Vec<String> {
    let list = statement["Action"].as_array().cloned();
    let list = list.unwrap_or_else(|| vec![statement["Action"].clone()]);
    list.iter()
        .filter_map(|action| Some(action.as_str()?.to_owned()))
        .collect()
}

/// The policy with the permission that the emulator requires instead of AWS's.
fn with_batches(document: &Value) -> Value {
    let mut more = document.clone();
    for statement in more["Statement"].as_array_mut().unwrap() {
        let mut actions = actions(statement);
        if actions.iter().any(|action| action == OF_BATCHES.0) {
            actions.push(OF_BATCHES.1.to_owned());
            statement["Action"] = json!(actions);
        }
    }
    more
}

/// Every permission of a policy that this test can check.
fn permissions(function: &'static str, document: &Value) -> Vec<Permission> {
    let mut found = Vec::new();
    for statement in document["Statement"].as_array().unwrap() {
        let name = statement["Sid"].as_str().unwrap();
        if NOT_ENFORCED.iter().any(|(known, _)| *known == name) {
            continue;
        }
        found.extend(actions(statement).into_iter().map(|action| Permission {
            function,
            statement: name.to_owned(),
            action,
        }));
    }
    found
}

/// The policy without this permission.
fn without(document: &Value, permission: &Permission) -> Value {
    let mut less = document.clone();
    let statements = less["Statement"].as_array_mut().unwrap();
    for statement in statements
        .iter_mut()
        .filter(|one| one["Sid"] == permission.statement.as_str())
    {
        let mut left = actions(statement);
        left.retain(|action| *action != permission.action);
        statement["Action"] = json!(left);
    }
    statements.retain(|statement| !actions(statement).is_empty());
    less
}

/// Deletes every item of a table.
fn empty(deployed: &Deployed, table: &str, keys: &[&str]) {
    for chunk in deployed.items(table).chunks(25) {
        let requests: Vec<Value> = chunk
            .iter()
            .map(|item| {
                let key: BTreeMap<&str, &Value> = keys.iter().map(|name| (*name, &item[*name])).collect();
                json!({"DeleteRequest": {"Key": key}})
            })
            .collect();
        let asked = json!({"RequestItems": {table: requests}});
        deployed
            .cloud
            .json("dynamodb", "DynamoDB_20120810.BatchWriteItem", &asked);
    }
}

/// Empties the tables and queues and removes every page from the site, once the previous run has finished.
fn forget(deployed: &Deployed) {
    deployed.site.clear();
    deployed.purge("VisaBulletin-prod-pages");
    deployed.end("parser");
    deployed.settle().unwrap();
    empty(deployed, DATA, &["pk", "sk"]);
    empty(deployed, "ProcessedURLs-prod", &["pk"]);
    empty(deployed, "AlertMarks-prod", &["pk"]);
    for queue in ["VisaBulletin-prod-unread-records", PERSON, EVERYTHING] {
        deployed.purge(queue);
    }
    deployed.cloud.passage.forget();
    deployed.since.set(chrono::Utc::now().timestamp_millis());
}

/// A record of the stream, rebuilt as an operator replays it.
fn record_of(deployed: &Deployed, key: &str) -> Option<Value> {
    let described = json!({"TableName": DATA});
    let table = deployed
        .cloud
        .json("dynamodb", "DynamoDB_20120810.DescribeTable", &described);
    let stream = &table["Table"]["LatestStreamArn"];
    let streams = |action: &str, asked: &Value| {
        let target = format!("DynamoDBStreams_20120810.{action}");
        deployed.cloud.json("dynamodb", &target, asked)
    };
    let described = streams("DescribeStream", &json!({"StreamArn": stream}));
    let mut found = None;
    for shard in described["StreamDescription"]["Shards"].as_array()? {
        let asked =
            json!({"StreamArn": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"});
        let mut iterator = streams("GetShardIterator", &asked)["ShardIterator"].clone();
        while !iterator.is_null() {
            let answer = streams("GetRecords", &json!({"ShardIterator": iterator}));
            let records = answer["Records"].as_array().cloned().unwrap_or_default();
            iterator = if records.is_empty() {
                Value::Null
            } else {
                answer["NextShardIterator"].clone()
            };
            let of_key = |record: &&Value| {
                record["dynamodb"]["Keys"]["pk"]["S"] == key && record["eventName"] == "MODIFY"
            };
            found = records.iter().rfind(of_key).cloned().or(found);
        }
    }
    found
}

/// The run: a site that does not answer, a first bulletin, the next one, its correction, an old copy of it on
/// a mirror, an invalid item, a duplicate record, and a deleted topic.
fn whole_run(deployed: &Deployed, steps: &[Step], alerts: &[Vec<bulletin::Alert>]) -> Result<(), String> {
    let check = |is_so: bool, what: &str| is_so.then_some(()).ok_or_else(|| what.to_owned());
    deployed.site.silence();
    deployed.set_clock(looks(&steps[0])[0] - Duration::days(1));
    deployed.look()?;
    deployed.site.clear();
    for (step, alerts) in steps.iter().zip(alerts).take(3) {
        deployed.site.publish(&step.page);
        for now in looks(step) {
            deployed.set_clock(now);
            deployed.look()?;
        }
        let (persons, bulletins) = expected(alerts);
        deployed.has_heard(PERSON, &persons)?;
        deployed.has_heard(EVERYTHING, &bulletins)?;
    }
    // The host that did not give the stored version still shows the previous one.
    let items = deployed.items(DATA);
    let stored = items.iter().find(|item| item["pk"]["S"] == "BULLETIN#2024-04-01");
    let host = stored
        .and_then(|item| item["host"]["S"].as_str())
        .ok_or("the bulletin is stored")?;
    deployed.site.leave_only_the_other(host, &steps[1].page);
    deployed.set_clock(looks(&steps[2])[1] + Duration::hours(5));
    deployed.look()?;
    // An invalid item.
    deployed.write_odd("CATEGORY#EB3#COUNTRY#NOWHERE");
    deployed.settle()?;
    let unread = deployed.unread();
    let is_odd = |record: &Value| record.to_string().contains("NOWHERE");
    check(
        unread.len() == 1 && unread.iter().all(is_odd),
        "the odd record is kept",
    )?;
    // A duplicate record is sent once.
    let marks = deployed.items("AlertMarks-prod");
    check(
        marks.iter().all(|mark| !mark["sent_at"].is_null()),
        "every alert is noted as sent",
    )?;
    let case = "STANDING#CATEGORY#EB2#COUNTRY#INDIA";
    let record = record_of(deployed, case).ok_or("the standing changed")?;
    deployed.set_clock(looks(&steps[2])[1]);
    let again = json!({"Records": [record]});
    let done = deployed.invoke("notifier", &again)?;
    if done != json!({"batchItemFailures": []}) {
        let complaints = deployed.complaints("notifier");
        return Err(format!(
            "what was sent is not known by its mark; the notifier said: {complaints}"
        ));
    }
    deployed.has_heard(PERSON, &[])?;
    // If the topic is deleted, the claim of the alert is released.
    let marks = deployed.items("AlertMarks-prod");
    let of_case: Vec<&Value> = marks
        .iter()
        .map(|item| &item["pk"])
        .filter(|key| {
            let key = key["S"].as_str().unwrap_or_default();
            key.contains("EB2") && key.contains("INDIA") && key.contains("2024-04")
        })
        .collect();
    check(!of_case.is_empty(), "the alert has a mark")?;
    for key in &of_case {
        let asked = json!({"TableName": "AlertMarks-prod", "Key": {"pk": key}});
        deployed
            .cloud
            .json("dynamodb", "DynamoDB_20120810.DeleteItem", &asked);
    }
    let done = deployed.without_topic("EB2", || deployed.invoke("notifier", &again));
    deployed.subscribe(PERSON, Some(&person()));
    done?;
    let marks = deployed.items("AlertMarks-prod");
    let held = marks.iter().filter(|item| of_case.contains(&&item["pk"])).count();
    check(held == 0, "the right to send is given back")
}

/// True if the emulator has denied this action to this role.
fn is_refused(deployed: &Deployed, role: &str, action: &str) -> bool {
    let refused = format!("{REFUSED}{action} ");
    let refusals = deployed.cloud.passage.refusals();
    refusals
        .iter()
        .any(|refusal| refusal.contains(role) && refusal.contains(&refused))
}

/// Asserts that the run succeeds with all permissions.
fn assert_runs(deployed: &Deployed, steps: &[Step], alerts: &[Vec<bulletin::Alert>]) {
    forget(deployed);
    whole_run(deployed, steps, alerts).unwrap();
    assert_eq!(deployed.cloud.passage.refusals(), Vec::<String>::new());
}

#[test]
fn without_any_one_permission_the_run_fails() {
    let Some(asked) = std::env::var_os(EVERY) else {
        // Not `eprintln!`: the test runner captures its output.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: permissions are taken away with {EVERY}=1, or {EVERY}=few"
        );
        return;
    };
    let few = asked == "few";
    let Some(deployed) = Deployed::nowhere(true) else {
        return;
    };
    deployed.deploy(&[]);
    let steps = few_steps();
    let alerts = run(alerts_by_step(&steps));
    deployed.subscribe(PERSON, Some(&person()));
    deployed.subscribe(EVERYTHING, None);
    let policies = ["fetcher", "parser", "notifier"].map(|function| (function, policy(&deployed, function)));
    for (_, policy) in &policies {
        put(&deployed, policy, &policy.document);
    }
    assert_runs(&deployed, &steps, &alerts);
    let mut taken = 0;
    for (function, policy) in &policies {
        for permission in permissions(function, &policy.document) {
            let name = permission.name();
            if few && !FEW.contains(&name.as_str()) {
                continue;
            }
            forget(&deployed);
            put(&deployed, policy, &without(&policy.document, &permission));
            let done = whole_run(&deployed, &steps, &alerts);
            put(&deployed, policy, &policy.document);
            let reason = done.expect_err(&format!("without {name} nothing fails"));
            let refusals = deployed.cloud.passage.refusals();
            assert!(
                is_refused(&deployed, &policy.role, &permission.action),
                "without {name} it fails, and not because that is refused: {reason} {refusals:?}"
            );
            println!("without {name}: {}", reason.chars().take(60).collect::<String>());
            taken += 1;
        }
    }
    assert!(taken >= FEW.len(), "{taken} of {FEW:?}");
    // The run succeeds again with all permissions.
    assert_runs(&deployed, &steps, &alerts);
}
