//! `bulletin check`: compares a priority date, or those of all watches, with the cut-offs of stored bulletins.

use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Area, Bulletin, ByChart, Case, Chart, CutOff, Entry, Month, text};
use chrono::NaiveDate;
use operations::Store;
use pipeline::port::{Clock as _, SystemClock};
use pipeline::present_month;
use serde_json::json;
use sqlite::WatchKind;

use crate::args::CheckArgs;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::command::verdict::{coloured_verdict, months_to_check};
use crate::command::{block_on, machine_watches, not_listed, note_where_counted, stored_bulletin};
use crate::field::output::CHECK;
use crate::output::{self, Format, complain};
use crate::settings::Settings;

/// A case to check.
#[derive(Debug, Clone, Copy)]
struct Subject {
    /// The watch; `None` for the case on the command line.
    watch: Option<i64>,
    case: Case,
    /// `None` for a watch without one.
    priority_date: Option<NaiveDate>,
}

pub(crate) fn run(settings: &Settings, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let subjects = match args.case() {
        Some((case, date)) => vec![Subject {
            watch: None,
            case,
            priority_date: Some(date),
        }],
        None => watched(settings, args)?,
    };
    let lead = Lead {
        format: args.format,
        is_about_newest: true,
    };
    let bulletins = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        bulletins(store, args.month).await
    }))?;
    for subject in &subjects {
        if let Some(bulletin) = bulletins.first() {
            note_where_counted(subject.case, bulletin);
        }
    }
    let lines: Vec<Line> = subjects
        .iter()
        .flat_map(|subject| lines(*subject, &bulletins))
        .collect();
    match args.format {
        Format::Table => print_sentences(&subjects, &bulletins)?,
        format => CHECK.print(format, lines.iter().map(Line::json).collect())?,
    }
    // A watch of a category that is not listed any longer is no error: its owner asked about all watches.
    Ok(if lines.is_empty() && args.case().is_some() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn bulletins(store: &Store, month: Option<Month>) -> anyhow::Result<Vec<Bulletin>> {
    let months = match month {
        Some(month) => vec![month],
        None => months_to_check(store, present_month(SystemClock.now())).await?,
    };
    let mut bulletins = Vec::new();
    for month in months {
        bulletins.push(stored_bulletin(store, month).await?);
    }
    Ok(bulletins)
}

/// The watches of this machine that are about a case.
fn watched(settings: &Settings, args: &CheckArgs) -> anyhow::Result<Vec<Subject>> {
    const HOW: &str = "Name a case: `bulletin check EB3 India --priority-date 2013-03-15`";
    if args.place.stage.is_some() {
        bail!("a deployment has no watches. {HOW}");
    }
    let subjects: Vec<Subject> = machine_watches(settings)?
        .into_iter()
        .filter_map(|watch| match watch.kind {
            WatchKind::Case(subscription) => Some(Subject {
                watch: Some(watch.id),
                case: subscription.case,
                priority_date: subscription.priority_date,
            }),
            WatchKind::Bulletins => None,
        })
        .collect();
    if subjects.is_empty() {
        bail!("no watches. {HOW}, or add a watch: `bulletin watch add EB3 India --priority-date 2013-03-15`");
    }
    Ok(subjects)
}

/// Prints a sentence for each case and bulletin.
fn print_sentences(subjects: &[Subject], bulletins: &[Bulletin]) -> anyhow::Result<()> {
    let mut names_filing = false;
    for subject in subjects {
        for bulletin in bulletins {
            let entry = Entry::of(bulletin, subject.case);
            if entry.cells == ByChart::default() {
                complain(
                    "warning",
                    &not_listed(subject.case, entry.month, &entry.successors),
                );
                continue;
            }
            names_filing |= entry.cells.dates_for_filing.is_some() && subject.priority_date.is_some();
            let watch = subject
                .watch
                .map(|id| format!("Watch {id}: "))
                .unwrap_or_default();
            let sentence = coloured_verdict(bulletin, subject.case, subject.priority_date);
            output::print(&output::wrapped(&format!("{watch}{sentence}")))?;
        }
    }
    if names_filing {
        output::print(&output::wrapped(&format!(
            "Dates for Filing counts for adjustment of status only in months for which USCIS accepts it: {}",
            text::USCIS_CHARTS
        )))?;
    }
    Ok(())
}

/// The position of the priority date on one chart of one bulletin.
struct Line {
    subject: Subject,
    month: Month,
    chart: Chart,
    column: Area,
    cut_off: Option<CutOff>,
    /// `None` if the cell is unreadable or there is no priority date.
    is_current: Option<bool>,
    /// The number of days by which the cut-off date must advance, 0 if it is late enough; `None` if the cut-off is not a
    /// date.
    days_to_advance: Option<i64>,
}

fn lines(subject: Subject, bulletins: &[Bulletin]) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in bulletins.iter().map(|bulletin| Entry::of(bulletin, subject.case)) {
        for chart in Chart::ALL {
            let Some(cell) = entry.cells.of(chart) else {
                continue;
            };
            let cut_off = cell.cut_off();
            let distance = |date: NaiveDate| Some(((subject.priority_date? - date).num_days() + 1).max(0));
            lines.push(Line {
                subject,
                month: entry.month,
                chart,
                column: cell.column,
                cut_off,
                is_current: cut_off.and_then(|cut_off| Some(cut_off.is_current(subject.priority_date?))),
                days_to_advance: cut_off.and_then(|cut_off| cut_off.date()).and_then(distance),
            });
        }
    }
    lines
}

impl Line {
    fn json(&self) -> serde_json::Value {
        json!({
            "watch": self.subject.watch,
            "bulletin_month": self.month,
            "chart": self.chart,
            "category": self.subject.case.category,
            "area": self.column,
            "priority_date": self.subject.priority_date,
            "cutoff": self.cut_off,
            "is_current": self.is_current,
            "days_to_advance": self.days_to_advance,
        })
    }
}
