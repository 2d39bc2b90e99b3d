//! README.md and docs/EMAIL.md show the real output of the command.

use std::path::{Path, PathBuf};

use mail::testing::{Encryption, SmtpServer};

use crate::tool::{Folder, answer};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The words of the run on one day of the demo.
fn run_of(step: &str) -> [String; 6] {
    let source = project().join("samples/demo").join(step);
    [
        "run",
        "--quiet",
        "--source",
        source.to_str().unwrap(),
        "--as-of",
        &step[3..13],
    ]
    .map(str::to_owned)
}

fn play(folder: &Folder, steps: &[&str]) -> String {
    let told = steps.iter().map(|step| {
        let words = run_of(step);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let answer = folder.bulletin(&words);
        // 1: the run reported something that needs attention.
        assert!(answer.code <= 1, "{answer:#?}");
        answer.out
    });
    told.collect()
}

const FEBRUARY: &str = "01-2024-01-10-february-2024";
const MARCH: &str = "02-2024-02-14-march-2024";
const APRIL: &str = "03-2024-03-13-april-2024";

/// The fenced block that begins with this line.
fn block(page: &str, first: &str) -> String {
    let mut blocks = page
        .split("```")
        .skip(1)
        .step_by(2)
        .map(|block| block.trim_start_matches('\n'));
    blocks
        .find(|block| block.starts_with(first))
        .unwrap_or_else(|| panic!("the page has no block that begins with {first:?}"))
        .to_owned()
}

#[test]
fn the_e_mail_and_the_sms_of_the_page_are_those_of_the_line_above_them() {
    let page = std::fs::read_to_string(project().join("docs/EMAIL.md")).unwrap();
    let add = block(&page, "bulletin watch add --category");
    let words: Vec<&str> = add
        .split_whitespace()
        .skip(1)
        .filter(|word| *word != "\\")
        .collect();
    let folder = Folder::new();
    folder.bulletin(&words).exits(0);
    play(&folder, &[FEBRUARY, MARCH]);
    let server = SmtpServer::start(Encryption::None);
    let words = run_of(APRIL);
    let mut run = folder.command(&words.each_ref().map(String::as_str));
    run.env("SMTP_HOST", "127.0.0.1")
        .env("SMTP_PORT", server.port.to_string())
        .env("MAIL_FROM", "bulletin@example.com");
    answer(run).exits(0);
    let taken = server.taken();
    // Without the date, and with the subject on one line: the position of the fold does not matter.
    let undated = |message: &str| -> Vec<String> {
        let (headers, body) = message.split_once("\n\n").unwrap();
        let message = format!("{}\n\n{body}", headers.replace("\n ", " "));
        let lines = message.lines().filter(|line| !line.starts_with("Date: "));
        lines.map(|line| line.trim_end().to_owned()).collect()
    };
    assert_eq!(
        undated(&block(&page, "From: ")),
        undated(&taken[0].message),
        "docs/EMAIL.md must show\n{}",
        taken[0].message
    );

    let preview = block(&page, "$ bulletin preview");
    let (line, shown) = preview.split_once('\n').unwrap();
    let words: Vec<&str> = line.split_whitespace().skip(2).collect();
    let told = folder.bulletin(&words).exits(0);
    assert_eq!(told.out, shown);
}

#[test]
fn the_alert_of_the_front_page_is_that_of_the_demo() {
    let page = std::fs::read_to_string(project().join("README.md")).unwrap();
    let folder = Folder::new();
    let watch = ["watch", "add", "EB2", "India", "--priority-date", "2012-03-15"];
    folder.bulletin(&watch).exits(0);
    play(&folder, &[FEBRUARY, MARCH]);
    let printed = play(&folder, &[APRIL]);
    let alert = printed.trim_start_matches('=');
    let shown = block(&page, "EB-2 India, April 2024, ");
    assert_eq!(shown.trim(), alert.trim(), "README.md must show\n{alert}");
}
