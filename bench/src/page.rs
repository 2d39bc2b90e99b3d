//! Reading a page to its cells, compared with the bare tokenizer and lxml in the same run. Excludes storing it.
//! Start with [`measure`].

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use allocation_counter::measure as count;
use anyhow::{Context as _, ensure};
use bulletin::Reading;
use bulletin_html::read_page;
use criterion::Criterion;
use serde_json::Value;
use tempfile::TempDir;

use crate::instructions::{Work, instructions};
use crate::pages::{Pages, pages, read_all, tokenize_all};
use crate::report::{Line, Reach, Section};

const ROUNDS: usize = 12;
/// The sample size of criterion.
const SAMPLES: usize = 30;
const MOST_ALLOCATIONS: u64 = 200;
const MOST_BYTES: u64 = 64 * 1024;
/// The minimum speed, as a multiple of lxml's.
const LEAST_FACTOR: f64 = 4.0;

/// Reads all pages alternately with the reader, the bare tokenizer and, if Python packages can be installed, lxml.
///
/// # Errors
/// If a page cannot be read, or lxml finds other cells.
pub(crate) fn measure(project: &Path) -> anyhow::Result<Section> {
    let pages = pages(project)?;
    let mut lxml = Lxml::start(project, &pages)?;
    let (mut own, mut bare, mut other) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        own = own.min(seconds(|| read_all(&pages)));
        bare = bare.min(seconds(|| tokenize_all(&pages)));
        if let Some(lxml) = &mut lxml {
            other = other.min(lxml.pass()?);
        }
    }
    let mut lines = timings(&pages, own, bare)?;
    lines.push(lxml.map_or_else(not_compared, |lxml| {
        let factor = other / own;
        Line {
            what: format!("compared with lxml.html ({}), same cells", lxml.version),
            figure: format!("{factor:.1} times faster ({:.0} us/page)", micros(other, &pages)),
            reach: Some(Reach::at_least(factor, LEAST_FACTOR).said(format!("{LEAST_FACTOR} times"))),
        }
    }));
    lines.extend(allocations(&pages));
    Ok(Section {
        title: "A page to its cells".into(),
        note: format!(
            "{} {} of {:.0} KB on average, read alternately in one process each; the minimum of {ROUNDS} rounds. Criterion: \
             the mean of all pages read repeatedly, and its 95% interval. Instructions are counted by valgrind.",
            pages.len(),
            pages.kind(),
            bytes(&pages) / pages.len() as f64 / 1e3
        ),
        lines,
    })
}

/// The time per page in microseconds, from the time for all.
fn micros(time: f64, pages: &Pages) -> f64 {
    time / pages.len() as f64 * 1e6
}

fn bytes(pages: &Pages) -> f64 {
    pages.values().map(Vec::len).sum::<usize>() as f64
}

fn line(what: &str, figure: String) -> Line {
    Line {
        what: what.into(),
        figure,
        reach: None,
    }
}

/// The times of the reader and of the bare tokenizer, in seconds for all pages, and by criterion and valgrind.
fn timings(pages: &Pages, own: f64, bare: f64) -> anyhow::Result<Vec<Line>> {
    let count = pages.len() as f64;
    let by_criterion = ByCriterion::measure(pages)?;
    let instructions = (
        instructions(Work::Read, pages)?,
        instructions(Work::Tokenize, pages)?,
    );
    Ok(vec![
        line(
            "page to cells",
            format!(
                "{:.0} us/page, {:.0} pages/s, {:.0} MB/s",
                micros(own, pages),
                count / own,
                bytes(pages) / own / 1e6
            ),
        ),
        line(
            "the bare tokenizer (html5gum)",
            format!(
                "{:.0} us/page, {:.2} times the reader's time",
                micros(bare, pages),
                bare / own
            ),
        ),
        line("page to cells, criterion", by_criterion.said("read_page", count)?),
        line(
            "the bare tokenizer, criterion",
            by_criterion.said("tokenizer", count)?,
        ),
        line(
            "instructions per page: page to cells, the bare tokenizer",
            match instructions {
                (Some(read), Some(tokenize)) => format!(
                    "{:.2} million, {:.2} million: {:.2} times the reader's",
                    read / 1e6,
                    tokenize / 1e6,
                    tokenize / read
                ),
                _ => "not measured: valgrind is not installed".into(),
            },
        ),
    ])
}

fn not_compared() -> Line {
    line(
        "compared with lxml.html, same cells",
        "not measured: lxml is not installed".into(),
    )
}

/// The most allocations, and the most memory, that one page takes.
fn allocations(pages: &Pages) -> [Line; 2] {
    let costs: Vec<_> = pages
        .values()
        .map(|page| count(|| drop(read_page(page, None))))
        .collect();
    let most = costs
        .iter()
        .map(|cost| cost.count_total)
        .max()
        .unwrap_or_default();
    let peak = costs.iter().map(|cost| cost.bytes_max).max().unwrap_or_default();
    [
        Line {
            what: "allocations per page, maximum".into(),
            figure: most.to_string(),
            reach: Some(
                Reach::at_most(most as f64, MOST_ALLOCATIONS as f64).said(MOST_ALLOCATIONS.to_string()),
            ),
        },
        Line {
            what: "peak heap without the page, maximum".into(),
            figure: format!("{:.1} KiB", peak as f64 / 1024.0),
            reach: Some(Reach::at_most(peak as f64, MOST_BYTES as f64).said("64 KiB")),
        },
    ]
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The folder with the results of criterion.
struct ByCriterion(TempDir);

impl ByCriterion {
    /// Reads all pages repeatedly.
    fn measure(pages: &Pages) -> anyhow::Result<Self> {
        let results = tempfile::tempdir()?;
        let mut criterion = Criterion::default()
            .without_plots()
            .sample_size(SAMPLES)
            .output_directory(results.path());
        criterion.bench_function("read_page", |bencher| bencher.iter(|| read_all(pages)));
        criterion.bench_function("tokenizer", |bencher| bencher.iter(|| tokenize_all(pages)));
        Ok(Self(results))
    }

    /// The mean time per page of one benchmark, with its interval.
    fn said(&self, name: &str, pages: f64) -> anyhow::Result<String> {
        let file = self.0.path().join(name).join("new/estimates.json");
        let estimates: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
        let mean = &estimates["mean"];
        let micros = |value: &Value| -> anyhow::Result<f64> {
            let nanoseconds = value.as_f64().context("criterion wrote no mean")?;
            Ok(nanoseconds / 1e3 / pages)
        };
        let interval = &mean["confidence_interval"];
        Ok(format!(
            "{:.0} us/page ({:.0} to {:.0})",
            micros(&mean["point_estimate"])?,
            micros(&interval["lower_bound"])?,
            micros(&interval["upper_bound"])?
        ))
    }
}

/// A Python process that extracts the same cells with lxml.
struct Lxml {
    process: std::process::Child,
    answers: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
    version: String,
}

impl Lxml {
    /// Installs lxml, starts the process and compares its cells with the reader's. Prints a message and returns `None`
    /// if lxml cannot be installed.
    fn start(project: &Path, pages: &Pages) -> anyhow::Result<Option<Self>> {
        let install = Command::new(project.join("bench/lxml/install")).status();
        if !install.is_ok_and(|status| status.success()) {
            writeln!(std::io::stderr(), "skipped: lxml could not be installed")?;
            return Ok(None);
        }
        let mut process = Command::new(project.join(".tools/lxml/bin/python"))
            .arg(project.join("bench/lxml/cells.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let answers = process.stdout.take().context("no output")?;
        let answers = std::io::BufRead::lines(std::io::BufReader::new(answers));
        let mut lxml = Self {
            process,
            answers,
            version: String::new(),
        };
        lxml.version = lxml.answer()?;
        for path in &pages.files {
            lxml.say(&path.display().to_string())?;
        }
        lxml.say("")?;
        for page in pages.values() {
            let theirs: BTreeMap<String, String> = serde_json::from_str(&lxml.answer()?)?;
            let read = read_page(page, None)?;
            let ours: BTreeMap<String, String> = read
                .bulletin
                .rows()
                .filter(|row| row.reading != Reading::Unreadable)
                .map(|row| {
                    let key = row.key;
                    let key = format!("{} {} {}", key.chart.code(), key.category, key.area);
                    (
                        key,
                        row.reading
                            .cut_off()
                            .map(|cut_off| cut_off.to_string())
                            .unwrap_or_default(),
                    )
                })
                .collect();
            ensure!(
                ours == theirs,
                "{}: lxml finds other cells",
                read.bulletin.month()
            );
        }
        Ok(Some(lxml))
    }

    /// Extracts all pages again and returns the seconds that this took.
    fn pass(&mut self) -> anyhow::Result<f64> {
        self.say("again")?;
        Ok(self.answer()?.parse()?)
    }

    fn say(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(writeln!(
            self.process.stdin.as_mut().context("no input")?,
            "{line}"
        )?)
    }

    fn answer(&mut self) -> anyhow::Result<String> {
        Ok(self.answers.next().context("the lxml process exited")??)
    }
}

impl Drop for Lxml {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
