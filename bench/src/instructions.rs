//! The number of instructions per page, counted by valgrind: the same on every machine that runs the same program.
//! Excludes times, see [`page`](crate::page). Start with [`instructions`].

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::pages::{Pages, pages, read_all, tokenize_all};

/// The first argument that makes this program only read all pages.
pub(crate) const PASSES_OF: &str = "passes-of";

/// The work to count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// Reads a page to its cells.
    Read,
    /// Splits a page into tokens.
    Tokenize,
}

impl Work {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Tokenize => "tokenize",
        }
    }
}

/// The number of instructions per page, or `None` if valgrind is not installed. The difference of two passes and
/// one, so that start-up does not count.
///
/// # Errors
/// If the program fails under valgrind.
pub(crate) fn instructions(work: Work, pages: &Pages) -> anyhow::Result<Option<f64>> {
    let (Some(once), Some(twice)) = (count(work, "1")?, count(work, "2")?) else {
        return Ok(None);
    };
    Ok(Some((twice - once) / pages.len() as f64))
}

fn count(work: Work, passes: &str) -> anyhow::Result<Option<f64>> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([PASSES_OF, work.name(), passes])
        .output();
    let run = match run {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        run => run?,
    };
    let said = String::from_utf8_lossy(&run.stderr);
    ensure!(run.status.success(), "valgrind: {said}");
    let collected = said
        .split_once("Collected : ")
        .context("valgrind printed no count")?
        .1;
    Ok(Some(collected.lines().next().unwrap_or_default().trim().parse()?))
}

/// Does the work of the first argument with all pages, as often as the second says.
///
/// # Errors
/// If there are no pages, or an argument is invalid.
pub(crate) fn passes_of(project: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let [work, passes] = arguments else {
        bail!("invalid arguments: expected {PASSES_OF} read|tokenize PASSES");
    };
    let pages = pages(project)?;
    for _ in 0..passes.parse()? {
        if work == Work::Read.name() {
            read_all(&pages);
        } else {
            tokenize_all(&pages);
        }
    }
    Ok(())
}
