//! Writes bulletins as the records of an archive file, and counts its digest. Excludes files on disk, see
//! [`export`](super::export()). Start with [`ArchiveWriter`].

use std::io::Write;

use bulletin::{CutOff, Reading};
use chrono::{DateTime, SecondsFormat, Utc};
use pipeline::port::StoreError;
use pipeline::{ArchivedBulletin, ArchivedRow, CellDigest, EarlierValue};
use sha2::{Digest as _, Sha256};

use super::record::{Kind, Record};
use super::{ArchiveFormat, form};

/// The `value` of a cell without a readable cut-off.
pub(super) const UNREADABLE: &str = "unreadable";
/// The `value` of a cell that a correction removed from the page.
pub(super) const GONE: &str = "gone";

/// Writes bulletins, ordered by month. The file is complete only after [`finish`](Self::finish).
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    out: W,
    format: ArchiveFormat,
    hash: Sha256,
    bulletins: usize,
    rows: usize,
}

impl<W: Write> ArchiveWriter<W> {
    /// Creates a writer and writes the heading.
    ///
    /// # Errors
    /// If writing fails.
    pub fn new(mut out: W, format: ArchiveFormat) -> std::io::Result<Self> {
        out.write_all(form::heading(format).as_bytes())?;
        Ok(Self {
            out,
            format,
            hash: Sha256::new_with_prefix(form::json_heading()),
            bulletins: 0,
            rows: 0,
        })
    }

    /// Writes one bulletin with its rows.
    ///
    /// # Errors
    /// If writing fails, or the bulletin has a cell twice.
    pub fn bulletin(&mut self, bulletin: &ArchivedBulletin) -> std::io::Result<()> {
        let digest = cell_digest(bulletin).map_err(std::io::Error::other)?;
        self.record(&bulletin_record(bulletin, &digest)?)?;
        for row in &bulletin.rows {
            self.record(&row_record(bulletin, row))?;
            for earlier in &row.earlier {
                self.record(&earlier_record(bulletin, row, earlier))?;
            }
        }
        self.bulletins += 1;
        self.rows += bulletin.rows.len();
        Ok(())
    }

    /// Writes the end record, without which the file counts as truncated.
    ///
    /// # Errors
    /// If writing fails.
    pub fn finish(mut self) -> std::io::Result<W> {
        let end = end_record(self.bulletins, self.rows, &hex(self.hash));
        self.out.write_all(&form::line(self.format, &end)?)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Replaces the output; returns the new writer and the previous output.
    pub(super) fn moved<V: Write>(self, out: V) -> (ArchiveWriter<V>, W) {
        let writer = ArchiveWriter {
            out,
            format: self.format,
            hash: self.hash,
            bulletins: self.bulletins,
            rows: self.rows,
        };
        (writer, self.out)
    }

    pub(super) fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }

    fn record(&mut self, record: &Record) -> std::io::Result<()> {
        hash_line(&mut self.hash, record);
        self.out.write_all(&form::line(self.format, record)?)
    }
}

/// The digest of a bulletin's cells.
pub(super) fn cell_digest(bulletin: &ArchivedBulletin) -> Result<CellDigest, StoreError> {
    Ok(CellDigest::of(&bulletin.bulletin()?))
}

/// The number of values in a bulletin that corrections replaced.
pub(super) fn earlier_count(bulletin: &ArchivedBulletin) -> usize {
    bulletin.rows.iter().map(|row| row.earlier.len()).sum()
}

/// Adds a line to the digest of a file.
pub(super) fn hash_line(hash: &mut Sha256, record: &Record) {
    hash.update(record.json());
    hash.update("\n");
}

pub(super) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Encodes a list as JSON; an empty list as an empty text.
fn list<T: serde::Serialize>(values: &[T]) -> std::io::Result<String> {
    if values.is_empty() {
        return Ok(String::new());
    }
    // Converts to a value first: its fields have a fixed order, the same as when they are read back.
    Ok(serde_json::to_value(values)?.to_string())
}

fn bulletin_record(bulletin: &ArchivedBulletin, digest: &CellDigest) -> std::io::Result<Record> {
    Ok(Record::new(Kind::Bulletin)
        .with("month", bulletin.month.to_string())
        .with("host", &bulletin.host)
        .with("fetched_at", instant(bulletin.fetched_at))
        .with("first_seen", instant(bulletin.first_seen))
        .with("path", &bulletin.path)
        .with("revision", bulletin.revision.to_string())
        .with("findings", list(&bulletin.findings)?)
        .with("corrected", list(&bulletin.corrected)?)
        .with("rows", bulletin.rows.len().to_string())
        .with("earlier", earlier_count(bulletin).to_string())
        .with("digest", digest.as_str()))
}

fn place(kind: Kind, bulletin: &ArchivedBulletin, row: &ArchivedRow) -> Record {
    Record::new(kind)
        .with("month", bulletin.month.to_string())
        .with("chart", row.key.chart.code())
        .with("category", row.key.category.code())
        .with("area", row.key.area.code())
}

fn row_record(bulletin: &ArchivedBulletin, row: &ArchivedRow) -> Record {
    let record = place(Kind::Row, bulletin, row);
    let Some((current, host)) = &row.current else {
        return record.with("value", GONE);
    };
    record
        .with("value", value(current.reading))
        .with("raw_category", current.raw.category.as_str())
        .with("raw_area", current.raw.area.as_str())
        .with("raw_value", current.raw.value.as_str())
        .with("host", host)
}

fn earlier_record(bulletin: &ArchivedBulletin, row: &ArchivedRow, earlier: &EarlierValue) -> Record {
    place(Kind::Earlier, bulletin, row)
        .with(
            "value",
            value(earlier.value.map_or(Reading::Unreadable, Reading::CutOff)),
        )
        .with("raw_value", &earlier.raw)
        .with("host", &earlier.host)
        .with("replaced_at", instant(earlier.replaced_at))
}

fn end_record(bulletins: usize, rows: usize, digest: &str) -> Record {
    Record::new(Kind::End)
        .with("bulletins", bulletins.to_string())
        .with("rows", rows.to_string())
        .with("digest", digest)
}

fn value(reading: Reading) -> String {
    reading
        .cut_off()
        .map_or_else(|| UNREADABLE.into(), |cut_off: CutOff| cut_off.to_string())
}
