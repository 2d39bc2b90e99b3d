use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use bulletin::Month;
use chrono::{DateTime, Utc};
use pipeline::port::{BulletinStore, Clock, StoreError};
use pipeline::{ArchivedBulletin, Imported};

use super::{ArchiveError, ArchiveFormat, ExchangeError, read};
use crate::store::is_news;

/// The longest file, in bytes. All bulletins since 2001 take some thirty million.
const LONGEST_FILE: u64 = 1 << 29;

/// What became of a file's bulletins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Those that are stored now.
    pub stored: Vec<Month>,
    /// Those that were stored before with the same cells.
    pub already_there: Vec<Month>,
    /// Those of which the store has other cells, which stay.
    pub differ: Vec<Month>,
    /// Those that would be news to whoever is told of this store: it is left to the pipeline to store them and tell of them.
    pub news: Vec<Month>,
}

/// The bulletins of a file, after everything in it was checked.
///
/// # Errors
/// [`ExchangeError`] names the line and field.
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

/// Stores bulletins in the order in which nothing of them is taken for news: the newest first where nothing is stored,
/// then upwards from what is stored, and downwards below it. Of a month that is later than what is stored and not over
/// people would be told, so it is left out. Doing it again, also after half of it, ends the same.
/// `progress` is told how many bulletins of how many are done.
///
/// # Errors
/// [`StoreError`]. What was stored until then stays.
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
