//! Colours are shown on a terminal, and as the user says. Output for files and programs has none.

use crate::sample::{self, day_before};
use crate::terminal::{Terminal, USUAL, plain};
use crate::tool::{Folder, answer};

const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const BOLD: &str = "\u{1b}[1m";

/// EB-3 India is at 2012-08-15 in the bulletin of May 2024.
fn check(date: &'static str) -> [&'static str; 7] {
    [
        "check",
        "EB3",
        "India",
        "--priority-date",
        date,
        "--month",
        "2024-05",
    ]
}

/// The output of a command on a terminal or in a pipe, with these variables.
fn shown(folder: &Folder, args: &[&str], is_terminal: bool, variables: &[(&str, &str)]) -> String {
    let mut command = folder.command(args);
    command.envs(variables.iter().copied());
    if is_terminal {
        return Terminal::start(command, USUAL).finish().0;
    }
    answer(command).exits(0).out
}

#[test]
fn a_verdict_is_green_or_red() {
    let folder = sample::stored(&["2024-05"]);
    let current = shown(&folder, &check("2001-01-01"), true, &[]);
    assert!(current.contains(&format!("{GREEN}current")), "{current:?}");
    assert!(!current.contains(RED), "{current:?}");
    let not_current = shown(&folder, &check("2023-01-01"), true, &[]);
    assert!(not_current.contains(&format!("{RED}not")), "{not_current:?}");
    assert!(!not_current.contains(GREEN), "{not_current:?}");
    for screen in [current, not_current] {
        for line in plain(&screen).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn colours_change_no_word() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    for args in [
        &check("2001-01-01")[..],
        &["show", "2024-05", "--no-pager"],
        &["diff", "2024-04", "2024-05", "--no-pager"],
        &["history", "EB3", "India", "--plot"],
    ] {
        let coloured = shown(&folder, &[args, &["--color", "always"]].concat(), false, &[]);
        assert!(coloured.contains('\u{1b}'), "{args:?}: {coloured}");
        assert_eq!(plain(&coloured), shown(&folder, args, false, &[]), "{args:?}");
    }
}

#[test]
fn the_option_and_the_variables_decide() {
    let folder = sample::stored(&["2024-05"]);
    let args = check("2001-01-01");
    let has_colour = |more: &[&str], is_terminal, variables: &[(&str, &str)]| {
        let args = [&args[..], more].concat();
        shown(&folder, &args, is_terminal, variables).contains('\u{1b}')
    };
    let (on, never, always) = (true, ["--color", "never"], ["--color=always"]);
    assert!(has_colour(&[], on, &[]));
    assert!(!has_colour(&[], on, &[("NO_COLOR", "1")]));
    assert!(has_colour(&[], on, &[("NO_COLOR", "")]), "an empty value is none");
    assert!(!has_colour(&[], on, &[("CLICOLOR", "0")]));
    assert!(!has_colour(&never, on, &[]));
    assert!(!has_colour(&never, on, &[("CLICOLOR_FORCE", "1")]));
    assert!(has_colour(&always, on, &[("NO_COLOR", "1")]));
    let pipe = false;
    assert!(!has_colour(&[], pipe, &[]));
    assert!(!has_colour(&[], pipe, &[("CLICOLOR", "1")]));
    assert!(has_colour(&[], pipe, &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colour(
        &[],
        pipe,
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]
    ));
    assert!(has_colour(&always, pipe, &[]));
    folder.bulletin(&["check", "--color", "sometimes"]).exits(2);
}

#[test]
fn files_and_data_have_no_colours() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    for format in ["csv", "json"] {
        for args in [
            &check("2001-01-01")[..],
            &["show", "2024-05"],
            &["history", "EB3", "India"],
        ] {
            let args = [args, &["--format", format, "--color", "always"]].concat();
            let out = shown(&folder, &args, false, &[]);
            assert!(!out.contains('\u{1b}'), "{args:?}");
        }
    }
    let plot = [
        "history", "EB3", "India", "--svg", "plot.svg", "--color", "always",
    ];
    folder.bulletin(&plot).exits(0);
    assert!(!folder.read("plot.svg").contains(&0x1b));
}

#[test]
fn the_headline_of_an_alert_stands_out() {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&["watch", "add", "F1", "India", "--when", "every"])
        .exits(0);
    sample::save(&folder, &["2024-05"]);
    let day = day_before("2024-05");
    let run = [
        "run", "--source", "pages", "--as-of", &day, "--quiet", "--color", "always",
    ];
    let alert = shown(&folder, &run, false, &[]);
    let headline = alert.lines().nth(1).unwrap();
    assert!(headline.starts_with(BOLD), "{alert:?}");
    assert!(plain(headline).contains("F1 India"), "{alert:?}");
    assert_eq!(
        alert.lines().filter(|line| line.contains(BOLD)).count(),
        1,
        "{alert:?}"
    );
}
