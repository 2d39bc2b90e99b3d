//! `bulletin parse`: reads saved pages and prints their cut-offs. Also reads files for `ingest`.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use bulletin::{Bulletin, Month};
use bulletin_html::{MAX_PAGE_BYTES, ReadPage, Refusal, month_of_path, read_page};
use serde::Serialize;

use crate::args::ParseArgs;
use crate::command::show;
use crate::output::{self, Format, complain};

const HEADINGS: [&str; 9] = [
    "bulletin_month",
    "chart",
    "preference",
    "category",
    "area",
    "value",
    "raw_category",
    "raw_area",
    "raw_value",
];

/// One cell, in the columns of `parse --format csv`.
#[derive(Serialize)]
struct ParsedCell<'a> {
    bulletin_month: String,
    chart: &'static str,
    preference: &'static str,
    category: &'static str,
    area: &'static str,
    value: Option<String>,
    raw_category: &'a str,
    raw_area: &'a str,
    raw_value: &'a str,
}

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
    let cells = || bulletins.iter().flat_map(cells);
    match args.format {
        Format::Csv => output::print_csv(
            HEADINGS,
            cells().map(|cell| {
                [
                    cell.bulletin_month,
                    cell.chart.into(),
                    cell.preference.into(),
                    cell.category.into(),
                    cell.area.into(),
                    cell.value.unwrap_or_default(),
                    cell.raw_category.into(),
                    cell.raw_area.into(),
                    cell.raw_value.into(),
                ]
            }),
        )?,
        Format::Json => output::print_json(&cells().collect::<Vec<_>>())?,
        Format::Table => {
            for bulletin in &bulletins {
                output::print(&show::as_tables(bulletin, None))?;
            }
        }
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

fn cells(bulletin: &Bulletin) -> impl Iterator<Item = ParsedCell<'_>> {
    bulletin.rows().map(|row| ParsedCell {
        bulletin_month: bulletin.month().to_string(),
        chart: row.key.chart.code(),
        preference: row.key.category.preference().code(),
        category: row.key.category.code(),
        area: row.key.area.code(),
        value: row.reading.cut_off().map(|cut_off| cut_off.to_string()),
        raw_category: &row.raw.category,
        raw_area: &row.raw.area,
        raw_value: &row.raw.value,
    })
}
