//! The pages that are altered: samples of every layout, and the real pages if they are available.

use bulletin::{Area, Bulletin, Category, Chart, CutOff, Month, Preference, RowKey};
use bulletin_samples::{Layout, Page as Sample, site};
use chrono::{Days, NaiveDate};

use crate::page::{Known, Page, Truth};
use crate::pages;
use crate::random::Random;

/// Months whose pages are generated, at least one of each layout and of each set of rows and columns.
const MADE_UP: [&str; 12] = [
    "2002-11", "2004-03", "2005-03", "2006-02", "2007-06", "2010-08", "2013-05", "2015-10", "2016-08",
    "2019-04", "2022-05", "2026-03",
];

/// Sample months with the department's real dates.
const TRUE_DATES: [&str; 6] = ["2002-05", "2009-12", "2012-04", "2016-01", "2023-03", "2024-06"];

/// A page of each sample month.
pub(crate) fn samples() -> Vec<Page> {
    let true_dates = TRUE_DATES
        .iter()
        .map(|month| site::bulletin(month.parse().unwrap()).unwrap());
    let made_up = MADE_UP
        .iter()
        .enumerate()
        .map(|(index, month)| made_up(month.parse().unwrap(), &mut Random::new("made up", index, 0)));
    true_dates.chain(made_up).map(sample).collect()
}

/// Every `step`th real page; none if they are not available.
pub(crate) fn real_pages(step: usize) -> Vec<Page> {
    let Some(bulletins) = pages::shared() else {
        return Vec::new();
    };
    let months = pages::truth(&bulletins).into_iter().step_by(step);
    months
        .map(|(month, known)| {
            let truth = known.into_iter().map(|(key, (value, row, column, raw))| {
                let value = value.parse().ok();
                (
                    key,
                    Known {
                        value,
                        row,
                        column,
                        raw,
                    },
                )
            });
            let html = String::from_utf8_lossy(&pages::page(&bulletins, month)).into_owned();
            Page::new(month, &html, &truth.collect()).unwrap()
        })
        .collect()
}

fn sample(bulletin: Bulletin) -> Page {
    let month = bulletin.month();
    let truth: Truth = bulletin
        .rows()
        .map(|row| {
            let known = Known {
                value: row.reading.cut_off(),
                row: row.raw.category.to_string(),
                column: row.raw.area.to_string(),
                raw: row.raw.value.to_string(),
            };
            (row.key, known)
        })
        .collect();
    let html = Sample::new(bulletin).unwrap().render();
    Page::new(month, &html, &truth).unwrap()
}

/// A plausible bulletin of a month: countries are behind the rest of the world, and papers may be filed some months
/// before a visa can be issued.
fn made_up(month: Month, random: &mut Random) -> Bulletin {
    let layout = Layout::of(month).unwrap();
    let mut rows = Vec::new();
    for preference in Preference::ALL {
        for area in Layout::areas(month, preference) {
            for category in categories(month, preference) {
                let (action, filing) = cut_offs(month, preference, area, random);
                for (chart, cut_off) in [(Chart::FinalAction, action), (Chart::DatesForFiling, filing)] {
                    let printed = layout.charts().contains(&chart)
                        && Layout::categories(month, chart, preference).contains(&category);
                    if printed {
                        rows.push(layout.row(
                            month,
                            RowKey {
                                chart,
                                category,
                                area,
                            },
                            cut_off,
                        ));
                    }
                }
            }
        }
    }
    Bulletin::new(month, rows).unwrap()
}

fn categories(month: Month, preference: Preference) -> Vec<Category> {
    let mut categories = Layout::categories(month, Chart::FinalAction, preference);
    categories.extend(Layout::categories(month, Chart::DatesForFiling, preference));
    categories.sort_unstable();
    categories.dedup();
    categories
}

/// A final action date and a later date for filing.
fn cut_offs(month: Month, preference: Preference, area: Area, random: &mut Random) -> (CutOff, CutOff) {
    let day = |years: u64, days: usize| {
        let first = month.first_day() - Days::new(years * 365 + 400);
        first + Days::new(days as u64)
    };
    let date = |day: NaiveDate| CutOff::Date(day);
    let behind = if area == Area::ALL { 1 } else { 6 };
    match (preference, random.below(10)) {
        (Preference::Employment, 0..=2) => (CutOff::Current, CutOff::Current),
        (Preference::Employment, 3) if area != Area::ALL => (CutOff::Unavailable, date(day(behind, 30))),
        _ => {
            let days = random.below(300);
            let later = 20 + random.below(70);
            (date(day(behind, days)), date(day(behind, days + later)))
        }
    }
}
