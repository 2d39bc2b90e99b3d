//! `bulletin corrections`: the values that corrections replaced.

use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Chart, Month, MonthRange, RowKey, text};
use operations::Store;
use pipeline::{ArchivedRow, EarlierValue};
use serde_json::json;

use crate::args::{CorrectionsArgs, StoreArgs};
use crate::command::block_on;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::output::{self, Format, complain, cut_off_text};

/// A value that a correction replaced, with its cell.
struct Corrected {
    month: Month,
    key: RowKey,
    earlier: EarlierValue,
    /// The current value as printed; `None` if the cell is gone.
    now: Option<String>,
}

pub(crate) fn run(store: &StoreArgs, args: &CorrectionsArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: false,
    };
    let (corrected, is_shipped) = block_on(on_bulletins(store, &args.place, lead, async |store| {
        Ok((load(store, args).await?, matches!(store, Store::Shipped(_))))
    }))?;
    if corrected.is_empty() && args.format == Format::Table {
        output::print(&output::wrapped(&none_known(args, is_shipped)))?;
    } else {
        if corrected.is_empty() && is_shipped {
            complain("note", &none_known(args, is_shipped));
        }
        print(args.format, &corrected)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(format: Format, corrected: &[Corrected]) -> anyhow::Result<()> {
    match format {
        Format::Csv => output::print_csv(HEADINGS, corrected.iter().map(Corrected::fields)),
        Format::Json => output::print_json(&corrected.iter().map(Corrected::json).collect::<Vec<_>>()),
        Format::Table => {
            let mut table = output::table(&[
                "bulletin", "chart", "column", "was", "printed", "until", "from", "is",
            ]);
            for one in corrected {
                table.add_row(one.words());
            }
            output::print(&output::fitted(table))
        }
    }
}

const HEADINGS: [&str; 8] = [
    "bulletin_month",
    "chart",
    "area",
    "value",
    "raw_value",
    "replaced_at",
    "host",
    "raw_value_now",
];

impl Corrected {
    /// The fields of CSV, under [`HEADINGS`].
    fn fields(&self) -> [String; 8] {
        let value = self.earlier.value.map(|value| value.to_string());
        [
            self.month.to_string(),
            self.key.chart.code().into(),
            self.key.area.code().into(),
            value.unwrap_or_default(),
            self.earlier.raw.clone(),
            self.earlier.replaced_at.to_rfc3339(),
            self.earlier.host.clone(),
            self.now.clone().unwrap_or_default(),
        ]
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "month": self.month,
            "chart": self.key.chart,
            "area": self.key.area,
            "value": self.earlier.value,
            "raw_value": self.earlier.raw,
            "replaced_at": self.earlier.replaced_at,
            "host": self.earlier.host,
            "raw_value_now": self.now,
        })
    }

    /// The row of a table for people.
    fn words(&self) -> [String; 8] {
        let until = self.earlier.replaced_at.format("%Y-%m-%d %H:%M UTC").to_string();
        [
            self.month.to_string(),
            output::unbroken(self.key.chart.name()),
            output::spaced(self.key.area.code()),
            cut_off_text(self.earlier.value),
            self.earlier.raw.clone(),
            output::unbroken(&until),
            self.earlier.host.clone(),
            self.now.clone().unwrap_or_else(|| "gone".into()),
        ]
    }
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
