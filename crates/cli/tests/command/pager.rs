//! A long table is shown in the pager of the user, and only on a terminal.

use std::process::Command;

use crate::terminal::{Terminal, USUAL, plain};
use crate::tool::{Folder, answer};

/// A pager that keeps what it is given.
const PAGER: &str = "cat > paged";

/// Months of EB-3 India, more than fit a screen.
const LONG: [&str; 3] = ["history", "EB3", "India"];

fn command(folder: &Folder, args: &[&str], pager: &str) -> Command {
    let mut command = folder.new_user(args);
    command.env("PAGER", pager);
    command
}

/// The text that the pager was given.
fn paged(folder: &Folder) -> Option<String> {
    let path = folder.path("paged");
    let text = std::fs::read_to_string(&path).ok();
    let _ = std::fs::remove_file(path);
    text
}

#[test]
fn a_long_table_is_shown_in_the_pager() {
    let folder = Folder::new();
    for args in [
        &LONG[..],
        &["show", "2026-03"],
        &["diff", "2025-03", "2026-03", "--all"],
        &["standings"],
    ] {
        let (screen, code) = Terminal::start(command(&folder, args, PAGER), USUAL).finish();
        assert_eq!(code, 0, "{screen}");
        let paged = paged(&folder).unwrap_or_else(|| panic!("{args:?} is not paged: {screen}"));
        assert!(paged.lines().count() > 23, "{paged}");
        let row = paged.lines().nth(20).map(plain).unwrap();
        assert!(
            !screen.contains(&row),
            "{args:?}: the table is not printed twice: {screen}"
        );
        // The pager gets all of it.
        let printed = answer(command(&folder, args, PAGER)).exits(0);
        let dates = |text: &str| {
            let words = text
                .split_whitespace()
                .filter(|word| word.len() == 10 && word.contains('-'));
            words.count()
        };
        assert_eq!(dates(&plain(&paged)), dates(&printed.out), "{args:?}");
    }
}

#[test]
fn nothing_else_is_paged() {
    let folder = Folder::new();
    let on_terminal = |args: &[&str]| {
        let (screen, code) = Terminal::start(command(&folder, args, PAGER), USUAL).finish();
        assert_eq!(code, 0, "{screen}");
        assert!(screen.contains("2026"), "{args:?}: {screen}");
        assert_eq!(paged(&folder), None, "{args:?}");
    };
    on_terminal(&["history", "EB3", "India", "--limit", "3"]);
    on_terminal(&["history", "EB3", "India", "--no-pager"]);
    on_terminal(&["--no-pager", "history", "EB3", "India"]);
    on_terminal(&["history", "EB3", "India", "--format", "csv"]);
    on_terminal(&["history", "EB3", "India", "--format", "json"]);
    on_terminal(&["history", "EB3", "India", "--plot"]);
    answer(command(&folder, &LONG, PAGER))
        .exits(0)
        .prints(&["2012-04"]);
    assert_eq!(paged(&folder), None, "a pipe has no pager");
}

#[test]
fn without_a_working_pager_the_table_is_printed() {
    let folder = Folder::new();
    for pager in ["", " ", "no-such-pager-here", "./none"] {
        let (screen, code) = Terminal::start(command(&folder, &LONG, pager), USUAL).finish();
        assert_eq!(code, 0, "{pager:?}: {screen}");
        assert!(screen.contains("2012-04"), "{pager:?}: {screen}");
    }
}

#[test]
fn a_pager_may_end_before_it_has_read_everything() {
    let folder = Folder::new();
    let (screen, code) = Terminal::start(command(&folder, &LONG, "head -n 2"), USUAL).finish();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("2012-04"), "{screen}");
}
