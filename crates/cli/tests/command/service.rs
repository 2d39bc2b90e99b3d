//! `service`: with a `systemctl` and a `crontab` that are scripts in the folder of the test.

use std::os::unix::fs::PermissionsExt as _;

use crate::sample;
use crate::tool::{Answer, Folder, answer};

const SERVICE: &str = ".config/systemd/user/visa-bulletin.service";
const TIMER: &str = ".config/systemd/user/visa-bulletin.timer";

/// Writes what it is asked to `systemctl.log`.
const SYSTEMCTL: &str =
    "#!/bin/sh\necho \"$*\" >> \"$HOME/systemctl.log\"\n[ \"$2\" != is-active ] || echo active\n";
/// No user manager answers.
const NO_SYSTEMD: &str = "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n";
/// Keeps the crontab in `crontab`.
const CRONTAB: &str = "#!/bin/sh\ncase \"$1\" in\n-l) [ -e \"$HOME/crontab\" ] || { echo \"no crontab for you\" >&2; exit 1; }\n\
    cat \"$HOME/crontab\";;\n-) cat > \"$HOME/crontab\";;\nesac\n";

fn program(folder: &Folder, name: &str, script: &str) {
    let name = format!("bin/{name}");
    folder.write(&name, script);
    std::fs::set_permissions(folder.path(&name), std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn with_systemd() -> Folder {
    let folder = Folder::new();
    program(&folder, "systemctl", SYSTEMCTL);
    program(&folder, "crontab", CRONTAB);
    folder
}

fn with_cron() -> Folder {
    let folder = Folder::new();
    program(&folder, "systemctl", NO_SYSTEMD);
    program(&folder, "crontab", CRONTAB);
    folder
}

fn service(folder: &Folder, args: &[&str]) -> Answer {
    let mut command = folder.command(&[&["service"], args].concat());
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.path("bin").display()));
    answer(command)
}

fn text(folder: &Folder, name: &str) -> String {
    String::from_utf8(folder.read(name)).unwrap()
}

/// The changes that systemd was asked for since the last call.
fn asked(folder: &Folder) -> Vec<String> {
    let log = text(folder, "systemctl.log");
    folder.write("systemctl.log", "");
    let changes = log
        .lines()
        .filter(|line| !line.contains("show-environment") && !line.contains("is-active"));
    changes.map(str::to_owned).collect()
}

#[test]
fn systemd_runs_the_program_with_absolute_paths() {
    let folder = with_systemd();
    folder.write(".config/visa-bulletin/config.toml", "");
    service(&folder, &["install"]).exits(0).prints(&["and started"]);
    let unit = text(&folder, SERVICE);
    let home = folder.path("").display().to_string();
    let home = home.trim_end_matches('/');
    let command = format!(
        "ExecStart={} run --quiet --every auto --db {home}/visa-bulletin.db --config {home}/.config/visa-bulletin/config.toml\n",
        env!("CARGO_BIN_EXE_bulletin")
    );
    assert!(unit.contains(&command), "{unit}");
    assert!(!folder.path(TIMER).exists());
    assert_eq!(
        asked(&folder),
        [
            "--user daemon-reload",
            "--user enable --now visa-bulletin.service"
        ]
    );
    // Again, nothing is written.
    service(&folder, &["install"])
        .exits(0)
        .prints(&["Already installed"]);
    assert_eq!(text(&folder, SERVICE), unit);
    assert_eq!(asked(&folder), ["--user enable --now visa-bulletin.service"]);
    // A fixed interval is a timer, and replaces the service that runs on.
    service(&folder, &["install", "--every", "1h"]).exits(0);
    assert!(text(&folder, TIMER).contains("OnUnitActiveSec=3600s\nRandomizedDelaySec=300s\n"));
    assert!(text(&folder, SERVICE).contains("Type=oneshot"));
    assert_eq!(
        asked(&folder),
        [
            "--user disable --now visa-bulletin.service",
            "--user daemon-reload",
            "--user daemon-reload",
            "--user enable --now visa-bulletin.timer"
        ]
    );
    assert!(!folder.path("crontab").exists());
    service(&folder, &["remove"])
        .exits(0)
        .prints(&["Removed", "visa-bulletin.timer"]);
    assert!(!folder.path(SERVICE).exists() && !folder.path(TIMER).exists());
    service(&folder, &["remove"]).exits(0).prints(&["not installed"]);
}

#[test]
fn units_of_others_are_neither_overwritten_nor_removed() {
    let folder = with_systemd();
    folder.write(SERVICE, "[Service]\nExecStart=/usr/bin/bulletin run\n");
    service(&folder, &["install"])
        .exits(1)
        .says(&[SERVICE, "did not write it"]);
    service(&folder, &["remove"]).exits(0).prints(&["not installed"]);
    assert_eq!(
        text(&folder, SERVICE),
        "[Service]\nExecStart=/usr/bin/bulletin run\n"
    );
}

#[test]
fn a_failure_of_systemd_is_reported() {
    let folder = with_systemd();
    program(
        &folder,
        "systemctl",
        "#!/bin/sh\n[ \"$2\" != enable ] || { echo 'Unit is masked.' >&2; exit 1; }\n",
    );
    service(&folder, &["install"]).exits(1).says_in_a_line(&[
        "error: ",
        "systemctl --user enable --now visa-bulletin.service",
        "Unit is masked.",
    ]);
}

#[test]
fn cron_gets_a_block_and_keeps_every_other_line() {
    let folder = with_cron();
    let others = b"MAILTO=you@example.com\n\n# 100% mine \xff\n5 5 * * *\tbackup \\%F  ";
    folder.write("crontab", others);
    service(&folder, &["install"])
        .exits(0)
        .prints(&["Installed in your crontab"]);
    let installed = folder.read("crontab");
    let added = installed.strip_prefix(&others[..]).unwrap();
    let added = std::str::from_utf8(added).unwrap();
    let lines: Vec<&str> = added.lines().collect();
    assert_eq!(lines.len(), 4, "{added}");
    assert!(lines[1].starts_with("# BEGIN visa-bulletin") && lines[3] == "# END visa-bulletin");
    let command = format!(
        " * * * * {} run --quiet --db {}",
        env!("CARGO_BIN_EXE_bulletin"),
        folder.path("visa-bulletin.db").display()
    );
    assert!(lines[2].ends_with(&command), "{added}");
    // Again, nothing changes; another interval replaces the line.
    service(&folder, &["install"])
        .exits(0)
        .prints(&["Already installed"]);
    assert_eq!(folder.read("crontab"), installed);
    service(&folder, &["install", "--every", "6h"]).exits(0);
    let replaced = text_of(&folder.read("crontab"));
    assert_eq!(replaced.matches("BEGIN visa-bulletin").count(), 1);
    assert!(!replaced.contains(lines[2]));
    service(&folder, &["install", "--every", "7m"])
        .exits(1)
        .says(&["cron cannot poll at this interval"]);
    folder.write(
        "crontab",
        [&folder.read("crontab")[..], b"@daily later\n"].concat(),
    );
    service(&folder, &["remove"])
        .exits(0)
        .prints(&["the block in your crontab"]);
    assert_eq!(
        folder.read("crontab"),
        [&others[..], b"\n@daily later\n"].concat()
    );
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The command of a crontab line, run as cron does: an unescaped `%` ends it.
fn run_as_cron(folder: &Folder, line: &str) -> Answer {
    let command = line.splitn(6, ' ').nth(5).unwrap().replace("\\%", "%");
    let mut shell = folder.command(&[]);
    let environment: Vec<_> = shell
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    shell = std::process::Command::new("/bin/sh");
    shell.arg("-c").arg(command).current_dir("/").envs(environment);
    shell.env_remove("VISA_BULLETIN_DB");
    answer(shell)
}

#[test]
fn spaces_and_percent_signs_in_paths_survive() {
    let folder = with_cron();
    let db = "it's 100% $HOME \"mine\".db";
    service(&folder, &["install", "--db", db]).exits(0);
    let crontab = text(&folder, "crontab");
    let line = crontab.lines().nth(1).unwrap();
    assert!(!line.replace("\\%", "").contains('%'), "{line}");
    // The hosts are not asked: the run stops at a file that is not a database.
    folder.write(
        db,
        "not a database, and longer than a header of SQLite would be, so that it is foreign to it",
    );
    run_as_cron(&folder, line)
        .exits(1)
        .says(&[&folder.path(db).display().to_string()]);

    let folder = with_systemd();
    service(&folder, &["install", "--db", db]).exits(0);
    let unit = text(&folder, SERVICE);
    assert!(unit.contains("it's 100%% $$HOME \\\"mine\\\".db\"\n"), "{unit}");
    service(&folder, &["install", "--db", "two\nlines.db"])
        .exits(1)
        .says(&["without control characters"]);
    let folder = with_cron();
    service(&folder, &["install", "--db", "back\\slash.db"])
        .exits(1)
        .says(&["without a backslash"]);
}

#[test]
fn a_dry_run_changes_nothing() {
    for folder in [with_systemd(), with_cron()] {
        let planned = service(&folder, &["install", "--dry-run"]).exits(0);
        assert!(planned.out.contains("run --quiet"), "{planned:#?}");
        assert!(!folder.path(SERVICE).exists() && !folder.path("crontab").exists());
        service(&folder, &["install"]).exits(0);
        service(&folder, &["remove", "--dry-run"])
            .exits(0)
            .prints(&["Would remove"]);
        assert!(folder.path(SERVICE).exists() || folder.path("crontab").exists());
    }
}

#[test]
fn status_says_what_is_installed_and_when_it_polled() {
    let folder = sample::stored(&["2024-04"]);
    program(&folder, "systemctl", SYSTEMCTL);
    program(&folder, "crontab", CRONTAB);
    service(&folder, &["status"]).exits(1).prints(&[
        "Installed:    no",
        "Last poll:    2024-03-14 12:00 UTC",
        "Next:         `bulletin service install` installs it",
    ]);
    service(&folder, &["install"]).exits(0);
    service(&folder, &["status"]).exits(0).prints(&[
        SERVICE,
        "State:        active",
        "Last poll:    2024-03-14 12:00 UTC",
        "nothing to do",
    ]);
    let folder = with_cron();
    service(&folder, &["install"]).exits(0);
    service(&folder, &["status"]).exits(0).prints(&[
        "Installed:    in your crontab: ",
        "Last poll:    never",
        "Next:         `bulletin run` polls now",
    ]);
}

#[test]
fn settings_that_only_the_shell_has_are_named() {
    let folder = with_systemd();
    let mut command = folder.command(&["service", "install"]);
    command
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path("bin").display()))
        .env("SMTP_HOST", "smtp.example.com")
        .env("SMTP_PASSWORD", "s3cret-word");
    let answer =
        answer(command)
            .exits(0)
            .says_in_a_line(&["warning: ", "SMTP_HOST, SMTP_PASSWORD", "config.toml"]);
    assert!(!answer.err.contains("s3cret"), "{answer:#?}");
    assert!(!text(&folder, SERVICE).contains("s3cret"));
}

#[test]
fn without_a_scheduler_the_command_is_printed() {
    let folder = Folder::new();
    folder.write("bin/nothing", "");
    let mut command = folder.command(&["service", "install"]);
    command.env("PATH", folder.path("bin"));
    answer(command)
        .exits(1)
        .says(&["neither `systemctl --user` nor `crontab`", "run --quiet --db "]);
}
