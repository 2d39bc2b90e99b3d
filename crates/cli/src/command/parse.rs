//! `bulletin parse`: prints the cut-offs of saved pages. Excludes reading them, see
//! [`saved_page`](crate::saved_page).

use std::process::ExitCode;

use bulletin::Bulletin;
use serde::Serialize;

use crate::args::ParseArgs;
use crate::command::show;
use crate::output::{self, Format, complain};
use crate::saved_page::SavedPages;

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
    let SavedPages { pages, is_complete } = SavedPages::read(&args.files);
    for page in &pages {
        for finding in &page.read.findings {
            complain("warning", &format!("{}: {finding}", page.name));
        }
    }
    let bulletins: Vec<Bulletin> = pages.into_iter().map(|page| page.read.bulletin).collect();
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
        Format::Table if bulletins.is_empty() => {}
        Format::Table => {
            let tables = bulletins.iter().map(|bulletin| show::as_tables(bulletin, None));
            output::page(&tables.collect::<String>())?;
        }
    }
    Ok(if is_complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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
