//! A plot fits the screen with everything that is printed above it, and shows the priority date.

use crate::terminal::{Terminal, USUAL, plain};
use crate::tool::{Folder, answer};

const PRIORITY_DATE: [&str; 2] = ["--priority-date", "2013-03-15"];

/// The screen after a command of a new user, who has only the shipped history.
fn screen(folder: &Folder, args: &[&str], size: (u16, u16)) -> String {
    let mut command = folder.new_user(args);
    command.env("LC_ALL", "C.UTF-8");
    let (screen, code) = Terminal::start(command, size).finish();
    assert_eq!(code, 0, "{screen}");
    plain(&screen)
}

fn assert_fits(screen: &str, (columns, rows): (u16, u16)) {
    let width = |line: &str| line.chars().count();
    let filled: usize = screen
        .lines()
        .map(|line| width(line).div_ceil(columns.into()).max(1))
        .sum();
    assert!(
        filled < rows.into(),
        "{filled} rows and a prompt on {rows} rows:\n{screen}"
    );
    // The terminal wraps notes.
    for line in screen.lines().filter(|line| !line.starts_with("note: ")) {
        assert!(width(line) <= columns.into(), "{line}\n{screen}");
    }
}

#[test]
fn a_plot_fits_one_screen_of_80_by_24() {
    let folder = Folder::new();
    for (category, country) in [
        ("EB3", "India"),
        ("F2A", "Mexico"),
        ("EB4", "Honduras"),
        ("EB1", "Brazil"),
        ("EB2", "China"),
    ] {
        for more in [&[][..], &PRIORITY_DATE] {
            let args = [&["history", category, country, "--plot"], more].concat();
            let screen = screen(&folder, &args, USUAL);
            assert_fits(&screen, USUAL);
            let last = screen.lines().last().unwrap();
            assert!(last.trim_start().starts_with("bulletin "), "{screen}");
            assert!(last.contains("2025"), "the newest part is there: {screen}");
        }
    }
}

#[test]
fn a_plot_fills_a_larger_screen() {
    let folder = Folder::new();
    let size = (132, 43);
    let screen = screen(&folder, &["history", "EB3", "India", "--plot"], size);
    assert_fits(&screen, size);
    assert!(screen.lines().count() >= 40, "{screen}");
    let widest = screen.lines().map(|line| line.chars().count()).max();
    assert!(widest > Some(120), "{screen}");
}

#[test]
fn a_plot_in_a_pipe_is_as_on_80_by_24() {
    let folder = Folder::new();
    let mut command = folder.new_user(&["history", "EB3", "India", "--plot"]);
    command.env("LC_ALL", "C.UTF-8");
    let drawn = answer(command).exits(0);
    // The first line says where the history is from, and is not wrapped in a pipe.
    let (_, plot) = drawn.out.split_once('\n').unwrap();
    assert_fits(plot, USUAL);
    assert_eq!(plot.lines().count(), 23, "{plot}");
}

#[test]
fn the_priority_date_is_a_line_with_a_label() {
    let folder = Folder::new();
    let args = ["history", "EB3", "India", "--plot", "--svg", "plot.svg"];
    let without = screen(&folder, &args, USUAL);
    assert!(!without.contains('┄'), "{without}");
    let svg = || String::from_utf8(folder.read("plot.svg")).unwrap();
    assert!(!svg().contains("priority date"));
    let drawn = screen(&folder, &[&args[..], &PRIORITY_DATE].concat(), USUAL);
    let line = drawn.lines().find(|line| line.contains("2013-03-15")).unwrap();
    assert!(line.matches('┄').count() > 20, "{drawn}");
    assert!(drawn.contains("┄┄┄ priority date"), "{drawn}");
    assert!(svg().contains("priority date 2013-03-15"));
    // The line lies between the years around it.
    let row = |text: &str| drawn.lines().position(|line| line.contains(text)).unwrap();
    assert!(
        row("2015 ┤") < row("2013-03-15 ┤") && row("2013-03-15 ┤") < row("2010 ┤"),
        "{drawn}"
    );
}

#[test]
fn the_priority_date_of_a_watch_is_drawn() {
    let folder = Folder::new();
    let watch = |country: &str, date: &str| {
        let args = ["watch", "add", "EB3", country, "--priority-date", date];
        answer(folder.new_user(&args)).exits(0);
    };
    let args = ["history", "EB3", "India", "--plot"];
    watch("China", "2019-01-01");
    answer(folder.new_user(&["run", "--source", ".", "--quiet"]));
    assert!(!screen(&folder, &args, USUAL).contains('┄'));
    watch("India", "2013-03-15");
    assert!(screen(&folder, &args, USUAL).contains("2013-03-15"));
    watch("India", "2014-03-15");
    let drawn = screen(&folder, &args, USUAL);
    assert!(drawn.contains("different priority dates"), "{drawn}");
    assert!(!drawn.contains('┄'), "{drawn}");
    assert_fits(&drawn, USUAL);
}

#[test]
fn a_priority_date_needs_a_plot() {
    let folder = Folder::new();
    folder
        .bulletin(&["history", "EB3", "India", "--priority-date", "2013-03-15"])
        .exits(2)
        .says(&["--plot"]);
}
