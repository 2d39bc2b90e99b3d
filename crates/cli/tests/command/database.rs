//! Files that cannot be used: the error names the file and a remedy, and the file stays unchanged, byte for byte.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;

use rusqlite::Connection;

use crate::sample;
use crate::tool::{Answer, Folder, answer};

const DATABASE: &str = "visa-bulletin.db";

/// Every command that opens the file.
const COMMANDS: [&[&str]; 9] = [
    &["run", "--source", "pages", "--as-of", "2024-05-14", "--quiet"],
    &["ingest", "pages/visa-bulletin-for-june-2024.html"],
    &["show", "2024-05"],
    &["diff", "2024-04", "2024-05"],
    &["history", "EB3", "India"],
    &["check", "EB3", "India", "--priority-date", "2013-03-15"],
    &["watch", "add", "EB3", "India"],
    &["watch", "list"],
    &["status"],
];

/// Asserts that every command refuses the file with these words and leaves it unchanged.
fn is_refused(folder: &Folder, says: &[&str]) {
    sample::save(folder, &["2024-06"]);
    let before = folder.read(DATABASE);
    for args in COMMANDS {
        let answer = folder.bulletin(args).exits(1).says(says).says(&[DATABASE]);
        assert_eq!(answer.out, "", "{args:?}");
        assert_eq!(answer.err.lines().count(), 1, "{args:?}: {}", answer.err);
        assert!(folder.read(DATABASE) == before, "{args:?} wrote to the file");
    }
}

/// A database without a WAL file next to it.
fn at_rest() -> Folder {
    let folder = sample::stored(&["2024-04", "2024-05"]);
    assert!(!folder.path("visa-bulletin.db-wal").exists());
    folder
}

#[test]
fn a_file_of_a_newer_program_is_refused() {
    let folder = at_rest();
    folder.database().pragma_update(None, "user_version", 99).unwrap();
    is_refused(&folder, &["layout 99", "newer program", "--db FILE"]);
}

#[test]
fn a_newer_file_with_a_log_beside_it_is_left_alone_too() {
    let folder = at_rest();
    // A process that still has it open keeps the change in the WAL file.
    let other = folder.database();
    other.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    let copy = Folder::new();
    copy.write(DATABASE, folder.read(DATABASE));
    copy.write("visa-bulletin.db-wal", folder.read("visa-bulletin.db-wal"));
    let log = copy.read("visa-bulletin.db-wal");
    is_refused(&copy, &["layout 99"]);
    assert!(copy.read("visa-bulletin.db-wal") == log, "the log is left alone");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    for bytes in [
        b"month,chart\n2024-05,final_action\n".repeat(200),
        (0..100_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect(),
    ] {
        let folder = Folder::new();
        folder.write(DATABASE, bytes);
        is_refused(&folder, &["damaged or not a database", "Move it away", "watches"]);
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
    let folder = at_rest();
    let whole = folder.read(DATABASE);
    folder.write(DATABASE, &whole[..whole.len() / 2]);
    is_refused(&folder, &["damaged or not a database", "Move it away"]);
}

#[test]
fn nothing_is_stored_in_a_file_that_is_damaged_anywhere() {
    let folder = at_rest();
    let mut bytes = folder.read(DATABASE);
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    folder.write(DATABASE, &bytes);
    sample::save(&folder, &["2024-06"]);
    for args in &COMMANDS[..2] {
        folder
            .bulletin(args)
            .exits(1)
            .says(&[DATABASE, "damaged", "Move it away"]);
        assert!(folder.read(DATABASE) == bytes, "{args:?} wrote to the file");
    }
}

#[test]
fn another_programs_database_is_refused() {
    let folder = Folder::new();
    folder
        .database()
        .execute_batch("CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup')")
        .unwrap();
    is_refused(&folder, &["another program", "--db FILE"]);
}

#[test]
fn a_folder_or_a_file_in_no_folder_is_refused() {
    let folder = Folder::new();
    sample::save(&folder, &["2024-06"]);
    folder.write("taken/file", "");
    for (file, says) in [
        ("taken", "it is a folder"),
        ("none/x.db", "there is no folder none"),
    ] {
        for args in [COMMANDS[0], COMMANDS[1], COMMANDS[6]] {
            folder
                .bulletin(&[args, &["--db", file]].concat())
                .exits(1)
                .says(&[file, says]);
        }
    }
}

/// Sets the permissions of a file in the folder.
pub(crate) fn set_rights(folder: &Folder, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The answer to somebody who may not write the database, which must have the mode 444; `None`, with a message, if the
/// command cannot be run like that here.
pub(crate) fn without_rights(folder: &Folder, args: &[&str]) -> Option<Answer> {
    // Root can write to every file: then the command runs as the user nobody.
    let is_root = std::fs::OpenOptions::new()
        .append(true)
        .open(folder.path(DATABASE))
        .is_ok();
    let as_other = |args: &[&str]| {
        let mut command = folder.command(args);
        if is_root {
            command.uid(65_534).gid(65_534);
        }
        command
    };
    if let Err(error) = as_other(&["--version"]).output() {
        // Not with a macro: its output is captured when a test passes.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: the command cannot be run as somebody without rights here ({error})"
        );
        return None;
    }
    Some(answer(as_other(args)))
}

#[test]
fn a_file_or_folder_that_may_not_be_written_is_read_and_not_written() {
    let folder = at_rest();
    sample::save(&folder, &["2024-06"]);
    set_rights(&folder, DATABASE, 0o444);
    let before = folder.read(DATABASE);
    for mode in [0o777, 0o555] {
        set_rights(&folder, ".", mode);
        for args in COMMANDS {
            let Some(answer) = without_rights(&folder, args) else {
                return;
            };
            if ["run", "ingest"].contains(&args[0]) || args.starts_with(&["watch", "add"]) {
                answer
                    .exits(1)
                    .says(&[DATABASE, "read-only", "Check the permissions"]);
            } else {
                let here = folder.bulletin(args);
                assert_eq!(
                    (answer.code, &answer.out, &answer.err),
                    (here.code, &here.out, &here.err)
                );
            }
            assert!(folder.read(DATABASE) == before, "{args:?}");
        }
    }
    set_rights(&folder, ".", 0o755);
    assert_eq!(folder.bulletin(&["watch", "list"]).exits(0).code, 0);
}

#[test]
fn a_file_that_another_process_writes_is_waited_for_and_then_named() {
    let folder = at_rest();
    let other = folder.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // A lock does not delay a query.
    folder.bulletin(&["show", "2024-05"]).exits(0);
    folder
        .bulletin(&["watch", "add", "EB3", "India"])
        .exits(1)
        .says(&[DATABASE, "locked by another process", "Try again"]);
    other.execute_batch("ROLLBACK").unwrap();
    folder.bulletin(&["watch", "add", "EB3", "India"]).exits(0);
}

#[test]
fn a_file_that_another_process_keeps_for_itself_is_named() {
    let folder = at_rest();
    let other = Connection::open(folder.path(DATABASE)).unwrap();
    other
        .execute_batch("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE; SELECT count(*) FROM watch")
        .unwrap();
    folder
        .bulletin(&["status"])
        .exits(1)
        .says(&[DATABASE, "locked by another process", "try again"]);
}

#[test]
fn alerts_wait_while_another_process_sends() {
    let folder = sample::stored(&["2024-04"]);
    folder
        .bulletin(&["watch", "add", "F1", "India", "--when", "every"])
        .exits(0);
    sample::save(&folder, &["2024-05"]);
    let lock = std::fs::File::create(folder.path("visa-bulletin.db.lock")).unwrap();
    lock.lock().unwrap();
    let run = ["run", "--source", "pages", "--as-of", "2024-04-12"];
    let answer = folder
        .bulletin(&run)
        .exits(1)
        .says(&["another process is sending", "May 2024: stored"]);
    assert_eq!(answer.out, "");
    drop(lock);
    folder.bulletin(&run).exits(0).prints(&["F1 India"]);
}

#[test]
fn the_variable_names_the_file() {
    let folder = Folder::new();
    sample::save(&folder, &["2024-05"]);
    let mut command = folder.command(&["run", "--source", "pages", "--as-of", "2024-04-12"]);
    command.env("VISA_BULLETIN_DB", "other.db");
    answer(command).exits(0);
    assert!(folder.path("other.db").exists() && !folder.path(DATABASE).exists());
    folder.bulletin(&["show", "2024-05", "--db", "other.db"]).exits(0);
}

#[test]
fn a_full_disk_is_called_full() {
    let folder = Folder::new();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=400k", "tmpfs"])
        .arg(folder.path("."))
        .output();
    // A file system can be filled only by a user who can mount one.
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        let _ = writeln!(std::io::stderr(), "skipped: no file system can be mounted here");
        return;
    }
    let mounted = Mounted(folder.path("."));
    sample::save(&folder, &["2024-06"]);
    for room in [0_usize, 8, 16, 40, 80, 160] {
        let _ = std::fs::remove_file(folder.path("filler"));
        for rest in ["", "-wal", "-shm", ".lock", ".reading.lock"] {
            let _ = std::fs::remove_file(folder.path(&format!("{DATABASE}{rest}")));
        }
        fill(&folder, room);
        let run = folder.bulletin(COMMANDS[0]).exits(1);
        assert!(
            run.err.contains("disk is full") && run.err.contains(DATABASE),
            "{room}: {}",
            run.err
        );
        assert!(!run.err.contains("permissions"), "{room}: {}", run.err);
    }
    drop(mounted);
}

/// A mount that is unmounted when this is dropped.
struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

/// Fills the file system of the folder except for this many kibibytes.
fn fill(folder: &Folder, room: usize) {
    let mut file = std::fs::File::create(folder.path("filler")).unwrap();
    let mut size = 0_u64;
    while file.write_all(&[0; 1024]).is_ok() {
        size += 1024;
    }
    file.set_len(size.saturating_sub(room as u64 * 1024)).unwrap();
}
