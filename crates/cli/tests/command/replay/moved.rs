//! Messages that AWS itself moves: the calls that the emulator lacks are played by a server in front of it.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_harness::http::{Request, Response, Server, forward};
use aws_harness::run;
use operations::deployment::Queue;
use serde_json::{Value, json};

use super::{count, leave, refuse};
use crate::stage::Stage;
use crate::tool::answer;

const TARGET: &str = "AmazonSQS.";

#[derive(Debug, Default)]
struct Task {
    started: Vec<Value>,
    moved: i64,
    cancelled: bool,
    /// True if another process takes one message before the task begins.
    robbed: bool,
}

/// The emulator with the three additional calls: each request for the progress moves one message.
fn with_moves(stage: &Stage) -> (Server, Arc<Mutex<Task>>) {
    let task: Arc<Mutex<Task>> = Arc::default();
    let (shared, port) = (Arc::clone(&task), stage.emulator.port());
    let sqs_config = stage.emulator.config();
    let urls = run(async {
        (
            stage.url(Queue::RefusedPages).await,
            stage.url(Queue::Pages).await,
        )
    });
    let server = Server::start(move |request: &Request| {
        let call = request
            .header("x-amz-target")
            .and_then(|target| target.strip_prefix(TARGET));
        let mut task = shared.lock().unwrap();
        let said: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let result = match call {
            Some("StartMessageMoveTask") => {
                task.started.push(said);
                assert!(!task.robbed || run(move_one(&sqs_config, &urls)));
                json!({"TaskHandle": "the-task"})
            }
            Some("CancelMessageMoveTask") => {
                assert_eq!(said["TaskHandle"], "the-task");
                task.cancelled = true;
                json!({"ApproximateNumberOfMessagesMoved": task.moved})
            }
            Some("ListMessageMoveTasks") => {
                let found = !task.cancelled && run(move_one(&sqs_config, &urls));
                task.moved += i64::from(found);
                let status = match (task.cancelled, found) {
                    (true, _) => "CANCELLED",
                    (false, true) => "RUNNING",
                    (false, false) => "COMPLETED",
                };
                let mut entry = json!({"Status": status, "ApproximateNumberOfMessagesMoved": task.moved,
                    "SourceArn": said["SourceArn"], "StartedTimestamp": 1});
                if status == "RUNNING" {
                    entry["TaskHandle"] = json!("the-task");
                }
                json!({"Results": [entry]})
            }
            _ => {
                drop(task);
                return forward(request, port).map_or(Response::Cut, Response::Raw);
            }
        };
        let kind = ("content-type".to_owned(), "application/x-amz-json-1.0".to_owned());
        Response::Answer(200, vec![kind], result.to_string().into_bytes())
    });
    (server, task)
}

async fn move_one(config: &aws_types::SdkConfig, (from, to): &(String, String)) -> bool {
    let sqs = aws_sdk_sqs::Client::new(config);
    let received = sqs.receive_message().queue_url(from).send().await.unwrap();
    let Some(message) = received.messages.unwrap_or_default().pop() else {
        return false;
    };
    let send = sqs
        .send_message()
        .queue_url(to)
        .message_body(message.body.unwrap());
    send.send().await.unwrap();
    let delete = sqs.delete_message().queue_url(from);
    delete
        .set_receipt_handle(message.receipt_handle)
        .send()
        .await
        .unwrap();
    true
}

fn replay(stage: &Stage, server: &Server, more: &[&str]) -> Command {
    let args = [&["replay", "--dead-letters", "--queue", "parser"], more].concat();
    let mut command = stage.command(&args);
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", server.port()));
    command
}

#[test]
fn where_aws_moves_messages_it_is_asked_to() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    for month in ["2024-01", "2024-02", "2024-03"] {
        refuse(&stage, month);
    }
    let (server, task) = with_moves(&stage);
    answer(replay(&stage, &server, &["--max-rate", "7"]))
        .exits(0)
        .says(&["3 pages returned to the queue"]);
    assert_eq!(
        (count(&stage, Queue::Pages), count(&stage, Queue::RefusedPages)),
        (3, 0)
    );
    let started = task.lock().unwrap().started.clone();
    assert_eq!(started.len(), 1);
    assert_eq!(started[0]["MaxNumberOfMessagesPerSecond"], 7);
    let names = |field: &str, queue: Queue| {
        let arn = started[0][field].as_str().unwrap();
        assert!(
            arn.ends_with(&format!(":{}", stage.deployment.queue(queue))),
            "{arn}"
        );
    };
    names("SourceArn", Queue::RefusedPages);
    names("DestinationArn", Queue::Pages);
}

#[test]
fn fewer_messages_moved_than_were_listed_are_said() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    for month in ["2024-01", "2024-02", "2024-03"] {
        refuse(&stage, month);
    }
    let (server, task) = with_moves(&stage);
    task.lock().unwrap().robbed = true;
    answer(replay(&stage, &server, &[]))
        .exits(1)
        .says(&["2 pages returned", "1 of 3 in refused-pages not handled"]);
}

#[test]
fn a_move_is_cancelled_by_ctrl_c() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    for number in 1..=9 {
        refuse(&stage, &format!("2024-0{number}"));
    }
    let (server, task) = with_moves(&stage);
    let mut command = replay(&stage, &server, &[]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while task.lock().unwrap().moved < 2 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{err}");
    assert!(
        err.contains("stopped; run the same command again to move the rest"),
        "{err}"
    );
    assert!(task.lock().unwrap().cancelled);
    let (pages, refused) = (count(&stage, Queue::Pages), count(&stage, Queue::RefusedPages));
    assert_eq!(pages + refused, 9);
    assert!(refused > 0);
}

#[test]
fn where_a_message_must_stay_none_is_moved_by_aws() {
    let Some(stage) = Stage::whole() else {
        return;
    };
    refuse(&stage, "2024-01");
    leave(&stage, Queue::RefusedPages, "no page at all", &[]);
    let (server, task) = with_moves(&stage);
    answer(replay(&stage, &server, &[]))
        .exits(1)
        .says(&["1 page returned", "is left there"]);
    assert!(task.lock().unwrap().started.is_empty());
    assert_eq!(
        (count(&stage, Queue::Pages), count(&stage, Queue::RefusedPages)),
        (1, 1)
    );
}
