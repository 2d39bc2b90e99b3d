//! Exports stored bulletins to an archive file, and resumes an interrupted export. Excludes the format of the file,
//! see [`write`](super::write). Start with [`export`].

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use bulletin::{Month, MonthRange};
use chrono::{DateTime, Utc};
use pipeline::ArchivedBulletin;
use pipeline::port::BulletinStore;

use super::assembly::{read, read_whole};
use super::write::cell_digest;
use super::{ArchiveFormat, ArchiveWriter, ExchangeError, with_exact_instants};

/// The number of attempts to read a bulletin that is corrected at the same time.
const ATTEMPTS: u32 = 5;

/// The target and range of an export.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The file. Until it is complete, it is written next to it under a name that ends in `.partial`.
    pub path: &'a Path,
    /// The format of the file.
    pub format: ArchiveFormat,
    /// The months to export; `None` for all.
    pub months: Option<MonthRange>,
}

/// The outcome of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// The number of bulletins in the file.
    pub bulletins: usize,
    /// The number of rows of these bulletins.
    pub rows: usize,
    /// The number of bulletins kept from an interrupted export.
    pub kept: usize,
}

/// Exports stored bulletins: writes the partial file, reads it back, then renames it. Resumes an interrupted export
/// as long as its bulletins still match the store. Calls `progress` with the number of bulletins written and the
/// total.
///
/// # Errors
/// [`ExchangeError`]. The bulletins written until then are kept for the next export.
pub async fn export<Store: BulletinStore>(
    store: &Store,
    order: &Export<'_>,
    now: DateTime<Utc>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Exported, ExchangeError> {
    let months = months(store, order.months).await?;
    let partial = partial_path(order.path);
    let of_partial = |error| ExchangeError::File {
        path: partial.clone(),
        error,
    };
    let mut file = open_alone(&partial)?;
    let mut left = Vec::new();
    file.read_to_end(&mut left).map_err(of_partial)?;

    let mut writer = ArchiveWriter::new(Vec::new(), order.format).map_err(of_partial)?;
    let mut rows = 0;
    let mut kept = 0;
    for bulletin in read_whole(&left, order.format, now) {
        if months.get(kept) != Some(&bulletin.month) || !is_as_stored(store, &bulletin).await? {
            break;
        }
        writer.bulletin(&bulletin).map_err(of_partial)?;
        rows += bulletin.rows.len();
        kept += 1;
    }
    let (mut writer, before) = writer.moved(BufWriter::new(&file));
    keep(&file, &before, &left).map_err(of_partial)?;
    drop(left);

    progress(kept, months.len());
    for (index, month) in months.iter().enumerate().skip(kept) {
        let bulletin = archived(store, *month).await?;
        writer.bulletin(&bulletin).map_err(of_partial)?;
        // Complete bulletins are kept even if the next one cannot be read.
        writer.flush().map_err(of_partial)?;
        rows += bulletin.rows.len();
        progress(index + 1, months.len());
    }
    writer.finish().map_err(of_partial)?;
    file.sync_all().map_err(of_partial)?;
    let written = std::fs::read(&partial).map_err(of_partial)?;
    read(&written, order.format, now).map_err(|error| ExchangeError::NotReadBack {
        path: partial.clone(),
        error,
    })?;
    std::fs::rename(&partial, order.path).map_err(|error| ExchangeError::File {
        path: order.path.to_owned(),
        error,
    })?;
    Ok(Exported {
        bulletins: months.len(),
        rows,
        kept,
    })
}

/// Makes `kept` the content of a file that has the content `left`, and moves to its end.
fn keep(mut file: &File, kept: &[u8], left: &[u8]) -> std::io::Result<()> {
    if left.starts_with(kept) {
        file.set_len(kept.len() as u64)?;
        file.seek(SeekFrom::End(0)).map(drop)
    } else {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(kept)
    }
}

/// Reads the stored bulletins of these months, each as of one instant, earliest first. Calls `progress` with the number
/// of bulletins read and the total.
///
/// # Errors
/// [`ExchangeError`] if the store cannot be read, or there are none.
pub async fn stored_bulletins<Store: BulletinStore>(
    store: &Store,
    range: Option<MonthRange>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Vec<ArchivedBulletin>, ExchangeError> {
    let months = months(store, range).await?;
    let mut bulletins = Vec::with_capacity(months.len());
    for month in &months {
        bulletins.push(archived(store, *month).await?);
        progress(bulletins.len(), months.len());
    }
    Ok(bulletins)
}

async fn months<Store: BulletinStore>(
    store: &Store,
    range: Option<MonthRange>,
) -> Result<Vec<Month>, ExchangeError> {
    let stored = store.months().await?;
    let months: Vec<Month> = stored
        .iter()
        .copied()
        .filter(|month| range.is_none_or(|range| range.contains(*month)))
        .collect();
    match (months.is_empty(), stored.first(), stored.last()) {
        (true, Some(first), Some(last)) => Err(ExchangeError::Nothing(format!(
            "no stored bulletin is of these months. Stored are {first} to {last}"
        ))),
        (true, _, _) => Err(ExchangeError::Nothing("no bulletin is stored".into())),
        (false, _, _) => Ok(months),
    }
}

/// The path of the file until it is complete.
fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Opens the partial file and locks it for this process.
fn open_alone(path: &Path) -> Result<File, ExchangeError> {
    let of_path = |error| ExchangeError::File {
        path: path.to_owned(),
        error,
    };
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(of_path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ExchangeError::Busy(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(of_path(error)),
    }
}

/// True if the store still has the bulletin as exported. Comparing the record is enough: every write to a bulletin
/// changes it.
async fn is_as_stored<Store: BulletinStore>(
    store: &Store,
    bulletin: &ArchivedBulletin,
) -> Result<bool, ExchangeError> {
    let Some(record) = store.record(bulletin.month).await? else {
        return Ok(false);
    };
    let digest = record.digest.clone();
    let stored = with_exact_instants(ArchivedBulletin::of_record(record, bulletin.rows.clone()));
    Ok(stored == *bulletin && cell_digest(bulletin)? == digest)
}

/// A bulletin with rows that match its record, even if it is corrected during the read.
async fn archived<Store: BulletinStore>(
    store: &Store,
    month: Month,
) -> Result<ArchivedBulletin, ExchangeError> {
    for _ in 0..ATTEMPTS {
        if let Some(bulletin) = ArchivedBulletin::of(store, month).await? {
            let bulletin = with_exact_instants(bulletin);
            if is_as_stored(store, &bulletin).await? {
                return Ok(bulletin);
            }
        }
    }
    Err(ExchangeError::Changing(month))
}
