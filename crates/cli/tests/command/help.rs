//! Help, completions, and a reader that closes the pipe early.

use std::io::Read;
use std::process::Stdio;

use crate::sample::{self, file};
use crate::tool::{Folder, answer};

#[test]
fn the_help_has_examples() {
    let folder = Folder::new();
    for args in [
        vec![],
        vec!["run"],
        vec!["ingest"],
        vec!["parse"],
        vec!["show"],
        vec!["diff"],
        vec!["history"],
        vec!["standings"],
        vec!["latest"],
        vec!["corrections"],
        vec!["check"],
        vec!["export"],
        vec!["watch", "add"],
        vec!["preview"],
        vec!["subscribe"],
        vec!["unsubscribe"],
        vec!["replay"],
        vec!["subscriptions"],
        vec!["table", "create"],
        vec!["table", "describe"],
        vec!["table", "list"],
        vec!["table", "scan"],
        vec!["table", "count"],
        vec!["table", "truncate"],
        vec!["table", "drop"],
        vec!["table", "export"],
        vec!["table", "import"],
        vec!["table", "migrate"],
        vec!["doctor"],
        vec!["completions"],
    ] {
        folder
            .bulletin(&[&args[..], &["--help"]].concat())
            .exits(0)
            .prints(&["Examples:", "bulletin "]);
    }
    // clap prints the help only if no variable sets an option.
    answer(folder.new_user(&[])).exits(2).says(&["Examples:"]);
    folder.bulletin(&["--version"]).exits(0).prints(&["bulletin 0."]);
    folder.bulletin(&["frobnicate"]).exits(2).says(&["frobnicate"]);
}

#[test]
fn shells_complete() {
    let folder = Folder::new();
    for (shell, part) in [
        ("bash", "-F _clap_complete_bulletin bulletin"),
        ("zsh", "#compdef bulletin"),
        ("fish", "--command bulletin"),
        ("elvish", "edit:completion:arg-completer[bulletin]"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        folder
            .bulletin(&["completions", shell])
            .exits(0)
            .prints(&[part, "COMPLETE"]);
    }
    folder.bulletin(&["completions", "fsh"]).exits(2).says(&["fish"]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    let page = format!("pages/{}", file("2024-05"));
    for args in [
        vec![
            "parse", &page, &page, &page, &page, &page, &page, &page, &page, "--format", "csv",
        ],
        vec!["parse", &page, &page, &page, &page, &page, "--format", "json"],
        vec!["show", "2024-05"],
        vec!["history", "EB3", "India", "--plot"],
        vec!["completions", "zsh"],
        vec!["--help"],
    ] {
        let mut command = folder.command(&args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Reads a byte and closes the pipe, like `head`.
        let mut byte = [0];
        let _ = child.stdout.take().unwrap().read(&mut byte).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(ended.stderr).unwrap(), "", "{args:?}");
        assert_eq!(ended.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn an_alert_that_nobody_reads_is_kept_for_the_next_run() {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&["watch", "add", "F1", "India", "--when", "every"])
        .exits(0);
    sample::save(&folder, &["2024-05"]);
    let run = ["run", "--source", "pages", "--as-of", "2024-04-12", "--quiet"];
    let mut command = folder.command(&run);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command.stdout(writer).stderr(Stdio::piped());
    let ended = command.spawn().unwrap().wait_with_output().unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{err}");
    assert_eq!(err.matches("error: ").count(), 1, "said once: {err}");
    folder
        .bulletin(&["status", "--as-of", "2024-04-12"])
        .prints(&["1 change"]);
    let later = ["run", "--source", "pages", "--as-of", "2024-04-13", "--quiet"];
    let told = folder.bulletin(&later).exits(0).prints(&["F1 India"]);
    assert_eq!(told.out.matches("=====").count(), 16, "one alert: {}", told.out);
    assert_eq!(folder.bulletin(&later).exits(0).out, "");
}
