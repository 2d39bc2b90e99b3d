//! Provides pages with real dates, and faults in them. Start with [`stored`].

use bulletin::{Area, Bulletin, Category, Chart, Month, RowKey};
use bulletin_samples::{Page, site};

use crate::tool::Folder;

/// The cell that is misprinted in these tests.
pub(crate) const EB3_CHINA: RowKey = RowKey {
    chart: Chart::FinalAction,
    category: Category::Eb3,
    area: Area::CHINA,
};

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// A month's page without faults.
pub(crate) fn page(text: &str) -> Page {
    Page::new(site::bulletin(month(text)).unwrap()).unwrap()
}

/// The cut-offs of one month as those of another.
pub(crate) fn page_as(text: &str, as_month: Month) -> Page {
    let bulletin = site::bulletin(month(text)).unwrap();
    Page::new(Bulletin::new(as_month, bulletin.rows().cloned()).unwrap()).unwrap()
}

/// The name of a month's file, as on the site.
pub(crate) fn file(text: &str) -> String {
    let month = month(text);
    format!(
        "visa-bulletin-for-{}-{}.html",
        month.name().to_lowercase(),
        month.year()
    )
}

/// Saves these months' pages in the folder `pages`.
pub(crate) fn save(folder: &Folder, months: &[&str]) {
    for text in months {
        folder.write(&format!("pages/{}", file(text)), page(text).render());
    }
}

/// A folder in which these months are stored, as of the day after the last of them came out.
pub(crate) fn stored(months: &[&str]) -> Folder {
    let folder = Folder::new();
    save(&folder, months);
    let range = format!("{}..{}", months[0], months[months.len() - 1]);
    folder
        .bulletin(&[
            "run",
            "--source",
            "pages",
            "--as-of",
            &day_before(months[months.len() - 1]),
            "--backfill",
            &range,
        ])
        .exits(0);
    folder
}

/// A likely release day of this month's bulletin.
pub(crate) fn day_before(text: &str) -> String {
    format!("{}-14", month(text).previous())
}
