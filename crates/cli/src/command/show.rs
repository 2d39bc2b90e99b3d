use std::process::ExitCode;

use bulletin::{Bulletin, Category, Chart, Preference, Reading, RowKey};
use serde_json::json;

use crate::args::{ShowArgs, StoreArgs};
use crate::command::{block_on, open_existing, stored_bulletin};
use crate::output::{self, Format};

pub(crate) fn run(store: &StoreArgs, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let store = open_existing(store)?;
    let bulletin = block_on(stored_bulletin(&store, args.month))?;
    let wanted = |chart: Chart| args.chart.is_none_or(|only| only == chart);
    let rows = || bulletin.rows().filter(|row| wanted(row.key.chart));
    match args.format {
        Format::Table => output::print(&as_tables(&bulletin, args.chart))?,
        Format::Csv => output::print_csv(
            [
                "bulletin_month",
                "chart",
                "preference",
                "category",
                "area",
                "value",
                "raw_value",
            ],
            rows().map(|row| {
                [
                    args.month.to_string(),
                    row.key.chart.code().into(),
                    row.key.category.preference().code().into(),
                    row.key.category.code().into(),
                    row.key.area.code().into(),
                    row.reading
                        .cut_off()
                        .map(|cut_off| cut_off.to_string())
                        .unwrap_or_default(),
                    row.raw.value.clone(),
                ]
            }),
        )?,
        Format::Json => output::print_json(&json!({
            "month": args.month,
            "in_force_from": args.month.first_day(),
            "in_force_to": args.month.last_day(),
            "rows": rows()
                .map(|row| {
                    json!({
                        "chart": row.key.chart,
                        "preference": row.key.category.preference(),
                        "category": row.key.category,
                        "area": row.key.area,
                        "value": row.reading.cut_off(),
                        "raw_value": row.raw.value,
                    })
                })
                .collect::<Vec<_>>(),
        }))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The charts of a bulletin as tables, one for each chart and preference.
pub(crate) fn as_tables(bulletin: &Bulletin, only: Option<Chart>) -> String {
    let month = bulletin.month();
    let mut text = String::new();
    for chart in Chart::ALL
        .into_iter()
        .filter(|chart| only.is_none_or(|only| only == *chart))
    {
        for preference in Preference::ALL {
            let areas = bulletin.areas(chart, preference);
            if areas.is_empty() {
                continue;
            }
            text.push_str(&format!(
                "{}, {} ({})\n",
                chart.name(),
                preference.name(),
                month.title()
            ));
            let mut headings = vec!["category"];
            headings.extend(areas.iter().map(|area| area.code()));
            let mut table = output::table(&headings);
            let categories = Category::ALL
                .iter()
                .filter(|category| category.preference() == preference);
            for category in categories {
                let cells: Vec<String> = areas
                    .iter()
                    .map(|area| {
                        let key = RowKey {
                            chart,
                            category: *category,
                            area: *area,
                        };
                        match bulletin.row(key).map(|row| (row.reading, &row.raw.value)) {
                            Some((Reading::CutOff(cut_off), _)) => cut_off.to_string(),
                            Some((Reading::Unreadable, _)) => "?".into(),
                            None => String::new(),
                        }
                    })
                    .collect();
                if cells.iter().any(|cell| !cell.is_empty()) {
                    table.add_row(std::iter::once(category.code().to_owned()).chain(cells));
                }
            }
            text.push_str(&table.to_string());
            text.push_str("\n\n");
        }
    }
    text
}
