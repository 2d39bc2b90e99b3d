//! `bulletin show`: the charts of one stored bulletin.

use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Area, Bulletin, Category, Chart, Preference, Reading, RowKey};
use operations::Store;
use pipeline::CellDigest;
use pipeline::port::{BulletinStore as _, as_bulletin};
use serde_json::json;

use crate::args::{ShowArgs, StoredMonth};
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::command::{block_on, month_of, stored_bulletin};
use crate::field::output::SHOW;
use crate::output::{self, Format};
use crate::paint::{self, Tone};
use crate::screen;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: false,
    };
    let bulletin = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        whole_bulletin(store, args.month).await
    }))?;
    let wanted = |chart: Chart| args.chart.is_none_or(|only| only == chart);
    let rows = || bulletin.rows().filter(|row| wanted(row.key.chart));
    if rows().next().is_none()
        && let Some(chart) = args.chart
    {
        bail!(
            "the bulletin of {} has no {} chart. The department has published two charts since October 2015",
            bulletin.month().title(),
            chart.name()
        );
    }
    print(args, &bulletin)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the wanted charts.
fn print(args: &ShowArgs, bulletin: &Bulletin) -> anyhow::Result<()> {
    let month = bulletin.month();
    let rows = || {
        let wanted = |chart: Chart| args.chart.is_none_or(|only| only == chart);
        bulletin.rows().filter(move |row| wanted(row.key.chart))
    };
    match args.format {
        Format::Table => output::page(&as_tables(bulletin, args.chart))?,
        format => SHOW.print(
            format,
            rows()
                .map(|row| {
                    json!({
                        "bulletin_month": month,
                        "chart": row.key.chart,
                        "preference": row.key.category.preference(),
                        "category": row.key.category,
                        "area": row.key.area,
                        "cutoff": row.reading.cut_off(),
                        "raw_value": row.raw.value,
                    })
                })
                .collect(),
        )?,
    }
    Ok(())
}

/// Loads a stored bulletin. On DynamoDB it is read from the index by month, unless its digest shows that the index lags
/// behind; then its rows are read by their keys.
async fn whole_bulletin(store: &Store, chosen: StoredMonth) -> anyhow::Result<Bulletin> {
    let month = month_of(store, chosen).await?;
    if let Some(record) = store.record(month).await? {
        let bulletin = as_bulletin(month, store.whole_bulletin(month).await?)?;
        if CellDigest::of(&bulletin) == record.digest {
            return Ok(bulletin);
        }
    }
    stored_bulletin(store, month).await
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
            let heading = format!("{}, {} ({})", chart.name(), preference.name(), month.title());
            text.push_str(&paint::words(&heading, Tone::Heading));
            text.push('\n');
            for areas in blocks(&areas, preference) {
                text.push_str(&output::fitted(chart_table(bulletin, chart, preference, areas)));
                text.push_str("\n\n");
            }
        }
    }
    // One empty line between tables, and none after the last.
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The areas in blocks of similar size that fit the width of the terminal.
fn blocks(areas: &[Area], preference: Preference) -> impl Iterator<Item = &[Area]> {
    const ISO_DATE: usize = 10;
    let first = categories(preference)
        .map(|category| category.code().len())
        .max()
        .unwrap_or(0);
    let column = |area: &Area| {
        let heading = output::longest_word(&output::spaced(area.code()));
        heading.max(ISO_DATE) + output::BETWEEN_COLUMNS
    };
    let widest = areas.iter().map(column).max().unwrap_or(1);
    let left = screen::width().map(|width| width.saturating_sub(first + output::BETWEEN_COLUMNS + 1));
    let most = left.map_or(areas.len(), |left| left / widest).max(1);
    let count = areas.len().div_ceil(most).max(1);
    areas.chunks(areas.len().div_ceil(count).max(1))
}

fn categories(preference: Preference) -> impl Iterator<Item = Category> {
    Category::ALL
        .iter()
        .copied()
        .filter(move |category| category.preference() == preference)
}

fn chart_table(
    bulletin: &Bulletin,
    chart: Chart,
    preference: Preference,
    areas: &[Area],
) -> comfy_table::Table {
    let headings: Vec<String> = areas.iter().map(|area| output::spaced(area.code())).collect();
    let headings: Vec<&str> = std::iter::once("category")
        .chain(headings.iter().map(String::as_str))
        .collect();
    let mut table = output::table(&headings);
    for category in categories(preference) {
        let cells: Vec<String> = areas
            .iter()
            .map(|area| {
                let key = RowKey {
                    chart,
                    category,
                    area: *area,
                };
                match bulletin.row(key).map(|row| row.reading) {
                    Some(Reading::CutOff(cut_off)) => cut_off.to_string(),
                    Some(Reading::Unreadable) => "?".into(),
                    None => String::new(),
                }
            })
            .collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            table.add_row(std::iter::once(output::spaced(category.code())).chain(cells));
        }
    }
    table
}
