//! `bulletin corrections`: the values that corrections replaced.

use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Chart, Month, MonthRange, RowKey, text};
use operations::Store;
use pipeline::{ArchivedRow, EarlierValue};
use serde_json::json;

use crate::args::CorrectionsArgs;
use crate::command::block_on;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::field::output::{CORRECTED, instant};
use crate::output::{self, Format, complain};
use crate::settings::Settings;

/// A value that a correction replaced, with its cell.
struct Corrected {
    month: Month,
    key: RowKey,
    earlier: EarlierValue,
    /// The current value as printed; `None` if the cell is gone.
    now: Option<String>,
}

pub(crate) fn run(settings: &Settings, args: &CorrectionsArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: false,
    };
    let (corrected, is_shipped) = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        Ok((load(store, args).await?, matches!(store, Store::Shipped(_))))
    }))?;
    if corrected.is_empty() {
        let none = none_known(args, is_shipped);
        if args.format == Format::Table {
            output::print(&output::wrapped(&none))?;
            return Ok(ExitCode::SUCCESS);
        }
        complain("note", &none);
    }
    match args.format {
        Format::Table => output::page(&as_tables(&corrected))?,
        format => CORRECTED.print(
            format,
            corrected
                .iter()
                .map(|one| {
                    json!({
                        "bulletin_month": one.month,
                        "chart": one.key.chart,
                        "category": one.key.category,
                        "area": one.key.area,
                        "replaced_cutoff": one.earlier.value,
                        "replaced_raw_value": one.earlier.raw,
                        "replaced_at": instant(one.earlier.replaced_at),
                        "host": one.earlier.host,
                        "raw_value": one.now,
                    })
                })
                .collect(),
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The corrections as tables, one for each chart.
fn as_tables(corrected: &[Corrected]) -> String {
    let mut tables = Vec::new();
    for chart in Chart::ALL {
        let mut table = output::table(&["bulletin", "column", "was", "until", "from", "is"]);
        for one in corrected.iter().filter(|one| one.key.chart == chart) {
            table.add_row([
                one.month.to_string(),
                output::spaced(one.key.area.code()),
                one.earlier.raw.clone(),
                output::minute(one.earlier.replaced_at),
                one.earlier.host.clone(),
                one.now.clone().unwrap_or_else(|| "gone".into()),
            ]);
        }
        if !table.is_empty() {
            tables.push(format!("{}\n{}\n", chart.name(), output::fitted(table)));
        }
    }
    tables.join("\n")
}

fn none_known(args: &CorrectionsArgs, is_shipped: bool) -> String {
    let case = text::case_name(args.case.case());
    if is_shipped {
        format!("No correction of {case} is known: the shipped history has one value for each cell.")
    } else {
        format!("No correction of {case} is stored.")
    }
}

/// Loads the corrections in every column in which the case can be counted, newest first.
async fn load(store: &Store, args: &CorrectionsArgs) -> anyhow::Result<Vec<Corrected>> {
    let range = args.month.map(|month| MonthRange {
        first: month,
        last: month,
    });
    let mut corrected = Vec::new();
    let mut is_stored = false;
    for chart in Chart::ALL {
        for area in args.case.area.columns() {
            let key = RowKey {
                chart,
                category: args.case.category,
                area,
            };
            for (month, row) in store.archived_history(key, range).await? {
                is_stored = true;
                corrected.extend(of_row(month, &row));
            }
        }
    }
    if !is_stored {
        bail!(
            "no stored bulletin has a cut-off for {}",
            text::case_name(args.case.case())
        );
    }
    corrected.sort_by_key(|one| (std::cmp::Reverse((one.earlier.replaced_at, one.month)), one.key));
    Ok(corrected)
}

fn of_row(month: Month, row: &ArchivedRow) -> Vec<Corrected> {
    let now = row.current.as_ref().map(|(row, _)| row.raw.value.to_string());
    let one = |earlier: &EarlierValue| Corrected {
        month,
        key: row.key,
        earlier: earlier.clone(),
        now: now.clone(),
    };
    row.earlier.iter().rev().map(one).collect()
}
