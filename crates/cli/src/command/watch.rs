use std::process::ExitCode;

use anyhow::bail;
use bulletin::{Case, Chart, Entry, Subscription, UnknownSpelling, When, text};
use local::{SqliteStore, Watch, WatchKind};
use pipeline::port::BulletinStore;
use serde_json::json;

use crate::args::{StoreArgs, WatchAddArgs, WatchCommand};
use crate::command::{
    block_on, not_listed, open_existing, open_or_make, stored_bulletin, tell_where_counted,
};
use crate::output::{self, Format, complain};

pub(crate) fn run(store: &StoreArgs, command: &WatchCommand) -> anyhow::Result<ExitCode> {
    match command {
        WatchCommand::Add(args) => add(&open_or_make(store)?, args),
        WatchCommand::List { format } => list(&open_existing(store)?, *format),
        WatchCommand::Remove { id } => remove(&open_existing(store)?, *id),
    }
}

fn add(store: &SqliteStore, args: &WatchAddArgs) -> anyhow::Result<ExitCode> {
    let kind = match (args.category, args.area) {
        (Some(category), Some(area)) => {
            let when = args.when.unwrap_or(When::Moves);
            if when.needs_priority_date() && args.priority_date.is_none() {
                return Err(
                    UnknownSpelling::new("watch", "", ["--priority-date DATE beside it".into()])
                        .because(format!("--when {when} needs a priority date."))
                        .into(),
                );
            }
            let case = Case { category, area };
            tell_how_it_stands(store, case)?;
            WatchKind::Case(Subscription {
                case,
                priority_date: args.priority_date,
                when,
                chart: None,
            })
        }
        _ => WatchKind::Bulletins,
    };
    let before = store.watches()?;
    let id = store.add_watch(kind)?;
    let sentence = format!("Watch {id}: {}.", describe(&Watch { id, kind }));
    if before.iter().any(|watch| watch.id == id) {
        return output::print(&output::wrapped(&format!("{sentence} It was there already.")))
            .map(|()| ExitCode::SUCCESS);
    }
    output::print(&output::wrapped(&sentence))?;
    for other in before.iter().filter(|other| same_case(other.kind, kind)) {
        complain(
            "note",
            &format!(
                "watch {} is of the same case, and both are told: {}. `bulletin watch remove {}` ends it",
                other.id,
                describe(other),
                other.id
            ),
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn same_case(one: WatchKind, other: WatchKind) -> bool {
    match (one, other) {
        (WatchKind::Case(one), WatchKind::Case(other)) => {
            one.case == other.case && one.priority_date == other.priority_date
        }
        _ => false,
    }
}

/// Tells where the country is counted, and whether the category is listed at all, as far as a bulletin is stored.
fn tell_how_it_stands(store: &SqliteStore, case: Case) -> anyhow::Result<()> {
    let Some(newest) = block_on(async { Ok(store.months().await?) })?.last().copied() else {
        return Ok(());
    };
    let bulletin = block_on(stored_bulletin(store, newest))?;
    tell_where_counted(case, &bulletin);
    let entry = Entry::of(&bulletin, case);
    if Chart::ALL
        .into_iter()
        .all(|chart| entry.cells.of(chart).is_none())
    {
        complain("warning", &not_listed(case, newest, &entry.successors));
    }
    Ok(())
}

fn describe(watch: &Watch) -> String {
    match watch.kind {
        WatchKind::Bulletins => "a summary of every bulletin".into(),
        WatchKind::Case(Subscription {
            case,
            priority_date,
            when,
            ..
        }) => {
            let date = priority_date
                .map(|date| format!(", priority date {}", text::day(date)))
                .unwrap_or_default();
            let when = when.words();
            format!("{}{date}, {when}", text::case_name(case))
        }
    }
}

fn list(store: &SqliteStore, format: Format) -> anyhow::Result<ExitCode> {
    let watches = store.watches()?;
    let fields = |watch: &Watch| match watch.kind {
        WatchKind::Bulletins => [
            watch.id.to_string(),
            String::new(),
            String::new(),
            String::new(),
            "bulletins".into(),
        ],
        WatchKind::Case(Subscription {
            case,
            priority_date,
            when,
            ..
        }) => [
            watch.id.to_string(),
            case.category.code().into(),
            case.area.code().into(),
            priority_date.map(|date| date.to_string()).unwrap_or_default(),
            when.to_string(),
        ],
    };
    let headings = ["id", "category", "country", "priority_date", "when"];
    let titles = headings.map(output::spaced);
    match format {
        Format::Table if watches.is_empty() => {
            output::print("Nothing is watched. `bulletin watch add EB3 India` watches a case.")?;
        }
        Format::Table => {
            let mut table = output::table(&titles.each_ref().map(String::as_str));
            for watch in &watches {
                table.add_row(fields(watch).map(|field| output::spaced(&field)));
            }
            output::print(&output::fitted(table))?;
        }
        Format::Csv => output::print_csv(headings, watches.iter().map(fields))?,
        Format::Json => output::print_json(
            &watches
                .iter()
                .map(|watch| match watch.kind {
                    WatchKind::Bulletins => json!({ "id": watch.id, "bulletins": true }),
                    WatchKind::Case(subscription) => json!({ "id": watch.id, "subscription": subscription }),
                })
                .collect::<Vec<_>>(),
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

fn remove(store: &SqliteStore, id: i64) -> anyhow::Result<ExitCode> {
    if store.remove_watch(id)? {
        output::print(&format!("Watch {id} is removed."))?;
        return Ok(ExitCode::SUCCESS);
    }
    let known: Vec<String> = store
        .watches()?
        .iter()
        .map(|watch| watch.id.to_string())
        .collect();
    if known.is_empty() {
        bail!("there is no watch {id}; nothing is watched");
    }
    bail!("there is no watch {id}. There are {}", known.join(", "));
}
