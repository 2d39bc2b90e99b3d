//! The real template on the emulator, deployed and removed by the commands of `make deploy` and `make
//! destroy`. Start at [`Deployed`].

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use aws_harness::lambda::binaries;
use aws_harness::process::project;
use bulletin::{Category, FilterPolicy, Subscription};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::cloud::{ACCOUNT, Cloud};
use crate::department::Department;

/// The prefix of the names of the functions.
const FUNCTION: &str = "VisaBulletin-prod-";
const FUNCTIONS: [&str; 3] = ["fetcher", "parser", "notifier"];
/// The time limit for anything that must happen. On a busy machine it needs much longer than usual.
const PATIENCE: Duration = Duration::from_secs(120);
/// The time limit for the parse of a page after a request was refused, which makes it unlikely.
const PATIENCE_REFUSED: Duration = Duration::from_secs(5);
/// The table whose stream the notifier reads.
pub(crate) const DATA: &str = "VisaBulletinData-prod";
/// The key prefix of an item that shows how far the notifier has read.
const LAST: &str = "LAST-";

/// A deployment on an emulator, and the site that it polls.
pub(crate) struct Deployed {
    pub(crate) cloud: Cloud,
    pub(crate) site: Department,
    /// The instant from which complaints count, in milliseconds since 1970.
    pub(crate) since: Cell<i64>,
    output: tempfile::TempDir,
}

impl Deployed {
    /// An emulator without a deployment; `None` if it is not installed.
    pub(crate) fn nowhere(enforces_roles: bool) -> Option<Self> {
        Some(Self {
            cloud: Cloud::start(enforces_roles)?,
            site: Department::open(),
            since: Cell::new(0),
            output: tempfile::tempdir().expect("a folder"),
        })
    }

    /// Runs the commands of `make deploy`, with additional settings.
    pub(crate) fn deploy(&self, settings: &[&str]) {
        let binaries = stripped().display().to_string();
        let hosts = self.site.names().join(",");
        let mut all = vec![
            format!("binaries={binaries}"),
            format!("hosts={hosts}"),
            "allowOtherHosts=true".to_owned(),
        ];
        all.extend(settings.iter().map(|setting| (*setting).to_owned()));
        self.run("deploy", &all, ("EMAIL", "operator@example.com"));
    }

    /// Runs the commands of `make destroy`, with or without `DATA=delete`.
    pub(crate) fn destroy(&self, data: &str) {
        self.run("destroy", &[], ("DATA", data));
    }

    fn run(&self, tool: &str, settings: &[String], variable: (&str, &str)) {
        let output = Command::new("node")
            .args(["--import", "tsx", &format!("tools/{tool}.ts")])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .current_dir(project().join("infra-cdk"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("CDK_OUT", self.output.path().join("cdk.out"))
            .env("CDK_HOME", self.output.path().join("home"))
            .env("AWS_ENDPOINT_URL", self.cloud.passage.endpoint())
            .env("AWS_ENDPOINT_URL_S3", self.cloud.passage.endpoint())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("NO_COLOR", "1")
            .env(variable.0, variable.1)
            .stdin(Stdio::null())
            .output()
            .expect("node can be run");
        assert!(
            output.status.success(),
            "{tool}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Sets the clocks of the functions, which restarts them. They must be idle: a running invocation would
    /// be aborted, and a notifier that has sent alerts without noting it sends them again if its clock
    /// advances by minutes.
    pub(crate) fn set_clock(&self, now: DateTime<Utc>) {
        let now = now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        for name in FUNCTIONS {
            self.cloud
                .set_variables(&format!("{FUNCTION}{name}"), &[("AS_OF", &now)]);
        }
    }

    /// Aborts the running invocation of a function.
    pub(crate) fn end(&self, name: &str) {
        self.cloud.set_variables(&format!("{FUNCTION}{name}"), &[]);
    }

    /// Invokes a function.
    ///
    /// # Errors
    /// The function's error answer.
    pub(crate) fn invoke(&self, name: &str, event: &Value) -> Result<Value, String> {
        self.cloud.invoke(&format!("{FUNCTION}{name}"), event)
    }

    /// Invokes the fetcher as the schedule does, and waits until everything that follows is done: the parser
    /// has parsed every queued page, and the notifier has sent its alerts.
    ///
    /// # Errors
    /// An error if the fetcher fails, or if pages stay in the queue.
    pub(crate) fn look(&self) -> Result<(), String> {
        let begun = Instant::now();
        self.invoke("fetcher", &json!({}))?;
        let refused_for = || self.cloud.passage.refused_for(begun);
        self.until("the queue of pages is empty", || {
            self.waiting("pages") == 0 || refused_for().is_some_and(|time| time > PATIENCE_REFUSED)
        })?;
        if self.waiting("pages") > 0 {
            let complaints = self.complaints("parser");
            return Err(format!("pages stay in the queue; the parser said: {complaints}"));
        }
        self.settle()
    }

    /// Waits until the notifier has handled every write to the data table so far.
    ///
    /// It writes an invalid item as a marker. The emulator delivers one batch after another, so the notifier
    /// has reached the item when it dead-letters it. It has finished the batch too when the emulator logs the
    /// end of an invocation after that moment.
    ///
    /// # Errors
    /// An error if that does not happen.
    pub(crate) fn settle(&self) -> Result<(), String> {
        let last = format!("{LAST}{}", Utc::now().timestamp_micros());
        self.write_odd(&last);
        let sent_at = || self.cloud.passage.sent_at(&last);
        self.until("the notifier has read the stream to its end", || {
            sent_at().is_some()
        })?;
        self.until("the notifier has done what it read", || {
            sent_at().is_some_and(|at| self.ended_since("notifier", at))
        })?;
        let key = json!({"pk": {"S": standing(&last)}, "sk": {"S": "STANDING"}});
        let asked = json!({"TableName": DATA, "Key": key});
        self.cloud
            .json("dynamodb", "DynamoDB_20120810.DeleteItem", &asked);
        Ok(())
    }

    /// Writes an invalid standing.
    pub(crate) fn write_odd(&self, name: &str) {
        let odd = json!({"pk": {"S": standing(name)}, "sk": {"S": "STANDING"}});
        let asked = json!({"TableName": DATA, "Item": odd});
        self.cloud.json("dynamodb", "DynamoDB_20120810.PutItem", &asked);
    }

    /// Receives the dead-lettered records, except the markers that show how far the notifier has read.
    pub(crate) fn unread(&self) -> Vec<Value> {
        let mut unread = self.heard(&format!("{FUNCTION}unread-records"));
        unread.retain(|record| !record.to_string().contains(&standing(LAST)));
        unread
    }

    /// True if an invocation of a function has ended since then, in milliseconds since 1970.
    fn ended_since(&self, name: &str, since: i64) -> bool {
        let lines = self.log(name, since);
        lines.iter().any(|line| line.starts_with("END RequestId"))
    }

    /// The log of a function since then, in milliseconds since 1970. On a busy machine the emulator adds the
    /// function's output later, or not at all.
    fn log(&self, name: &str, since: i64) -> Vec<String> {
        let asked = json!({"logGroupName": format!("/aws/lambda/{FUNCTION}{name}"), "startTime": since});
        let answer = self.cloud.json("logs", "Logs_20140328.FilterLogEvents", &asked);
        let events = answer["events"].as_array().cloned().unwrap_or_default();
        let lines = events
            .iter()
            .filter_map(|event| Some(event["message"].as_str()?.to_owned()));
        lines.collect()
    }

    /// The complaints in a function's log since they were last cleared.
    pub(crate) fn complaints(&self, name: &str) -> String {
        let mut lines = self.log(name, self.since.get());
        lines.retain(|line| ["ERROR", "WARN", "rror"].iter().any(|word| line.contains(word)));
        lines.join("\n")
    }

    /// Waits until a condition is true.
    ///
    /// # Errors
    /// The condition that did not become true.
    fn until(&self, what: &str, is_so: impl Fn() -> bool) -> Result<(), String> {
        let end = Instant::now() + PATIENCE;
        while !is_so() {
            if Instant::now() > end {
                return Err(format!("it never came that {what}"));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// The number of messages in a queue of the deployment, including those in flight.
    pub(crate) fn waiting(&self, queue: &str) -> u64 {
        let asked =
            json!({"QueueUrl": self.queue_url(&format!("{FUNCTION}{queue}")), "AttributeNames": ["All"]});
        let answer = self.cloud.json("sqs", "AmazonSQS.GetQueueAttributes", &asked);
        let count = |name: &str| -> u64 {
            let text = answer["Attributes"][name].as_str().unwrap_or_default();
            text.parse().expect("a number")
        };
        count("ApproximateNumberOfMessages") + count("ApproximateNumberOfMessagesNotVisible")
    }

    fn queue_url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.cloud.passage.endpoint())
    }

    /// Subscribes a queue to a topic with the filter policy of this subscription; without one, to the topic
    /// of whole bulletins.
    pub(crate) fn subscribe(&self, queue: &str, subscription: Option<&Subscription>) {
        let endpoint = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}");
        // Every subscribed queue has to permit SNS to send to it.
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": endpoint,
        }]});
        let queue = json!({"QueueName": queue, "Attributes": {"Policy": policy.to_string()}});
        self.cloud.json("sqs", "AmazonSQS.CreateQueue", &queue);
        let code = subscription.map_or("BULLETINS", |one| one.case.category.code());
        let topic = topic(code);
        let policy = subscription.and_then(|one| FilterPolicy::of(&[*one]).expect("a policy").json());
        let mut fields = vec![
            ("Action", "Subscribe"),
            ("Version", "2010-03-31"),
            ("TopicArn", &topic),
            ("Protocol", "sqs"),
            ("Endpoint", &endpoint),
            ("Attributes.entry.1.key", "RawMessageDelivery"),
            ("Attributes.entry.1.value", "true"),
        ];
        if let Some(policy) = &policy {
            fields.push(("Attributes.entry.2.key", "FilterPolicy"));
            fields.push(("Attributes.entry.2.value", policy));
        }
        let (status, answer) = self.cloud.form("sns", &fields);
        assert!(status == 200, "{answer}");
    }

    /// Receives the messages of a queue.
    pub(crate) fn heard(&self, queue: &str) -> Vec<Value> {
        let mut heard = Vec::new();
        let url = self.queue_url(queue);
        loop {
            let asked = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
            let answer = self.cloud.json("sqs", "AmazonSQS.ReceiveMessage", &asked);
            let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
            if messages.is_empty() {
                return heard;
            }
            for message in messages {
                let taken = json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]});
                self.cloud.json("sqs", "AmazonSQS.DeleteMessage", &taken);
                let body = message["Body"].as_str().unwrap_or_default();
                heard.push(serde_json::from_str(body).unwrap_or(json!(body)));
            }
        }
    }

    /// Receives the messages of a queue, which must be exactly these, in any order.
    ///
    /// # Errors
    /// The difference, if there are others.
    pub(crate) fn has_heard(&self, queue: &str, expected: &[Value]) -> Result<(), String> {
        let heard = self.heard(queue);
        if sorted(&heard) == sorted(expected) {
            return Ok(());
        }
        Err(format!(
            "{queue} heard {} messages, and not the {} expected ones: {heard:?}; the notifier said: {}",
            heard.len(),
            expected.len(),
            self.complaints("notifier")
        ))
    }

    /// Deletes every message of a queue unread.
    pub(crate) fn purge(&self, queue: &str) {
        let asked = json!({"QueueUrl": self.queue_url(queue)});
        self.cloud.json("sqs", "AmazonSQS.PurgeQueue", &asked);
    }

    /// Runs work while a topic is deleted, and then creates it again, without its subscriptions.
    pub(crate) fn without_topic<T>(&self, code: &str, work: impl FnOnce() -> T) -> T {
        let topic = topic(code);
        let sns = |fields: &[(&str, &str)]| {
            let mut all = vec![("Version", "2010-03-31")];
            all.extend(fields);
            let (status, answer) = self.cloud.form("sns", &all);
            assert!(status == 200, "{answer}");
        };
        sns(&[("Action", "DeleteTopic"), ("TopicArn", &topic)]);
        let done = work();
        let name = topic.rsplit(':').next().unwrap_or_default();
        sns(&[("Action", "CreateTopic"), ("Name", name)]);
        done
    }

    /// Every item of a table, in its stored format.
    pub(crate) fn items(&self, table: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut asked = json!({"TableName": table, "ConsistentRead": true});
        loop {
            let answer = self.cloud.json("dynamodb", "DynamoDB_20120810.Scan", &asked);
            items.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            match answer.get("LastEvaluatedKey") {
                Some(key) if !key.is_null() => asked["ExclusiveStartKey"] = key.clone(),
                _ => return items,
            }
        }
    }
}

/// The key of the standing with this name.
fn standing(name: &str) -> String {
    format!("STANDING#{name}")
}

fn sorted(values: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.sort_unstable();
    texts
}

/// The ARN of an alert topic.
fn topic(code: &str) -> String {
    format!("arn:aws:sns:us-east-1:{ACCOUNT}:VisaBulletin-prod-alerts-{code}")
}

/// The codes of all alert topics.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    let categories = Category::ALL.iter().map(|category| category.code());
    categories.chain(["BULLETINS"])
}

/// The compiled functions as assets, without debug information.
fn stripped() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        for name in FUNCTIONS {
            let own = folder.path().join(name);
            fs::create_dir(&own).expect("a folder");
            let status = Command::new("strip")
                .arg(binaries().join(name))
                .arg("-o")
                .arg(own.join("bootstrap"))
                .status();
            assert!(status.expect("strip comes with the C compiler").success());
        }
        folder
    });
    folder.path()
}
