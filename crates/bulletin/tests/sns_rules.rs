//! The evaluator of filter policies that the other tests rely on, held against the examples of the Amazon SNS Developer
//! Guide.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/sns.rs"]
mod sns;

use serde_json::{Value, json};
use sns::{Policy, Published};

fn lets_through(policy: Value, attributes: &[(&str, &str, &str)]) -> bool {
    let attributes: Published = attributes
        .iter()
        .map(|(name, kind, text)| ((*name).to_owned(), ((*kind).to_owned(), (*text).to_owned())))
        .collect();
    Policy::accepted(&policy.to_string())
        .unwrap()
        .lets_through(&attributes)
}

#[test]
fn strings_match_as_documented() {
    let name = "customer_interests";
    let check =
        |rule: Value, kind: &str, text: &str| lets_through(json!({name: rule}), &[(name, kind, text)]);
    let exact = json!(["rugby", "tennis"]);
    assert!(check(exact.clone(), "String", "rugby"));
    assert!(check(exact.clone(), "String.Array", r#"["rugby", "tennis"]"#));
    assert!(check(exact.clone(), "String.Array", r#"["baseball", "tennis"]"#));
    assert!(!check(exact.clone(), "String", "baseball"));
    assert!(!check(exact.clone(), "String.Array", r#"["baseball"]"#));
    assert!(!check(exact.clone(), "String", "Rugby"));
    assert!(!check(exact, "Binary", "rugby"));
    let but = json!([{"anything-but": ["rugby", "tennis"]}]);
    assert!(check(but.clone(), "String", "baseball"));
    assert!(check(but.clone(), "String.Array", r#"["rugby", "baseball"]"#));
    assert!(!check(but.clone(), "String", "rugby"));
    assert!(!lets_through(json!({name: but}), &[("other", "String", "x")]));
    let but_prefix = json!([{"anything-but": {"prefix": "order-"}}]);
    assert!(check(but_prefix.clone(), "String", "data-entry"));
    assert!(!check(but_prefix, "String", "order-number"));
    let prefix = json!([{"prefix": "bas"}]);
    assert!(check(prefix.clone(), "String", "basketball"));
    assert!(!check(prefix, "String", "rugby"));
    assert!(check(json!([{"suffix": "ball"}]), "String", "baseball"));
    assert!(check(
        json!([{"equals-ignore-case": "tennis"}]),
        "String",
        "TENNIS"
    ));
}

#[test]
fn numbers_match_as_documented() {
    let check =
        |rule: Value, kind: &str, text: &str| lets_through(json!({"price": rule}), &[("price", kind, text)]);
    assert!(check(json!([{"numeric": ["=", 301.5]}]), "Number", "301.5"));
    assert!(check(json!([{"numeric": ["=", 301.5]}]), "Number", "3.015e2"));
    assert!(check(json!([{"anything-but": [100, 500]}]), "Number", "100.1"));
    assert!(!check(json!([{"anything-but": [100, 500]}]), "Number", "100"));
    let range = json!([{"numeric": [">", 0, "<=", 150]}]);
    assert!(check(range.clone(), "Number", "150"));
    assert!(!check(range.clone(), "Number", "0"));
    assert!(!check(range, "String", "150"), "a String is no number");
    assert!(check(json!([{"numeric": ["<", 0]}]), "Number", "-1"));
}

#[test]
fn keys_match_as_documented() {
    let store = ("store", "String", "fans");
    assert!(lets_through(json!({"store": [{"exists": true}]}), &[store]));
    assert!(!lets_through(json!({"store": [{"exists": false}]}), &[store]));
    assert!(lets_through(
        json!({"store": [{"exists": false}]}),
        &[("other", "String", "x")]
    ));
}

#[test]
fn keys_are_joined_by_and_and_the_members_of_or_by_or() {
    let and = json!({"customer_interests": ["rugby"], "price_usd": [{"numeric": [">", 100]}]});
    let rugby = ("customer_interests", "String", "rugby");
    assert!(lets_through(
        and.clone(),
        &[rugby, ("price_usd", "Number", "101")]
    ));
    assert!(!lets_through(
        and.clone(),
        &[rugby, ("price_usd", "Number", "100")]
    ));
    assert!(!lets_through(and, &[rugby]));
    let or = json!({
        "source": ["aws.cloudwatch"],
        "$or": [{"metricName": ["CPUUtilization"]}, {"namespace": ["AWS/EC2"]}],
    });
    let source = ("source", "String", "aws.cloudwatch");
    assert!(lets_through(
        or.clone(),
        &[source, ("metricName", "String", "CPUUtilization")]
    ));
    assert!(lets_through(
        or.clone(),
        &[source, ("namespace", "String", "AWS/EC2")]
    ));
    assert!(!lets_through(or.clone(), &[source]));
    assert!(!lets_through(or, &[("namespace", "String", "AWS/EC2")]));
    // One member, or a reserved word as a name: then it is an attribute of that name, and this one no list of values.
    assert!(Policy::accepted(&json!({"$or": [{"numeric": 123}, {"prefix": "abc"}]}).to_string()).is_ok());
    let one = json!({"$or": [{"source": ["aws.cloudwatch"]}]});
    assert!(Policy::accepted(&one.to_string()).is_err());
}

#[test]
fn combinations_are_counted_as_documented() {
    let count = |policy: Value| Policy::accepted(&policy.to_string()).unwrap().combinations();
    let product = json!({
        "key_a": ["value_one", "value_two", "value_three"],
        "key_b": ["value_one"],
        "key_c": ["value_one", "value_two"],
    });
    assert_eq!(count(product), 6);
    let nested = json!({
        "source": ["aws.cloudwatch"],
        "$or": [
            {"metricName": ["CPUUtilization", "ReadLatency"]},
            {
                "metricType": ["MetricType"],
                "$or": [{"metricId": [1234, 4321]}, {"spaceId": [1000, 2000, 3000]}],
            },
        ],
    });
    assert_eq!(count(nested), 7);
}

#[test]
fn what_is_beyond_the_limits_is_refused() {
    let refused = |policy: Value| Policy::accepted(&policy.to_string()).err().unwrap();
    let six: Value = (0..6)
        .map(|key| (format!("key_{key}"), json!(["x"])))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(refused(six), "6 keys");
    let in_members =
        json!({"a": ["x"], "$or": [{"b": ["x"], "c": ["x"]}, {"d": ["x"], "e": ["x"], "f": ["x"]}]});
    assert_eq!(refused(in_members), "6 keys");
    let many: Vec<usize> = (0..151).collect();
    assert_eq!(refused(json!({"a": many})), "151 combinations");
    assert!(refused(json!({"a": "x"})).contains("list"));
    assert!(
        refused(json!({"a": {"b": ["x"]}})).contains("list"),
        "nothing is nested in attributes"
    );
    assert!(refused(json!({"a": [{"numeric": ["<", 1_000_000_001]}]})).contains("range"));
    assert!(refused(json!({"a": ["x".repeat(256 * 1024)]})).contains("KB"));
}

#[test]
fn attributes_that_sns_refuses_are_found() {
    let fault = |kind: &str, text: &str| {
        let attribute = (kind.to_owned(), text.to_owned());
        sns::fault(&Published::from([("price".to_owned(), attribute)]))
    };
    for (kind, text) in [
        ("String", "x"),
        ("String.Array", r#"["x"]"#),
        ("Number", "-20000000"),
    ] {
        assert_eq!(fault(kind, text), None);
    }
    for (kind, text) in [
        ("String", ""),
        ("String.Array", "x"),
        ("String.Array", "[]"),
        ("Number", "x"),
        ("Number", "1000000001"),
        ("Text", "x"),
    ] {
        assert!(fault(kind, text).is_some(), "{kind} {text}");
    }
    let eleven = (0..11).map(|name| (name.to_string(), ("String".to_owned(), "x".to_owned())));
    assert!(sns::fault(&eleven.collect()).is_some());
}
