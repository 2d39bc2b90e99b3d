//! `bulletin standings`: the cut-offs of the two newest bulletins.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Area, Case, Category, Cell, CellState, Chart, Entry, Standing};
use operations::Store;
use serde_json::{Value, json};

use crate::args::StandingsArgs;
use crate::command::block_on;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::field::output::STANDINGS;
use crate::output::{self, Format};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &StandingsArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: true,
    };
    let standings = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        wanted(store, args.category, args.country).await
    }))?;
    if standings.is_empty() {
        bail!("no stored bulletin lists this case. `bulletin latest` shows the newest stored bulletin");
    }
    let rows = || {
        standings.iter().flat_map(|standing| {
            let entries = standing.older.iter().chain([&standing.newest]);
            entries.map(|entry| row(standing.case, entry))
        })
    };
    match args.format {
        Format::Table => {
            let mut table =
                output::table(&["category", "area", "bulletin", "Final Action", "Dates for Filing"]);
            for [category, area, rest @ ..] in rows() {
                let [month, final_action, filing] = rest;
                table.add_row([
                    output::spaced(&category),
                    output::spaced(&area),
                    month,
                    final_action,
                    filing,
                ]);
            }
            output::print_table(table)?;
        }
        format => STANDINGS.print(format, standings.iter().flat_map(records).collect())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The standings of the chosen cases that the newest bulletin lists. For a country without a separate column, those of the
/// column in which it is counted.
async fn wanted(
    store: &Store,
    category: Option<Category>,
    country: Option<Area>,
) -> anyhow::Result<Vec<Standing>> {
    let columns: Option<Vec<Area>> = country.map(|country| country.columns().collect());
    let pick = |case: Case| {
        category.is_none_or(|category| case.category == category)
            && columns
                .as_ref()
                .is_none_or(|columns| columns.contains(&case.area))
    };
    let found = store.standings_of(pick).await?;
    let listed = found
        .into_iter()
        .map(|stored| stored.standing)
        .filter(Standing::is_listed);
    let Some(columns) = columns else {
        return Ok(listed.collect());
    };
    // The most specific column of each category.
    let rank = |area: Area| columns.iter().position(|column| *column == area);
    let mut best: BTreeMap<Category, Standing> = BTreeMap::new();
    for standing in listed {
        let is_better = best
            .get(&standing.case.category)
            .is_none_or(|other| rank(standing.case.area) < rank(other.case.area));
        if is_better {
            best.insert(standing.case.category, standing);
        }
    }
    Ok(best.into_values().collect())
}

fn row(case: Case, entry: &Entry) -> [String; 5] {
    let cell = |chart: Chart| {
        let cell = entry.cells.of(chart).as_ref();
        cell.map(|cell| in_words(case, cell)).unwrap_or_default()
    };
    [
        case.category.code().into(),
        case.area.code().into(),
        entry.month.to_string(),
        cell(Chart::FinalAction),
        cell(Chart::DatesForFiling),
    ]
}

fn in_words(case: Case, cell: &Cell) -> String {
    let text = match &cell.state {
        CellState::CutOff(cut_off) => cut_off.to_string(),
        CellState::Unreadable(raw) => format!("? {raw:?}"),
        CellState::Missing(_) => "? missing".into(),
    };
    if cell.column == case.area {
        text
    } else {
        format!("{text} (as {})", cell.column)
    }
}

/// A record for each chart of both bulletins.
fn records(standing: &Standing) -> impl Iterator<Item = Value> {
    let entries = standing.older.iter().chain([&standing.newest]);
    entries.flat_map(|entry| {
        Chart::ALL.into_iter().filter_map(|chart| {
            let cell = entry.cells.of(chart).as_ref()?;
            let (raw, missing) = match &cell.state {
                CellState::CutOff(_) => (None, None),
                CellState::Unreadable(raw) => (Some(raw.as_str()), None),
                CellState::Missing(part) => (None, Some(part)),
            };
            Some(json!({
                "bulletin_month": entry.month,
                "chart": chart,
                "category": standing.case.category,
                "country": standing.case.area,
                "area": cell.column,
                "cutoff": cell.cut_off(),
                "raw_value": raw,
                "missing_part": missing,
                "corrections": entry.revision,
            }))
        })
    })
}
