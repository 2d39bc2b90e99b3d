//! The definitions of the tables; a test checks that `infra-cdk` deploys the same. Excludes calls to AWS, see
//! [`create`](super::create()). Start with [`TableKind`].

use aws::BULLETIN_INDEX;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, Tag,
};

use crate::Deployment;

/// A table of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// Rows, standings and bulletins, with the stream that triggers alerts.
    Data,
    /// Links, and the last polls of the source.
    Links,
    /// Marks of sent alerts.
    Marks,
}

impl TableKind {
    /// Every table.
    pub const ALL: [Self; 3] = [Self::Data, Self::Links, Self::Marks];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Links => "links",
            Self::Marks => "marks",
        }
    }

    /// Its name in a deployment.
    pub fn name(self, deployment: &Deployment) -> String {
        let tables = deployment.tables();
        match self {
            Self::Data => tables.data,
            Self::Links => tables.links,
            Self::Marks => tables.marks,
        }
    }

    /// The attribute with the time at which DynamoDB may delete an item, in seconds since 1970.
    pub fn time_to_live(self) -> Option<&'static str> {
        (self == Self::Marks).then_some("delete_at")
    }

    /// The kind of an item with this partition key.
    pub fn item_kind(self, pk: &str) -> &'static str {
        let prefixes: &[(&str, &'static str)] = match self {
            Self::Data => &[
                ("FILING_TYPE#", "row"),
                ("STANDING#", "standing"),
                ("BULLETIN#", "bulletin"),
                ("CATALOGUE", "catalogue"),
            ],
            Self::Links => &[("CHECK#", "check"), ("", "link")],
            Self::Marks => &[("", "mark")],
        };
        let found = prefixes.iter().find(|(prefix, _)| pk.starts_with(prefix));
        found.map_or("other", |(_, kind)| kind)
    }
}

/// The definition of a table. Expiry and point-in-time recovery are set after it is created.
///
/// # Errors
/// [`BuildError`], never: all required fields are set.
pub fn definition(
    kind: TableKind,
    deployment: &Deployment,
    protected: bool,
) -> Result<CreateTableInputBuilder, BuildError> {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let mut table = CreateTableInputBuilder::default()
        .table_name(kind.name(deployment))
        .billing_mode(BillingMode::PayPerRequest)
        .deletion_protection_enabled(protected)
        .attribute_definitions(attribute("pk")?)
        .key_schema(key("pk", KeyType::Hash)?)
        .tags(tag("application", "visa-bulletin-watch")?)
        .tags(tag("stage", deployment.stage())?);
    if kind == TableKind::Data {
        let index = GlobalSecondaryIndex::builder()
            .index_name(BULLETIN_INDEX)
            .key_schema(key("bulletin_date", KeyType::Hash)?)
            .key_schema(key("pk", KeyType::Range)?)
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()?;
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .build()?;
        table = table
            .attribute_definitions(attribute("sk")?)
            .attribute_definitions(attribute("bulletin_date")?)
            .key_schema(key("sk", KeyType::Range)?)
            .global_secondary_indexes(index)
            .stream_specification(stream);
    }
    Ok(table)
}

fn attribute(name: &str) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, BuildError> {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
}
