//! Assembles bulletins from the records of a file and validates them. Excludes the syntax of lines, see
//! [`form`](super::form). Start with [`read`].

use bulletin::{CutOff, Month, RawCell, Reading, Row, RowKey};
use bulletin_html::INDEX_PATH;
use chrono::{DateTime, Days, Utc};
use pipeline::present_month;
use pipeline::{ArchivedBulletin, ArchivedRow, EarlierValue};
use sha2::{Digest as _, Sha256};

use super::record::{Fields, Kind, Record};
use super::write::{GONE, UNREADABLE, cell_digest, earlier_count, hash_line, hex};
use super::{ArchiveError, ArchiveFormat, form, with_exact_instants};

/// The maximum number of months that a bulletin may be ahead of the month in force.
const MONTHS_AHEAD: usize = 3;

/// Reads the bulletins of a whole file, ordered by month, after validating all of it. Instants after `now` are
/// refused: a store that accepted them would take no later page.
///
/// # Errors
/// The first [`ArchiveError`] found.
pub fn read(
    bytes: &[u8],
    format: ArchiveFormat,
    now: DateTime<Utc>,
) -> Result<Vec<ArchivedBulletin>, ArchiveError> {
    let text = as_text(bytes)?;
    let mut assembly = Assembly::new(now);
    let mut last = 1;
    for record in form::records(text, format)? {
        let (line, record) = record?;
        last = line;
        assembly.take(line, record)?;
    }
    if !assembly.ended {
        return Err(ArchiveError::new(
            last,
            "the file breaks off after this line: it has no end record. Export it again, or copy it again",
        ));
    }
    Ok(assembly.done)
}

/// The complete bulletins in the partial file of an interrupted export.
pub(super) fn read_whole(bytes: &[u8], format: ArchiveFormat, now: DateTime<Utc>) -> Vec<ArchivedBulletin> {
    let mut assembly = Assembly::new(now);
    // The last line of a partial file may end in the middle of a character.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    for record in form::records(text, format).into_iter().flatten() {
        let taken = record.and_then(|(line, record)| assembly.take(line, record));
        if taken.is_err() {
            break;
        }
    }
    // The last bulletin may be complete.
    let _ = assembly.close();
    assembly.done
}

fn as_text(bytes: &[u8]) -> Result<&str, ArchiveError> {
    str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        ArchiveError::new(
            line,
            format!("byte {column} of it is no UTF-8. Another program has saved the file in another encoding; save it as UTF-8"),
        )
    })
}

/// The bulletins read so far.
struct Assembly {
    now: DateTime<Utc>,
    done: Vec<ArchivedBulletin>,
    open: Option<Open>,
    rows: usize,
    hash: Sha256,
    ended: bool,
}

/// A bulletin whose rows are being read.
struct Open {
    line: u64,
    bulletin: ArchivedBulletin,
    rows: usize,
    earlier: usize,
    digest: String,
}

impl Assembly {
    fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            done: Vec::new(),
            open: None,
            rows: 0,
            hash: Sha256::new_with_prefix(form::json_heading()),
            ended: false,
        }
    }

    fn take(&mut self, line: u64, record: Record) -> Result<(), ArchiveError> {
        if self.ended {
            return Err(ArchiveError::new(
                line,
                "something stands after the end record. Take it out",
            ));
        }
        let kind = record.kind;
        if kind != Kind::End {
            hash_line(&mut self.hash, &record);
        }
        let mut fields = Fields::new(line, record);
        match kind {
            Kind::Bulletin => {
                self.close()?;
                let open = self.bulletin(&mut fields)?;
                self.open = Some(open);
            }
            Kind::Row => self.row(&mut fields)?,
            Kind::Earlier => self.earlier(&mut fields)?,
            Kind::End => {
                self.close()?;
                self.end(&mut fields)?;
            }
        }
        fields.done()
    }

    fn bulletin(&self, fields: &mut Fields) -> Result<Open, ArchiveError> {
        let month: Month = fields.read("month")?;
        let newest = (0..MONTHS_AHEAD).fold(present_month(self.now), |month, _| month.next());
        if month > newest {
            return Err(fields.wrong(
                "month",
                format!("{month} lies too far ahead for a bulletin. Is the clock of this machine right?"),
            ));
        }
        match self.done.last().map(|last| last.month) {
            Some(_) if self.done.iter().any(|other| other.month == month) => {
                return Err(fields.wrong(
                    "month",
                    format!("the bulletin of {month} stands in the file a second time. Take one out"),
                ));
            }
            Some(last) if last > month => {
                return Err(fields.wrong(
                    "month",
                    format!("{month} stands after {last}. Bulletins must stand in the order of their months"),
                ));
            }
            _ => {}
        }
        let path = fields.needed("path")?;
        let folder = INDEX_PATH.trim_end_matches(".html");
        if !path.strip_prefix(folder).is_some_and(is_plain_path) {
            return Err(fields.wrong("path", format!("a bulletin's page lies below {folder}/")));
        }
        Ok(Open {
            line: fields.line,
            bulletin: with_exact_instants(ArchivedBulletin {
                month,
                path,
                host: fields.needed("host")?,
                fetched_at: self.instant(fields, "fetched_at")?,
                first_seen: self.instant(fields, "first_seen")?,
                revision: fields.read("revision")?,
                findings: fields.list("findings")?,
                corrected: fields.list("corrected")?,
                rows: Vec::new(),
            }),
            rows: fields.read("rows")?,
            earlier: fields.read("earlier")?,
            digest: fields.needed("digest")?,
        })
    }

    fn row(&mut self, fields: &mut Fields) -> Result<(), ArchiveError> {
        let key = self.key(fields)?;
        let value = fields.needed("value")?;
        let current = if value == GONE {
            None
        } else {
            let reading = reading(fields, &value)?;
            let raw = RawCell {
                category: fields.text("raw_category")?.into(),
                area: fields.text("raw_area")?.into(),
                value: fields.text("raw_value")?.into(),
            };
            Some((Row { key, reading, raw }, fields.needed("host")?))
        };
        let open = self.open.as_mut().ok_or_else(|| without_bulletin(fields))?;
        match open.bulletin.rows.last().map(|row| row.key) {
            Some(last) if last == key => {
                Err(fields.wrong("area", "the same cell stands twice in this bulletin"))
            }
            Some(last) if last > key => Err(fields.wrong(
                "area",
                "the rows of a bulletin must stand in the order of chart, category and area, each once",
            )),
            _ => {
                open.bulletin.rows.push(ArchivedRow {
                    key,
                    current,
                    earlier: Vec::new(),
                });
                Ok(())
            }
        }
    }

    fn earlier(&mut self, fields: &mut Fields) -> Result<(), ArchiveError> {
        let key = self.key(fields)?;
        let value = fields.needed("value")?;
        let earlier = EarlierValue {
            value: reading(fields, &value)?.cut_off(),
            raw: fields.text("raw_value")?,
            replaced_at: super::exact(self.instant(fields, "replaced_at")?),
            host: fields.needed("host")?,
        };
        let open = self.open.as_mut().ok_or_else(|| without_bulletin(fields))?;
        match open.bulletin.rows.last_mut().filter(|row| row.key == key) {
            Some(row) => {
                row.earlier.push(earlier);
                Ok(())
            }
            None => Err(fields.wrong(
                "area",
                "an earlier value must stand right after the row of its cell",
            )),
        }
    }

    /// The cell of the current bulletin that a record is about.
    fn key(&self, fields: &mut Fields) -> Result<RowKey, ArchiveError> {
        let month: Month = fields.read("month")?;
        let open = self.open.as_ref().ok_or_else(|| without_bulletin(fields))?;
        if open.bulletin.month != month {
            return Err(fields.wrong(
                "month",
                format!("{month} stands among the rows of {}", open.bulletin.month),
            ));
        }
        Ok(RowKey {
            chart: fields.read("chart")?,
            category: fields.read("category")?,
            area: fields.read("area")?,
        })
    }

    fn instant(&self, fields: &mut Fields, field: &'static str) -> Result<DateTime<Utc>, ArchiveError> {
        let at: DateTime<Utc> = fields.read(field)?;
        let latest = self.now.checked_add_days(Days::new(1)).unwrap_or(self.now);
        if at > latest {
            return Err(fields.wrong(
                field,
                format!("{at} lies in the future, and no later page would be believed. Is the clock of this machine right?"),
            ));
        }
        Ok(at)
    }

    /// Ends the current bulletin: checks that all its rows were read and match the exported ones.
    fn close(&mut self) -> Result<(), ArchiveError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let month = open.bulletin.month;
        let found = open.bulletin.rows.len();
        for (field, said, found, what) in [
            ("rows", open.rows, found, "rows"),
            (
                "earlier",
                open.earlier,
                earlier_count(&open.bulletin),
                "earlier values",
            ),
        ] {
            if said != found {
                return Err(ArchiveError::of_field(
                    open.line,
                    field,
                    format!(
                        "the bulletin of {month} has {said} {what}, and {found} stand after it. Lines were taken out \
                         or put in; export it again"
                    ),
                ));
            }
        }
        let digest = cell_digest(&open.bulletin);
        if digest.is_ok_and(|digest| digest.as_str() != open.digest) {
            return Err(ArchiveError::of_field(
                open.line,
                "digest",
                format!(
                    "the cells of {month} are not those that were exported: the file was changed. Export it again"
                ),
            ));
        }
        self.rows += found;
        self.done.push(open.bulletin);
        Ok(())
    }

    fn end(&mut self, fields: &mut Fields) -> Result<(), ArchiveError> {
        self.ended = true;
        for (field, found) in [("bulletins", self.done.len()), ("rows", self.rows)] {
            let said: usize = fields.read(field)?;
            if said != found {
                return Err(fields.wrong(
                    field,
                    format!(
                        "the end record counts {said}, and {found} stand before it. Export the file again"
                    ),
                ));
            }
        }
        let digest = hex(self.hash.clone());
        if fields.needed("digest")? != digest {
            return Err(fields.wrong(
                "digest",
                "the file was changed after it was exported. Export it again",
            ));
        }
        Ok(())
    }
}

fn without_bulletin(fields: &Fields) -> ArchiveError {
    ArchiveError::new(fields.line, "a row stands before any bulletin record")
}

fn reading(fields: &Fields, value: &str) -> Result<Reading, ArchiveError> {
    if value == UNREADABLE {
        return Ok(Reading::Unreadable);
    }
    let cut_off: Result<CutOff, _> = value.parse();
    cut_off.map(Reading::CutOff).map_err(|error| {
        fields.wrong(
            "value",
            format!("{error}, or {UNREADABLE} where the cell is none of these"),
        )
    })
}

/// True if the part of a path below the bulletins' folder is a plain path.
fn is_plain_path(rest: &str) -> bool {
    rest.starts_with('/')
        && !rest.split('/').any(|part| part == "..")
        && rest.bytes().all(|byte| byte.is_ascii_graphic())
}
