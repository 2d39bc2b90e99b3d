//! `bulletin standings`: the cut-offs of the two newest bulletins.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Area, Case, Category, Cell, CellState, Chart, Entry, Standing};
use operations::Store;
use serde_json::{Value, json};

use crate::args::{StandingsArgs, StoreArgs};
use crate::command::block_on;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::output::{self, Format};

pub(crate) fn run(store: &StoreArgs, args: &StandingsArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: true,
    };
    let standings = block_on(on_bulletins(store, &args.place, lead, async |store| {
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
    let headings = ["category", "area", "bulletin", "final_action", "dates_for_filing"];
    match args.format {
        Format::Csv => output::print_csv(headings, rows())?,
        Format::Json => output::print_json(&standings.iter().map(as_json).collect::<Vec<_>>())?,
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

fn as_json(standing: &Standing) -> Value {
    let entries = standing.older.iter().chain([&standing.newest]);
    json!({
        "category": standing.case.category,
        "area": standing.case.area,
        "bulletins": entries
            .map(|entry| {
                let cell = |chart: Chart| {
                    entry.cells.of(chart).as_ref().map(|cell| {
                        let raw = match &cell.state {
                            CellState::CutOff(_) => None,
                            CellState::Unreadable(raw) => Some(raw.as_str()),
                            CellState::Missing(_) => Some(""),
                        };
                        let missing = match cell.state {
                            CellState::Missing(part) => Some(part),
                            _ => None,
                        };
                        json!({
                            "value": cell.cut_off(),
                            "unreadable": raw,
                            "missing": missing,
                            "column": cell.column,
                        })
                    })
                };
                json!({
                    "month": entry.month,
                    "final_action": cell(Chart::FinalAction),
                    "dates_for_filing": cell(Chart::DatesForFiling),
                    "corrections": entry.revision,
                })
            })
            .collect::<Vec<_>>(),
    })
}
