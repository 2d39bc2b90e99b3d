//! docs/EMAIL.md shows the real output of the command.

use std::path::Path;

use mail::testing::{Encryption, SmtpServer};

use crate::preview::play;
use crate::tool::{Folder, answer};

/// The indented or fenced block that begins with this line.
fn block(page: &str, first: &str) -> String {
    let mut blocks = page
        .split("```")
        .skip(1)
        .step_by(2)
        .map(|block| block.trim_start_matches('\n'));
    blocks
        .find(|block| block.starts_with(first))
        .unwrap_or_else(|| panic!("docs/EMAIL.md has no block that begins with {first:?}"))
        .to_owned()
}

#[test]
fn the_e_mail_and_the_sms_of_the_page_are_those_of_the_line_above_them() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/EMAIL.md");
    let page = std::fs::read_to_string(page).unwrap();
    let add = block(&page, "bulletin watch add --category");
    let words: Vec<&str> = add
        .split_whitespace()
        .skip(1)
        .filter(|word| *word != "\\")
        .collect();
    let folder = Folder::new();
    folder.bulletin(&words).exits(0);
    // Tracking begins with February 2024; April 2024 follows.
    play(&folder, 6, 6);
    let server = SmtpServer::start(Encryption::None);
    let step = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/steps/07-2024-03-13-april-2024");
    let mut run = folder.command(&[
        "run",
        "--source",
        step.to_str().unwrap(),
        "--as-of",
        "2024-03-13",
        "--quiet",
    ]);
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
