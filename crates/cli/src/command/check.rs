//! `bulletin check`: compares a priority date with the cut-offs of stored bulletins.

use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Bulletin, ByChart, Case, Chart, Entry, Month, text};
use pipeline::port::{BulletinStore, SystemClock};
use pipeline::present_month;
use serde_json::json;

use crate::args::{CheckArgs, StoreArgs};
use crate::command::place::on_store;
use crate::command::{block_on, not_listed, note_where_counted, stored_bulletin};
use crate::output::{self, Format, complain};

pub(crate) fn run(store: &StoreArgs, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let present = present_month(pipeline::port::Clock::now(&SystemClock));
    let bulletins: Vec<Bulletin> = block_on(on_store(store, &args.place, async |store| {
        let months = match args.month {
            Some(month) => vec![month],
            None => months_to_check(&store.months().await?, present)?,
        };
        let mut bulletins = Vec::new();
        for month in months {
            bulletins.push(stored_bulletin(store, month).await?);
        }
        Ok(bulletins)
    }))?;
    let case = args.case.case();
    if let Some(bulletin) = bulletins.first() {
        note_where_counted(case, bulletin);
    }
    let entries: Vec<Entry> = bulletins
        .iter()
        .map(|bulletin| Entry::of(bulletin, case))
        .collect();
    let lists = |entry: &Entry| entry.cells != ByChart::default();
    for entry in entries.iter().filter(|entry| !lists(entry)) {
        complain("warning", &not_listed(case, entry.month, &entry.successors));
    }
    let entries: Vec<Entry> = entries.into_iter().filter(lists).collect();
    if entries.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    match args.format {
        Format::Table => {
            for entry in &entries {
                output::print(&output::wrapped(&text::priority_sentence(
                    case,
                    entry.month,
                    &entry.cells,
                    args.priority_date,
                )))?;
            }
            if entries.iter().any(|entry| entry.cells.dates_for_filing.is_some()) {
                output::print(&output::wrapped(&format!(
                    "Dates for Filing counts for adjustment of status only in months for which USCIS accepts it: {}",
                    text::USCIS_CHARTS
                )))?;
            }
        }
        Format::Csv => output::print_csv(
            [
                "bulletin_month",
                "chart",
                "category",
                "area",
                "priority_date",
                "cut_off",
                "served",
                "days_to_advance",
            ],
            lines(case, &entries, args).into_iter().map(|line| {
                [
                    line.month.to_string(),
                    line.chart.code().into(),
                    case.category.code().into(),
                    line.column.into(),
                    args.priority_date.to_string(),
                    line.cut_off.unwrap_or_default(),
                    line.is_current
                        .map(|current| current.to_string())
                        .unwrap_or_default(),
                    line.days_to_advance
                        .map(|days| days.to_string())
                        .unwrap_or_default(),
                ]
            }),
        )?,
        Format::Json => output::print_json(
            &lines(case, &entries, args)
                .into_iter()
                .map(|line| {
                    json!({
                        "month": line.month,
                        "chart": line.chart,
                        "category": case.category,
                        "area": line.column,
                        "priority_date": args.priority_date,
                        "cut_off": line.cut_off,
                        "served": line.is_current,
                        "days_to_advance": line.days_to_advance,
                    })
                })
                .collect::<Vec<_>>(),
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The stored bulletins that are in force or upcoming; the newest one if there are none.
fn months_to_check(stored: &[Month], present: Month) -> anyhow::Result<Vec<Month>> {
    let current: Vec<Month> = stored.iter().copied().filter(|month| *month >= present).collect();
    if !current.is_empty() {
        return Ok(current);
    }
    match stored.last() {
        Some(newest) => {
            complain(
                "warning",
                &format!(
                    "the newest stored bulletin, {}, is no longer in force. `bulletin run` fetches new ones",
                    newest.title()
                ),
            );
            Ok(vec![*newest])
        }
        None => bail!("no bulletin is stored yet. `bulletin run` fetches the newest"),
    }
}

/// The position of the priority date on one chart of one bulletin.
struct Line {
    month: Month,
    chart: Chart,
    column: &'static str,
    cut_off: Option<String>,
    /// `None` if the cell is unreadable.
    is_current: Option<bool>,
    /// The number of days by which the cut-off date must advance, 0 if it is late enough; `None` if the cut-off is not a
    /// date.
    days_to_advance: Option<i64>,
}

fn lines(case: Case, entries: &[Entry], args: &CheckArgs) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in entries {
        for chart in Chart::ALL {
            let Some(cell) = entry.cells.of(chart) else {
                continue;
            };
            let cut_off = cell.cut_off();
            debug_assert!(
                cell.column == case.area || case.area.columns().any(|column| column == cell.column)
            );
            lines.push(Line {
                month: entry.month,
                chart,
                column: cell.column.code(),
                cut_off: cut_off.map(|cut_off| cut_off.to_string()),
                is_current: cut_off.map(|cut_off| cut_off.is_current(args.priority_date)),
                days_to_advance: cut_off
                    .and_then(|cut_off| cut_off.date())
                    .map(|date| ((args.priority_date - date).num_days() + 1).max(0)),
            });
        }
    }
    lines
}
