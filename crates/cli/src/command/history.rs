//! `bulletin history`: the cut-offs of a case by month, as a table, a drawing, CSV or JSON.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, bail};
use bulletin::{Area, ByChart, Case, Chart, CutOff, Month, MonthRange, Movement, RowKey, text};
use chrono::NaiveDate;
use operations::Store;
use pipeline::HistoryRow;
use pipeline::port::BulletinStore;
use serde_json::json;

use crate::args::HistoryArgs;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::command::{block_on, machine_watches};
use crate::field::output::HISTORY;
use crate::output::{self, Format, complain};
use crate::plot;
use crate::screen;
use crate::settings::Settings;

/// The rows that applied to a case, by month and chart.
type ByMonth = BTreeMap<Month, ByChart<Option<HistoryRow>>>;

pub(crate) fn run(settings: &Settings, args: &HistoryArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: false,
    };
    let case = args.case.case();
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok());
    let mut history = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        load(store, case, args.chart, args.months, limit).await
    }))?;
    if let Some(limit) = limit {
        while history.len() > limit {
            history.pop_first();
        }
    }
    if history.is_empty() {
        bail!(
            "no stored bulletin has a cut-off for {}. `bulletin run --backfill FROM..TO` fetches older ones",
            text::case_name(case)
        );
    }
    note_columns(case, &history);
    if args.plot || args.svg.is_some() {
        draw(&series(case, &history, priority_date(settings, args)?), args)?;
    }
    if !args.plot && (args.svg.is_none() || args.format != Format::Table) {
        print(args, &history)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Loads the rows that applied to the case, from the column in which the country was counted in each month.
async fn load(
    store: &Store,
    case: Case,
    only: Option<Chart>,
    range: Option<MonthRange>,
    limit: Option<usize>,
) -> anyhow::Result<ByMonth> {
    let mut history = ByMonth::new();
    for chart in Chart::ALL
        .into_iter()
        .filter(|chart| only.is_none_or(|only| only == *chart))
    {
        for area in case.area.columns() {
            let key = RowKey {
                chart,
                category: case.category,
                area,
            };
            for row in store.history(key, range, limit).await? {
                history
                    .entry(row.month)
                    .or_default()
                    .of_mut(chart)
                    .get_or_insert(row);
            }
        }
    }
    Ok(history)
}

/// Prints a note on where the country is counted in months in which it has no separate column.
fn note_columns(case: Case, history: &ByMonth) {
    let mut columns: Vec<Area> = history
        .values()
        .flat_map(|charts| {
            Chart::ALL
                .into_iter()
                .filter_map(|chart| charts.of(chart).as_ref())
        })
        .map(|row| row.row.key.area)
        .collect();
    columns.sort_unstable();
    columns.dedup();
    let others: Vec<Area> = columns
        .iter()
        .copied()
        .filter(|column| *column != case.area)
        .collect();
    if others.is_empty() {
        return;
    }
    let counted = text::counted_under_any(case.area, &others);
    if columns.contains(&case.area) {
        complain("note", &format!("{counted} in months without a separate column"));
    } else {
        complain("note", &counted);
    }
}

/// Writes the SVG file and draws in the terminal, as the options say.
fn draw(series: &plot::Series, args: &HistoryArgs) -> anyhow::Result<()> {
    if let Some(file) = &args.svg {
        std::fs::write(file, plot::svg(series))
            .with_context(|| format!("cannot write {}", file.display()))?;
        complain("note", &format!("the drawing is in {}", file.display()));
    }
    if args.plot {
        let (width, height) = screen::room();
        output::print(&plot::terminal(series, width, height, screen::has_colour()))?;
    }
    Ok(())
}

/// The priority date to draw: the given one, or that of this machine's watches of the case if they agree.
fn priority_date(settings: &Settings, args: &HistoryArgs) -> anyhow::Result<Option<NaiveDate>> {
    if args.priority_date.is_some() || args.place.stage.is_some() {
        return Ok(args.priority_date);
    }
    let mut dates: Vec<NaiveDate> = machine_watches(settings)?
        .iter()
        .filter_map(|watch| watch.kind.subscription())
        .filter(|subscription| subscription.case == args.case.case())
        .filter_map(|subscription| subscription.priority_date)
        .collect();
    dates.sort_unstable();
    dates.dedup();
    Ok(match dates.as_slice() {
        [date] => Some(*date),
        [] => None,
        _ => {
            complain(
                "note",
                "your watches of this case have different priority dates; draw one with --priority-date",
            );
            None
        }
    })
}

fn series(case: Case, history: &ByMonth, priority_date: Option<NaiveDate>) -> plot::Series {
    let points = history.iter().map(|(month, charts)| plot::Point {
        month: *month,
        cells: ByChart::each(|chart| {
            charts
                .of(chart)
                .as_ref()
                .and_then(|row| row.row.reading.cut_off())
        }),
    });
    plot::Series {
        title: text::case_name(case),
        points: points.collect(),
        priority_date,
    }
}

/// One month of one chart.
struct Line<'a> {
    chart: Chart,
    row: &'a HistoryRow,
    /// The movement since the previous readable cut-off; `None` if this one is unreadable.
    movement: Option<Movement>,
    /// True if there is no earlier readable cut-off to compare with.
    is_oldest: bool,
}

/// The lines newest first, each compared with the readable cut-off before it.
fn lines(history: &ByMonth) -> Vec<Line<'_>> {
    let mut last_read: ByChart<Option<(Area, CutOff)>> = ByChart::default();
    let mut lines = Vec::new();
    for charts in history.values() {
        for chart in Chart::ALL {
            let Some(row) = charts.of(chart) else { continue };
            let column = row.row.key.area;
            let is_oldest = last_read.of(chart).is_none();
            let cut_off = row.row.reading.cut_off();
            let movement = cut_off.map(|cut_off| match *last_read.of(chart) {
                // Cut-offs of two columns apply to different people, so their distance in days means nothing.
                Some((last, _)) if last != column && column == Area::ALL => Movement::Withdrawn,
                Some((last, _)) if last != column => Movement::FirstSeen,
                last => Movement::between(last.map(|(_, cut_off)| cut_off), Some(cut_off)),
            });
            if let Some(cut_off) = cut_off {
                *last_read.of_mut(chart) = Some((column, cut_off));
            }
            lines.push(Line {
                chart,
                row,
                movement,
                is_oldest,
            });
        }
    }
    lines.reverse();
    lines
}

/// Remarks on a line: its column if it is not the country's own, an unreadable text, and values before corrections.
fn remarks(line: &Line<'_>, own: Area) -> String {
    let mut remarks = Vec::new();
    if line.row.row.key.area != own {
        remarks.push(format!("as {}", output::spaced(line.row.row.key.area.code())));
    }
    if line.row.row.reading.cut_off().is_none() {
        remarks.push(format!("printed {:?}", line.row.row.raw.value));
    }
    remarks.extend(line.row.earlier.iter().map(|earlier| {
        format!(
            "was {} until {}",
            earlier.raw,
            earlier.replaced_at.format("%Y-%m-%d")
        )
    }));
    remarks.join("; ")
}

fn print(args: &HistoryArgs, history: &ByMonth) -> anyhow::Result<()> {
    let lines = lines(history);
    match args.format {
        Format::Table => {
            let remarks: Vec<String> = lines.iter().map(|line| remarks(line, args.case.area)).collect();
            let mut headings = vec!["bulletin", "chart", "cut-off", "movement"];
            let has_remarks = remarks.iter().any(|remark| !remark.is_empty());
            if has_remarks {
                headings.push("");
            }
            let mut table = output::table(&headings);
            for (line, remark) in lines.iter().zip(remarks) {
                let movement = match line.movement {
                    // The history begins here: it is unknown if the case was listed before.
                    Some(_) if line.is_oldest => comfy_table::Cell::new(""),
                    movement => output::movement_cell(movement),
                };
                let mut cells = vec![
                    comfy_table::Cell::new(line.row.month),
                    comfy_table::Cell::new(output::unbroken(match line.chart {
                        Chart::FinalAction => "Final Action",
                        Chart::DatesForFiling => "Dates for Filing",
                    })),
                    comfy_table::Cell::new(output::cut_off_text(line.row.row.reading.cut_off())),
                    movement,
                ];
                if has_remarks {
                    cells.push(comfy_table::Cell::new(remark));
                }
                table.add_row(cells);
            }
            output::print_table(table)
        }
        format => HISTORY.print(
            format,
            lines
                .iter()
                .map(|line| {
                    let replaced = line.row.earlier.iter().map(|earlier| &earlier.raw);
                    json!({
                        "bulletin_month": line.row.month,
                        "chart": line.chart,
                        "category": line.row.row.key.category,
                        "area": line.row.row.key.area,
                        "cutoff": line.row.row.reading.cut_off(),
                        "raw_value": line.row.row.raw.value,
                        "movement": line.movement.map_or("unreadable", Movement::code),
                        "days": line.movement.and_then(Movement::signed_days),
                        "replaced_raw_values": replaced.collect::<Vec<_>>(),
                    })
                })
                .collect(),
        ),
    }
}
