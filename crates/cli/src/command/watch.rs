//! `bulletin watch`: adds, lists and removes the watches of this machine.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bulletin::{Area, ByChart, Case, Chart, Entry, Preference, Subscription, UnknownSpelling, When, text};
use chrono::Utc;
use pipeline::port::{Clock as _, SystemClock};
use pipeline::present_month;
use serde_json::{Value, json};
use sqlite::{SqliteStore, Watch, WatchChannel, WatchKind, drop_unwanted};

use crate::args::{WantedArgs, WatchAddArgs, WatchCommand};
use crate::command::shipped::{Lead, stored_or_shipped};
use crate::command::verdict::{coloured_verdict, is_current_on, months_to_check};
use crate::command::{
    NOTHING_STORED, block_on, not_listed, note_where_counted, open_existing, open_existing_to_write,
    open_or_create, stored_bulletin,
};
use crate::field::output::WATCHES;
use crate::output::{self, Format, complain};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, command: &WatchCommand) -> anyhow::Result<ExitCode> {
    match command {
        WatchCommand::Add(args) => add(settings, args),
        WatchCommand::List { format } => list(&open_existing(settings)?, *format),
        WatchCommand::Remove { id } => remove(&open_existing_to_write(settings)?, *id),
    }
}

fn add(settings: &Settings, args: &WatchAddArgs) -> anyhow::Result<ExitCode> {
    // Invalid options are refused before a database is created.
    let kind = match args.wanted.case() {
        Some(case) => WatchKind::Case(subscription(case, &args.wanted)?),
        None => WatchKind::Bulletins,
    };
    let channel = match (&args.email, &args.exec) {
        (Some(address), _) => WatchChannel::Email(address.clone()),
        (None, Some(command)) => WatchChannel::Command(command.clone()),
        (None, None) => WatchChannel::Terminal,
    };
    let store = open_or_create(settings)?;
    let before = store.watches()?;
    let id = store.add_watch(kind, &channel)?;
    let watch = Watch { id, kind, channel };
    let sentence = format!("Watch {id}: {}.", describe(&watch));
    if before.iter().any(|known| known.id == id) {
        output::print(&output::wrapped(&format!("{sentence} It already exists.")))?;
    } else {
        output::print(&output::wrapped(&sentence))?;
        for other in before.iter().filter(|other| overlaps(other, &watch)) {
            complain(
                "note",
                &format!(
                    "watch {0} covers the same case, and both send alerts: {1}. `bulletin watch remove {0}` removes it",
                    other.id,
                    describe(other),
                ),
            );
        }
    }
    if let WatchKind::Case(subscription) = kind {
        print_position(store, &subscription)?;
    }
    if let (WatchChannel::Email(_), Err(error)) = (&watch.channel, settings.mailer()) {
        complain(
            "warning",
            &format!(
                "e-mail cannot be sent from here: {error}. `bulletin watch add --help` lists the settings that \
                 `bulletin run` needs"
            ),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The subscription to this case that the options describe.
pub(crate) fn subscription(case: Case, args: &WantedArgs) -> anyhow::Result<Subscription> {
    let when = args.when.unwrap_or(When::Moves);
    if when.needs_priority_date() && args.priority_date.is_none() {
        return Err(UnknownSpelling::new("watch", "", ["--priority-date DATE".into()])
            .because(format!("--when {when} needs a priority date."))
            .into());
    }
    refuse_impossible(case)?;
    Ok(Subscription {
        case,
        priority_date: args.priority_date,
        when,
        chart: args.chart,
    })
}

/// Refuses a category and an area that never had a chart together.
pub(crate) fn refuse_impossible(case: Case) -> Result<(), UnknownSpelling> {
    if case.area == Area::EL_SALVADOR_GUATEMALA_HONDURAS && case.category.preference() == Preference::Family {
        return Err(UnknownSpelling::new(
            "case",
            "",
            ["EL_SALVADOR".into(), "GUATEMALA".into(), "HONDURAS".into()],
        )
        .because(
            "Only the employment charts ever had a joint column for El Salvador, Guatemala and Honduras.",
        ));
    }
    Ok(())
}

/// True if both watches send alerts about the same case through the same channel.
fn overlaps(one: &Watch, other: &Watch) -> bool {
    same_case(one.kind, other.kind) && one.channel == other.channel
}

fn same_case(one: WatchKind, other: WatchKind) -> bool {
    match (one, other) {
        (WatchKind::Case(one), WatchKind::Case(other)) => {
            one.case == other.case && one.priority_date == other.priority_date
        }
        _ => false,
    }
}

/// Prints the verdict on the case in the newest known bulletin, with a warning if the watch cannot fire.
fn print_position(store: SqliteStore, subscription: &Subscription) -> anyhow::Result<()> {
    let Subscription {
        case, priority_date, ..
    } = *subscription;
    let lead = Lead {
        format: Format::Table,
        is_about_newest: true,
    };
    let bulletin = block_on(async {
        let store = stored_or_shipped(Some(store), lead).await?;
        let months = months_to_check(&store, present_month(SystemClock.now())).await?;
        stored_bulletin(&store, *months.last().context(NOTHING_STORED)?).await
    })?;
    note_where_counted(case, &bulletin);
    let entry = Entry::of(&bulletin, case);
    if entry.cells == ByChart::default() {
        complain("warning", &not_listed(case, entry.month, &entry.successors));
    } else {
        output::print(&output::wrapped(&coloured_verdict(
            &bulletin,
            case,
            priority_date,
        )))?;
    }
    if let (When::Passes, Some(date)) = (subscription.when, priority_date)
        && is_current_on(&bulletin, case, date, subscription.charts())
    {
        complain(
            "warning",
            "--when passes reports a date that becomes current, and this one is current already: no alert will come \
             unless it stops being current first. --when current reports both",
        );
    }
    Ok(())
}

fn describe(watch: &Watch) -> String {
    format!("{}, {}", filter_in_words(watch.kind), watch.channel)
}

pub(crate) fn filter_in_words(kind: WatchKind) -> String {
    match kind {
        WatchKind::Bulletins => "a summary of every bulletin".into(),
        WatchKind::Case(Subscription {
            case,
            priority_date,
            when,
            chart,
        }) => {
            let date = priority_date
                .map(|date| format!(", priority date {}", text::day(date)))
                .unwrap_or_default();
            let chart = chart
                .map(|chart| format!(", {} only", chart.name()))
                .unwrap_or_default();
            format!("{}{date}{chart}, {}", text::case_name(case), when.words())
        }
    }
}

fn list(store: &SqliteStore, format: Format) -> anyhow::Result<ExitCode> {
    let watches = store.watches()?;
    match format {
        Format::Table if watches.is_empty() => {
            output::print("No watches. `bulletin watch add EB3 India` adds one.")?;
        }
        Format::Table => {
            // A terminal has no room for all columns, so some are merged.
            let mut table = output::table(&["id", "category", "country", "priority date", "when", "channel"]);
            for watch in &watches {
                table.add_row(cells(watch));
            }
            output::print_table(table)?;
        }
        format => WATCHES.print(format, watches.iter().map(record).collect())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn cells(watch: &Watch) -> [String; 6] {
    let (code, target) = (watch.channel.code(), watch.channel.shown_target());
    let channel = if target.is_empty() {
        code.into()
    } else {
        format!("{code}: {target}")
    };
    let id = watch.id.to_string();
    let Some(subscription) = watch.kind.subscription() else {
        return [
            id,
            String::new(),
            String::new(),
            String::new(),
            "bulletins".into(),
            channel,
        ];
    };
    let date = subscription.priority_date.map(|date| date.to_string());
    let chart = subscription.chart.map(|chart| match chart {
        Chart::FinalAction => " final",
        Chart::DatesForFiling => " filing",
    });
    [
        id,
        output::spaced(subscription.case.category.code()),
        output::spaced(subscription.case.area.code()),
        date.unwrap_or_default(),
        format!("{}{}", subscription.when, chart.unwrap_or_default()),
        channel,
    ]
}

fn record(watch: &Watch) -> Value {
    let target = watch.channel.shown_target();
    let mut record = subscription_record(watch.kind.subscription());
    record["watch"] = json!(watch.id);
    record["channel"] = json!(watch.channel.code());
    record["target"] = json!((!target.is_empty()).then_some(target));
    record
}

/// The fields of a subscription; of a summary of every bulletin if it is `None`.
pub(crate) fn subscription_record(subscription: Option<&Subscription>) -> Value {
    json!({
        "category": subscription.map(|one| one.case.category),
        "country": subscription.map(|one| one.case.area),
        "priority_date": subscription.and_then(|one| one.priority_date),
        "when": subscription.map_or_else(|| "bulletins".to_owned(), |one| one.when.to_string()),
        "chart": subscription.and_then(|one| one.chart),
    })
}

fn remove(store: &SqliteStore, id: i64) -> anyhow::Result<ExitCode> {
    if store.remove_watch(id)? {
        // Alerts that failed only for this watch no longer count as undelivered.
        block_on(async { Ok(drop_unwanted(store, Utc::now()).await?) })?;
        output::print(&format!("Watch {id} removed."))?;
        return Ok(ExitCode::SUCCESS);
    }
    let known: Vec<String> = store
        .watches()?
        .iter()
        .map(|watch| watch.id.to_string())
        .collect();
    if known.is_empty() {
        bail!("watch {id} does not exist; there are no watches");
    }
    bail!("watch {id} does not exist; there are {}", known.join(", "));
}
