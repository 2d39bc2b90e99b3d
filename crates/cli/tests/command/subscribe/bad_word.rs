//! Invalid arguments are refused before any request to AWS.

use std::sync::{Arc, Mutex};

use aws_harness::http::{Response, Server};

use super::cloud::command;
use super::{MAILBOX, PHONE};
use crate::tool::{Folder, answer};

#[test]
fn bad_words_are_refused_before_anybody_is_asked() {
    let folder = Folder::new();
    let mail = ["--email", MAILBOX];
    let sms = ["--sms", PHONE];
    let case = ["EB3", "India"];
    let cases: [(&[&str], &str); 24] = [
        (&[], "required"),
        (&mail, "required"),
        (&case, "--email"),
        (&[mail[0], "anna", case[0], case[1]], "you@example.com"),
        (
            &["--sms", "2025550100", case[0], case[1], "--consent", "yes"],
            "E.164",
        ),
        (
            &["--sms", "+1 202 555 0100", case[0], case[1], "--consent", "yes"],
            "E.164",
        ),
        (&["--https", "http://example.com", case[0], case[1]], "https://"),
        (&["--sqs", "alerts", case[0], case[1]], "arn:aws:sqs"),
        (&[mail[0], mail[1], "EB7", "India"], "EB7"),
        (&[mail[0], mail[1], "EB3", "Inda"], "INDIA"),
        (&[mail[0], mail[1], "EB3"], "COUNTRY"),
        (
            &[mail[0], mail[1], "F2A", "el salvador guatemala honduras"],
            "Only the employment charts",
        ),
        (
            &[
                mail[0],
                mail[1],
                case[0],
                case[1],
                "--priority-date",
                "2099-01-01",
            ],
            "future",
        ),
        (
            &[
                mail[0],
                mail[1],
                case[0],
                case[1],
                "--priority-date",
                "03/04/2013",
            ],
            "2013-03-04 (month first) or 2013-04-03 (day first)",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--when", "current"],
            "needs a priority date",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--when", "sometimes"],
            "corrected",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--bulletins"],
            "cannot be used with",
        ),
        (
            &[mail[0], mail[1], "--bulletins", "--when", "corrected"],
            "--category",
        ),
        (
            &[mail[0], mail[1], sms[0], sms[1], case[0], case[1]],
            "cannot be used with",
        ),
        (&[sms[0], sms[1], case[0], case[1]], "--consent"),
        (&[sms[0], sms[1], case[0], case[1], "--consent", " "], "--consent"),
        (
            &[
                sms[0],
                sms[1],
                case[0],
                case[1],
                "--consent",
                "202-555-0100 agreed",
            ],
            "must not contain",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--consent", "yes"],
            "cannot be used with",
        ),
        (
            &[mail[0], mail[1], case[0], case[1], "--topic-prefix", "alerts-"],
            "TopicPrefix",
        ),
    ];
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let server = Server::start(move |_| {
        *count.lock().unwrap() += 1;
        Response::new(500, "")
    });
    let endpoint = format!("http://127.0.0.1:{}", server.port());
    for (args, says) in cases {
        let told = answer(command(&folder, &endpoint, &[&["subscribe"], args].concat()))
            .exits(2)
            .says(&[says]);
        assert_eq!(told.out, "", "{args:?}");
    }
    let both = [
        "unsubscribe",
        mail[0],
        mail[1],
        case[0],
        case[1],
        "--everything",
        "--yes",
    ];
    answer(command(&folder, &endpoint, &both))
        .exits(2)
        .says(&["cannot be used with"]);
    assert_eq!(*asked.lock().unwrap(), 0);
    assert_eq!(std::fs::read_dir(folder.path("")).unwrap().count(), 0);

    let mut nowhere = folder.command(&["subscriptions"]);
    nowhere
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", folder.path(""));
    answer(nowhere).exits(2).says(&["AWS_REGION"]);

    let mut unknown = command(&folder, &endpoint, &["subscriptions"]);
    unknown.env_remove("AWS_ACCESS_KEY_ID");
    answer(unknown)
        .exits(1)
        .says(&["no AWS credentials found", "--profile", "AWS_ACCESS_KEY_ID"]);
    assert_eq!(*asked.lock().unwrap(), 0);
}
