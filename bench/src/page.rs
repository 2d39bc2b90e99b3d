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
    let count_of = pages.len() as f64;
    let bytes: usize = pages.values().map(Vec::len).sum();
    let mut allocations = 0;
    let mut peak = 0;
    for page in pages.values() {
        let cost = count(|| drop(read_page(page, None)));
        allocations = allocations.max(cost.count_total);
        peak = peak.max(cost.bytes_max);
    }
    let micros = |time: f64| time / count_of * 1e6;
    let by_criterion = ByCriterion::measure(&pages)?;
    let line = |what: &str, figure: String| Line {
        what: what.into(),
        figure,
        reach: None,
    };
    let mut lines = vec![
        line(
            "page to cells",
            format!(
                "{:.0} us/page, {:.0} pages/s, {:.0} MB/s",
                micros(own),
                count_of / own,
                bytes as f64 / own / 1e6
            ),
        ),
        line(
            "the bare tokenizer (html5gum)",
            format!(
                "{:.0} us/page, {:.2} times the reader's time",
                micros(bare),
                bare / own
            ),
        ),
        line(
            "page to cells, criterion",
            by_criterion.said("read_page", count_of)?,
        ),
        line(
            "the bare tokenizer, criterion",
            by_criterion.said("tokenizer", count_of)?,
        ),
        line(
            "instructions per page: page to cells, the bare tokenizer",
            match (
                instructions(Work::Read, &pages)?,
                instructions(Work::Tokenize, &pages)?,
            ) {
                (Some(read), Some(tokenize)) => format!(
                    "{:.2} million, {:.2} million: {:.2} times the reader's",
                    read / 1e6,
                    tokenize / 1e6,
                    tokenize / read
                ),
                _ => "not measured: valgrind is not installed".into(),
            },
        ),
    ];
    let against = match &lxml {
        Some(lxml) => Line {
            what: format!("compared with lxml.html ({}), same cells", lxml.version),
            figure: format!("{:.1} times faster ({:.0} us/page)", other / own, micros(other)),
            reach: Some(Reach::at_least(other / own, LEAST_FACTOR).said(format!("{LEAST_FACTOR} times"))),
        },
        None => Line {
            what: "compared with lxml.html, same cells".into(),
            figure: "not measured: lxml is not installed".into(),
            reach: None,
        },
    };
    lines.push(against);
    lines.push(Line {
        what: "allocations per page, maximum".into(),
        figure: allocations.to_string(),
        reach: Some(
            Reach::at_most(allocations as f64, MOST_ALLOCATIONS as f64).said(MOST_ALLOCATIONS.to_string()),
        ),
    });
    lines.push(Line {
        what: "peak heap without the page, maximum".into(),
        figure: format!("{:.1} KiB", peak as f64 / 1024.0),
        reach: Some(Reach::at_most(peak as f64, MOST_BYTES as f64).said("64 KiB")),
    });
    Ok(Section {
        title: "A page to its cells".into(),
        note: format!(
            "{} {} of {:.0} KB on average, read alternately in one process each; the minimum of {ROUNDS} rounds. Criterion: \
             the mean of all pages read repeatedly, and its 95% interval. Instructions are counted by valgrind.",
            pages.len(),
            pages.kind(),
            bytes as f64 / count_of / 1e3
        ),
        lines,
    })
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
