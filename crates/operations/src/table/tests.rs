//! The definitions of the tables match `infra-cdk`, and filters are parsed.

use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::types::{AttributeValue, KeySchemaElement};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::condition::condition;
use super::describe::listed;
use super::*;
use crate::Deployment;
use crate::filter::Filter;

/// A definition in the form of CloudFormation properties.
fn as_properties(input: &CreateTableInput, kind: TableKind) -> Value {
    let keys = |schema: &[KeySchemaElement]| -> Value {
        schema
            .iter()
            .map(|key| json!({"AttributeName": key.attribute_name(), "KeyType": key.key_type().as_str()}))
            .collect()
    };
    let attributes = input.attribute_definitions().iter().map(
        |one| json!({"AttributeName": one.attribute_name(), "AttributeType": one.attribute_type().as_str()}),
    );
    let tags = input
        .tags()
        .iter()
        .map(|tag| json!({"Key": tag.key(), "Value": tag.value()}));
    let mut properties = json!({
        "TableName": input.table_name(),
        "BillingMode": input.billing_mode().unwrap().as_str(),
        "DeletionProtectionEnabled": input.deletion_protection_enabled(),
        "KeySchema": keys(input.key_schema()),
        "AttributeDefinitions": attributes.collect::<Value>(),
        "Tags": tags.collect::<Value>(),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
        // AWS's own key, the default of a table.
        "SSESpecification": {"SSEEnabled": input.sse_specification().is_some()},
    });
    if !input.global_secondary_indexes().is_empty() {
        let indexes = input.global_secondary_indexes().iter().map(|index| {
            let held = index.projection().unwrap().projection_type().unwrap().as_str();
            json!({
                "IndexName": index.index_name(),
                "KeySchema": keys(index.key_schema()),
                "Projection": {"ProjectionType": held},
            })
        });
        properties["GlobalSecondaryIndexes"] = indexes.collect();
    }
    if let Some(stream) = input.stream_specification() {
        let view = stream.stream_view_type().unwrap().as_str();
        properties["StreamSpecification"] = json!({ "StreamViewType": view });
    }
    if let Some(attribute) = kind.time_to_live() {
        properties["TimeToLiveSpecification"] = json!({"AttributeName": attribute, "Enabled": true});
    }
    properties
}

fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    if value["Type"] == "AWS::DynamoDB::Table" && value["Properties"]["TableName"] == name {
        return Some(&value["Properties"]);
    }
    match value {
        Value::Object(fields) => fields.values().find_map(|value| find(value, name)),
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

#[test]
fn tables_have_the_shape_of_the_template() {
    let text = include_str!("../../../../infra-cdk/test/templates.snapshot.json");
    let templates: Value = serde_json::from_str(text).unwrap();
    let prod: Deployment = "prod".parse().unwrap();
    for kind in TableKind::ALL {
        let input = definition(kind, &prod, true).unwrap().build().unwrap();
        let template = find(&templates, &kind.name(&prod)).unwrap();
        assert_eq!(&as_properties(&input, kind), template, "{kind:?}");
    }
}

#[test]
fn a_filter_is_read_as_it_is_meant() {
    let filters: Vec<Filter> = [
        "category=EB3",
        "version >= 2",
        "pk^=STANDING#",
        "status!=date",
        "raw_value=a=b",
    ]
    .map(|text| text.parse().unwrap())
    .into();
    let condition = condition(&filters);
    assert_eq!(
        condition.text,
        "#f0 = :t0 AND (#f1 >= :t1 OR #f1 >= :n1) AND begins_with(#f2, :t2) AND #f3 <> :t3 AND #f4 = :t4"
    );
    assert_eq!(condition.names["#f1"], "version");
    assert_eq!(condition.values[":n1"], AttributeValue::N("2".into()));
    assert_eq!(condition.values[":t4"], AttributeValue::S("a=b".into()));
    for wrong in ["category", "=EB3", "category!EB3", ""] {
        let error = wrong.parse::<Filter>().unwrap_err().to_string();
        assert!(error.contains("category=EB3"), "{error}");
    }
}

#[test]
fn a_table_of_a_deployment_is_known_by_its_name() {
    let prod: Deployment = "prod".parse().unwrap();
    for kind in TableKind::ALL {
        let known = listed(kind.name(&prod));
        assert_eq!(
            (known.stage.as_deref(), known.kind),
            (Some("prod"), Some(kind.word()))
        );
    }
    for other in ["VisaBulletinData", "VisaBulletinData-Prod", "Other-prod", "prod"] {
        let known = listed(other.into());
        assert_eq!((known.stage, known.kind), (None, None), "{other}");
    }
    assert_eq!(TableKind::Data.item_kind("BULLETIN_DATE#2024-03"), "other");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_filter_or_is_refused(text in "\\PC{0,20}") {
        if let Ok(filter) = text.parse::<Filter>() {
            let again: Filter = filter.to_string().parse().unwrap();
            prop_assert_eq!(again, filter);
        }
    }
}
