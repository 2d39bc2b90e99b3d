//! The table of figures, and the page that keeps it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Figures of one kind.
#[derive(Debug)]
pub(crate) struct Section {
    /// What they are about.
    pub(crate) title: String,
    /// How they were measured.
    pub(crate) note: String,
    /// The figures.
    pub(crate) lines: Vec<Line>,
}

/// A figure.
#[derive(Debug)]
pub(crate) struct Line {
    /// Of what.
    pub(crate) what: String,
    /// The figure with its unit.
    pub(crate) figure: String,
    /// What is wanted, where something is.
    pub(crate) reach: Option<Reach>,
}

/// What is wanted, and whether it is reached.
#[derive(Debug)]
pub(crate) struct Reach {
    wanted: String,
    is_reached: bool,
}

impl Reach {
    /// Where less is better.
    pub(crate) fn at_most(figure: f64, most: f64) -> Self {
        Self {
            wanted: format!("at most {most}"),
            is_reached: figure <= most,
        }
    }

    /// Where more is better.
    pub(crate) fn at_least(figure: f64, least: f64) -> Self {
        Self {
            wanted: format!("at least {least}"),
            is_reached: figure >= least,
        }
    }

    /// The same, said in these words.
    #[must_use]
    pub(crate) fn said(mut self, wanted: impl Into<String>) -> Self {
        self.wanted = wanted.into();
        self
    }
}

impl Section {
    /// One that could not be measured here, and why.
    pub(crate) fn not_measured(title: &str, why: &str, lines: &[&str]) -> Self {
        let line = |what: &&str| Line {
            what: (*what).into(),
            figure: "not measured".into(),
            reach: None,
        };
        Self {
            title: title.into(),
            note: format!("Not measured: {why}."),
            lines: lines.iter().map(line).collect(),
        }
    }
}

/// The sections as tables in Markdown.
pub(crate) fn tables(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        let _ = write!(
            text,
            "## {}\n\n{}\n\n| what | figure | reach | |\n|---|---|---|---|\n",
            section.title, section.note
        );
        for line in &section.lines {
            let (wanted, verdict) = match &line.reach {
                None => ("", ""),
                Some(reach) if reach.is_reached => (reach.wanted.as_str(), "pass"),
                Some(reach) => (reach.wanted.as_str(), "**short**"),
            };
            let _ = writeln!(text, "| {} | {} | {wanted} | {verdict} |", line.what, line.figure);
        }
        text.push('\n');
    }
    text
}

/// Writes docs/BENCHMARKS.md.
///
/// # Errors
/// Where it cannot be written.
pub(crate) fn write_page(project: &Path, tables: &str) -> anyhow::Result<()> {
    let page = format!(
        "# Benchmarks\n\nWritten by `make bench`. Ratios hold from machine to machine better than times; what is \
         counted holds exactly. `make test` asserts the counts of reading a page.\n\n{}\n\n{}\n",
        machine(),
        tables.trim_end()
    );
    std::fs::write(project.join("docs/BENCHMARKS.md"), page)?;
    Ok(())
}

/// The machine, the versions and the day.
fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{}: {cores} cores of {model}; {}; {}.",
        chrono::Utc::now().format("%Y-%m-%d"),
        said_by("uname", "-sr"),
        said_by("rustc", "--version"),
    )
}

fn said_by(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|_| format!("no {program}"))
}
