//! Every real page, compared with its known contents. The pages are not part of the repository: they are
//! expected next to it, or in the folder in `VISA_BULLETIN_SHARED`.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says what it looked at"
)]

#[path = "shared/pages.rs"]
mod pages;

use std::collections::BTreeMap;

use bulletin::{Finding, Month, RowKey};
use bulletin_html::{ReadPage, Refusal, month_of_path, predicted_path, read_index, read_page};
use pages::{Known, fields, page, shared, truth};

fn cells(page: &ReadPage) -> BTreeMap<RowKey, Known> {
    page.bulletin
        .rows()
        .map(|row| {
            let value = row.reading.cut_off().map(|cut_off| cut_off.to_string());
            let raw = &row.raw;
            let known = (
                value.unwrap_or_default(),
                raw.category.to_string(),
                raw.area.to_string(),
                raw.value.to_string(),
            );
            (row.key, known)
        })
        .collect()
}

#[test]
fn every_cell_of_every_page_is_right() {
    let Some(bulletins) = shared() else { return };
    let truth = truth(&bulletins);
    assert_eq!(truth.len(), 176);
    let mut wrong = Vec::new();
    let mut count = 0;
    for (month, known) in &truth {
        let read = match read_page(&page(&bulletins, *month), Some(*month)) {
            Ok(read) => read,
            Err(refusal) => {
                wrong.push(format!("{month}: {refusal}"));
                continue;
            }
        };
        let found = cells(&read);
        for (key, cell) in known {
            match found.get(key) {
                Some(found) if found == cell => count += 1,
                found => wrong.push(format!("{month} {key:?}: {cell:?} was read as {found:?}")),
            }
        }
        for (key, cell) in found.iter().filter(|(key, _)| !known.contains_key(key)) {
            wrong.push(format!("{month} {key:?}: {cell:?} is not on the page"));
        }
        for finding in &read.findings {
            println!("{month} {}: {finding}", finding.kind());
        }
    }
    for line in wrong.iter().take(20) {
        println!("{line}");
    }
    assert!(wrong.is_empty(), "{} differ", wrong.len());
    println!("{count} cells are right");
}

#[test]
fn every_misprinted_cell_is_reported() {
    let Some(bulletins) = shared() else { return };
    for (month, known) in truth(&bulletins) {
        let read = read_page(&page(&bulletins, month), None).unwrap();
        let misprinted = known.iter().filter(|(_, cell)| cell.0.is_empty());
        let expected: Vec<(RowKey, String)> = misprinted.map(|(key, cell)| (*key, cell.3.clone())).collect();
        let reported: Vec<(RowKey, String)> = read
            .findings
            .iter()
            .filter_map(|finding| match finding {
                Finding::UnreadableCell {
                    chart,
                    category,
                    area,
                    raw,
                    ..
                } => {
                    let key = RowKey {
                        chart: *chart,
                        category: *category,
                        area: *area,
                    };
                    Some((key, raw.clone()))
                }
                finding => {
                    assert!(!finding.loses_a_cut_off(), "{month}: {finding}");
                    None
                }
            })
            .collect();
        assert_eq!(reported, expected, "{month}");
    }
}

#[test]
fn a_page_of_another_month_is_refused() {
    let Some(bulletins) = shared() else { return };
    for month in truth(&bulletins).into_keys().step_by(10) {
        let refusal = read_page(&page(&bulletins, month), Some(month.next())).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::WrongMonth {
                expected: month.next(),
                found: month
            }
        );
    }
}

#[test]
fn every_link_of_the_index_pages_is_found() {
    let Some(bulletins) = shared() else { return };
    let text = std::fs::read_to_string(bulletins.join("index/urls_by_month.csv")).unwrap();
    let mut known: BTreeMap<String, BTreeMap<Month, Vec<String>>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f = fields(line);
        let month: Month = f[0].parse().unwrap();
        assert_eq!(month_of_path(&f[2]), Some(month), "{line}");
        let of_file = known.entry(f[1].clone()).or_default();
        of_file.entry(month).or_default().push(f[2].clone());
    }
    for (file, known) in known {
        let links = read_index(&std::fs::read(bulletins.join(&file)).unwrap()).unwrap();
        assert!(links.is_sorted_by(|a, b| a.month > b.month), "{file}");
        let links: BTreeMap<Month, String> = links.into_iter().map(|link| (link.month, link.path)).collect();
        let differing: Vec<Month> = known
            .keys()
            .chain(links.keys())
            .copied()
            .filter(|month| match (known.get(month), links.get(month)) {
                // One month has two pages.
                (Some(known), Some(link)) => !known.contains(link),
                _ => true,
            })
            .collect();
        assert_eq!(differing, [], "{file}");
        let usual = links
            .iter()
            .filter(|(month, path)| predicted_path(**month) == **path)
            .count();
        println!(
            "{file}: {} links, {usual} of them where they are predicted",
            links.len()
        );
    }
}

#[test]
fn every_capture_of_the_index_is_read() {
    let Some(bulletins) = shared() else { return };
    for entry in std::fs::read_dir(bulletins.join("index")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let links = read_index(&std::fs::read(&path).unwrap()).unwrap();
            println!("{}: newest {}", path.display(), links[0].month);
            assert!(links.len() > 180, "{}", path.display());
        }
    }
}
