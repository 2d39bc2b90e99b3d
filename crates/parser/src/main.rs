//! The Lambda that parses the queued pages. It only wires; the logic is in `lib.rs`.

use aws::DynamoStore;
use aws::client::sdk_config;
use aws::config::Environment;
use aws::deadline::Deadline;
use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{LambdaEvent, run, service_fn};
use parser::Config;
use pipeline::Parser;
use web_source::WebSource;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::of_process();
    aws::log::init(&environment);
    let config = Config::of(&environment)?;
    let sdk = sdk_config(&environment)?;
    let store = DynamoStore::new(aws_sdk_dynamodb::Client::new(&sdk), config.tables);
    let source = WebSource::new(config.source, config.clock)?;
    let ingester = Parser {
        source: &source,
        store: &store,
        clock: &config.clock,
    };
    let ingester = &ingester;
    run(service_fn(async move |event: LambdaEvent<SqsEvent>| {
        let deadline = Deadline::before(event.context.deadline);
        Ok::<_, lambda_runtime::Error>(Box::pin(parser::handle(ingester, &event.payload, deadline)).await)
    }))
    .await
}
