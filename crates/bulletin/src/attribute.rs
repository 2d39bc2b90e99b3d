//! Attributes of alerts: the values by which a message service filters.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};

use crate::alert::{Alert, BulletinAlert, CaseAlert};
use crate::area::{Area, Case};
use crate::band::{self, Direction};
use crate::change::{Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::movement::Movement;

/// The number of a cut-off that is absent: the lowest of all.
pub const ABSENT: i64 = -20_000_000;
/// The number of `U`: below every date.
pub const UNAVAILABLE: i64 = -10_000_000;
/// The number of `C`: above every date.
pub const CURRENT: i64 = 10_000_000;

/// The value of an attribute, in one of the types that SNS compares in filter policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// One word, of SNS's type `String`.
    Word(String),
    /// Several words, of SNS's type `String.Array`: a policy matches if one of them does. Never empty.
    Words(Vec<String>),
    /// A number, of SNS's type `Number`, between -1e9 and 1e9.
    Number(i64),
}

impl AttributeValue {
    /// The name of the type in SNS.
    pub fn data_type(&self) -> &'static str {
        match self {
            Self::Word(_) => "String",
            Self::Words(_) => "String.Array",
            Self::Number(_) => "Number",
        }
    }

    /// The value in SNS's notation: a JSON array for several words.
    pub fn text(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Words(words) => serde_json::Value::from(words.clone()).to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The names of the attributes.
pub mod name {
    use crate::chart::Chart;

    /// The code of the category.
    pub const CATEGORY: &str = "category";
    /// The codes of every area whose people the alert concerns: for a change of `ALL`, all countries without a column.
    pub const AREA: &str = "area";
    /// `chart:movement` of both charts, `chart:unreadable` for a misprint, and `chart:corrected` if a correction
    /// touches the chart.
    pub const MOVEMENT: &str = "movement";
    /// The priority dates that became current or stopped being current; omitted if there are none.
    pub const CROSSED: &str = "crossed";
    /// The bulletin's month.
    pub const MONTH: &str = "month";
    /// `new_month` or `correction`.
    pub const KIND: &str = "kind";

    /// The number of the cut-off before.
    pub fn before(chart: Chart) -> &'static str {
        match chart {
            Chart::FinalAction => "final_action_before",
            Chart::DatesForFiling => "dates_for_filing_before",
        }
    }

    /// The number of the cut-off after.
    pub fn after(chart: Chart) -> &'static str {
        match chart {
            Chart::FinalAction => "final_action_after",
            Chart::DatesForFiling => "dates_for_filing_after",
        }
    }
}

impl Alert {
    /// The attributes by their [`name`]s, at most ten: SNS delivers no more than that raw to a queue.
    ///
    /// An alert about a whole bulletin has month, kind and the movements that occur in it, and nothing that is about
    /// one case.
    pub fn attributes(&self) -> BTreeMap<&'static str, AttributeValue> {
        let kind = match self {
            Self::Case(alert) => alert.change.kind,
            Self::Bulletin(alert) => alert.kind,
        };
        let mut attributes = match self {
            Self::Case(alert) => of_case(alert),
            Self::Bulletin(alert) => of_bulletin(alert),
        };
        attributes.insert(name::MONTH, AttributeValue::Word(self.month().to_string()));
        attributes.insert(name::KIND, AttributeValue::Word(kind.code().into()));
        attributes
    }
}

fn of_case(alert: &CaseAlert) -> BTreeMap<&'static str, AttributeValue> {
    let change = &alert.change;
    let mut attributes = BTreeMap::from([
        (
            name::CATEGORY,
            AttributeValue::Word(change.case.category.code().into()),
        ),
        (name::AREA, AttributeValue::Words(areas(change))),
        (
            name::MOVEMENT,
            AttributeValue::Words(movements(change).into_iter().collect()),
        ),
    ]);
    let mut crossed = Vec::new();
    for chart in Chart::ALL {
        let chart_change = change.charts.of(chart);
        let (before, after) = numbers(chart_change);
        attributes.insert(name::before(chart), AttributeValue::Number(before));
        attributes.insert(name::after(chart), AttributeValue::Number(after));
        crossed.extend(crossings(chart, chart_change));
    }
    if !crossed.is_empty() {
        attributes.insert(name::CROSSED, AttributeValue::Words(crossed));
    }
    attributes
}

fn of_bulletin(alert: &BulletinAlert) -> BTreeMap<&'static str, AttributeValue> {
    let movements: BTreeSet<String> = alert.changes.iter().flat_map(movements).collect();
    if movements.is_empty() {
        return BTreeMap::new();
    }
    BTreeMap::from([(
        name::MOVEMENT,
        AttributeValue::Words(movements.into_iter().collect()),
    )])
}

/// A code that no area has, for a change that concerns nobody: SNS arrays cannot be empty.
const NOBODY: &str = "NOBODY";

fn areas(change: &Change) -> Vec<String> {
    let concerned = |area: &Area| {
        change.concerns(Case {
            category: change.case.category,
            area: *area,
        })
    };
    let mut codes: Vec<String> = Area::every()
        .filter(concerned)
        .map(|area| area.code().into())
        .collect();
    if codes.is_empty() {
        codes.push(NOBODY.into());
    }
    codes
}

/// The word for a movement on a chart; `None` is a cell that cannot be read.
pub(crate) fn movement_word(chart: Chart, movement: Option<Movement>) -> String {
    movement_code_word(chart, movement.map_or("unreadable", Movement::code))
}

/// The same for the code of a movement.
pub(crate) fn movement_code_word(chart: Chart, code: &str) -> String {
    format!("{chart}:{code}")
}

/// The word for a chart that a correction touches.
pub(crate) fn corrected_word(chart: Chart) -> String {
    format!("{chart}:corrected")
}

fn movements(change: &Change) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for chart in Chart::ALL {
        let chart_change = change.charts.of(chart);
        words.push(movement_word(chart, chart_change.movement));
        if change.kind == ChangeKind::Correction && chart_change.corrected() {
            words.push(corrected_word(chart));
        }
    }
    words
}

/// The number of a day: days since 1 January 1970.
pub fn day_number(date: NaiveDate) -> i64 {
    date.signed_duration_since(DateTime::UNIX_EPOCH.date_naive())
        .num_days()
}

/// The number of a cut-off; for a date its [`day_number`]. The order is [`ABSENT`], [`UNAVAILABLE`], dates,
/// [`CURRENT`].
pub fn cut_off_number(cut_off: Option<CutOff>) -> i64 {
    match cut_off {
        None => ABSENT,
        Some(CutOff::Unavailable) => UNAVAILABLE,
        Some(CutOff::Date(date)) => day_number(date),
        Some(CutOff::Current) => CURRENT,
    }
}

/// The numbers before and after. An unreadable cell counts as unchanged: a number never claims a value that nobody
/// read.
fn numbers(change: &ChartChange) -> (i64, i64) {
    let before = cut_off_number(change.from.map(|from| from.cut_off));
    let after = match &change.to {
        None => ABSENT,
        Some(cell) => cell
            .cut_off()
            .map_or(before, |cut_off| cut_off_number(Some(cut_off))),
    };
    (before, after)
}

/// The words for the priority dates that became current or stopped being current; one word if that is unknown.
fn crossings(chart: Chart, change: &ChartChange) -> Vec<String> {
    if change.movement.is_none() {
        return vec![movement_word(chart, None)];
    }
    // Priority dates before this day are current.
    let current_before = |cut_off: Option<CutOff>| match cut_off {
        None | Some(CutOff::Unavailable) => NaiveDate::MIN,
        Some(CutOff::Date(date)) => date,
        Some(CutOff::Current) => NaiveDate::MAX,
    };
    let before = current_before(change.from.map(|from| from.cut_off));
    let after = current_before(change.to.as_ref().and_then(|cell| cell.cut_off()));
    let (direction, first, end) = if before < after {
        (Direction::Forward, before, after)
    } else {
        (Direction::Back, after, before)
    };
    band::covering(first, end)
        .map(|part| crossed_word(chart, direction, &part))
        .collect()
}

/// The word for a band of priority dates crossed in this direction.
pub(crate) fn crossed_word(chart: Chart, direction: Direction, band: &str) -> String {
    format!("{chart}:{}:{band}", direction.code())
}
