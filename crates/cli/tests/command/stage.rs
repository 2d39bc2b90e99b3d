//! A deployment without its Lambdas, on an emulator: tables, queues and topics under a unique stage. Start with
//! [`Stage`].

use aws::DynamoStore;
use aws::config::Tables;
use aws_harness::emulator::Emulator;
use aws_harness::{run, table};
use aws_sdk_sqs::types::QueueAttributeName;
use bulletin_samples::site;
use chrono::{DateTime, Utc};
use operations::deployment::{Deployment, Queue};
use operations::table::TableKind;
use pipeline::port::{Check, Clock, Fetched, LinkTable};
use pipeline::testing::{FixedClock, ScriptedSource, page_of};
use pipeline::{Parsed, Parser};
use serde_json::json;

use crate::sample::month;
use crate::tool::{Answer, Folder, answer};

/// A stage, and a folder in which the command is run against it.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) deployment: Deployment,
    pub(crate) folder: Folder,
}

impl Stage {
    /// The tables alone, on any emulator.
    pub(crate) fn of_tables(emulator: &Emulator) -> Self {
        let emulator = emulator.apart();
        let (tables, _) = run(async {
            table::create_as_deployed(&aws_sdk_dynamodb::Client::new(&emulator.config())).await
        });
        let stage = tables.data.trim_start_matches("VisaBulletinData-");
        Self {
            emulator,
            deployment: stage.parse().unwrap(),
            folder: Folder::new(),
        }
    }

    /// Tables, queues and topics on the AWS emulator, if it is installed.
    pub(crate) fn whole() -> Option<Self> {
        let stage = Self::of_tables(Emulator::shared_ministack()?);
        run(stage.make_queues());
        run(stage.make_topics());
        Some(stage)
    }

    /// The same under a given name, with protected tables, as an operator creates them.
    pub(crate) fn named(emulator: &Emulator, stage: &str) -> Self {
        let stage = Self {
            emulator: emulator.apart(),
            deployment: stage.parse().unwrap(),
            folder: Folder::new(),
        };
        let dynamo = aws_sdk_dynamodb::Client::new(&stage.emulator.config());
        run(async {
            for kind in TableKind::ALL {
                let made = operations::table::create(&dynamo, &stage.deployment, kind, true).await;
                assert!(made.unwrap().made);
            }
            stage.make_queues().await;
            stage.make_topics().await;
        });
        stage
    }

    async fn make_queues(&self) {
        let sqs = aws_sdk_sqs::Client::new(&self.emulator.config());
        for queue in Queue::DEAD_LETTERS {
            let name = self.deployment.queue(queue);
            sqs.create_queue().queue_name(name).send().await.unwrap();
        }
        let refused = self.url(Queue::RefusedPages).await;
        let request = sqs.get_queue_attributes().queue_url(refused);
        let answer = request
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await
            .unwrap();
        let arn = &answer.attributes.unwrap()[&QueueAttributeName::QueueArn];
        let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": 3}).to_string();
        sqs.create_queue()
            .queue_name(self.deployment.queue(Queue::Pages))
            .attributes(QueueAttributeName::RedrivePolicy, redrive)
            .send()
            .await
            .unwrap();
    }

    async fn make_topics(&self) {
        let sns = aws_sdk_sns::Client::new(&self.emulator.config());
        let codes = bulletin::Category::ALL.iter().map(|category| category.code());
        for code in codes.chain(["BULLETINS"]) {
            let name = format!("{}{code}", self.deployment.topics());
            sns.create_topic().name(name).send().await.unwrap();
        }
    }

    /// Subscribes an address to its topic of whole bulletins, and returns the subscription's ARN.
    pub(crate) fn subscribe(&self, protocol: &str, endpoint: &str) -> String {
        let sns = aws_sdk_sns::Client::new(&self.emulator.config());
        let request = sns.subscribe().topic_arn(self.topic()).protocol(protocol);
        let request = request.endpoint(endpoint).return_subscription_arn(true);
        run(request.send()).unwrap().subscription_arn.unwrap()
    }

    /// The ARN of its topic of whole bulletins.
    pub(crate) fn topic(&self) -> String {
        format!(
            "arn:aws:sns:us-east-1:000000000000:{}BULLETINS",
            self.deployment.topics()
        )
    }

    /// Records a good poll of the source.
    pub(crate) fn look(&self, at: DateTime<Utc>) {
        let check = Check {
            at,
            good: true,
            note: "listed".into(),
        };
        run(self.store().note_check(&check)).unwrap();
    }

    /// The URL of one of its queues.
    pub(crate) async fn url(&self, queue: Queue) -> String {
        let sqs = aws_sdk_sqs::Client::new(&self.emulator.config());
        let request = sqs.get_queue_url().queue_name(self.deployment.queue(queue));
        request.send().await.unwrap().queue_url.unwrap()
    }

    pub(crate) fn tables(&self) -> Tables {
        self.deployment.tables()
    }

    /// Its store, like that of the Lambdas.
    pub(crate) fn store(&self) -> DynamoStore {
        let client = aws_sdk_dynamodb::Client::new(&self.emulator.config());
        DynamoStore::new(client, self.tables())
    }

    /// Stores the sample bulletins of these months, in this order, like the parser.
    pub(crate) fn ingest(&self, months: &[&str]) {
        let store = self.store();
        run(async {
            for text in months {
                let clock = FixedClock::noon(&crate::sample::day_before(text));
                let page = Fetched {
                    body: page_of(&site::bulletin(month(text)).unwrap()),
                    host: "by hand".into(),
                    at: clock.now(),
                    by_hand: true,
                };
                let source = ScriptedSource::new(&clock, &[]);
                let ingester = Parser {
                    source: &source,
                    store: &store,
                    clock: &clock,
                };
                let (_, _, ingested) = ingester
                    .parse_page(&page, None, pipeline::Accept::default())
                    .await
                    .unwrap();
                assert!(matches!(ingested, Parsed::Stored { .. }), "{text}");
            }
        });
    }

    /// The command against this stage: with `--stage`, the rest is in the environment.
    pub(crate) fn command(&self, args: &[&str]) -> std::process::Command {
        let args: Vec<&str> = args
            .iter()
            .copied()
            .chain(["--stage", self.deployment.stage()])
            .collect();
        let mut command = self.folder.command(&args);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        command
            .env("AWS_ENDPOINT_URL", self.emulator.endpoint())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", self.emulator.access_key())
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("HOME", self.folder.path(""));
        command
    }

    /// Runs the command against this stage and returns its answer.
    pub(crate) fn bulletin(&self, args: &[&str]) -> Answer {
        answer(self.command(args))
    }
}
