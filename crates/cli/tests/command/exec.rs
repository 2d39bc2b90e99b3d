//! Watches with a command as their channel.

use crate::sample;
use crate::tool::{Folder, answer};

const RUN: [&str; 6] = ["run", "--source", "pages", "--as-of", "2024-04-12", "--quiet"];

fn with_news(command: &str) -> Folder {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&[
            "watch",
            "add",
            "EB3",
            "India",
            "--priority-date",
            "2013-03-15",
            "--when",
            "every",
            "--exec",
            command,
        ])
        .exits(0);
    sample::save(&folder, &["2024-05"]);
    folder
}

#[test]
fn a_command_is_handed_the_alert_and_knows_no_password() {
    let folder = with_news("cat > alert.json; env > environment; echo nobody sees this");
    let mut run = folder.command(&RUN);
    run.env("SMTP_PASSWORD", "s3cret-word").env("SMTP_USER", "jane");
    let told = answer(run).exits(0);
    assert_eq!((told.out.as_str(), told.err.as_str()), ("", ""));
    let json: serde_json::Value = serde_json::from_slice(&folder.read("alert.json")).unwrap();
    assert_eq!(json["id"], "CATEGORY#EB3#COUNTRY#INDIA#2024-05#0");
    assert_eq!((&json["watch"], &json["version"]), (&1.into(), &1.into()));
    assert_eq!(json["subscriber"]["priority_date"], "2013-03-15");
    let environment = String::from_utf8(folder.read("environment")).unwrap();
    for line in [
        "ALERT_ID=CATEGORY#EB3#COUNTRY#INDIA#2024-05#0",
        "ALERT_SUBJECT=EB-3 India, May 2024: ",
        "ALERT_MONTH=2024-05",
        "ALERT_WATCH=1",
    ] {
        assert!(environment.contains(line), "no {line} in {environment}");
    }
    assert!(!environment.contains("s3cret"), "{environment}");
    // It is sent once.
    folder.write("alert.json", "");
    folder.bulletin(&RUN).exits(0);
    assert_eq!(folder.read("alert.json"), b"");
    folder
        .bulletin(&["watch", "list"])
        .exits(0)
        .prints(&["exec: cat ..."]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_alert_is_complete_before_its_command_starts() {
    // The command prints the size of its input before it reads it; then its parent is killed and cannot write more.
    let folder =
        with_news("stat -L -c %s /proc/self/fd/0 > size; kill -9 $PPID; sleep 0.2; cat > alert.json");
    let killed = folder.bulletin(&RUN);
    assert_eq!(killed.code, -1, "{killed:#?}");
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let json = loop {
        let text = std::fs::read(folder.path("alert.json")).unwrap_or_default();
        if let Ok(json) = serde_json::from_slice::<serde_json::Value>(&text) {
            break json;
        }
        assert!(std::time::Instant::now() < patience, "{text:?}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert_eq!(json["id"], "CATEGORY#EB3#COUNTRY#INDIA#2024-05#0");
    let size = String::from_utf8(folder.read("size")).unwrap();
    assert_eq!(
        size.trim().parse::<usize>().unwrap(),
        folder.read("alert.json").len()
    );
}

#[test]
fn a_command_that_fails_is_run_again_and_its_last_words_are_said() {
    let folder = with_news("echo first >&2; echo cannot reach jane@example.com >&2; test -e ready");
    let says = ["the command of watch 1", "exited with 1: cannot reach (address)"];
    let failed = folder.bulletin(&RUN).exits(1).says(&says);
    assert!(!failed.err.contains("first"), "{failed:#?}");
    folder
        .bulletin(&["status", "--as-of", "2024-04-12"])
        .exits(1)
        .prints(&["an alert could not be sent yet", "exited with 1"]);
    folder.write("ready", "");
    let later = ["run", "--source", "pages", "--as-of", "2024-04-13", "--quiet"];
    folder.bulletin(&later).exits(0);
    folder.bulletin(&["status", "--as-of", "2024-04-13"]).exits(0);
    for (command, says) in [
        ("no-such-command-here", "exited with 127"),
        ("kill -9 $$", "killed by signal 9"),
        ("exec 2>&-; exit 3", "exited with 3"),
    ] {
        with_news(command).bulletin(&RUN).exits(1).says(&[says]);
    }
}

#[test]
fn a_command_that_leaves_something_running_or_reads_nothing_is_done_when_it_ends() {
    for command in ["sleep 20 &", "exec <&-; exit 0", "true"] {
        let began = std::time::Instant::now();
        with_news(command).bulletin(&RUN).exits(0);
        assert!(began.elapsed() < std::time::Duration::from_secs(15), "{command}");
    }
}
