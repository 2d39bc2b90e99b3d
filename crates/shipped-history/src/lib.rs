//! The history of cut-offs that is shipped with the program: the bulletins of `data/cutoffs.csv`, compressed and
//! embedded. `data/README.md` says where the values come from.
//!
//! It answers questions where there is no database, and fills a new one. It excludes everything that needs a page: the
//! values are those of the file. The format is in `encoding.rs`. Start with [`ShippedHistory`].

#[cfg_attr(not(test), expect(dead_code, reason = "build.rs uses the encoder"))]
mod encoding;
mod store;

use std::collections::BTreeMap;

use bulletin::{
    Bulletin, Completed, Context, CutOff, Finding, Month, MonthRange, Reading, Row, RowKey, UnreadableReason,
};
use chrono::{DateTime, NaiveDate, Utc};
use encoding::{Cell, Value};
use pipeline::{ArchivedBulletin, ArchivedRow, SHIPPED};

/// The compressed history, as `build.rs` wrote it.
const CUTOFFS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cutoffs.bin"));

/// The bulletins that are shipped with the program.
#[derive(Debug, Clone)]
pub struct ShippedHistory {
    months: BTreeMap<Month, Vec<Row>>,
    /// The instant at which the bulletins count as stored.
    stored_at: DateTime<Utc>,
}

/// An instant that says only that no page of a bulletin was seen.
const NEVER: DateTime<Utc> = DateTime::UNIX_EPOCH;

impl ShippedHistory {
    /// Decompresses the history, in about two milliseconds.
    ///
    /// # Panics
    /// Never: `build.rs` wrote what is read, and a test reads all of it.
    pub fn load() -> Self {
        Self::decode(CUTOFFS).unwrap_or_else(|| unreachable!("build.rs wrote the history"))
    }

    fn decode(compressed: &[u8]) -> Option<Self> {
        let bytes = miniz_oxide::inflate::decompress_to_vec(compressed).ok()?;
        let mut months: BTreeMap<Month, Vec<Row>> = BTreeMap::new();
        let mut key: Option<(encoding::Key<'_>, RowKey)> = None;
        for cell in encoding::decode(&bytes)? {
            let row_key = match key {
                Some((of, row_key)) if of == cell.key => row_key,
                _ => key.insert((cell.key, row_key(cell.key)?)).1,
            };
            let (year, number) = encoding::year_and_month(cell.month);
            let month = Month::new(year.try_into().ok()?, number.try_into().ok()?)?;
            months.entry(month).or_default().push(row(row_key, &cell)?);
        }
        for rows in months.values_mut() {
            rows.sort_unstable_by_key(|row| row.key);
        }
        Some(Self {
            months,
            stored_at: NEVER,
        })
    }

    /// The same bulletins, as they are stored in a new database at this instant.
    #[must_use]
    pub fn stored_at(self, at: DateTime<Utc>) -> Self {
        Self {
            stored_at: at,
            ..self
        }
    }

    /// The months, earliest first.
    pub fn shipped_months(&self) -> impl DoubleEndedIterator<Item = Month> {
        self.months.keys().copied()
    }

    /// The newest month.
    pub fn newest(&self) -> Option<Month> {
        self.shipped_months().next_back()
    }

    /// The months after the newest one of which a bulletin may be published: up to the month after `present`; `None` if
    /// there are none.
    pub fn gap(&self, present: Month) -> Option<MonthRange> {
        let first = self.newest()?.next();
        let last = present.next();
        (first <= last).then_some(MonthRange { first, last })
    }

    /// A bulletin with the cells that its page should have had, and the findings about it; `None` if it is not shipped.
    pub fn bulletin(&self, month: Month) -> Option<(Bulletin, Vec<Finding>)> {
        let printed = self.printed(month)?;
        let previous = self.months.range(..month).next_back();
        let previous = previous.and_then(|(month, _)| self.printed(*month));
        let Completed {
            bulletin, findings, ..
        } = bulletin::complete(
            &printed,
            &unreadable(&printed),
            Context {
                previous: previous.as_ref(),
                ..Context::default()
            },
        );
        Some((bulletin, findings))
    }

    /// One cell; `None` if the bulletin has no such row or column.
    fn row(&self, month: Month, key: RowKey) -> Option<Row> {
        let of_month = |rows: &Vec<Row>| {
            let at = rows.binary_search_by_key(&key, |row| row.key).ok()?;
            rows.get(at).cloned()
        };
        let printed = of_month(self.months.get(&month)?);
        // A cell can only be missing if the bulletin before has it.
        let before = || {
            self.months
                .range(..month)
                .next_back()
                .and_then(|(_, rows)| of_month(rows))
        };
        if printed.is_some() || before().is_none() {
            return printed;
        }
        self.bulletin(month)?.0.row(key).cloned()
    }

    fn printed(&self, month: Month) -> Option<Bulletin> {
        Bulletin::new(month, self.months.get(&month)?.iter().cloned()).ok()
    }

    /// All bulletins, earliest first, to be stored at this instant.
    pub fn archived(&self, at: DateTime<Utc>) -> Vec<ArchivedBulletin> {
        self.shipped_months()
            .filter_map(|month| self.archived_bulletin(month, at))
            .collect()
    }

    fn archived_bulletin(&self, month: Month, at: DateTime<Utc>) -> Option<ArchivedBulletin> {
        let (bulletin, findings) = self.bulletin(month)?;
        let rows = bulletin.rows().map(|row| ArchivedRow {
            key: row.key,
            current: Some((row.clone(), SHIPPED.to_owned())),
            earlier: Vec::new(),
        });
        Some(ArchivedBulletin {
            month,
            path: path(month),
            host: SHIPPED.to_owned(),
            fetched_at: at,
            first_seen: at,
            revision: 0,
            findings,
            corrected: Vec::new(),
            rows: rows.collect(),
        })
    }
}

/// The path of a month's page on the site. One shipped month has an irregular one.
fn path(month: Month) -> String {
    let usual = bulletin_html::predicted_path(month);
    if (month.year(), month.number()) == (2007, 7) {
        return usual.replace("visa-bulletin-for-july-2007", "july-2007-visa-bulletin");
    }
    usual
}

fn row_key(key: encoding::Key<'_>) -> Option<RowKey> {
    Some(RowKey {
        chart: key.chart.parse().ok()?,
        category: key.category.parse().ok()?,
        area: key.area.parse().ok()?,
    })
}

fn row(key: RowKey, cell: &Cell<'_>) -> Option<Row> {
    let (reading, value) = match cell.value {
        Value::Current => (Reading::CutOff(CutOff::Current), "C".to_owned()),
        Value::Unavailable => (Reading::CutOff(CutOff::Unavailable), "U".to_owned()),
        Value::Unreadable(text) => (Reading::Unreadable, text.to_owned()),
        Value::Date(number) => {
            let (year, month, day) = Value::year_month_day(number);
            let date = NaiveDate::from_ymd_opt(
                year.try_into().ok()?,
                month.try_into().ok()?,
                day.try_into().ok()?,
            )?;
            (Reading::CutOff(CutOff::Date(date)), printed_date(date))
        }
    };
    Some(Row::with_codes(key, reading, value.into()))
}

/// A date as the department prints it: `01NOV13`. So it printed every date of the history.
fn printed_date(date: NaiveDate) -> String {
    date.format("%d%b%y").to_string().to_ascii_uppercase()
}

/// The findings about the cells that could not be read.
fn unreadable(printed: &Bulletin) -> Vec<Finding> {
    printed
        .rows()
        .filter(|row| row.reading == Reading::Unreadable)
        .map(|row| Finding::UnreadableCell {
            chart: row.key.chart,
            category: row.key.category,
            area: row.key.area,
            raw: row.raw.value.to_string(),
            reason: if row.raw.value.is_empty() {
                UnreadableReason::Blank
            } else {
                UnreadableReason::NotACutOff
            },
        })
        .collect()
}

#[cfg(test)]
mod tests;
