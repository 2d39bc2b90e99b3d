//! The old items of one bulletin together, and how they are held against what is known of it elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bulletin::{
    Area, Bulletin, Category, Chart, CutOff, DuplicateRow, Month, Preference, Reading, Row, RowKey,
};
use bulletin_html::has_both_charts;

use super::item::{Layout, OldItem, Unreadable};
use super::word::OldValue;

/// Everything that an old table has of one bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldMonth {
    /// The bulletin.
    pub month: Month,
    /// Its items, in the order of their keys.
    pub items: Vec<OldItem>,
    /// Items that cannot be read and may be its.
    pub unreadable: Vec<Unreadable>,
}

/// An old item, and what stands in its place elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disagreement {
    /// The cell.
    pub key: RowKey,
    /// What the old item says.
    pub old: OldValue,
    /// What stands there elsewhere; `None` where there is no such cell.
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
    /// The items of a month. Where a label names a category in each half of the charts, and the other one of the two
    /// stands in the same chart under a name of its own, it is the one that is left.
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

    /// In which layouts its items are.
    pub fn layouts(&self) -> BTreeSet<Layout> {
        self.items.iter().map(|item| item.layout).collect()
    }

    /// How many items have lost their value.
    pub fn lost(&self) -> usize {
        let is_lost = |item: &&OldItem| item.value == OldValue::Lost;
        self.items.iter().filter(is_lost).count()
    }

    /// The labels that name two categories, with how many items have each.
    pub fn ambiguous(&self) -> BTreeMap<&str, usize> {
        let mut labels = BTreeMap::new();
        for item in self.items.iter().filter(|item| item.key().is_none()) {
            *labels.entry(item.raw.category.as_str()).or_default() += 1;
        }
        labels
    }

    /// What of the bulletin its items lack, as far as that shows: every half of a chart that bulletins of its time have,
    /// and every cell of a half's rows and columns.
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

    /// Why the bulletin cannot be made from its items alone; empty where it can.
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

    /// Why nothing of it can be moved, whatever its page says; empty where nothing is in the way.
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

    /// Every item that does not say what a bulletin does. One that may be two cells says what it does where one of the
    /// two does.
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

    /// The bulletin that the items make where they need no page.
    ///
    /// # Errors
    /// [`DuplicateRow`], never where [`Self::refusals`] is empty.
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

/// Whether two items of a cell can say the same.
fn is_one_value(one: OldValue, other: OldValue) -> bool {
    match (one, other) {
        (OldValue::Lost, OldValue::CutOff(CutOff::Date(_)))
        | (OldValue::CutOff(CutOff::Date(_)), OldValue::Lost) => false,
        (OldValue::Lost, _) | (_, OldValue::Lost) => true,
        (one, other) => one == other,
    }
}

/// Whether an item can come from a cell that reads so. An item that lost its value can come from anything but from the
/// date of another day.
fn says(old: OldValue, reading: Reading, month: Month) -> bool {
    match (old, reading) {
        (OldValue::Lost, Reading::CutOff(CutOff::Date(date))) => date == month.first_day(),
        (OldValue::Lost, _) => true,
        (OldValue::CutOff(old), Reading::CutOff(cut_off)) => old == cut_off,
        (OldValue::CutOff(_), Reading::Unreadable) => false,
    }
}
