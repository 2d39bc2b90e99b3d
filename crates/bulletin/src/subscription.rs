use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::area::Case;
use crate::change::{Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::movement::Movement;
use crate::spelling::{UnknownSpelling, squash};

/// What one person wants to be told of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The person's category and country.
    pub case: Case,
    /// The person's priority date, where known.
    pub priority_date: Option<NaiveDate>,
    /// Which changes.
    pub when: When,
}

/// Which changes of a case somebody wants to be told of.
///
/// A cell that cannot be read is told to everybody who waits for anything but corrections: nobody knows what it
/// hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum When {
    /// Each bulletin, also where nothing moved.
    Every,
    /// Whatever moves, and every correction.
    Moves,
    /// Only corrections.
    Corrected,
    /// When the priority date comes to be served, or is served no more, on either chart.
    Current,
    /// When a cut-off comes within so many days of the priority date, and then as [`When::Current`].
    Within {
        /// How many days.
        days: u16,
    },
}

impl When {
    /// Whether it makes sense only beside a priority date.
    pub fn needs_priority_date(self) -> bool {
        matches!(self, Self::Current | Self::Within { .. })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every => f.write_str("every"),
            Self::Moves => f.write_str("moves"),
            Self::Corrected => f.write_str("corrected"),
            Self::Current => f.write_str("current"),
            Self::Within { days } => write!(f, "within:{days}d"),
        }
    }
}

impl FromStr for When {
    type Err = UnknownSpelling;

    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let refusal = || {
            let known = ["every", "moves", "corrected", "current", "within:60d"].map(str::to_owned);
            UnknownSpelling::new("--when", text, known)
        };
        if let Some(days) = text.trim().to_ascii_lowercase().strip_prefix("within:") {
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
    /// Whether the subscriber is to be told of this change.
    pub fn wants(&self, change: &Change) -> bool {
        if !change.concerns(self.case) {
            return false;
        }
        let charts = || Chart::ALL.into_iter().map(|chart| change.charts.of(chart));
        match (self.when, self.priority_date) {
            (When::Every, _) => true,
            (When::Corrected, _) => change.kind == ChangeKind::Correction,
            (When::Current, Some(priority_date)) => {
                charts().any(|chart| hides_something(chart) || crosses(chart, priority_date))
            }
            (When::Within { days }, Some(priority_date)) => charts().any(|chart| {
                hides_something(chart)
                    || crosses(chart, priority_date)
                    || comes_near(chart, priority_date, days)
            }),
            (When::Moves | When::Current | When::Within { .. }, _) => {
                change.moved() || change.kind == ChangeKind::Correction
            }
        }
    }
}

fn hides_something(chart: &ChartChange) -> bool {
    chart.movement.is_none()
}

/// Whether the priority date is served after and was not before, or the other way round.
fn crosses(chart: &ChartChange, priority_date: NaiveDate) -> bool {
    let served = |cut_off: Option<CutOff>| cut_off.is_some_and(|cut_off| cut_off.serves(priority_date));
    let to = chart.to.as_ref().and_then(|cell| cell.cut_off());
    chart.movement != Some(Movement::Unchanged) && served(chart.from.map(|from| from.cut_off)) != served(to)
}

/// Whether the cut-off lies within so many days before the priority date, and did not before.
fn comes_near(chart: &ChartChange, priority_date: NaiveDate, days: u16) -> bool {
    let near = |cut_off: Option<CutOff>| {
        cut_off
            .and_then(CutOff::date)
            .is_some_and(|date| date <= priority_date && (priority_date - date).num_days() <= i64::from(days))
    };
    let to = chart.to.as_ref().and_then(|cell| cell.cut_off());
    !near(chart.from.map(|from| from.cut_off)) && near(to)
}
