//! The records of an archive file and their fields, for both formats. Start with [`Record`] to write and [`Fields`]
//! to read.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use super::ArchiveError;

/// The kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bulletin,
    Row,
    Earlier,
    End,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Bulletin, Self::Row, Self::Earlier, Self::End];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Bulletin => "bulletin",
            Self::Row => "row",
            Self::Earlier => "earlier",
            Self::End => "end",
        }
    }

    pub(super) fn read(line: u64, text: &str) -> Result<Self, ArchiveError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.code() == text)
            .ok_or_else(|| {
                let codes = Self::ALL.map(Self::code).join(", ");
                ArchiveError::of_field(
                    line,
                    "record",
                    format!("{} is no kind of record. There are {codes}", quoted(text)),
                )
            })
    }
}

/// The encoding of a field in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Number,
    /// JSON, embedded unchanged.
    Value,
}

/// All fields in the order of a line.
pub(super) const FIELDS: [(&str, Shape); 20] = [
    ("month", Shape::Text),
    ("chart", Shape::Text),
    ("category", Shape::Text),
    ("area", Shape::Text),
    ("value", Shape::Text),
    ("raw_category", Shape::Text),
    ("raw_area", Shape::Text),
    ("raw_value", Shape::Text),
    ("host", Shape::Text),
    ("replaced_at", Shape::Text),
    ("fetched_at", Shape::Text),
    ("first_seen", Shape::Text),
    ("path", Shape::Text),
    ("revision", Shape::Number),
    ("findings", Shape::Value),
    ("corrected", Shape::Value),
    ("bulletins", Shape::Number),
    ("rows", Shape::Number),
    ("earlier", Shape::Number),
    ("digest", Shape::Text),
];

/// One line in either format: its kind, and its fields as text. Empty fields are absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) kind: Kind,
    fields: BTreeMap<&'static str, String>,
}

impl Record {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            fields: BTreeMap::new(),
        }
    }

    /// Adds a field, unless its text is empty.
    #[must_use]
    pub(super) fn with(mut self, field: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.fields.insert(field, text);
        }
        self
    }

    pub(super) fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// Encodes the record as a line of JSON, without its line ending.
    pub(super) fn json(&self) -> String {
        let mut line = format!("{{\"record\":\"{}\"", self.kind.code());
        for (name, shape) in FIELDS {
            let Some(text) = self.get(name) else { continue };
            line.push_str(&format!(",\"{name}\":"));
            match shape {
                Shape::Text => line.push_str(&serde_json::Value::from(text).to_string()),
                Shape::Number | Shape::Value => line.push_str(text),
            }
        }
        line.push('}');
        line
    }
}

/// The fields of a line that are not read yet.
pub(super) struct Fields {
    pub(super) line: u64,
    kind: Kind,
    left: BTreeMap<&'static str, String>,
}

impl Fields {
    pub(super) fn new(line: u64, record: Record) -> Self {
        Self {
            line,
            kind: record.kind,
            left: record.fields,
        }
    }

    /// Takes a text that may be empty. Control characters are refused, so that no text from a page can control a
    /// terminal.
    pub(super) fn text(&mut self, field: &'static str) -> Result<String, ArchiveError> {
        let text = self.left.remove(field).unwrap_or_default();
        match text.chars().find(|c| c.is_control()) {
            Some(c) => Err(self.wrong(
                field,
                format!(
                    "the control character U+{:04X} stands in it, which no export writes. Take it out, or export again",
                    u32::from(c)
                ),
            )),
            None => Ok(text),
        }
    }

    /// Takes and parses a required text.
    pub(super) fn read<T: FromStr>(&mut self, field: &'static str) -> Result<T, ArchiveError>
    where
        T::Err: Display,
    {
        let text = self.needed(field)?;
        text.parse().map_err(|error| {
            let error: T::Err = error;
            self.wrong(field, format!("{} cannot be read: {error}", quoted(&text)))
        })
    }

    /// Takes a required text.
    pub(super) fn needed(&mut self, field: &'static str) -> Result<String, ArchiveError> {
        let text = self.text(field)?;
        if text.is_empty() {
            let kind = self.kind.code();
            return Err(self.wrong(field, format!("it is missing, and every {kind} record has it")));
        }
        Ok(text)
    }

    /// Takes a list in JSON; an empty field is an empty list.
    pub(super) fn list<T: serde::de::DeserializeOwned>(
        &mut self,
        field: &'static str,
    ) -> Result<Vec<T>, ArchiveError> {
        let text = self.text(field)?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        serde_json::from_str(&text).map_err(|error| self.wrong(field, format!("cannot be read: {error}")))
    }

    /// Checks that the line has no other fields.
    pub(super) fn done(self) -> Result<(), ArchiveError> {
        match self.left.keys().next() {
            Some(field) => {
                let kind = self.kind.code();
                Err(self.wrong(
                    field,
                    format!("a {kind} record has no such field. Leave it empty"),
                ))
            }
            None => Ok(()),
        }
    }

    pub(super) fn wrong(&self, field: &'static str, what: impl Into<String>) -> ArchiveError {
        ArchiveError::of_field(self.line, field, what)
    }
}

/// Text from a file, quoted, escaped and truncated to 60 characters.
pub(super) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    let dots = if text.chars().count() > 60 { "..." } else { "" };
    format!("\"{shown}{dots}\"")
}
