//! The Lambda that polls for bulletins and queues the due pages. It only wires; the logic is in `lib.rs`.

use aws::client::sdk_config;
use aws::config::Environment;
use aws::deadline::Deadline;
use aws::{DynamoStore, SqsQueue};
use fetcher::{Config, Request};
use lambda_runtime::{LambdaEvent, run, service_fn};
use pipeline::Fetcher;
use serde_json::Value;
use web_source::WebSource;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::of_process();
    aws::log::init(&environment);
    let config = Config::of(&environment)?;
    let sdk = sdk_config(&environment)?;
    let store = DynamoStore::new(aws_sdk_dynamodb::Client::new(&sdk), config.tables);
    let queue = SqsQueue::new(&sdk, config.queue);
    let source = WebSource::new(config.source, config.clock)?;
    let fetcher = Fetcher {
        source: &source,
        store: &store,
        queue: &queue,
        clock: &config.clock,
    };
    let (fetcher, store) = (&fetcher, &store);
    run(service_fn(async move |event: LambdaEvent<Value>| {
        let deadline = Deadline::before(event.context.deadline);
        let request = Request::read(&event.payload)?;
        Box::pin(fetcher::handle(fetcher, store, &request, deadline)).await
    }))
    .await
}
