//! Imports bulletins from an archive file into a store. Excludes the validation of the file, see
//! [`assembly`](super::assembly). Start with [`import`].

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, Clock, StoreError};
use pipeline::{ArchivedBulletin, Imported, is_news};

use super::{ArchiveError, ArchiveFormat, ExchangeError, read};

/// The maximum size of a file, in bytes. All bulletins since 2001 take about thirty million.
const LONGEST_FILE: u64 = 1 << 29;

/// The outcome of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Bulletins that were stored.
    pub stored: Vec<Month>,
    /// Bulletins that were already stored with the same cells.
    pub already_there: Vec<Month>,
    /// Bulletins that are stored with different cells; the store keeps its own.
    pub differ: Vec<Month>,
    /// Bulletins that would be news to subscribers; left to the pipeline, which stores and reports them.
    pub news: Vec<Month>,
}

/// Reads the bulletins of a file after validating all of it.
///
/// # Errors
/// [`ExchangeError`] with the line and field.
pub fn read_file(
    path: &Path,
    format: ArchiveFormat,
    now: DateTime<Utc>,
) -> Result<Vec<ArchivedBulletin>, ExchangeError> {
    let of_path = |error| ExchangeError::File {
        path: path.to_owned(),
        error,
    };
    let wrong = |error| ExchangeError::Archive {
        path: path.to_owned(),
        error,
    };
    let file = File::open(path).map_err(of_path)?;
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(of_path)?;
    if bytes.len() as u64 > LONGEST_FILE {
        let what = format!("the file has more than {LONGEST_FILE} bytes, and no history is that long");
        return Err(wrong(ArchiveError::new(1, what)));
    }
    read(&bytes, format, now).map_err(wrong)
}

/// Stores bulletins in an order in which none of them is news: first the months after the newest stored one,
/// ascending, then the others, descending; into an empty store all of them descending. A month that is later than
/// the newest stored one and not over would alert subscribers, so it is skipped. Idempotent, also after an
/// interruption. Calls `progress` with the number of bulletins done and the total.
///
/// # Errors
/// [`StoreError`]. The bulletins stored until then are kept.
pub async fn import<Store: BulletinStore>(
    store: &Store,
    mut bulletins: Vec<ArchivedBulletin>,
    clock: &impl Clock,
    mut progress: impl FnMut(usize, usize),
) -> Result<ImportReport, StoreError> {
    bulletins.sort_unstable_by_key(|bulletin| bulletin.month);
    let stored = store.months().await?;
    let newest = stored.last().copied();
    let split = match newest {
        Some(newest) => bulletins.partition_point(|bulletin| bulletin.month <= newest),
        None => bulletins.len(),
    };
    let later = bulletins.split_off(split);
    let count = bulletins.len() + later.len();
    let mut report = ImportReport::default();
    for (index, bulletin) in later.iter().chain(bulletins.iter().rev()).enumerate() {
        if is_news(bulletin.month, newest, clock.now()) {
            report.news.push(bulletin.month);
            continue;
        }
        let months = match bulletin.import(store, clock).await? {
            Imported::Stored => &mut report.stored,
            Imported::AlreadyThere => &mut report.already_there,
            Imported::Differs => &mut report.differ,
        };
        months.push(bulletin.month);
        progress(index + 1, count);
    }
    for months in [&mut report.stored, &mut report.already_there, &mut report.differ] {
        months.sort_unstable();
    }
    Ok(report)
}
