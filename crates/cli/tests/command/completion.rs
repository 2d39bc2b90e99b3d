//! Completions offer commands, options, categories, countries and stored months.

use std::path::Path;
use std::process::Command;

use crate::sample;
use crate::tool::{Folder, answer};

/// The completions of the last word, as a shell asks for them.
fn offers(mut command: Command, words: &[&str]) -> Vec<String> {
    command.args(["--", "bulletin"]).args(words);
    command
        .env("COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    let answer = answer(command).exits(0);
    assert_eq!(answer.err, "");
    answer.out.lines().map(str::to_owned).collect()
}

fn of_new_user(words: &[&str]) -> Vec<String> {
    let folder = Folder::new();
    offers(folder.new_user(&[]), words)
}

#[test]
fn categories_are_offered() {
    let offers = of_new_user(&["history", "EB"]);
    for code in ["EB1", "EB2", "EB3", "EB5_RURAL"] {
        assert!(offers.iter().any(|offer| offer == code), "{code}: {offers:?}");
    }
    assert!(offers.iter().all(|offer| offer.starts_with("EB")), "{offers:?}");
    assert_eq!(of_new_user(&["check", "F2"]), ["F2A", "F2B"]);
    assert_eq!(of_new_user(&["check", "f2"]), ["f2a", "f2b"]);
    assert_eq!(of_new_user(&["check", "EB-2"]), ["EB-2"]);
    assert_eq!(of_new_user(&["standings", "--category", "F2"]), ["F2A", "F2B"]);
    assert_eq!(of_new_user(&["watch", "add", "F2"]), ["F2A", "F2B"]);
}

#[test]
fn countries_are_offered_by_name() {
    assert_eq!(of_new_user(&["history", "EB3", "Ind"]), ["India", "Indonesia"]);
    assert_eq!(of_new_user(&["history", "EB3", "ind"]), ["india", "indonesia"]);
    assert_eq!(of_new_user(&["check", "EB3", "IND"]), ["INDia", "INDonesia"]);
    assert_eq!(of_new_user(&["standings", "--country", "Braz"]), ["Brazil"]);
    let all = of_new_user(&["watch", "add", "EB3", ""]);
    assert!(all.len() > 190, "{all:?}");
    // Every offer is one word, and is accepted.
    let folder = Folder::new();
    for area in all.iter().filter(|offer| !offer.starts_with('-')) {
        assert!(!area.contains(' '), "{area}");
        answer(folder.new_user(&["history", "EB3", area, "--limit", "1"])).exits(0);
    }
}

#[test]
fn stored_months_are_offered_newest_first() {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    let stored = |words: &[&str]| offers(folder.command(&[]), words);
    assert_eq!(stored(&["show", "2"]), ["2024-05", "2024-04"]);
    assert_eq!(stored(&["diff", "2024-04", "l"]), ["latest"]);
    assert_eq!(stored(&["check", "--month", "2024-05"]), ["2024-05"]);
    // Without a database, those of the shipped history.
    let shipped = of_new_user(&["show", "2002-0"]);
    assert!(shipped.contains(&"2002-01".to_owned()), "{shipped:?}");
}

#[test]
fn options_and_their_values_are_offered() {
    assert!(of_new_user(&["history", "EB3", "India", "--pl"]).contains(&"--plot".to_owned()));
    assert_eq!(of_new_user(&["show", "--chart", "fi"]), ["final", "filing"]);
    assert_eq!(of_new_user(&["watch", "add", "--when", "p"]), ["passes"]);
    assert_eq!(of_new_user(&["check", "--color", "al"]), ["always"]);
    assert!(of_new_user(&["his"]).contains(&"history".to_owned()));
}

#[test]
fn the_script_completes_in_bash() {
    let folder = Folder::new();
    let script = answer(folder.command(&["completions", "bash"])).exits(0).out;
    folder.write("bulletin.bash", script);
    let binary = Path::new(env!("CARGO_BIN_EXE_bulletin")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.current_dir(folder.path(""))
        .env("PATH", path)
        .env("HOME", folder.path(""))
        .args([
            "--norc",
            "-c",
            "source ./bulletin.bash; complete -p bulletin; COMP_WORDS=(bulletin history EB3 Ind); COMP_CWORD=3; COMP_TYPE=9; \
             _clap_complete_bulletin bulletin Ind EB3; printf '%s\\n' \"${COMPREPLY[@]}\"",
        ]);
    answer(bash)
        .exits(0)
        .prints(&["-F _clap_complete_bulletin bulletin", "India\nIndonesia\n"]);
}
