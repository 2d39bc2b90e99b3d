//! Dead letters of a deployment: listed, redriven and deleted.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use aws_harness::run;
use bulletin_samples::page_path;
use operations::deployment::Queue;
use pipeline::LinkState;
use pipeline::port::{Check, LinkTable as _, PageLink};
use serde_json::json;

use super::{bodies, count, leave, refuse};
use crate::sample::month;
use crate::stage::Stage;
use crate::tool::Folder;

/// A stage with a dead letter of every kind.
fn stage_with_letters() -> Option<Stage> {
    let stage = Stage::whole()?;
    refuse(&stage, "2024-03");
    let link = PageLink {
        month: month("2024-03"),
        path: page_path(month("2024-03")),
    };
    let dead = LinkState::Dead { again: None };
    run(stage.store().settle(&link, &dead, 3, "a chart is missing")).unwrap();
    leave(&stage, Queue::RefusedPages, "no page at all", &[]);
    let record = json!({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "SOMETHING#ELSE"}}}});
    let reason = [("reason", "no item of this program")];
    leave(&stage, Queue::UnreadRecords, &record.to_string(), &reason);
    let given_up = json!({"requestContext": {"condition": "RecordAgeExceeded"}, "DDBStreamBatchInfo": {
        "batchSize": 7, "approximateArrivalOfFirstRecord": "2024-03-14T00:13:19Z"}});
    leave(&stage, Queue::GivenUpRecords, &given_up.to_string(), &[]);
    let failed = json!({"requestPayload": {"from": "2024-01", "to": "2024-02"},
        "responsePayload": {"errorMessage": "the time ran out"}});
    leave(&stage, Queue::FailedLooks, &failed.to_string(), &[]);
    let why = [("ERROR_CODE", "AccessDenied"), ("ERROR_MESSAGE", "not allowed")];
    leave(&stage, Queue::MissedLooks, "{}", &why);
    Some(stage)
}

fn everything(stage: &Stage) -> Vec<Vec<(String, Option<String>)>> {
    let queues = [Queue::Pages].into_iter().chain(Queue::DEAD_LETTERS);
    queues.map(|queue| bodies(stage, queue)).collect()
}

#[test]
fn a_dry_run_lists_every_letter_with_its_reason_and_changes_nothing() {
    let Some(stage) = stage_with_letters() else {
        return;
    };
    let before = everything(&stage);
    let list = ["replay", "--dead-letters", "--dry-run", "--format", "csv"];
    let answer = stage.bulletin(&list).exits(0);
    let lines: BTreeSet<(String, String, String)> = answer
        .csv()
        .into_iter()
        .skip(1)
        .map(|row| (row[0].clone(), row[1].clone(), row[5].clone()))
        .collect();
    let expected = [
        (
            "refused-pages",
            "2024-03 /content/2024-03",
            "link dead: a chart is missing",
        ),
        ("refused-pages", "nothing that this program writes there", ""),
        ("unread-records", "SOMETHING#ELSE", "no item of this program"),
        (
            "given-up-records",
            "7 records written from 2024-03-14 00:13:19 UTC on",
            "RecordAgeExceeded",
        ),
        (
            "failed-looks",
            "a history wanted, 2024-01..2024-02",
            "the time ran out",
        ),
        (
            "missed-looks",
            "a look of the schedule",
            "AccessDenied: not allowed",
        ),
    ];
    let owned =
        |(queue, about, reason): (&str, &str, &str)| (queue.to_owned(), about.to_owned(), reason.to_owned());
    assert_eq!(lines, expected.into_iter().map(owned).collect());
    let only = [
        "replay",
        "--dead-letters",
        "--dry-run",
        "--queue",
        "scheduler",
        "--format",
        "json",
    ];
    let json = stage.bulletin(&only).exits(0).json();
    assert_eq!(json.as_array().unwrap().len(), 1);
    assert_eq!(json[0]["queue"], "missed-looks");
    assert_eq!(everything(&stage), before);
}

#[test]
fn each_letter_is_dealt_with_or_stays_and_is_named() {
    let Some(stage) = stage_with_letters() else {
        return;
    };
    let replay = ["replay", "--dead-letters", "--format", "csv"];
    stage
        .bulletin(&replay)
        .exits(1)
        .says(&[
            "SOMETHING#ELSE stays",
            "2 bulletins not stored",
            "no poll succeeded since",
        ])
        .says_in_a_line(&["message", "refused-pages", "is left there"])
        .says(&["nothing was deleted. --yes"]);
    let pages = bodies(&stage, Queue::Pages);
    let traces: Vec<&str> = pages.iter().filter_map(|(_, trace)| trace.as_deref()).collect();
    assert_eq!(pages.len(), 3, "{pages:?}");
    assert!(traces.contains(&"2024-03"), "the trace is kept: {traces:?}");
    let left: Vec<usize> = Queue::DEAD_LETTERS.map(|queue| count(&stage, queue)).into();
    assert_eq!(left, [1, 1, 1, 0, 1]);

    // A poll was made meanwhile, and the given-up event may be deleted.
    let check = Check {
        at: chrono::Utc::now() + chrono::Duration::minutes(1),
        good: true,
        note: "listed".into(),
    };
    run(stage.store().note_check(&check)).unwrap();
    for queue in ["scheduler", "notifier"] {
        stage.bulletin(&["replay", "--dead-letters", "--queue", queue, "--yes"]);
    }
    let left: Vec<usize> = Queue::DEAD_LETTERS.map(|queue| count(&stage, queue)).into();
    assert_eq!(left, [1, 1, 0, 0, 0]);
}

#[test]
fn the_rate_is_kept() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    for month in 1..=7 {
        refuse(&stage, &format!("2023-0{month}"));
    }
    let began = Instant::now();
    let replay = ["replay", "--dead-letters", "--queue", "parser", "--max-rate", "2"];
    stage.bulletin(&replay).exits(0).says(&["7 pages returned"]);
    assert!(began.elapsed() >= Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(
        (count(&stage, Queue::Pages), count(&stage, Queue::RefusedPages)),
        (7, 0)
    );
}

/// However often it is killed, every page is in the queue in the end, and each kill leaves at most one page twice.
#[test]
fn a_killed_redrive_loses_nothing() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    let months: BTreeSet<String> = (0..24)
        .map(|number| format!("{}-{:02}", 2020 + number / 12, number % 12 + 1))
        .collect();
    for month in &months {
        refuse(&stage, month);
    }
    let args = [
        "replay",
        "--dead-letters",
        "--queue",
        "parser",
        "--max-rate",
        "10",
    ];
    let mut deaths = 0;
    for pause in [1800, 2300] {
        let mut child = stage.command(&args).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        deaths += usize::from(!child.wait().unwrap().success());
    }
    // The messages of the killed process are invisible for a while.
    std::thread::sleep(Duration::from_secs(31));
    stage
        .bulletin(&["replay", "--dead-letters", "--queue", "parser"])
        .exits(0);
    assert_eq!(count(&stage, Queue::RefusedPages), 0);
    let pages = bodies(&stage, Queue::Pages);
    let there: BTreeSet<String> = pages.iter().filter_map(|(_, trace)| trace.clone()).collect();
    assert_eq!(there, months);
    assert!(
        pages.len() <= months.len() + deaths,
        "{} for {deaths} deaths",
        pages.len()
    );
}

/// Another operator has received one of two messages, then both.
#[test]
fn letters_in_somebody_s_hands_are_not_said_to_be_none() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    refuse(&stage, "2023-01");
    refuse(&stage, "2023-02");
    let sqs = aws_sdk_sqs::Client::new(&stage.emulator.config());
    let take = || {
        run(async {
            let receive = sqs
                .receive_message()
                .queue_url(stage.url(Queue::RefusedPages).await);
            let receive = receive.max_number_of_messages(1).visibility_timeout(600);
            let messages = receive.send().await.unwrap().messages.unwrap_or_default();
            assert_eq!(messages.len(), 1);
            messages.into_iter().next().unwrap().receipt_handle.unwrap()
        })
    };
    let first = take();
    let all = ["replay", "--dead-letters"];
    let list = ["replay", "--dead-letters", "--dry-run"];
    stage
        .bulletin(&list)
        .exits(1)
        .says(&["1 dead letter in refused-pages not listed", "half a minute"]);
    let second = take();
    for args in [&all[..], &list] {
        let answer = stage.bulletin(args).exits(1);
        assert!(!answer.err.contains("there are no dead letters"), "{answer:?}");
        answer.says(&["2 dead letters in refused-pages not listed"]);
    }
    run(async {
        for receipt in [first, second] {
            let back = sqs
                .change_message_visibility()
                .queue_url(stage.url(Queue::RefusedPages).await);
            let back = back.receipt_handle(receipt).visibility_timeout(0);
            back.send().await.unwrap();
        }
    });
    stage.bulletin(&all).exits(0).says(&["2 pages returned"]);
    stage.bulletin(&all).exits(0).says(&["there are no dead letters"]);
}

#[test]
fn a_stage_without_queues_is_said() {
    let Some(emulator) = aws_harness::emulator::Emulator::shared_ministack() else {
        return;
    };
    Stage::of_tables(emulator)
        .bulletin(&["replay", "--dead-letters"])
        .exits(1)
        .says(&["refused-pages", "Check --stage"]);
}

#[test]
fn the_dead_letters_of_one_machine_are_listed_and_put_back() {
    let folder = Folder::new();
    let half = crate::sample::page("2024-05")
        .render()
        .replace("DATES FOR FILING", "SOMETHING ELSE");
    folder.write(&format!("pages/{}", crate::sample::file("2024-05")), half);
    crate::sample::save(&folder, &["2024-04"]);
    let run = ["run", "--source", "pages", "--as-of", "2024-04-12", "--quiet"];
    folder.bulletin(&run).exits(1);
    let before = folder.content();
    let list = ["replay", "--dead-letters", "--dry-run", "--format", "json"];
    let json = folder.bulletin(&list).exits(0).json();
    assert_eq!(json[0]["about"], "2024-05");
    assert_eq!(json[0]["link_state"], "dead");
    assert!(json[0]["reason"].as_str().unwrap().len() > 10, "{json}");
    assert_eq!(folder.content(), before);

    crate::sample::save(&folder, &["2024-05"]);
    folder
        .bulletin(&["replay", "--dead-letters", "--queue", "notifier"])
        .exits(0)
        .says(&["there are no dead letters"]);
    folder
        .bulletin(&["replay", "--dead-letters"])
        .exits(0)
        .says(&["1 dead letter queued again; `bulletin run`"]);
    folder.bulletin(&run).exits(0);
    folder.bulletin(&["show", "2024-05"]).exits(0);
    folder
        .bulletin(&["replay", "--dead-letters"])
        .exits(0)
        .says(&["there are no dead letters"]);
    folder
        .bulletin(&["replay", "--dead-letters", "--queue", "fetcher"])
        .exits(1)
        .says(&["--stage"]);
}
