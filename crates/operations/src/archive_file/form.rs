//! The syntax of an archive file: lines of CSV or JSON as records. Excludes their meaning, see
//! [`assembly`](super::assembly). Start with [`records`].

use csv::{ByteRecord, ReaderBuilder, StringRecord, WriterBuilder};
use serde_json::Value;

use super::record::{FIELDS, Kind, Record, Shape, quoted};
use super::{ArchiveError, ArchiveFormat, FORMAT, VERSION};

/// The maximum length of a line, in bytes. The longest exported line, a bulletin with many findings, has a few
/// thousand.
const LONGEST_LINE: usize = 1 << 20;

/// The lines after the heading with their numbers, up to the first invalid one.
type Records<'a> = Box<dyn Iterator<Item = Result<(u64, Record), ArchiveError>> + 'a>;

/// The heading of a file.
pub(super) fn heading(format: ArchiveFormat) -> String {
    match format {
        ArchiveFormat::JsonLines => json_heading(),
        ArchiveFormat::Csv => {
            let names = FIELDS.iter().map(|(name, _)| (*name).to_owned());
            let columns: Vec<String> = std::iter::once(format!("{FORMAT}-{VERSION}"))
                .chain(names)
                .collect();
            format!("{}\n", columns.join(","))
        }
    }
}

/// The heading of JSON Lines, with which the digest begins in both formats.
pub(super) fn json_heading() -> String {
    format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION}}}\n")
}

/// Encodes a record, with its line ending.
pub(super) fn line(format: ArchiveFormat, record: &Record) -> std::io::Result<Vec<u8>> {
    match format {
        ArchiveFormat::JsonLines => Ok(format!("{}\n", record.json()).into_bytes()),
        ArchiveFormat::Csv => {
            let mut writer = WriterBuilder::new().from_writer(Vec::new());
            let fields = FIELDS
                .iter()
                .map(|(name, _)| record.get(name).unwrap_or_default());
            writer.write_record(std::iter::once(record.kind.code()).chain(fields))?;
            writer.into_inner().map_err(|error| error.into_error())
        }
    }
}

/// Reads all lines after the heading, each with its number, up to the first invalid one.
pub(super) fn records(text: &str, format: ArchiveFormat) -> Result<Records<'_>, ArchiveError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.is_empty() {
        return Err(ArchiveError::new(1, "the file is empty"));
    }
    match format {
        ArchiveFormat::JsonLines => {
            let mut lines = text.lines().zip(1..).map(|(text, line)| (line, text));
            let (_, first) = lines.next().unwrap_or_default();
            check_json_heading(first)?;
            Ok(Box::new(
                lines.map(|(line, text)| Ok((line, json_record(line, text)?))),
            ))
        }
        ArchiveFormat::Csv => {
            let mut reader = ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let mut first = StringRecord::new();
            let there = reader.read_record(&mut first);
            there.map_err(|error| ArchiveError::new(1, error.to_string()))?;
            check_csv_heading(&first)?;
            Ok(Box::new(reader.into_byte_records().map(|record| {
                let record = record.map_err(|error| ArchiveError::new(1, error.to_string()))?;
                let line = record.position().map_or(0, csv::Position::line);
                Ok((line, csv_record(line, record)?))
            })))
        }
    }
}

fn unknown_file() -> ArchiveError {
    ArchiveError::new(
        1,
        "this is no file that `bulletin table export` wrote, or it is in the other form. --format csv and --format \
         jsonl say which form it is in",
    )
}

fn unknown_version(version: &str) -> ArchiveError {
    ArchiveError::new(
        1,
        format!(
            "the file is of version {} of its format, and this program reads version {VERSION}. Use the program that wrote it, \
             or export it again with this one",
            quoted(version)
        ),
    )
}

fn check_json_heading(first: &str) -> Result<(), ArchiveError> {
    let heading: Value = serde_json::from_str(first).map_err(|_| unknown_file())?;
    if heading.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(unknown_file());
    }
    match heading.get("version") {
        Some(version) if version.as_u64() == Some(VERSION.into()) => Ok(()),
        Some(version) => Err(unknown_version(&version.to_string())),
        None => Err(unknown_file()),
    }
}

fn check_csv_heading(first: &StringRecord) -> Result<(), ArchiveError> {
    let name = first.get(0).unwrap_or_default();
    let version = name.strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix('-'));
    let version = version.ok_or_else(unknown_file)?;
    if version != VERSION.to_string() {
        return Err(unknown_version(version));
    }
    let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    if first.iter().skip(1).ne(names.iter().copied()) {
        return Err(ArchiveError::new(
            1,
            format!("the columns after the first must be {}", names.join(",")),
        ));
    }
    Ok(())
}

fn check_length(line: u64, length: usize) -> Result<(), ArchiveError> {
    if length > LONGEST_LINE {
        return Err(ArchiveError::new(
            line,
            format!(
                "the line has {length} bytes, and an export writes none of more than {LONGEST_LINE}. In CSV this is often a \
                 quotation mark that is not closed"
            ),
        ));
    }
    Ok(())
}

fn json_record(line: u64, text: &str) -> Result<Record, ArchiveError> {
    check_length(line, text.len())?;
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ArchiveError::new(line, format!("this is no JSON object: {error}")))?;
    let Value::Object(mut fields) = value else {
        return Err(ArchiveError::new(line, "this is no JSON object"));
    };
    let Some(Value::String(kind)) = fields.remove("record") else {
        return Err(ArchiveError::of_field(line, "record", "it is missing"));
    };
    let mut record = Record::new(Kind::read(line, &kind)?);
    for (name, shape) in FIELDS {
        let text = match (fields.remove(name), shape) {
            (None, _) => continue,
            (Some(Value::String(text)), Shape::Text) => text,
            (Some(Value::Number(number)), Shape::Number) => number.to_string(),
            (Some(value @ Value::Array(_)), Shape::Value) => value.to_string(),
            (Some(_), shape) => {
                let wanted = match shape {
                    Shape::Text => "a text in quotation marks",
                    Shape::Number => "a number",
                    Shape::Value => "a list",
                };
                return Err(ArchiveError::of_field(line, name, format!("must be {wanted}")));
            }
        };
        record = record.with(name, text);
    }
    match fields.keys().next() {
        Some(other) => Err(ArchiveError::new(
            line,
            format!("there is no field {}. Take it out", quoted(other)),
        )),
        None => Ok(record),
    }
}

fn csv_record(line: u64, record: ByteRecord) -> Result<Record, ArchiveError> {
    check_length(line, record.as_slice().len())?;
    let record =
        StringRecord::from_byte_record(record).map_err(|error| ArchiveError::new(line, error.to_string()))?;
    if record.len() != FIELDS.len() + 1 {
        return Err(ArchiveError::new(
            line,
            format!(
                "{} cells stand here, and the heading has {}",
                record.len(),
                FIELDS.len() + 1
            ),
        ));
    }
    let mut cells = record.iter();
    let kind = Kind::read(line, cells.next().unwrap_or_default())?;
    Ok(FIELDS
        .iter()
        .zip(cells)
        .fold(Record::new(kind), |record, ((name, _), text)| {
            record.with(name, text)
        }))
}
