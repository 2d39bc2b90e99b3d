use bulletin::Month;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::port::{PageLink, present_month};
use crate::skew;

/// A bulletin's page and what is to be done with it. There is one for a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The page.
    pub link: PageLink,
    /// What is to be done.
    pub state: LinkState,
    /// How often in a row it could not be read.
    pub failures: u32,
    /// What happened last, in words.
    pub note: String,
}

impl Link {
    /// True if it may be claimed now.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        match self.state.due_from() {
            Some(from) => skew::is_due(from, now),
            None => is_in_season(self.link.month, now),
        }
    }
}

/// True if pages of this month are polled at `now`: those of the present month and of the two that follow. A link of
/// such a month always has a due time, unless the clock was ahead and the month seemed to be over.
pub fn is_in_season(month: Month, now: DateTime<Utc>) -> bool {
    let present = present_month(now);
    present <= month && month <= present.next().next()
}

/// What is to be done with a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkState {
    /// It is to be read from this instant on.
    Due {
        /// From when.
        at: DateTime<Utc>,
    },
    /// It waits in the queue. If nothing is heard of it until then, it is due again.
    Queued {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// It was read and stored whole.
    Done {
        /// When it is due again, for the bulletins in force and to come.
        again: Option<DateTime<Utc>>,
    },
    /// It was read and refused. An operator should look; the message is kept among the dead letters.
    Dead {
        /// When it is looked at again by itself, for the bulletins in force and to come.
        again: Option<DateTime<Utc>>,
    },
}

impl LinkState {
    /// From when on it may be claimed; `None` for never by itself.
    pub fn due_from(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Due { at } => Some(*at),
            Self::Queued { until } => Some(*until),
            Self::Done { again } | Self::Dead { again } => *again,
        }
    }

    /// The name in data.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Due { .. } => "due",
            Self::Queued { .. } => "queued",
            Self::Done { .. } => "done",
            Self::Dead { .. } => "dead",
        }
    }
}

/// How long to leave a blocked source alone after so many failures in a row: five minutes, doubled each time, at
/// most three hours, so that a bulletin is never found later than that after the source opens again.
pub fn backoff(failures: u32) -> Duration {
    Duration::minutes(5 << failures.saturating_sub(1).min(6)).min(Duration::hours(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_and_ends_at_three_hours() {
        let minutes: Vec<i64> = (1..=8).map(|failures| backoff(failures).num_minutes()).collect();
        assert_eq!(minutes, [5, 10, 20, 40, 80, 160, 180, 180]);
        assert_eq!(backoff(u32::MAX), Duration::hours(3));
        assert_eq!(backoff(0), Duration::minutes(5));
        assert!(backoff(u32::MAX) <= skew::LONGEST_DELAY);
    }

    #[test]
    fn a_link_without_a_due_time_is_due_while_its_month_is_polled() {
        let now: DateTime<Utc> = "2026-11-10T12:00:00Z".parse().unwrap();
        for (month, due) in [
            ("2026-10", false),
            ("2026-11", true),
            ("2027-01", true),
            ("2027-02", false),
        ] {
            let link = Link {
                link: PageLink {
                    month: month.parse().unwrap(),
                    path: String::new(),
                },
                state: LinkState::Done { again: None },
                failures: 0,
                note: String::new(),
            };
            assert_eq!(link.is_due(now), due, "{month}");
        }
    }
}
