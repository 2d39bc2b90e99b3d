//! `preview`: it shows what was sent.

use std::path::Path;

use bulletin::text::septets;

use crate::sample;
use crate::tool::{Answer, Folder};

/// Plays the days of the samples, and returns every printed alert as JSON.
pub(crate) fn play(folder: &Folder, from: usize, to: usize) -> Vec<serde_json::Value> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/steps");
    let mut steps: Vec<_> = std::fs::read_dir(samples)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    steps.sort();
    let mut alerts = Vec::new();
    for step in &steps[from - 1..to] {
        let day = &step.file_name().unwrap().to_str().unwrap()[3..13];
        let source = step.to_str().unwrap();
        let run = [
            "run", "--source", source, "--as-of", day, "--quiet", "--format", "json",
        ];
        let told = folder.bulletin(&run);
        assert!(told.code <= 1, "{told:#?}");
        alerts.extend(told.out.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    alerts
}

fn lines(answer: &Answer) -> Vec<serde_json::Value> {
    answer
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every month, correction and misprint of the samples, for four subscribers.
#[test]
fn what_is_previewed_is_what_was_sent() {
    let folder = Folder::new();
    let subscribers: [&[&str]; 4] = [
        &[
            "--category",
            "EB2",
            "--country",
            "India",
            "--priority-date",
            "2012-04-10",
            "--when",
            "every",
        ],
        &["--category", "EB3", "--country", "China", "--when", "moves"],
        &[
            "--category",
            "certain religious workers",
            "--country",
            "Brazil",
            "--when",
            "every",
        ],
        &[],
    ];
    for subscriber in subscribers {
        let what = if subscriber.is_empty() {
            &["--bulletins"][..]
        } else {
            subscriber
        };
        folder.bulletin(&[&["watch", "add"], what].concat()).exits(0);
    }
    let mut sent = play(&folder, 1, 11);
    assert!(sent.len() > 25, "{}", sent.len());
    let months = [
        "2023-03", "2023-05", "2023-07", "2023-08", "2023-12", "2024-02", "2024-04", "2024-05", "2024-06",
        "2024-07",
    ];
    for (number, subscriber) in (1..).zip(subscribers) {
        for month in months {
            let args = [&["preview", month, "--as", "json"], subscriber].concat();
            let shown = lines(&folder.bulletin(&args).exits(0));
            let of_month = |alert: &serde_json::Value| alert["watch"] == number && alert["month"] == month;
            let (expected, others): (Vec<_>, Vec<_>) = sent.into_iter().partition(of_month);
            sent = others;
            assert_eq!(shown.len(), expected.len(), "{args:?}");
            for (shown, mut expected) in shown.into_iter().zip(expected) {
                expected.as_object_mut().unwrap().remove("watch");
                assert_eq!(shown, expected, "{args:?}");
            }
        }
    }
    assert_eq!(sent.len(), 0, "{sent:#?}");
}

#[test]
fn each_kind_of_subscriber_and_each_form_is_shown() {
    let folder = Folder::new();
    folder.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    play(&folder, 6, 8);
    let case = ["preview", "2024-04", "--category", "EB2", "--country", "India"];
    let date = [&case[..], &["--priority-date", "2012-04-10"]].concat();
    folder
        .bulletin(&date)
        .exits(0)
        .says(&[
            "the bulletin is sent to subscribers with --when every, moves, and not with corrected, current, within:60d",
            "the correction is sent to subscribers with --when every, moves, corrected, current, within:60d",
        ])
        .prints(&["E-mail\n------\nFrom: ", "\nSMS\n---\n", "\nJSON\n----\n{", "In-Reply-To: <"]);
    let sms = folder.bulletin(&[&date[..], &["--as", "sms"]].concat()).exits(0);
    assert_eq!(sms.out.lines().count(), 2);
    for line in sms.out.lines() {
        assert!(septets(line).is_some_and(|septets| septets <= 160), "{line}");
    }
    let corrected = folder
        .bulletin(&[&case[..], &["--when", "corrected", "--as", "sms"]].concat())
        .exits(0)
        .says(&["the bulletin is not sent to subscribers with --when corrected"]);
    assert!(
        corrected.out.starts_with("CORRECTED EB-2 India"),
        "{}",
        corrected.out
    );
    // The sender address of the mail.
    let mut command = folder.command(&[&date[..], &["--as", "email"]].concat());
    command
        .env("SMTP_HOST", "smtp.example.com")
        .env("MAIL_FROM", "visa@example.org");
    crate::tool::answer(command).exits(0).prints(&[
        "From: \"Visa Bulletin Watch\" <visa@example.org>",
        ".53e6cdc30765@example.org>",
    ]);
    folder
        .bulletin(&["preview", "2024-04", "--as", "sms"])
        .exits(0)
        .prints(&["Visa Bulletin for April 2024"]);
}

#[test]
fn a_month_of_which_nobody_was_told_says_why() {
    // Tracking begins with April; March 2023 and February are filled in behind it.
    let folder = sample::stored(&["2023-12", "2024-02", "2024-04"]);
    let case = ["--category", "EB2", "--country", "India"];
    let first = folder
        .bulletin(&[&["preview", "2023-12"], &case[..]].concat())
        .exits(0)
        .says(&["no earlier one is stored", "--backfill 2023-11..2023-12"]);
    assert_eq!(first.out, "");
    folder
        .bulletin(&[&["preview", "2024-02"], &case[..]].concat())
        .exits(0)
        .says(&["the month was over"])
        .prints(&["EB-2 India, February 2024"]);
    folder
        .bulletin(&[&["preview", "2024-04"], &case[..]].concat())
        .exits(0)
        .says(&["it was added as history, or tracking began with it"])
        .prints(&["EB-2 India, April 2024"]);
    folder
        .bulletin(&["preview", "2024-03"])
        .exits(1)
        .says(&["is not stored", "2024-02 and 2024-04"]);
    let contradictions: [(&[&str], &str); 5] = [
        (&["--category", "EB2"], "--country"),
        (&["--when", "moves"], "--category"),
        (
            &["--category", "EB2", "--country", "India", "--when", "current"],
            "--priority-date DATE",
        ),
        (&["--category", "EB2", "--country", "Inda"], "INDIA"),
        (&["--as", "fax"], "sms"),
    ];
    for (args, says) in contradictions {
        folder
            .bulletin(&[&["preview", "2024-04"], args].concat())
            .exits(2)
            .says(&[says]);
    }
}
