//! Runs the command in a temporary folder for each test. Start with [`Folder`].

use std::path::PathBuf;
use std::process::{Command, Stdio};

use rusqlite::Connection;
use tempfile::TempDir;

/// The exit code and the output of the command.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    /// Asserts the exit code, and shows everything if it is different.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Asserts that standard error contains each of these.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.err.contains(text), "no {text:?} in {self:#?}");
        }
        self
    }

    /// Asserts that one line of standard error contains all of these.
    #[track_caller]
    pub(crate) fn says_in_a_line(self, texts: &[&str]) -> Self {
        let has_all = |line: &str| texts.iter().all(|text| line.contains(text));
        assert!(
            self.err.lines().any(has_all),
            "no line with {texts:?} in {self:#?}"
        );
        self
    }

    /// Asserts that standard output contains each of these.
    #[track_caller]
    pub(crate) fn prints(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.out.contains(text), "no {text:?} in {self:#?}");
        }
        self
    }

    /// Standard output as CSV, with its heading.
    #[track_caller]
    pub(crate) fn csv(&self) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(self.out.as_bytes());
        let records = reader.records().map(|record| {
            let record = record.unwrap_or_else(|error| panic!("{error} in {self:#?}"));
            record.iter().map(str::to_owned).collect()
        });
        records.collect()
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }
}

/// A temporary folder in which the command runs.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and creates its folders.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// The command, isolated from the environment of the user who runs the tests.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
        command.args(args).current_dir(self.folder.path());
        for name in [
            "VISA_BULLETIN_CONFIG",
            "VISA_BULLETIN_CONTACT",
            "VISA_BULLETIN_PING",
            "VISA_BULLETIN_TOPIC_PREFIX",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "COLUMNS",
            "LINES",
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "PAGER",
            "LESS",
            "COMPLETE",
            "RUST_LOG",
        ]
        .into_iter()
        .chain(mail::VARIABLES)
        {
            command.env_remove(name);
        }
        command
            .env("HOME", self.folder.path())
            .env("VISA_BULLETIN_DB", "visa-bulletin.db")
            .env("VISA_BULLETIN_NO_HISTORY", "1")
            .stdin(Stdio::null());
        command
    }

    /// The command as a new user runs it: without a database and without settings.
    pub(crate) fn new_user(&self, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command
            .env_remove("VISA_BULLETIN_DB")
            .env_remove("VISA_BULLETIN_NO_HISTORY");
        command
    }

    pub(crate) fn bulletin(&self, args: &[&str]) -> Answer {
        answer(self.command(args))
    }

    /// A separate connection to the database.
    pub(crate) fn database(&self) -> Connection {
        Connection::open(self.path("visa-bulletin.db")).unwrap()
    }

    /// The number that a query returns.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.database().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The bulletins in the database, as text.
    pub(crate) fn content(&self) -> String {
        let database = self.database();
        let tables = [
            ("cut_off", "category, area, chart, month"),
            ("earlier_value", "rowid"),
            ("standing", "category, area"),
            ("bulletin", "month"),
            ("change_log", "seq"),
            ("message", "id"),
            ("alert_mark", "mark"),
            ("watch", "id"),
        ];
        let mut content = String::new();
        for (table, order) in tables {
            let mut statement = database
                .prepare(&format!("SELECT * FROM {table} ORDER BY {order}"))
                .unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let values: Vec<String> = (0..columns)
                    .map(|column| format!("{:?}", row.get_ref(column).unwrap()))
                    .collect();
                content.push_str(&format!("{table}: {}\n", values.join(", ")));
            }
        }
        content
    }
}

pub(crate) fn answer(mut command: Command) -> Answer {
    let output = command.output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
