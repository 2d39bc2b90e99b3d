//! `bulletin doctor` on a database with one fault, or with many: its findings, and whether its remedies fix them.

mod deployment;
mod machine;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::tool::Answer;

/// The parts with a problem.
#[track_caller]
fn complaints(answer: &Answer) -> BTreeSet<String> {
    let symptoms = answer.json();
    let symptoms = symptoms.as_array().unwrap();
    let bad = symptoms.iter().filter(|symptom| symptom["verdict"] == "problem");
    let bad: BTreeSet<String> = bad
        .map(|symptom| symptom["part"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(answer.code, i32::from(!bad.is_empty()), "{answer:#?}");
    bad
}

/// The symptoms of this part that need a check.
fn bad_symptoms(answer: &Answer, part: &str) -> Vec<Value> {
    let symptoms = answer.json();
    let symptoms = symptoms.as_array().unwrap().iter();
    symptoms
        .filter(|symptom| symptom["part"] == part && symptom["verdict"] == "problem")
        .cloned()
        .collect()
}

/// The suggested commands for this part.
fn commands(answer: &Answer, part: &str) -> Vec<String> {
    let bad = bad_symptoms(answer, part);
    let commands = bad
        .iter()
        .flat_map(|symptom| symptom["commands"].as_array().unwrap());
    commands
        .map(|command| command.as_str().unwrap().to_owned())
        .collect()
}
