//! Every command of docs/OPERATIONS.md has the documented result, in the order of the page.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aws_harness::emulator::Emulator;
use bulletin::Month;
use chrono::{Duration, Utc};

use crate::sample::{page, page_as};
use crate::stage::Stage;
use crate::tool::{Answer, answer};

/// The prefix of the reason why a block is not run.
const NOT_RUN: &str = "# Not run by the test: ";
/// The suffix of a command that fails on purpose.
const FAILS: &str = "# exits with 1 because ";

/// One command of the page.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    command: String,
    exits: i32,
}

fn page_of_operations() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/OPERATIONS.md");
    std::fs::read_to_string(path).unwrap()
}

/// The code blocks: the text after the three backticks, and the lines.
fn blocks(page: &str) -> Vec<(&str, Vec<&str>)> {
    let (mut blocks, mut open) = (Vec::new(), None::<(&str, Vec<&str>)>);
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => open = Some((kind, Vec::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "a block is not closed");
    blocks
}

/// The commands of the page that are run, in order. Each block either is run or has a reason why not.
fn typed(page: &str) -> Vec<Typed> {
    let mut all = Vec::new();
    for (kind, lines) in blocks(page) {
        match kind {
            "sh" => all.extend(commands(&lines)),
            "sh no-emulator" => {
                let says_why = lines[0]
                    .strip_prefix(NOT_RUN)
                    .is_some_and(|reason| reason.len() > 20);
                assert!(says_why, "say why this is not run: {lines:?}");
            }
            other => panic!("a block is `sh` or `sh no-emulator`, not {other:?}"),
        }
    }
    all
}

/// The commands of a block: comments are skipped, and lines that end in a backslash are continued.
fn commands(lines: &[&str]) -> Vec<Typed> {
    let (mut all, mut begun) = (Vec::new(), String::new());
    for line in lines {
        let line = line.trim();
        if begun.is_empty() && (line.is_empty() || line.starts_with('#')) {
            continue;
        }
        if let Some(more) = line.strip_suffix('\\') {
            begun.push_str(more);
            continue;
        }
        begun.push_str(line);
        let command = std::mem::take(&mut begun);
        let (command, exits) = match command.split_once(FAILS) {
            Some((command, _)) => (command.trim_end().to_owned(), 1),
            None => (command, 0),
        };
        all.push(Typed { command, exits });
    }
    assert_eq!(begun, "", "a command goes on behind its block");
    all
}

/// The month in force.
fn present() -> Month {
    Month::of((Utc::now() - Duration::hours(5)).date_naive())
}

/// A deployment `prod` without problems, and a database of this machine, both with the same bulletins.
fn prod() -> Option<Stage> {
    // A separate emulator for this test: no other stage has this name on it.
    let stage = Stage::named(&Emulator::ministack()?, "prod");
    for text in ["2024-04", "2024-05", "2024-06"] {
        save(&stage, text.parse().unwrap(), &page(text).render());
    }
    for month in [present(), present().next()] {
        save(&stage, month, &page_as("2024-07", month).render());
    }
    let run = ["run", "--source", "pages", "--backfill", "2024-04..2024-06"];
    stage.folder.bulletin(&run).exits(0);
    crate::migrate::leave_old_items(&stage, "OldBulletins", "2024-02");
    stage.look(Utc::now());
    stage.subscribe("sqs", "arn:aws:sqs:us-east-1:000000000000:somebody");
    for month in [present(), present().next()].into_iter().chain(old_months()) {
        stage
            .bulletin(&["ingest", &format!("pages/{}", name(month))])
            .exits(0);
    }
    Some(stage)
}

/// The months from the newest to the oldest.
fn old_months() -> impl Iterator<Item = Month> {
    ["2024-06", "2024-05", "2024-04"]
        .into_iter()
        .map(|text| text.parse().unwrap())
}

fn name(month: Month) -> String {
    crate::sample::file(&month.to_string())
}

fn save(stage: &Stage, month: Month, page: &str) {
    stage.folder.write(&format!("pages/{}", name(month)), page);
}

/// Runs a command in a shell, like an operator, in a folder with the saved pages.
fn type_in(stage: &Stage, command: &str) -> Answer {
    let bulletin = PathBuf::from(env!("CARGO_BIN_EXE_bulletin"));
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null());
    // The environment of the command itself, including the endpoint of the emulator.
    let alone = stage.command(&[]);
    shell.current_dir(stage.folder.path(""));
    for (name, value) in alone.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let path = std::env::var("PATH").unwrap_or_default();
    shell.env("PATH", format!("{}:{path}", bulletin.parent().unwrap().display()));
    answer(shell)
}

#[test]
fn every_command_of_the_operations_page_does_what_it_says() {
    let page = page_of_operations();
    let all = typed(&page);
    assert!(all.len() >= 15, "{} commands", all.len());
    let Some(stage) = prod() else { return };
    for Typed { command, exits } in &all {
        let told = type_in(&stage, command);
        assert_eq!(told.code, *exits, "{command}\n{}\n{}", told.out, told.err);
    }
}

/// The commands of an operator, without those of `table`.
const COMMANDS: [&str; 12] = [
    "doctor",
    "status",
    "show",
    "diff",
    "history",
    "check",
    "latest",
    "standings",
    "corrections",
    "parse",
    "ingest",
    "replay",
];

#[test]
fn the_page_leaves_no_command_of_an_operator_out() {
    let page = page_of_operations();
    let all = typed(&page);
    let is_typed = |words: &str| {
        let typed = |typed: &Typed| typed.command == words || typed.command.starts_with(&format!("{words} "));
        all.iter().any(typed)
    };
    let help = crate::tool::Folder::new().bulletin(&["table", "--help"]).exits(0);
    let listed = help.out.lines().skip_while(|line| *line != "Commands:").skip(1);
    let tables: Vec<String> = listed
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|word| !word.is_empty() && *word != "help")
        .map(|word| format!("table {word}"))
        .collect();
    assert!(tables.len() >= 10, "{tables:?}");
    for words in COMMANDS.iter().map(|word| (*word).to_owned()).chain(tables) {
        assert!(
            is_typed(&format!("bulletin {words}")),
            "bulletin {words} is not on the page"
        );
    }
}

#[test]
fn a_page_is_read_as_it_is_typed() {
    let page = "\
text `bulletin nothing`
```sh
# A comment.
bulletin doctor \\
  --offline

bulletin show 1999-01   # exits with 1 because it is not stored
```
```sh no-emulator
# Not run by the test: nobody has any of these here.
bulletin never
```
";
    let typed = typed(page);
    assert_eq!(
        typed,
        [
            Typed {
                command: "bulletin doctor --offline".into(),
                exits: 0
            },
            Typed {
                command: "bulletin show 1999-01".into(),
                exits: 1
            },
        ]
    );
}

#[test]
#[should_panic(expected = "say why this is not run")]
fn a_block_that_is_not_run_says_why() {
    typed("```sh no-emulator\nbulletin never\n```\n");
}
