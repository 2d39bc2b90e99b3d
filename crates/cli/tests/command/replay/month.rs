//! Pages of past months that are parsed again.

use operations::deployment::Queue;
use serde_json::Value;

use super::{bodies, count};
use crate::sample;
use crate::stage::Stage;

#[test]
fn months_are_queued_in_the_order_in_which_they_are_to_be_read() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    stage.ingest(&["2024-05"]);
    let dry = [
        "replay",
        "--months",
        "2024-03..2024-07",
        "--dry-run",
        "--format",
        "csv",
    ];
    let listed: Vec<[String; 2]> = stage
        .bulletin(&dry)
        .exits(0)
        .csv()
        .into_iter()
        .skip(1)
        .map(|row| [row[0].clone(), row[1].clone()])
        .collect();
    // New months in ascending order, then the history, newest first.
    let expected = [
        ["2024-06", "false"],
        ["2024-07", "false"],
        ["2024-05", "true"],
        ["2024-04", "false"],
        ["2024-03", "false"],
    ];
    assert_eq!(listed, expected);
    assert_eq!(count(&stage, Queue::Pages), 0);
    let replay = ["replay", "--months", "2024-03..2024-07", "--max-rate", "100"];
    stage.bulletin(&replay).exits(0).says(&["5 pages queued"]);
    let mut queued: Vec<(String, String)> = bodies(&stage, Queue::Pages)
        .into_iter()
        .map(|(body, _)| {
            let message: Value = serde_json::from_str(&body).unwrap();
            let text = |pointer: &str| message.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            (text("/link/month"), text("/link/path"))
        })
        .collect();
    queued.sort_unstable();
    for ((month, path), expected) in queued.iter().zip(3..) {
        assert_eq!(*month, format!("2024-0{expected}"));
        assert_eq!(*path, bulletin_samples::page_path(sample::month(month)));
    }
    assert_eq!(queued.len(), 5);
}

#[test]
fn a_month_that_is_read_again_on_one_machine_changes_nothing_and_alerts_nobody() {
    let folder = sample::stored(&["2024-04", "2024-05", "2024-06"]);
    folder.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    let rows = |sql: &str| folder.count(sql);
    let state = || {
        ["cut_off", "standing", "bulletin", "change_log", "alert_mark"]
            .map(|table| rows(&format!("SELECT count(*) FROM {table}")))
    };
    let before = state();
    sample::save(&folder, &["2023-12", "2024-02"]);
    folder
        .bulletin(&["replay", "--months", "2024-04..2024-06"])
        .exits(0)
        .says(&["3 pages queued; `bulletin run` parses them"]);
    let run = ["run", "--source", "pages", "--as-of", "2024-05-14"];
    let answer = folder.bulletin(&run).exits(0);
    assert_eq!(answer.out, "", "nobody is told");
    assert_eq!(state(), before);
    // A history that is filled in is stored without alerts.
    folder.bulletin(&["replay", "--months", "2024-02"]).exits(0);
    let answer = folder.bulletin(&run).exits(0);
    assert_eq!(answer.out, "", "nobody is told");
    folder.bulletin(&["show", "2024-02"]).exits(0);
}
