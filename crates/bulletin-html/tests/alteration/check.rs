//! The comparison of the result for an altered page with the expected one.

use std::collections::BTreeMap;

use bulletin::{Bulletin, Chart, Finding, Preference, RowKey};
use bulletin_html::read_page;

use crate::page::{Expected, Page};
use crate::text::squashed;

/// The result for one altered page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every cell that has a value was read.
    Right,
    /// Cells were not read, and findings name them.
    Reported(String),
    /// The page was refused.
    Refused(String),
    /// A cell was read with a value that the page does not have.
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
    let mut unread = Vec::new();
    let mut silent = Vec::new();
    for (key, expected) in &expected {
        if read
            .bulletin
            .row(*key)
            .is_some_and(|row| row.reading.cut_off().is_some())
        {
            continue;
        }
        let cell = format!("{} {} {}", key.chart, key.category, key.area);
        if !page.may_go.contains(key) && !names_cell(&read.findings, page, *key) {
            silent.push(cell);
        } else if *expected != Expected::NoValue {
            unread.push(cell);
        }
    }
    if !silent.is_empty() {
        Verdict::Silent(lost(&silent, &read.findings))
    } else if !unread.is_empty() {
        Verdict::Reported(lost(&unread, &read.findings))
    } else {
        Verdict::Right
    }
}

/// The first of the cells that were not read, and of the findings.
fn lost(cells: &[String], findings: &[Finding]) -> String {
    let findings: Vec<String> = findings.iter().map(ToString::to_string).take(3).collect();
    let shown = &cells[..cells.len().min(2)];
    format!("{} cells, such as {shown:?}; findings: {findings:?}", cells.len())
}

fn wrong_value(bulletin: &Bulletin, expected: &BTreeMap<RowKey, Expected>) -> Option<String> {
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
    let labels = Labels::of(page, key);
    findings.iter().any(|finding| labels.are_named_by(finding))
}

/// A cell, and the labels of its row and its column on the page.
struct Labels {
    key: RowKey,
    rows: Vec<String>,
    columns: Vec<String>,
    is_garbled: bool,
}

impl Labels {
    fn of(page: &Page, key: RowKey) -> Self {
        let (rows, columns) = page.labels_of(key);
        Self {
            key,
            rows,
            columns,
            is_garbled: page.is_garbled,
        }
    }

    /// True if a finding names the cell: its chart, and its row or its column.
    fn are_named_by(&self, finding: &Finding) -> bool {
        self.have_code_in(finding) || self.have_label_in(finding)
    }

    /// True if a finding names the cell by the codes of its row or its column.
    fn have_code_in(&self, finding: &Finding) -> bool {
        use Finding as F;
        let RowKey {
            chart: its_chart,
            category: its_category,
            area: its_area,
        } = self.key;
        match finding {
            F::UnreadableCell {
                chart,
                category,
                area,
                ..
            }
            | F::ConflictingCells {
                chart,
                category,
                area,
                ..
            } => (*chart, *category, *area) == (its_chart, its_category, its_area),
            F::MissingColumn {
                chart,
                preference,
                area,
            }
            | F::DroppedColumn {
                chart,
                preference,
                area,
            } => self.are_in(*chart, *preference) && *area == its_area,
            F::MissingRow { chart, category, .. } | F::DroppedRow { chart, category, .. } => {
                (*chart, *category) == (its_chart, its_category)
            }
            F::IdenticalCharts { preference } => *preference == its_category.preference(),
            _ => false,
        }
    }

    /// True if a finding names the cell by a label on the page.
    fn have_label_in(&self, finding: &Finding) -> bool {
        use Finding as F;
        match finding {
            F::UnrecognisedRow {
                chart,
                preference,
                label,
                ..
            }
            | F::RowOfAnotherEra {
                chart,
                preference,
                label,
                ..
            }
            | F::RaggedRow {
                chart,
                preference,
                label,
                ..
            } => self.are_in(*chart, *preference) && self.is_one_of(&self.rows, label),
            F::UnrecognisedColumn {
                chart,
                preference,
                label,
                ..
            } => self.are_in(*chart, *preference) && self.is_one_of(&self.columns, label),
            _ => false,
        }
    }

    fn are_in(&self, chart: Chart, preference: Preference) -> bool {
        (chart, preference) == (self.key.chart, self.key.category.preference())
    }

    fn is_one_of(&self, known: &[String], label: &str) -> bool {
        let label = squashed(label);
        let is_within = |known: &String| {
            let mut letters = label.chars();
            !known.is_empty() && known.chars().all(|c| letters.any(|letter| letter == c))
        };
        known.contains(&label) || (self.is_garbled && known.iter().any(is_within))
    }
}
