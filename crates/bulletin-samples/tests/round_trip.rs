//! Pages that are written and parsed: the parser returns the same bulletin.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{Area, Bulletin, Category, Chart, CutOff, Finding, Month, Preference, Reading, RowKey};
use bulletin_html::{INDEX_PATH, ReadPage, Refusal, predicted_path, read_index, read_page};
use bulletin_samples::strategy::{any_bulletin, any_month, any_page};
use bulletin_samples::{Layout, Noise, Page, page_path, render_index, site};
use proptest::prelude::*;

/// Keys and readings, without the raw texts.
fn cells(bulletin: &Bulletin) -> BTreeMap<RowKey, Reading> {
    bulletin.rows().map(|row| (row.key, row.reading)).collect()
}

fn read(page: &Page) -> ReadPage {
    let html = page.render();
    match read_page(html.as_bytes(), Some(page.bulletin.month())) {
        Ok(read) => read,
        Err(refusal) => panic!("{:?}, {}: {refusal}", page.layout, page.bulletin.month()),
    }
}

/// The differences of two bulletins: the cell, its value in the first, its value in the second.
fn differences(
    read: &Bulletin,
    written: &BTreeMap<RowKey, Reading>,
) -> Vec<(RowKey, Option<Reading>, Option<Reading>)> {
    let read = cells(read);
    let keys: BTreeSet<RowKey> = read.keys().chain(written.keys()).copied().collect();
    keys.into_iter()
        .map(|key| (key, read.get(&key).copied(), written.get(&key).copied()))
        .filter(|(_, read, written)| read != written)
        .collect()
}

/// True for findings about the bulletin itself, regardless of its page: generated bulletins have them, and so
/// do the dates of June 2002.
fn is_about_the_bulletin(finding: &Finding) -> bool {
    match finding {
        // A generated chart lacks rows and columns that every real one has.
        Finding::LaterThanAll { .. } | Finding::MissingRow { .. } | Finding::MissingColumn { .. } => true,
        Finding::Layout { what } => what.contains("the page has no SR row"),
        _ => false,
    }
}

/// Any layout, and a value generated for it.
fn in_any_layout<S: Strategy + 'static>(make: impl Fn(Layout) -> S) -> impl Strategy<Value = S::Value> {
    proptest::strategy::Union::new(Layout::ALL.map(make))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_bulletin_is_read_back_from_the_departments_usual_page(
        bulletin in in_any_layout(any_bulletin)
    ) {
        let page = Page::new(bulletin).unwrap();
        let read = read(&page);
        prop_assert_eq!(differences(&read.bulletin, &cells(&page.bulletin)), []);
        let findings: Vec<&Finding> =
            read.findings.iter().filter(|finding| !is_about_the_bulletin(finding)).collect();
        prop_assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn neither_noise_nor_misprints_change_another_cell(page in in_any_layout(any_page)) {
        let read = read(&page);
        prop_assert_eq!(differences(&read.bulletin, &cells(&page.bulletin)), []);
        for row in page.bulletin.rows().filter(|row| row.reading == Reading::Unreadable) {
            let told = read.findings.iter().any(|finding| matches!(
                finding,
                Finding::UnreadableCell { chart, category, area, .. }
                    if (*chart, *category, *area) == (row.key.chart, row.key.category, row.key.area)
            ));
            prop_assert!(told, "{:?} is not told", row.key);
            let raw = &read.bulletin.row(row.key).unwrap().raw.value;
            prop_assert_eq!(raw, &row.raw.value);
        }
    }

    #[test]
    fn a_page_without_one_of_its_charts_is_refused(bulletin in in_any_layout(any_bulletin), which in 0usize..4) {
        let month = bulletin.month();
        let layout = Layout::of(month).unwrap();
        let charts = layout.charts();
        let (chart, preference) = (charts[which % charts.len()], Preference::ALL[which / 2]);
        let left = bulletin.rows().filter(|row| (row.key.chart, row.key.category.preference()) != (chart, preference));
        let page = Page::new(Bulletin::new(month, left.cloned()).unwrap()).unwrap();
        let refusal = read_page(page.render().as_bytes(), Some(month));
        prop_assert!(refusal.is_err(), "{refusal:?}");
    }

    #[test]
    fn every_linked_month_is_found_on_the_index(
        months in proptest::collection::btree_set(in_any_layout(any_month), 1..40),
        upcoming in any::<bool>(),
    ) {
        let newest = months.iter().max().copied().filter(|_| upcoming);
        let listed: Vec<Month> = months.iter().copied().collect();
        let links = read_index(render_index(&listed, newest).as_bytes()).unwrap();
        let found: Vec<(Month, String)> = links.into_iter().map(|link| (link.month, link.path)).collect();
        let wanted: Vec<(Month, String)> = months.iter().rev().map(|month| (*month, page_path(*month))).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn both_sides_predict_the_same_path(month in in_any_layout(any_month)) {
        prop_assert_eq!(page_path(month), predicted_path(month));
    }
}

#[test]
fn the_samples_hold_the_published_cut_offs() {
    let steps = site::steps().unwrap().into_iter();
    for page in steps
        .chain(site::demo().unwrap())
        .map(|step| step.page)
        .chain(site::history().unwrap())
    {
        let read = read(&page);
        let mut wanted = cells(&page.bulletin);
        for (key, text) in &page.noise.misprints {
            let reading = match text.as_str() {
                "01APR12" => Reading::CutOff(CutOff::Date("2012-04-01".parse().unwrap())),
                _ => Reading::Unreadable,
            };
            wanted.insert(*key, reading);
        }
        assert_eq!(
            differences(&read.bulletin, &wanted),
            [],
            "{}",
            page.bulletin.month()
        );
        let findings: Vec<&Finding> = read
            .findings
            .iter()
            .filter(|finding| !is_about_the_bulletin(finding))
            .collect();
        let unreadable = wanted
            .values()
            .filter(|reading| **reading == Reading::Unreadable)
            .count();
        assert_eq!(
            findings.len(),
            unreadable,
            "{}: {findings:#?}",
            page.bulletin.month()
        );
    }
}

#[test]
fn the_index_of_the_samples_links_its_pages() {
    let files = site::files().unwrap();
    let index = files
        .iter()
        .find(|file| file.path == format!("pages{INDEX_PATH}"))
        .unwrap();
    let links = read_index(index.html.as_bytes()).unwrap();
    assert_eq!(links.len(), 10);
    for link in links {
        assert!(
            files
                .iter()
                .any(|file| file.path == format!("pages{}", link.path)),
            "{}",
            link.path
        );
    }
}

#[test]
fn a_page_of_another_month_is_refused() {
    let page = &site::steps().unwrap()[0].page;
    let next = page.bulletin.month().next();
    let refusal = read_page(page.render().as_bytes(), Some(next)).unwrap_err();
    assert!(matches!(refusal, Refusal::WrongMonth { .. }), "{refusal}");
}

#[test]
fn a_country_that_never_had_a_column_is_read_and_told() {
    let month: Month = "2026-03".parse().unwrap();
    let brazil: Area = "Brazil".parse().unwrap();
    let rows = Chart::ALL.into_iter().flat_map(|chart| {
        Preference::ALL.into_iter().flat_map(move |preference| {
            let categories = Layout::categories(month, chart, preference);
            let mut areas = Layout::areas(month, preference);
            areas.push(brazil);
            categories.into_iter().flat_map(move |category| {
                let row = move |area| {
                    Layout::TwoCharts.row(
                        month,
                        RowKey {
                            chart,
                            category,
                            area,
                        },
                        // The two charts differ in every real bulletin.
                        match chart {
                            Chart::FinalAction => CutOff::Unavailable,
                            Chart::DatesForFiling => CutOff::Current,
                        },
                    )
                };
                areas.clone().into_iter().map(row)
            })
        })
    });
    let page = Page::new(Bulletin::new(month, rows).unwrap()).unwrap();
    let read = read(&page);
    assert_eq!(differences(&read.bulletin, &cells(&page.bulletin)), []);
    let new = |finding: &&Finding| matches!(finding, Finding::NewColumn { area, .. } if *area == brazil);
    assert_eq!(read.findings.iter().filter(new).count(), 4, "{:?}", read.findings);
}

#[test]
fn a_misspelt_label_is_understood_or_told_but_never_taken_for_another() {
    let bulletin = site::bulletin("2024-06".parse().unwrap()).unwrap();
    for (label, misspelt) in [
        ("PHILIPPINES", "PHILLIPINES"),
        (
            "All Chargeability Areas Except Those Listed",
            "All Chargability Area Except Those Listed",
        ),
        ("Certain Religious Workers", "Certain Religous Workers"),
    ] {
        let mut page = Page::new(bulletin.clone()).unwrap();
        page.noise.relabelled.push((label.into(), misspelt.into()));
        assert_eq!(
            differences(&read(&page).bulletin, &cells(&bulletin)),
            [],
            "{misspelt}"
        );
    }
    let mut page = Page::new(bulletin.clone()).unwrap();
    page.noise = Noise {
        relabelled: vec![("3rd".into(), "Visitors from Elsewhere".into())],
        ..page.noise
    };
    let read = read(&page);
    let mut wanted = cells(&bulletin);
    wanted.retain(|key, _| key.category != Category::Eb3);
    assert_eq!(differences(&read.bulletin, &wanted), []);
    assert!(
        read.findings
            .iter()
            .any(|finding| matches!(finding, Finding::UnrecognisedRow { .. }))
    );
}
