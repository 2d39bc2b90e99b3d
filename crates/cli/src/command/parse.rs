//! `bulletin parse`: reads saved pages and prints their cut-offs. Also reads files for `ingest`.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use bulletin::{Bulletin, Month};
use bulletin_html::{MAX_PAGE_BYTES, ReadPage, Refusal, month_of_path, read_page};
use serde_json::{Value, json};

use crate::args::ParseArgs;
use crate::command::show;
use crate::field::output::PARSE;
use crate::output::{self, Format, complain};

pub(crate) fn run(args: &ParseArgs) -> anyhow::Result<ExitCode> {
    let mut bulletins = Vec::new();
    let mut refused = false;
    for file in &args.files {
        match read(file) {
            Ok(page) => {
                for finding in &page.findings {
                    complain("warning", &format!("{}: {finding}", file.display()));
                }
                bulletins.push(page.bulletin);
            }
            Err(error) => {
                refused = true;
                complain("error", &format!("{}: {error:#}", file.display()));
            }
        }
    }
    match args.format {
        Format::Table => {
            for bulletin in &bulletins {
                output::print(&show::as_tables(bulletin, None))?;
            }
        }
        format => PARSE.print(format, bulletins.iter().flat_map(cells).collect())?,
    }
    Ok(if refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Reads a saved page. If the file's name contains a month, the page must be that month's.
pub(crate) fn read(file: &Path) -> anyhow::Result<ReadPage> {
    read_page(&read_bytes(file)?, month_of_name(file)).map_err(|refusal| anyhow!(why_refused(&refusal)))
}

/// The month in a file's name: the names that the site uses, and titles as browsers save them, such as
/// `Visa Bulletin For March 2026 (1).html`.
pub(crate) fn month_of_name(file: &Path) -> Option<Month> {
    let name = file.file_name()?.to_str()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let dashed: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    month_of_path(name).or_else(|| month_of_path(&dashed))
}

/// The reason why a saved page was refused. If the month comes from the file's name, it mentions the file.
pub(crate) fn why_refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::WrongMonth { expected, found } => format!(
            "The page is the bulletin of {}, but the file's name says {}. Save the page again, or rename the file.",
            found.title(),
            expected.title()
        ),
        other => other.to_string(),
    }
}

/// The bytes of a file. A file that is too large for a page is refused before it is read.
pub(crate) fn read_bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    const CANNOT: &str = "cannot read the file";
    let opened = std::fs::File::open(file).context(CANNOT)?;
    let size = usize::try_from(opened.metadata().context(CANNOT)?.len()).unwrap_or(usize::MAX);
    if size > MAX_PAGE_BYTES {
        return Err(Refusal::TooLarge { bytes: size }.into());
    }
    let mut bytes = Vec::new();
    // A pipe or a device does not report its size.
    opened
        .take(MAX_PAGE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .context(CANNOT)?;
    Ok(bytes)
}

fn cells(bulletin: &Bulletin) -> impl Iterator<Item = Value> {
    bulletin.rows().map(|row| {
        json!({
            "bulletin_month": bulletin.month(),
            "chart": row.key.chart,
            "preference": row.key.category.preference(),
            "category": row.key.category,
            "area": row.key.area,
            "value": row.reading.cut_off(),
            "raw_category": row.raw.category,
            "raw_area": row.raw.area,
            "raw_value": row.raw.value,
        })
    })
}
