//! `bulletin table migrate`: runs [`migrate`] and prints the outcome of each month.

use std::process::ExitCode;

use ::migrate::{Cost, Fate, Migration, OldTable, Outcome, Plan, PlannedMonth, Survey};
use anyhow::Context as _;
use aws::DynamoStore;
use pipeline::port::{Clock, PageSource};
use serde_json::{Value, json};

use super::with_client;
use crate::args::TableMigrateArgs;
use crate::clock::RunClock;
use crate::command::source::source;
use crate::field::output::MIGRATED;
use crate::output::{self, Format, complain, counted};
use crate::progress::Progress;
use crate::settings::Settings;

/// The outcome of one month, planned or done.
#[derive(Debug)]
struct Line {
    month: String,
    items: usize,
    /// The number of items whose C or U was stored as a date, and is lost.
    lost: usize,
    /// `to_move`, `already_there` or `left`; after the migration `moved`, `already_there` or `left`.
    state: &'static str,
    /// The path of its page.
    page: String,
    /// True if the source lists the page; `None` if that is unknown.
    listed: Option<bool>,
    /// The reasons why it cannot be migrated without its page.
    page_needed_because: Vec<String>,
    /// The host that served the page.
    read_from: Option<String>,
    /// The number of old items that were deleted.
    deleted: usize,
    /// The reasons why it is not migrated.
    reasons: Vec<String>,
}

/// The output of the command.
#[derive(Debug)]
struct Report {
    table: String,
    done: bool,
    months: Vec<Line>,
    /// Items that belong to no known bulletin.
    stray: Vec<String>,
    read_units: f64,
    write_units: f64,
    us_dollars: f64,
}

pub(super) fn run(settings: &Settings, args: &TableMigrateArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(None);
    let source = source(&args.pages, settings, clock)?;
    with_client(&args.place, async |client| {
        let tables = args.place.stage.tables();
        let name = args.from_table.clone().unwrap_or_else(|| tables.data.clone());
        let is_own = name == tables.data;
        let old = OldTable::new(client.clone(), name, is_own);
        let store = DynamoStore::new(client.clone(), tables);
        let bar = Progress::counting("items");
        let survey = old.survey(|items| bar.show(items, items)).await;
        drop(bar);
        let survey = survey?;
        let migration = Migration {
            old: &old,
            store: &store,
            source: &source,
            clock: &clock,
            keep_old: args.keep_old,
        };
        let plan = migration.plan(&survey).await?;
        if let Some(reason) = &plan.no_list {
            complain(
                "warning",
                &format!(
                    "cannot fetch the list of bulletins, so pages are fetched from their usual addresses: {reason}"
                ),
            );
        }
        let mut report = Report::of(old.name(), &survey, &plan);
        let mut done = Ok(());
        if args.yes {
            report.done = true;
            report.months.clear();
            done = carry_all(&migration, &survey, &plan, &mut report.months).await;
        }
        report.print(args.format)?;
        done?;
        let all_is_moved = report.stray.is_empty() && report.months.iter().all(|line| line.state != "left");
        Ok(if all_is_moved || !args.yes {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}

/// Migrates the planned months in order, up to the first that fails.
async fn carry_all(
    migration: &Migration<'_, DynamoStore, impl PageSource, impl Clock>,
    survey: &Survey,
    plan: &Plan,
    done: &mut Vec<Line>,
) -> anyhow::Result<()> {
    let bar = Progress::counting("bulletins");
    let mut result = Ok(());
    for (index, planned) in plan.months.iter().enumerate() {
        bar.show(index, plan.months.len());
        let old = &survey.months[&planned.month];
        match migration.carry(old, &planned.page.path).await {
            Ok(outcome) => done.push(Line::done(planned, outcome)),
            Err(error) => {
                result = Err(error).with_context(|| {
                    format!(
                        "the bulletin of {} is not migrated. To resume, run the same command again",
                        planned.month.title()
                    )
                });
                break;
            }
        }
    }
    drop(bar);
    result
}

impl Line {
    fn planned(planned: &PlannedMonth) -> Self {
        let (state, reasons) = match &planned.fate {
            Fate::Move => ("to_move", Vec::new()),
            Fate::AlreadyThere => ("already_there", Vec::new()),
            Fate::Left { reasons } => ("left", reasons.clone()),
        };
        Self {
            month: planned.month.to_string(),
            items: planned.items,
            lost: planned.lost,
            state,
            page: planned.page.path.clone(),
            listed: planned.page.listed,
            page_needed_because: planned.page.needed_because.clone(),
            read_from: None,
            deleted: 0,
            reasons,
        }
    }

    fn done(planned: &PlannedMonth, outcome: Outcome) -> Self {
        let line = Self::planned(planned);
        match outcome {
            Outcome::Moved {
                was_there,
                page,
                deleted,
            } => Self {
                state: if was_there { "already_there" } else { "moved" },
                read_from: page,
                deleted,
                reasons: Vec::new(),
                ..line
            },
            Outcome::Left { reasons } => Self {
                state: "left",
                reasons,
                ..line
            },
        }
    }

    fn record(&self) -> Value {
        let reasons = self.page_needed_because.iter().chain(&self.reasons);
        json!({
            "bulletin_month": self.month,
            "items": self.items,
            "lost_values": self.lost,
            "outcome": self.state,
            "path": self.page,
            "is_listed": self.listed,
            "host": self.read_from,
            "deleted_items": self.deleted,
            "reasons": reasons.collect::<Vec<_>>(),
        })
    }

    /// The state in words.
    fn words(&self) -> String {
        match self.state {
            "to_move" => "would be migrated".into(),
            "moved" => match &self.read_from {
                Some(host) => format!("migrated, with the page from {host}"),
                None => "migrated from its items".into(),
            },
            "already_there" => "already migrated".into(),
            _ => "skipped".into(),
        }
    }

    /// The file name of its page, marked if the source does not list it.
    fn page_words(&self) -> String {
        let file = self.page.rsplit('/').next().unwrap_or_default();
        match (self.state, self.listed) {
            ("already_there", _) => String::new(),
            (_, Some(false)) => format!("{file} (not listed)"),
            _ => file.to_owned(),
        }
    }
}

impl Report {
    fn of(table: &str, survey: &Survey, plan: &Plan) -> Self {
        let Cost {
            read_units,
            write_units,
        } = plan.cost;
        Self {
            table: table.to_owned(),
            done: false,
            months: plan.months.iter().map(Line::planned).collect(),
            stray: survey.stray.iter().map(ToString::to_string).collect(),
            read_units,
            write_units,
            us_dollars: plan.cost.dollars(),
        }
    }

    fn print(&self, format: Format) -> anyhow::Result<()> {
        match format {
            Format::Table => self.print_table()?,
            format => {
                MIGRATED.print(format, self.months.iter().map(Line::record).collect())?;
                if !self.months.is_empty() {
                    complain("note", &self.sum());
                }
            }
        }
        for line in &self.months {
            for reason in &line.reasons {
                complain("warning", &format!("{} is not migrated: {reason}", line.month));
            }
        }
        for item in &self.stray {
            complain(
                "warning",
                &format!("in the table {}, {item}. It is skipped", self.table),
            );
        }
        Ok(())
    }

    fn print_table(&self) -> anyhow::Result<()> {
        if self.months.is_empty() {
            return output::print(&format!(
                "The table {} contains no items of an older layout.",
                self.table
            ));
        }
        let mut table = output::table(&["month", "old items", "value lost", "outcome", "page"]);
        for line in &self.months {
            table.add_row([
                line.month.clone(),
                line.items.to_string(),
                line.lost.to_string(),
                line.words(),
                line.page_words(),
            ]);
        }
        output::print_table(table)?;
        output::print(&output::wrapped(&self.sum()))
    }

    /// A summary in a sentence or two.
    fn sum(&self) -> String {
        let count = |state: &str| self.months.iter().filter(|line| line.state == state).count();
        let items: usize = self.months.iter().map(|line| line.items).sum();
        let all = format!(
            "{} in {}",
            counted(items, "old item"),
            counted(self.months.len(), "bulletin")
        );
        let left = count("left");
        if self.done {
            let deleted: usize = self.months.iter().map(|line| line.deleted).sum();
            return format!(
                "{all}: {} migrated, {} already migrated, {left} skipped; {} deleted.",
                count("moved"),
                count("already_there"),
                counted(deleted, "old item")
            );
        }
        format!(
            "{all}: {} would be migrated, {} already migrated, {left} would be skipped. This consumes about {:.0} read and \
             {:.0} write units: {:.2} US dollars on demand in us-east-1. Nothing was done; pass --yes to migrate.",
            count("to_move"),
            count("already_there"),
            self.read_units,
            self.write_units,
            self.us_dollars
        )
    }
}
