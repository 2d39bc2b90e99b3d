//! The fields of each command, and their printing as CSV and JSON. Excludes text for people, which each command prints
//! itself. Start with [`Output`].

use chrono::{DateTime, SecondsFormat, Utc};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;

use super::*;
use crate::output::{Format, print, print_csv, print_table, table};

/// The records that a command prints.
#[derive(Debug)]
pub(crate) struct Output {
    /// The command, without `bulletin`.
    pub(crate) command: &'static str,
    pub(crate) fields: &'static [Field],
    /// True if it prints one record and not a list.
    pub(crate) is_single: bool,
}

/// Defines a constant for each command, and the list of all.
macro_rules! outputs {
    ($($constant:ident $command:literal $count:ident [$($field:expr),* $(,)?];)*) => {
        $(
            pub(crate) const $constant: Output = Output {
                command: $command,
                fields: &[$($field),*],
                is_single: outputs!(@$count),
            };
        )*

        /// Every output, in the order of the documentation.
        pub(crate) const ALL: &[Output] = &[$($constant),*];
    };
    (@one) => { true };
    (@many) => { false };
}

outputs! {
    PARSE "parse" many [
        BULLETIN_MONTH, CHART, PREFERENCE, CATEGORY, AREA, VALUE.or_none(), RAW_CATEGORY, RAW_AREA, RAW_VALUE,
    ];
    SHOW "show" many [BULLETIN_MONTH, CHART, PREFERENCE, CATEGORY, AREA, CUTOFF.or_none(), RAW_VALUE];
    DIFF "diff" many [
        FROM_MONTH, TO_MONTH, CHART, CATEGORY, AREA, FROM_CUTOFF.or_none(), TO_CUTOFF.or_none(), MOVEMENT,
        DAYS.or_none(),
    ];
    HISTORY "history" many [
        BULLETIN_MONTH, CHART, CATEGORY, AREA, CUTOFF.or_none(), RAW_VALUE, MOVEMENT, DAYS.or_none(),
        REPLACED_RAW_VALUES,
    ];
    STANDINGS "standings" many [
        BULLETIN_MONTH, CHART, CATEGORY, COUNTRY, AREA, CUTOFF.or_none(), RAW_VALUE.or_none(),
        MISSING_PART.or_none(), CORRECTIONS,
    ];
    LATEST "latest" one [
        BULLETIN_MONTH, OFFICIAL_PAGE, HOST, FIRST_SEEN_AT.or_none(), FETCHED_AT.or_none(), CELLS, CORRECTIONS,
        FINDINGS, PENDING_HOST.or_none(), PENDING_AT.or_none(),
    ];
    CORRECTED "corrections" many [
        BULLETIN_MONTH, CHART, CATEGORY, AREA, REPLACED_CUTOFF.or_none(), REPLACED_RAW_VALUE, REPLACED_AT, HOST,
        RAW_VALUE.or_none(),
    ];
    CHECK "check" many [
        WATCH.or_none(), BULLETIN_MONTH, CHART, CATEGORY, AREA, PRIORITY_DATE.or_none(), CUTOFF.or_none(),
        IS_CURRENT.or_none(), DAYS_TO_ADVANCE.or_none(),
    ];
    WATCHES "watch list" many [
        WATCH, CATEGORY.or_none(), COUNTRY.or_none(), PRIORITY_DATE.or_none(), WHEN, CHART.or_none(), CHANNEL,
        TARGET.or_none(),
    ];
    SUBSCRIPTIONS "subscriptions" many [
        TOPIC, PROTOCOL, ENDPOINT, STATE, CATEGORY.or_none(), COUNTRY.or_none(), PRIORITY_DATE.or_none(),
        WHEN.or_none(), CHART.or_none(), FILTER,
    ];
    STATUS_OF_MACHINE "status" one [
        BULLETINS, OLDEST_MONTH.or_none(), NEWEST_MONTH.or_none(), MONTH_IN_FORCE, IN_FORCE_IS_STORED,
        LAST_GOOD_POLL_AT.or_none(), LAST_FAILED_POLL_AT.or_none(), LAST_FAILURE.or_none(), PAGES_WAITING,
        CHANGES_WAITING, PROBLEMS, REMARKS, NEXT_STEPS,
    ];
    CONFIG "config show" many [SETTING, SETTING_VALUE.or_none(), ORIGIN];
    DOCTOR "doctor" many [PART, VERDICT, DESCRIPTION, REMEDY.or_none(), COMMANDS];
    DEAD_LETTERS "replay --dead-letters" many [
        QUEUE, ABOUT, LINK_STATE.or_none(), SENT_AT.or_none(), RECEIVES.or_none(), REASON.or_none(),
        MESSAGE.or_none(),
    ];
    PAGES_AGAIN "replay --months" many [BULLETIN_MONTH, IS_STORED, PATH_IS_KNOWN, PATH];
    ALERTS_UNSENT "replay --alerts" many [BULLETIN_MONTH, HEADLINE, MARK];
    DESCRIBED "table describe" one [
        TABLE, STATUS, KEYS, INDEXES, STREAM.or_none(), STREAM_ARN.or_none(), BILLING, ITEMS, BYTES,
        DELETION_PROTECTION, POINT_IN_TIME_RECOVERY.or_none(), TIME_TO_LIVE.or_none(),
    ];
    LISTED "table list" many [TABLE, STAGE.or_none(), TABLE_KIND.or_none()];
    COUNTED "table count" many [ITEM_KIND, ITEMS];
    MIGRATED "table migrate" many [
        BULLETIN_MONTH, ITEMS, LOST_VALUES, OUTCOME, PATH, IS_LISTED.or_none(), HOST.or_none(), DELETED_ITEMS,
        REASONS,
    ];
}

impl Output {
    /// Prints records, which are JSON objects with these fields. [`Format::Table`] prints nothing.
    pub(crate) fn print(&self, format: Format, records: Vec<Value>) -> anyhow::Result<()> {
        debug_assert!(
            records.iter().all(|record| self.has_its_fields(record)),
            "{records:?}"
        );
        match format {
            Format::Table => Ok(()),
            Format::Csv => self.print_csv(&records),
            Format::Json => {
                let records: Vec<Record<'_>> = records
                    .iter()
                    .map(|record| Record {
                        fields: self.fields,
                        record,
                    })
                    .collect();
                print(&match records.as_slice() {
                    [record] if self.is_single => serde_json::to_string_pretty(record)?,
                    records => serde_json::to_string_pretty(records)?,
                })
            }
        }
    }

    fn print_csv(&self, records: &[Value]) -> anyhow::Result<()> {
        let headings: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
        let rows = records
            .iter()
            .map(|record| self.fields.iter().map(|field| cell(&record[field.name])));
        print_csv(&headings, rows)
    }

    fn has_its_fields(&self, record: &Value) -> bool {
        record.as_object().is_some_and(|record| {
            record.len() == self.fields.len()
                && self.fields.iter().all(|field| record.contains_key(field.name))
        })
    }
}

/// Prints records, as text in these columns: headings and names of fields.
pub(crate) fn print_list(
    output: &Output,
    columns: &[(&str, &str)],
    records: Vec<Value>,
    format: Format,
) -> anyhow::Result<()> {
    if format != Format::Table {
        return output.print(format, records);
    }
    if records.is_empty() {
        return Ok(());
    }
    let headings: Vec<&str> = columns.iter().map(|(heading, _)| *heading).collect();
    let mut table = table(&headings);
    for record in &records {
        table.add_row(columns.iter().map(|(_, name)| match &record[name] {
            Value::Null => "-".into(),
            Value::Bool(true) => "yes".into(),
            Value::Bool(false) => "no".into(),
            value => cell(value),
        }));
    }
    print_table(table)
}

/// A value as a cell of CSV.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(texts) => texts.iter().map(cell).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

/// A record whose JSON has the order of the fields.
struct Record<'a> {
    fields: &'a [Field],
    record: &'a Value,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for field in self.fields {
            map.serialize_entry(field.name, &self.record[field.name])?;
        }
        map.end()
    }
}

/// An instant as CSV and JSON show it: `2026-08-14T09:30:00Z`.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
