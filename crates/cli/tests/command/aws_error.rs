//! Errors of AWS: one sentence with the remedy, and no debug output of the SDK.

use std::process::Command;

use crate::server::Site;
use crate::tool::{Folder, answer};

/// Commands whose first call goes to DynamoDB, with `--stage`.
const DYNAMO: [&[&str]; 9] = [
    &["latest"],
    &["show", "2024-05"],
    &["check", "EB3", "India", "--priority-date", "2013-03-15"],
    &["corrections", "EB3", "India"],
    &["confirm-missing", "2024-05"],
    &["doctor", "--offline"],
    &["table", "describe"],
    &["table", "scan"],
    &["replay", "--months", "2024-04..2024-05"],
];

/// Commands whose first call goes to SQS or SNS.
const QUEUES_AND_TOPICS: [&[&str]; 3] = [
    &["replay", "--dead-letters", "--stage", "prod"],
    &["subscriptions"],
    &["subscribe", "--email", "you@example.com", "EB3", "India"],
];

fn on_stage(args: &[&'static str]) -> Vec<&'static str> {
    [args, &["--stage", "prod"]].concat()
}

fn all_commands() -> impl Iterator<Item = Vec<&'static str>> {
    let others = QUEUES_AND_TOPICS.into_iter().map(<[_]>::to_vec);
    DYNAMO.into_iter().map(on_stage).chain(others)
}

/// The command of a user who has never used AWS.
fn command(folder: &Folder, args: &[&str]) -> Command {
    let mut command = folder.command(args);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// The command with credentials, and with this address in the place of AWS.
fn signed_in(folder: &Folder, args: &[&str], endpoint: &str) -> Command {
    let mut command = command(folder, args);
    command
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL", endpoint);
    command
}

/// Asserts that the command fails with one sentence that contains this.
#[track_caller]
fn assert_sentence(command: Command, args: &[&str], code: i32, says: &str) {
    let answer = answer(command).exits(code);
    let err = answer.err.trim_end();
    assert!(
        err.starts_with("error: ") && err.contains(says),
        "{args:?}: {err}"
    );
    assert_eq!(err.lines().count(), 1, "{args:?}: {err}");
    assert!(err.len() < 400, "{args:?}: {err}");
    for debug in [
        "{",
        "Error(",
        "Failure",
        "visa-bulletin.db",
        "dispatch",
        "service error",
    ] {
        assert!(!err.contains(debug), "{args:?}: {debug} in {err}");
    }
}

#[test]
fn missing_credentials_are_named_with_the_remedy() {
    let folder = Folder::new();
    for args in all_commands() {
        let mut command = command(&folder, &args);
        command.env("AWS_REGION", "us-east-1");
        assert_sentence(
            command,
            &args,
            1,
            "no AWS credentials found. Sign in, choose a profile",
        );
    }
}

#[test]
fn a_missing_region_is_named_with_the_remedy() {
    let folder = Folder::new();
    for args in all_commands() {
        let says = "no AWS region configured: pass --region";
        assert_sentence(command(&folder, &args), &args, 2, says);
    }
}

#[test]
fn a_refused_connection_is_named_with_the_remedy() {
    let folder = Folder::new();
    // Nobody listens on the port of a listener that is closed.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for args in all_commands() {
        let says = "cannot connect to AWS: Connection refused";
        assert_sentence(signed_in(&folder, &args, &endpoint), &args, 1, says);
    }
}

#[test]
fn an_answer_of_dynamodb_is_named_with_the_remedy() {
    let folder = Folder::new();
    let site = Site::start();
    for (code, message, says) in [
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "have expired (ExpiredTokenException). Sign in again, for example with `aws sso login`",
        ),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            "AWS does not accept the credentials: The security token included in the request is invalid (Unrec",
        ),
        (
            "AccessDeniedException",
            "User: arn:aws:iam::000000000000:user/jane is not authorized to perform: dynamodb:GetItem",
            "access denied: User: arn:aws:iam::000000000000:user/jane is not authorized",
        ),
        (
            "ResourceNotFoundException",
            "Requested resource not found",
            "does not exist",
        ),
    ] {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
        let body = serde_json::json!({ "__type": kind, "message": message });
        site.answer("*", 400, body.to_string());
        for args in DYNAMO {
            // Doctor reports a missing table as a problem of the part `tables`.
            if code == "ResourceNotFoundException" && args[0] == "doctor" {
                continue;
            }
            let args = on_stage(args);
            assert_sentence(signed_in(&folder, &args, &site.host()), &args, 1, says);
        }
    }
    let throttled = r#"{"__type":"x#ThrottlingException","message":"Rate exceeded"}"#;
    site.answer("*", 400, throttled);
    let args = on_stage(&["latest"]);
    let says = "AWS throttles the requests: Rate exceeded (ThrottlingException). Try again in a minute";
    assert_sentence(signed_in(&folder, &args, &site.host()), &args, 1, says);
}

#[test]
fn an_answer_of_sns_is_named_with_the_remedy() {
    let folder = Folder::new();
    let site = Site::start();
    for (code, says) in [
        ("ExpiredToken", "Sign in again"),
        ("InvalidClientTokenId", "AWS does not accept the credentials"),
        ("AuthorizationError", "access denied"),
    ] {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>No.</Message></Error>");
        let body = format!("<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>");
        site.answer("*", 403, body);
        for args in &QUEUES_AND_TOPICS[1..] {
            assert_sentence(signed_in(&folder, args, &site.host()), args, 1, says);
        }
    }
}
