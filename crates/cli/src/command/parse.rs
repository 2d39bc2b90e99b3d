//! `bulletin parse`: prints the cut-offs of saved pages. Excludes reading them, see
//! [`saved_page`](crate::saved_page).

use std::process::ExitCode;

use bulletin::Bulletin;
use serde_json::{Value, json};

use crate::args::ParseArgs;
use crate::command::show;
use crate::field::output::PARSE;
use crate::output::{self, Format, complain};
use crate::saved_page::SavedPages;

pub(crate) fn run(args: &ParseArgs) -> anyhow::Result<ExitCode> {
    let SavedPages { pages, is_complete } = SavedPages::read(&args.files);
    for page in &pages {
        for finding in &page.read.findings {
            complain("warning", &format!("{}: {finding}", page.name));
        }
    }
    let bulletins: Vec<Bulletin> = pages.into_iter().map(|page| page.read.bulletin).collect();
    match args.format {
        Format::Table if bulletins.is_empty() => {}
        Format::Table => {
            let tables = bulletins.iter().map(|bulletin| show::as_tables(bulletin, None));
            output::page(&tables.collect::<String>())?;
        }
        format => PARSE.print(format, bulletins.iter().flat_map(cells).collect())?,
    }
    Ok(if is_complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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
