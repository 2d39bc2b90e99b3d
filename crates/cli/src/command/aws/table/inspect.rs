//! The `table` commands that only read: `describe`, `list`, `scan` and `count`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use operations::dynamo_client;
use operations::table::{Description, Wanted, as_json, count, describe, list, scan};
use serde_json::{Value, json};

use super::{kind, metered, open, with_client};
use crate::args::table::{TableCountArgs, TableDescribeArgs, TableListArgs, TableScanArgs};
use crate::command::block_on;
use crate::field::output::{COUNTED, DESCRIBED, LISTED};
use crate::output::{self, Format, complain, counted};
use crate::progress::Progress;

pub(super) fn describe_table(args: &TableDescribeArgs) -> anyhow::Result<ExitCode> {
    let name = kind(args.table).name(&args.place.stage);
    let description = with_client(&args.place, async |client| Ok(describe(client, &name).await?))?;
    match args.format {
        Format::Table => {
            let lines = fields(&description)
                .into_iter()
                .map(|[name, value]| format!("{:<24}{value}", format!("{name}:")));
            output::print(&lines.collect::<Vec<_>>().join("\n"))?;
        }
        format => DESCRIBED.print(format, vec![serde_json::to_value(&description)?])?,
    }
    Ok(ExitCode::SUCCESS)
}

fn fields(table: &Description) -> Vec<[String; 2]> {
    let on = |is_on: bool| if is_on { "on" } else { "off" }.to_owned();
    let none = || "none".to_owned();
    let mut fields = vec![
        ("table", table.table.clone()),
        ("status", table.status.clone()),
        ("keys", table.keys.clone()),
    ];
    fields.extend(table.indexes.iter().map(|index| ("index", index.clone())));
    fields.extend([
        ("stream", table.stream.clone().unwrap_or_else(none)),
        ("stream arn", table.stream_arn.clone().unwrap_or_else(none)),
        ("billing", table.billing.clone()),
        (
            "items",
            format!("{} (updated about every six hours)", table.items),
        ),
        ("bytes", table.bytes.to_string()),
        ("deletion protection", on(table.deletion_protection)),
        (
            "point-in-time recovery",
            table
                .point_in_time_recovery
                .map_or_else(|| "not supported by this service".into(), on),
        ),
        ("time to live", table.time_to_live.clone().unwrap_or_else(none)),
    ]);
    fields
        .into_iter()
        .map(|(name, value)| [name.to_owned(), value])
        .collect()
}

pub(super) fn list_tables(args: &TableListArgs) -> anyhow::Result<ExitCode> {
    let tables = block_on(async {
        let config = open(&args.connection).await?;
        metered(&args.capacity, async |meter| {
            Ok(list(&dynamo_client(&config, meter)).await?)
        })
        .await
    })?;
    let rows = tables.iter().map(|listed| {
        [
            listed.table.clone(),
            listed.stage.clone().unwrap_or_default(),
            listed.kind.unwrap_or_default().to_owned(),
        ]
    });
    match args.format {
        Format::Table if tables.is_empty() => output::print("No tables.")?,
        Format::Table => {
            let mut table = output::table(&["table", "stage", "kind"]);
            for row in rows {
                table.add_row(row);
            }
            output::print_table(table)?;
        }
        format => LISTED.print(
            format,
            tables
                .iter()
                .map(|listed| json!({ "table": listed.table, "stage": listed.stage, "table_kind": listed.kind }))
                .collect(),
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn scan_table(args: &TableScanArgs) -> anyhow::Result<ExitCode> {
    let name = kind(args.table).name(&args.place.stage);
    let wanted = Wanted {
        limit: args.limit.and_then(|limit| usize::try_from(limit).ok()),
        attributes: args.attributes.clone(),
        filters: args.filters.clone(),
    };
    let (mut items, mut printed, mut broken) = (Vec::new(), 0, None);
    let read = with_client(&args.place, async |client| {
        let read = scan(client, &name, &wanted, |item| {
            let item = as_json(&item);
            printed += 1;
            if args.format == Format::Json {
                broken = output::print(&item.to_string()).err();
                return broken.is_none();
            }
            items.push(item);
            true
        });
        Ok(read.await?)
    })?;
    if let Some(error) = broken {
        return Err(error);
    }
    let names = names(&items, &args.attributes);
    let headings: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = items.iter().map(|item| -> Vec<String> {
        let cells = names
            .iter()
            .map(|name| item.get(name).map(cell).unwrap_or_default());
        cells.collect()
    });
    match args.format {
        Format::Json => {}
        Format::Csv => output::print_csv(&headings, rows)?,
        Format::Table if items.is_empty() => output::print("No matching items.")?,
        Format::Table => {
            let mut table = output::table(&headings);
            for row in rows {
                table.add_row(row);
            }
            output::print_table(table)?;
        }
    }
    if !args.filters.is_empty() {
        complain(
            "note",
            &format!(
                "{} read, {printed} matched: DynamoDB charges for all items read",
                counted(read, "item")
            ),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The columns: the chosen attributes, or all attributes of the items, keys first.
fn names(items: &[Value], asked: &[String]) -> Vec<String> {
    if !asked.is_empty() {
        return asked.to_vec();
    }
    let found: BTreeSet<&String> = items
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|item| item.keys())
        .collect();
    let is_key = |name: &&String| ["pk", "sk"].contains(&name.as_str());
    let keys = found.iter().copied().filter(is_key);
    keys.chain(found.iter().copied().filter(|name| !is_key(name)))
        .cloned()
        .collect()
}

/// A value as a cell: text with control characters escaped, everything else as JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().any(char::is_control) => text.escape_debug().to_string(),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

pub(super) fn count_items(args: &TableCountArgs) -> anyhow::Result<ExitCode> {
    let kind = kind(args.table);
    let name = kind.name(&args.place.stage);
    let count = with_client(&args.place, async |client| {
        let bar = Progress::counting("items");
        Ok(count(client, &name, kind, |counted| bar.show(counted, counted)).await?)
    });
    let count = count?;
    let total: usize = count.values().sum();
    let rows = || {
        count
            .iter()
            .map(|(kind, number)| (*kind, *number))
            .chain([("total", total)])
    };
    match args.format {
        Format::Table => {
            let mut table = output::table(&["kind", "items"]);
            for (kind, number) in rows() {
                table.add_row([kind.to_owned(), number.to_string()]);
            }
            output::print_table(table)?;
        }
        format => COUNTED.print(
            format,
            rows()
                .map(|(kind, number)| json!({ "item_kind": kind, "items": number }))
                .collect(),
        )?,
    }
    Ok(ExitCode::SUCCESS)
}
