//! The whole history: all pages read and stored in SQLite, and queries from a cold process. Start with [`measure`].

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use bulletin::Month;
use bulletin_html::read_page;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use crate::pages::{Pages, pages};
use crate::report::{Line, Reach, Section};

/// The first argument that makes this program run a command and print its cost.
pub(crate) const COST_OF: &str = "cost-of";
const ROUNDS: usize = 5;
const STARTS: usize = 20;
const MOST_SECONDS: f64 = 0.4;
const MOST_MEGABYTES: f64 = 40.0;
const MOST_MILLIS: f64 = 15.0;

/// The cost of a process: CPU seconds, elapsed seconds, and peak memory in megabytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    pub(crate) memory: f64,
}

/// The `bulletin` command.
#[derive(Debug)]
pub(crate) struct Program(PathBuf);

impl Program {
    /// Finds the command in the folder of this program.
    ///
    /// # Errors
    /// If it is not built.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let program = std::env::current_exe()?.with_file_name("bulletin");
        ensure!(program.exists(), "the command is not built: run `make bench`");
        Ok(Self(program))
    }

    /// Runs the command on a database with these arguments and returns its cost.
    ///
    /// # Errors
    /// If it fails.
    pub(crate) fn cost(&self, database: &Path, words: &[&str]) -> anyhow::Result<Cost> {
        let (program, database) = (self.0.display().to_string(), database.display().to_string());
        cost_of(&[&[program.as_str(), "--db", &database], words].concat())
    }
}

/// The months and files of the pages, oldest first.
///
/// # Errors
/// If a page cannot be read.
pub(crate) fn in_order(pages: &Pages) -> anyhow::Result<Vec<(Month, String)>> {
    let mut files = Vec::new();
    for (file, page) in pages.files.iter().zip(pages.values()) {
        files.push((
            read_page(page, None)?.bulletin.month(),
            file.display().to_string(),
        ));
    }
    files.sort();
    Ok(files)
}

/// Removes a database and its WAL files.
pub(crate) fn remove(database: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", database.display()));
    }
}

/// Measures `bulletin ingest` with all pages, then `history` and `check`.
///
/// # Errors
/// If the command is not built, or fails.
pub(crate) fn measure(project: &Path) -> anyhow::Result<Section> {
    let program = Program::find()?;
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("all.db");
    let pages = pages(project)?;
    let files = in_order(&pages)?;
    let files: Vec<&str> = files.iter().map(|(_, file)| file.as_str()).collect();
    let ingest = [&["ingest"], &files[..]].concat();
    let stored = least(ROUNDS, || {
        remove(&database);
        program.cost(&database, &ingest)
    })?;
    let history = least(STARTS, || program.cost(&database, &["history", "EB3", "INDIA"]))?;
    let check = least(STARTS, || {
        program.cost(
            &database,
            &["check", "EB3", "INDIA", "--priority-date", "2013-03-15"],
        )
    })?;
    let question = |what: &str, cost: Cost| Line {
        what: format!("`{what}` from a cold process"),
        figure: format!("{:.1} ms, {:.1} MB", cost.wall * 1e3, cost.memory),
        reach: Some(Reach::at_most(cost.wall * 1e3, MOST_MILLIS).said(format!("{MOST_MILLIS} ms"))),
    };
    Ok(Section {
        title: "All of history, in SQLite".into(),
        note: format!(
            "{} {}, oldest first, with one `bulletin ingest`; the minimum of {ROUNDS} runs. The queries: the minimum of \
             {STARTS} starts.",
            pages.len(),
            pages.kind()
        ),
        lines: vec![
            Line {
                what: "read and stored, CPU".into(),
                figure: format!("{:.2} s ({:.2} s elapsed)", stored.cpu, stored.wall),
                // The target is for the real pages; there are more made-up ones.
                reach: pages
                    .are_real()
                    .then(|| Reach::at_most(stored.cpu, MOST_SECONDS).said(format!("{MOST_SECONDS} s"))),
            },
            Line {
                what: "read and stored, memory".into(),
                figure: format!("{:.1} MB", stored.memory),
                reach: Some(
                    Reach::at_most(stored.memory, MOST_MEGABYTES).said(format!("{MOST_MEGABYTES} MB")),
                ),
            },
            question("history EB3 INDIA", history),
            question("check EB3 INDIA", check),
        ],
    })
}

/// The minimum of each figure over several runs.
pub(crate) fn least(runs: usize, mut run: impl FnMut() -> anyhow::Result<Cost>) -> anyhow::Result<Cost> {
    let mut least = run()?;
    for _ in 1..runs {
        let cost = run()?;
        least = Cost {
            cpu: least.cpu.min(cost.cpu),
            wall: least.wall.min(cost.wall),
            memory: least.memory.min(cost.memory),
        };
    }
    Ok(least)
}

/// Runs a command as the only child of another process, so that the resources of its children are those of the command.
fn cost_of(command: &[&str]) -> anyhow::Result<Cost> {
    let output = Command::new(std::env::current_exe()?)
        .arg(COST_OF)
        .args(command)
        .output()?;
    ensure!(
        output.status.success(),
        "{}: {}",
        command.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout)?;
    let figures: Vec<f64> = text
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [cpu, wall, memory] = figures[..] else {
        anyhow::bail!("invalid cost {text:?}: expected three numbers");
    };
    Ok(Cost { cpu, wall, memory })
}

/// Runs a command and prints its CPU seconds, elapsed seconds, and peak memory in megabytes.
///
/// # Errors
/// If it fails.
pub(crate) fn print_cost(command: &[String]) -> anyhow::Result<()> {
    let (program, arguments) = command.split_first().context("no command given")?;
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()?;
    let wall = start.elapsed().as_secs_f64();
    ensure!(status.success(), "{status}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6;
    writeln!(std::io::stdout(), "{cpu} {wall} {}", usage.max_rss() as f64 / 1e3)?;
    Ok(())
}
