//! The cost of parsing a page, counted and not timed: allocations, the peak of memory in addition to the
//! page, and instructions.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says what it looked at"
)]

#[path = "shared/pages.rs"]
mod pages;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use allocation_counter::{AllocationInfo, measure};
use bulletin_html::read_page;
use pages::{page, shared, truth};

/// The allocation limit of one page.
const MOST_ALLOCATIONS: u64 = 159;
/// The limit of bytes held at any moment in addition to the page, including the returned value.
const MOST_BYTES: u64 = 64 * 1024;

/// Asserts that no page costs more, and prints the cost of the most expensive ones.
fn assert_cheap(pages: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let mut costs: Vec<(String, AllocationInfo)> = Vec::new();
    for (name, page) in pages {
        // Exclude the cost of the tables that are built once for all pages.
        let read = read_page(&page, None).unwrap();
        let cost = measure(|| drop(read_page(&page, None)));
        assert_eq!(cost.bytes_current, 0, "{name}: not all memory is given back");
        drop(read);
        costs.push((name, cost));
    }
    assert!(costs.len() > 10);
    let dearest = |of: fn(&AllocationInfo) -> u64| costs.iter().max_by_key(|(_, cost)| of(cost)).unwrap();
    let (longest, most) = dearest(|cost| cost.count_total);
    let (largest, peak) = dearest(|cost| cost.bytes_max);
    let line = format!(
        "{} pages: at most {} allocations ({longest}) and {} bytes ({largest})",
        costs.len(),
        most.count_total,
        peak.bytes_max
    );
    let _ = writeln!(std::io::stderr(), "{line}");
    assert!(most.count_total <= MOST_ALLOCATIONS, "{line}");
    assert!(peak.bytes_max <= MOST_BYTES, "{line}");
}

#[test]
fn a_real_page_is_read_with_few_allocations_and_little_memory() {
    let Some(bulletins) = shared() else { return };
    let months = truth(&bulletins).into_keys();
    assert_cheap(months.map(|month| (month.to_string(), page(&bulletins, month))));
}

#[test]
fn a_sample_page_is_read_with_few_allocations_and_little_memory() {
    assert_cheap(samples());
}

fn samples() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    find_pages(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples"),
        &mut files,
    );
    let read = |file: PathBuf| {
        let name = file.file_stem().unwrap_or_default().display().to_string();
        (name, std::fs::read(&file).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// The bulletin pages in a folder and its subfolders.
fn find_pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_pages(&path, found);
        } else if path.to_string_lossy().contains("visa-bulletin-for-") {
            found.push(path);
        }
    }
}

/// The instruction limit of a sample page, optimized. The parser takes 2.2 million.
const MOST_INSTRUCTIONS: f64 = 2_400_000.0;
/// The variable with the number of times that the process under valgrind parses each sample page.
const PASSES: &str = "COST_PASSES";

/// Parses the samples `COST_PASSES` times: once, except in the process whose instructions are counted.
#[test]
fn the_samples_are_read() {
    let passes = std::env::var(PASSES).map_or(1, |passes| passes.parse().unwrap());
    let pages = samples();
    for _ in 0..passes {
        for (name, page) in &pages {
            assert!(read_page(page, None).is_ok(), "{name}");
        }
    }
}

/// Counted by valgrind, as the difference between three passes over the samples and one, so that one-time
/// work does not count.
#[test]
fn a_page_takes_few_instructions() {
    if cfg!(debug_assertions) {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: instructions are counted with --release alone"
        );
        return;
    }
    let count = |passes: &str| -> Option<f64> {
        let run = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "the_samples_are_read", "--test-threads=1"])
            .env(PASSES, passes)
            .output()
            .ok()?;
        assert!(run.status.success());
        let said = String::from_utf8(run.stderr).unwrap();
        let (_, collected) = said.split_once("Collected : ").unwrap();
        collected.lines().next()?.trim().parse().ok()
    };
    let Some(once) = count("1") else {
        let _ = writeln!(std::io::stderr(), "skipped: valgrind is not here");
        return;
    };
    let pages = samples().len() as f64;
    let instructions = (count("3").unwrap() - once) / 2.0 / pages;
    let _ = writeln!(std::io::stderr(), "{instructions:.0} instructions a page");
    assert!(instructions > 1000.0, "nothing was counted");
    assert!(
        instructions < MOST_INSTRUCTIONS,
        "{instructions:.0} instructions a page"
    );
}
