//! `bulletin corrections`: the values that corrections replaced.

use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Chart, Month, MonthRange, RowKey, text};
use operations::Store;
use pipeline::{ArchivedRow, EarlierValue};
use serde_json::json;

use crate::args::{CorrectionsArgs, StoreArgs};
use crate::command::block_on;
use crate::command::place::on_store;
use crate::output::{self, Format, cut_off_text};

/// A value that a correction replaced, with its cell.
struct Corrected {
    month: Month,
    key: RowKey,
    earlier: EarlierValue,
    /// The current value as printed; `None` if the cell is gone.
    now: Option<String>,
}

pub(crate) fn run(store: &StoreArgs, args: &CorrectionsArgs) -> anyhow::Result<ExitCode> {
    let corrected = block_on(on_store(store, &args.place, async |store| {
        load(store, args).await
    }))?;
    let case = text::case_name(args.case.case());
    if corrected.is_empty() && args.format == Format::Table {
        output::print(&format!("No stored cut-off of {case} was ever corrected."))?;
        return Ok(ExitCode::SUCCESS);
    }
    let headings = [
        "bulletin_month",
        "chart",
        "area",
        "value",
        "raw_value",
        "replaced_at",
        "host",
        "raw_value_now",
    ];
    match args.format {
        Format::Csv => output::print_csv(
            headings,
            corrected.iter().map(|one| {
                [
                    one.month.to_string(),
                    one.key.chart.code().into(),
                    one.key.area.code().into(),
                    one.earlier
                        .value
                        .map(|value| value.to_string())
                        .unwrap_or_default(),
                    one.earlier.raw.clone(),
                    one.earlier.replaced_at.to_rfc3339(),
                    one.earlier.host.clone(),
                    one.now.clone().unwrap_or_default(),
                ]
            }),
        )?,
        Format::Json => {
            let all = corrected.iter().map(|one| {
                json!({
                    "month": one.month,
                    "chart": one.key.chart,
                    "area": one.key.area,
                    "value": one.earlier.value,
                    "raw_value": one.earlier.raw,
                    "replaced_at": one.earlier.replaced_at,
                    "host": one.earlier.host,
                    "raw_value_now": one.now,
                })
            });
            output::print_json(&all.collect::<Vec<_>>())?;
        }
        Format::Table => {
            let mut table = output::table(&[
                "bulletin", "chart", "column", "was", "printed", "until", "from", "is",
            ]);
            for one in &corrected {
                table.add_row([
                    one.month.to_string(),
                    output::unbroken(one.key.chart.name()),
                    output::spaced(one.key.area.code()),
                    cut_off_text(one.earlier.value),
                    one.earlier.raw.clone(),
                    output::unbroken(&one.earlier.replaced_at.format("%Y-%m-%d %H:%M UTC").to_string()),
                    one.earlier.host.clone(),
                    one.now.clone().unwrap_or_else(|| "gone".into()),
                ]);
            }
            output::print_table(table)?;
        }
    }
    Ok(ExitCode::SUCCESS)
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
