//! Subscriptions: the alerts that one person wants of one case.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::area::Case;
use crate::band::Direction;
use crate::change::{Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::movement::Movements;
use crate::spelling::{UnknownSpelling, squash};

/// One person's filter for the alerts of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The person's category and country.
    pub case: Case,
    /// The person's priority date, if known.
    pub priority_date: Option<NaiveDate>,
    /// The changes to be notified of.
    pub when: When,
    /// The only chart that counts; `None` for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
}

/// The changes of a case that a subscriber is notified of.
///
/// Every filter except `corrected` includes unreadable cells: the change that they hide is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum When {
    /// Every bulletin, even if nothing moved.
    Every,
    /// Every movement and every correction.
    Moves,
    /// Only these movements, and every correction: it may undo a movement that was reported.
    Only(Movements),
    /// Only corrections.
    Corrected,
    /// The priority date becomes current, or stops being current, on either chart.
    Current,
    /// The priority date becomes current.
    Passes,
    /// The priority date stops being current.
    GoesBack,
    /// A cut-off comes within this many days of the priority date; also everything of [`When::Current`].
    Within {
        /// The number of days.
        days: u16,
    },
}

impl When {
    /// True if the filter needs a priority date.
    pub fn needs_priority_date(self) -> bool {
        matches!(
            self,
            Self::Current | Self::Passes | Self::GoesBack | Self::Within { .. }
        )
    }

    /// The words that follow the name of a case: `notified of every movement and correction`.
    pub fn words(self) -> String {
        match self {
            Self::Every => "notified of every bulletin".into(),
            Self::Moves => "notified of every movement and correction".into(),
            Self::Only(movements) => {
                format!(
                    "notified when a cut-off {}, and of corrections",
                    movements.verbs()
                )
            }
            Self::Corrected => "notified of corrections".into(),
            Self::Current => "notified when the date becomes current, or stops being current".into(),
            Self::Passes => "notified when the date becomes current".into(),
            Self::GoesBack => "notified when the date stops being current".into(),
            Self::Within { days } => {
                format!("notified when a cut-off comes within {days} days of the date")
            }
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every => f.write_str("every"),
            Self::Moves => f.write_str("moves"),
            Self::Only(movements) => write!(f, "only:{movements}"),
            Self::Corrected => f.write_str("corrected"),
            Self::Current => f.write_str("current"),
            Self::Passes => f.write_str("passes"),
            Self::GoesBack => f.write_str("goes-back"),
            Self::Within { days } => write!(f, "within:{days}d"),
        }
    }
}

impl FromStr for When {
    type Err = UnknownSpelling;

    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let refusal = || {
            let known = [
                "every",
                "moves",
                "corrected",
                "current",
                "passes",
                "goes-back",
                "within:60d",
                "only:retrogressed,became_unavailable",
            ];
            let known = known.map(str::to_owned);
            UnknownSpelling::new("--when", text, known)
        };
        let lower = text.trim().to_ascii_lowercase();
        if let Some(movements) = lower.strip_prefix("only:") {
            return Ok(Self::Only(movements.parse()?));
        }
        if let Some(days) = lower.strip_prefix("within:") {
            let days = days
                .strip_suffix('d')
                .unwrap_or(days)
                .parse()
                .map_err(|_| refusal())?;
            return Ok(Self::Within { days });
        }
        match squash(text).as_str() {
            "every" | "all" => Ok(Self::Every),
            "moves" | "move" | "moved" => Ok(Self::Moves),
            "corrected" | "corrections" | "correction" => Ok(Self::Corrected),
            "current" => Ok(Self::Current),
            "passes" | "passed" => Ok(Self::Passes),
            "goesback" | "back" => Ok(Self::GoesBack),
            _ => Err(refusal()),
        }
    }
}

impl TryFrom<String> for When {
    type Error = UnknownSpelling;

    fn try_from(text: String) -> Result<Self, UnknownSpelling> {
        text.parse()
    }
}

impl From<When> for String {
    fn from(when: When) -> Self {
        when.to_string()
    }
}

impl Subscription {
    /// True if the subscriber is to be notified of this change.
    pub fn wants(&self, change: &Change) -> bool {
        if !change.concerns(self.case) {
            return false;
        }
        let charts = || self.charts().map(|chart| change.charts.of(chart));
        let corrects = || change.kind == ChangeKind::Correction && charts().any(ChartChange::corrected);
        match (self.when, self.priority_date) {
            (When::Every, _) => true,
            (When::Corrected, _) => corrects(),
            (When::Only(movements), _) => {
                corrects() || charts().any(|chart| chart.movement.is_none_or(|it| movements.contains(it)))
            }
            (When::Current, Some(date)) => {
                charts().any(|chart| hides_something(chart) || crossing(chart, date).is_some())
            }
            (When::Passes, Some(date)) => charts()
                .any(|chart| hides_something(chart) || crossing(chart, date) == Some(Direction::Forward)),
            (When::GoesBack, Some(date)) => {
                charts().any(|chart| hides_something(chart) || crossing(chart, date) == Some(Direction::Back))
            }
            (When::Within { days }, Some(date)) => charts().any(|chart| {
                hides_something(chart) || crossing(chart, date).is_some() || comes_near(chart, date, days)
            }),
            (When::Moves | When::Current | When::Passes | When::GoesBack | When::Within { .. }, _) => {
                corrects() || charts().any(ChartChange::moved)
            }
        }
    }

    /// The charts that count.
    pub fn charts(&self) -> impl Iterator<Item = Chart> + use<> {
        let only = self.chart;
        Chart::ALL
            .into_iter()
            .filter(move |chart| only.is_none_or(|only| only == *chart))
    }
}

fn hides_something(chart: &ChartChange) -> bool {
    chart.movement.is_none()
}

/// The direction in which the cut-off crossed the priority date; `None` if it did not cross it.
fn crossing(chart: &ChartChange, priority_date: NaiveDate) -> Option<Direction> {
    let is_current =
        |cut_off: Option<CutOff>| cut_off.is_some_and(|cut_off| cut_off.is_current(priority_date));
    let to = chart.to.as_ref().and_then(|cell| cell.cut_off());
    if !chart.moved() {
        return None;
    }
    match (is_current(chart.from.map(|from| from.cut_off)), is_current(to)) {
        (false, true) => Some(Direction::Forward),
        (true, false) => Some(Direction::Back),
        _ => None,
    }
}

/// True if the cut-off is within this many days before the priority date, and was not before.
fn comes_near(chart: &ChartChange, priority_date: NaiveDate, days: u16) -> bool {
    let near = |cut_off: Option<CutOff>| {
        cut_off
            .and_then(CutOff::date)
            .is_some_and(|date| date <= priority_date && (priority_date - date).num_days() <= i64::from(days))
    };
    let to = chart.to.as_ref().and_then(|cell| cell.cut_off());
    !near(chart.from.map(|from| from.cut_off)) && near(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "every",
            "moves",
            "corrected",
            "current",
            "passes",
            "goes-back",
            "within:60d",
            "only:advanced",
            "only:retrogressed,became_unavailable",
        ] {
            assert_eq!(text.parse::<When>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "only:",
            "only:unchanged",
            "only:advanced,",
            "within:",
            "within:99999d",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
        let refusal = "only:retrogresed".parse::<When>().unwrap_err();
        assert_eq!(refusal.nearest, ["retrogressed"]);
    }

    #[test]
    fn what_was_stored_without_a_chart_is_read() {
        let stored = r#"{"case":{"category":"EB3","area":"INDIA"},"priority_date":null,"when":"moves"}"#;
        let subscription: Subscription = serde_json::from_str(stored).unwrap();
        assert_eq!(subscription.chart, None);
        assert_eq!(serde_json::to_string(&subscription).unwrap(), stored);
    }
}
