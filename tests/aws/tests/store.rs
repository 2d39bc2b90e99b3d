//! The stores' contract on the emulator and on DynamoDB Local, and what only DynamoDB's stream shows.

use aws::DynamoStore;
use aws_sdk_dynamodb::Client;
use aws_tests::emulator::Emulator;
use aws_tests::table;
use pipeline::testing::contract;
use tokio::runtime::Builder;

fn run(test: impl Future<Output = ()>) {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

async fn contract_on(emulator: &Emulator) {
    let config = emulator.config();
    let client = Client::new(&config);
    contract::all(async || {
        let (tables, _) = table::create(&client).await;
        DynamoStore::new(client.clone(), tables)
    })
    .await;
}

#[test]
fn the_store_keeps_its_contract_on_the_emulator() {
    let Some(emulator) = Emulator::ministack() else {
        return;
    };
    run(contract_on(&emulator));
}

#[test]
fn the_store_keeps_its_contract_on_dynamodb_local() {
    let Some(emulator) = Emulator::dynamodb_local() else {
        return;
    };
    run(contract_on(&emulator));
}
