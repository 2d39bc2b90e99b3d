//! How many instructions a page takes, counted by valgrind: the same on every machine that runs the same program.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::page::{read_all, tokenize_all};
use crate::pages::{Pages, pages};

/// The first argument with which this program reads every page and does nothing else.
pub(crate) const PASSES_OF: &str = "passes-of";

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// A page to its cells.
    Read,
    /// A page to its tokens.
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

/// Instructions a page, or `None` where valgrind is not installed. Two passes less one, so that what is done once for
/// all pages does not count.
///
/// # Errors
/// Where the program fails below valgrind.
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
        .context("valgrind counted nothing")?
        .1;
    Ok(Some(collected.lines().next().unwrap_or_default().trim().parse()?))
}

/// Reads every page, or its tokens, as often as the arguments say.
///
/// # Errors
/// Where a page is not there, or an argument is none.
pub(crate) fn passes_of(project: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let [work, passes] = arguments else {
        bail!("{PASSES_OF} read|tokenize PASSES");
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
