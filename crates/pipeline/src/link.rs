//! The state of each bulletin's page: due, queued, done or dead, and the backoff after failures.
//!
//! Pure: links are stored through [`LinkTable`](crate::port::LinkTable). Start reading at [`LinkState`].

use bulletin::Month;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::present_month;
use crate::skew;

/// The address of a bulletin's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageLink {
    /// The bulletin's month.
    pub month: Month,
    /// The path on the site, starting with `/content/`.
    pub path: String,
}

/// A bulletin's page and its state. Each month has one link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The page.
    pub link: PageLink,
    /// Its state.
    pub state: LinkState,
    /// The number of consecutive failures.
    pub failures: u32,
    /// A description of the last result, for people.
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

/// True if the page of this month is polled at `now`: that of the present month and of the next two. A link of such a
/// month always has a due time, unless the clock was ahead and the month seemed to be over.
pub fn is_in_season(month: Month, now: DateTime<Utc>) -> bool {
    let present = present_month(now);
    present <= month && month <= present.next().next()
}

/// The state of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkState {
    /// To be fetched from `at` on.
    Due {
        /// The due time.
        at: DateTime<Utc>,
    },
    /// In the queue. Without a result by `until`, it is due again.
    Queued {
        /// The time at which it is due again.
        until: DateTime<Utc>,
    },
    /// Parsed and completely stored.
    Done {
        /// The time of the next poll; only for bulletins in force and upcoming.
        again: Option<DateTime<Utc>>,
    },
    /// Fetched and refused. The message is a dead letter, which an operator should inspect.
    Dead {
        /// The time of the next poll; only for bulletins in force and upcoming.
        again: Option<DateTime<Utc>>,
    },
}

impl LinkState {
    /// The time from which it may be claimed; `None` if it has no due time.
    pub fn due_from(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Due { at } => Some(*at),
            Self::Queued { until } => Some(*until),
            Self::Done { again } | Self::Dead { again } => *again,
        }
    }

    /// The name in stored data.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Due { .. } => "due",
            Self::Queued { .. } => "queued",
            Self::Done { .. } => "done",
            Self::Dead { .. } => "dead",
        }
    }
}

/// The pause after this many consecutive failures: five minutes, doubled each time, at most three hours. So a
/// bulletin is found at most three hours after the source answers again.
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
