//! Provides the pages to play: the real ones, if they are available, and the samples. Start with [`sample_steps`].

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bulletin::{Bulletin, Month, RowKey};
use bulletin_samples::site::{self, steps};
use bulletin_samples::{Layout, Page};

use crate::oracle::{Cells, History, Value, add_missing, read_cells};

/// Pages by month.
pub type Pages = BTreeMap<Month, Vec<u8>>;

/// The folder of the real pages, or `None` after a message if they are not available. They are not part of the
/// repository: the folder is `shared` next to it, or the one in `VISA_BULLETIN_SHARED`.
pub fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("VISA_BULLETIN_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let bulletins = path.join("bulletins");
    if bulletins.join("cutoffs.csv").is_file() {
        return Some(bulletins);
    }
    // Not with a macro: its output is captured when a test passes.
    let _ = writeln!(std::io::stderr(), "skipped: ../shared is not here");
    None
}

/// The known cells of every real page.
///
/// # Panics
/// If they cannot be read.
pub fn real_cells(bulletins: &Path) -> History {
    let mut history = read_cells(&std::fs::read_to_string(bulletins.join("cutoffs.csv")).unwrap());
    add_missing(&mut history);
    history
}

/// The real pages of these months.
///
/// # Panics
/// If one is missing.
pub fn real_pages<'a>(bulletins: &Path, months: impl IntoIterator<Item = &'a String>) -> Pages {
    months
        .into_iter()
        .map(|text| {
            let month: Month = text.parse().unwrap();
            let name = month.name().to_lowercase();
            let file = format!("pages/{0}/visa-bulletin-for-{name}-{0}.html", month.year());
            (month, std::fs::read(bulletins.join(file)).unwrap())
        })
        .collect()
}

/// One day of the samples: a new or changed page, and its cells.
#[derive(Debug, Clone)]
pub struct SampleStep {
    /// Its folder below `samples/steps`.
    pub folder: String,
    /// The day.
    pub as_of: String,
    /// The month of the bulletin.
    pub month: Month,
    /// The page.
    pub page: Vec<u8>,
    /// The cells of the page.
    pub cells: Cells,
}

/// The days of the samples. The cells of their pages come from `data/cutoffs.csv`, adapted in the two places in which the
/// samples differ from it.
///
/// # Panics
/// If the samples cannot be read.
pub fn sample_steps() -> Vec<SampleStep> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/cutoffs.csv");
    let dates = read_cells(&std::fs::read_to_string(path).unwrap());
    let steps = steps().unwrap();
    let cell = |category: &str, area: &str| ("final_action".to_owned(), category.to_owned(), area.to_owned());
    steps
        .into_iter()
        .map(|step| {
            let month = step.page.bulletin.month();
            let mut cells = dates[&month.to_string()].clone();
            if step.folder.ends_with("-april-2024") {
                cells.insert(cell("EB2", "INDIA"), Value::read("2012-04-01", "01APR12"));
            }
            if step.folder.ends_with("-may-2024") {
                cells.insert(cell("EB3", "CHINA"), Value::read("", "1SEP20"));
            }
            SampleStep {
                folder: step.folder,
                as_of: step.as_of.to_string(),
                month,
                page: step.page.render().into_bytes(),
                cells,
            }
        })
        .collect()
}

/// The samples by month, each in its last version, and their cells.
///
/// # Panics
/// If the samples cannot be read.
pub fn sample_months() -> (Pages, History) {
    let steps = sample_steps();
    (
        steps.iter().map(|step| (step.month, step.page.clone())).collect(),
        steps
            .iter()
            .map(|step| (step.month.to_string(), step.cells.clone()))
            .collect(),
    )
}

/// A page of the samples with a different text in one cell: a cut-off such as `2020-02-01`, or anything else as a
/// misprint.
///
/// # Panics
/// If the samples have no such month or cell.
pub fn altered(month: Month, cell: [&str; 3], text: &str) -> Vec<u8> {
    page_of(&altered_bulletin(&site::bulletin(month).unwrap(), cell, text))
}

/// A bulletin with a different text in one cell.
///
/// # Panics
/// If it has no such cell.
pub fn altered_bulletin(bulletin: &Bulletin, [chart, category, area]: [&str; 3], text: &str) -> Bulletin {
    let (month, layout) = (bulletin.month(), Layout::of(bulletin.month()).unwrap());
    let key = RowKey {
        chart: chart.parse().unwrap(),
        category: category.parse().unwrap(),
        area: area.parse().unwrap(),
    };
    assert!(bulletin.row(key).is_some(), "{month} has no such cell");
    let other = match text.parse() {
        Ok(cut_off) => layout.row(month, key, cut_off),
        Err(_) => layout.unreadable_row(month, key, text),
    };
    let rows = bulletin.rows().filter(|row| row.key != key).cloned();
    Bulletin::new(month, rows.chain([other])).unwrap()
}

/// A bulletin as a page in the layout of its month.
///
/// # Panics
/// If its month had no pages.
pub fn page_of(bulletin: &Bulletin) -> Vec<u8> {
    Page::new(bulletin.clone()).unwrap().render().into_bytes()
}
