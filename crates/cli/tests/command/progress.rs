//! Progress is shown on a terminal while a command waits, and nowhere else.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::sample::{self, page};
use crate::terminal::{Terminal, USUAL};
use crate::tool::Folder;

const LONGER_THAN_PATIENCE: Duration = Duration::from_millis(1500);

/// The erase codes by which a line of progress disappears.
const ERASE: &str = "\u{1b}[2K";

#[test]
fn a_command_that_waits_says_so_on_the_terminal() {
    let folder = Folder::new();
    let html = page("2024-04").render();
    folder.write("page.html", &html);
    let expected = folder
        .bulletin(&["parse", "page.html", "--format", "csv"])
        .exits(0);
    let mut command = folder.command(&["parse", "-", "--format", "csv"]);
    command.stdin(Stdio::piped());
    let mut terminal = Terminal::start_with_pipe(command, USUAL);
    sleep(LONGER_THAN_PATIENCE);
    let mut input = terminal.child.stdin.take().unwrap();
    input.write_all(html.as_bytes()).unwrap();
    drop(input);
    let mut out = String::new();
    let mut stdout = terminal.child.stdout.take().unwrap();
    stdout.read_to_string(&mut out).unwrap();
    let (screen, code) = terminal.finish();
    assert_eq!(code, 0);
    assert!(screen.contains("reading the saved pages"), "{screen:?}");
    assert!(screen.ends_with(ERASE), "the line disappears: {screen:?}");
    assert_eq!(out, expected.out);
}

#[test]
fn a_command_that_answers_at_once_shows_no_progress() {
    let folder = sample::stored(&["2024-04"]);
    for args in [
        &["show", "2024-04"][..],
        &["parse", "pages/visa-bulletin-for-april-2024.html"],
    ] {
        // On a busy machine, a command may take longer than usual.
        let quick = (0..20).find_map(|_| {
            let start = Instant::now();
            let mut terminal = Terminal::start_with_pipe(folder.command(args), USUAL);
            let mut out = String::new();
            let mut stdout = terminal.child.stdout.take().unwrap();
            stdout.read_to_string(&mut out).unwrap();
            assert!(!out.is_empty());
            let shown = terminal.finish();
            (start.elapsed() < Duration::from_millis(400)).then_some(shown)
        });
        assert_eq!(quick, Some((String::new(), 0)), "{args:?}");
    }
}

#[test]
fn a_question_to_a_deployment_says_that_it_waits() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = Folder::new();
    let mut command = folder.command(&["show", "latest", "--stage", "prod"]);
    command
        .env(
            "AWS_ENDPOINT_URL",
            format!("http://{}", silent.local_addr().unwrap()),
        )
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    let mut terminal = Terminal::start(command, USUAL);
    sleep(LONGER_THAN_PATIENCE);
    terminal.child.kill().unwrap();
    let (screen, _) = terminal.finish();
    assert!(screen.contains("waiting for AWS"), "{screen:?}");
}

#[test]
fn without_a_terminal_there_is_no_progress() {
    let folder = Folder::new();
    let mut command = folder.command(&["parse", "-"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    sleep(LONGER_THAN_PATIENCE);
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said:?}");
}
