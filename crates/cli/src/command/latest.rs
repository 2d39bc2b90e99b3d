//! `bulletin latest`: a summary of the newest stored bulletin.

use std::process::ExitCode;

use anyhow::bail;
use operations::Store;
use pipeline::port::BulletinStore as _;
use pipeline::{BulletinRecord, OFFICIAL_SITE};
use serde_json::json;

use crate::args::LatestArgs;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::command::{NOTHING_STORED, block_on};
use crate::output::{self, Format};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &LatestArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: true,
    };
    let record = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        latest(store).await
    }))?;
    match args.format {
        Format::Table => {
            let lines = fields(&record)
                .into_iter()
                .map(|[name, value]| format!("{:<18}{value}", format!("{name}:")));
            output::print(&lines.collect::<Vec<_>>().join("\n"))?;
        }
        Format::Csv => output::print_csv(["field", "value"], fields(&record))?,
        Format::Json => output::print_json(&json!({
            "month": record.month,
            "page": page(&record),
            "host": record.host,
            "fetched_at": record.fetched_at,
            "first_seen": record.first_seen,
            "corrections": record.revision,
            "cells": record.cells,
            "findings": record.findings,
            "pending": record.pending,
        }))?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn latest(store: &Store) -> anyhow::Result<BulletinRecord> {
    let newest = store.months().await?.pop();
    let record = match newest {
        Some(month) => store.record(month).await?,
        None => None,
    };
    match record {
        Some(record) => Ok(record),
        None => bail!(NOTHING_STORED),
    }
}

fn page(record: &BulletinRecord) -> String {
    format!("{OFFICIAL_SITE}{}", record.path)
}

fn fields(record: &BulletinRecord) -> Vec<[String; 2]> {
    let at = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let mut fields = vec![
        ("bulletin", record.month.to_string()),
        ("page", page(record)),
        ("from", record.host.clone()),
        ("cells", record.cells.to_string()),
        ("corrections", record.revision.to_string()),
    ];
    // A shipped bulletin was not fetched.
    if record.host != shipped_history::HOST {
        fields.insert(2, ("first seen", at(record.first_seen)));
        fields.insert(3, ("last fetched", at(record.fetched_at)));
    }
    fields.extend(
        record
            .findings
            .iter()
            .map(|finding| ("finding", finding.to_string())),
    );
    fields.extend(record.pending.iter().map(|pending| {
        let seen = format!(
            "{} served a different version at {}; waiting for a second fetch to confirm it",
            pending.host,
            at(pending.at)
        );
        ("pending", seen)
    }));
    fields
        .into_iter()
        .map(|(name, value)| [name.to_owned(), value])
        .collect()
}
