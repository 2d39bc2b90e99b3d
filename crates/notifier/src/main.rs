//! The Lambda that sends the alerts for changes of the data table. It only wires; the logic is in `lib.rs`.

use aws::client::sdk_config;
use aws::config::Environment;
use aws::deadline::Deadline;
use aws::{DynamoStore, SnsTopics, SqsQueue};
use lambda_runtime::{LambdaEvent, run, service_fn};
use notifier::Config;
use pipeline::Notifier;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::of_process();
    aws::log::init(&environment);
    let config = Config::of(&environment)?;
    let sdk = sdk_config(&environment)?;
    let store = DynamoStore::new(aws_sdk_dynamodb::Client::new(&sdk), config.tables);
    let topics = SnsTopics::new(aws_sdk_sns::Client::new(&sdk), config.topics);
    let dead_records = SqsQueue::new(&sdk, config.dead_records);
    let notifier = Notifier {
        store: &store,
        channel: &topics,
        clock: &config.clock,
    };
    let (notifier, dead_records) = (&notifier, &dead_records);
    run(service_fn(async move |event: LambdaEvent<Value>| {
        let deadline = Deadline::before(event.context.deadline);
        Box::pin(notifier::handle(notifier, dead_records, &event.payload, deadline)).await
    }))
    .await
}
