//! The help of every command in `tests/help.txt`, the reference in `docs/CLI.md`, and the man pages.
//!
//! `UPDATE_GOLDEN=1 cargo test -p visa-bulletin --test command reference::` rewrites both files; proofread them before you
//! commit them.

use clap::Command;

use crate::golden::assert_golden;
use crate::tool::{Folder, answer};

/// The words of every command, such as `["table", "scan"]`, in the order of the help.
fn all_commands(command: &Command, words: &[String]) -> Vec<Vec<String>> {
    let mut all = vec![words.to_vec()];
    for sub in command.get_subcommands() {
        all.extend(all_commands(sub, &[words, &[sub.get_name().to_owned()]].concat()));
    }
    all
}

/// The help as `bulletin WORDS --help` prints it in a terminal with 80 columns.
fn help(folder: &Folder, words: &[String]) -> String {
    let args: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
    let mut command = folder.command(&args);
    command.env("COLUMNS", "80");
    answer(command).exits(0).out
}

#[test]
fn the_help_of_every_command_is_the_proofread_one() {
    let folder = Folder::new();
    let mut text = String::new();
    for words in all_commands(&visa_bulletin::definition(), &[]) {
        let title = [&["bulletin".to_owned()], &words[..]].concat().join(" ");
        // Without the trailing spaces that clap prints.
        for line in format!("=== {title} --help\n\n{}\n", help(&folder, &words)).lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    assert_golden("tests/help.txt", &text);
}

#[test]
fn the_help_fits_80_columns() {
    let folder = Folder::new();
    for words in all_commands(&visa_bulletin::definition(), &[]) {
        for line in help(&folder, &words).lines() {
            assert!(line.chars().count() <= 80, "{words:?}: {line}");
        }
    }
}

#[test]
fn no_line_of_the_examples_is_wrapped() {
    fn check(command: &Command) {
        let text = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        for line in text.lines().filter(|line| line.starts_with(' ')) {
            assert!(line.chars().count() <= 80, "{}: {line}", command.get_name());
        }
        command.get_subcommands().for_each(check);
    }
    check(&visa_bulletin::definition());
}

/// The command with its examples as a code block, because they are not Markdown.
fn with_code_blocks(command: Command) -> Command {
    let fenced = command
        .get_after_help()
        .map(|text| format!("```text\n{text}\n```"));
    let command = match fenced {
        Some(fenced) => command.after_help(fenced),
        None => command,
    };
    command.mut_subcommands(with_code_blocks)
}

#[test]
fn the_reference_has_the_present_commands_and_options() {
    let options = clap_markdown::MarkdownOptions::new()
        .title("Command reference".into())
        .show_footer(false);
    let text =
        clap_markdown::help_markdown_command_custom(&with_code_blocks(visa_bulletin::definition()), &options);
    let text = text.replace(
        "This document contains the help content for the `bulletin` command-line program.",
        "A test generates this page from the definition of the commands; `bulletin COMMAND --help` prints the same texts.",
    );
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    assert_golden("../../docs/CLI.md", &format!("{}\n", lines.join("\n").trim_end()));
}

#[test]
fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(visa_bulletin::definition(), folder.path()).unwrap();
    for words in all_commands(&visa_bulletin::definition(), &[]) {
        let name = [&["bulletin".to_owned()], &words[..]].concat().join("-");
        let page = std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".SH NAME"), "{name}");
    }
}
