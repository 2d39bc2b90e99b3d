//! Cells that a page should have and does not have.
//!
//! A lost column or row must not look like a decision of the department. [`complete`] compares a page with the bulletin
//! before it, adds an unreadable row for every cell whose absence proves nothing, and reports missing and dropped rows
//! and columns. An absence counts as real if a column or row leaves every chart at once, if the bulletin before lacks
//! it too, or if an operator confirms it.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::area::Area;
use crate::bulletin::{Bulletin, MissingPart, Row, RowKey};
use crate::category::{Category, Preference};
use crate::chart::Chart;
use crate::finding::Finding;

/// The bulletins and decisions that a page is compared with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The newest stored bulletin of an earlier month.
    pub previous: Option<&'a Bulletin>,
    /// The stored version of the same month; `None` for a new month.
    pub stored: Option<&'a Bulletin>,
    /// Cells whose absence an operator confirmed.
    pub confirmed: &'a [RowKey],
}

/// A page together with the cells that it should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// The printed cells, and an unreadable row for each missing one.
    pub bulletin: Bulletin,
    /// The page's own findings, and one for each missing or dropped row and column.
    pub findings: Vec<Finding>,
    /// The missing cells. An operator who confirms their absence confirms these.
    pub missing: Vec<RowKey>,
}

/// Adds the missing cells of a page, and reports what is missing or gone.
///
/// `findings` are the reader's, or those stored with the bulletin. A cell that the stored version has and a new version
/// of the page lost keeps its stored row. So do all cells of a preference whose two charts are copies of each other.
pub fn complete(printed: &Bulletin, findings: &[Finding], context: Context<'_>) -> Completed {
    let is_printed = |row: &&Row| row.missing_part().is_none();
    let page = Page {
        halves: halves(printed.rows().filter(is_printed)),
        findings,
        confirmed: context.confirmed.iter().copied().collect(),
    };
    let mut rows: BTreeMap<RowKey, Row> = printed
        .rows()
        .filter(is_printed)
        .map(|row| (row.key, row.clone()))
        .collect();
    let mut missing = BTreeMap::new();
    if let Some(stored) = context.stored {
        page.keep_stored(stored, &mut rows, &mut missing);
    }
    let before = context
        .previous
        .map(|previous| halves(previous.rows()))
        .unwrap_or_default();
    let lost = page.lost(&before);
    for key in lost.keys(&page.halves) {
        if let std::collections::btree_map::Entry::Vacant(place) = rows.entry(key) {
            place.insert(page.missing_row(key, &lost));
            missing.insert(key, lost.finding(key));
        }
    }
    let dropped = page.dropped(&before, &lost);
    Completed {
        bulletin: Bulletin::from_rows(printed.month(), rows),
        findings: with_gaps(findings, missing.values().chain(&dropped)),
        missing: missing.into_keys().collect(),
    }
}

/// The page's findings, with these instead of its earlier ones about missing and dropped rows and columns.
fn with_gaps<'a>(of_page: &[Finding], gaps: impl Iterator<Item = &'a Finding>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = of_page
        .iter()
        .filter(|finding| !finding.is_gap())
        .cloned()
        .collect();
    for gap in gaps {
        if !findings.contains(gap) {
            findings.push(gap.clone());
        }
    }
    findings
}

/// One preference of one chart.
type Half = (Chart, Preference);

fn half_of(key: RowKey) -> Half {
    (key.chart, key.category.preference())
}

/// The rows and columns of one half chart with their printed labels. A missing row or column has an empty label.
#[derive(Debug, Default)]
struct Labels {
    rows: BTreeMap<Category, SmolStr>,
    columns: BTreeMap<Area, SmolStr>,
}

/// The labels of every half chart that these rows are in.
fn halves<'a>(rows: impl Iterator<Item = &'a Row>) -> BTreeMap<Half, Labels> {
    let mut halves: BTreeMap<Half, Labels> = BTreeMap::new();
    for row in rows {
        let labels = halves.entry(half_of(row.key)).or_default();
        let row_label = labels.rows.entry(row.key.category).or_default();
        if row_label.is_empty() {
            row_label.clone_from(&row.raw.category);
        }
        let column_label = labels.columns.entry(row.key.area).or_default();
        if column_label.is_empty() {
            column_label.clone_from(&row.raw.area);
        }
    }
    halves
}

/// A printed page, and its findings about its gaps.
struct Page<'a> {
    halves: BTreeMap<Half, Labels>,
    findings: &'a [Finding],
    confirmed: BTreeSet<RowKey>,
}

impl Page<'_> {
    /// Keeps the stored rows of cells that a new version of the page lost, and of charts that are copies.
    fn keep_stored(
        &self,
        stored: &Bulletin,
        rows: &mut BTreeMap<RowKey, Row>,
        missing: &mut BTreeMap<RowKey, Finding>,
    ) {
        let lost = self.lost(&halves(stored.rows()));
        for row in stored.rows() {
            let is_copied = self.findings.contains(&Finding::IdenticalCharts {
                preference: row.key.category.preference(),
            });
            if lost.contains(row.key) {
                missing.insert(row.key, lost.finding(row.key));
                rows.entry(row.key).or_insert_with(|| row.clone());
            } else if is_copied {
                rows.insert(row.key, row.clone());
            }
        }
    }

    /// The rows and columns that the page lacks without being known to be gone. `before` has the labels of the bulletin
    /// that the page is compared with.
    fn lost(&self, before: &BTreeMap<Half, Labels>) -> Lost {
        let mut lost = Lost::default();
        for (half, labels) in &self.halves {
            let Some(known) = before.get(half) else {
                self.add_own_gaps(*half, &mut lost);
                continue;
            };
            let hides_columns = self.hides(Finding::hides_a_column, *half);
            for (area, label) in &known.columns {
                let is_doubtful =
                    || hides_columns || (!label.is_empty() && self.expects_column(*half, *area));
                if !labels.columns.contains_key(area) && is_doubtful() {
                    lost.columns.insert((*half, *area));
                }
            }
            let hides_rows = self.hides(Finding::hides_a_row, *half);
            for (category, label) in &known.rows {
                let is_doubtful = || hides_rows || (!label.is_empty() && self.expects_row(*half, *category));
                if !labels.rows.contains_key(category) && is_doubtful() {
                    lost.rows.insert((*half, *category));
                }
            }
        }
        self.without_confirmed(lost)
    }

    /// Adds the rows and columns that the page's own findings call missing.
    fn add_own_gaps(&self, half: Half, lost: &mut Lost) {
        for finding in self.findings {
            match *finding {
                Finding::MissingColumn {
                    chart,
                    preference,
                    area,
                } if (chart, preference) == half => {
                    lost.columns.insert((half, area));
                }
                Finding::MissingRow {
                    chart,
                    preference,
                    category,
                } if (chart, preference) == half => {
                    lost.rows.insert((half, category));
                }
                _ => {}
            }
        }
    }

    /// Leaves out the rows and columns whose every cell an operator confirmed as gone.
    fn without_confirmed(&self, mut lost: Lost) -> Lost {
        if self.confirmed.is_empty() {
            return lost;
        }
        let is_confirmed = |half: &Half, wanted: &dyn Fn(RowKey) -> bool| {
            self.confirmed
                .iter()
                .any(|key| half_of(*key) == *half && wanted(*key))
        };
        lost.columns.retain(|(half, area)| {
            let is_left = |key: RowKey| key.area == *area && !lost.rows.contains(&(*half, key.category));
            !is_confirmed(half, &is_left)
        });
        lost.rows.retain(|(half, category)| {
            let is_left =
                |key: RowKey| key.category == *category && self.halves[half].columns.contains_key(&key.area);
            !is_confirmed(half, &is_left)
        });
        lost
    }

    fn hides(&self, what: impl Fn(&Finding) -> Option<Half>, half: Half) -> bool {
        self.findings.iter().any(|finding| what(finding) == Some(half))
    }

    /// True if a column is printed on another chart of the page, or the page's own findings call it missing.
    fn expects_column(&self, (chart, preference): Half, area: Area) -> bool {
        let is_printed = |labels: &Labels| labels.columns.get(&area).is_some_and(|label| !label.is_empty());
        self.halves.values().any(is_printed)
            || self.findings.contains(&Finding::MissingColumn {
                chart,
                preference,
                area,
            })
    }

    /// True if a row is printed on the other chart of the page, or the page's own findings call it missing.
    fn expects_row(&self, (chart, preference): Half, category: Category) -> bool {
        let is_printed = |labels: &Labels| labels.rows.get(&category).is_some_and(|label| !label.is_empty());
        self.halves.values().any(is_printed)
            || self.findings.contains(&Finding::MissingRow {
                chart,
                preference,
                category,
            })
    }

    /// The place of a cell in a lost row or column.
    fn missing_row(&self, key: RowKey, lost: &Lost) -> Row {
        let labels = self.halves.get(&half_of(key));
        let (part, label) = if lost.rows.contains(&(half_of(key), key.category)) {
            (
                MissingPart::Row,
                labels.and_then(|labels| labels.columns.get(&key.area)),
            )
        } else {
            (
                MissingPart::Column,
                labels.and_then(|labels| labels.rows.get(&key.category)),
            )
        };
        Row::missing(key, part, label.cloned().unwrap_or_default())
    }

    /// A finding for each row and column of the bulletin before that is gone.
    fn dropped(&self, before: &BTreeMap<Half, Labels>, lost: &Lost) -> Vec<Finding> {
        let mut dropped = Vec::new();
        for (half, labels) in &self.halves {
            let Some(known) = before.get(half) else { continue };
            let (chart, preference) = *half;
            let is_gone = |area: &&Area| {
                !labels.columns.contains_key(*area) && !lost.columns.contains(&(*half, **area))
            };
            dropped.extend(
                known
                    .columns
                    .keys()
                    .filter(is_gone)
                    .map(|area| Finding::DroppedColumn {
                        chart,
                        preference,
                        area: *area,
                    }),
            );
            let is_gone = |category: &&Category| {
                !labels.rows.contains_key(*category) && !lost.rows.contains(&(*half, **category))
            };
            dropped.extend(
                known
                    .rows
                    .keys()
                    .filter(is_gone)
                    .map(|category| Finding::DroppedRow {
                        chart,
                        preference,
                        category: *category,
                    }),
            );
        }
        dropped
    }
}

/// Rows and columns whose absence proves nothing.
#[derive(Debug, Default)]
struct Lost {
    rows: BTreeSet<(Half, Category)>,
    columns: BTreeSet<(Half, Area)>,
}

impl Lost {
    fn contains(&self, key: RowKey) -> bool {
        let half = half_of(key);
        self.rows.contains(&(half, key.category)) || self.columns.contains(&(half, key.area))
    }

    /// The finding for a cell of a lost row or column.
    fn finding(&self, key: RowKey) -> Finding {
        let (chart, preference) = half_of(key);
        if self.rows.contains(&((chart, preference), key.category)) {
            Finding::MissingRow {
                chart,
                preference,
                category: key.category,
            }
        } else {
            Finding::MissingColumn {
                chart,
                preference,
                area: key.area,
            }
        }
    }

    /// Every cell of the lost rows and columns.
    fn keys(&self, page: &BTreeMap<Half, Labels>) -> BTreeSet<RowKey> {
        let mut keys = BTreeSet::new();
        for (half, labels) in page {
            let rows = || self.rows.iter().filter(|(of, _)| of == half).map(|(_, row)| *row);
            let columns = || {
                self.columns
                    .iter()
                    .filter(|(of, _)| of == half)
                    .map(|(_, area)| *area)
            };
            let key = |category, area| RowKey {
                chart: half.0,
                category,
                area,
            };
            let all_columns = || columns().chain(labels.columns.keys().copied());
            keys.extend(rows().flat_map(|category| all_columns().map(move |area| key(category, area))));
            let printed_rows = labels.rows.keys().copied();
            keys.extend(printed_rows.flat_map(|category| columns().map(move |area| key(category, area))));
        }
        keys
    }
}
