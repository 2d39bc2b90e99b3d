//! The real template on the emulator, deployed and removed by what `make deploy` and `make destroy` run.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use aws_tests::lambda::binaries;
use aws_tests::process::project;
use bulletin::{Category, FilterPolicy, Subscription};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::cloud::{ACCOUNT, Cloud};
use crate::department::Department;

/// What the functions are called before their own names.
const FUNCTION: &str = "VisaBulletin-prod-";
const FUNCTIONS: [&str; 3] = ["fetcher", "parser", "notifier"];
/// How long anything that must happen may take: on a busy machine, much longer than it does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// How long is waited for alerts even where they are not expected to come.
const LEAST_PATIENCE: Duration = Duration::from_secs(30);

/// A deployment on an emulator, and the site that it looks at.
pub(crate) struct Deployed {
    pub(crate) cloud: Cloud,
    pub(crate) site: Department,
    /// How long is waited until the pages that were queued are read.
    pub(crate) patience: Duration,
    /// From when on complaints count, in milliseconds since 1970.
    pub(crate) since: Cell<i64>,
    output: tempfile::TempDir,
}

impl Deployed {
    /// An emulator on which nothing is deployed yet; `None` where there is none.
    pub(crate) fn nowhere(enforces_roles: bool) -> Option<Self> {
        Some(Self {
            cloud: Cloud::start(enforces_roles)?,
            site: Department::open(),
            patience: PATIENCE,
            since: Cell::new(0),
            output: tempfile::tempdir().expect("a folder"),
        })
    }

    /// Runs what `make deploy` runs, with more settings.
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

    /// Runs what `make destroy` runs, with or without `DATA=delete`.
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
            .env("AWS_ENDPOINT_URL", self.cloud.endpoint())
            .env("AWS_ENDPOINT_URL_S3", self.cloud.endpoint())
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

    /// Sets the clocks of the functions, which are started anew.
    pub(crate) fn set_clock(&self, now: DateTime<Utc>) {
        let now = now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        for name in FUNCTIONS {
            self.cloud
                .set_variables(&format!("{FUNCTION}{name}"), &[("AS_OF", &now)]);
        }
    }

    /// Invokes a function.
    ///
    /// # Errors
    /// What it answers when it fails.
    pub(crate) fn invoke(&self, name: &str, event: &Value) -> Result<Value, String> {
        self.cloud.invoke(&format!("{FUNCTION}{name}"), event)
    }

    /// Invokes the fetcher as the schedule does, and waits until the parser has read every page that it queued.
    ///
    /// # Errors
    /// Where the fetcher fails, or pages stay in the queue.
    pub(crate) fn look(&self) -> Result<(), String> {
        self.invoke("fetcher", &json!({}))?;
        self.until_within(self.patience, "the queue of pages is empty", || {
            self.waiting("pages") == 0
        })
        .map_err(|error| format!("{error}; the parser said: {}", self.complaints("parser")))
    }

    /// What a function has complained of since the last time that everything was forgotten.
    pub(crate) fn complaints(&self, name: &str) -> String {
        let asked = json!({
            "logGroupName": format!("/aws/lambda/{FUNCTION}{name}"),
            "startTime": self.since.get(),
        });
        let answer = self.cloud.json("logs", "Logs_20140328.FilterLogEvents", &asked);
        let events = answer["events"].as_array().cloned().unwrap_or_default();
        let lines = events.iter().filter_map(|event| event["message"].as_str());
        let bad = lines.filter(|line| ["ERROR", "WARN", "rror"].iter().any(|word| line.contains(word)));
        bad.collect::<Vec<_>>().join("\n")
    }

    /// Waits until something is so.
    ///
    /// # Errors
    /// What did not become so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn() -> bool) -> Result<(), String> {
        self.until_within(self.patience.max(LEAST_PATIENCE), what, is_so)
    }

    /// Waits that long until something is so.
    ///
    /// # Errors
    /// What did not become so.
    pub(crate) fn until_within(
        &self,
        patience: Duration,
        what: &str,
        is_so: impl Fn() -> bool,
    ) -> Result<(), String> {
        let end = Instant::now() + patience;
        while !is_so() {
            if Instant::now() > end {
                return Err(format!("it never came that {what}"));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// How many messages a queue of the deployment has, those that are being handled too.
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
        format!("{}/{ACCOUNT}/{name}", self.cloud.endpoint())
    }

    /// Subscribes a queue to a topic, with the filter policy that this person would get; to the whole bulletins without.
    pub(crate) fn subscribe(&self, queue: &str, subscription: Option<&Subscription>) {
        let endpoint = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}");
        // As everybody must who subscribes a queue: SNS is let in.
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

    /// Takes what a queue has heard.
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

    /// Waits until a queue has heard as much as this, and then for what should not come.
    ///
    /// # Errors
    /// Where it hears less.
    pub(crate) fn hears(&self, queue: &str, count: usize) -> Result<Vec<Value>, String> {
        let end = Instant::now() + self.patience.max(LEAST_PATIENCE);
        let mut heard = self.heard(queue);
        while heard.len() < count && Instant::now() < end {
            sleep(Duration::from_millis(50));
            heard.extend(self.heard(queue));
        }
        if heard.len() < count {
            let complaints = self.complaints("notifier");
            return Err(format!(
                "{queue} heard {} of {count}; the notifier said: {complaints}",
                heard.len()
            ));
        }
        Ok(heard)
    }

    /// Takes every message out of a queue, unread.
    pub(crate) fn purge(&self, queue: &str) {
        let asked = json!({"QueueUrl": self.queue_url(queue)});
        self.cloud.json("sqs", "AmazonSQS.PurgeQueue", &asked);
    }

    /// Does something while a topic is gone, and makes it again, without its subscriptions.
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

    /// Every item of a table, as it is stored.
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

/// The ARN of a topic of alerts.
fn topic(code: &str) -> String {
    format!("arn:aws:sns:us-east-1:{ACCOUNT}:VisaBulletin-prod-alerts-{code}")
}

/// Every code of a topic of alerts.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    let categories = Category::ALL.iter().map(|category| category.code());
    categories.chain(["BULLETINS"])
}

/// The compiled functions as assets, without what only a debugger reads.
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
