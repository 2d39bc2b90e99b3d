//! Tables as a deployment makes them, and what their stream says.

use std::collections::BTreeMap;

use aws::BULLETIN_INDEX;
use aws::config::Tables;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
};
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};

fn attribute(name: &str) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .unwrap()
}

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
        .unwrap()
}

/// Makes the three tables of a stage that nobody else has, and answers their names and the stream's ARN.
///
/// # Panics
/// When they cannot be made.
pub async fn create(client: &Client) -> (Tables, String) {
    let stage = format!("t{:x}", fastrand::u64(..));
    let tables = Tables {
        data: format!("VisaBulletinData-{stage}"),
        links: format!("ProcessedURLs-{stage}"),
        marks: format!("AlertMarks-{stage}"),
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name(BULLETIN_INDEX)
        .key_schema(key("bulletin_date", KeyType::Hash))
        .key_schema(key("pk", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .unwrap();
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build()
        .unwrap();
    let data = client
        .create_table()
        .table_name(&tables.data)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk"))
        .attribute_definitions(attribute("sk"))
        .attribute_definitions(attribute("bulletin_date"))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .global_secondary_indexes(index)
        .stream_specification(stream)
        .send()
        .await
        .expect("the data table can be made");
    for name in [&tables.links, &tables.marks] {
        client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk"))
            .key_schema(key("pk", KeyType::Hash))
            .send()
            .await
            .expect("a table can be made");
    }
    let stream = data
        .table_description
        .and_then(|table| table.latest_stream_arn)
        .expect("a stream");
    (tables, stream)
}

/// Reads a table's stream from where it stopped reading.
#[derive(Debug)]
pub struct StreamReader {
    client: aws_sdk_dynamodbstreams::Client,
    stream: String,
    /// The number of the last record read in each shard.
    read: BTreeMap<String, String>,
}

impl StreamReader {
    /// A reader that begins at the stream's beginning.
    pub fn new(config: &aws_types::SdkConfig, stream: &str) -> Self {
        Self {
            client: aws_sdk_dynamodbstreams::Client::new(config),
            stream: stream.to_owned(),
            read: BTreeMap::new(),
        }
    }

    /// What was written since the last call, in order.
    ///
    /// # Panics
    /// When the stream cannot be read.
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

    async fn read_shard(&mut self, shard: &str) -> Vec<Record> {
        // An iterator is asked for anew each time: DynamoDB Local forgets those of a shard that was empty.
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
