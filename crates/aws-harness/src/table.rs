//! Tables as a deployment creates them, and the records of their stream.

use std::collections::{BTreeMap, HashMap};

use aws::config::Tables;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, TimeToLiveSpecification};
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};
use bulletin::Month;
use operations::Deployment;
use operations::table::TableKind;

/// Creates the three tables of a new stage, and returns their names and the stream's ARN. Marks do not
/// expire: in a test that plays the past, the emulator would delete them by its clock within a minute.
///
/// # Panics
/// If they cannot be created.
pub async fn create(client: &Client) -> (Tables, String) {
    let (tables, stream) = create_as_deployed(client).await;
    let kept = TimeToLiveSpecification::builder()
        .attribute_name("delete_at")
        .enabled(false)
        .build()
        .expect("everything is said");
    client
        .update_time_to_live()
        .table_name(&tables.marks)
        .time_to_live_specification(kept)
        .send()
        .await
        .expect("marks are kept");
    (tables, stream)
}

/// Creates the same tables with marks that expire, as in a deployment.
///
/// # Panics
/// If they cannot be created.
pub async fn create_as_deployed(client: &Client) -> (Tables, String) {
    let stage = format!("t{:x}", fastrand::u64(..));
    let deployment: Deployment = stage.parse().expect("a stage");
    let mut stream = None;
    for kind in TableKind::ALL {
        let created = operations::table::create(client, &deployment, kind, false).await;
        stream = stream.or(created.expect("a table can be made").stream_arn);
    }
    (deployment.tables(), stream.expect("a stream"))
}

/// The write units of a bulletin that changes every standing, by AWS's rules from the sizes of the table's
/// items: two for each kilobyte in a transaction, and one for each of a row in the index. No emulator counts
/// transactions.
///
/// # Panics
/// If an item has no key.
pub fn write_units(items: &[HashMap<String, AttributeValue>], month: Month) -> usize {
    let first_day = month.first_day().to_string();
    let units = items.iter().map(|item| {
        let kilobytes = operations::table::size(item).div_ceil(1024);
        let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
        if sk.strip_prefix("BULLETIN_DATE#") == Some(&first_day) {
            3 * kilobytes
        } else if sk == "STANDING" || pk == "CATALOGUE" || pk.strip_prefix("BULLETIN#") == Some(&first_day) {
            2 * kilobytes
        } else {
            0
        }
    });
    units.sum()
}

/// A reader of a table's stream that remembers its position.
#[derive(Debug)]
pub struct StreamReader {
    client: aws_sdk_dynamodbstreams::Client,
    stream: String,
    /// The number of the last record read in each shard.
    read: BTreeMap<String, String>,
}

impl StreamReader {
    /// A reader at the start of the stream.
    pub fn new(config: &aws_types::SdkConfig, stream: &str) -> Self {
        Self {
            client: aws_sdk_dynamodbstreams::Client::new(config),
            stream: stream.to_owned(),
            read: BTreeMap::new(),
        }
    }

    /// The records since the last call, in order.
    ///
    /// # Panics
    /// If the stream cannot be read.
    pub async fn read(&mut self) -> Vec<Record> {
        let described = self
            .client
            .describe_stream()
            .stream_arn(&self.stream)
            .send()
            .await
            .expect("the stream is there");
        let shards = described.stream_description.expect("a description").shards;
        let mut records = Vec::new();
        for shard in shards.unwrap_or_default() {
            let shard = shard.shard_id.unwrap_or_default();
            records.extend(self.read_shard(&shard).await);
        }
        records
    }

    /// The same records in the format of the notifier's event.
    ///
    /// # Panics
    /// If the stream cannot be read.
    pub async fn events(&mut self) -> Vec<serde_json::Value> {
        self.read().await.iter().map(crate::event::record_event).collect()
    }

    async fn read_shard(&mut self, shard: &str) -> Vec<Record> {
        // Request a new iterator each time: DynamoDB Local forgets the iterator of a shard that was empty.
        let request = self
            .client
            .get_shard_iterator()
            .stream_arn(&self.stream)
            .shard_id(shard);
        let request = match self.read.get(shard) {
            Some(last) => request
                .shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                .sequence_number(last),
            None => request.shard_iterator_type(ShardIteratorType::TrimHorizon),
        };
        let mut iterator = request.send().await.expect("an iterator").shard_iterator;
        let mut records: Vec<Record> = Vec::new();
        while let Some(current) = iterator {
            let answer = self.client.get_records().shard_iterator(current).send().await;
            let answer = answer.expect("records");
            let found = answer.records.unwrap_or_default();
            iterator = answer.next_shard_iterator.filter(|_| !found.is_empty());
            records.extend(found);
        }
        let last = records
            .iter()
            .rev()
            .find_map(|record| record.dynamodb.as_ref()?.sequence_number.clone());
        self.read.extend(last.map(|last| (shard.to_owned(), last)));
        records
    }
}
