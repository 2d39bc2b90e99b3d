//! The files under `samples/`: real dates of real months, on pages that were written for this project. Start
//! at [`files`].

use bulletin::{Area, Bulletin, Category, Chart, DuplicateRow, Month, RowKey, UnknownSpelling};
use chrono::NaiveDate;

use crate::index::{page_path, render_index};
use crate::layout::Layout;
use crate::page::Page;

/// The cut-offs of every month, as the department printed them.
const CUT_OFFS: &str = include_str!("../../../data/cutoffs.csv");

/// One file of the samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFile {
    /// The path under `samples/`.
    pub path: String,
    /// The contents.
    pub html: String,
}

/// One day on which the site changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The name of the step's folder under `samples/steps/` or `samples/demo/`.
    pub folder: String,
    /// The day: a plausible release date, not the real one.
    pub as_of: NaiveDate,
    /// The new or changed page of that day.
    pub page: Page,
}

/// The reason why the checked-in cut-offs cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCutOffs {
    /// A line has more or fewer fields than the heading.
    #[error("data/cutoffs.csv: \"{0}\" does not have nine fields")]
    Fields(String),
    /// A field is invalid.
    #[error("data/cutoffs.csv: {0}")]
    Unknown(#[from] UnknownSpelling),
    /// A cell occurs twice.
    #[error("data/cutoffs.csv: {0}")]
    Twice(#[from] DuplicateRow),
    /// A month of the samples is missing, or is older than every layout.
    #[error("data/cutoffs.csv has no page for {0}")]
    NoPage(Month),
    /// A day of the samples does not exist.
    #[error("{0} is no day")]
    NoDay(&'static str),
}

/// Month, day and the suffix of the folder's name.
type PlannedStep = (&'static str, &'static str, &'static str);

/// The steps of the demo: consecutive months.
const DEMO: [PlannedStep; 7] = [
    ("2024-02", "2024-01-10", ""),
    ("2024-03", "2024-02-14", ""),
    ("2024-04", "2024-03-13", ""),
    ("2024-04", "2024-03-14", "-corrected"),
    ("2024-05", "2024-04-10", ""),
    ("2024-06", "2024-05-14", ""),
    ("2024-07", "2024-06-11", ""),
];

/// The steps of the tests: months in which much happened, some of them apart.
const STEPS: [PlannedStep; 11] = [
    ("2023-03", "2023-02-14", ""),
    ("2023-05", "2023-04-12", ""),
    ("2023-07", "2023-06-14", ""),
    ("2023-08", "2023-07-12", ""),
    ("2023-12", "2023-11-15", ""),
    ("2024-02", "2024-01-10", ""),
    ("2024-04", "2024-03-13", ""),
    ("2024-04", "2024-03-14", "-corrected"),
    ("2024-05", "2024-04-10", ""),
    ("2024-06", "2024-05-14", ""),
    ("2024-07", "2024-06-11", ""),
];

/// Older months, two of each of four layouts.
const HISTORY: [&str; 8] = [
    "2002-05", "2002-06", "2009-12", "2010-01", "2012-04", "2012-05", "2016-01", "2016-02",
];

/// The cell of the April 2024 page on its first day; on the next day it was `15APR12`, as in `data/cutoffs.csv`.
const APRIL_2024_FIRST: (RowKey, &str) = (
    RowKey {
        chart: Chart::FinalAction,
        category: Category::Eb2,
        area: Area::INDIA,
    },
    "01APR12",
);

/// A deliberate misprint on the May 2024 page: the real page had `01SEP20`, and so had the next month's.
const MAY_2024_MISPRINT: (RowKey, &str) = (
    RowKey {
        chart: Chart::FinalAction,
        category: Category::Eb3,
        area: Area::CHINA,
    },
    "1SEP20",
);

/// The cut-offs of a month in `data/cutoffs.csv`.
///
/// # Errors
/// [`BadCutOffs`] if the file is damaged or lacks the month.
pub fn bulletin(month: Month) -> Result<Bulletin, BadCutOffs> {
    let layout = Layout::of(month).ok_or(BadCutOffs::NoPage(month))?;
    let mut rows = Vec::new();
    let month_text = month.to_string();
    for line in CUT_OFFS.lines().filter(|line| line.starts_with(&month_text)) {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, chart, _, category, area, status, date, raw, _] = fields[..] else {
            return Err(BadCutOffs::Fields(line.to_owned()));
        };
        let key = RowKey {
            chart: chart.parse()?,
            category: category.parse()?,
            area: area.parse()?,
        };
        rows.push(match status {
            "unreadable" => layout.unreadable_row(month, key, raw),
            "date" => layout.row(month, key, date.parse()?),
            _ => layout.row(month, key, raw.parse()?),
        });
    }
    if rows.is_empty() {
        return Err(BadCutOffs::NoPage(month));
    }
    Ok(Bulletin::new(month, rows)?)
}

/// The days of the demo, first to last.
///
/// # Errors
/// [`BadCutOffs`] if `data/cutoffs.csv` is damaged.
pub fn demo() -> Result<Vec<Step>, BadCutOffs> {
    played(&DEMO)
}

/// The days that the tests play, first to last. April 2024 is corrected, and one cell of May 2024 is misprinted.
///
/// # Errors
/// [`BadCutOffs`] if `data/cutoffs.csv` is damaged.
pub fn steps() -> Result<Vec<Step>, BadCutOffs> {
    let mut steps = played(&STEPS)?;
    let may = steps.iter_mut().filter(|step| step.folder.ends_with("may-2024"));
    let (key, text) = MAY_2024_MISPRINT;
    may.for_each(|step| step.page.noise.misprints.push((key, text.to_owned())));
    Ok(steps)
}

fn played(steps: &[PlannedStep]) -> Result<Vec<Step>, BadCutOffs> {
    let steps = steps.iter().enumerate();
    steps
        .map(|(index, (month, day, ending))| {
            let month: Month = month.parse()?;
            let as_of = day.parse().map_err(|_| BadCutOffs::NoDay(day))?;
            let name = month.title().to_lowercase().replace(' ', "-");
            let folder = format!("{:02}-{day}-{name}{ending}", index + 1);
            let mut page = page(month)?;
            if folder.ends_with("april-2024") {
                let (key, text) = APRIL_2024_FIRST;
                page.noise.misprints.push((key, text.to_owned()));
            }
            Ok(Step { folder, as_of, page })
        })
        .collect()
}

/// A month's page, with additions that show how the department's pages differ.
fn page(month: Month) -> Result<Page, BadCutOffs> {
    let mut page = Page::new(bulletin(month)?).ok_or(BadCutOffs::NoPage(month))?;
    let noise = &mut page.noise;
    match month.to_string().as_str() {
        "2002-06" => noise.caption = true,
        "2012-05" => noise.forecast = true,
        "2023-05" | "2024-02" | "2024-06" => noise.decoys = false,
        "2023-08" => noise.countries = true,
        _ => {}
    }
    Ok(page)
}

/// The pages of older months.
///
/// # Errors
/// [`BadCutOffs`] if `data/cutoffs.csv` is damaged.
pub fn history() -> Result<Vec<Page>, BadCutOffs> {
    HISTORY.into_iter().map(|month| page(month.parse()?)).collect()
}

/// Every file that the generator writes under `samples/`.
///
/// # Errors
/// [`BadCutOffs`] if `data/cutoffs.csv` is damaged.
pub fn files() -> Result<Vec<SampleFile>, BadCutOffs> {
    let steps = steps()?;
    let demo = demo()?;
    let mut files: Vec<SampleFile> = demo.iter().map(|step| step_file("demo", step)).collect();
    for step in &steps {
        let month = step.page.bulletin.month();
        files.push(step_file("steps", step));
        // A corrected page follows the one that it replaces.
        let path = format!("pages{}", page_path(month));
        files.retain(|file| file.path != path);
        files.push(SampleFile {
            path,
            html: step.page.render(),
        });
    }
    let months: Vec<Month> = steps.iter().map(|step| step.page.bulletin.month()).collect();
    let newest = months.iter().max().copied();
    let path = "pages/content/travel/en/legal/visa-law0/visa-bulletin.html".to_owned();
    files.push(SampleFile {
        path,
        html: render_index(&months, newest),
    });
    for page in history()? {
        let path = format!("history/{}", file_name(page.bulletin.month()));
        files.push(SampleFile {
            path,
            html: page.render(),
        });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn step_file(folder: &str, step: &Step) -> SampleFile {
    SampleFile {
        path: format!(
            "{folder}/{}/{}",
            step.folder,
            file_name(step.page.bulletin.month())
        ),
        html: step.page.render(),
    }
}

fn file_name(month: Month) -> String {
    let path = page_path(month);
    path.rsplit('/').next().unwrap_or(&path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_likely_day() {
        for steps in [steps().unwrap(), demo().unwrap()] {
            for pair in steps.windows(2) {
                assert!(pair[0].as_of < pair[1].as_of, "{}", pair[1].folder);
            }
            for step in &steps {
                let before = step.page.bulletin.month().previous();
                assert_eq!(Month::of(step.as_of), before, "{}", step.folder);
            }
        }
    }

    #[test]
    fn the_demo_skips_no_month() {
        let months: Vec<Month> = demo()
            .unwrap()
            .iter()
            .map(|step| step.page.bulletin.month())
            .collect();
        for pair in months.windows(2) {
            assert!(pair[1] == pair[0] || pair[1].previous() == pair[0], "{pair:?}");
        }
    }

    #[test]
    fn the_correction_changes_one_cell() {
        let steps = steps().unwrap();
        let april: Vec<&Page> = steps
            .iter()
            .map(|step| &step.page)
            .filter(|page| page.bulletin.month().to_string() == "2024-04")
            .collect();
        let [first, corrected] = april[..] else {
            panic!("April 2024 is there twice")
        };
        assert_eq!(
            first.render().replacen("01APR12", "15APR12", 1),
            corrected.render()
        );
    }

    #[test]
    fn the_misprinted_cell_comes_back_in_the_next_month() {
        let (key, misprint) = MAY_2024_MISPRINT;
        let value = |month: &str| {
            bulletin(month.parse().unwrap())
                .unwrap()
                .row(key)
                .unwrap()
                .raw
                .value
                .clone()
        };
        assert_eq!(value("2024-05"), format!("0{misprint}"));
        assert_eq!(value("2024-06"), format!("0{misprint}"));
    }
}
