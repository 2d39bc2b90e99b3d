//! The output of every command that prints data, as text, CSV and JSON. The golden files are in `golden`;
//! `UPDATE_GOLDEN=1 cargo test -p visa-bulletin --test command outputs::` rewrites them and `docs/schemas`. Proofread
//! them before you commit them.

#[path = "../../../bulletin/tests/support/schema.rs"]
mod schema;

use bulletin::{Area, Category, Chart, RowKey};
use serde_json::Value;

use crate::golden::assert_golden;
use crate::sample::{self, EB3_CHINA, file, page};
use crate::stage::Stage;
use crate::tool::{Answer, Folder, answer};

/// The day on which the commands run.
const TODAY: &str = "2024-04-16";

/// Commands by the name of their golden file, with the command whose schema describes their output.
const COMMANDS: [(&str, &str, &[&str]); 15] = [
    ("parse", "parse", &["parse", "corrected.html"]),
    ("show", "show", &["show", "2024-05", "--chart", "final"]),
    ("diff", "diff", &["diff", "2024-04", "2024-05"]),
    ("history", "history", &["history", "EB3", "China"]),
    (
        "history-mexico",
        "history",
        &["history", "F1", "Mexico", "--limit", "2"],
    ),
    ("standings", "standings", &["standings", "--country", "Mexico"]),
    ("latest", "latest", &["latest"]),
    ("corrections", "corrections", &["corrections", "EB3", "China"]),
    (
        "corrections-none",
        "corrections",
        &["corrections", "EB2", "India"],
    ),
    (
        "check",
        "check",
        &[
            "check",
            "EB3",
            "Brazil",
            "--priority-date",
            "2022-11-22",
            "--month",
            "2024-05",
        ],
    ),
    ("check-watches", "check", &["check", "--month", "2024-05"]),
    ("watch-list", "watch list", &["watch", "list"]),
    ("status", "status", &["status", "--as-of", TODAY]),
    ("doctor", "doctor", &["doctor", "--offline", "--as-of", TODAY]),
    (
        "replay-dead-letters",
        "replay --dead-letters",
        &["replay", "--dead-letters", "--dry-run"],
    ),
];

/// A cell that cannot be read.
const F1_MEXICO: RowKey = RowKey {
    chart: Chart::FinalAction,
    category: Category::F1,
    area: Area::MEXICO,
};

/// A database with three bulletins, a correction, an unreadable cell, a refused page, and three watches.
fn folder() -> Folder {
    let folder = Folder::new();
    sample::save(&folder, &["2024-02", "2024-04"]);
    let mut first = page("2024-05");
    first.noise.misprints = vec![(EB3_CHINA, "01SEP2O".into()), (F1_MEXICO, "O1JAN01".into())];
    folder.write(&format!("pages/{}", file("2024-05")), first.render());
    let day = &sample::day_before("2024-05");
    folder
        .bulletin(&[
            "run",
            "--source",
            "pages",
            "--as-of",
            day,
            "--backfill",
            "2024-02..2024-05",
        ])
        .exits(0);
    let mut second = page("2024-05");
    second.noise.misprints = vec![(F1_MEXICO, "O1JAN01".into())];
    folder.write("corrected.html", second.render());
    folder
        .bulletin(&["ingest", "corrected.html", "--as-of", TODAY])
        .exits(0);
    let date = ["--priority-date", "2013-03-15", "--when", "current"];
    folder
        .bulletin(&[&["watch", "add", "EB3", "India"], &date[..]].concat())
        .exits(0);
    folder
        .bulletin(&[
            "watch",
            "add",
            "F1",
            "Mexico",
            "--chart",
            "final",
            "--exec",
            "notify-send alert",
        ])
        .exits(0);
    folder.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    folder.write(
        "pages/visa-bulletin-for-june-2024.html",
        "<html><title>Visa Bulletin For June 2024</title><body>Not a bulletin</body></html>",
    );
    folder
        .bulletin(&["run", "--source", "pages", "--as-of", TODAY])
        .exits(1);
    folder
}

/// The command in a terminal of 80 columns.
fn ask(folder: &Folder, args: &[&str], format: &str) -> Answer {
    let mut command = folder.command(&[args, &["--format", format]].concat());
    command.env("COLUMNS", "80");
    answer(command)
}

/// The schema of a command.
fn schema_of(command: &str) -> schema::Schema {
    let words: Vec<&str> = command
        .split([' ', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    schema::Schema::read(&format!("schemas/{}.schema.json", words.join("-")))
}

/// Asserts that the JSON fits its schema, and that CSV has the same fields and values.
#[track_caller]
fn assert_fits(command: &str, csv: &Answer, json: &Answer) {
    let value = json.json();
    let faults = schema_of(command).faults(&value);
    assert!(faults.is_empty(), "{command}: {faults:#?}");
    let records = match value {
        Value::Array(records) => records,
        record => vec![record],
    };
    let mut rows = csv.csv().into_iter();
    let heading = rows.next().unwrap();
    let rows: Vec<Vec<String>> = rows.collect();
    assert_eq!(rows.len(), records.len(), "{command}");
    for (row, record) in rows.iter().zip(&records) {
        assert_eq!(record.as_object().unwrap().len(), heading.len(), "{command}");
        for (name, cell) in heading.iter().zip(row) {
            assert_eq!(*cell, as_cell(&record[name]), "{command}: {name}");
        }
    }
}

fn as_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(as_cell).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

/// The first lines of a long text.
fn start_of(text: &str) -> String {
    const MOST: usize = 40;
    let lines: Vec<&str> = text.lines().collect();
    let mut start = lines[..lines.len().min(MOST)].join("\n");
    if let more @ 1.. = lines.len().saturating_sub(MOST) {
        start.push_str(&format!("\n... {more} more lines"));
    }
    start
}

#[test]
fn every_command_prints_the_proofread_text_and_the_promised_fields() {
    let folder = folder();
    for (name, command, args) in COMMANDS {
        let [text, csv, json] = ["table", "csv", "json"].map(|format| ask(&folder, args, format));
        assert_fits(command, &csv, &json);
        let golden = format!(
            "$ bulletin {}\n{}\n\n--format csv\n{}\n\n--format json\n{}\n",
            args.join(" "),
            text.out.trim_end(),
            start_of(&csv.out),
            start_of(&json.out),
        );
        assert_golden(&format!("tests/command/golden/{name}.txt"), &golden);
    }
}

#[test]
fn every_text_fits_80_columns() {
    let folder = folder();
    for (_, _, args) in COMMANDS {
        for line in ask(&folder, args, "table").out.lines() {
            // An address is not broken.
            let fits = line.chars().count() <= 80 || line.contains("https://");
            assert!(fits, "{args:?}: {line}");
        }
    }
}

#[test]
fn the_commands_for_a_deployment_print_the_promised_fields() {
    let Some(stage) = Stage::whole() else { return };
    stage.ingest(&["2024-04", "2024-05"]);
    stage.subscribe("email", "you@example.com");
    for (command, args) in [
        ("show", &["show", "2024-05"][..]),
        ("standings", &["standings", "--country", "India"]),
        ("latest", &["latest"]),
        ("doctor", &["doctor", "--offline", "--as-of", TODAY]),
        ("table describe", &["table", "describe"]),
        ("table count", &["table", "count"]),
        ("table migrate", &["table", "migrate", "--source", "."]),
        (
            "replay --dead-letters",
            &["replay", "--dead-letters", "--dry-run"],
        ),
        (
            "replay --months",
            &["replay", "--months", "2024-04..2024-05", "--dry-run"],
        ),
        (
            "replay --alerts",
            &["replay", "--alerts", "--months", "2024-04..2024-05", "--dry-run"],
        ),
    ] {
        let [csv, json] =
            ["csv", "json"].map(|format| stage.bulletin(&[args, &["--format", format]].concat()));
        assert_fits(command, &csv, &json);
    }
}

#[test]
fn the_schemas_and_the_table_of_fields_are_current() {
    for (name, content) in visa_bulletin::schemas() {
        assert_golden(&format!("../../docs/schemas/{name}"), &content);
    }
}
