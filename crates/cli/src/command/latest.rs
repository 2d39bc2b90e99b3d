//! `bulletin latest`: a summary of the newest stored bulletin.

use std::process::ExitCode;

use anyhow::bail;
use operations::Store;
use pipeline::port::BulletinStore as _;
use pipeline::{BulletinRecord, OFFICIAL_SITE, SHIPPED};
use serde_json::{Value, json};

use crate::args::LatestArgs;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::command::{NOTHING_STORED, block_on};
use crate::field::output::{LATEST, instant};
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
                .map(|[name, value]| output::hanging(&format!("{:<18}", format!("{name}:")), &value));
            output::print(&lines.collect::<Vec<_>>().join("\n"))?;
        }
        format => LATEST.print(format, vec![record_of(&record)])?,
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

fn record_of(record: &BulletinRecord) -> Value {
    // A shipped bulletin was not fetched.
    let is_fetched = record.host != SHIPPED;
    let time = |at| is_fetched.then(|| instant(at));
    let pending = record.pending.as_ref();
    json!({
        "bulletin_month": record.month,
        "official_page": page(record),
        "host": record.host,
        "first_seen_at": time(record.first_seen),
        "fetched_at": time(record.fetched_at),
        "cells": record.cells,
        "corrections": record.revision,
        "findings": record.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "pending_host": pending.map(|pending| &pending.host),
        "pending_at": pending.map(|pending| instant(pending.at)),
    })
}

/// The lines of the text, as names and values.
fn fields(record: &BulletinRecord) -> Vec<[String; 2]> {
    let mut fields = vec![
        ("bulletin", record.month.to_string()),
        ("page", page(record)),
        ("from", record.host.clone()),
        ("cells", record.cells.to_string()),
        ("corrections", record.revision.to_string()),
    ];
    // A shipped bulletin was not fetched.
    if record.host != SHIPPED {
        fields.insert(2, ("first seen", output::minute(record.first_seen)));
        fields.insert(3, ("last fetched", output::minute(record.fetched_at)));
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
            output::minute(pending.at)
        );
        ("pending", seen)
    }));
    fields
        .into_iter()
        .map(|(name, value)| [name.to_owned(), value])
        .collect()
}
