//! The movement of a cut-off between two bulletins.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::cutoff::CutOff;
use crate::spelling::{UnknownSpelling, nearest, squash};

/// The movement of one cut-off between two bulletins.
///
/// Days are calendar days, always positive, and exist only between two dates: from or to `C` or `U` there is no number
/// of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "movement", rename_all = "snake_case")]
pub enum Movement {
    /// From a date to a later one: more priority dates are current.
    Advanced {
        /// The number of days.
        days: u32,
    },
    /// From a date to an earlier one: fewer priority dates are current.
    Retrogressed {
        /// The number of days.
        days: u32,
    },
    /// No change, including a case that was not listed and still is not.
    Unchanged,
    /// To `C`, from a date or from `U`.
    BecameCurrent,
    /// To `U`, from a date or from `C`.
    BecameUnavailable,
    /// From `U` to a date.
    BecameAvailable,
    /// From `C` to a date.
    LeftCurrent,
    /// Newly listed.
    FirstSeen,
    /// No longer listed.
    Withdrawn,
}

impl Movement {
    /// The movement between two cut-offs; `None` is a cell that is not listed. Total: every pair has exactly one
    /// answer.
    pub fn between(before: Option<CutOff>, after: Option<CutOff>) -> Self {
        use CutOff::{Current, Date, Unavailable};
        match (before, after) {
            (None, None) => Self::Unchanged,
            (None, Some(_)) => Self::FirstSeen,
            (Some(_), None) => Self::Withdrawn,
            (Some(Date(before)), Some(Date(after))) => {
                let days = after.signed_duration_since(before).num_days();
                let distance = u32::try_from(days.unsigned_abs()).unwrap_or(u32::MAX);
                match days {
                    1.. => Self::Advanced { days: distance },
                    0 => Self::Unchanged,
                    _ => Self::Retrogressed { days: distance },
                }
            }
            (Some(Current), Some(Current)) | (Some(Unavailable), Some(Unavailable)) => Self::Unchanged,
            (Some(Date(_) | Unavailable), Some(Current)) => Self::BecameCurrent,
            (Some(Date(_) | Current), Some(Unavailable)) => Self::BecameUnavailable,
            (Some(Unavailable), Some(Date(_))) => Self::BecameAvailable,
            (Some(Current), Some(Date(_))) => Self::LeftCurrent,
        }
    }

    /// The code in data, such as `became_current`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Advanced { .. } => "advanced",
            Self::Retrogressed { .. } => "retrogressed",
            Self::Unchanged => "unchanged",
            Self::BecameCurrent => "became_current",
            Self::BecameUnavailable => "became_unavailable",
            Self::BecameAvailable => "became_available",
            Self::LeftCurrent => "left_current",
            Self::FirstSeen => "first_seen",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The movement in words: `advanced 14 days`, `all dates current (C)`.
    pub fn words(self) -> String {
        let counted =
            |verb: &str, days: u32| format!("{verb} {days} {}", if days == 1 { "day" } else { "days" });
        match self {
            Self::Advanced { days } => counted("advanced", days),
            Self::Retrogressed { days } => counted("retrogressed", days),
            Self::Unchanged => "unchanged".into(),
            Self::BecameCurrent => "all dates current (C)".into(),
            Self::BecameUnavailable => "became unavailable".into(),
            Self::BecameAvailable => "became available again".into(),
            Self::LeftCurrent => "no longer all dates current (C)".into(),
            Self::FirstSeen => "newly listed".into(),
            Self::Withdrawn => "no longer listed".into(),
        }
    }

    /// The days between two dates, positive if the second is later; `None` unless both are dates.
    pub fn signed_days(self) -> Option<i64> {
        match self {
            Self::Advanced { days } => Some(i64::from(days)),
            Self::Retrogressed { days } => Some(-i64::from(days)),
            _ => None,
        }
    }
}

/// A set of kinds of movement, regardless of their days. `unchanged` is not a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Movements(u8);

impl Movements {
    /// The codes of all kinds that a set can hold.
    pub const CODES: [&str; 8] = [
        "advanced",
        "retrogressed",
        "became_current",
        "became_unavailable",
        "became_available",
        "left_current",
        "first_seen",
        "withdrawn",
    ];

    /// True if the movement is of one of these kinds.
    pub fn contains(self, movement: Movement) -> bool {
        self.codes().any(|code| code == movement.code())
    }

    /// The codes of these kinds.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        Self::CODES
            .into_iter()
            .enumerate()
            .filter(move |(index, _)| self.0 & (1 << index) != 0)
            .map(|(_, code)| code)
    }

    /// The verbs of a cut-off: `advances or becomes unavailable`.
    pub(crate) fn verbs(self) -> String {
        let verbs: Vec<&str> = self.codes().map(verb).collect();
        verbs.join(" or ")
    }
}

fn verb(code: &str) -> &str {
    match code {
        "advanced" => "advances",
        "retrogressed" => "retrogresses",
        "became_current" => "becomes all dates current (C)",
        "became_unavailable" => "becomes unavailable",
        "became_available" => "becomes available again",
        "left_current" => "is no longer all dates current (C)",
        "first_seen" => "is newly listed",
        "withdrawn" => "is no longer listed",
        other => other,
    }
}

impl fmt::Display for Movements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.codes().collect();
        f.write_str(&codes.join(","))
    }
}

impl FromStr for Movements {
    type Err = UnknownSpelling;

    /// Parses codes separated by commas: `retrogressed,became_unavailable`.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let mut movements = Self(0);
        for word in text.split(',') {
            let bare = squash(word);
            let found = Self::CODES.iter().position(|code| squash(code) == bare);
            let index = found.ok_or_else(|| {
                let near = nearest(word, Self::CODES.into_iter(), 3);
                let known = if near.is_empty() {
                    Self::CODES.to_vec()
                } else {
                    near
                };
                UnknownSpelling::new("movement", word, known.into_iter().map(str::to_owned))
            })?;
            movements.0 |= 1 << index;
        }
        Ok(movements)
    }
}

impl fmt::Display for Movement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    fn any_state() -> impl Strategy<Value = Option<CutOff>> {
        prop_oneof![
            Just(None),
            Just(Some(CutOff::Current)),
            Just(Some(CutOff::Unavailable)),
            (720_000..740_000i32).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day).map(CutOff::Date)),
        ]
    }

    proptest! {
        #[test]
        fn every_movement_has_its_opposite(a in any_state(), b in any_state()) {
            use Movement::*;
            let back = Movement::between(b, a);
            match Movement::between(a, b) {
                Advanced { days } => prop_assert_eq!(back, Retrogressed { days }),
                Retrogressed { days } => prop_assert_eq!(back, Advanced { days }),
                Unchanged => prop_assert_eq!(back, Unchanged),
                FirstSeen => prop_assert_eq!(back, Withdrawn),
                Withdrawn => prop_assert_eq!(back, FirstSeen),
                BecameAvailable => prop_assert_eq!(back, BecameUnavailable),
                LeftCurrent => prop_assert_eq!(back, BecameCurrent),
                BecameCurrent => prop_assert!(matches!(back, LeftCurrent | BecameUnavailable)),
                BecameUnavailable => prop_assert!(matches!(back, BecameAvailable | BecameCurrent)),
            }
        }

        #[test]
        fn unchanged_is_the_same_and_nothing_else(a in any_state(), b in any_state()) {
            prop_assert_eq!(Movement::between(a, b) == Movement::Unchanged, a == b);
        }

        #[test]
        fn days_stand_only_between_two_dates(a in any_state(), b in any_state()) {
            let dates = a.and_then(CutOff::date).zip(b.and_then(CutOff::date)).filter(|(a, b)| a != b);
            let days = dates.map(|(a, b)| (b - a).num_days());
            prop_assert_eq!(Movement::between(a, b).signed_days(), days);
        }
    }
}
