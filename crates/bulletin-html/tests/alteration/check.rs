//! Compares what is read from an altered page with what must be read.

use bulletin::{Bulletin, Finding, RowKey};
use bulletin_html::read_page;

use crate::page::{Expected, Page};
use crate::text::squashed;

/// The result for one altered page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every cell that has a value was read.
    Right,
    /// Cells were not read, and findings name them.
    Reported,
    /// The page was refused.
    Refused(String),
    /// A cell was read as something that the page does not say.
    Wrong(String),
    /// A cell was not read, and no finding names it.
    Silent(String),
}

/// Reads an altered page.
pub(crate) fn verdict(page: &Page) -> Verdict {
    let read = match read_page(&page.bytes(), page.asked) {
        Ok(read) => read,
        Err(refusal) => return Verdict::Refused(format!("{}: {refusal}", refusal.kind())),
    };
    if read.bulletin.month() != page.month {
        return Verdict::Wrong(format!("read as {}", read.bulletin.month()));
    }
    let expected = page.expected();
    if let Some(wrong) = wrong_value(&read.bulletin, &expected) {
        return Verdict::Wrong(wrong);
    }
    let mut all_read = true;
    let mut silent = Vec::new();
    for (key, expected) in &expected {
        let is_read = read
            .bulletin
            .row(*key)
            .is_some_and(|row| row.reading.cut_off().is_some());
        if is_read || *expected == Expected::Gone {
            continue;
        }
        all_read &= *expected == Expected::NoValue;
        if !names_cell(&read.findings, page, *key) {
            silent.push(format!("{} {} {}", key.chart, key.category, key.area));
        }
    }
    if !silent.is_empty() {
        let others: Vec<String> = read
            .findings
            .iter()
            .map(|finding| finding.to_string())
            .take(3)
            .collect();
        let shown: Vec<&String> = silent.iter().take(3).collect();
        return Verdict::Silent(format!(
            "{} cells, such as {shown:?}; findings: {others:?}",
            silent.len()
        ));
    }
    if all_read {
        Verdict::Right
    } else {
        Verdict::Reported
    }
}

fn wrong_value(
    bulletin: &Bulletin,
    expected: &std::collections::BTreeMap<RowKey, Expected>,
) -> Option<String> {
    bulletin.rows().find_map(|row| {
        let found = row.reading.cut_off()?;
        let is_right = expected.get(&row.key) == Some(&Expected::Value(found));
        (!is_right).then(|| {
            let RowKey {
                chart,
                category,
                area,
            } = row.key;
            let expected = expected.get(&row.key);
            format!("{chart} {category} {area} read as {found}, expected {expected:?}")
        })
    })
}

fn names_cell(findings: &[Finding], page: &Page, key: RowKey) -> bool {
    let (rows, columns) = page.labels_of(key);
    findings
        .iter()
        .any(|finding| names(finding, key, &rows, &columns))
}

/// Whether a finding names the cell: its chart, and its row or its column. `rows` and `columns` are the labels that
/// stand on the page where the cell's labels should be.
fn names(finding: &Finding, key: RowKey, rows: &[String], columns: &[String]) -> bool {
    let of_preference = key.category.preference();
    let is_here = |chart, preference| (chart, preference) == (key.chart, of_preference);
    match finding {
        Finding::UnreadableCell {
            chart,
            category,
            area,
            ..
        }
        | Finding::ConflictingCells {
            chart,
            category,
            area,
            ..
        } => (*chart, *category, *area) == (key.chart, key.category, key.area),
        Finding::UnrecognisedRow {
            chart,
            preference,
            label,
            ..
        }
        | Finding::RaggedRow {
            chart,
            preference,
            label,
            ..
        } => is_here(*chart, *preference) && rows.contains(&squashed(label)),
        Finding::UnrecognisedColumn {
            chart,
            preference,
            label,
            ..
        } => is_here(*chart, *preference) && columns.contains(&squashed(label)),
        Finding::MissingColumn {
            chart,
            preference,
            area,
        }
        | Finding::DroppedColumn {
            chart,
            preference,
            area,
        } => is_here(*chart, *preference) && *area == key.area,
        Finding::MissingRow {
            chart,
            preference,
            category,
        }
        | Finding::DroppedRow {
            chart,
            preference,
            category,
        } => is_here(*chart, *preference) && *category == key.category,
        Finding::IdenticalCharts { preference } => *preference == of_preference,
        _ => false,
    }
}
