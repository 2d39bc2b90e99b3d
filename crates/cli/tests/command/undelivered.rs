//! Alerts that could not be delivered: every run fails with a warning until the operator has resolved them.

use std::process::{Command, Stdio};

use mail::testing::{Encryption, Rule, SmtpServer};

use crate::mail::{ADDRESS, with_news, with_server};
use crate::sample;
use crate::tool::{Answer, Folder, answer};

const UNDELIVERED: &str = "warning: undelivered alerts of 1 change";

/// A run on this day of April 2024.
fn run_on(folder: &Folder, server: &SmtpServer, day: u32, more: &[&str]) -> Answer {
    let day = format!("2024-04-{day:02}");
    let run = ["run", "--source", "pages", "--as-of", &day];
    answer(with_server(folder, server, &[&run, more].concat()))
}

fn status_on(folder: &Folder, day: u32) -> Answer {
    folder.bulletin(&["status", "--as-of", &format!("2024-04-{day:02}")])
}

/// Asserts that a run fails with one warning about undelivered alerts.
fn says_so(answer: Answer) -> Answer {
    let answer =
        answer
            .exits(1)
            .says_in_a_line(&[UNDELIVERED, "bulletin run --retry", "bulletin watch remove"]);
    assert_eq!(answer.err.matches("undelivered").count(), 1, "{answer:#?}");
    answer
}

#[test]
fn every_run_fails_while_the_server_is_unreachable_and_five_days_later() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    server.rule("CONNECT", Rule::Reply("421 not now"), usize::MAX);
    says_so(run_on(&folder, &server, 12, &[])).says(&["421 not now", "retried for five days"]);
    for day in 12..17 {
        says_so(run_on(&folder, &server, day, &[])).says(&["retried for five days"]);
        status_on(&folder, day)
            .exits(1)
            .prints(&["PROBLEM:      an alert could not be sent yet and is retried"]);
    }
    for day in 17..25 {
        says_so(run_on(&folder, &server, day, &[])).says(&["given up"]);
        status_on(&folder, day)
            .exits(1)
            .prints(&["PROBLEM:      alerts were given up"]);
    }
    server.recover();
    says_so(run_on(&folder, &server, 25, &[]));
    let retried = run_on(&folder, &server, 25, &["--retry"]).exits(0);
    assert!(!retried.err.contains("undelivered"), "{retried:#?}");
    assert_eq!(server.taken().len(), 1);
    run_on(&folder, &server, 25, &[]).exits(0);
    status_on(&folder, 25).exits(0);
}

#[test]
fn a_server_that_comes_back_within_five_days_gets_the_alert_without_a_retry_by_hand() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    for answer in ["550 5.4.5 daily sending limit", "552 5.2.2 mailbox full"] {
        server.rule("RCPT", Rule::Reply(answer), 1);
    }
    says_so(run_on(&folder, &server, 12, &[])).says(&["550 5.4.5 daily sending limit"]);
    says_so(run_on(&folder, &server, 13, &[])).says(&["552 5.2.2 mailbox full"]);
    let sent = run_on(&folder, &server, 16, &[]).exits(0);
    assert!(!sent.err.contains("undelivered"), "{sent:#?}");
    assert_eq!(server.taken().len(), 1);
    status_on(&folder, 16).exits(0);
}

#[test]
fn with_quiet_it_is_said_once_a_day() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    server.rule("CONNECT", Rule::Reply("421 not now"), usize::MAX);
    let quiet = ["--quiet"];
    says_so(run_on(&folder, &server, 12, &quiet)).says(&["421 not now"]);
    for _ in 0..3 {
        assert_eq!(run_on(&folder, &server, 12, &quiet).exits(1).err, "");
    }
    for day in [13, 14] {
        let told = says_so(run_on(&folder, &server, day, &quiet));
        assert_eq!(told.err.lines().count(), 1, "{told:#?}");
        assert_eq!(run_on(&folder, &server, day, &quiet).exits(1).err, "");
    }
    // A run without --quiet always reports them.
    says_so(run_on(&folder, &server, 14, &[]));
}

#[test]
fn a_rejected_address_fails_every_run_until_its_watch_is_removed() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    server.rule("RCPT", Rule::Reply("550 5.1.1 no such user"), usize::MAX);
    says_so(run_on(&folder, &server, 12, &[])).says(&["550 5.1.1 no such user", "1 change (given up)"]);
    for day in [12, 13, 24] {
        says_so(run_on(&folder, &server, day, &[])).says(&["1 change (given up)"]);
    }
    let asked = server
        .said()
        .iter()
        .filter(|said| said.starts_with("RCPT"))
        .count();
    assert_eq!(asked, 1, "it is not asked again");
    folder.bulletin(&["watch", "remove", "1"]).exits(0);
    status_on(&folder, 24).exits(0);
    let after = run_on(&folder, &server, 24, &[]).exits(0);
    assert!(!after.err.contains("undelivered"), "{after:#?}");
    assert_eq!(server.taken(), []);
}

#[test]
fn a_sender_that_is_rejected_is_given_up_like_a_recipient() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    server.rule("MAIL", Rule::Reply("550 5.7.1 sender rejected"), 1);
    says_so(run_on(&folder, &server, 12, &[])).says(&["MAIL_FROM", "550 5.7.1", "1 change (given up)"]);
    says_so(run_on(&folder, &server, 13, &[]));
    run_on(&folder, &server, 13, &["--retry"]).exits(0);
    assert_eq!(server.taken()[0].to, [ADDRESS]);
}

#[test]
fn ehlo_gives_the_name_that_the_environment_says() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    let run = ["run", "--source", "pages", "--as-of", "2024-04-12"];
    let mut command = with_server(&folder, &server, &run);
    command.env("SMTP_EHLO_NAME", "mail.example.com");
    answer(command).exits(0);
    assert!(
        server.said().contains(&"EHLO mail.example.com".into()),
        "{:?}",
        server.said()
    );

    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    run_on(&folder, &server, 12, &[]).exits(0);
    assert!(
        !server.said().contains(&"EHLO [127.0.0.1]".into()),
        "{:?}",
        server.said()
    );

    let mut command = with_server(&folder, &server, &run);
    command.env("SMTP_EHLO_NAME", "my machine");
    answer(command).exits(1).says(&["SMTP_EHLO_NAME is invalid"]);
}

/// A folder in which May is new, and a run that prints it.
fn printed(watch: &[&str]) -> (Folder, Command) {
    let folder = sample::stored(&["2024-04"]);
    if !watch.is_empty() {
        folder.bulletin(&[&["watch", "add"], watch].concat()).exits(0);
    }
    sample::save(&folder, &["2024-05"]);
    let run = folder.command(&["run", "--source", "pages", "--as-of", "2024-04-12"]);
    (folder, run)
}

/// The same command with its standard output redirected by `sh`.
fn with_output(folder: &Folder, command: &Command, output: &str) -> Answer {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("exec \"$@\" {output}"), "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(folder.path("."))
        .stdin(Stdio::null());
    answer(shell)
}

#[test]
fn a_closed_standard_output_delivers_nothing() {
    for watch in [&["EB3", "India", "--when", "every"][..], &["--bulletins"], &[]] {
        let (folder, run) = printed(watch);
        for _ in 0..2 {
            says_so(with_output(&folder, &run, ">&-")).says(&["standard output: it is closed"]);
        }
        status_on(&folder, 12)
            .exits(1)
            .prints(&["an alert could not be sent yet"]);
        let told = answer(run).exits(0).prints(&["May 2024"]);
        assert!(!told.err.contains("undelivered"), "{told:#?}");
        status_on(&folder, 12).exits(0);
    }
}

#[test]
fn a_reader_that_has_gone_gets_nothing_and_the_next_one_gets_it() {
    let (folder, run) = printed(&["EB3", "India", "--when", "every"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = folder
        .command(&["run", "--source", "pages", "--as-of", "2024-04-12"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{err}");
    assert!(err.contains("Broken pipe") && err.contains(UNDELIVERED), "{err}");
    answer(run).exits(0).prints(&["EB-3 India, May 2024"]);
}

#[test]
fn an_output_that_is_thrown_away_on_purpose_is_delivered() {
    for output in [">/dev/null", "1<>/dev/null"] {
        let (folder, run) = printed(&["EB3", "India", "--when", "every"]);
        with_output(&folder, &run, output).exits(0);
        assert_eq!(answer(run).exits(0).out, "");
    }
}
