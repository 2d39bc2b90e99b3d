//! Watches with e-mail as their channel: the command itself with a mail server on this machine.

use std::process::{Command, Stdio};

use mail::testing::{Encryption, Rule, SmtpServer};

use crate::sample;
use crate::tool::{Answer, Folder, answer};

pub(crate) const ADDRESS: &str = "jane.doe@example.com";
const PASSWORD: &str = "s3cret-word";
const RUN: [&str; 6] = ["run", "--source", "pages", "--as-of", "2024-04-12", "--quiet"];

/// April is stored, a watch for EB-3 India exists, and the page of May is published.
pub(crate) fn with_news() -> Folder {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&[
            "watch",
            "add",
            "--category",
            "EB3",
            "--country",
            "India",
            "--when",
            "every",
            "--email",
            ADDRESS,
        ])
        .exits(0)
        .says(&[
            "warning: e-mail cannot be sent from here: SMTP_HOST is not set",
            "watch add --help",
        ]);
    sample::save(&folder, &["2024-05"]);
    folder
}

/// The command in an environment that configures this server.
pub(crate) fn with_server(folder: &Folder, server: &SmtpServer, args: &[&str]) -> Command {
    let mut command = folder.command(args);
    command
        .env("SMTP_HOST", "localhost")
        .env("SMTP_PORT", server.port.to_string())
        .env("SMTP_USER", "jane")
        .env("SMTP_PASSWORD", PASSWORD)
        .env("MAIL_FROM", "visa@example.com");
    if let Some(certificate) = &server.certificate {
        // Only once: another process may be reading it.
        if !folder.path("server.pem").exists() {
            folder.write("server.pem", certificate);
        }
        command
            .env("SMTP_CA_FILE", folder.path("server.pem"))
            .env("SMTP_TLS", "starttls");
    }
    command
}

/// Asserts that neither the address nor the password occurs where it does not belong.
fn assert_secret(folder: &Folder, answers: &[&Answer]) {
    let mut seen: String = answers
        .iter()
        .map(|answer| format!("{}{}", answer.out, answer.err))
        .collect();
    for table in [
        "change_log",
        "alert_mark",
        "refusal",
        "message",
        "bulletin",
        "link",
        "source_check",
    ] {
        let database = folder.database();
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                seen.push_str(&format!("{:?}", row.get_ref(column).unwrap()));
            }
        }
    }
    for secret in ["jane.doe", PASSWORD, "AGphbmUAczNjcmV0LXdvcmQ"] {
        assert!(
            !seen.to_lowercase().contains(&secret.to_lowercase()),
            "{secret} is shown in {seen}"
        );
    }
    let stored = folder.read("visa-bulletin.db");
    assert!(
        !stored
            .windows(PASSWORD.len())
            .any(|bytes| bytes == PASSWORD.as_bytes())
    );
}

#[test]
fn an_alert_is_sent_encrypted_and_no_log_shows_to_whom() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    let mut run = with_server(&folder, &server, &RUN);
    run.env("RUST_LOG", "trace");
    let told = answer(run).exits(0);
    assert_eq!(told.out, "", "it is not printed");
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{told:#?}");
    assert!(taken[0].encrypted && taken[0].login.is_some());
    assert_eq!(taken[0].to, [ADDRESS]);
    assert!(taken[0].body().contains("EB-3 India") && taken[0].body().contains("bulletin watch remove 1"));

    let listed = folder
        .bulletin(&["watch", "list"])
        .exits(0)
        .prints(&["email: j...@example.com"]);
    let json = folder.bulletin(&["watch", "list", "--format", "json"]).exits(0);
    assert_eq!(json.json()[0]["target"], "j...@example.com");
    let mut status = with_server(&folder, &server, &["status", "--as-of", "2024-04-12"]);
    status.env("RUST_LOG", "trace");
    let status = answer(status).exits(0);
    assert_secret(&folder, &[&told, &listed, &json, &status]);
}

#[test]
fn what_a_server_refuses_for_good_is_seen_until_somebody_deals_with_it() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    folder
        .bulletin(&["watch", "add", "EB3", "India", "--when", "every"])
        .exits(0);
    server.rule(
        "RCPT",
        Rule::Reply("550 5.1.1 <JANE.DOE@example.com>: jane.doe is unknown"),
        usize::MAX,
    );
    let mut run = with_server(&folder, &server, &RUN);
    run.env("RUST_LOG", "trace");
    let told = answer(run).exits(1).prints(&["EB-3 India, May 2024"]).says(&[
        "550 5.1.1 (address)",
        "This error is permanent",
        "bulletin watch remove 1",
        "bulletin run --retry",
    ]);
    let status = folder
        .bulletin(&["status", "--as-of", "2024-04-12"])
        .exits(1)
        .prints(&[
            "PROBLEM:      alerts were given up",
            "550 5.1.1",
            "bulletin run --retry",
        ]);
    assert_secret(&folder, &[&told, &status]);
    // The other watches have been notified, and are not notified again.
    folder.bulletin(&["watch", "remove", "1"]).exits(0);
    let retried = answer(with_server(&folder, &server, &[&RUN[..], &["--retry"]].concat())).exits(0);
    assert_eq!(retried.out, "");
    folder.bulletin(&["status", "--as-of", "2024-04-12"]).exits(0);
}

#[test]
fn an_environment_without_a_server_fails_every_run_and_holds_back_nothing_else() {
    let folder = with_news();
    folder.bulletin(&["watch", "add", "--bulletins"]).exits(0);
    let says = ["watch 1 sends e-mail", "SMTP_HOST is not set"];
    folder
        .bulletin(&RUN)
        .exits(1)
        .says(&says)
        .prints(&["Visa Bulletin for May 2024 is out"]);
    folder
        .bulletin(&["status", "--as-of", "2024-04-12"])
        .exits(1)
        .prints(&[
            "Remark:       watch 1 sends e-mail",
            "an alert could not be sent yet",
        ]);
    // With --quiet, a problem is printed once a day.
    let idle = folder.bulletin(&RUN).exits(1);
    assert_eq!((idle.out.as_str(), idle.err.as_str()), ("", ""));
    for (name, value, says) in [
        ("SMTP_TLS", "ssl", "SMTP_TLS is no way of encryption"),
        ("SMTP_PORT", "smtp", "SMTP_PORT is no port"),
        (
            "SMTP_HOST",
            "smtp.example.com:465",
            "SMTP_HOST is no server's name alone",
        ),
        (
            "MAIL_FROM",
            "Jane <jane@example.com>",
            "MAIL_FROM is no e-mail address alone",
        ),
        ("SMTP_PASSWORD", PASSWORD, "SMTP_USER is not"),
        ("SMTP_CA_FILE", "pages", "SMTP_CA_FILE names pages"),
    ] {
        let mut run = folder.command(&RUN);
        run.env("SMTP_HOST", "smtp.example.com")
            .env("MAIL_FROM", "jane@example.com")
            .env(name, value);
        let answer = answer(run).exits(1).says(&[says]);
        assert!(
            !answer.err.contains(PASSWORD) && !answer.err.contains("jane@"),
            "{answer:#?}"
        );
    }
    // Once it is there, the pending alerts are sent.
    let server = SmtpServer::start(Encryption::StartTls);
    let later = ["run", "--source", "pages", "--as-of", "2024-04-13", "--quiet"];
    assert_eq!(answer(with_server(&folder, &server, &later)).exits(0).out, "");
    assert_eq!(server.taken().len(), 1);
}

#[test]
fn who_is_killed_while_the_server_thinks_is_followed_by_one_who_sends_it() {
    for (step, letters) in [("MAIL", 1), ("DATA", 1), ("BODY", 1)] {
        let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
        server.rule(step, Rule::Hang, 1);
        let mut run = with_server(&folder, &server, &RUN);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        server.wait_for(step);
        // The password is in the environment and not in the arguments.
        #[cfg(target_os = "linux")]
        {
            let arguments = std::fs::read_to_string(format!("/proc/{}/cmdline", child.id())).unwrap();
            assert!(
                !arguments.contains(PASSWORD) && !arguments.contains("jane"),
                "{arguments}"
            );
        }
        child.kill().unwrap();
        child.wait().unwrap();
        answer(with_server(&folder, &server, &RUN)).exits(0);
        assert_eq!(server.taken().len(), letters, "{step}");
        answer(with_server(&folder, &server, &RUN)).exits(0);
        assert_eq!(server.taken().len(), letters, "{step}");
    }
}

#[test]
fn three_runs_at_once_send_each_alert_once() {
    let (folder, server) = (with_news(), SmtpServer::start(Encryption::StartTls));
    for category in ["EB1", "EB2", "F1", "F4"] {
        folder
            .bulletin(&[
                "watch", "add", category, "India", "--when", "every", "--email", ADDRESS,
            ])
            .exits(0);
    }
    let runs = [(); 3].map(|()| {
        let mut run = with_server(&folder, &server, &RUN);
        run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    });
    for run in runs {
        let ended = run.wait_with_output().unwrap();
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
    }
    let taken = server.taken();
    let ids: std::collections::BTreeSet<_> = taken.iter().map(|letter| letter.header("Message-ID")).collect();
    assert_eq!((taken.len(), ids.len()), (5, 5));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_made() {
    let folder = Folder::new();
    let cases: [(&[&str], &[&str]); 14] = [
        (
            &["EB3", "India", "--email", "jane"],
            &["no e-mail address", "you@example.com"],
        ),
        (
            &["EB3", "India", "--email", "Jane <jane@example.com>"],
            &["no e-mail address alone"],
        ),
        (
            &[
                "EB3",
                "India",
                "--email",
                "jane@example.com\nBcc: joe@example.com",
            ],
            &["alone"],
        ),
        (&["EB3", "India", "--email", ""], &["e-mail address"]),
        (&["EB3", "India", "--exec", "  "], &["command"]),
        (
            &["EB3", "India", "--email", ADDRESS, "--exec", "true"],
            &["--email", "--exec", "cannot be used with"],
        ),
        (&["--category", "EB3"], &["--country"]),
        (&["--country", "India"], &["--category"]),
        (
            &["EB3", "India", "--category", "EB2", "--country", "India"],
            &["cannot be used with"],
        ),
        (
            &["--bulletins", "--category", "EB3", "--country", "India"],
            &["cannot be used with"],
        ),
        (&["--bulletins", "--chart", "final"], &["--category"]),
        (&["EB3", "India", "--chart", "both"], &["final_action"]),
        (&["EB3", "India", "--when", "passes"], &["--priority-date DATE"]),
        (
            &["--category", "F2A", "--country", "El Salvador Guatemala Honduras"],
            &["Only the employment charts", "HONDURAS"],
        ),
    ];
    for (args, says) in cases {
        folder
            .bulletin(&[&["watch", "add"], args].concat())
            .exits(2)
            .says(says);
        assert!(
            !folder.path("visa-bulletin.db").exists(),
            "{args:?} made a database"
        );
    }
}
