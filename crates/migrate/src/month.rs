//! The old items of one bulletin, and their comparison with other sources. Start with [`OldMonth`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bulletin::{
    Area, Bulletin, Category, Chart, CutOff, DuplicateRow, Month, Preference, Reading, Row, RowKey,
};
use bulletin_html::has_both_charts;

use crate::item::{Layout, OldItem, Unreadable};
use crate::word::OldValue;

/// Everything that an old table has of one bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldMonth {
    /// The month of the bulletin.
    pub month: Month,
    /// Its items, ordered by key.
    pub items: Vec<OldItem>,
    /// Unreadable items that may belong to it.
    pub unreadable: Vec<Unreadable>,
}

/// An old item, and the differing value elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disagreement {
    /// The cell.
    pub key: RowKey,
    /// The value of the old item.
    pub old: OldValue,
    /// The value elsewhere; `None` if there is no such cell.
    pub other: Option<Reading>,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RowKey {
            chart,
            category,
            area,
        } = self.key;
        write!(f, "{} {category} {area} is ", chart.name())?;
        match self.old {
            OldValue::Lost => f.write_str("C or U in the old item")?,
            OldValue::CutOff(cut_off) => write!(f, "{cut_off} in the old item")?,
        }
        match self.other {
            None => f.write_str(" and not there"),
            Some(Reading::CutOff(cut_off)) => write!(f, " and {cut_off} there"),
            Some(Reading::Unreadable) => f.write_str(" and unreadable there"),
        }
    }
}

impl OldMonth {
    /// Collects the items of a month. If a label names a category in each half of a chart, and an item with an
    /// unambiguous label of the same chart is one of the two, the label means the other one.
    pub(super) fn new(month: Month, mut items: Vec<OldItem>, unreadable: Vec<Unreadable>) -> Self {
        let named: BTreeSet<(Layout, Chart, Category)> = items
            .iter()
            .filter_map(|item| Some((item.layout, item.chart, item.key()?.category)))
            .collect();
        for item in items.iter_mut().filter(|item| item.categories.len() > 1) {
            let left: Vec<Category> = item
                .categories
                .iter()
                .copied()
                .filter(|category| !named.contains(&(item.layout, item.chart, *category)))
                .collect();
            if left.len() == 1 {
                item.categories = left;
            }
        }
        items.sort_unstable_by(|one, other| (&one.pk, &one.sk).cmp(&(&other.pk, &other.sk)));
        Self {
            month,
            items,
            unreadable,
        }
    }

    /// The layouts of its items.
    pub fn layouts(&self) -> BTreeSet<Layout> {
        self.items.iter().map(|item| item.layout).collect()
    }

    /// The number of items that have lost their value.
    pub fn lost(&self) -> usize {
        let is_lost = |item: &&OldItem| item.value == OldValue::Lost;
        self.items.iter().filter(is_lost).count()
    }

    /// The labels that name two categories, with the number of items of each.
    pub fn ambiguous(&self) -> BTreeMap<&str, usize> {
        let mut labels = BTreeMap::new();
        for item in self.items.iter().filter(|item| item.key().is_none()) {
            *labels.entry(item.raw.category.as_str()).or_default() += 1;
        }
        labels
    }

    /// The detectable gaps in its items: halves of a chart that bulletins of its time have, and cells of a half's
    /// rows and columns.
    pub fn lacking(&self) -> Vec<String> {
        let there: BTreeSet<RowKey> = self.items.iter().filter_map(OldItem::key).collect();
        let charts = if has_both_charts(self.month) {
            &Chart::ALL[..]
        } else {
            &[Chart::FinalAction]
        };
        let mut lacking = Vec::new();
        for (chart, preference) in charts
            .iter()
            .flat_map(|chart| Preference::ALL.map(|preference| (*chart, preference)))
        {
            let half = |key: &&RowKey| key.chart == chart && key.category.preference() == preference;
            let categories: BTreeSet<Category> = there.iter().filter(half).map(|key| key.category).collect();
            let areas: BTreeSet<Area> = there.iter().filter(half).map(|key| key.area).collect();
            if categories.is_empty() {
                lacking.push(format!("the {} half of {}", preference.name(), chart.name()));
            }
            for category in categories {
                for area in areas.iter().copied() {
                    let key = RowKey {
                        chart,
                        category,
                        area,
                    };
                    if !there.contains(&key) {
                        lacking.push(format!("{} {category} {area}", chart.name()));
                    }
                }
            }
        }
        lacking
    }

    /// The reasons why the bulletin cannot be built from its items alone; empty if it can.
    pub fn needs_its_page(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        match self.lost() {
            0 => {}
            lost => reasons.push(format!("{lost} of its items lost whether they are C or U")),
        }
        for (label, count) in self.ambiguous() {
            reasons.push(format!(
                "{count} of its items say \"{label}\", which may be two categories"
            ));
        }
        match self.lacking().as_slice() {
            [] => {}
            [one] => reasons.push(format!("it lacks {one}")),
            [first, rest @ ..] => reasons.push(format!("it lacks {first} and {} more", rest.len())),
        }
        reasons
    }

    /// The reasons why the month cannot be moved, whatever its page says; empty if there are none.
    pub fn refusals(&self) -> Vec<String> {
        let mut refusals: Vec<String> = self.unreadable.iter().map(Unreadable::to_string).collect();
        let mut first: BTreeMap<RowKey, &OldItem> = BTreeMap::new();
        for item in &self.items {
            let Some(key) = item.key() else { continue };
            match first.get(&key) {
                None => drop(first.insert(key, item)),
                Some(other) if is_one_value(item.value, other.value) => {}
                Some(other) => refusals.push(format!(
                    "{} {} {} is {} in the item pk=\"{}\", sk=\"{}\" and {} in the item pk=\"{}\", sk=\"{}\"",
                    key.chart.name(),
                    key.category,
                    key.area,
                    other.raw.value,
                    other.pk,
                    other.sk,
                    item.raw.value,
                    item.pk,
                    item.sk
                )),
            }
        }
        refusals
    }

    /// Every item that disagrees with a bulletin. An item that may be one of two cells agrees if one of the two
    /// does.
    pub fn disagreements(&self, bulletin: &Bulletin) -> Vec<Disagreement> {
        let reading = |key: RowKey| bulletin.row(key).map(|row| row.reading);
        self.items
            .iter()
            .filter(|item| {
                !item
                    .keys()
                    .any(|key| reading(key).is_some_and(|reading| says(item.value, reading, self.month)))
            })
            .filter_map(|item| {
                let key = item.keys().next()?;
                Some(Disagreement {
                    key,
                    old: item.value,
                    other: reading(key),
                })
            })
            .collect()
    }

    /// The bulletin of the items if they need no page.
    ///
    /// # Errors
    /// [`DuplicateRow`], never if [`Self::refusals`] is empty.
    pub(super) fn bulletin(&self) -> Result<Bulletin, DuplicateRow> {
        let mut rows: BTreeMap<RowKey, Row> = BTreeMap::new();
        for item in &self.items {
            if let (Some(key), OldValue::CutOff(cut_off)) = (item.key(), item.value) {
                rows.entry(key).or_insert_with(|| Row {
                    key,
                    reading: Reading::CutOff(cut_off),
                    raw: item.raw.clone(),
                });
            }
        }
        Bulletin::new(self.month, rows.into_values())
    }
}

/// True if two items of a cell can have the same value.
fn is_one_value(one: OldValue, other: OldValue) -> bool {
    match (one, other) {
        (OldValue::Lost, OldValue::CutOff(CutOff::Date(_)))
        | (OldValue::CutOff(CutOff::Date(_)), OldValue::Lost) => false,
        (OldValue::Lost, _) | (_, OldValue::Lost) => true,
        (one, other) => one == other,
    }
}

/// True if an item can come from a cell with this reading. An item that lost its value can come from any cell
/// except a date other than the first day of its month.
fn says(old: OldValue, reading: Reading, month: Month) -> bool {
    match (old, reading) {
        (OldValue::Lost, Reading::CutOff(CutOff::Date(date))) => date == month.first_day(),
        (OldValue::Lost, _) => true,
        (OldValue::CutOff(old), Reading::CutOff(cut_off)) => old == cut_off,
        (OldValue::CutOff(_), Reading::Unreadable) => false,
    }
}
