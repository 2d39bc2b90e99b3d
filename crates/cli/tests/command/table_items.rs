//! Tables of a deployment: created, described, counted, scanned, truncated and dropped.

use std::process::Stdio;
use std::time::Duration;

use aws_harness::emulator::Emulator;
use aws_harness::run;
use aws_harness::table::StreamReader;
use serde_json::Value;

use crate::stage::Stage;
use crate::tool::Answer;

fn emulators() -> impl Iterator<Item = &'static Emulator> {
    [Emulator::shared_ministack(), Emulator::shared_dynamodb_local()]
        .into_iter()
        .flatten()
}

/// A stage that has no tables yet.
fn without_tables(emulator: &'static Emulator) -> Stage {
    let stage = Stage::of_tables(emulator);
    let name = format!("n{}", stage.deployment.stage());
    Stage {
        deployment: name.parse().unwrap(),
        ..stage
    }
}

/// The number of items of a kind that `count` prints.
fn items_of(count: &Value, kind: &str) -> u64 {
    let counts = count.as_array().unwrap();
    let of_kind = counts.iter().find(|count| count["item_kind"] == kind).unwrap();
    of_kind["items"].as_u64().unwrap()
}

/// The output of `scan` as JSON, one value per line.
fn lines(answer: &Answer) -> Vec<Value> {
    answer
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn tables_are_made_as_the_template_makes_them() {
    for emulator in emulators() {
        let stage = without_tables(emulator);
        stage.bulletin(&["table", "describe"]).exits(1).says(&[
            "VisaBulletinData-n",
            "does not exist",
            "bulletin table create",
        ]);
        stage.bulletin(&["table", "create"]).exits(0).prints(&[
            "VisaBulletinData-n",
            "ProcessedURLs-n",
            "AlertMarks-n",
            " created",
        ]);
        let again = stage.bulletin(&["table", "create"]).exits(0);
        assert!(!again.out.contains(" created"), "{again:#?}");
        let described = stage
            .bulletin(&["table", "describe", "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(described["keys"], "pk (partition), sk (sort)");
        assert_eq!(
            described["indexes"][0],
            "by-bulletin-date: bulletin_date (partition), pk (sort), holds ALL"
        );
        assert_eq!(described["stream"], "NEW_AND_OLD_IMAGES");
        assert_eq!(described["billing"], "PAY_PER_REQUEST");
        assert_eq!(described["deletion_protection"], true);
        let marks = stage
            .bulletin(&["table", "describe", "--table", "marks", "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(marks["time_to_live"], "delete_at");
        assert_eq!(marks["stream"], Value::Null);

        // Commands that could delete something by mistake.
        for command in [
            &["table", "drop", "--yes"][..],
            &["table", "drop"],
            &["table", "truncate", "--yes"],
            &["table", "truncate", "--drop-and-create", "--yes"],
        ] {
            stage.bulletin(command).exits(1).says(&[
                "is protected against deletion",
                "aws dynamodb update-table --table-name VisaBulletinData-n",
                "--no-deletion-protection-enabled",
            ]);
        }
        stage.bulletin(&["table", "count"]).exits(0).prints(&["total"]);
        let listed = stage_list(&stage);
        let ours: Vec<&Value> = listed
            .as_array()
            .unwrap()
            .iter()
            .filter(|table| table["stage"] == stage.deployment.stage())
            .collect();
        assert_eq!(ours.len(), 3, "{listed}");
    }
}

/// Runs `table list`, which takes no stage.
fn stage_list(stage: &Stage) -> Value {
    let mut command = stage.folder.command(&["table", "list", "--format", "json"]);
    for (name, value) in [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", stage.emulator.access_key()),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", &stage.emulator.endpoint()),
    ] {
        command.env(name, value);
    }
    crate::tool::answer(command).exits(0).json()
}

#[test]
fn a_table_of_others_is_not_touched() {
    for emulator in emulators() {
        let stage = without_tables(emulator);
        let client = aws_sdk_dynamodb::Client::new(&stage.emulator.config());
        let other =
            operations::table::definition(operations::table::TableKind::Links, &stage.deployment, false);
        let other = other.unwrap().table_name(stage.tables().data);
        run(other.send_with(&client)).unwrap();
        stage.bulletin(&["table", "create"]).exits(1).says(&[
            "VisaBulletinData-n",
            "is not a table of this program: its keys are pk (partition), and not pk (partition), sk (sort)",
        ]);
    }
}

#[test]
fn items_are_counted_and_found() {
    for emulator in emulators() {
        let stage = Stage::of_tables(emulator);
        stage.ingest(&["2024-04", "2024-05"]);
        let count = stage
            .bulletin(&["table", "count", "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(items_of(&count, "bulletin"), 2);
        assert_eq!(items_of(&count, "catalogue"), 1);
        assert_eq!(items_of(&count, "row"), 300);
        let all = stage.bulletin(&["table", "scan", "--format", "json"]).exits(0);
        let of_kind = |prefix: &str| {
            let is_it = |item: &&Value| item["pk"].as_str().unwrap().starts_with(prefix);
            lines(&all).iter().filter(is_it).count() as u64
        };
        assert_eq!(items_of(&count, "row"), of_kind("FILING_TYPE#"));
        assert_eq!(items_of(&count, "standing"), of_kind("STANDING#"));

        let filtered = [
            "table",
            "scan",
            "--where",
            "category=EB3",
            "--where",
            "country=INDIA",
            "--where",
            "bulletin_date>=2024-05-01",
            "--attributes",
            "filing_type,date,version",
            "--format",
            "csv",
        ];
        let found = stage
            .bulletin(&filtered)
            .exits(0)
            .says(&["DynamoDB charges for all items read"])
            .csv();
        assert_eq!(found[0], ["filing_type", "date", "version"]);
        assert_eq!(found.len(), 3, "both charts: {found:?}");
        let numbers = [
            "table",
            "scan",
            "--where",
            "version>=1",
            "--where",
            "pk^=STANDING#",
            "--format",
            "json",
        ];
        let standings = lines(&stage.bulletin(&numbers).exits(0));
        assert_eq!(standings.len() as u64, items_of(&count, "standing"));
        let some = stage
            .bulletin(&["table", "scan", "--limit", "7", "--format", "json"])
            .exits(0);
        assert_eq!(lines(&some).len(), 7);
        let links = stage
            .bulletin(&["table", "count", "--table", "links", "--format", "json"])
            .exits(0);
        assert_eq!(items_of(&links.json(), "link"), 2);
        stage
            .bulletin(&["table", "scan", "--where", "category"])
            .exits(2)
            .says(&["category=EB3"]);
    }
}

#[test]
fn a_table_is_emptied_also_after_a_death_and_alerts_nobody() {
    for emulator in emulators() {
        let stage = Stage::of_tables(emulator);
        stage.ingest(&["2024-04", "2024-05"]);
        let before = stage.bulletin(&["table", "scan", "--format", "json"]).out;
        stage.bulletin(&["table", "truncate"]).exits(0).prints(&[
            "300 of kind row",
            "Deleting them one by one consumes",
            "Nothing was done",
        ]);
        let items = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        let after = stage.bulletin(&["table", "scan", "--format", "json"]).out;
        assert_eq!(items(&after), items(&before));

        let mut killed = 0;
        for wait in 1..100 {
            let mut command = stage.command(&["table", "truncate", "--yes"]);
            let mut child = command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(60 * wait));
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success());
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
        }
        assert!(killed > 0);
        stage
            .bulletin(&["table", "truncate", "--yes"])
            .exits(0)
            .prints(&["0 items deleted"]);
        assert_eq!(
            stage
                .bulletin(&["table", "scan", "--format", "json"])
                .exits(0)
                .out,
            ""
        );
        let stream = stage.bulletin(&["table", "describe", "--format", "json"]).json();
        let stream = stream["stream_arn"].as_str().unwrap().to_owned();
        let events = run(async {
            StreamReader::new(&stage.emulator.config(), &stream)
                .events()
                .await
        });
        let removed: Vec<&Value> = events
            .iter()
            .filter(|event| event["eventName"] == "REMOVE")
            .collect();
        assert!(removed.len() > 300, "{}", removed.len());
        for event in removed {
            assert_eq!(aws::stream::read(event).unwrap().change, None);
        }

        stage.ingest(&["2024-04"]);
        stage
            .bulletin(&["table", "truncate", "--drop-and-create", "--yes"])
            .exits(0)
            .prints(&[" created", "The table has a new stream"]);
        assert_eq!(
            stage
                .bulletin(&["table", "scan", "--format", "json"])
                .exits(0)
                .out,
            ""
        );
        stage
            .bulletin(&["table", "drop"])
            .exits(0)
            .prints(&["would be dropped"]);
        stage
            .bulletin(&["table", "drop", "--yes"])
            .exits(0)
            .prints(&["AlertMarks-", " dropped"]);
        stage
            .bulletin(&["table", "drop", "--yes"])
            .exits(0)
            .prints(&["does not exist"]);
        stage
            .bulletin(&["table", "count"])
            .exits(1)
            .says(&["does not exist"]);
    }
}
