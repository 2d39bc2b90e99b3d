//! Queries have the same answer on one machine and on AWS.

use aws_harness::emulator::Emulator;

use crate::sample;
use crate::stage::Stage;

const MONTHS: [&str; 3] = ["2024-04", "2024-05", "2024-06"];

/// The queries, each with its maximum of consumed read units.
const QUESTIONS: [(&[&str], f64); 11] = [
    (&["history", "EB3", "India"], 4.0),
    (
        &["history", "EB3", "India", "--limit", "2", "--format", "json"],
        4.0,
    ),
    (
        &[
            "history",
            "F2A",
            "Mexico",
            "--months",
            "2024-05..2024-06",
            "--format",
            "csv",
        ],
        4.0,
    ),
    (&["show", "2024-05"], 20.0),
    (&["standings", "--country", "India"], 40.0),
    (
        &[
            "standings",
            "--country",
            "Brazil",
            "--category",
            "F2A",
            "--format",
            "csv",
        ],
        4.0,
    ),
    (&["standings", "--category", "EB3", "--format", "json"], 30.0),
    (&["corrections", "EB3", "India", "--format", "csv"], 8.0),
    (&["corrections", "EB3", "China", "2024-05"], 8.0),
    (&["diff", "2024-04", "2024-06", "--format", "csv"], 1600.0),
    (
        &[
            "check",
            "EB3",
            "India",
            "--priority-date",
            "2012-06-15",
            "--month",
            "2024-04",
        ],
        800.0,
    ),
];

#[test]
fn a_deployment_answers_what_one_machine_answers() {
    let folder = sample::stored(&MONTHS);
    for emulator in [Emulator::shared_ministack(), Emulator::shared_dynamodb_local()]
        .into_iter()
        .flatten()
    {
        let stage = Stage::of_tables(emulator);
        stage.ingest(&MONTHS);
        for (question, most) in QUESTIONS {
            let here = folder.bulletin(question).exits(0);
            let args: Vec<&str> = question.iter().copied().chain(["--show-capacity"]).collect();
            let there = stage.bulletin(&args).exits(0);
            assert_eq!(there.out, here.out, "{question:?}");
            let in_all = there.err.lines().find_map(|line| {
                let rest = line
                    .strip_prefix("capacity: total: ")?
                    .split_once(" read units and 0 write units")?;
                rest.0.parse::<f64>().ok()
            });
            assert!(
                in_all.is_some_and(|units| units > 0.0 && units <= most),
                "{question:?}: {}",
                there.err
            );
        }
    }
}

#[test]
fn a_stage_that_is_not_there_is_named() {
    let Some(emulator) = Emulator::shared_ministack() else {
        return;
    };
    let stage = Stage {
        deployment: "nowhere".parse().unwrap(),
        ..Stage::of_tables(emulator)
    };
    stage
        .bulletin(&["show", "2024-03"])
        .exits(1)
        .says(&["VisaBulletinData-nowhere"]);
}
